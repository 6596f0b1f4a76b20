//! Why a command is refused. Variants stand in order of precedence: permission first, so that no
//! later answer leaks what the caller may not know. Each names its article and the way out.

use calendar::due_text;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::ids::{DistrictCode, UnitCode};

/// A rejection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "rejection")]
pub enum Rejection {
    /// The actor's role may not give this command.
    #[error("this role may not {command}")]
    NotPermitted {
        /// The command.
        command: &'static str,
    },
    /// The order is with another unit.
    #[error("the order is not with unit {unit}")]
    NotTheHandlingUnit {
        /// The unit that asked.
        unit: UnitCode,
    },
    /// There is no such order yet.
    #[error("the order does not exist")]
    NotRegistered,
    /// An order of that number exists.
    #[error("the order exists already")]
    AlreadyRegistered,
    /// The order has ended; nothing but reading is possible.
    #[error("the order is closed")]
    Closed,
    /// The order's stage does not allow the command.
    #[error("not possible in stage {stage}; it needs {needed}")]
    WrongStage {
        /// The stage that the order is in.
        stage: &'static str,
        /// Which stage the command needs.
        needed: &'static str,
    },
    /// Only a consultation is answered from the knowledge base (Art. 13(1)).
    #[error("only a consultation is answered directly")]
    NotAConsultation,
    /// A commendation is read and closed (Art. 23(1)).
    #[error("a commendation is closed after reading, without report, review and rating")]
    Commendation,
    /// The handling unit is not in the directory.
    #[error("unit {unit} is not in the directory of handling units")]
    UnknownUnit {
        /// The code.
        unit: UnitCode,
    },
    /// The district is not in the directory (R1: the matter lies in the city's area).
    #[error("district {district} is not in the directory")]
    UnknownDistrict {
        /// The code.
        district: DistrictCode,
    },
    /// A special limit must name its document (Art. 14(3)).
    #[error("a special limit must name the document that sets it")]
    SpecialLimitWithoutBasis,
    /// A time lies in the future, or runs backwards.
    #[error("{field} {problem}")]
    ImpossibleTime {
        /// Which field.
        field: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A field is empty.
    #[error("{field} must not be empty")]
    Missing {
        /// Which field.
        field: &'static str,
    },
    /// A reply without evidence (Art. 21(1), R41).
    #[error("a reply needs at least one recording, call log, message log or document as evidence")]
    ReplyWithoutEvidence,
    /// A report before the requester was told (Art. 21(2), P6).
    #[error("the requester must be told the result before the report is submitted")]
    ReplyMissing,
    /// An exception from the reply, although a reply is recorded (Art. 21, R40): one of the two is wrong.
    #[error("a reply is recorded, so the report cannot say that there was none")]
    AlreadyReplied,
    /// Too few counted calls for "unreachable" (Art. 21(1), P2).
    #[error("{counted} of {needed} calls count{}", next_call(.next_from.as_ref()))]
    TooFewContactAttempts {
        /// How many count.
        counted: u16,
        /// How many are needed.
        needed: u16,
        /// From when a further call counts.
        next_from: Option<DateTime<Utc>>,
    },
    /// The requester was reached, so "unreachable" does not hold.
    #[error("a call was answered, so the requester is not unreachable")]
    RequesterWasReached,
    /// The rating came after its time (Art. 27(3), P8).
    #[error("the rating came after {}; the order counts as unrated", due_text(*.due_at))]
    RatingTooLate {
        /// When the time ended.
        due_at: DateTime<Utc>,
    },
    /// The first valid rating stands (Art. 27(3), A-19).
    #[error("the order is rated already")]
    AlreadyRated,
    /// A dissatisfied requester must be called back first (Art. 28).
    #[error("the requester must be called back before the order is ended")]
    FollowUpMissing,
    /// The deadline is not the one in force, has not passed, or was marked before. Timers get this
    /// when an order has moved on; it is no error.
    #[error("nothing is due")]
    NothingDue,
    /// A period runs past the years that can be computed.
    #[error("the period cannot be computed: {problem}")]
    PeriodOutOfRange {
        /// What the calendar said.
        problem: String,
    },
}

impl Rejection {
    /// Stable code for machines.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.facts().0
    }

