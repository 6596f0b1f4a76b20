//! Folding an event into the state. No rules here: they are in `decide`, so that replaying a log needs
//! nothing but the log.

use crate::{
    Activation, Approval, Ended, Event, PolicyProposal, Proposed, Recorded, Settled, State,
    Withdrawal,
};

/// Where a log does not fold: it was changed by something else.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("event {seq} of the rollout log does not fold: {problem}")]
pub struct Corrupt {
    /// The event.
    pub seq: u64,
    /// Why.
    pub problem: String,
}

/// The state after one more event.
///
/// # Errors
/// [`Corrupt`] when the event is not the next one, or names something that is not there.
pub fn apply(mut state: State, recorded: &Recorded) -> Result<State, Corrupt> {
    let corrupt = |problem: String| Corrupt {
        seq: recorded.seq,
        problem,
    };
    if Some(recorded.seq) != state.seq.checked_add(1) {
        return Err(corrupt(format!("it follows event {}", state.seq)));
    }
    if state.at.is_some_and(|at| recorded.at < at) {
        return Err(corrupt("it happened before the event before".to_owned()));
    }
    state.seq = recorded.seq;
    state.at = Some(recorded.at);
    fold(&mut state, recorded).map_err(corrupt)?;
    Ok(state)
}

/// The state after a whole log.
///
/// # Errors
/// [`Corrupt`].
pub fn replay<'a>(log: impl IntoIterator<Item = &'a Recorded>) -> Result<State, Corrupt> {
    log.into_iter().try_fold(State::default(), apply)
}

fn fold(state: &mut State, recorded: &Recorded) -> Result<(), String> {
    match &recorded.event {
        Event::Pushed(image) => {
            let digest = image
                .rule
                .image
                .parse()
                .map_err(|error| format!("its image has no name: {error}"))?;
            state.images.insert(digest, image.clone());
        }
        Event::Tried {
            image,
            scope,
            kind,
            result,
        } => {
            let key = (image.clone(), *kind, scope.clone());
            state.tries.insert(key, *result);
        }
        Event::Proposed(proposed) => propose(state, recorded, proposed),
        Event::Approved { id } => approve(state, recorded, *id)?,
        Event::Withdrawn { id, reason } => withdraw(state, recorded, *id, reason)?,
        Event::CandidateEnded { activation, why } => {
            activation_mut(state, *activation)?.ended = Some(Ended {
                at: recorded.at,
                by: recorded.by.clone(),
                why: why.clone(),
            });
        }
        Event::PolicySet {
            scope,
            kind,
            policy,
            needs_approval,
            note,
        } => {
            let proposal = PolicyProposal {
                id: recorded.seq,
                scope: scope.clone(),
                kind: *kind,
                policy: *policy,
                note: note.clone(),
                by: recorded.by.clone(),
                at: recorded.at,
            };
            if *needs_approval {
                state.policy_proposals.insert(recorded.seq, proposal);
            } else {
                hold(state, proposal);
            }
        }
    }
    Ok(())
}

fn propose(state: &mut State, recorded: &Recorded, proposed: &Proposed) {
    let (approval, settled) = if proposed.needs_approval {
        (Approval::Awaited, None)
    } else {
        (Approval::NotNeeded, Some(settled(recorded)))
    };
    let activation = Activation {
        id: recorded.seq,
        scope: proposed.scope.clone(),
        kind: proposed.kind,
        image: proposed.image.clone(),
        mode: proposed.mode.clone(),
        place: proposed.place.clone(),
        from: proposed.from,
        note: proposed.note.clone(),
        by: recorded.by.clone(),
        proposed_at: recorded.at,
        origin: proposed.origin,
        tried: proposed.tried,
        approval,
        settled,
        withdrawn: None,
        ended: None,
    };
    let slot = (proposed.kind, proposed.scope.clone());
    state.slots.entry(slot).or_default().push(recorded.seq);
    state.activations.insert(recorded.seq, activation);
}

fn approve(state: &mut State, recorded: &Recorded, id: u64) -> Result<(), String> {
    if let Some(proposal) = state.policy_proposals.remove(&id) {
        hold(state, proposal);
        return Ok(());
    }
    let activation = activation_mut(state, id)?;
    activation.approval = Approval::Given {
        by: recorded.by.clone(),
        at: recorded.at,
    };
    activation.settled = Some(settled(recorded));
    Ok(())
}

fn withdraw(state: &mut State, recorded: &Recorded, id: u64, reason: &str) -> Result<(), String> {
    if state.policy_proposals.remove(&id).is_some() {
        return Ok(());
    }
    activation_mut(state, id)?.withdrawn = Some(Withdrawal {
        at: recorded.at,
        by: recorded.by.clone(),
        reason: reason.to_owned(),
    });
    Ok(())
}

fn hold(state: &mut State, proposal: PolicyProposal) {
    let key = (proposal.scope, proposal.kind);
    state.policies.insert(key, proposal.policy);
}

const fn settled(recorded: &Recorded) -> Settled {
    Settled {
        seq: recorded.seq,
        at: recorded.at,
    }
}

fn activation_mut(state: &mut State, id: u64) -> Result<&mut Activation, String> {
    let found = state.activations.get_mut(&id);
    found.ok_or_else(|| format!("there is no activation {id}"))
}
