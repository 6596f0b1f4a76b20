//! What a command adds to the log, or why it is refused.

mod check;

use chrono::{DateTime, TimeDelta, Utc};
use contract::about::Kind;
use lifecycle::ids::{Actor, Role};

use self::check::{
    activation, check_image, check_mode, check_place, check_scope, digest, fits, is_admin,
    is_author, is_system, permille, said, standing,
};
use crate::{
    Activation, CandidateEnd, Command, Digest, Event, Mode, Occupancy, Origin, Place, Policy,
    Proposal, Proposed, PushedImage, Rejection, Standing, State, TryResult,
};

/// Decides a command at an instant. The events are to be recorded at [`State::instant`] of it.
///
/// # Errors
/// [`Rejection`], with the field and the way out.
pub fn decide(
    state: &State,
    command: Command,
    by: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<Event>, Rejection> {
    let now = state.instant(now);
    match command {
        Command::Push(image) => push(state, image, by),
        Command::RecordTry {
            image,
            scope,
            kind,
            result,
        } => record_try(state, image, scope, kind, result, by),
        Command::Propose(proposal) => propose(state, proposal, by, now),
        Command::Approve { id } => approve(state, id, by, now),
        Command::Withdraw { id, reason } => withdraw(state, id, &reason, by, now),
        Command::Rollback {
            scope,
            kind,
            to,
            note,
        } => roll_back(state, scope, kind, to, &note, by, now),
        Command::EndCandidate { activation, why } => end_candidate(state, activation, why, by, now),
        Command::SetPolicy {
            scope,
            kind,
            policy,
            note,
        } => set_policy(state, scope, kind, policy, &note, by),
    }
}

fn push(state: &State, image: PushedImage, by: &Actor) -> Result<Vec<Event>, Rejection> {
    let system = is_author(by, "push images")?;
    let digest = digest("image", &image.rule.image)?;
    for (field, text) in [
        ("component", &image.rule.component),
        ("settings", &image.rule.settings),
    ] {
        check::digest(field, text)?;
    }
    fits("name", &image.rule.name)?;
    if !system {
        fits("source", &image.source)?;
    }
    if state.image(&digest).is_some() {
        return Err(Rejection::AlreadyPushed { image: digest });
    }
    Ok(vec![Event::Pushed(image)])
}

fn record_try(
    state: &State,
    image: Digest,
    scope: String,
    kind: Kind,
    result: TryResult,
    by: &Actor,
) -> Result<Vec<Event>, Rejection> {
    is_author(by, "record a trial")?;
    check_scope(&scope, Some(kind))?;
    permille("changed_permille", result.changed_permille, 0)?;
    permille("failed_permille", result.failed_permille, 0)?;
    if result.decisions == 0 {
        return Err(Rejection::BadField {
            field: "since",
            problem: "no decision was replayed, so nothing is known".to_owned(),
            way_out: "try it on a time with decisions",
        });
    }
    check_image(state, &image, kind)?;
    Ok(vec![Event::Tried {
        image,
        scope,
        kind,
        result,
    }])
}

fn propose(
    state: &State,
    proposal: Proposal,
    by: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<Event>, Rejection> {
    let from_list = is_system(by, "activate images")?;
    let Proposal {
        scope,
        kind,
        image,
        mode,
        place,
        from,
        note,
    } = proposal;
    check_scope(&scope, Some(kind))?;
    let note = said("note", &note)?;
    check_mode(&mode, image.as_ref())?;
    check_place(&place, &mode, image.as_ref())?;
    if let Some(image) = &image {
        check_image(state, image, kind)?;
    }
    if let Some(from) = from
        && from < now
    {
        return Err(Rejection::InThePast { from, now });
    }
    if from_list {
        check_list(state, &scope, kind, image.as_ref())?;
    }
    let from = from.unwrap_or(now);
    let wanted = Wanted {
        image: image.as_ref(),
        mode: &mode,
        place: &place,
    };
    check_new(state, &scope, kind, wanted, from, now)?;
    let policy = state.policy(&scope, Some(kind));
    let tried = image
        .as_ref()
        .and_then(|image| state.tried(image, &scope, kind));
    if image.is_some() && mode.has_effect() {
        check_trial(policy, tried, now)?;
    }
    Ok(vec![Event::Proposed(Proposed {
        scope,
        kind,
        image,
        needs_approval: policy.approval && mode.has_effect(),
        mode,
        place,
        from,
        note,
        origin: if from_list {
            Origin::List
        } else {
            Origin::Person
        },
        tried,
    })])
}

/// The list of rules says its own once, and never undoes what a person did since.
fn check_list(
    state: &State,
    scope: &str,
    kind: Kind,
    image: Option<&Digest>,
) -> Result<(), Rejection> {
    let last = state
        .history(scope, kind)
        .rfind(|it| !it.mode.is_candidate() && it.withdrawn.is_none());
    let lists = |it: &&Activation| it.origin == Origin::List;
    if let Some(last) = last.filter(|it| !lists(it)) {
        return Err(Rejection::LeftToPerson {
            activation: last.id,
        });
    }
    match state.history(scope, kind).rfind(lists) {
        Some(last) if last.image.as_ref() == image => Err(Rejection::ListUnchanged {
            activation: last.id,
        }),
        Some(_) | None => Ok(()),
    }
}

/// Which image is to take part how, and where it is asked.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    image: Option<&'a Digest>,
    mode: &'a Mode,
    place: &'a Place,
}

/// Asking for the same again changes nothing, so that a request that was sent twice does no harm.
fn check_new(
    state: &State,
    scope: &str,
    kind: Kind,
    wanted: Wanted<'_>,
    from: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), Rejection> {
    let Wanted { image, mode, place } = wanted;
    let same =
        |it: &&Activation| it.image.as_ref() == image && it.mode == *mode && it.place == *place;
    let Occupancy { active, candidate } = state.occupancy(scope, kind, now);
    let in_effect = if mode.is_candidate() {
        candidate
    } else {
        // What runs beside the active image would end, so that is a change.
        active.filter(|_| candidate.is_none())
    };
    let waits = state.history(scope, kind).find(|it| {
        let to_come = it.effective_from().is_some_and(|begins| begins > now);
        let then = it.from == from || (it.from <= now && from <= now);
        same(it) && then && (it.awaits_approval() || to_come)
    });
    let in_effect = in_effect.filter(|it| from <= now && same(it));
    match in_effect.or(waits) {
        Some(there) => Err(Rejection::AlreadyThere {
            activation: there.id,
            standing: standing(state, there, now),
        }),
        None => Ok(()),
    }
}

fn check_trial(
    policy: Policy,
    tried: Option<TryResult>,
    now: DateTime<Utc>,
) -> Result<(), Rejection> {
    let Some(asked) = policy.trial else {
        return Ok(());
    };
    let Some(tried) = tried else {
        return Err(Rejection::NotTried { days: asked.days });
    };
    let before = |instant: DateTime<Utc>| {
        let days = TimeDelta::days(i64::from(asked.days));
        instant
            .checked_sub_signed(days)
            .unwrap_or(DateTime::<Utc>::MIN_UTC)
    };
    let covers = tried.since.is_none_or(|since| since <= before(tried.at))
        && tried.until.is_none_or(|until| until >= tried.at);
    if !covers || tried.at < before(now) {
        return Err(Rejection::TrialTooNarrow { days: asked.days });
    }
    let limits = [
        (
            "changed",
            tried.changed_permille,
            asked.changed_permille_max,
        ),
        (
            "failed in",
            tried.failed_permille,
            asked.failed_permille_max,
        ),
    ];
    let beyond = limits.into_iter().find(|(_, share, most)| share > most);
    beyond.map_or(Ok(()), |(did, permille, permille_max)| {
        Err(Rejection::TrialBeyondLimit {
            did,
            permille,
            permille_max,
        })
    })
}

fn approve(
    state: &State,
    id: u64,
    by: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<Event>, Rejection> {
    is_admin(by, "approve activations")?;
    let proposer = if let Some(policy) = state.policy_proposals.get(&id) {
        &policy.by
    } else {
        let activation = activation(state, "id", id)?;
        if !activation.awaits_approval() {
            return Err(Rejection::NotAwaitingApproval {
                activation: id,
                standing: standing(state, activation, now),
            });
        }
        if let Some(image) = &activation.image {
            // Whoever agrees does so to what is known now.
            let (scope, kind) = (&activation.scope, activation.kind);
            let policy = state.policy(scope, Some(kind));
            check_trial(policy, state.tried(image, scope, kind), now)?;
        }
        &activation.by
    };
    if proposer.name == by.name {
        return Err(Rejection::SamePerson {
            name: by.name.clone(),
        });
    }
    Ok(vec![Event::Approved { id }])
}

fn withdraw(
    state: &State,
    id: u64,
    reason: &str,
    by: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<Event>, Rejection> {
    is_admin(by, "withdraw activations")?;
    let reason = said("reason", reason)?;
    if !state.policy_proposals.contains_key(&id) {
        let activation = activation(state, "id", id)?;
        let standing = standing(state, activation, now);
        match standing {
            Standing::AwaitingApproval | Standing::Scheduled => {}
            Standing::InEffect | Standing::Superseded | Standing::Ended | Standing::Withdrawn => {
                return Err(Rejection::TooLateToWithdraw {
                    activation: id,
                    standing,
                });
            }
        }
    }
    Ok(vec![Event::Withdrawn { id, reason }])
}

/// What answered before the present activation. Where that is a rollback itself, a second one would
/// bring back what the first has left: a request that was sent twice, or a second admin, means the first.
fn answered_before(
    state: &State,
    scope: &str,
    kind: Kind,
    now: DateTime<Utc>,
) -> Result<u64, Rejection> {
    let active = state.occupancy(scope, kind, now).active;
    if let Some(active) = active.filter(|it| matches!(it.origin, Origin::Rollback { .. })) {
        return Err(Rejection::ReturnedAlready {
            activation: active.id,
        });
    }
    let current = active.map(|it| it.id);
    let before = state
        .history(scope, kind)
        .filter(|it| !it.mode.is_candidate() && Some(it.id) != current)
        .filter(|it| it.effective_from().is_some_and(|from| from <= now))
        .max_by_key(|it| it.rank());
    before.map(|it| it.id).ok_or(Rejection::NothingBefore)
}

/// Needs neither approval nor trial: what is returned to has answered before.
fn roll_back(
    state: &State,
    scope: String,
    kind: Kind,
    to: Option<u64>,
    note: &str,
    by: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<Event>, Rejection> {
    is_admin(by, "roll back")?;
    check_scope(&scope, Some(kind))?;
    let note = said("note", note)?;
    let to = match to {
        Some(to) => to,
        None => answered_before(state, &scope, kind, now)?,
    };
    let target = activation(state, "to", to)?;
    let refused = |problem| {
        Err(Rejection::NotEarlier {
            activation: to,
            problem,
        })
    };
    if target.scope != scope || target.kind != kind {
        return refused("belongs to another scope or kind");
    }
    if target.mode.is_candidate() {
        return refused("was a candidate and never answered alone");
    }
    if target.effective_from().is_none_or(|from| from > now) {
        return refused("has never been in effect");
    }
    let Occupancy { active, candidate } = state.occupancy(&scope, kind, now);
    if candidate.is_none() && active.is_some_and(|it| it.id == to) {
        return refused("is in effect");
    }
    // A rollback from it said that it is no good.
    if let Some(by) = target
        .image
        .as_ref()
        .and_then(|it| state.left_by(&scope, kind, it))
    {
        return Err(Rejection::LeftByRollback {
            activation: to,
            rollback: by,
        });
    }
    Ok(vec![Event::Proposed(Proposed {
        scope,
        kind,
        image: target.image.clone(),
        mode: Mode::Active,
        place: target.place.clone(),
        from: now,
        note,
        origin: Origin::Rollback { of: to },
        tried: target.tried,
        needs_approval: false,
    })])
}

fn end_candidate(
    state: &State,
    id: u64,
    mut why: CandidateEnd,
    by: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<Event>, Rejection> {
    match &mut why {
        CandidateEnd::Person { note } => {
            is_admin(by, "end a candidate")?;
            *note = said("note", note)?;
        }
        CandidateEnd::Failures { .. } | CandidateEnd::Divergence { .. } => {
            if by.role != Role::System {
                return Err(Rejection::NotPermitted {
                    command: "end a candidate for its figures",
                    who: "end it with a note of your own",
                });
            }
        }
    }
    let activation = activation(state, "activation", id)?;
    let refused = |problem| {
        Err(Rejection::NotACandidate {
            activation: id,
            problem,
        })
    };
    if !activation.mode.is_candidate() {
        return refused("is no candidate");
    }
    match standing(state, activation, now) {
        Standing::InEffect => Ok(vec![Event::CandidateEnded {
            activation: id,
            why,
        }]),
        Standing::AwaitingApproval | Standing::Scheduled => refused("has not begun"),
        Standing::Superseded | Standing::Ended | Standing::Withdrawn => refused("has ended"),
    }
}

/// Whoever could loosen a scope's policy alone could do without the second person altogether.
fn set_policy(
    state: &State,
    scope: String,
    kind: Option<Kind>,
    policy: Policy,
    note: &str,
    by: &Actor,
) -> Result<Vec<Event>, Rejection> {
    is_admin(by, "set policies")?;
    check_scope(&scope, kind)?;
    let note = said("note", note)?;
    if let Some(asked) = policy.trial {
        permille("trial.changed_permille_max", asked.changed_permille_max, 0)?;
        permille("trial.failed_permille_max", asked.failed_permille_max, 0)?;
        if asked.days == 0 {
            return Err(Rejection::BadField {
                field: "trial.days",
                problem: "a trial on no time shows nothing".to_owned(),
                way_out: "ask for the decisions of at least 1 day",
            });
        }
    }
    let before = state.policy(&scope, kind);
    Ok(vec![Event::PolicySet {
        needs_approval: before.approval && before.is_loosened_by(&policy),
        scope,
        kind,
        policy,
        note,
    }])
}
