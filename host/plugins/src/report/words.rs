//! An error as what is wrong and the way out.

use crate::{Error, Refused};

/// Problems of one check that are told; the rest would only hide them.
pub(super) const PROBLEMS_MAX: usize = 20;

/// The first problems, and how many more there are.
pub(super) fn listed(problems: &[String]) -> String {
    let mut told: Vec<String> = problems.iter().take(PROBLEMS_MAX).cloned().collect();
    let more = problems.len().saturating_sub(PROBLEMS_MAX);
    if more > 0 {
        told.push(format!("and {more} more"));
    }
    told.join("; ")
}

/// What the SDK says where settings are given to an image.
const CONFIGURED: &str = "the plugin is configured already";

/// What is wrong, and the way out.
pub(super) fn explain(error: &Error) -> (String, String) {
    let text = error.to_string();
    let way_out = if let Error::Settings { problems } = error {
        let baked = problems.iter().any(|it| it.message.starts_with(CONFIGURED));
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        let way_out = if baked {
            "this is an image, with settings frozen in: push the component that it was baked from, or the \
             project's folder"
        } else {
            "correct these settings"
        };
        return (listed(&problems), way_out.to_owned());
    } else if let Error::SettingsSyntax { .. } = error {
        "give the settings as TOML or JSON"
    } else if let Error::Guest { function, .. } = error {
        if *function == "settings.configure" {
            "try the settings with `kapok plugin bake`; `configure` should report what it does not like \
             as problems with paths, within its fuel and memory"
        } else {
            "see to it that this function always answers, within its fuel and memory"
        }
    } else if let Error::Refused(Refused::Malformed { .. }) = error {
        "build it for the target wasm32-wasip2 with the SDK, and see whether the file was copied whole"
    } else if let Error::Refused(Refused::MissingFunction { .. }) = error {
        "rebuild it with the SDK"
    } else if let Error::Refused(Refused::TooHungry { .. }) = error {
        "let the plugin keep less in memory when it is configured, or split the settings"
    } else if let Some((what, way_out)) = text.rsplit_once("; ") {
        // Other refusals name their way out at the end.
        return (what.to_owned(), way_out.to_owned());
    } else if let Error::Bake { .. } = error {
        "remove what is named here: it cannot be frozen into an image, and the SDK uses none of it"
    } else {
        "rebuild it with the SDK of this version"
    };
    (text, way_out.to_owned())
}
