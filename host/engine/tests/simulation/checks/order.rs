//! What holds of an order after every commit.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use engine::ports::{Commit, Store as _};
use lifecycle::command::Moment;
use lifecycle::deadline::{Deadline, DeadlineKind};
use lifecycle::event::{AssignmentRole, CloseCode, Event, Recorded};
use lifecycle::order::{Assignment, Missed, Stage, WorkOrder};

use super::ensure;
use crate::ledger::Ledger;
use crate::shared::memory::MemoryStore;

/// More effects than that come of no command, whatever a plugin proposes.
const EFFECTS_MAX: usize = 64;

/// A commit that took effect, with the order before it.
pub(crate) fn commit(
    before: Option<&WorkOrder>,
    commit: &Commit,
    ledger: &Ledger,
    kept: &MemoryStore,
) -> Result<(), String> {
    let after = &commit.order;
    let journal = kept.history(&after.id).unwrap();
    ensure!(
        ledger.journals.get(&after.id) == Some(&journal),
        "the journal is not what was committed"
    );
    numbered(before, commit, &journal)?;
    let replayed = lifecycle::replay(&journal).map_err(|error| error.to_string())?;
    ensure!(
        replayed.as_ref() == Some(after) && kept.load(&after.id).unwrap() == replayed,
        "the journal does not replay to the order as it is kept"
    );
    ensure!(
        commit.timers == lifecycle::timers(after),
        "the timers are not those of the order"
    );
    ensure!(
        commit.effects.len() <= EFFECTS_MAX,
        "{} effects of one command",
        commit.effects.len()
    );
    for text in commit.events.iter().flat_map(|it| it.event.texts()) {
        let found = kept.texts(&[text]).unwrap();
        ensure!(!found.is_empty(), "a text that an event refers to is lost");
    }
    if let Some(before) = before {
        clocks(before, commit)?;
        misses(before, commit)?;
        forgotten(before, commit)?;
        closed(before, commit)?;
    }
    marks(before, commit)?;
    prohibitions(after)?;
    endings(after, &journal)
}

/// Numbers without gaps, and time that never runs back.
fn numbered(
    before: Option<&WorkOrder>,
    commit: &Commit,
    journal: &[Recorded],
) -> Result<(), String> {
    let version = before.map_or(0, |order| order.version);
    ensure!(
        commit.expected_version == version,
        "a commit against version {} of an order that has {version}",
        commit.expected_version
    );
    ensure!(!commit.events.is_empty(), "a commit without events");
    for (recorded, seq) in journal.iter().zip(1..) {
        ensure!(recorded.seq == seq, "the journal has a gap at {seq}");
    }
    let last = journal.last().map_or(0, |it| it.seq);
    ensure!(commit.order.version == last, "version and journal differ");
    let back = journal.windows(2).find(|pair| pair[1].at < pair[0].at);
    if let Some([earlier, later]) = back {
        return Err(format!(
            "time runs back: {} at {}, then {} at {}",
            earlier.event.name(),
            earlier.at,
            later.event.name(),
            later.at
        ));
    }
    Ok(())
}

/// Every deadline that an order has, running or kept for the record.
fn deadlines(order: &WorkOrder) -> Vec<&Deadline> {
    let mut all = order.open_deadlines();
    all.extend(&order.dispatch_by);
    for assignment in &order.assignments {
        all.push(&assignment.handle_by);
        all.extend(&assignment.verify_by);
        all.extend(&assignment.assist_by);
    }
    // A supervision whose answer does not do runs on.
    for supervision in &order.supervisions {
        let units = std::iter::once(&supervision.unit).chain(&supervision.guidance);
        all.extend(units.filter_map(|unit| unit.answer_by.as_ref()));
    }
    all
}

/// No deadline moves without an event that says so, and no calendar makes anything late in the past
/// (C3).
fn clocks(before: &WorkOrder, commit: &Commit) -> Result<(), String> {
    let mut known = deadlines(before);
    for recorded in &commit.events {
        known.extend(recorded.event.deadlines());
        if let Event::DeliveryRecorded { deadline, .. } = &recorded.event {
            known.push(deadline);
        } else if let Event::DeadlineRecomputed {
            deadline,
            previous_due_at,
        } = &recorded.event
        {
            let due_at = deadline.due.due_at;
            ensure!(
                due_at >= recorded.at || due_at >= *previous_due_at,
                "a calendar made a deadline overdue in the past: {deadline:?}"
            );
            known.push(deadline);
        }
    }
    let moved = deadlines(&commit.order)
        .into_iter()
        .find(|deadline| !known.contains(deadline));
    ensure!(moved.is_none(), "a deadline moved by itself: {moved:?}");
    Ok(())
}

/// A miss is a fact.
fn misses(before: &WorkOrder, commit: &Commit) -> Result<(), String> {
    let kept: Option<&[Missed]> = commit.order.missed.get(..before.missed.len());
    ensure!(
        kept == Some(before.missed.as_slice()),
        "a missed deadline vanished"
    );
    Ok(())
}

/// Whether a deadline that passes ends the order, and is nobody's miss.
const fn ends_the_order(kind: DeadlineKind) -> bool {
    matches!(
        kind,
        DeadlineKind::Information | DeadlineKind::Rating | DeadlineKind::DiligenceStatement
    )
}

