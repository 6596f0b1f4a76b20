//! Advance notices of changes (Art. 37, R69): what is sent, and how they are shown.

use chrono::NaiveDate;
use engine::Texts;
use knowledge_base::Command;
use knowledge_base::change::{self, Lead as CoreLead, NewChange as CoreNewChange, PassedOn};
use knowledge_base::ids::PointId;
use lifecycle::ids::{DistrictCode, UnitCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::requests::{IntoKnowledgeCommand, no_fields};
use super::{ChangeKind, MeasureKind, reference};
use crate::dto::{Line, Time, Words};
use crate::problem::{Problem, codes};

/// A change that the centre is told of before it takes effect.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewChange {
    /// Code of the unit whose business changes.
    #[schema(value_type = String, example = "GZ-CGJ")]
    pub unit: UnitCode,
    /// Which kind of change.
    pub kind: ChangeKind,
    /// Title.
    pub title: Line,
    /// What changes, for whom, and what people will ask.
    pub summary: Words,
    /// The day from which it is in effect.
    pub effective_on: NaiveDate,
    /// Numbers of the points that it touches.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub points: Vec<PointId>,
    /// Joint measures that unit and centre have agreed on.
    #[serde(default)]
    pub planned: Vec<MeasureKind>,
}

impl IntoKnowledgeCommand for NewChange {
    fn into_command(self, _: &mut Texts) -> Command {
        Command::Change(change::Command::Announce(CoreNewChange {
            unit: self.unit,
            kind: self.kind.into(),
            title: self.title.into(),
            summary: self.summary.into(),
            effective_on: self.effective_on,
            points: self.points,
            planned: self.planned.into_iter().map(Into::into).collect(),
        }))
    }
}

/// That the change is another one, or comes at another time.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeAmendment {
    /// The day from which it is in effect.
    pub effective_on: NaiveDate,
    /// What changes.
    pub summary: Words,
}

impl IntoKnowledgeCommand for ChangeAmendment {
    fn into_command(self, _: &mut Texts) -> Command {
        Command::Change(change::Command::Amend {
            effective_on: self.effective_on,
            summary: self.summary.into(),
        })
    }
}

no_fields! {
    /// That the centre has seen the notice: `{}` or no body.
    ChangeAcknowledgement = Command::Change(change::Command::Acknowledge);
}

/// Who is told of a change by the centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// The hotline's agents 话务人员.
    Agents,
    /// A district's hotline office.
    DistrictOffice,
    /// Another unit.
    Unit,
}

/// That the centre told others of a change.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassedOn {
    /// Whom.
    pub whom: Told,
    /// Code of the district or unit; with `district_office` and `unit`, and only there.
    pub code: Option<Line>,
}

impl IntoKnowledgeCommand for ChangePassedOn {
    fn into_command(self, _: &mut Texts) -> Command {
        let code: String = self.code.map(Into::into).unwrap_or_default();
        let to = match self.whom {
            Told::Agents => PassedOn::Agents,
            Told::DistrictOffice => PassedOn::DistrictOffice(DistrictCode::new(code)),
            Told::Unit => PassedOn::Unit(UnitCode::new(code)),
        };
        Command::Change(change::Command::PassOn { to })
    }

    fn check(&self) -> Result<(), Problem> {
        let fault = match (self.whom, &self.code) {
            (Told::Agents, None) | (Told::DistrictOffice | Told::Unit, Some(_)) => return Ok(()),
            (Told::Agents, Some(_)) => "goes with a district's office or a unit only",
            (Told::DistrictOffice | Told::Unit, None) => "is missing; name the district or unit",
        };
        Err(Problem::field(codes::INVALID_FIELD, "code", fault))
    }
}

/// A joint measure that was taken.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMeasure {
    /// Which.
    pub measure: MeasureKind,
    /// On which day.
    pub done_on: NaiveDate,
    /// Numbers of the points that were written or revised by it.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub points: Vec<PointId>,
    /// What was done.
    pub note: Option<Words>,
}

impl IntoKnowledgeCommand for NewMeasure {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::Change(change::Command::RecordMeasure {
            measure: self.measure.into(),
            done_on: self.done_on,
            points: self.points,
            note: self.note.map(|note| texts.add(note.into())),
        })
    }
}

/// That nothing more is to be done about a change.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeClosing {
    /// Closing note.
    pub note: Words,
}

