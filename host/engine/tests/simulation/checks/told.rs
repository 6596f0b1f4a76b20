//! What callers were told, against what took effect: acknowledged means done, exactly once; refused means
//! that nothing was done; a fault of the store leaves it open, and the repetition tells.

use engine::ports::IdempotencyKey;
use engine::{DossierError, Error, Handled, KnowledgeError};
use lifecycle::event::Recorded;
use lifecycle::order::WorkOrder;

use super::ensure;
use crate::intent::Told;
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
    result: &Result<Told, Error>,
    ledger: &Ledger,
) -> Result<(), String> {
    once(attempt, ledger)?;
    let key = attempt.key.map(|key| key.key.as_str());
    let owner = key.and_then(|key| ledger.keys.get(key).copied());
    match result {
        Ok(told) => {
            ensure!(
                attempt.owner_before.is_none() || told.replayed(),
                "a request under a used key was carried out"
            );
            ensure!(
                !told.replayed() || owner == Some(attempt.intent),
                "answered with what came of another request"
            );
            acknowledged(attempt, told, ledger)
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

fn acknowledged(attempt: &Attempt<'_>, told: &Told, ledger: &Ledger) -> Result<(), String> {
    let taken = ledger.taken.get(&attempt.intent).into_iter().flatten();
    let taken: Vec<&Taken> = taken.collect();
    let (number, events) = told.taken();
    if events.is_empty() {
        ensure!(
            taken.is_empty() && !told.replayed(),
            "nothing was done, and it says otherwise"
        );
        return Ok(());
    }
    let [(of, seqs)] = taken.as_slice() else {
        return Err("acknowledged, and it did not take effect".to_owned());
    };
    ensure!(
        told.replayed() == attempt.frame.taken.is_empty(),
        "replayed: {}, and this attempt did {:?}",
        told.replayed(),
        attempt.frame.taken
    );
    ensure!(
        *of == number && seqs.clone().eq(events),
        "told of {number}, and done on {of}"
    );
    if let (Some(wanted), false) = (attempt.if_match, told.replayed()) {
        ensure!(
            *seqs.start() == wanted + 1,
            "wanted on version {wanted}, done on {}",
            seqs.start() - 1
        );
    }
    match told {
        Told::Order(handled) => as_it_was(handled, ledger),
        Told::Dossier(_) | Told::Knowledge(_) => Ok(()),
    }
}

/// The order and the events that a caller was told of are those of then.
fn as_it_was(handled: &Handled, ledger: &Ledger) -> Result<(), String> {
    let order = &handled.order;
    let journal = ledger.journals.get(&order.id).into_iter().flatten();
    let then: Vec<Recorded> = journal
        .take_while(|it| it.seq <= order.version)
        .cloned()
        .collect();
    ensure!(
        then.ends_with(&handled.events),
        "what was acknowledged is not what the journal has"
    );
    let then: Option<WorkOrder> = lifecycle::replay(&then).map_err(|it| it.to_string())?;
    ensure!(
        then.as_ref() == Some(order),
        "the order that was told is not the one of then"
    );
    Ok(())
}

/// Refusals that a caller may meet.
fn expected(attempt: &Attempt<'_>, error: &Error) -> Result<(), String> {
    match error {
        Error::VersionConflict { expected, actual }
        | Error::Dossier(DossierError::VersionConflict { expected, actual })
        | Error::Knowledge(KnowledgeError::VersionConflict { expected, actual }) => {
            ensure!(
                attempt.if_match == Some(*expected) && expected != actual,
                "a conflict of {expected} with {actual}, wanted on {:?}",
                attempt.if_match
            );
            Ok(())
        }
        Error::Rejected(_)
        | Error::Dossier(DossierError::Rejected(_))
        | Error::Knowledge(KnowledgeError::Rejected(_))
        | Error::InvalidInput { .. }
        | Error::SourceExists { .. }
        | Error::Store(_)
        | Error::KeyReused => Ok(()),
        Error::NotFound { .. }
        | Error::NoDelivery { .. }
        | Error::NotStuck { .. }
        | Error::RuleSetChanged { .. }
        | Error::Busy { .. }
        | Error::Dossier(_)
        | Error::Knowledge(_)
        | Error::Rollout(_)
        | Error::Calendar(_)
        | Error::Corrupt { .. }
        | Error::Question(_) => Err(format!("answered with `{error}`")),
    }
}
