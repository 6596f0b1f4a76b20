//! How everything ends, after a time in which nothing went wrong and everything was worked off.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use engine::Engine;
use engine::ports::{
    Delivery, DeliveryId, DeliveryState, DeliveryStore as _, DossierStore as _, DueStore as _,
    KnowledgeStore as _, Store as _, Subject,
};
use knowledge_base::ids::Id;
use lifecycle::command::Moment;
use lifecycle::deadline::DeadlineKind;
use lifecycle::effect::Effect;
use lifecycle::event::{Event, Recorded};
use lifecycle::ids::OrderId;
use lifecycle::order::{Stage, WorkOrder};

use super::{ensure, order};
use crate::city::PEOPLE;
use crate::faults::ALL;
use crate::ledger::Ledger;
use crate::outside;
use crate::shared::memory::MemoryStore;

/// Everything that must hold in the end.
pub(crate) fn all(
    engine: &Engine,
    kept: &MemoryStore,
    ledger: &Ledger,
    arrived: &BTreeMap<DeliveryId, u32>,
) -> Result<(), String> {
    let now = engine.now();
    for id in &ledger.orders {
        let name = ledger.name(id);
        let found = one_order(kept, ledger, id, now);
        found.map_err(|problem| format!("{name}: {problem}"))?;
    }
    for id in &ledger.dossiers {
        let dossier = kept.load_dossier(id).unwrap().unwrap();
        let mut running = dossier.running_deadlines();
        running.retain(|it| it.is_late(now) && !dossier.has_missed(it));
        ensure!(running.is_empty(), "{id}: never marked: {running:?}");
    }
    knowledge(kept, ledger)?;
    outbox(kept, ledger, now)?;
    deliveries(kept, ledger, arrived)?;
    secrets(kept, ledger)
}

fn one_order(
    kept: &MemoryStore,
    ledger: &Ledger,
    id: &OrderId,
    now: DateTime<Utc>,
) -> Result<(), String> {
    let journal = kept.history(id).unwrap();
    ensure!(
        ledger.journals.get(id) == Some(&journal),
        "the journal is not what was committed"
    );
    let text = serde_json::to_string(&journal).unwrap();
    let read: Vec<Recorded> = serde_json::from_str(&text).unwrap();
    ensure!(
        read == journal,
        "the journal does not survive being written"
    );
    let order = kept.load(id).unwrap().unwrap();
    let replayed = lifecycle::replay(&read).map_err(|error| error.to_string())?;
    ensure!(
        replayed.as_ref() == Some(&order),
        "the journal does not replay to the order"
    );
    let unmarked = order::unmarked(&order, now);
    ensure!(unmarked.is_empty(), "never marked: {unmarked:?}");
    waits_for_nobody(&order)?;
    marked_once(&journal)?;
    Ok(())
}

/// Every deadline that may still move is the present calendar's (C3), once ticks have nothing left to do.
pub(crate) fn calendar(engine: &Engine, kept: &MemoryStore, ledger: &Ledger) -> Result<(), String> {
    let now = engine.now();
    let calendar = engine.calendar();
    let context = lifecycle::Context {
        now,
        calendar: &calendar,
        rules: engine.rules(),
        directory: engine.directory(),
    };
    for id in &ledger.orders {
        let order = kept.load(id).unwrap().unwrap();
        ensure!(
            !lifecycle::needs_recomputation(&order, &context),
            "{}: a deadline is not the present calendar's, in stage {}",
            ledger.name(id),
            order.stage.name()
        );
    }
    Ok(())
}

/// No stage that time or an effect ends lasts.
fn waits_for_nobody(order: &WorkOrder) -> Result<(), String> {
    let waits = match &order.stage {
        Stage::AwaitingRatingOffer { .. }
        | Stage::AwaitingRating { .. }
        | Stage::AwaitingStatement { .. } => true,
        Stage::AwaitingInformation {
            answer_by,
            supplied,
        } => answer_by.is_some() && !supplied,
        Stage::AwaitingDispatch { .. }
        | Stage::AwaitingVerification
        | Stage::ReturnRequested
        | Stage::InCoordination
        | Stage::InHandling
        | Stage::UnderDistrictReview { .. }
        | Stage::UnderReview { .. }
        | Stage::Withdrawn
        | Stage::AwaitingFollowUp { .. }
        | Stage::Closed { .. } => false,
    };
    ensure!(!waits, "still in stage {}", order.stage.name());
    Ok(())
}

/// Each deadline is marked once. Two questions to one authority, two supervisions of one unit, may end
/// together.
fn marked_once(journal: &[Recorded]) -> Result<(), String> {
    let mut marked = BTreeSet::new();
    for recorded in journal {
        let Event::DeadlineMarked {
            deadline,
            moment: Moment::Passed,
            due_at,
            unit,
            ..
        } = &recorded.event
        else {
            continue;
        };
        let beside = matches!(
            deadline,
            DeadlineKind::Supervision | DeadlineKind::GuidanceFeedback | DeadlineKind::Opinion
        );
        let first = marked.insert((*deadline, *due_at, unit.clone()));
        ensure!(first || beside, "{deadline} of {due_at} was marked twice");
    }
    Ok(())
}

