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
  kapok plugin activate 3f9c12 --scope 440106 --kind routing \
      --function https://tianhe.example.org/routing/440106 --note 'it runs on their own Spin'
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
    /// itself; 1000 where it is meant to differ.
    #[arg(long, value_name = "PERMILLE", default_value_t = 100)]
    divergence_max: u16,
    /// Of a canary: decisions that are waited for before a limit counts.
    #[arg(long, value_name = "N", default_value_t = 100)]
    decisions_min: u32,
    /// Ask it by this HTTP function, which must run the same image, and not in the host. Certificates,
    /// tokens and keys stand in the file of `kapok serve --functions`.
    #[arg(long, value_name = "URL")]
    function: Option<String>,
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

/// What runs now: active images with how they do, what waits (activations and policies), and candidates with
/// their live counts.
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
    #[arg(long, requires = "note")]
    scope: Option<String>,
    /// Only for this question.
    #[arg(long, requires = "scope")]
    kind: Option<Kind>,
    /// Whether a second admin must approve; as it is, if not given.
    #[arg(long, requires = "scope")]
    approval: Option<Answer>,
    /// A trial is needed, and must change at most this share of decisions, in thousandths; as it is, if
    /// not given.
    #[arg(long, value_name = "PERMILLE", requires = "scope")]
    try_max: Option<u16>,
    /// The trial may fail in at most this share of decisions, in thousandths.
    #[arg(long, value_name = "PERMILLE", requires = "scope")]
    try_failures_max: Option<u16>,
    /// The trial must take in all decisions of so many days, and is good for so many.
    #[arg(long, value_name = "DAYS", requires = "scope")]
    try_days: Option<u16>,
    /// No trial is needed.
    #[arg(long, requires = "scope", conflicts_with_all = ["try_max", "try_failures_max", "try_days"])]
    no_try: bool,
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
    let placement = match &arguments.function {
        Some(url) => json!({ "at": "function", "url": url }),
        None => json!({ "at": "embedded" }),
    };
    let body = json!({
        "scope": arguments.scope,
        "kind": arguments.kind.name(),
        "image": image,
        "mode": mode,
        "placement": placement,
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

/// Heads of the tables of `status`, after the fields that they show.
const PLACEMENT_HEAD: [&str; 9] = [
    "scope",
    "kind",
    "activation",
    "name",
    "loaded",
    "breaker",
    "asked",
    "failed",
    "problem",
];
const CANDIDATE_HEAD: [&str; 11] = [
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

pub(super) fn status(arguments: &Status) -> anyhow::Result<()> {
    let answer = arguments.platform.client()?.get("/api/v1/platform")?;
    arguments.platform.show(&answer, |answer| {
        let mut out = activation_table(list(answer, "activations"));
        let mut add = |title: &str, table: Option<String>| {
            if let Some(table) = table {
                // Writing to a string does not fail.
                let _ = write!(out, "\n{title}\n{table}");
            }
        };
        let placements = fields(list(answer, "placements"), &PLACEMENT_HEAD);
        add("what answers, and how it does", placements);
        let mut policies = list(answer, "policies").peekable();
        let waiting = policies.peek().is_some().then(|| policy_table(policies));
        add("policies that wait for a second person", waiting);
        let candidates = fields(list(answer, "candidates"), &CANDIDATE_HEAD);
        add("candidates", candidates);
        out
    })
}

fn list<'a>(answer: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    let list = answer.get(name).and_then(Value::as_array);
    list.into_iter().flatten()
}

/// A table of these fields, if there is anything.
fn fields<'a>(items: impl Iterator<Item = &'a Value>, head: &[&str]) -> Option<String> {
    let row = |it: &Value| -> Vec<String> {
        let cells = head.iter().map(|name| text(it, &format!("/{name}")));
        cells.collect()
    };
    let rows: Vec<Vec<String>> = items.map(row).collect();
    (!rows.is_empty()).then(|| output::table(head, &rows))
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

/// What a trial must show from now on: what is given, and else what was asked before.
fn trial_policy(arguments: &Policy, present: Option<&Value>) -> anyhow::Result<Value> {
    let given = [
        ("changed_permille_max", arguments.try_max),
        ("failed_permille_max", arguments.try_failures_max),
        ("days", arguments.try_days),
    ];
    if arguments.no_try {
        return Ok(Value::Null);
    }
    let mut trial = present
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    for (name, value) in given {
        if let Some(value) = value {
            trial.insert(name.to_owned(), json!(value));
        }
    }
    if trial.is_empty() {
        return Ok(Value::Null);
    }
    if !trial.contains_key("changed_permille_max") {
        bail!("no trial is needed here so far; say by --try-max how much it may change");
    }
    Ok(Value::Object(trial))
}

pub(super) fn policy(arguments: &Policy) -> anyhow::Result<()> {
    let client = arguments.platform.client()?;
    let path = "/api/v1/activation-policies";
    let answer = match &arguments.scope {
        Some(scope) => {
            let kind = arguments.kind.map(Kind::name);
            let policies = client.get(path)?;
            let is = |it: &Value, field: &str, value: Value| it.get(field) == Some(&value);
            let present = items(&policies).find(|it| {
                is(it, "scope", json!(scope))
                    && is(it, "kind", json!(kind))
                    && is(it, "waiting", Value::Null)
            });
            let present = |field: &str| present.and_then(|it| it.get("policy")?.get(field));
            let body = json!({
                "scope": scope,
                "kind": kind,
                "approval": match arguments.approval {
                    Some(answer) => answer == Answer::Yes,
                    None => present("approval") == Some(&Value::Bool(true)),
                },
                "trial": trial_policy(arguments, present("trial"))?,
                "note": arguments.note,
            });
            let set = client.post(path, &body, None)?;
            json!({ "items": [set] })
        }
        None => client.get(path)?,
    };
    arguments
        .platform
        .show(&answer, |answer| policy_table(items(answer)))
}

fn policy_table<'a>(list: impl Iterator<Item = &'a Value>) -> String {
    let rows: Vec<Vec<String>> = list
        .map(|it| {
            vec![
                text(it, "/scope"),
                text(it, "/kind"),
                text(it, "/policy/approval"),
                text(it, "/policy/trial/changed_permille_max"),
                text(it, "/policy/trial/failed_permille_max"),
                text(it, "/policy/trial/days"),
                short(&text(it, "/waiting")),
            ]
        })
        .collect();
    output::table(
        &[
            "scope",
            "kind",
            "approval",
            "changed ‰ max",
            "failed ‰ max",
            "days",
            "waits as",
        ],
        &rows,
    )
}
