//! Query parameters of the knowledge base. Unknown ones are refused by name.

use chrono::NaiveDate;
use lifecycle::ids::{DistrictCode, UnitCode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::PointKind;
use super::files::FileFormat;

/// What a list of points is narrowed to; every parameter that is given must hold.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PointParameters {
    /// Stage by name: `unpublished`, `published`, `expiring`, `taken_down` or `expired`.
    pub stage: Option<String>,
    /// Stage of the draft: `editing`, `under_review` or `awaiting_approval`.
    pub draft_stage: Option<String>,
    /// Kind of point.
    pub point_kind: Option<PointKind>,
    /// The unit that owns it.
    #[param(value_type = Option<String>)]
    pub unit: Option<UnitCode>,
    /// The district of the unit, or that the point is for.
    #[param(value_type = Option<String>)]
    pub district: Option<DistrictCode>,
    /// A part of the title.
    pub title: Option<String>,
    /// Only points that are valid now and are no longer after this day.
    #[param(value_type = Option<String>, format = Date)]
    pub expires_by: Option<NaiveDate>,
    /// Only points whose longer validity waits for the centre (or does not).
    pub longer: Option<bool>,
    /// Where the page begins: `next` of the page before.
    pub after: Option<String>,
    /// Points on a page, 1 to 200; 50 if not given.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
}

/// What a list of feedback, changes or outages is narrowed to; every parameter that is given must hold.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EntryParameters {
    /// Stage by name, such as `open`.
    pub stage: Option<String>,
    /// The unit that it is about.
    #[param(value_type = Option<String>)]
    pub unit: Option<UnitCode>,
    /// The district of the unit.
    #[param(value_type = Option<String>)]
    pub district: Option<DistrictCode>,
    /// Only entries that missed (or did not miss) a limit of the law.
    pub overdue: Option<bool>,
    /// A part of the title, or of the system's name.
    pub title: Option<String>,
    /// Where the page begins: `next` of the page before.
    pub after: Option<String>,
    /// Entries on a page, 1 to 200; 50 if not given.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
}

/// Within how many days validity ends.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExpiryParameters {
    /// Days from now, through the end of the last one; 30 if not given.
    #[param(minimum = 0, maximum = 3660, default = 30)]
    pub days: Option<u16>,
}

/// Feedback of which period is counted.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FeedbackFigureParameters {
    /// Opened on this day or later.
    #[param(value_type = String, format = Date)]
    pub from: NaiveDate,
    /// Opened on this day or before.
    #[param(value_type = String, format = Date)]
    pub until: NaiveDate,
    /// Of this unit only.
    #[param(value_type = Option<String>)]
    pub unit: Option<UnitCode>,
    /// Whether months are counted apart.
    #[serde(default)]
    pub by_month: bool,
}

/// Which versions of a point are compared.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DiffParameters {
    /// The older version.
    pub from: u32,
    /// The newer version; the draft, if not given.
    pub to: Option<u32>,
}

/// Which direct answers are listed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AnswerParameters {
    /// Only answers from this version.
    pub version: Option<u32>,
    /// Where the page begins: `next` of the page before.
    pub after: Option<String>,
    /// Answers on a page, 1 to 200; 50 if not given.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
}

/// How a file of points is imported.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PointImportParameters {
    /// The unit of lines that name none, by its code.
    #[param(value_type = Option<String>)]
    pub unit: Option<UnitCode>,
    /// The kind of lines that name none.
    pub kind: Option<PointKind>,
    /// Reads, cleans and judges every line, and keeps nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// Which points are exported, and how.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportParameters {
    /// JSON Lines or CSV; JSON Lines, if not given.
    #[serde(default)]
    pub format: FileFormat,
    /// What of each point; its latest text, if not given.
    #[serde(default)]
    pub part: ExportPart,
    /// The unit that owns them.
    #[param(value_type = Option<String>)]
    pub unit: Option<UnitCode>,
    /// Kind of point.
    pub point_kind: Option<PointKind>,
}

/// What of each point is exported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportPart {
    /// Its draft, where it has one, else the version that was published last.
    #[default]
    Latest,
    /// The version that consultations may be answered from now; points without one are left out.
    Answering,
}
