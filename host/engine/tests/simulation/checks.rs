//! What must hold, however chance has it. These are checked at the store, at every write; what callers
//! are told and how everything ends is checked in `told` and `ends`.

pub(crate) mod dossiers;
pub(crate) mod ends;
pub(crate) mod knowledge;
pub(crate) mod told;

mod order;

use engine::ports::{Commit, DueTimer, EffectId, Message, PendingEffect, Posting, Store as _};
use lifecycle::command::Moment;
use lifecycle::effect::{Effect, Notice, Notification, Recipient};
use lifecycle::order::{Stage, WorkOrder};

use crate::faults::ALL;
use crate::ledger::Ledger;
use crate::shared::memory::MemoryStore;

pub(crate) use order::commit;

/// A check fails with this text.
macro_rules! ensure {
    ($holds:expr, $($text:tt)+) => {
        if !$holds {
            return Err(format!($($text)+));
        }
    };
}
pub(crate) use ensure;

/// A batch of what fell due is worked off by instant (T8). Where others came in between, an order may
/// have other timers by now.
pub(crate) fn in_order(
    commits: &[Commit],
    kept: &MemoryStore,
    ledger: &Ledger,
) -> Result<(), String> {
    let frame = ledger.frames.last();
    if frame.is_none_or(|it| it.interrupted > 0 || it.fires.is_none()) {
        return Ok(());
    }
    let mut instants = Vec::new();
    for commit in commits {
        let timers = kept.due_timers(commit.events[0].at, ALL).unwrap();
        let mut timers = timers.iter().filter(|it| it.order == commit.order.id);
        instants.extend(timers.next().map(|it| it.at));
    }
    ensure!(
        instants.is_sorted(),
        "timers fire out of order: {instants:?}"
    );
    Ok(())
}

/// A timer is forgotten only where it has nothing to do.
pub(crate) fn dropped(timer: &DueTimer, kept: &MemoryStore, ledger: &Ledger) -> Result<(), String> {
    let Some(order) = kept.load(&timer.order).unwrap() else {
        return Ok(());
    };
    let known = lifecycle::timers(&order);
    let stands = known
        .iter()
        .any(|it| (it.at, it.deadline, it.moment) == (timer.at, timer.deadline, timer.moment));
    // A question before a deadline that has passed meanwhile: its own timer marks the deadline.
    let now = ledger.frames.last().and_then(|it| it.fires);
    let asks_too_late = timer.moment == Moment::DueSoon
        && known.iter().any(|it| {
            it.deadline == timer.deadline && it.moment == Moment::Passed && Some(it.at) < now
        });
    ensure!(
        !stands || asks_too_late,
        "a timer was dropped that has something to do: {timer:?} in stage {}",
        order.stage.name()
    );
    Ok(())
}

/// A message says what its effect said, to whom it said it.
pub(crate) fn posted(posting: &Posting, ledger: &Ledger) -> Result<(), String> {
    let message = &posting.message;
    let effect = effect(message.id, ledger)?;
    let said = Effect::Notify(message.notification.clone());
    ensure!(
        effect.effect == said && effect.subject == message.subject,
        "message {} is not what was decided: {message:?} instead of {effect:?}",
        message.id
    );
    Ok(())
}

fn effect(id: EffectId, ledger: &Ledger) -> Result<&PendingEffect, String> {
    let effect = ledger.effects.get(&id);
    effect.ok_or_else(|| format!("a message or a completion of effect {id}, which there is not"))
}

/// An effect is given up only where its order has moved on.
pub(crate) fn completed(id: EffectId, kept: &MemoryStore, ledger: &Ledger) -> Result<(), String> {
    let effect = effect(id, ledger)?;
    let order = effect.subject.order();
    let order = order.and_then(|order| kept.load(order).unwrap());
    let waits = order.is_some_and(|order| waits_for(&effect.effect, &order));
    ensure!(
        !waits,
        "effect {id} was completed without having been performed: {effect:?}"
    );
    Ok(())
}

/// Whether an order waits for an effect.
pub(crate) fn waits_for(effect: &Effect, order: &WorkOrder) -> bool {
    match effect {
        Effect::Notify(_) => true,
        Effect::OfferRating => matches!(order.stage, Stage::AwaitingRatingOffer { .. }),
        Effect::AskForInformation => {
            let asked = order.information.as_ref();
            matches!(order.stage, Stage::AwaitingInformation { .. })
                && asked.is_some_and(|it| it.notice.is_none())
        }
        // Whether a matter has it, or the other order is linked already, is for these to say.
        Effect::ListLongTerm | Effect::CountAlike | Effect::LinkBack { .. } => false,
    }
}

/// A notice to the requester goes out together with its record, as the effect wanted it.
pub(crate) fn notice(id: EffectId, commit: &Commit, ledger: &Ledger) -> Result<(), String> {
    let effect = effect(id, ledger)?;
    let fits = match (&effect.effect, commit.message.as_ref()) {
        (Effect::ListLongTerm | Effect::CountAlike | Effect::LinkBack { .. }, None) => true,
        (Effect::OfferRating, Some(posting)) => {
            is_about(&posting.message, |about| *about == Notice::RatingOffered)
        }
        (Effect::AskForInformation, Some(posting)) => is_about(&posting.message, |about| {
            matches!(about, Notice::InformationNeeded { .. })
        }),
        (_, _) => false,
    };
    ensure!(fits, "effect {id} was completed by {commit:?}");
    Ok(())
}

fn is_about(message: &Message, fits: impl FnOnce(&Notice) -> bool) -> bool {
    let Notification { to, about } = &message.notification;
    *to == Recipient::Requester && fits(about)
}
