//! Dispatches to units, each with its clock and what the unit did.

use lifecycle::command;
use lifecycle::order::{self, Duty};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::viewer::Viewer;
use crate::dto::deadlines::Deadline;
use crate::dto::{
    AssignmentRole, ContactResult, EvidenceKind, Period, ReplyMethod, SupersededBy, Time,
    as_journaled,
};

/// One dispatch to one unit, with its clock.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Assignment {
    /// The unit.
    pub unit: String,
    /// In which role the unit has the order.
    pub role: AssignmentRole,
    /// When it was dispatched, which is when the unit received it.
    pub dispatched_at: Time,
    /// A handling period of its own, where a document set one (Art. 14(3)).
    pub special_limit: Option<SpecialLimit>,
    /// By when the unit must verify (Art. 16).
    pub verify_by: Option<Deadline>,
    /// By when the unit must submit (Art. 14, 15).
    pub handle_by: Deadline,
    /// Deadlines of handling that `handle_by` has taken the place of, oldest first (Art. 19, 20, 45).
    pub superseded: Vec<Superseded>,
    /// Extensions, oldest first (Art. 19).
    pub extensions: Vec<Extension>,
    /// Whether the unit has verified that the matter is its own: `unverified`, `accepted` or
    /// `deemed_accepted`.
    pub duty: &'static str,
    /// Its application to return the order, if it made one (Art. 17).
    pub return_application: Option<ReturnApplication>,
    /// Whether the centre admits a return after the unit's time.
    pub late_return_allowed: bool,
    /// By when a lead unit must name the assisting units; null once it has (Art. 17(3)).
    pub assist_by: Option<Deadline>,
    /// The assisting units of a lead unit; for an assisting unit, its own part only.
    pub assisting: Vec<Assisting>,
    /// Attempts to reach the requester.
    pub contact_attempts: Vec<ContactAttempt>,
    /// The latest reply.
    pub reply: Option<Reply>,
    /// The latest report.
    pub report: Option<Report>,
    /// When the report that passed the review was submitted.
    pub completed_at: Option<Time>,
}

/// A handling period set by another document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SpecialLimit {
    /// The period.
    pub period: Period,
    /// The document that sets it.
    pub basis: String,
    /// Where the document is kept, if it is attached.
    pub attachment: Option<Evidence>,
    /// How many extensions the document allows; null leaves it at the law's two.
    pub extensions_max: Option<u16>,
}

/// A deadline that another one took the place of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Superseded {
    /// The deadline.
    pub deadline: Deadline,
    /// When the other one took its place.
    pub at: Time,
    /// Why.
    pub by: SupersededBy,
}

/// An extension that took effect (Art. 19).
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Extension {
    /// When it was filed.
    pub filed_at: Time,
    /// Why: reference into `texts`.
    pub reason: Uuid,
    /// Until when it extended the period.
    pub due_at: Time,
    /// How the requester was told, as in the history; null where that is still owed.
    #[schema(value_type = Option<Object>)]
    pub told: Option<Value>,
}

/// An application to return the order (Art. 17).
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReturnApplication {
    /// When.
    pub at: Time,
    /// What is disputed and what proves it, as in the history; texts are references into `texts`.
    #[schema(value_type = Object)]
    pub ground: Value,
    /// The concrete reasons: reference into `texts`.
    pub reason: Uuid,
    /// The unit that should have it, if the applicant had a suggestion.
    pub suggested_unit: Option<String>,
    /// Whether the centre granted it; null while it decides.
    pub approved: Option<bool>,
    /// Why the centre decided so: reference into `texts`.
    pub decision_reason: Option<Uuid>,
}

/// An assisting unit of a lead unit (Art. 17(3)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Assisting {
    /// The unit.
    pub unit: String,
    /// Its part: reference into `texts`.
    pub part: Uuid,
    /// What it handed in: reference into `texts`.
    pub contribution: Option<Uuid>,
    /// Its objection that waits for the centre: reference into `texts`.
    pub objection: Option<Uuid>,
    /// Whether the centre released it.
    pub released: bool,
}

/// An attempt to reach the requester.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ContactAttempt {
    /// When it began.
    pub started_at: Time,
    /// When it ended.
    pub ended_at: Time,
    /// What came of it.
    pub result: ContactResult,
    /// Identifier of the recording or call log.
    pub evidence: String,
    /// Whether it began outside 08:00 to 22:00. It counts all the same; whoever made it is warned.
    pub unusual_hour: bool,
}

/// A reply to the requester.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reply {
    /// When the requester was told.
    pub replied_at: Time,
    /// How.
    pub method: ReplyMethod,
    /// Main content: reference into `texts`.
    pub content: Uuid,
    /// Evidence of it.
    pub evidence: Vec<Evidence>,
}

/// A unit's report (Art. 21, 22).
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Report {
    /// When handling began.
    pub handled_from: Time,
    /// When handling ended.
    pub handled_until: Time,
    /// The executing body 经办机构 under the unit, if any.
    pub handling_office: Option<String>,
    /// Course of the handling: reference into `texts`.
    pub course: Uuid,
    /// Result of the handling: reference into `texts`.
    pub result: Uuid,
    /// Why there was no reply, as in the history.
    #[schema(value_type = Option<Object>)]
    pub reply_exception: Option<Value>,
    /// What else the unit deemed necessary: reference into `texts`.
    pub remarks: Option<Uuid>,
    /// How the unit came to an end with the matter, as in the history.
    #[schema(value_type = Object)]
    pub conclusion: Value,
    /// What the report says for its type of matter (Art. 22), as in the history.
    #[schema(value_type = Option<Object>)]
    pub content: Option<Value>,
}

