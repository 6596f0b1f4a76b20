//! What returns, joint handling and hard cases carry (Art. 16–18).

use serde::{Deserialize, Serialize};

use crate::command::Evidence;
use crate::ids::{TextId, UnitCode};

/// An application to return an order (R28, R29).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnRequest {
    /// What is disputed, with what must prove it.
    pub ground: ReturnGround,
    /// The concrete reasons.
    pub reason: TextId,
    /// The unit that should have it, if the applicant has a suggestion.
    pub suggested_unit: Option<UnitCode>,
}

/// What is disputed, with what the law wants as proof of it (Art. 17(1)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "ground")]
pub enum ReturnGround {
    /// Duty and authority (Art. 17(1)(1)).
    DutyAuthority {
        /// The unit's own functions.
        own_functions: TextId,
        /// The part of the order that lies outside them.
        outside_part: TextId,
    },
    /// Maintenance of a facility (Art. 17(1)(2)): one of the two.
    FacilityMaintenance {
        /// The unit's own range of maintenance.
        own_range: Option<TextId>,
        /// The document by which the duty was handed over.
        handover: Option<Evidence>,
    },
    /// Area of jurisdiction (Art. 17(1)(3)).
    JurisdictionArea {
        /// The unit's own area.
        own_area: TextId,
    },
    /// A document says so (Art. 17(1)(4)).
    ExplicitBasis {
        /// The document.
        document: Evidence,
        /// Reasons from the unit's own duties.
        duties: TextId,
    },
}

/// What the centre says to an application or an objection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "decision")]
pub enum ReturnDecision {
    /// Granted.
    Approve {
        /// Why.
        reason: TextId,
    },
    /// Refused.
    Reject {
        /// Why.
        reason: TextId,
    },
}

/// A unit that assists the lead unit, and its part (R32).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssistingUnit {
    /// The unit.
    pub unit: UnitCode,
    /// What it does.
    pub part: TextId,
}

/// What a hard case is about; it decides who is asked and how long the answer may take (Art. 18(1)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dispute {
    /// Between departments of districts: the municipal guiding or industry department (Art. 18(1)(1)).
    InterDistrict,
    /// Division of departmental duties: the staffing authority 机构编制部门 (Art. 18(1)(2)).
    DutyDivision,
    /// Application of laws, regulations, rules, normative documents: the justice department
    /// (Art. 18(1)(3)).
    LegalApplication,
}

/// A question to an authority (R34).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpinionRequest {
    /// What is disputed.
    pub dispute: Dispute,
    /// Who is asked.
    pub adviser: UnitCode,
    /// The question.
    pub question: TextId,
}
