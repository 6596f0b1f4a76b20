//! What a trial found, as data: the JSON of `kapok plugin try --json`, and what the page is made of.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contract::about::Kind;
use lifecycle::advice::RuleImage;
use serde::Serialize;
use serde_json::Value;

/// A trial's report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrialReport {
    /// The rule that was tried.
    pub rule: RuleImage,
    /// Its question.
    pub kind: Kind,
    /// The scope that it was tried in.
    pub scope: String,
    /// Instants of the first and the last decision that it was asked in.
    pub span: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// Decisions that were looked at.
    pub decisions: u64,
    /// Of these, decisions in which it would not have been asked: another question, another scope, or a
    /// narrower scope had answered.
    pub out_of_reach: u64,
    /// Of these, decisions whose question is not kept.
    pub without_question: u64,
    /// Decisions that it was asked in; what follows is about them.
    pub asked: u64,
    /// The same verdict, byte for byte.
    pub same: u64,
    /// Same units in the same order, or same actions, with other scores or reasons.
    pub reworded: u64,
    /// Another verdict.
    pub changed: u64,
    /// A verdict where there was none: fewer orders for a person.
    pub gained: u64,
    /// No verdict where there was one: more orders for a person.
    pub lost: u64,
    /// `changed`, `gained` and `lost` among `asked`, in thousandths, rounded up.
    pub changed_permille: u16,
    /// Decisions among `asked` in which it failed, whatever a wider scope answered then; in thousandths,
    /// rounded up.
    pub failed_permille: u16,
    /// How often it gave no verdict itself, so that a wider scope was asked: `no_opinion`, `refused`, and
    /// its failures by kind.
    pub without_verdict: BTreeMap<String, u64>,
    /// Fuel of the rule.
    pub fuel: Distribution,
    /// Fuel of whoever was asked in this scope then; comparable within one engine only.
    pub fuel_before: Distribution,
    /// Wall-clock time of the rule, in microseconds.
    pub duration_us: Distribution,
    /// By the district of the order.
    pub by_district: BTreeMap<String, Group>,
    /// By the category of the matter.
    pub by_category: BTreeMap<String, Group>,
    /// By the unit that was named first then; of orders whose unit nobody named, under `—`. Of escalations,
    /// by the unit that has the order.
    pub by_unit: BTreeMap<String, Group>,
    /// From which unit or actions to which, most frequent first.
    pub moves: Vec<Move>,
    /// Some differences side by side. Which ones follows from the decisions alone, so that another run
    /// shows the same.
    pub samples: Vec<Sample>,
}

/// How a verdict differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Byte for byte the same.
    Same,
    /// Same units or actions, other scores or reasons.
    Reworded,
    /// Other units or actions.
    Changed,
    /// A verdict where there was none.
    Gained,
    /// No verdict where there was one.
    Lost,
}

/// Decisions of a group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Decisions.
    pub asked: u64,
    /// Of these, changed, gained or lost.
    pub changed: u64,
}

/// Verdicts that went from one to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Move {
    /// The first unit, or the actions, then; nothing where there was no verdict.
    pub from: Option<String>,
    /// The same now.
    pub to: Option<String>,
    /// How often.
    pub count: u64,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sample {
    /// The order.
    pub order: String,
    /// The decision.
    pub decision: uuid::Uuid,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// How the verdict differs.
    pub class: Class,
    /// The question, masked, as plugins see it.
    pub question: Value,
    /// The verdict then.
    pub before: Option<Value>,
    /// The verdict now.
    pub after: Option<Value>,
}

/// How a number is distributed. Percentiles are exact to three digits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Distribution {
    /// How many.
    pub count: u64,
    /// In total.
    pub total: u64,
    /// Half are not above it.
    pub p50: u64,
    /// 99 % are not above it.
    pub p99: u64,
    /// The largest.
    pub max: u64,
}

impl Class {
    /// Whether somebody would have been advised otherwise.
    #[must_use]
    pub const fn matters(self) -> bool {
        match self {
            Self::Same | Self::Reworded => false,
            Self::Changed | Self::Gained | Self::Lost => true,
        }
    }

    /// As clerks read it.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Same => "相同",
            Self::Reworded => "仅理由或得分不同",
            Self::Changed => "结论不同",
            Self::Gained => "原无结论，现有",
            Self::Lost => "原有结论，现无",
        }
    }
}