    /// The article that forbids it, or an empty string where it is not the law.
    #[must_use]
    pub const fn article(&self) -> &'static str {
        self.facts().1
    }

    /// What to do instead.
    #[must_use]
    pub const fn way_out(&self) -> &'static str {
        self.facts().2
    }

    /// The table behind [`Self::code`], [`Self::article`] and [`Self::way_out`].
    #[expect(clippy::too_many_lines, reason = "a table with a row for each variant")]
    const fn facts(&self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::NotPermitted { .. } => (
                "not-permitted",
                "第五条、第六条",
                "use a token of a role that may do this",
            ),
            Self::NotTheHandlingUnit { .. } => (
                "not-the-handling-unit",
                "第四十三条",
                "only the unit that has the order may act on it",
            ),
            Self::NotRegistered => ("order-not-found", "", "check the order number"),
            Self::AlreadyRegistered => {
                ("already-registered", "第十一条", "read the existing order")
            }
            Self::Closed => ("order-closed", "", "file a new request"),
            Self::WrongStage { .. } => ("wrong-stage", "", "read the order's stage and act on it"),
            Self::NotAConsultation => {
                ("not-a-consultation", "第十三条第二项", "dispatch the order")
            }
            Self::Commendation => (
                "commendation",
                "第二十三条第一项",
                "accept duty to close it as read",
            ),
            Self::UnknownUnit { .. } => {
                ("unknown-unit", "第十三条", "choose a unit of the directory")
            }
            Self::UnknownDistrict { .. } => (
                "unknown-district",
                "第二条",
                "give a district of the city, or none where it is not known",
            ),
            Self::SpecialLimitWithoutBasis => (
                "special-limit-without-basis",
                "第十四条第三项",
                "give title and number of the document",
            ),
            Self::ImpossibleTime { .. } => (
                "impossible-time",
                "",
                "give the time at which it took place",
            ),
            Self::Missing { .. } => ("missing-field", "", "fill in the field"),
            Self::ReplyWithoutEvidence => (
                "reply-without-evidence",
                "第二十一条第一款",
                "attach the reference of the evidence",
            ),
            Self::ReplyMissing => (
                "reply-missing",
                "第二十一条第二款",
                "record the reply, or state an exception",
            ),
            Self::AlreadyReplied => (
                "already-replied",
                "第二十一条",
                "submit the report without the exception",
            ),
            Self::TooFewContactAttempts { .. } => (
                "too-few-contact-attempts",
                "第二十一条第一款",
                "call again, at least 15 minutes apart",
            ),
            Self::RequesterWasReached => (
                "requester-was-reached",
                "第二十一条第一款",
                "record the reply",
            ),
            Self::RatingTooLate { .. } => (
                "rating-too-late",
                "第二十七条第三项",
                "nothing; the time is over",
            ),
            Self::AlreadyRated => (
                "already-rated",
                "第二十七条第三项",
                "nothing; the first choice stands",
            ),
            Self::FollowUpMissing => (
                "follow-up-missing",
                "第二十八条",
                "record the call-back first",
            ),
            Self::NothingDue => ("nothing-due", "", "nothing"),
            Self::PeriodOutOfRange { .. } => (
                "period-out-of-range",
                "",
                "give a period that ends after it begins, within the years of the calendar",
            ),
        }
    }
}

/// From when a further call counts, as a part of a sentence.
fn next_call(next_from: Option<&DateTime<Utc>>) -> String {
    next_from.map_or_else(String::new, |from| {
        format!("; a further one from {}", due_text(*from))
    })
}
