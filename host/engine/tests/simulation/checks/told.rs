//! What callers were told, against what took effect: acknowledged means done, exactly once; refused means
//! that nothing was done; a fault of the store leaves it open, and the repetition tells.

use engine::ports::IdempotencyKey;
use engine::{Error, Handled};
use lifecycle::event::Recorded;
use lifecycle::order::WorkOrder;

use super::ensure;
use crate::ledger::{Frame, IntentId, Ledger, Taken};

/// What an attempt of a request came to.
pub(crate) struct Attempt<'a> {
    pub(crate) intent: IntentId,
    pub(crate) key: Option<&'a IdempotencyKey>,
    /// Who had used the key up before the attempt.
    pub(crate) owner_before: Option<IntentId>,
    pub(crate) if_match: Option<u64>,
    pub(crate) frame: &'a Frame,
}

/// What the engine answered to a command on an order.
pub(crate) fn answer(
    attempt: &Attempt<'_>,
    result: &Result<Handled, Error>,
    ledger: &Ledger,
) -> Result<(), String> {
    once(attempt, ledger)?;
    let key = attempt.key.map(|key| key.key.as_str());
    let owner = key.and_then(|key| ledger.keys.get(key).copied());
    match result {
        Ok(handled) => {
            ensure!(
                attempt.owner_before.is_none() || handled.replayed,
                "a request under a used key was carried out"
            );
            ensure!(
                !handled.replayed || owner == Some(attempt.intent),
                "answered with what came of another request"
            );
            acknowledged(attempt, handled, ledger)
        }
        Err(Error::Store(_)) => Ok(()),
        Err(Error::KeyReused) => {
            nothing_done(attempt.frame)?;
            ensure!(
                owner.is_some() && owner != Some(attempt.intent),
                "a key that was not used by another request counts as used"
            );
            Ok(())
        }
        Err(error) => {
            nothing_done(attempt.frame)?;
            ensure!(
                attempt.owner_before.is_none(),
                "a request under a used key was answered with `{error}`"
            );
            expected(attempt, error)
        }
    }
}

/// A request takes effect at most once, however often it is sent.
fn once(attempt: &Attempt<'_>, ledger: &Ledger) -> Result<(), String> {
    let taken = ledger.taken.get(&attempt.intent);
    let times = taken.map_or(0, Vec::len);
    ensure!(
        times <= 1,
        "one request took effect {times} times: {taken:?}"
    );
    Ok(())
}

/// Nothing is half done after a refusal.
pub(crate) fn nothing_done(frame: &Frame) -> Result<(), String> {
    ensure!(
        frame.writes == 0,
        "refused, and yet {} writes: {:?}",
        frame.writes,
        frame.taken
    );
    Ok(())
}

fn acknowledged(attempt: &Attempt<'_>, handled: &Handled, ledger: &Ledger) -> Result<(), String> {
    let taken = ledger.taken.get(&attempt.intent).into_iter().flatten();
    let taken: Vec<&Taken> = taken.collect();
    if handled.events.is_empty() {
        ensure!(
            taken.is_empty() && !handled.replayed,
            "nothing was done, and it says otherwise"
        );
        return Ok(());
    }
    let [(number, seqs)] = taken.as_slice() else {
        return Err("acknowledged, and it did not take effect".to_owned());
    };
    ensure!(
        handled.replayed == attempt.frame.taken.is_empty(),
        "replayed: {}, and this attempt did {:?}",
        handled.replayed,
        attempt.frame.taken
    );
    let order = &handled.order;
    ensure!(order.id.as_str() == number, "told of another order");
    let journal = ledger.journals.get(&order.id);
    let journal = journal.map(Vec::as_slice).unwrap_or_default();
    let events: Vec<&Recorded> = journal.iter().filter(|it| seqs.contains(&it.seq)).collect();
    ensure!(
        events == handled.events.iter().collect::<Vec<_>>(),
        "what was acknowledged is not what the journal has"
    );
    let then = journal.iter().filter(|it| it.seq <= *seqs.end());
    let then: Vec<Recorded> = then.cloned().collect();
    let then: Option<WorkOrder> = lifecycle::replay(&then).map_err(|it| it.to_string())?;
    ensure!(
        then.as_ref() == Some(order),
        "the order that was told is not the one of then"
    );
    if let (Some(wanted), false) = (attempt.if_match, handled.replayed) {
        ensure!(
            *seqs.start() == wanted + 1,
            "wanted on version {wanted}, done on {}",
            seqs.start() - 1
        );
    }
    Ok(())
}

/// Refusals that a caller may meet.
fn expected(attempt: &Attempt<'_>, error: &Error) -> Result<(), String> {
    match error {
        Error::VersionConflict { expected, actual } => {
            ensure!(
                attempt.if_match == Some(*expected) && expected != actual,
                "a conflict of {expected} with {actual}, wanted on {:?}",
                attempt.if_match
            );
            Ok(())
        }
        Error::Rejected(_)
        | Error::InvalidInput { .. }
        | Error::SourceExists { .. }
        | Error::Store(_)
        | Error::KeyReused => Ok(()),
        Error::NotFound { .. }
        | Error::NoDelivery { .. }
        | Error::Busy { .. }
        | Error::Dossier(_)
        | Error::Calendar(_)
        | Error::Corrupt { .. }
        | Error::Question(_) => Err(format!("answered with `{error}`")),
    }
}