/// A piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Evidence {
    /// Its kind.
    pub kind: EvidenceKind,
    /// Where it is kept.
    pub reference: String,
}

impl Assignment {
    /// A dispatch as the viewer sees it.
    pub(super) fn new(assignment: &order::Assignment, viewer: Viewer<'_>) -> Self {
        let assisting = assignment.assisting.iter();
        let assisting = assisting.filter(|it| viewer.sees_part_of(&it.unit));
        Self {
            unit: assignment.unit.to_string(),
            role: assignment.role.into(),
            dispatched_at: assignment.dispatched_at.into(),
            special_limit: assignment.special_limit.as_ref().map(Into::into),
            verify_by: assignment.verify_by.as_ref().map(Into::into),
            handle_by: Deadline::from(&assignment.handle_by),
            superseded: assignment.superseded.iter().map(Into::into).collect(),
            extensions: assignment.extensions.iter().map(Into::into).collect(),
            duty: match assignment.duty {
                Duty::Unverified => "unverified",
                Duty::Accepted { .. } => "accepted",
                Duty::DeemedAccepted { .. } => "deemed_accepted",
            },
            return_application: assignment.return_application.as_ref().map(Into::into),
            late_return_allowed: assignment.late_return_allowed,
            assist_by: assignment.assist_by.as_ref().map(Into::into),
            assisting: assisting.map(Into::into).collect(),
            contact_attempts: assignment.contact_attempts.iter().map(Into::into).collect(),
            reply: assignment.reply.as_ref().map(Into::into),
            report: assignment.report.as_ref().map(Into::into),
            completed_at: assignment.completed_at.map(Into::into),
        }
    }
}

impl From<&command::SpecialLimit> for SpecialLimit {
    fn from(limit: &command::SpecialLimit) -> Self {
        Self {
            period: limit.period.into(),
            basis: limit.basis.clone(),
            attachment: limit.attachment.as_ref().map(Into::into),
            extensions_max: limit.extensions_max,
        }
    }
}

impl From<&order::Superseded> for Superseded {
    fn from(superseded: &order::Superseded) -> Self {
        Self {
            deadline: Deadline::from(&superseded.deadline),
            at: superseded.at.into(),
            by: superseded.by.into(),
        }
    }
}

impl From<&order::GrantedExtension> for Extension {
    fn from(extension: &order::GrantedExtension) -> Self {
        Self {
            filed_at: extension.filed_at.into(),
            reason: extension.reason.0,
            due_at: extension.due_at.into(),
            told: extension.told.as_ref().map(as_journaled),
        }
    }
}

impl From<&order::ReturnApplication> for ReturnApplication {
    fn from(application: &order::ReturnApplication) -> Self {
        let request = &application.request;
        let (approved, decision_reason) = match application.decision {
            Some(command::ReturnDecision::Approve { reason }) => (Some(true), Some(reason.0)),
            Some(command::ReturnDecision::Reject { reason }) => (Some(false), Some(reason.0)),
            None => (None, None),
        };
        Self {
            at: application.at.into(),
            ground: as_journaled(&request.ground),
            reason: request.reason.0,
            suggested_unit: request.suggested_unit.as_ref().map(ToString::to_string),
            approved,
            decision_reason,
        }
    }
}

impl From<&order::Assisting> for Assisting {
    fn from(assisting: &order::Assisting) -> Self {
        Self {
            unit: assisting.unit.to_string(),
            part: assisting.part.0,
            contribution: assisting.contribution.map(|text| text.0),
            objection: assisting.objection.map(|text| text.0),
            released: assisting.released,
        }
    }
}

impl From<&command::ContactAttempt> for ContactAttempt {
    fn from(attempt: &command::ContactAttempt) -> Self {
        Self {
            started_at: attempt.started_at.into(),
            ended_at: attempt.ended_at.into(),
            result: attempt.result.into(),
            evidence: attempt.evidence.clone(),
            unusual_hour: attempt.at_unusual_hour(),
        }
    }
}

impl From<&command::Evidence> for Evidence {
    fn from(evidence: &command::Evidence) -> Self {
        Self {
            kind: evidence.kind.into(),
            reference: evidence.reference.clone(),
        }
    }
}

impl From<&command::Reply> for Reply {
    fn from(reply: &command::Reply) -> Self {
        Self {
            replied_at: reply.replied_at.into(),
            method: reply.method.into(),
            content: reply.content.0,
            evidence: reply.evidence.iter().map(Into::into).collect(),
        }
    }
}

impl From<&command::HandlingReport> for Report {
    fn from(report: &command::HandlingReport) -> Self {
        Self {
            handled_from: report.handled_from.into(),
            handled_until: report.handled_until.into(),
            handling_office: report.handling_office.clone(),
            course: report.course.0,
            result: report.result.0,
            reply_exception: report.reply_exception.as_ref().map(as_journaled),
            remarks: report.remarks.map(|text| text.0),
            conclusion: as_journaled(&report.conclusion),
            content: report.content.as_ref().map(as_journaled),
        }
    }
}
