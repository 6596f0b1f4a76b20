//! The numbers of Chapter 5, and the choices that it leaves open.

use std::collections::BTreeSet;

use calendar::Period;
use contract::knowledge::PointKind;
use serde::{Deserialize, Serialize};

use crate::deadline::DeadlineKind;
use crate::point::Field;

/// Limits of the knowledge base, to stand beside a rule set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnowledgeRules {
    /// R67, Art. 35: the longest validity by kind, "in principle" 原则上.
    pub validity: Validities,
    /// R67: so many days before its last day a point's owner is reminded to confirm it, at 00:00. The
    /// text says "before expiry" and no more; the centre sets it.
    pub reminder_days: Vec<u16>,
    /// R66, Art. 34: fields without which no draft is submitted. The article ends its list with 等, and
    /// not every point has conditions, relations or questions; what else one needs, plugins say.
    pub required: BTreeSet<Field>,
    /// R68, Art. 36: a unit answers a feedback within this time.
    pub feedback: Period,
    /// R68, Art. 36: and an emergency feedback within this.
    pub emergency_feedback: Period,
    /// R69, Art. 37: notices with fewer whole working days than this between them and the change are
    /// marked as short. The text sets no least lead; it is a warning.
    pub notice_working_days: u16,
    /// R70, Art. 38: the answer script of an outage comes within this time (A-21: the other reading of
    /// "1个自然日" is 24 hours).
    pub outage_script: Period,
    /// R70, A-21: from when that time counts.
    pub outage_start: OutageStart,
    /// R70, Art. 38: an outage reaches its second stage when so many calendar days have begun after the
    /// day of its start and it still lasts.
    pub second_stage_days: u16,
    /// R70: in the second stage the unit tells the centre how it goes at least so often. The text says
    /// 及时; this is a target of the centre's own.
    pub outage_update: Period,
}

/// The longest validity by kind (Art. 35).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validities {
    /// 政策法规.
    pub policy: Period,
    /// 办事指南.
    pub service_guide: Period,
    /// 具体事项答复口径.
    pub answer_script: Period,
    /// 业务解读 and others.
    pub interpretation: Period,
}

/// From when the time for an outage's answer script counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutageStart {
    /// From the outage, where its start is known, else from the report.
    OutageOrReport,
    /// From the report, which is when the centre learns of it.
    Report,
}

impl KnowledgeRules {
    /// Guangzhou's implementing rules of 2023, with the defaults for what they leave open.
    #[must_use]
    pub fn guangzhou_2023() -> Self {
        Self {
            validity: Validities {
                policy: Period::Years(5),
                service_guide: Period::Years(1),
                answer_script: Period::Months(6),
                interpretation: Period::Years(1),
            },
            reminder_days: vec![30, 7, 1],
            required: BTreeSet::from([
                Field::Title,
                Field::LegalBasis,
                Field::Scope,
                Field::Subjects,
            ]),
            feedback: Period::WorkingDays(2),
            emergency_feedback: Period::WorkingDays(1),
            notice_working_days: 3,
            outage_script: Period::CalendarDays(1),
            outage_start: OutageStart::OutageOrReport,
            second_stage_days: 2,
            outage_update: Period::Hours(24),
        }
    }

    /// The longest validity of a kind of point (R67).
    #[must_use]
    pub const fn longest(&self, kind: PointKind) -> Period {
        match kind {
            PointKind::Policy => self.validity.policy,
            PointKind::ServiceGuide => self.validity.service_guide,
            PointKind::AnswerScript => self.validity.answer_script,
            PointKind::Interpretation => self.validity.interpretation,
        }
    }

    /// The period of a kind of deadline; none for the expiry, whose period the point's term says.
    #[must_use]
    pub const fn period(&self, kind: DeadlineKind) -> Option<Period> {
        match kind {
            DeadlineKind::Expiry => None,
            DeadlineKind::Feedback => Some(self.feedback),
            DeadlineKind::EmergencyFeedback => Some(self.emergency_feedback),
            DeadlineKind::OutageScript => Some(self.outage_script),
            DeadlineKind::OutageUpdate => Some(self.outage_update),
        }
    }
}