impl IntoKnowledgeCommand for ChangeClosing {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::Change(change::Command::Close {
            note: texts.add(self.note.into()),
        })
    }
}

/// That an announced change does not come.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeCancellation {
    /// Why.
    pub reason: Words,
}

impl IntoKnowledgeCommand for ChangeCancellation {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::Change(change::Command::Cancel {
            reason: texts.add(self.reason.into()),
        })
    }
}

/// A notice of a change as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Change {
    /// Which kind of change.
    pub change: ChangeKind,
    /// Title.
    pub title: String,
    /// What changes.
    pub summary: String,
    /// The day from which it is in effect.
    pub effective_on: NaiveDate,
    /// When the centre was told first.
    pub announced_at: Time,
    /// Whether that was in good time: `in_time`, `short` or `not_in_advance`. The law sets no least
    /// lead; `short` is a warning.
    #[schema(example = "in_time")]
    pub lead: &'static str,
    /// Whole working days between the notice and the change; null where it was not announced before.
    pub lead_working_days: Option<u16>,
    /// Points that it touches.
    pub points: Vec<String>,
    /// Measures that were agreed on.
    pub planned: Vec<MeasureKind>,
    /// Those of them that nobody has recorded.
    pub open_measures: Vec<MeasureKind>,
    /// Measures that were taken.
    pub measures: Vec<Measure>,
    /// Staff number of who saw it at the centre.
    pub acknowledged_by: Option<String>,
    /// When.
    pub acknowledged_at: Option<Time>,
    /// Whom the centre told.
    pub passed_on: Vec<ShownPassedOn>,
    /// When it took effect, if it has.
    pub took_effect_at: Option<Time>,
}

/// A measure that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Measure {
    /// Which.
    pub measure: MeasureKind,
    /// On which day.
    pub done_on: NaiveDate,
    /// Points that were written or revised by it.
    pub points: Vec<String>,
    /// What was done: reference into `texts`.
    pub note: Option<Uuid>,
}

/// Who was told of a change by the centre, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PassedOn)]
pub struct ShownPassedOn {
    /// Whom.
    pub whom: Told,
    /// The district or unit.
    pub code: Option<String>,
    /// When.
    pub at: Time,
}

impl From<&change::Change> for Change {
    fn from(it: &change::Change) -> Self {
        let (lead, lead_working_days) = match it.lead {
            CoreLead::NotInAdvance => ("not_in_advance", None),
            CoreLead::Short { working_days } => ("short", Some(working_days)),
            CoreLead::InTime { working_days } => ("in_time", Some(working_days)),
        };
        let acknowledged = it.acknowledged.as_ref();
        Self {
            change: it.kind.into(),
            title: it.title.clone(),
            summary: it.summary.clone(),
            effective_on: it.effective_on,
            announced_at: it.announced_at.into(),
            lead,
            lead_working_days,
            points: it.points.iter().map(ToString::to_string).collect(),
            planned: it.planned.iter().copied().map(Into::into).collect(),
            open_measures: it.open_measures().into_iter().map(Into::into).collect(),
            measures: it.measures.iter().map(Into::into).collect(),
            acknowledged_by: acknowledged.map(|(by, _)| by.clone()),
            acknowledged_at: acknowledged.map(|(_, at)| (*at).into()),
            passed_on: it.passed_on.iter().map(Into::into).collect(),
            took_effect_at: it.took_effect_at.map(Into::into),
        }
    }
}

impl From<&change::Measure> for Measure {
    fn from(measure: &change::Measure) -> Self {
        Self {
            measure: measure.measure.into(),
            done_on: measure.done_on,
            points: measure.points.iter().map(ToString::to_string).collect(),
            note: measure.note.map(reference),
        }
    }
}

impl From<&(PassedOn, chrono::DateTime<chrono::Utc>)> for ShownPassedOn {
    fn from((to, at): &(PassedOn, chrono::DateTime<chrono::Utc>)) -> Self {
        let (whom, code) = match to {
            PassedOn::Agents => (Told::Agents, None),
            PassedOn::DistrictOffice(district) => {
                (Told::DistrictOffice, Some(district.to_string()))
            }
            PassedOn::Unit(unit) => (Told::Unit, Some(unit.to_string())),
        };
        Self {
            whom,
            code,
            at: (*at).into(),
        }
    }
}
