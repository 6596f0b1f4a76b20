//! What the centre maintains. The file beside this crate, `settings.toml`, is the city's own.

use schemars::JsonSchema;
use sdk::OrderType;
use serde::Deserialize;

/// The whole of the settings.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How hits become scores.
    pub scoring: Scoring,
    /// Handling units, in the order that decides between equal scores.
    pub units: Vec<Unit>,
    /// Districts, each handled by its government.
    pub districts: Vec<District>,
    /// What districts handle themselves where the place is known.
    pub local: Local,
}

/// How hits become scores. All values are shares of 1000.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scoring {
    /// A candidate below this score is not proposed.
    pub least: u16,
    /// At most this many candidates are proposed.
    pub candidates_max: u16,
    /// Weight of the operator's category for a unit that lists it among its matters.
    pub category: u16,
    /// What is left of the score of other units when some unit lists the category.
    pub other_category: u16,
    /// Share of what is missing to 1000 that a keyword gains by standing in the subject line.
    pub subject: u16,
}

/// A handling unit (承办单位).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Its code, such as `GZ-SCJG`.
    pub code: String,
    /// Its name, as reasons show it.
    pub name: String,
    /// Categories of the centre's tree that belong to it.
    #[serde(default)]
    pub matters: Vec<String>,
    /// Words that speak for it.
    #[serde(default)]
    pub keywords: Vec<Keywords>,
    /// Words that speak against it.
    #[serde(default)]
    pub negative: Vec<Keywords>,
}

/// Words and phrases of one weight.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Keywords {
    /// Weight of each, 1 to 1000.
    pub weight: u16,
    /// The words. Case and width of letters do not matter; a longer word covers a shorter one.
    pub terms: Vec<String>,
}

/// A district (区) and the government that answers for it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct District {
    /// Six-digit code, such as `440106`.
    pub code: String,
    /// Its name, such as `天河区`.
    pub name: String,
    /// Code of the unit that answers for it, such as `GZ-D106`.
    pub unit: String,
    /// Other names by which citizens call it or well-known places in it.
    #[serde(default)]
    pub names: Vec<String>,
    /// Its streets and towns, such as `员村街道`.
    #[serde(default)]
    pub streets: Vec<String>,
}

/// What districts handle themselves. Counts only where the place is known.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Local {
    /// Weight of the place alone.
    pub place: u16,
    /// Kinds of matters for which the place counts.
    #[schemars(with = "Vec<String>")]
    pub order_types: Vec<OrderType>,
    /// Categories that districts handle.
    #[serde(default)]
    pub matters: Vec<String>,
    /// Words that speak for the district.
    #[serde(default)]
    pub keywords: Vec<Keywords>,
    /// Words that speak against it.
    #[serde(default)]
    pub negative: Vec<Keywords>,
}
