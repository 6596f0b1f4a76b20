//! What all commands on the knowledge base take: which server, and as whom.

use std::time::Duration;

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use crate::client::Client;

/// The server that keeps the knowledge base.
#[derive(Debug, Args)]
pub(in crate::cli) struct Base {
    /// The server that keeps the knowledge base.
    #[arg(
        long,
        env = "KAPOK_SERVER",
        value_name = "URL",
        default_value = "http://127.0.0.1:8345"
    )]
    server: String,
    /// Bearer token: an operator's, or of the unit whose points they are.
    #[arg(
        long,
        env = "KAPOK_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true
    )]
    token: Option<String>,
}

impl Base {
    pub(in crate::cli) fn client(&self) -> anyhow::Result<Client> {
        Client::new(&self.server, self.token.as_deref())
    }
}

/// Kinds of knowledge point, as they are typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum PointKind {
    /// 政策法规.
    Policy,
    /// 办事指南.
    ServiceGuide,
    /// 具体事项答复口径.
    AnswerScript,
    /// 业务解读及其他.
    Interpretation,
}

impl PointKind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::ServiceGuide => "service_guide",
            Self::AnswerScript => "answer_script",
            Self::Interpretation => "interpretation",
        }
    }
}

/// A progress bar; hidden where nobody looks at it.
pub(super) fn bar(length: u64, template: &str) -> anyhow::Result<ProgressBar> {
    let bar = ProgressBar::new(length);
    bar.set_style(ProgressStyle::with_template(template)?);
    bar.enable_steady_tick(Duration::from_millis(200));
    Ok(bar)
}

/// A path with query parameters; those without a value are left out.
pub(super) fn with_query(path: &str, parameters: &[(&str, Option<&str>)]) -> String {
    let given = parameters.iter().filter_map(|(name, value)| {
        let value = crate::values::escaped((*value)?);
        Some(format!("{name}={value}"))
    });
    let query = given.collect::<Vec<_>>().join("&");
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    }
}
