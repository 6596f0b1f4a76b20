//! Words that events use: how an order was routed, in which role a unit has it, how it ended.

use serde::{Deserialize, Serialize};

use crate::command::SpecialLimit;
use crate::deadline::Deadline;
use crate::ids::UnitCode;

/// Periods that begin anew with a corrected type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPeriods {
    /// By when the unit must verify; none for a commendation.
    pub verify_by: Option<Deadline>,
    /// By when it must submit.
    pub handle_by: Deadline,
    /// The special limit that goes on (Art. 14(3)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub special_limit: Option<SpecialLimit>,
}

/// In which role a unit has an order.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum AssignmentRole {
    /// As any handling unit.
    #[default]
    Ordinary,
    /// As lead unit 牵头办理单位 (Art. 17(3)).
    Lead,
    /// As the unit that coordination determined (Art. 18); it cannot return the order.
    Determined,
    /// To handle the order again (Art. 29); it can neither return nor extend.
    Rehandling,
}

impl AssignmentRole {
    /// Stable name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::Lead => "lead",
            Self::Determined => "determined",
            Self::Rehandling => "rehandling",
        }
    }
}

/// What the core made of routing advice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum RoutingConsequence {
    /// Clear enough to dispatch without a person.
    Dispatch {
        /// To this unit.
        unit: UnitCode,
    },
    /// A person decides.
    PersonQueue {
        /// Why.
        reason: QueueReason,
    },
}

/// Why a person must route an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueReason {
    /// No rule is active for the order's scopes.
    NoRule,
    /// Every rule that was asked had no opinion.
    NoOpinion,
    /// The rules that might have had one failed or refused.
    RulesFailed,
    /// The best candidate's score is too low.
    LowScore,
    /// The second candidate is too close.
    TooClose,
    /// The candidate is not in the directory of handling units.
    UnknownUnit,
    /// A consultation with a clear candidate: a person first sees whether the knowledge base answers it
    /// (Art. 13(1)).
    MaybeAnswerable,
    /// No rule was asked.
    NotAsked,
    /// A unit returned it (Art. 17).
    Returned,
    /// The candidate is the unit whose staff is complained of: a person decides whether its leader gets
    /// it, or somebody above (Art. 8(4), R7).
    AgainstUnit,
}

/// Who chose the handling unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DispatchChoice {
    /// A person.
    Person,
    /// The routing advice, under the rule set's thresholds.
    Advice,
    /// Kapok itself, on behalf of a program such as an import.
    System,
}

/// How an order ended (catalogue, how orders end). CR06, CR07, CR10 and CR11 are kinds of report, see
/// [`crate::command::HandlingConclusion`]; they end an order only where the rule set has what a unit ended
/// without handling it not rated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CloseCode {
    /// Answered directly (R19).
    #[serde(rename = "CR01")]
    AnsweredDirectly,
    /// What was missing could not be asked for: three counted calls unanswered (R15).
    #[serde(rename = "CR02")]
    InformationUnreachable,
    /// The requester refused to supply it (R15).
    #[serde(rename = "CR03")]
    InformationRefused,
    /// What was supplied was not enough (R15, R16).
    #[serde(rename = "CR04")]
    InformationInsufficient,
    /// It was not supplied in time (R16).
    #[serde(rename = "CR05")]
    InformationLate,
    /// Unreachable or refusing at the unit (R17), and not rated.
    #[serde(rename = "CR06")]
    UnitUnreachable,
    /// Ended on a statutory ground (R27), and not rated.
    #[serde(rename = "CR07")]
    StatutoryDisposition,
    /// A commendation, read by the unit (R44).
    #[serde(rename = "CR08")]
    CommendationRead,
    /// Withdrawn by the requester (R45).
    #[serde(rename = "CR09")]
    Withdrawn,
    /// A repeat (R46), and not rated.
    #[serde(rename = "CR10")]
    Repeat,
    /// Listed as long-term (R53), and not rated.
    #[serde(rename = "CR11")]
    LongTermProgress,
    /// Rated satisfied (R58).
    #[serde(rename = "CR12")]
    RatedSatisfied,
    /// Not rated in time (R58).
    #[serde(rename = "CR13")]
    NotRated,
    /// Dissatisfied for a reason that excludes a second handling (R60).
    #[serde(rename = "CR14")]
    Excluded,
    /// Dissatisfied, called back, not sent back (R59).
    #[serde(rename = "CR15")]
    NotSentBack,
    /// Satisfied or unrated after the second handling (R62).
    #[serde(rename = "CR16")]
    SecondRoundEnded,
    /// Dissatisfied again; the unit filed its diligence statement (R63).
    #[serde(rename = "CR17")]
    StatementFiled,
    /// Dissatisfied again; no diligence statement came in time (R63).
    #[serde(rename = "CR18")]
    StatementLapsed,
}

impl CloseCode {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::AnsweredDirectly,
        Self::InformationUnreachable,
        Self::InformationRefused,
        Self::InformationInsufficient,
        Self::InformationLate,
        Self::UnitUnreachable,
        Self::StatutoryDisposition,
        Self::CommendationRead,
        Self::Withdrawn,
        Self::Repeat,
        Self::LongTermProgress,
        Self::RatedSatisfied,
        Self::NotRated,
        Self::Excluded,
        Self::NotSentBack,
        Self::SecondRoundEnded,
        Self::StatementFiled,
        Self::StatementLapsed,
    ];

    /// Whether it says that information stayed missing at the hotline (R15, R16).
    #[must_use]
    pub const fn is_for_information(self) -> bool {
        matches!(
            self,
            Self::InformationUnreachable
                | Self::InformationRefused
                | Self::InformationInsufficient
                | Self::InformationLate
        )
    }

    /// Code of the catalogue, such as `CR12`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AnsweredDirectly => "CR01",
            Self::InformationUnreachable => "CR02",
            Self::InformationRefused => "CR03",
            Self::InformationInsufficient => "CR04",
            Self::InformationLate => "CR05",
            Self::UnitUnreachable => "CR06",
            Self::StatutoryDisposition => "CR07",
            Self::CommendationRead => "CR08",
            Self::Withdrawn => "CR09",
            Self::Repeat => "CR10",
            Self::LongTermProgress => "CR11",
            Self::RatedSatisfied => "CR12",
            Self::NotRated => "CR13",
            Self::Excluded => "CR14",
            Self::NotSentBack => "CR15",
            Self::SecondRoundEnded => "CR16",
            Self::StatementFiled => "CR17",
            Self::StatementLapsed => "CR18",
        }
    }
}
