//! Events, effects and orders as short text, for tables and snapshots.

use std::fmt::Write as _;

use calendar::due_text;
use lifecycle::Decision;
use lifecycle::deadline::Deadline;
use lifecycle::effect::{Effect, Notice, Notification, Recipient};
use lifecycle::event::{AssignmentRole, Event, RoutingConsequence};
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
    transcript_in(&mut World::new(), script)
}

/// The same, going on in a world.
pub(crate) fn transcript_in(world: &mut World, script: &str) -> String {
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

/// The event with what it started, and who it is about.
fn long(event: &Event) -> String {
    let mut text = short(event);
    if let Some(about) = about(event) {
        write!(text, " {about}").unwrap();
    }
    for deadline in deadlines(event) {
        write!(text, ", {}", deadline_text(deadline)).unwrap();
    }
    text
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "of most events the name says all"
)]
fn about(event: &Event) -> Option<String> {
    let text = match event {
        Event::Dispatched {
            unit,
            chosen_by,
            role,
            ..
        } => match role {
            AssignmentRole::Ordinary => format!("{unit} by {chosen_by:?}"),
            AssignmentRole::Lead | AssignmentRole::Determined | AssignmentRole::Rehandling => {
                format!("{unit} by {chosen_by:?} as {}", role.name())
            }
        },
        Event::Rated { rating } => format!("{rating:?}"),
        Event::PrioritySet { priority, reason } => {
            let by = reason.map_or("a rule", |_| "a person");
            format!("{priority:?} by {by}")
        }
        Event::Reclassified { order_type, .. } => format!("{order_type:?}"),
        Event::OpinionRequested { request, .. } => {
            format!("{:?} of {}", request.dispute, request.adviser)
        }
        Event::StatementJudged { judgement, .. } => format!("{:?}", judgement.effect),
        Event::Supervised { order, unit, .. } => format!("{:?} of {unit}", order.case),
        Event::SupervisionAnswered { unit, .. }
        | Event::AssistanceRecorded { unit, .. }
        | Event::AssistanceObjected { unit, .. } => unit.to_string(),
        Event::ObjectionDecided { unit, released, .. } => {
            format!("{unit} {}", if *released { "released" } else { "kept" })
        }
        Event::PassedToDistrict { district } => district.to_string(),
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
            format!("{} of {who}{note}{again}", due_text(*due_at))
        }
        Event::DeadlineRecomputed {
            previous_due_at, ..
        } => format!("from {}", due_text(*previous_due_at)),
        _ => return None,
    };
    Some(text)
}

/// The deadlines that an event starts.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "most events start no deadline"
)]
fn deadlines(event: &Event) -> Vec<&Deadline> {
    match event {
        Event::Registered { dispatch_by, .. } | Event::InformationSufficient { dispatch_by } => {
            vec![dispatch_by]
        }
        Event::InformationNoticeSent { answer_by, .. } => vec![answer_by],
        Event::Dispatched {
            verify_by,
            handle_by,
            assist_by,
            ..
        } => {
            let verify_and_assist = verify_by.iter().chain(assist_by);
            verify_and_assist.chain([handle_by]).collect()
        }
        Event::Reclassified {
            deadlines: Some(new),
            ..
        } => new.verify_by.iter().chain([&new.handle_by]).collect(),
        Event::OpinionRequested { opinion_by, .. } => vec![opinion_by],
        Event::Extended { handle_by, .. } | Event::SentBack { handle_by, .. } => vec![handle_by],
        Event::StatementJudged { handle_by, .. } => handle_by.iter().collect(),
        Event::ReviewPassed { offer_by, .. } => vec![offer_by],
        Event::RatingOffered { rate_by, .. } => vec![rate_by],
        Event::DeliveryRecorded { deadline, .. } | Event::DeadlineRecomputed { deadline, .. } => {
            vec![deadline]
        }
        Event::StatementAwaited { statement_by } => vec![statement_by],
        Event::Supervised {
            answer_by,
            guidance_by,
            ..
        } => answer_by.iter().chain(guidance_by).collect(),
        _ => Vec::new(),
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
        Effect::AskForInformation => "ask for information".to_owned(),
        Effect::ListLongTerm => "mark as listed".to_owned(),
        Effect::CountAlike => "count alike".to_owned(),
        Effect::LinkBack { other } => format!("link back {other}"),
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
        Recipient::Adviser(code) => format!("adviser {code}"),
    }
}

/// The name of a notice, with what it says of time; texts are only references.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "of most notices the name says all"
)]
fn notice_text(notice: &Notice) -> String {
    match notice {
        Notice::DueSoon { deadline } => format!("{deadline} due soon"),
        Notice::Overdue { deadline } => format!("{deadline} overdue"),
        Notice::DeadlineRecomputed { deadline } => format!("{deadline} recomputed"),
        Notice::Attention { reason } => format!("attention, {reason}"),
        Notice::EscalationProposed { action, reason } => format!("proposed {action:?}, {reason}"),
        Notice::Extended { due_at, .. } => format!("Extended until {}", due_text(*due_at)),
        Notice::HandlingRestarted { due_at } => {
            format!("HandlingRestarted until {}", due_text(*due_at))
        }
        Notice::RestartedOften { times } => format!("RestartedOften, {times} times"),
        other => {
            let text = format!("{other:?}");
            text.split([' ', '(']).next().unwrap_or_default().to_owned()
        }
    }
}

/// Everybody who is told something by a decision, as short text.
pub(crate) fn told(result: &Result<Decision, Rejection>) -> Vec<String> {
    let decision = result.as_ref().unwrap_or_else(|it| panic!("{it:?}"));
    decision.effects.iter().map(effect_text).collect()
}

pub(crate) fn state(order: &WorkOrder) -> String {
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
