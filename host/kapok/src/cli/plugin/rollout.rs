//! `kapok plugin activate|approve|withdraw|rollback|end|status|history|policy`: who answers where.

use std::fmt::Write as _;

use anyhow::bail;
use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::server::{Kind, Platform, activation_table, items, short, text, with_query};
use crate::{output, values};

/// Activate an image in a scope: at once, from an instant on, beside the active one, or for a share of
/// the orders.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok plugin activate 3f9c12 --scope 440106 --kind routing --note 'night noise goes to streets'
  kapok plugin activate 3f9c12 --scope 440106 --kind routing --from 2026-12-01T00:00 --note '…'
  kapok plugin activate 3f9c12 --scope 440106 --kind routing --mode shadow --note '…'
  kapok plugin activate 3f9c12 --scope 440106 --kind routing --mode canary --share 50 --note '…'
  kapok plugin activate none --scope 440106 --kind routing --note 'the city answers again'

Decisions that have begun finish on the image that they began with; the next one sees the new one.

Exit codes: 0 proposed or in effect (the answer says which), 1 refused or no access, 2 usage")]
pub(crate) struct Activate {
    /// Digest or its first digits; `none` leaves the scope without a rule.
    image: String,
    /// `440100` for the city, a district's or a unit's code.
    #[arg(long)]
    scope: String,
    /// Which question.
    #[arg(long)]
    kind: Kind,
    /// How it takes part.
    #[arg(long, default_value = "active")]
    mode: Mode,
    /// Of a canary: its share of the orders, in thousandths.
    #[arg(long, value_name = "PERMILLE", required_if_eq("mode", "canary"))]
    share: Option<u16>,
    /// Of a canary: most failures in thousandths before it ends by itself.
    #[arg(long, value_name = "PERMILLE", default_value_t = 50)]
    failures_max: u16,
    /// Of a canary: most answers that differ from the active image's, in thousandths, before it ends by
    /// itself.
    #[arg(long, value_name = "PERMILLE", default_value_t = 1000)]
    divergence_max: u16,
    /// Of a canary: decisions that are waited for before a limit counts.
    #[arg(long, value_name = "N", default_value_t = 100)]
    decisions_min: u32,
    /// From when; at once, if not given. In the city's time where no offset is given.
    #[arg(long, value_name = "TIME", value_parser = values::instant)]
    from: Option<DateTime<Utc>>,
    /// Why.
    #[arg(long)]
    note: String,
    #[command(flatten)]
    platform: Platform,
}

/// How an image takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// It answers.
    Active,
    /// It is asked beside the active one, without effect.
    Shadow,
    /// It answers for a stable share of the orders.
    Canary,
}

/// Approve an activation or a policy, as a second person.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok plugin approve 17

Exit codes: 0 done, 1 refused or no access, 2 usage")]
pub(crate) struct Approve {
    /// Its number.
    id: u64,
    #[command(flatten)]
    platform: Platform,
}

/// Take back an activation or a policy that has not taken effect.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok plugin withdraw 17 --note 'wrong settings'

Exit codes: 0 done, 1 refused or no access, 2 usage")]
pub(crate) struct Withdraw {
    /// Its number.
    id: u64,
    /// Why.
    #[arg(long)]
    note: String,
    #[command(flatten)]
    platform: Platform,
}

/// End a shadow or a canary.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok plugin end 17 --note 'seen enough'

Exit codes: 0 done, 1 refused or no access, 2 usage")]
pub(crate) struct End {
    /// Its number.
    id: u64,
    /// Why.
    #[arg(long)]
    note: String,
    #[command(flatten)]
    platform: Platform,
}

/// Return to an earlier activation, at once and without compiling.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok plugin rollback --scope 440106 --kind routing --note 'streets complain'
  kapok plugin rollback --scope 440106 --kind routing --to 17 --note '…'

Exit codes: 0 done, 1 refused or no access, 2 usage")]
pub(crate) struct Rollback {
    /// `440100` for the city, a district's or a unit's code.
    #[arg(long)]
    scope: String,
    /// Which question.
    #[arg(long)]
    kind: Kind,
    /// Number of the earlier activation; what answered before the present one, if not given.
    #[arg(long, value_name = "ID")]
    to: Option<u64>,
    /// Why.
    #[arg(long)]
    note: String,
    #[command(flatten)]
    platform: Platform,
}

/// What runs now: active images, what waits, and candidates with their live counts.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok plugin status

Exit codes: 0 done, 1 refused or no access, 2 usage")]
pub(crate) struct Status {
    #[command(flatten)]
    platform: Platform,
}

/// Every activation, newest first.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok plugin history --scope 440106 --kind routing

Exit codes: 0 done, 1 refused or no access, 2 usage")]
pub(crate) struct History {
    /// Only in this scope.
    #[arg(long)]
    scope: Option<String>,
    /// Only for this question.
    #[arg(long)]
    kind: Option<Kind>,
    #[command(flatten)]
    platform: Platform,
}

/// Show what activating takes, or say it for a scope.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok plugin policy
  kapok plugin policy --scope 440100 --approval yes --try-max 50 --note 'two persons, at most 5 %'

Exit codes: 0 done, 1 refused or no access, 2 usage")]
pub(crate) struct Policy {
    /// Set it for this scope.
    #[arg(long, requires_all = ["approval", "note"])]
    scope: Option<String>,
    /// Only for this question.
    #[arg(long, requires = "scope")]
    kind: Option<Kind>,
    /// Whether a second admin must approve.
    #[arg(long, requires = "scope")]
    approval: Option<Answer>,
    /// A trial must have changed at most this share, in thousandths; no trial is needed, if not given.
    #[arg(long, value_name = "PERMILLE", requires = "scope")]
    try_max: Option<u16>,
    /// Why.
    #[arg(long, requires = "scope")]
    note: Option<String>,
    #[command(flatten)]
    platform: Platform,
}

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Answer {
    /// Yes.
    Yes,
    /// No.
    No,
}

