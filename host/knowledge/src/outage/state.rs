//! The state of an outage. What is said about it is public: it stands on a home page, and agents read
//! it out.

use chrono::{DateTime, Utc};
use lifecycle::ids::{TextId, UnitCode};
use serde::{Deserialize, Serialize};

use crate::deadline::{Deadline, DeadlineKind, Missed};
use crate::ids::{OutageId, PointId};
use crate::point::Attachment;

/// An outage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    /// Its number.
    pub id: OutageId,
    /// Number of events so far.
    pub version: u64,
    /// The unit whose service it is.
    pub unit: UnitCode,
    /// What was reported.
    pub report: Report,
    /// When it was reported.
    pub reported_at: DateTime<Utc>,
    /// What is known by now.
    pub progress: Progress,
    /// From when it counts.
    pub counts_from: DateTime<Utc>,
    /// What was published, latest last.
    pub notices: Vec<Notice>,
    /// The answer scripts, latest last, each with when it came.
    pub scripts: Vec<(Script, DateTime<Utc>)>,
    /// By when the first script is due.
    pub script_by: Deadline,
    /// From when it is in its second stage, if it lasts.
    pub second_stage_at: DateTime<Utc>,
    /// By when the next update is due, once it is.
    pub update_by: Option<Deadline>,
    /// What the unit told the centre in the second stage, latest last.
    pub updates: Vec<Update>,
    /// Since when the service works again.
    pub ended_at: Option<DateTime<Utc>>,
    /// Deadlines that were missed.
    pub missed: Vec<Missed>,
}

impl Outage {
    /// Where it stands, by name: `down`, `second_stage` or `ended`.
    #[must_use]
    pub const fn stage(&self) -> &'static str {
        if self.ended_at.is_some() {
            "ended"
        } else if self.update_by.is_some() {
            "second_stage"
        } else {
            "down"
        }
    }

    /// Every deadline that runs now: none that was missed, none once it has ended.
    #[must_use]
    pub fn running_deadlines(&self) -> Vec<&Deadline> {
        if self.ended_at.is_some() {
            return Vec::new();
        }
        let script = self.scripts.is_empty().then_some(&self.script_by);
        let all = script.into_iter().chain(&self.update_by);
        all.filter(|deadline| !self.missed.iter().any(|it| it.is_of(deadline)))
            .collect()
    }

    /// Whether the answer script was late, once that is known.
    #[must_use]
    pub fn is_script_late(&self) -> Option<bool> {
        let missed = |it: &Missed| it.deadline == DeadlineKind::OutageScript;
        match self.scripts.first() {
            Some((_, at)) => Some(self.script_by.is_late(*at)),
            None if self.missed.iter().any(missed) => Some(true),
            None => None,
        }
    }
}

/// A report that a service is down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The unit whose service it is.
    pub unit: UnitCode,
    /// Name of the site or app.
    pub system: String,
    /// Since when, if that is known.
    pub started_at: Option<DateTime<Utc>>,
    /// What is known of it.
    pub progress: Progress,
}

/// What is known of an outage (Art. 38).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// 故障原因, once it is known.
    pub cause: Option<String>,
    /// 受影响的业务范围.
    pub affected: String,
    /// 恢复时间, once it can be foreseen.
    pub recovery_at: Option<DateTime<Utc>>,
}

/// What was published on a home page (Art. 38).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Address of the page, or name of the account.
    pub page: String,
    /// When.
    pub published_at: DateTime<Utc>,
    /// The cause as it stands there.
    pub cause: String,
    /// The time of the outage as it stands there.
    pub time: String,
    /// The affected scope as it stands there.
    pub affected: String,
    /// The recovery as it stands there, be it that nobody can tell yet.
    pub recovery: String,
    /// A picture of the page.
    pub screenshot: Option<Attachment>,
}

/// What agents answer (应答口径).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// The words.
    pub text: String,
    /// The point that has it, if it became one.
    pub point: Option<PointId>,
}

/// What a unit told the centre in the second stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Update {
    /// When.
    pub at: DateTime<Utc>,
    /// How it goes.
    pub progress: TextId,
    /// By what the answers are supported.
    pub support: Support,
}

/// By what a unit supports the answers in the second stage (Art. 38).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "support")]
pub enum Support {
    /// 更新应答口径: a new script.
    Script(Script),
    /// 到话务场地支撑应答: its staff sit with the agents.
    OnSite,
    /// The script that there is still holds; the unit has just told how it goes.
    Unchanged,
}
