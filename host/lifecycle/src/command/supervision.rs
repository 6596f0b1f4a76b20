//! What supervision carries (Art. 25).

use calendar::Period;
use serde::{Deserialize, Serialize};

use crate::ids::{TextId, UnitCode};

/// A supervision order (R47–R51).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupervisionOrder {
    /// Which case of Art. 25(2) it is.
    pub case: SupervisionCase,
    /// What the unit must do.
    pub requirement: TextId,
    /// The guidance unit, which answers too where a diligence statement is objected to (R51).
    pub guidance_unit: Option<UnitCode>,
}

/// The cases of supervision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "case")]
pub enum SupervisionCase {
    /// Overdue without good reason: two working days (Art. 25(2)(1)).
    Overdue,
    /// Feedback not as required: five working days (Art. 25(2)(2)).
    FeedbackInadequate,
    /// A long-term matter: effective measures, no limit in days (Art. 25(2)(3)).
    LongTerm,
    /// Objection to a diligence statement: five working days, two addressees (Art. 25(2)(4)).
    StatementObjection,
    /// Anything else: the centre sets the limit (Art. 25(1)).
    Other {
        /// The limit.
        period: Period,
    },
}

/// An answer to a supervision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupervisionAnswer {
    /// Position in the journal of the supervision.
    pub supervision: u64,
    /// What was done.
    pub answer: TextId,
    /// Why the order was late; needed in the case of Art. 25(2)(1).
    pub delay_explanation: Option<TextId>,
}

/// What the centre makes of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupervisionReview {
    /// Position in the journal of the supervision.
    pub supervision: u64,
    /// None accepts the answer; a reason demands another one, and the limit stays what it is.
    pub rejected: Option<TextId>,
}
