//! `kapok calendar`: shows the working-day calendar and imports holiday notices.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use ::calendar::{Calendar, Day, DayKind, due_text};
use anyhow::Context as _;
use api::dto::reference::ImportResult;
use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::config::{DataOptions, RuleOptions, ServerOptions};
use crate::wiring::{Clock, Embedded};
use crate::{output, wiring};

/// Show the working-day calendar, or import a year's holiday notice.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Show(Show),
    Import(Import),
}

/// Show a year or a month: working days, make-up working days 调休上班, holidays, and what no notice
/// covers yet.
///
/// Without data the years 2023–2026 are known; with --data or --server also those imported there. A
/// year without a notice follows the statutory pattern and is marked provisional.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok calendar show 2026
  kapok calendar show --month 2026-10
  kapok calendar show 2027 --data .kapok --json

Signs: a number alone is a working day, [..] a day off by notice or statute, (..) a weekend day,
+ a make-up working day, ? a day that no notice covers yet

Formats:
  --json   one object a day: {\"date\",\"weekday\",\"kind\",\"working\",\"provisional\"}; kind is working_day,
           make_up_working_day, weekend or holiday

Exit codes: 0 shown, 1 outside 2000-2099 or no access, 2 usage")]
pub(crate) struct Show {
    /// The year, such as 2026.
    #[arg(required_unless_present = "month", conflicts_with = "month")]
    year: Option<i32>,
    /// One month, such as 2026-10.
    #[arg(long, value_name = "YYYY-MM", value_parser = month)]
    month: Option<NaiveDate>,
    /// Data directory whose imported years count as well.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Print one JSON object a day.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: ServerOptions,
}

/// Import the State Council's holiday notice for a year.
///
/// Deadlines of open orders are computed anew and those whose deadlines move are told; no order becomes
/// overdue in the past by it. A notice for a year that is known replaces the one before. What cannot be
/// computed keeps its deadlines, is named here, and is tried again in the background. With --dry-run
/// nothing changes and the moves are only shown.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok calendar import 2027.json --dry-run
  kapok calendar import 2027.json --data .kapok
  kapok calendar import 2027.json --server http://127.0.0.1:8345 --token $ADMIN_TOKEN --json

Format of FILE:
  {\"year\": 2027,
   \"notice\": \"https://www.gov.cn/…\",          URL or document number of the notice
   \"off\":  [\"2027-01-01\", …],               every day off that the notice names
   \"work\": [\"2027-01-02\", …]}               weekend days that it makes working days
  Dates lie in the year or in the December before it. Unknown fields are errors.

Exit codes: 0 imported (or shown), 1 the notice does not hold or no access, 2 usage")]
pub(crate) struct Import {
    /// The notice, as JSON.
    file: PathBuf,
    /// Show what would change and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON object: {"version","applied","changes":[…],"dossier_changes":[…],"confirmed",
    /// "failed":[…],"dossier_failed":[…]}.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataOptions,
    #[command(flatten)]
    rules: RuleOptions,
    #[command(flatten)]
    server: ServerOptions,
}

/// A day as `--json` shows it.
#[derive(Debug, Serialize)]
struct ShownDay {
    date: NaiveDate,
    weekday: String,
    kind: DayKind,
    working: bool,
    provisional: bool,
}

pub(super) fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Show(arguments) => show(arguments),
        Command::Import(arguments) => import(arguments),
    }
}

fn show(arguments: &Show) -> anyhow::Result<()> {
    let wiring::KnownCalendar { calendar, version } =
        wiring::calendar(arguments.data.as_deref(), &arguments.server)?;
    let first_days: Vec<NaiveDate> = match (arguments.month, arguments.year) {
        (Some(first), _) => vec![first],
        (None, year) => {
            let year = year.unwrap_or_default();
            (1..=12)
                .filter_map(|month| NaiveDate::from_ymd_opt(year, month, 1))
                .collect()
        }
    };
    let mut texts = Vec::new();
    for first in first_days {
        let days = days_of_month(first, &calendar)?;
        if arguments.json {
            days.iter()
                .map(shown)
                .try_for_each(|day| output::json(&day))?;
        } else {
            texts.push(month_text(first, &days));
        }
    }
    if arguments.json {
        return Ok(());
    }
    texts.push(format!("calendar {version}"));
    output::line(&texts.join("\n\n"))
}

fn import(arguments: &Import) -> anyhow::Result<()> {
    let path = arguments.file.display();
    let text =
        fs::read_to_string(&arguments.file).with_context(|| format!("cannot read `{path}`"))?;
    let notice =
        Calendar::parse_year_json(&text).with_context(|| format!("`{path}` does not hold"))?;
    let year = notice.year;
    let apply = !arguments.dry_run;
    let change = match Client::of(&arguments.server)? {
        Some(client) => {
            let how = if apply { "" } else { "?dry_run=true" };
            client.post(
                &format!("/api/v1/calendar/years{how}"),
                &serde_json::to_value(&notice)?,
                None,
            )?
        }
        None => {
            let (data, rules) = (&arguments.data, &arguments.rules);
            let embedded = Embedded::open(data, rules, Clock::AsLeft)?;
            let change = embedded
                .engine
                .import_calendar_year(&notice, apply, &embedded.admin())?;
            if apply {
                embedded.settle()?;
            }
            serde_json::to_value(ImportResult::from(change))?
        }
    };
    if arguments.json {
        return output::json(&change);
    }
    output::line(&change_text(year, apply, &serde_json::from_value(change)?))
}

