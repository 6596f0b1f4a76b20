//! Findings about a knowledge point as they come up, and how much the settings let each weigh.

use contract::knowledge::{Field, Finding, Severity};
use schemars::JsonSchema;
use serde::Deserialize;

/// Most findings of one severity that are kept for a point. Nobody reads more, and a text that is one
/// mistake over and over must not cost more than another.
const FINDINGS_MAX: usize = 200;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The point must not be published.
    Block,
    /// The owner should look.
    Warn,
    /// Not reported.
    Off,
}

/// Gathers findings.
#[derive(Debug, Default)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// Reports something about a field, or about one entry of it, unless its level is off, the same was
    /// said there already, or there are 200 findings of that severity.
    pub fn add(
        &mut self,
        level: Level,
        code: &str,
        field: Field,
        index: Option<usize>,
        message: impl Into<String>,
    ) {
        let severity = match level {
            Level::Block => Severity::Block,
            Level::Warn => Severity::Warn,
            Level::Off => return,
        };
        let finding = Finding {
            severity,
            field,
            index: index.and_then(|index| u32::try_from(index).ok()),
            code: code.to_owned(),
            message: message.into(),
        };
        let alike = self.0.iter().filter(|it| it.severity == severity);
        if alike.count() < FINDINGS_MAX && !self.0.contains(&finding) {
            self.0.push(finding);
        }
    }

    /// What was found, what blocks first.
    #[must_use]
    pub fn sorted(mut self) -> Vec<Finding> {
        self.0.sort_by_key(|finding| finding.severity);
        self.0
    }
}
