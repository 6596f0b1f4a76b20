//! What holds whatever a command was: journals, deadlines, rights, personal data.

use chrono::{DateTime, TimeDelta, Utc};
use lifecycle::command::Command;
use lifecycle::deadline::{Deadline, DeadlineKind};
use lifecycle::event::{Event, Recorded};
use lifecycle::ids::Actor;
use lifecycle::order::{ProposalState, SupervisionState, WorkOrder};
use lifecycle::rejection::Rejection;
use lifecycle::{Context, Decision, allowed, apply, forbidden, needs_recomputation, replay};

use crate::compare::{Found, same};
use crate::world::Slot;

/// Says no, with a reason.
pub(crate) fn hold(is_so: bool, what: impl FnOnce() -> String) -> Found {
    if is_so { Ok(()) } else { Err(what()) }
}

/// Codes of refusals that nothing a command carries can mend: permission, existence, stage, type of the
/// matter, and what is over, used up, done before, or has nothing to act on.
const UNMENDABLE: &[&str] = &[
    "not-permitted",
    "not-the-handling-unit",
    "order-not-found",
    "already-registered",
    "order-closed",
    "wrong-stage",
    "not-a-consultation",
    "commendation",
    "already-followed-up",
    "already-rated",
    "already-withdrawn",
    "assisting-units-missing",
    "coordination-required",
    "extension-limit-reached",
    "extension-not-allowed",
    "extension-notice-missing",
    "extension-too-late",
    "follow-up-missing",
    "information-too-late",
    "no-extension-to-tell",
    "no-objection",
    "no-supervision-waits",
    "not-a-lead-unit",
    "not-returned",
    "nothing-missing",
    "nothing-to-judge",
    "opinion-missing",
    "rating-too-late",
    "rehandled-before",
    "return-not-allowed",
    "return-rejected-before",
    "return-too-late",
    "service-rated-before",
    "statement-too-late",
    "statement-unjudged",
    "statement-window-over",
    "type-fixed",
    "withdrawn-not-rated",
];

/// Whether a refusal says that what the command names is not there while nothing of the kind is, so that
/// no other name would do either.
fn has_none(order: &WorkOrder, code: &str) -> bool {
    match code {
        "no-assisting-unit" => order
            .assignment()
            .is_none_or(|it| it.assisting.iter().all(|it| it.objection.is_none())),
        "no-such-statement" => order.unjudged_statements().next().is_none(),
        "no-such-supervision" => {
            let mut all = order.supervisions.iter();
            all.all(|it| it.state == SupervisionState::Accepted)
        }
        "no-such-proposal" => {
            let mut all = order.proposals.iter();
            all.all(|it| it.state != ProposalState::Open)
        }
        "no-opinion-asked" => {
            let mut opinions = order.coordination.iter().flat_map(|it| &it.opinions);
            opinions.all(|it| it.given.is_some())
        }
        _ => false,
    }
}

/// `allowed` and `forbidden` say what `decide` then says.
pub(crate) fn rights(
    order: &WorkOrder,
    command: &Command,
    by: &Actor,
    context: &Context<'_>,
    result: &Result<Decision, Rejection>,
) -> Found {
    let kind = command.kind();
    let code = result.as_ref().err().map(Rejection::code);
    let gate = code.is_some_and(|code| UNMENDABLE.contains(&code) || has_none(order, code));
    let known = forbidden(order, by, context);
    let stands_against = known.iter().any(|(it, why)| *it == kind && why.is_some());
    if allowed(order, by).contains(&kind) {
        let gate = gate && !stands_against;
        hold(!gate, || {
            format!("`{}` is allowed, and refused with {code:?}", kind.name())
        })?;
    } else {
        hold(result.is_err(), || {
            format!("`{}` is not allowed, and accepted", kind.name())
        })?;
    }
    match known.iter().find(|(it, _)| *it == kind) {
        None => hold(code == Some("not-permitted"), || {
            format!(
                "`{}` is not of the role, and answered with {code:?}",
                kind.name()
            )
        }),
        Some((_, Some(rejection))) => hold(result.as_ref().err() == Some(rejection), || {
            format!(
                "`{}` meets {rejection:?} whatever it carries, but met {code:?}",
                kind.name()
            )
        }),
        Some((_, None)) => hold(!gate, || {
            format!(
                "nothing stands against `{}`, and it met {code:?}",
                kind.name()
            )
        }),
    }
}

/// Records what was decided, and folds it twice: as it is, and as it is written and read.
pub(crate) fn record(
    slot: Option<Slot>,
    decision: &Decision,
    by: &Actor,
    now: DateTime<Utc>,
) -> Result<(WorkOrder, WorkOrder, Vec<Recorded>), String> {
    let (mut core, mut mirror, mut journal) = match slot {
        Some(slot) => (Some(slot.core), Some(slot.mirror), slot.journal),
        None => (None, None, Vec::new()),
    };
    hold(!decision.events.is_empty(), || "no event".to_owned())?;
    for event in &decision.events {
        let recorded = Recorded {
            seq: u64::try_from(journal.len()).unwrap() + 1,
            at: now,
            by: by.clone(),
            event: event.clone(),
        };
        let line = serde_json::to_string(&recorded).unwrap();
        if let Some(order) = &core {
            hides_requester(&order.requester.0.to_string(), event, &line)?;
        }
        let read: Recorded = serde_json::from_str(&line).map_err(|it| format!("{it}: {line}"))?;
        core = Some(apply(core, &recorded).map_err(|it| it.to_string())?);
        mirror = Some(apply(mirror, &read).map_err(|it| it.to_string())?);
        journal.push(recorded);
    }
    Ok((core.unwrap(), mirror.unwrap(), journal))
}

