//! Findings as they come up, weighed by the settings.

use sdk::Findings;
use sdk::knowledge::{Field, Finding};

use crate::settings::Severities;

/// What is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    TitleUnclosed,
    TitleUnopened,
    TitleEmpty,
    TitleMarks,
    NumberBrackets,
    NumberIncomplete,
    NumberMissing,
    NumberYear,
    NoSuchDate,
    DateBeyondValidity,
    Repealed,
    RepealedAhead,
}

impl Code {
    /// Its name, as settings and findings spell it.
    const fn name(self) -> &'static str {
        match self {
            Self::TitleUnclosed => "title-unclosed",
            Self::TitleUnopened => "title-unopened",
            Self::TitleEmpty => "title-empty",
            Self::TitleMarks => "title-marks",
            Self::NumberBrackets => "number-brackets",
            Self::NumberIncomplete => "number-incomplete",
            Self::NumberMissing => "number-missing",
            Self::NumberYear => "number-year",
            Self::NoSuchDate => "no-such-date",
            Self::DateBeyondValidity => "date-beyond-validity",
            Self::Repealed => "repealed",
            Self::RepealedAhead => "repealed-ahead",
        }
    }
}

/// Something wrong in a text.
pub(crate) struct Fault {
    pub(crate) code: Code,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

/// Gathers findings.
pub(crate) struct Report<'a> {
    severities: &'a Severities,
    findings: Findings,
    field: Field,
    index: Option<usize>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(severities: &'a Severities) -> Self {
        Self {
            severities,
            findings: Findings::default(),
            field: Field::Point,
            index: None,
        }
    }

    /// Says which text the findings from here on are about.
    pub(crate) const fn at(&mut self, field: Field, index: Option<usize>) {
        self.field = field;
        self.index = index;
    }

    pub(crate) fn add(&mut self, code: Code, message: impl Into<String>) {
        let level = self.severities.get(code);
        self.findings
            .add(level, code.name(), self.field, self.index, message);
    }

    /// What was found, what blocks first.
    pub(crate) fn findings(self) -> Vec<Finding> {
        self.findings.sorted()
    }
}
