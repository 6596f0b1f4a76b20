//! What a plugin says about itself, and what is wrong with its settings (`about`, `settings`).

use std::fmt;

use serde::{Deserialize, Serialize};

/// Which question a plugin answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Exports `routing`.
    Routing,
    /// Exports `escalation`.
    Escalation,
    /// Exports `knowledge`.
    Knowledge,
}

impl Kind {
    /// Every kind, in the order of the contract.
    pub const ALL: [Self; 3] = [Self::Routing, Self::Escalation, Self::Knowledge];

    /// The kind's name, as in the WIT and in every URL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Routing => "routing",
            Self::Escalation => "escalation",
            Self::Knowledge => "knowledge",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A plugin's description.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// Short name, such as `tianhe-routing`.
    pub name: String,
    /// Version of the plugin's own code, such as `0.1.0`.
    pub version: String,
    /// Which question it answers.
    pub kind: Kind,
    /// One sentence for the platform admin.
    pub summary: String,
    /// JSON Schema of the settings, as JSON text.
    pub settings_schema: String,
}

/// One thing that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where, as a path from the root, such as `units[3].keywords[0].weight`; `.` is the root.
    pub path: String,
    /// What is wrong and what would be right, in plain words.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}
