//! What an order is read against: rules, organisations, calendar, clock, deadlines to compute, and
//! the table of problems.

use calendar::{Calendar, DayKind};
use chrono::{Datelike as _, NaiveDate};
use engine::ports::ActiveRule as CoreRule;
use engine::{CalendarChange, DeadlineChange, DossierDeadlineChange};
use lifecycle::deadline::Deadline as CoreDeadline;
use lifecycle::directory::{
    Directory as CoreDirectory, District as CoreDistrict, Unit as CoreUnit,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::dto::deadlines::Texts;
use crate::dto::decisions::RuleImage;
use crate::dto::dossiers::DossierDeadlineKind;
use crate::dto::{DeadlineKind, Period, Question, Time};
use crate::problem::Code;

/// A rule that is active now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActiveRule {
    /// Its scope: `440100`, a district's or a unit's code.
    #[schema(example = "440100")]
    pub scope: String,
    /// Which question it answers.
    pub question: Question,
    /// Identity of its image.
    pub rule: RuleImage,
    /// What the plugin says about itself.
    pub summary: String,
}

impl From<CoreRule> for ActiveRule {
    fn from(rule: CoreRule) -> Self {
        Self {
            scope: rule.scope,
            question: rule.kind.into(),
            rule: RuleImage::from(&rule.rule),
            summary: rule.summary,
        }
    }
}

/// The rules that are active now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActiveRules {
    /// The rules.
    pub items: Vec<ActiveRule>,
}

/// The organisations that orders can be sent to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Directory {
    /// Districts with their hotline offices (Art. 5).
    pub districts: Vec<District>,
    /// Handling units (Art. 6).
    pub units: Vec<Unit>,
}

/// A district with its hotline office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct District {
    /// Six-digit code.
    #[schema(example = "440106")]
    pub code: String,
    /// Name.
    #[schema(example = "天河区")]
    pub name: String,
    /// Name of its hotline office.
    pub office: String,
}

/// A handling unit 承办单位.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Unit {
    /// Code.
    #[schema(example = "GZ-CGJ")]
    pub code: String,
    /// Name as clerks know it.
    pub name: String,
    /// Kind of body, for display.
    pub kind: Option<String>,
    /// The district that it belongs to; null for the city's own.
    pub district: Option<String>,
    /// Whether the rules apply by reference (Art. 44).
    pub by_reference: bool,
}

impl From<&CoreDirectory> for Directory {
    fn from(directory: &CoreDirectory) -> Self {
        let district = |district: &CoreDistrict| District {
            code: district.code.to_string(),
            name: district.name.clone(),
            office: district.office.clone(),
        };
        let unit = |unit: &CoreUnit| Unit {
            code: unit.code.to_string(),
            name: unit.name.clone(),
            kind: unit.kind.clone(),
            district: unit.district.as_ref().map(ToString::to_string),
            by_reference: unit.by_reference,
        };
        Self {
            districts: directory.districts().map(district).collect(),
            units: directory.units().map(unit).collect(),
        }
    }
}

/// The calendar in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CalendarSummary {
    /// Its version, which every deadline names.
    #[schema(example = "2023-2026+1a2b3c4d")]
    pub version: String,
    /// The years that have a holiday notice.
    pub years: Vec<CalendarYear>,
}

/// A year of the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CalendarYear {
    /// The year.
    pub year: i32,
    /// Whether its holiday notice is known; if not, days follow the statutory pattern and deadlines
    /// are provisional.
    pub known: bool,
    /// URL or document number of the notice.
    pub notice: Option<String>,
    /// Days off, without ordinary weekends.
    #[schema(value_type = Vec<String>)]
    pub off: Vec<NaiveDate>,
    /// Saturdays and Sundays on which offices work.
    #[schema(value_type = Vec<String>)]
    pub work: Vec<NaiveDate>,
}

impl CalendarYear {
    /// A year as it counts now, by its notice or by the statutory pattern.
    ///
    /// # Errors
    /// For a year outside those that the calendar covers.
    pub fn of(calendar: &Calendar, year: i32) -> Result<Self, calendar::Error> {
        let first = NaiveDate::from_ymd_opt(year, 1, 1);
        let first = first.ok_or(calendar::Error::YearNotCovered { year })?;
        let notice = calendar.notices().find(|notice| notice.year == year);
        let mut found = Self {
            year,
            known: notice.is_some(),
            notice: notice.map(|notice| notice.notice.clone()),
            off: Vec::new(),
            work: Vec::new(),
        };
        for date in first.iter_days().take_while(|date| date.year() == year) {
            match calendar.day(date)?.kind {
                DayKind::Holiday => found.off.push(date),
                DayKind::MakeUpWorkingDay => found.work.push(date),
                DayKind::WorkingDay | DayKind::Weekend => {}
            }
        }
        Ok(found)
    }
}

impl CalendarSummary {
    /// The years that have a notice.
    ///
    /// # Errors
    /// As [`CalendarYear::of`]; a year with a notice is always covered.
    pub fn of(calendar: &Calendar) -> Result<Self, calendar::Error> {
        let years = calendar
            .known_years()
            .into_iter()
            .map(|year| CalendarYear::of(calendar, year));
        Ok(Self {
            version: calendar.version().to_owned(),
            years: years.collect::<Result<_, _>>()?,
        })
    }
}

/// What a holiday notice changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportResult {
    /// Version of the calendar with the notice.
    pub version: String,
    /// Whether the notice is in force now, or was only looked at.
    pub applied: bool,
    /// Deadlines of orders that move.
    pub changes: Vec<MovedDeadline>,
    /// Deadlines of dossiers that move.
    pub dossier_changes: Vec<MovedDossierDeadline>,
    /// Number of deadlines that keep their instant and are no longer provisional.
    pub confirmed: usize,
    /// Orders whose deadlines could not be computed. They keep those that they had; once the notice is in
    /// force they are tried again, and listed with what is stuck.
    pub failed: Vec<FailedRecomputation>,
    /// Dossiers of which the same is true.
    pub dossier_failed: Vec<FailedDossierRecomputation>,
}

