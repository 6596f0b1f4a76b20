//! What the district maintains, in `settings.toml` beside this crate.

use schemars::JsonSchema;
use sdk::OrderType;
use serde::Deserialize;

/// The whole of the settings.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Six-digit code of the district.
    pub district: String,
    /// Kinds of matters that the plugin speaks about.
    #[schemars(with = "Vec<String>")]
    pub order_types: Vec<OrderType>,
    /// The unit that stands for the whole district, always proposed last.
    pub whole: Unit,
    /// Its score, 1 to 1000.
    pub whole_score: u16,
    /// Streets, each with its office.
    pub streets: Vec<Street>,
    /// Matters; where several are recognised, all are proposed.
    pub matters: Vec<Matter>,
}

/// A unit by code and name.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Its code, such as `GZ-D106`.
    pub code: String,
    /// Its name, as reasons show it.
    pub name: String,
}

/// A street (街道) and its office.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Street {
    /// Name, such as `员村街道`.
    pub name: String,
    /// Code of its office.
    pub unit: String,
    /// Other names that citizens use, and places that lie in it.
    #[serde(default)]
    pub places: Vec<String>,
}

/// A matter and how it is recognised.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Matter {
    /// Its name, as reasons show it.
    pub name: String,
    /// The unit that handles it; the street's office where left out.
    #[serde(default)]
    pub unit: Option<Unit>,
    /// Score of the proposal, 1 to 1000.
    pub score: u16,
    /// Groups of words; each group needs a hit.
    pub groups: Vec<Vec<String>>,
    /// Words that say that it is something else.
    #[serde(default)]
    pub unless: Vec<String>,
}
