//! The parts of a modelled order, how calls are counted, and how long what may take.

use calendar::Period;
use chrono::TimeDelta;
use contract::types::OrderType;
use lifecycle::command::{
    ContactAttempt, ContactResult, Dispute, ExclusionGround, HandlingConclusion, ReportContent,
    SpecialLimit, SuggestionOutcome, SupervisionCase,
};
use lifecycle::deadline::DeadlineKind;
use lifecycle::event::AssignmentRole;
use lifecycle::ids::UnitCode;
use lifecycle::ruleset::AttemptGap;

use super::At;
use crate::days::{Limit, date_of};

/// What was missing.
#[derive(Debug, Clone)]
pub(crate) struct Information {
    pub(crate) asked_at: At,
    pub(crate) sent_at: Option<At>,
    pub(crate) received_at: Option<At>,
    /// Whether that is what the channel says.
    pub(crate) confirmed: bool,
    pub(crate) answer_by: Option<Limit>,
    pub(crate) supplied: bool,
    pub(crate) calls: Vec<Call>,
}

/// One dispatch to one unit.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) unit: UnitCode,
    pub(crate) at: At,
    pub(crate) role: AssignmentRole,
    /// The length fixed at the dispatch (Art. 19, 29).
    pub(crate) length: Period,
    /// The document that fixed it, if one did (Art. 14(3)).
    pub(crate) special: Option<SpecialLimit>,
    pub(crate) extensions_max: u16,
    pub(crate) verify_by: Option<Limit>,
    pub(crate) handle_by: Limit,
    pub(crate) extensions: u16,
    /// Extensions that the core keeps on record, told or not.
    pub(crate) extended_at: Vec<At>,
    pub(crate) untold: bool,
    pub(crate) restarts: u16,
    pub(crate) verified: bool,
    pub(crate) applied: Option<Option<bool>>,
    pub(crate) late_return: bool,
    pub(crate) assist_by: Option<Limit>,
    pub(crate) assisting: Vec<Assisting>,
    pub(crate) calls: Vec<Call>,
    pub(crate) replied: bool,
    pub(crate) report: Option<Report>,
    pub(crate) completed_at: Option<At>,
    /// The event that the clock started with, or that extended it.
    pub(crate) trigger: At,
    /// The next morning on which the escalation rules are asked.
    pub(crate) ask_at: Option<At>,
    /// The first one.
    pub(crate) warn_at: Option<At>,
}

/// An assisting unit.
#[derive(Debug, Clone)]
pub(crate) struct Assisting {
    pub(crate) unit: UnitCode,
    pub(crate) contributed: bool,
    pub(crate) objects: bool,
    pub(crate) released: bool,
}

/// What of a report matters later (Art. 24, 26, 29).
#[derive(Debug, Clone)]
pub(crate) struct Report {
    pub(crate) conclusion: HandlingConclusion,
    pub(crate) not_adopted: bool,
    pub(crate) mediated: bool,
}

/// A telephone call.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    from: At,
    to: At,
    answered: bool,
}

/// Something that the requester added.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    /// As the core names it.
    pub(crate) position: u64,
    pub(crate) received_at: At,
    pub(crate) task: usize,
    pub(crate) affects: Option<bool>,
}

/// A question to an authority.
#[derive(Debug, Clone)]
pub(crate) struct Opinion {
    pub(crate) adviser: UnitCode,
    pub(crate) by: Limit,
    pub(crate) given: bool,
}

/// A supervision.
#[derive(Debug, Clone)]
pub(crate) struct Supervision {
    /// As the core names it.
    pub(crate) position: u64,
    pub(crate) case: SupervisionCase,
    pub(crate) addressees: Vec<Addressee>,
    pub(crate) accepted: bool,
}

/// Who answers a supervision.
#[derive(Debug, Clone)]
pub(crate) struct Addressee {
    pub(crate) unit: UnitCode,
    pub(crate) kind: DeadlineKind,
    pub(crate) by: Option<Limit>,
    pub(crate) answered: bool,
}

/// A deadline that runs.
pub(crate) struct Running {
    pub(crate) kind: DeadlineKind,
    pub(crate) by: Limit,
    pub(crate) unit: Option<UnitCode>,
}

impl Call {
    pub(crate) fn of(attempt: &ContactAttempt) -> Self {
        Self {
            from: attempt.started_at,
            to: attempt.ended_at,
            answered: attempt.result == ContactResult::Answered,
        }
    }
}

