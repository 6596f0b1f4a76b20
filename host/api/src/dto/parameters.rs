//! Query parameters. Unknown ones are refused by name.

use lifecycle::ids::{DistrictCode, OrderId, UnitCode};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::dto::dossiers::DossierKind;
use crate::dto::{Line, OrderType, Time};

/// What a list of orders is narrowed to; every parameter that is given must hold.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListParameters {
    /// Stage by name, such as `awaiting_dispatch`.
    pub stage: Option<String>,
    /// The unit that has, or had last, the order.
    #[param(value_type = Option<String>)]
    pub unit: Option<UnitCode>,
    /// District.
    #[param(value_type = Option<String>)]
    pub district: Option<DistrictCode>,
    /// Type of the matter.
    pub order_type: Option<OrderType>,
    /// Only orders that missed (or did not miss) a handling deadline.
    pub overdue: Option<bool>,
    /// Only orders whose current deadline is provisional (or is not).
    pub provisional: Option<bool>,
    /// Source, exactly.
    pub source: Option<String>,
    /// Where the page begins: `next` of the page before.
    pub after: Option<String>,
    /// Orders on a page, 1 to 200; 50 if not given.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
}

/// What a list of dossiers is narrowed to; every parameter that is given must hold.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DossierParameters {
    /// Kind.
    pub kind: Option<DossierKind>,
    /// Stage by name, such as `open` or `announced`.
    pub stage: Option<String>,
    /// Concerns this unit, now or before.
    #[param(value_type = Option<String>)]
    pub unit: Option<UnitCode>,
    /// The order belongs to it, or it is about the order.
    #[param(value_type = Option<String>)]
    pub order: Option<OrderId>,
    /// Only dossiers that missed (or did not miss) a limit of the law.
    pub overdue: Option<bool>,
    /// Where the page begins: `next` of the page before.
    pub after: Option<String>,
    /// Dossiers on a page, 1 to 200; 50 if not given.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
}

/// Why personal data is looked at (Art. 43).
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RequesterParameters {
    /// What it is needed for; kept in the access log together with who asked and when.
    #[param(value_type = String, min_length = 1, max_length = 200)]
    pub purpose: Line,
    /// Whether numbers are shown in full instead of masked; the log says so.
    #[serde(default)]
    pub reveal: bool,
}

/// What a deadline is computed for.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeadlineParameters {
    /// Type of the matter.
    #[serde(rename = "type")]
    pub order_type: OrderType,
    /// When the order was dispatched to the unit.
    #[param(value_type = String, format = DateTime, example = "2026-09-18T16:00:00+08:00")]
    pub dispatched: Time,
}

/// Whether a holiday notice is only looked at.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportParameters {
    /// Shows which deadlines would move, and changes nothing.
    #[serde(default)]
    pub dry_run: bool,
}
