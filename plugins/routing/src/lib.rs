//! The city's routing plugin: which unit handles an order, by the words that the order uses, the
//! category that the operator chose, and the place where it happened.
//!
//! - [`settings`]: what the centre maintains: units with their matters and keywords, districts
//! - `prepare`: the settings compiled into one automaton over all terms and places
//! - `score`: from hits to ranked candidates with reasons
//!
//! Scores combine like independent pieces of evidence: each hit takes its share of what is still
//! missing to 1000, so several hits support each other and none can exceed the scale.

pub mod settings;

mod prepare;
mod score;

pub use prepare::Rules;
pub use score::route;
pub use settings::Settings;

sdk::routing! {
    name: "routing",
    summary: "按关键词、事项分类和事发地推荐承办单位（全市通用）",
    settings: Settings,
    route: route,
}

#[cfg(test)]
mod tests;
