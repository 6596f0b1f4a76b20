//! The city's knowledge plugin: is a knowledge point fit to be published? Contents by Art. 34,
//! validity by Art. 35, and the marks that careless copying leaves.
//!
//! What is found is fixed here; how much it weighs, and every limit, stands in the settings.

pub mod settings;

mod content;
mod report;
mod validity;

use sdk::Refusal;
use sdk::knowledge::{Finding, Point};

pub use settings::Settings;

sdk::knowledge! {
    name: "knowledge",
    summary: "按第三十四条、第三十五条检查知识点要素和有效期（全市通用）",
    settings: Settings,
    check: check,
}

/// Checks one point.
///
/// # Errors
///
/// None; the signature is the contract's.
pub fn check(settings: &Settings, point: &Point) -> Result<Vec<Finding>, Refusal> {
    let mut report = report::Report::new(&settings.severities);
    content::check(settings, point, &mut report);
    validity::check(settings, point, &mut report);
    Ok(report.findings())
}

#[cfg(test)]
mod tests;
