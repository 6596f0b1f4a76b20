//! Findings as they come up, weighed by the settings.

use sdk::knowledge::{Field, Finding, Severity};

use crate::settings::{Code, Level, Severities};

/// Gathers findings.
pub(crate) struct Report<'a> {
    severities: &'a Severities,
    findings: Vec<Finding>,
}

impl<'a> Report<'a> {
    pub(crate) const fn new(severities: &'a Severities) -> Self {
        Self {
            severities,
            findings: Vec::new(),
        }
    }

    /// Reports something about a field, or about one entry of it.
    pub(crate) fn add(
        &mut self,
        code: Code,
        field: Field,
        index: Option<usize>,
        message: impl Into<String>,
    ) {
        let severity = match self.severities.get(code) {
            Level::Block => Severity::Block,
            Level::Warn => Severity::Warn,
            Level::Off => return,
        };
        self.findings.push(Finding {
            severity,
            field,
            index: index.and_then(|index| u32::try_from(index).ok()),
            code: code.name().to_owned(),
            message: message.into(),
        });
    }

    /// What was found, what blocks first.
    pub(crate) fn findings(mut self) -> Vec<Finding> {
        self.findings.sort_by_key(|finding| finding.severity);
        self.findings
    }
}
