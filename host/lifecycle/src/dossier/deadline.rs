//! A dossier's deadline with everything that explains it (T12), and what its end means.

use std::fmt;

use calendar::{Due, Period};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::decide::Context;
use super::rejection::Rejection;
use crate::deadline::Rule;
use crate::ids::UnitCode;

/// What a deadline of a dossier is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DossierDeadlineKind {
    /// A unit files a change of staff (Art. 7).
    Filing,
    /// The centre tells the units of the listed matter (Art. 26(1)).
    Bulletin,
    /// A unit makes its plan (Art. 26(2)).
    Plan,
    /// A unit tells the requesters how the matter stands (Art. 26(2)).
    Progress,
    /// A unit reports the final situation to the superior guiding department (Art. 26(3)).
    FinalReport,
    /// A unit tells requesters and centre the outcome (Art. 26(3)).
    Feedback,
    /// The joint conference holds its plenary of the year (Art. 3).
    Plenary,
}

impl DossierDeadlineKind {
    /// All kinds, in the order of the rules.
    pub const ALL: [Self; 7] = [
        Self::Filing,
        Self::Bulletin,
        Self::Plan,
        Self::Progress,
        Self::FinalReport,
        Self::Feedback,
        Self::Plenary,
    ];

    /// Stable name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Filing => "filing",
            Self::Bulletin => "bulletin",
            Self::Plan => "plan",
            Self::Progress => "progress",
            Self::FinalReport => "final_report",
            Self::Feedback => "feedback",
            Self::Plenary => "plenary",
        }
    }

    /// The rule of the catalogue that sets this deadline.
    #[must_use]
    pub const fn rule(self) -> Rule {
        let (id, article) = match self {
            Self::Filing => ("R5", "第七条第一款"),
            Self::Bulletin => ("R52", "第二十六条第一款"),
            Self::Plan | Self::Progress => ("R53", "第二十六条第二款"),
            Self::FinalReport | Self::Feedback => ("R54", "第二十六条第三款"),
            Self::Plenary => ("R2", "第三条第一款"),
        };
        Rule { id, article }
    }

    /// How strictly the limit binds.
    #[must_use]
    pub const fn force(self) -> Force {
        match self {
            Self::Filing | Self::Plan | Self::FinalReport | Self::Plenary => Force::Law,
            Self::Progress => Force::InPrinciple,
            Self::Bulletin | Self::Feedback => Force::Target,
        }
    }
}

impl fmt::Display for DossierDeadlineKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How strictly a limit binds. None of them ever blocks: a miss is a fact, and what is late is still
/// to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Force {
    /// The Rules set it; missing it is overdue.
    Law,
    /// The Rules say "in principle" 原则上; missing it is a warning (R53).
    InPrinciple,
    /// The Rules name no time, and the centre set itself one; missing it is a reminder.
    Target,
}

/// A deadline of a dossier: its instant, and how it came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DossierDeadline {
    /// What it is for.
    pub kind: DossierDeadlineKind,
    /// The unit that it is for; none where it is the centre's.
    pub unit: Option<UnitCode>,
    /// Rule of the catalogue that sets it, such as `R53`.
    pub rule: String,
    /// Article of the implementing rules, such as `第二十六条第二款`.
    pub article: String,
    /// How strictly it binds.
    pub force: Force,
    /// Position in the journal of the event that started the period.
    pub trigger_seq: u64,
    /// When the period was started; 00:00 where only the day is known, because the day of the trigger
    /// never counts (T3).
    pub trigger_at: DateTime<Utc>,
    /// Length of the period.
    pub period: Period,
    /// Due instant, start of the clock, counted days, calendar version, provisional or not.
    #[serde(flatten)]
    pub due: Due,
    /// Rule set that it was computed under.
    pub rule_set: String,
    /// Whether that rule set was in force at the trigger.
    pub rule_set_in_force: bool,
}

impl DossierDeadline {
    /// Computes the deadline of a kind as of `trigger_at` (T12, T13). `period` is given where the
    /// rules have none, which is for the plenary.
    pub(super) fn compute(
        kind: DossierDeadlineKind,
        unit: Option<&UnitCode>,
        period: Period,
        trigger_seq: u64,
        trigger_at: DateTime<Utc>,
        context: &Context<'_>,
    ) -> Result<Self, Rejection> {
        let rule = kind.rule();
        let rules = context.rules.at(trigger_at);
        let due = crate::deadline::due(trigger_at, period, rules, context.calendar)
            .map_err(Rejection::out_of_range)?;
        Ok(Self {
            kind,
            unit: unit.cloned(),
            rule: rule.id.to_owned(),
            article: rule.article.to_owned(),
            force: kind.force(),
            trigger_seq,
            trigger_at,
            period,
            due,
            rule_set: rules.version.clone(),
            rule_set_in_force: rules.in_force_at(trigger_at),
        })
    }

    /// True if an event at `event` is late: strictly later than the due instant (T8).
    #[must_use]
    pub fn is_late(&self, event: DateTime<Utc>) -> bool {
        self.due.is_late(event)
    }
}
