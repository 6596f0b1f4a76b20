//! Events, effects and orders as short text, for tables and snapshots.

use std::fmt::Write as _;

use calendar::due_text;
use lifecycle::Decision;
use lifecycle::deadline::Deadline;
use lifecycle::effect::{Effect, Notice, Notification, Recipient};
use lifecycle::event::{Event, RoutingConsequence};
use lifecycle::order::WorkOrder;
use lifecycle::rejection::Rejection;

use crate::script::{Answer, World};

/// Runs a script and compares what its last line came to, in one line.
#[track_caller]
pub(crate) fn check(script: &str, expected: &str) {
    let answer = World::new().run(script);
    assert_eq!(brief(&answer.result), expected, "\n{script}");
}

/// Runs a script and shows each line with what it came to.
pub(crate) fn transcript(script: &str) -> String {
    let mut world = World::new();
    let mut out = String::new();
    for line in script
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        let answer = world.step(line);
        writeln!(out, "{line}").unwrap();
        show(&answer, &mut out);
        if answer.result.is_ok() {
            writeln!(out, "  = {}", state(world.order())).unwrap();
        }
    }
    out
}

/// Event names, or the code of the rejection.
pub(crate) fn brief(result: &Result<Decision, Rejection>) -> String {
    match result {
        Ok(decision) => {
            let names: Vec<String> = decision.events.iter().map(short).collect();
            names.join(" + ")
        }
        Err(rejection) => format!("rejected: {}", rejection.code()),
    }
}

fn show(answer: &Answer, out: &mut String) {
    if let Some(trigger) = answer.needs.escalation {
        writeln!(out, "  ? escalation {trigger:?}").unwrap();
    }
    match &answer.result {
        Ok(decision) => {
            for event in &decision.events {
                writeln!(out, "  {}", long(event)).unwrap();
            }
            for effect in &decision.effects {
                writeln!(out, "  > {}", effect_text(effect)).unwrap();
            }
        }
        Err(rejection) => writeln!(out, "  rejected: {rejection}").unwrap(),
    }
}

/// The name of an event, with what tells it apart from others of the name.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "of most events the name says all"
)]
fn short(event: &Event) -> String {
    let name = event.name();
    match event {
        Event::DeadlineMarked {
            deadline, moment, ..
        } => {
            format!("{name}({deadline} {moment:?})")
        }
        Event::Closed { code, .. } => format!("{name}({})", code.code()),
        Event::DeadlineRecomputed { deadline, .. } => format!("{name}({})", deadline.kind),
        Event::RoutingAdvised {
            consequence: RoutingConsequence::PersonQueue { reason },
            ..
        } => format!("{name}({reason:?})"),
        _ => name.to_owned(),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "of most events the name says all"
)]
fn long(event: &Event) -> String {
    let text = short(event);
    match event {
        Event::Registered { dispatch_by, .. } => format!("{text}, {}", deadline_text(dispatch_by)),
        Event::Dispatched {
            unit,
            chosen_by,
            verify_by,
            handle_by,
            ..
        } => {
            let verify = verify_by.as_ref().map(deadline_text).unwrap_or_default();
            format!(
                "{text} {unit} by {chosen_by:?}, {verify}; {}",
                deadline_text(handle_by)
            )
        }
        Event::ReviewPassed { offer_by } => format!("{text}, {}", deadline_text(offer_by)),
        Event::RatingOffered { rate_by, .. } => format!("{text}, {}", deadline_text(rate_by)),
        Event::Rated { rating } => format!("{text} {rating:?}"),
        Event::DeadlineMarked {
            due_at,
            unit,
            provisional,
            ask_again_at,
            ..
        } => {
            let who = unit.as_ref().map_or("center", |unit| unit.as_str());
            let note = if *provisional { ", provisional" } else { "" };
            let again =
                ask_again_at.map_or_else(String::new, |at| format!(", ask again {}", due_text(at)));
            format!("{text} {} of {who}{note}{again}", due_text(*due_at))
        }
        Event::DeadlineRecomputed {
            deadline,
            previous_due_at,
        } => {
            format!(
                "{text} from {}, {}",
                due_text(*previous_due_at),
                deadline_text(deadline)
            )
        }
        _ => text,
    }
}

pub(crate) fn deadline_text(deadline: &Deadline) -> String {
    let mut text = format!("{} by {}", deadline.kind, due_text(deadline.due.due_at));
    write!(
        text,
        " ({} {}, {}",
        deadline.rule, deadline.article, deadline.period
    )
    .unwrap();
    write!(text, ", from event {}", deadline.trigger_seq).unwrap();
    if let Some(warn_at) = deadline.warn_at {
        write!(text, ", warn {}", due_text(warn_at)).unwrap();
    }
    if deadline.due.provisional {
        text.push_str(", provisional");
    }
    if !deadline.rule_set_in_force {
        text.push_str(", rule set not in force");
    }
    text.push(')');
    text
}

fn effect_text(effect: &Effect) -> String {
    match effect {
        Effect::OfferRating => "offer rating".to_owned(),
        Effect::Notify(Notification { to, about }) => {
            format!("tell {}: {}", recipient_text(to), notice_text(about))
        }
    }
}

fn recipient_text(recipient: &Recipient) -> String {
    match recipient {
        Recipient::Requester => "requester".to_owned(),
        Recipient::Unit(code) => format!("unit {code}"),
        Recipient::LeaderInCharge(code) => format!("leader of {code}"),
        Recipient::DistrictOffice(code) => format!("district {code}"),
        Recipient::Center => "center".to_owned(),
    }
}

fn notice_text(notice: &Notice) -> String {
    match notice {
        Notice::DueSoon { deadline } => format!("{deadline} due soon"),
        Notice::Overdue { deadline } => format!("{deadline} overdue"),
        Notice::DeadlineRecomputed { deadline } => format!("{deadline} recomputed"),
        Notice::Attention { reason } => format!("attention, {reason}"),
        Notice::EscalationProposed { action, reason } => format!("proposed {action:?}, {reason}"),
        Notice::Dispatched
        | Notice::AwaitsRouting
        | Notice::RatingOffered
        | Notice::AwaitsReview
        | Notice::ReviewFailed
        | Notice::AwaitsFollowUp
        | Notice::Closed => format!("{notice:?}"),
    }
}

fn state(order: &WorkOrder) -> String {
    let mut text = order.stage.name().to_owned();
    match order.current_deadline() {
        Ok(deadline) => {
            write!(
                text,
                ", {} {}",
                deadline.kind,
                due_text(deadline.due.due_at)
            )
            .unwrap();
        }
        Err(cause) => write!(text, ", no deadline: {cause:?}").unwrap(),
    }
    for missed in &order.missed {
        let who = missed.unit.as_ref().map_or("center", |unit| unit.as_str());
        write!(text, ", missed {} by {who}", missed.deadline).unwrap();
    }
    text
}