/// The journal alone gives the order, and its positions have no gaps.
pub(crate) fn journal(slot: &Slot, whole: bool) -> Found {
    let (core, journal) = (&slot.core, &slot.journal);
    same(
        "version",
        u64::try_from(journal.len()).unwrap(),
        core.version,
    )?;
    same("written and read", core, &slot.mirror)?;
    if whole {
        let replayed = replay(journal).map_err(|it| it.to_string())?;
        same("replayed", Some(core), replayed.as_ref())?;
    }
    let ends = journal
        .iter()
        .filter(|it| it.event.name() == "closed")
        .count();
    same("ends", usize::from(core.is_closed()), ends)
}

/// What holds between an order before and after a step.
pub(crate) fn step(before: &WorkOrder, after: &WorkOrder, decision: &Decision) -> Found {
    hold(after.version > before.version, || {
        "no new version".to_owned()
    })?;
    let kept = after.missed.get(..before.missed.len());
    same("missed before", Some(&before.missed[..]), kept)?;
    if before.is_closed() {
        same("closed", &before.stage, &after.stage)?;
    }
    let names: Vec<&str> = decision.events.iter().map(Event::name).collect();
    let any = |wanted: &[&str]| names.iter().any(|name| wanted.contains(name));
    for (old, new) in before.assignments.iter().zip(&after.assignments) {
        let moved = old.handle_by.due.due_at != new.handle_by.due.due_at;
        let may = any(&[
            "extended",
            "statement_judged",
            "reclassified",
            "deadline_recomputed",
        ]);
        hold(!moved || may, || format!("handle-by moved by {names:?}"))?;
        let moved = old.verify_by.as_ref().map(|it| it.due.due_at)
            != new.verify_by.as_ref().map(|it| it.due.due_at);
        let may = any(&["reclassified", "deadline_recomputed"]);
        hold(!moved || may, || format!("verify-by moved by {names:?}"))?;
        same("unit", &old.unit, &new.unit)?;
        same("dispatched", old.dispatched_at, new.dispatched_at)?;
    }
    for (kind, causes) in MOVERS {
        let due = |order: &WorkOrder| -> Vec<DateTime<Utc>> {
            let running = order.running_deadlines().into_iter();
            running
                .filter(|it| it.kind == *kind)
                .map(|it| it.due.due_at)
                .collect()
        };
        let (old, new) = (due(before), due(after));
        let appeared = new.iter().any(|it| !old.contains(it));
        hold(!appeared || any(causes), || {
            format!("{kind} moved by {names:?}")
        })?;
    }
    Ok(())
}

/// What alone gives a deadline of a kind another due instant.
const MOVERS: &[(DeadlineKind, &[&str])] = &[
    (
        DeadlineKind::Dispatch,
        &[
            "registered",
            "information_sufficient",
            "deadline_recomputed",
        ],
    ),
    (
        DeadlineKind::Handling,
        &[
            "dispatched",
            "sent_back",
            "extended",
            "statement_judged",
            "reclassified",
            "deadline_recomputed",
            "review_failed",
        ],
    ),
    (DeadlineKind::RatingOffer, &["review_passed"]),
    (
        DeadlineKind::Rating,
        &["rating_offered", "delivery_recorded"],
    ),
    (
        DeadlineKind::Information,
        &["information_notice_sent", "delivery_recorded"],
    ),
    (
        DeadlineKind::Opinion,
        &["opinion_requested", "deadline_recomputed"],
    ),
    (
        DeadlineKind::DiligenceStatement,
        &["statement_awaited", "deadline_recomputed"],
    ),
    (
        DeadlineKind::Supervision,
        &["supervised", "supervision_rejected", "deadline_recomputed"],
    ),
    (
        DeadlineKind::GuidanceFeedback,
        &["supervised", "supervision_rejected", "deadline_recomputed"],
    ),
];

/// The requester stands in the event that the order came in with, and nowhere else.
fn hides_requester(requester: &str, event: &Event, line: &str) -> Found {
    let first = matches!(event, Event::Registered { .. } | Event::Received { .. });
    hold(first || !line.contains(requester), || {
        format!("`{}` names the requester", event.name())
    })
}

/// No effect names the requester.
pub(crate) fn privacy(order: &WorkOrder, decision: &Decision) -> Found {
    let requester = order.requester.0.to_string();
    for effect in &decision.effects {
        let names = format!("{effect:?}").contains(&requester);
        hold(!names, || {
            format!("an effect names the requester: {effect:?}")
        })?;
    }
    Ok(())
}

/// A recomputation leaves nothing to recompute, today or later.
pub(crate) fn recomputed(order: &WorkOrder, context: &Context<'_>) -> Found {
    for days in [0, 1, 3] {
        let later = Context {
            now: context.now + TimeDelta::days(days),
            ..*context
        };
        hold(!needs_recomputation(order, &later), || {
            format!("still to be recomputed after {days} days")
        })?;
    }
    Ok(())
}

/// A deadline explains itself (T12).
pub(crate) fn explained(order: &WorkOrder) -> Found {
    let whole = |it: &&Deadline| {
        !it.rule.is_empty()
            && !it.article.is_empty()
            && it.trigger_seq >= 1
            && it.trigger_seq <= order.version
            && !it.rule_set.is_empty()
    };
    let running = order.running_deadlines();
    let bare = running.iter().find(|it| !whole(it));
    hold(bare.is_none(), || {
        format!("does not explain itself: {bare:?}")
    })
}