/// An order whose deadlines could not be computed under a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FailedRecomputation {
    /// Which order.
    pub order: String,
    /// Why.
    pub error: String,
}

/// A dossier whose deadlines could not be computed under a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FailedDossierRecomputation {
    /// Which dossier.
    pub dossier: String,
    /// Why.
    pub error: String,
}

/// A deadline that moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MovedDeadline {
    /// Of which order.
    pub order: String,
    /// Which.
    pub kind: DeadlineKind,
    /// When it was due.
    pub before: Time,
    /// When it is due under the new calendar.
    pub after: Time,
}

/// A deadline of a dossier that moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MovedDossierDeadline {
    /// Of which dossier.
    pub dossier: String,
    /// Which.
    pub kind: DossierDeadlineKind,
    /// The unit that it is for; null where it is the centre's.
    pub unit: Option<String>,
    /// When it was due.
    pub before: Time,
    /// When it is due under the new calendar.
    pub after: Time,
}

impl From<DossierDeadlineChange> for MovedDossierDeadline {
    fn from(change: DossierDeadlineChange) -> Self {
        Self {
            dossier: change.dossier.to_string(),
            kind: change.kind.into(),
            unit: change.unit.as_ref().map(ToString::to_string),
            before: change.before.into(),
            after: change.after.into(),
        }
    }
}

impl From<CalendarChange> for ImportResult {
    fn from(change: CalendarChange) -> Self {
        let moved = |change: DeadlineChange| MovedDeadline {
            order: change.order.to_string(),
            kind: change.kind.into(),
            before: change.before.into(),
            after: change.after.into(),
        };
        let failed = |failed: engine::FailedRecomputation| FailedRecomputation {
            order: failed.order.to_string(),
            error: failed.error,
        };
        let dossier_failed =
            |failed: engine::FailedDossierRecomputation| FailedDossierRecomputation {
                dossier: failed.dossier.to_string(),
                error: failed.error,
            };
        Self {
            version: change.version,
            applied: change.applied,
            changes: change.changes.into_iter().map(moved).collect(),
            dossier_changes: change.dossier_changes.into_iter().map(Into::into).collect(),
            confirmed: change.confirmed,
            failed: change.failed.into_iter().map(failed).collect(),
            dossier_failed: change
                .dossier_failed
                .into_iter()
                .map(dossier_failed)
                .collect(),
        }
    }
}

/// A handling deadline, computed for an order that may not exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ComputedDeadline {
    /// The last instant that is in time.
    pub due: Time,
    /// Where the clock starts.
    pub clock_start: Time,
    /// The days counted, in order.
    #[schema(value_type = Vec<String>)]
    pub counted: Vec<NaiveDate>,
    /// Whether it may move when the holiday notice of a year is imported.
    pub provisional: bool,
    /// Rule of the catalogue that sets it.
    #[schema(example = "R22")]
    pub rule: String,
    /// Article of the implementing rules.
    #[schema(example = "第十四条第二项")]
    pub article: String,
    /// Length of the period.
    pub period: Period,
    /// Version of the calendar that it was computed with.
    pub calendar_version: String,
    /// Rule set that it was computed under.
    pub rule_set: String,
    /// Whether that rule set was in force at the dispatch.
    pub rule_set_in_force: bool,
    /// How it came about, for people.
    pub explanation: Texts,
}

impl ComputedDeadline {
    /// A computed deadline with its explanation.
    pub fn new(deadline: CoreDeadline, explanation: Texts) -> Self {
        let due = deadline.due;
        Self {
            due: due.due_at.into(),
            clock_start: due.clock_start.into(),
            counted: due.counted,
            provisional: due.provisional,
            rule: deadline.rule,
            article: deadline.article,
            period: deadline.period.into(),
            calendar_version: due.calendar_version,
            rule_set: deadline.rule_set,
            rule_set_in_force: deadline.rule_set_in_force,
            explanation,
        }
    }
}

/// The clock that everything here goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Clock {
    /// The present instant.
    pub now: Time,
    /// Whether it is the system's, or stands until an admin advances it.
    pub kind: ClockKind,
}

/// A kind of clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// The system's.
    System,
    /// Set by hand, for tests and training.
    Manual,
}

/// The clock after it was advanced, and what fell due meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClockAdvanced {
    /// Where the clock stands now.
    pub now: Time,
    /// Kind of clock.
    pub kind: ClockKind,
    /// Timers that fired.
    pub timers: usize,
    /// Effects that were performed, such as messages and rating offers.
    pub effects: usize,
    /// Whether more is due; it is worked off in the background.
    pub more: bool,
}

/// A kind of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemKind {
    /// Stable code.
    #[schema(example = "wrong-stage")]
    pub code: &'static str,
    /// HTTP status.
    #[schema(example = 422)]
    pub status: u16,
    /// Title in English.
    pub title: &'static str,
    /// Title in Chinese.
    pub title_zh: &'static str,
}

impl From<&Code> for ProblemKind {
    fn from(code: &Code) -> Self {
        Self {
            code: code.code,
            status: code.status.as_u16(),
            title: code.title,
            title_zh: code.title_zh,
        }
    }
}

/// Every kind of problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemKinds {
    /// The kinds.
    pub items: Vec<ProblemKind>,
}

/// Whether Kapok is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Health {
    /// `ok`.
    pub status: &'static str,
}