/// Deadlines that run, have passed, and were not marked.
pub(super) fn unmarked(order: &WorkOrder, now: DateTime<Utc>) -> Vec<&Deadline> {
    let mut lapsed = order.running_deadlines();
    lapsed.retain(|it| it.is_late(now) && !order.has_missed(it));
    lapsed
}

/// A deadline that has passed is marked before anything takes it away, however late its timer is.
fn forgotten(before: &WorkOrder, commit: &Commit) -> Result<(), String> {
    let after = &commit.order;
    let Some(now) = commit.events.first().map(|it| it.at) else {
        return Ok(());
    };
    for deadline in unmarked(before, now) {
        let same = |it: &&Deadline| {
            (it.kind, it.due.due_at, it.trigger_seq)
                == (deadline.kind, deadline.due.due_at, deadline.trigger_seq)
        };
        let runs_on = after.running_deadlines().iter().any(same);
        let marked = after.has_missed(deadline);
        let ended = ends_the_order(deadline.kind) && after.is_closed();
        // An offer is judged by when it was sent.
        let sent_in_time = commit.events.iter().any(|it| {
            matches!(&it.event, Event::RatingOffered { offer, .. }
                if !deadline.is_late(offer.sent_at))
        });
        ensure!(
            runs_on || marked || ended || sent_in_time,
            "a deadline passed and was forgotten: {deadline:?}"
        );
    }
    Ok(())
}

/// What passed is marked once, strictly after its instant (T8).
fn marks(before: Option<&WorkOrder>, commit: &Commit) -> Result<(), String> {
    let missed = before.map(|order| order.missed.as_slice());
    let missed = missed.unwrap_or_default();
    for recorded in &commit.events {
        let Event::DeadlineMarked {
            deadline,
            moment,
            due_at,
            unit,
            ..
        } = &recorded.event
        else {
            continue;
        };
        let has_passed = *due_at < recorded.at;
        ensure!(
            has_passed == (*moment != Moment::DueSoon),
            "{deadline} of {due_at} was marked {moment:?} at {}",
            recorded.at
        );
        let again = missed
            .iter()
            .any(|it| it.deadline == *deadline && it.due_at == *due_at && it.unit == *unit);
        ensure!(
            again == (*moment == Moment::StillOverdue) || *moment == Moment::DueSoon,
            "{deadline} of {due_at} was marked {moment:?}, and was missed before: {again}"
        );
    }
    Ok(())
}

/// What a closed order accepts, and that it stays closed.
fn closed(before: &WorkOrder, commit: &Commit) -> Result<(), String> {
    if !before.is_closed() {
        return Ok(());
    }
    ensure!(commit.order.stage == before.stage, "a closed order moved");
    for recorded in &commit.events {
        let name = recorded.event.name();
        let accepted = [
            "service_rated",
            "supervised",
            "supervision_answered",
            "supervision_accepted",
            "supervision_rejected",
            "long_term_listed",
            "orders_linked",
            "proposal_dismissed",
            "deadline_marked",
            "deadline_recomputed",
        ];
        ensure!(accepted.contains(&name), "a closed order accepted {name}");
    }
    Ok(())
}

/// An order ends once, for one reason.
fn endings(order: &WorkOrder, journal: &[Recorded]) -> Result<(), String> {
    let ended = journal
        .iter()
        .filter(|it| matches!(it.event, Event::Closed { .. }))
        .count();
    ensure!(
        ended == usize::from(order.is_closed()),
        "closed {ended} times in stage {}",
        order.stage.name()
    );
    if let Stage::Closed { code, .. } = order.stage {
        let rated = order.ratings.iter().any(|it| it.rating.is_some());
        ensure!(
            code != CloseCode::Withdrawn || !rated,
            "a withdrawn order was rated"
        );
        ensure!(
            code != CloseCode::RatedSatisfied || rated,
            "closed as rated without a rating"
        );
        ensure!(
            code != CloseCode::StatementFiled || order.diligence_statement.is_some(),
            "closed by a statement that there is not"
        );
        ensure!(
            code != CloseCode::AnsweredDirectly || order.direct_answer.is_some(),
            "closed by an answer that there is not"
        );
    }
    Ok(())
}

/// P3, P4, P5, P7: what no order ever has.
fn prohibitions(order: &WorkOrder) -> Result<(), String> {
    let again = |it: &&Assignment| it.role == AssignmentRole::Rehandling;
    ensure!(
        order.assignments.iter().filter(again).count() <= 1,
        "handled a third time"
    );
    ensure!(order.ratings.len() <= 2, "rated three times");
    let mut returned = BTreeSet::new();
    for assignment in &order.assignments {
        ensure!(assignment.extensions.len() <= 2, "extended three times");
        let role = assignment.role;
        let last_word = matches!(
            role,
            AssignmentRole::Rehandling | AssignmentRole::Determined
        );
        ensure!(
            !last_word || assignment.return_application.is_none(),
            "a return that cannot be: {role:?}"
        );
        ensure!(
            returned.len() < 3 || last_word,
            "dispatched plainly after three units had returned it"
        );
        if assignment.was_returned() {
            returned.insert(&assignment.unit);
        }
    }
    Ok(())
}
