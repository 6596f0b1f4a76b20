//! Does what its settings say: answers, refuses or fails, so that two images of it can be told apart
//! and one of them can be the bad one.

use schemars::JsonSchema;
use sdk::routing::{Question, Verdict};
use sdk::{Problem, Refusal};
use serde::Deserialize;

/// What to do.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// What it answers.
    #[schemars(length(max = 20))]
    says: String,
    /// It refuses instead of answering.
    #[serde(default)]
    refuses: bool,
    /// It panics when the question's subject is this.
    #[serde(default)]
    panics_on: Option<String>,
}

impl sdk::Settings for Settings {
    type Rules = Self;

    fn prepare(self) -> Result<Self, Vec<Problem>> {
        if self.says.is_empty() {
            return Err(vec![sdk::problem("says", "must say something")]);
        }
        Ok(self)
    }
}

#[expect(clippy::panic, reason = "this is what the guest is for")]
fn route(settings: &Settings, question: &Question) -> Result<Verdict, Refusal> {
    if settings.panics_on.as_ref() == Some(&question.subject) {
        panic!("the settings told this guest to panic");
    }
    if settings.refuses {
        return Err(Refusal::Unsupported(settings.says.clone()));
    }
    guests::answer(settings.says.clone())
}

sdk::routing! {
    name: "moody",
    summary: "Answers, refuses or fails.",
    settings: Settings,
    route: route,
}