/// What an import changes, as engine and server tell it.
#[derive(Debug, Deserialize)]
struct Change {
    version: String,
    changes: Vec<Moved>,
    dossier_changes: Vec<MovedOfDossier>,
    confirmed: usize,
    failed: Vec<Failed>,
    dossier_failed: Vec<FailedOfDossier>,
}

/// An order whose deadlines could not be computed.
#[derive(Debug, Deserialize)]
struct Failed {
    order: String,
    error: String,
}

/// A dossier whose deadlines could not be computed.
#[derive(Debug, Deserialize)]
struct FailedOfDossier {
    dossier: String,
    error: String,
}

/// A deadline of a dossier that moves.
#[derive(Debug, Deserialize)]
struct MovedOfDossier {
    dossier: String,
    kind: String,
    before: DateTime<Utc>,
    after: DateTime<Utc>,
}

/// A deadline that moves.
#[derive(Debug, Deserialize)]
struct Moved {
    order: String,
    kind: String,
    before: DateTime<Utc>,
    after: DateTime<Utc>,
}

fn change_text(year: i32, applied: bool, change: &Change) -> String {
    let done = if applied {
        "imported"
    } else {
        "would be imported"
    };
    let mut lines = vec![format!(
        "{year} {done}; the calendar becomes {}",
        change.version
    )];
    lines.extend(change.changes.iter().map(|moved| {
        let Moved {
            order,
            kind,
            before,
            after,
        } = moved;
        format!(
            "order {order}: {kind} due {} instead of {}",
            due_text(*after),
            due_text(*before)
        )
    }));
    lines.extend(change.dossier_changes.iter().map(|moved| {
        let MovedOfDossier {
            dossier,
            kind,
            before,
            after,
        } = moved;
        format!(
            "dossier {dossier}: {kind} due {} instead of {}",
            due_text(*after),
            due_text(*before)
        )
    }));
    let failed = |of: String, error: &str| format!("{of}: not computed: {error}");
    lines.extend(
        change
            .failed
            .iter()
            .map(|it| failed(format!("order {}", it.order), &it.error)),
    );
    lines.extend(
        change
            .dossier_failed
            .iter()
            .map(|it| failed(format!("dossier {}", it.dossier), &it.error)),
    );
    lines.push(format!(
        "{} deadlines move, {} are confirmed as they are{}",
        change
            .changes
            .len()
            .saturating_add(change.dossier_changes.len()),
        change.confirmed,
        match change
            .failed
            .len()
            .saturating_add(change.dossier_failed.len())
        {
            0 => String::new(),
            failed => format!(", {failed} could not be computed and keep what they had"),
        }
    ));
    lines.join("\n")
}

fn days_of_month(
    first: NaiveDate,
    calendar: &Calendar,
) -> Result<Vec<(NaiveDate, Day)>, ::calendar::Error> {
    first
        .iter_days()
        .take_while(|date| date.month() == first.month())
        .map(|date| calendar.day(date).map(|day| (date, day)))
        .collect()
}

fn shown((date, day): &(NaiveDate, Day)) -> ShownDay {
    ShownDay {
        date: *date,
        weekday: date.format("%a").to_string(),
        kind: day.kind,
        working: day.is_working(),
        provisional: day.provisional,
    }
}

/// A month as a sheet, Monday first.
fn month_text(first: NaiveDate, days: &[(NaiveDate, Day)]) -> String {
    let mut text = format!("{}\n", first.format("%Y-%m"));
    text.push_str("  Mon   Tue   Wed   Thu   Fri   Sat   Sun\n");
    let indent = usize::try_from(first.weekday().num_days_from_monday()).unwrap_or(0);
    text.push_str(&" ".repeat(indent.saturating_mul(6)));
    for (date, day) in days {
        let number = date.day();
        let sign = match day.kind {
            DayKind::WorkingDay => format!("{number}"),
            DayKind::MakeUpWorkingDay => format!("{number}+"),
            DayKind::Weekend => format!("({number})"),
            DayKind::Holiday => format!("[{number}]"),
        };
        let doubt = if day.provisional { "?" } else { "" };
        let cell = format!("{sign}{doubt}");
        // Writing to a String cannot fail.
        let _ = write!(text, "{cell:>6}");
        let last_of_week = date.weekday().num_days_from_monday() == 6;
        if last_of_week {
            text.push('\n');
        }
    }
    let working = days.iter().filter(|(_, day)| day.is_working()).count();
    format!("{}\n{working} working days", text.trim_end())
}

fn month(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d")
        .map_err(|error| format!("`{text}` is no month such as 2026-10: {error}"))
}