pub(super) fn activate(arguments: &Activate) -> anyhow::Result<()> {
    let mode = match (arguments.mode, arguments.share) {
        (Mode::Active, None) => json!({ "mode": "active" }),
        (Mode::Shadow, None) => json!({ "mode": "shadow" }),
        (Mode::Canary, Some(share)) => json!({
            "mode": "canary",
            "share_permille": share,
            "failures_permille_max": arguments.failures_max,
            "divergence_permille_max": arguments.divergence_max,
            "decisions_min": arguments.decisions_min,
        }),
        (Mode::Active | Mode::Shadow, Some(_)) => bail!("--share goes with --mode canary"),
        (Mode::Canary, None) => bail!("--mode canary needs --share"),
    };
    let image = (arguments.image != "none").then_some(&arguments.image);
    let body = json!({
        "scope": arguments.scope,
        "kind": arguments.kind.name(),
        "image": image,
        "mode": mode,
        "from": arguments.from.map(values::rfc3339),
        "note": arguments.note,
    });
    let answer = arguments
        .platform
        .client()?
        .patient()
        .post("/api/v1/activations", &body, None)?;
    one(&arguments.platform, &answer)
}

pub(super) fn approve(arguments: &Approve) -> anyhow::Result<()> {
    let path = format!("/api/v1/activations/{}/approval", arguments.id);
    let answer = arguments.platform.client()?.post(&path, &json!({}), None)?;
    one(&arguments.platform, &answer)
}

pub(super) fn withdraw(arguments: &Withdraw) -> anyhow::Result<()> {
    let path = format!("/api/v1/activations/{}/withdrawal", arguments.id);
    let body = json!({ "note": arguments.note });
    let answer = arguments.platform.client()?.post(&path, &body, None)?;
    one(&arguments.platform, &answer)
}

pub(super) fn end(arguments: &End) -> anyhow::Result<()> {
    let path = format!("/api/v1/activations/{}/end", arguments.id);
    let body = json!({ "note": arguments.note });
    let answer = arguments.platform.client()?.post(&path, &body, None)?;
    one(&arguments.platform, &answer)
}

pub(super) fn roll_back(arguments: &Rollback) -> anyhow::Result<()> {
    let body = json!({
        "scope": arguments.scope,
        "kind": arguments.kind.name(),
        "to": arguments.to,
        "note": arguments.note,
    });
    let answer = arguments
        .platform
        .client()?
        .post("/api/v1/rollbacks", &body, None)?;
    one(&arguments.platform, &answer)
}

/// One activation; of a policy, that it is done.
fn one(platform: &Platform, answer: &Value) -> anyhow::Result<()> {
    platform.show(answer, |it| {
        if it.get("scope").is_some() {
            activation_table(std::iter::once(it))
        } else {
            "done\n".to_owned()
        }
    })
}

pub(super) fn status(arguments: &Status) -> anyhow::Result<()> {
    let client = arguments.platform.client()?;
    let activations = client.get("/api/v1/activations")?;
    let candidates = client.get("/api/v1/candidates")?;
    let standing = ["in_effect", "scheduled", "awaiting_approval"];
    let now: Vec<Value> = items(&activations)
        .filter(|it| standing.contains(&text(it, "/standing").as_str()))
        .cloned()
        .collect();
    let candidates: Vec<Value> = items(&candidates).cloned().collect();
    let answer = json!({ "activations": now, "candidates": candidates });
    arguments.platform.show(&answer, |_| {
        let mut out = activation_table(now.iter());
        if !candidates.is_empty() {
            let head = [
                "activation",
                "scope",
                "kind",
                "mode",
                "asked",
                "answered",
                "failed",
                "compared",
                "diverged",
                "dropped",
                "ended",
            ];
            let rows: Vec<Vec<String>> = candidates
                .iter()
                .map(|it| {
                    head.iter()
                        .map(|name| text(it, &format!("/{name}")))
                        .collect()
                })
                .collect();
            // Writing to a string does not fail.
            let _ = write!(out, "\n{}", output::table(&head, &rows));
        }
        out
    })
}

pub(super) fn history(arguments: &History) -> anyhow::Result<()> {
    let path = with_query(
        "/api/v1/activations",
        &[
            ("scope", arguments.scope.as_deref()),
            ("kind", arguments.kind.map(Kind::name)),
        ],
    );
    let answer = arguments.platform.client()?.get(&path)?;
    arguments
        .platform
        .show(&answer, |answer| activation_table(items(answer)))
}

pub(super) fn policy(arguments: &Policy) -> anyhow::Result<()> {
    let client = arguments.platform.client()?;
    let path = "/api/v1/activation-policies";
    let answer = match &arguments.scope {
        Some(scope) => {
            let body = json!({
                "scope": scope,
                "kind": arguments.kind.map(Kind::name),
                "approval": arguments.approval == Some(Answer::Yes),
                "try_required": arguments.try_max,
                "note": arguments.note,
            });
            let set = client.post(path, &body, None)?;
            json!({ "items": [set] })
        }
        None => client.get(path)?,
    };
    arguments.platform.show(&answer, |answer| {
        let rows: Vec<Vec<String>> = items(answer)
            .map(|it| {
                vec![
                    text(it, "/scope"),
                    text(it, "/kind"),
                    text(it, "/policy/approval"),
                    text(it, "/policy/try_required"),
                    short(&text(it, "/waiting")),
                ]
            })
            .collect();
        output::table(
            &["scope", "kind", "approval", "try ‰ max", "waits as"],
            &rows,
        )
    })
}
