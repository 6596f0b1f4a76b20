//! `kapok audit`: proves that decisions and activations are as they were written.

use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, Subcommand};
use engine::ports::AuditHead;
use indicatif::ProgressBar;
use serde_json::json;

use crate::config::DataOptions;
use crate::output;
use crate::wiring::Embedded;

/// Prove that decisions and activations are as they were written.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Verify(Verify),
    Head(Head),
}

/// Walk the hash chain over decisions and activations, and recompute every link, question and image.
///
/// One flipped bit is found, and the row is named. Whoever can rewrite the whole database can rewrite the
/// chain too: note the head elsewhere now and then, and give it here.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok audit verify
  kapok audit verify --head 48211:9a0c…

Exit codes: 0 whole, 1 something was changed, 2 usage")]
pub(crate) struct Verify {
    /// A head that was noted earlier, as `kapok audit head` printed it.
    #[arg(long, value_name = "LINK:DIGEST", value_parser = head)]
    head: Option<AuditHead>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataOptions,
}

/// Print the end of the chain, to be noted elsewhere.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok audit head >> heads.txt

Exit codes: 0 done, 1 refused or no access, 2 usage")]
pub(crate) struct Head {
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataOptions,
}

fn head(text: &str) -> Result<AuditHead, String> {
    const FORM: &str = "give what `kapok audit head` prints, LINK:DIGEST";
    let (link, digest) = text
        .split_once(':')
        .ok_or_else(|| format!("`{text}` is no head; {FORM}"))?;
    Ok(AuditHead {
        link: link
            .parse()
            .map_err(|error| format!("`{link}` is no number of a link: {error}; {FORM}"))?,
        digest: digest.parse().map_err(|error| format!("{error}; {FORM}"))?,
    })
}

pub(super) fn run(command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Verify(arguments) => verify(arguments),
        Command::Head(arguments) => {
            let embedded = Embedded::look(&arguments.data)?;
            let found = embedded.engine.rollout().audit_head(&embedded.admin())?;
            if arguments.json {
                output::json(&json!({ "head": found }))?;
            } else {
                match found {
                    Some(head) => output::line(&format!("{}:{}", head.link, head.digest))?,
                    None => bail!("nothing was decided or activated yet, so there is no head"),
                }
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn verify(arguments: &Verify) -> anyhow::Result<ExitCode> {
    let embedded = Embedded::look(&arguments.data)?;
    let bar = ProgressBar::no_length();
    let progress = |seen: u64, total: u64| {
        bar.set_length(total);
        bar.set_position(seen);
    };
    let noted = arguments.head.as_ref();
    let rollout = embedded.engine.rollout();
    let report = rollout.verify_audit(noted, &progress, &embedded.admin())?;
    bar.finish_and_clear();
    if arguments.json {
        output::json(&report)?;
    } else {
        output::text(&report.to_string())?;
    }
    Ok(if report.is_whole() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