/// What the requester or the unit may do, but need not, is nobody's miss: it ends the order
/// (Art. 12(2), 28, 30(3)).
pub(crate) const fn ends_the_order(kind: DeadlineKind) -> bool {
    matches!(
        kind,
        DeadlineKind::Rating | DeadlineKind::Information | DeadlineKind::DiligenceStatement
    )
}

/// How many calls count: a quarter of an hour after the last one that counted, at least; an answered
/// one makes all before it void (Art. 12, 21; A-08).
pub(crate) fn counted_calls(calls: &[Call], since: Option<At>, gap: AttemptGap) -> usize {
    let from_then_on = calls
        .iter()
        .filter(|call| since.is_none_or(|it| call.from >= it));
    let mut calls: Vec<&Call> = from_then_on.collect();
    calls.sort_by_key(|call| (call.from, call.to));
    let mut counted: Vec<&Call> = Vec::new();
    for call in calls {
        if call.answered {
            counted.clear();
            continue;
        }
        let free = counted.last().is_none_or(|last| {
            let since = match gap {
                AttemptGap::EndToStart => last.to,
                AttemptGap::StartToStart => last.from,
            };
            call.from >= since + TimeDelta::minutes(15)
        });
        if free {
            counted.push(call);
        }
    }
    counted.len()
}

/// How long a unit may take (Art. 14).
pub(crate) fn handling_length(order_type: OrderType) -> Period {
    if order_type == OrderType::Consultation {
        Period::WorkingDays(2)
    } else {
        Period::WorkingDays(10)
    }
}

/// How long an authority may take (Art. 18(1)).
pub(crate) const fn opinion_length(dispute: Dispute) -> Period {
    match dispute {
        Dispute::InterDistrict => Period::WorkingDays(2),
        Dispute::DutyDivision | Dispute::LegalApplication => Period::WorkingDays(5),
    }
}

/// How long an answer to a supervision may take (Art. 25(2)).
pub(crate) const fn supervision_length(case: SupervisionCase) -> Option<Period> {
    match case {
        SupervisionCase::Overdue => Some(Period::WorkingDays(2)),
        SupervisionCase::FeedbackInadequate | SupervisionCase::StatementObjection => {
            Some(Period::WorkingDays(5))
        }
        SupervisionCase::LongTerm => None,
        SupervisionCase::Other { period } => Some(period),
    }
}

/// Whether one period is at most as long as another, in the same unit of time (Art. 19).
pub(crate) const fn at_most(one: Period, other: Period) -> bool {
    match (one, other) {
        (Period::WorkingDays(one), Period::WorkingDays(other))
        | (Period::CalendarDays(one), Period::CalendarDays(other)) => one <= other,
        (Period::Hours(one), Period::Hours(other)) => one <= other,
        _ => false,
    }
}

impl Task {
    /// The length once more; where a document named an instant, as many days as it left (Art. 14(3)).
    pub(crate) fn length_anew(&self) -> Period {
        let Period::Until(until) = self.length else {
            return self.length;
        };
        let last = date_of(until - TimeDelta::seconds(1));
        let days = (last - date_of(self.at)).num_days().max(1);
        Period::CalendarDays(u16::try_from(days).unwrap())
    }
}

impl Report {
    pub(crate) fn of(conclusion: &HandlingConclusion, content: Option<&ReportContent>) -> Self {
        let (mut not_adopted, mut mediated) = (false, false);
        if let Some(ReportContent::Suggestion { outcome }) = content {
            not_adopted = matches!(outcome, SuggestionOutcome::NotAdopted { .. });
        }
        if let Some(ReportContent::Complaint { mediation, .. }) = content {
            mediated = mediation.is_some();
        }
        Self {
            conclusion: conclusion.clone(),
            not_adopted,
            mediated,
        }
    }

    /// Whether one of the six grounds can hold after this report (Art. 29(3)).
    pub(crate) fn carries(&self, ground: ExclusionGround) -> bool {
        match ground {
            ExclusionGround::StatutoryDisposition => {
                matches!(
                    self.conclusion,
                    HandlingConclusion::StatutoryDisposition { .. }
                )
            }
            ExclusionGround::RequesterUnavailable => matches!(
                self.conclusion,
                HandlingConclusion::Unreachable | HandlingConclusion::Refused { .. }
            ),
            ExclusionGround::SuggestionNotAdopted => self.not_adopted,
            ExclusionGround::Mediated => self.mediated,
            ExclusionGround::ForceMajeure => true,
            ExclusionGround::Repeat => matches!(self.conclusion, HandlingConclusion::Repeat { .. }),
        }
    }
}