/// Positions have no gap: whoever follows them hears of every point, and of nothing twice.
fn knowledge(kept: &MemoryStore, ledger: &Ledger) -> Result<(), String> {
    let (mut position, mut heard, mut events) = (0, BTreeSet::new(), 0);
    loop {
        let changes = kept.knowledge_changes_after(position, 3).unwrap();
        events += changes.position - position;
        position = changes.position;
        heard.extend(changes.points);
        if !changes.more {
            break;
        }
    }
    let mut written = 0;
    for id in &ledger.entries {
        written += kept.knowledge_history(id).unwrap().len();
        if let Id::Point(point) = id {
            ensure!(heard.contains(point), "nobody heard of {point}");
        }
    }
    ensure!(
        u64::try_from(written) == Ok(events) && kept.knowledge_position().unwrap() == events,
        "{written} events of the knowledge base, and {events} positions"
    );
    Ok(())
}

/// No effect is lost, none is performed twice, and nothing is due any more.
fn outbox(kept: &MemoryStore, ledger: &Ledger, now: DateTime<Utc>) -> Result<(), String> {
    let stuck = kept.stuck_items(None, ALL).unwrap().items;
    ensure!(stuck.is_empty(), "stuck for ever: {stuck:?}");
    let pending = kept.pending_effects(now, ALL).unwrap();
    ensure!(pending.is_empty(), "effects that stay: {pending:?}");
    let due = kept.due_timers(now, ALL).unwrap();
    ensure!(due.is_empty(), "timers that stay: {due:?}");
    let due = kept.due_dossier_timers(now, ALL).unwrap();
    ensure!(due.is_empty(), "timers of dossiers that stay: {due:?}");
    let due = kept.due_knowledge_timers(now, ALL).unwrap();
    ensure!(due.is_empty(), "timers of entries that stay: {due:?}");
    let mut messages = BTreeMap::new();
    for subject in subjects(ledger) {
        for message in kept.messages(&subject).unwrap() {
            let again = messages.insert(message.id, message);
            ensure!(again.is_none(), "a message stands twice: {again:?}");
        }
    }
    for (id, effect) in &ledger.effects {
        let message = messages.remove(id);
        let told = message.is_some_and(|it| match &effect.effect {
            Effect::Notify(said) => it.subject == effect.subject && it.notification == *said,
            Effect::OfferRating
            | Effect::AskForInformation
            | Effect::ListLongTerm
            | Effect::CountAlike
            | Effect::LinkBack { .. } => it.subject == effect.subject,
        });
        // What was not offered or asked, was not needed any more: checked when it was completed.
        let must = matches!(effect.effect, Effect::Notify(_));
        ensure!(told || !must, "an effect was lost: {effect:?}");
    }
    ensure!(
        messages.is_empty(),
        "messages of no effect: {:?}",
        messages.keys()
    );
    Ok(())
}

/// Everything that messages are about.
fn subjects(ledger: &Ledger) -> Vec<Subject> {
    let orders = ledger.orders.iter().cloned().map(Subject::Order);
    let dossiers = ledger.dossiers.iter().cloned().map(Subject::Dossier);
    let entries = ledger.entries.iter().cloned().map(Subject::Knowledge);
    orders.chain(dossiers).chain(entries).collect()
}

/// Each message is on each of its ways out once, and was taken or given up.
fn deliveries(
    kept: &MemoryStore,
    ledger: &Ledger,
    arrived: &BTreeMap<DeliveryId, u32>,
) -> Result<(), String> {
    for subject in subjects(ledger) {
        let all = kept.deliveries_of(&subject).unwrap();
        for message in kept.messages(&subject).unwrap() {
            let of_it = all.iter().filter(|it| it.message == message.id);
            let of_it: Vec<&Delivery> = of_it.collect();
            let by: Vec<&String> = of_it.iter().map(|it| &it.channel).collect();
            let wanted = outside::channels(&message.notification.to);
            ensure!(
                by.len() == wanted.len() && wanted.iter().all(|it| by.contains(&it)),
                "message {} goes out by {by:?}, not by {wanted:?}",
                message.id
            );
            for delivery in of_it {
                let state = delivery.state;
                ensure!(
                    state != DeliveryState::Pending,
                    "a delivery stays: {delivery:?}"
                );
                ensure!(
                    state != DeliveryState::Sent || arrived.contains_key(&delivery.id),
                    "delivery {} counts as sent, and nothing arrived",
                    delivery.id
                );
            }
        }
    }
    Ok(())
}

/// Nobody's number gets into a journal, a message or a question (Art. 43).
fn secrets(kept: &MemoryStore, ledger: &Ledger) -> Result<(), String> {
    let mut said = kept.questions();
    for order in &ledger.orders {
        said.push(serde_json::to_string(&kept.history(order).unwrap()).unwrap());
    }
    for subject in subjects(ledger) {
        said.push(format!("{:?}", kept.messages(&subject).unwrap()));
    }
    // Only a message to the requester, and a comparison with one, read who that is, and the access log
    // says so (R75).
    let accesses = kept.accesses();
    let known = [" notification", " identity comparison"];
    let strange = accesses
        .iter()
        .find(|it| !known.iter().any(|known| it.ends_with(known)));
    ensure!(strange.is_none(), "personal data were read: {strange:?}");
    for (_, phone) in PEOPLE {
        let found = said.iter().find(|text| text.contains(phone));
        ensure!(found.is_none(), "{phone} stands in {found:?}");
    }
    Ok(())
}
