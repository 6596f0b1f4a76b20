//! What an import took and what it refused, for whoever has to put it right.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::clean::Cleaning;

/// One thing that is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{field}: {problem}; {way_out}")]
pub struct Problem {
    /// Which field, by its name in the file; `line` for the line as a whole.
    pub field: String,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub way_out: String,
}

impl Problem {
    pub(super) fn new(
        field: impl Into<String>,
        problem: impl Into<String>,
        way_out: impl Into<String>,
    ) -> Self {
        Self {
            field: field.into(),
            problem: problem.into(),
            way_out: way_out.into(),
        }
    }
}

/// A line that was not taken, with everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// Its number in the file, from 1.
    pub line: u64,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// Something about a line that was taken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case", tag = "note")]
pub enum Note {
    /// A field was cleaned.
    Cleaned {
        /// Which.
        field: &'static str,
        /// What was done to it.
        done: BTreeSet<Cleaning>,
    },
    /// A field of the file that no point has was passed over.
    Ignored {
        /// Which.
        field: String,
    },
    /// The title was made of the question.
    TitleFromQuestion,
    /// The file named no unit, or no kind; the one of the import was taken.
    Defaulted {
        /// Which field.
        field: &'static str,
    },
    /// The draft lacks what Art. 34 asks for, so it cannot be submitted as it is.
    Incomplete {
        /// Which field.
        field: &'static str,
    },
}

/// What came of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Lines that were read.
    pub read: u64,
    /// Lines that were taken.
    pub taken: u64,
    /// Lines that were not, in the order of the file.
    pub refused: Vec<Refusal>,
    /// What was noted about lines that were taken, by note, with how many lines.
    pub notes: BTreeMap<String, u64>,
}

impl Report {
    /// Counts a line that was taken.
    pub fn take(&mut self, notes: &[Note]) {
        self.read = self.read.saturating_add(1);
        self.taken = self.taken.saturating_add(1);
        // A note counts once a line.
        let mut names: BTreeSet<String> = BTreeSet::new();
        for note in notes {
            note.names(&mut names);
        }
        for name in names {
            let count = self.notes.entry(name).or_default();
            *count = count.saturating_add(1);
        }
    }

    /// Keeps a line that was refused.
    pub fn refuse(&mut self, line: u64, problems: Vec<Problem>) {
        self.read = self.read.saturating_add(1);
        self.refused.push(Refusal { line, problems });
    }
}

impl Note {
    fn names(&self, names: &mut BTreeSet<String>) {
        match self {
            Self::Cleaned { field, done } => {
                for cleaning in done {
                    let what = match cleaning {
                        Cleaning::HtmlTags => "html_tags",
                        Cleaning::HtmlEntities => "html_entities",
                        Cleaning::Invisible => "invisible",
                        Cleaning::Spaces => "spaces",
                        Cleaning::Lost => "lost",
                    };
                    names.insert(format!("cleaned {field}: {what}"));
                }
            }
            Self::Ignored { field } => {
                names.insert(format!("ignored {field}"));
            }
            Self::TitleFromQuestion => {
                names.insert("title from question".to_owned());
            }
            Self::Defaulted { field } => {
                names.insert(format!("defaulted {field}"));
            }
            Self::Incomplete { field } => {
                names.insert(format!("incomplete {field}"));
            }
        }
    }
}
