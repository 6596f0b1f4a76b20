//! What every plugin exports, so that `lib.rs` is about the rule alone: the bindings generated from
//! `wit/`, the description, and the settings, which are kept once for every later question.

use std::sync::OnceLock;

use crate::{SUMMARY, Settings};

wit_bindgen::generate!({ path: "wit", world: "{{kind}}-plugin" });

pub use exports::kapok::plugin::settings::Problem;
pub use exports::kapok::plugin::{{kind}}::*;
pub use kapok::plugin::types::Refusal;

use exports::kapok::plugin::{about, {{kind}} as question, settings};

/// The component.
pub struct Component;

/// Set by `configure` while the image is baked, and frozen with it.
static SETTINGS: OnceLock<Settings> = OnceLock::new();

impl settings::Guest for Component {
    fn configure(json: String) -> Result<(), Vec<Problem>> {
        let mut reader = serde_json::Deserializer::from_str(&json);
        let settings: Settings =
            serde_path_to_error::deserialize(&mut reader).map_err(|error| {
                vec![problem(error.path().to_string(), error.inner().to_string())]
            })?;
        let problems = settings.problems();
        if !problems.is_empty() {
            return Err(problems);
        }
        SETTINGS
            .set(settings)
            .map_err(|_| vec![problem(".", "the plugin is configured already")])
    }
}

impl about::Guest for Component {
    fn describe() -> about::Description {
        about::Description {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            kind: about::Kind::{{Kind}},
            summary: SUMMARY.to_owned(),
            settings_schema: schemars::schema_for!(Settings).to_value().to_string(),
        }
    }
}

impl question::Guest for Component {
    fn {{function}}(question: {{question}}) -> Result<{{answer}}, Refusal> {
        match SETTINGS.get() {
            Some(settings) => crate::{{function}}(settings, &question),
            None => Err(Refusal::Internal("not configured".to_owned())),
        }
    }
}

/// Something that is wrong with the settings at `path`, such as `units[3].code`.
pub fn problem(path: impl Into<String>, message: impl Into<String>) -> Problem {
    Problem {
        path: path.into(),
        message: message.into(),
    }
}

#[cfg(target_arch = "wasm32")]
export!(Component);
