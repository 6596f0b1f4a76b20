//! The platform's side of `kapok plugin`: which server, and what its answers have in common.

use clap::{Args, ValueEnum};
use serde_json::Value;

use crate::client::Client;
use crate::output;

/// The server that runs the rules.
#[derive(Debug, Args)]
pub(in crate::cli) struct Platform {
    /// The server that runs the rules.
    #[arg(
        long,
        env = "KAPOK_SERVER",
        value_name = "URL",
        default_value = "http://127.0.0.1:8345"
    )]
    server: String,
    /// Bearer token: the admin's; a district's is enough to push, try and look.
    #[arg(
        long,
        env = "KAPOK_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true
    )]
    token: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Platform {
    pub(in crate::cli) fn client(&self) -> anyhow::Result<Client> {
        Client::new(&self.server, self.token.as_deref())
    }

    /// Shows an answer, as JSON or in words.
    pub(in crate::cli) fn show(
        &self,
        answer: &Value,
        words: impl FnOnce(&Value) -> String,
    ) -> anyhow::Result<()> {
        if self.json {
            output::json(answer)
        } else {
            output::line(words(answer).trim_end())
        }
    }
}

/// Which question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    /// Which unit should handle this order?
    Routing,
    /// This order needs attention: what now?
    Escalation,
    /// Is this knowledge point fit to be published?
    Knowledge,
}

impl Kind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Routing => "routing",
            Self::Escalation => "escalation",
            Self::Knowledge => "knowledge",
        }
    }
}

/// A field as text; nothing where it is missing or null.
pub(in crate::cli) fn text(value: &Value, path: &str) -> String {
    match value.pointer(path) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_))) => {
            other.to_string()
        }
    }
}

/// The first digits of a digest, enough to tell images apart.
pub(super) fn short(digest: &str) -> String {
    digest.get(..12).unwrap_or(digest).to_owned()
}

/// The list of an answer.
pub(super) fn items(answer: &Value) -> impl Iterator<Item = &Value> {
    let items = answer.pointer("/items").and_then(Value::as_array);
    items.into_iter().flatten()
}

/// An activation in a line of a table.
pub(super) fn activation_row(it: &Value) -> Vec<String> {
    let image = text(it, "/image");
    let image = if image.is_empty() {
        "（无规则）".to_owned()
    } else {
        short(&image)
    };
    let mut mode = text(it, "/mode");
    if mode == "canary" {
        mode = format!("canary {} ‰", text(it, "/share_permille"));
    }
    let function = text(it, "/placement/url");
    if !function.is_empty() {
        mode = format!("{mode} @ {function}");
    }
    let mut standing = text(it, "/standing");
    let problem = text(it, "/problem");
    if !problem.is_empty() {
        standing = format!("{standing}, BUT NOT LOADED: {problem}");
    }
    let from = text(it, "/effective_from");
    vec![
        text(it, "/id"),
        text(it, "/scope"),
        text(it, "/kind"),
        mode,
        standing,
        image,
        text(it, "/name"),
        if from.is_empty() {
            text(it, "/from")
        } else {
            from
        },
        text(it, "/by/name"),
        text(it, "/note"),
    ]
}

const ACTIVATION_HEAD: [&str; 10] = [
    "id", "scope", "kind", "mode", "standing", "image", "plugin", "from", "by", "note",
];

/// Activations as a table.
pub(super) fn activation_table<'a>(list: impl Iterator<Item = &'a Value>) -> String {
    let rows: Vec<Vec<String>> = list.map(activation_row).collect();
    output::table(&ACTIVATION_HEAD, &rows)
}

/// A path with query parameters; those without a value are left out.
pub(super) fn with_query(path: &str, parameters: &[(&str, Option<&str>)]) -> String {
    let mut whole = path.to_owned();
    let mut sign = '?';
    for (name, value) in parameters {
        if let Some(value) = value {
            whole.push(sign);
            whole.push_str(name);
            whole.push('=');
            whole.push_str(&crate::values::escaped(value));
            sign = '&';
        }
    }
    whole
}
