//! Findings as they come up, weighed by the settings.

use sdk::Findings;
use sdk::knowledge::{Field, Finding};

use crate::settings::{Code, Severities};

/// Gathers findings.
pub(crate) struct Report<'a> {
    severities: &'a Severities,
    findings: Findings,
}

impl<'a> Report<'a> {
    pub(crate) fn new(severities: &'a Severities) -> Self {
        Self {
            severities,
            findings: Findings::default(),
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
        let level = self.severities.get(code);
        self.findings.add(level, code.name(), field, index, message);
    }

    /// What was found, what blocks first.
    pub(crate) fn findings(self) -> Vec<Finding> {
        self.findings.sorted()
    }
}
