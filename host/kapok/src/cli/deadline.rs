//! `kapok deadline`: computes a deadline of the regulation, with the days that it counts.

use std::path::PathBuf;

use ::calendar::{Calendar, Day, DayKind, due_text};
use anyhow::bail;
use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, ValueEnum};
use contract::types::OrderType;
use lifecycle::Context;
use lifecycle::deadline::{Deadline, DeadlineKind};
use lifecycle::directory::Directory;
use lifecycle::ruleset::RuleBook;
use serde::Serialize;

use crate::config::ServerOptions;
use crate::{output, values, wiring};

/// Compute a deadline of the regulation, with the days that it counts.
///
/// Working days are counted strictly after the local date of the trigger, make-up working days among
/// them (第十五条); the deadline is 24:00 of the last one. A deadline that needs a year whose holiday
/// notice is not out yet follows the statutory pattern and is marked provisional.
///
/// Works without any data: the years 2023–2026 are built in. With --data or --server, the years that
/// were imported there count as well.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok deadline --type complaint --dispatched 2026-09-18T16:00:00+08:00
  kapok deadline --type 咨询 --dispatched 2026-02-14 --json
  kapok deadline --type complaint --registered 2026-02-13 --json
  kapok deadline --type complaint --dispatched 2026-04-30 --limit verification

Formats:
  INSTANT  2026-09-18T16:00:00+08:00, 2026-09-18T16:00 (in +08:00), or 2026-09-18
  --json   one object {\"due\",\"clock_start\",\"counted\",\"provisional\",\"rule\"}: instants in RFC 3339
           at +08:00 (24:00 of a day is 00:00 of the next), dates of the counted days, the rule of
           the catalogue

Exit codes: 0 computed, 1 not computable (outside 2000-2099), 2 usage")]
pub(crate) struct Arguments {
    /// Type of the matter: consultation 咨询, complaint 投诉, violation_report 举报, help_request 求助,
    /// suggestion 意见建议, commendation 表扬.
    #[arg(long = "type", value_name = "TYPE", value_parser = values::order_type)]
    order_type: OrderType,
    /// When the order was dispatched to the handling unit, which thereby received it.
    #[arg(long, value_name = "INSTANT", value_parser = values::instant, required_unless_present = "registered")]
    dispatched: Option<DateTime<Utc>>,
    /// When the order was registered: computes by when it must be dispatched (第十三条).
    #[arg(long, value_name = "INSTANT", value_parser = values::instant, conflicts_with_all = ["dispatched", "limit"])]
    registered: Option<DateTime<Utc>>,
    /// Which limit the dispatch starts.
    #[arg(long, value_enum, default_value = "handling")]
    limit: Limit,
    /// Data directory whose imported years count as well.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: ServerOptions,
}

/// A limit that begins with the dispatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Limit {
    /// The unit handles, replies and submits (第十四条).
    Handling,
    /// The unit verifies whether the matter is its own (第十六条).
    Verification,
}

/// What `--json` prints: these five fields, in this order.
#[derive(Debug, Serialize)]
struct Computed {
    due: String,
    clock_start: String,
    counted: Vec<NaiveDate>,
    provisional: bool,
    rule: String,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let wiring::KnownCalendar { calendar, version } =
        wiring::calendar(arguments.data.as_deref(), &arguments.server)?;
    let order_type = arguments.order_type;
    let book = RuleBook::default();
    let trigger = arguments
        .registered
        .or(arguments.dispatched)
        .unwrap_or_default();
    let rules = book.at(trigger);
    let (kind, period) = match (arguments.registered, arguments.dispatched) {
        (Some(_), _) => (DeadlineKind::Dispatch, rules.dispatch),
        (None, _) => match arguments.limit {
            Limit::Handling => (DeadlineKind::Handling, rules.handling_period(order_type)),
            Limit::Verification => (DeadlineKind::Verification, rules.verify),
        },
    };
    if kind == DeadlineKind::Verification && arguments.order_type == OrderType::Commendation {
        bail!(
            "a commendation is only read, so nothing is verified (第二十三条); leave out --limit"
        );
    }
    let directory = Directory::default();
    let context = Context {
        now: trigger,
        calendar: &calendar,
        rules: &book,
        directory: &directory,
    };
    let limit = (kind.rule(order_type), period);
    let deadline = Deadline::compute(kind, order_type, limit, (1, trigger), &context)?;
    if arguments.json {
        return output::json(&Computed {
            due: values::rfc3339(deadline.due.due_at),
            clock_start: values::rfc3339(deadline.due.clock_start),
            counted: deadline.due.counted,
            provisional: deadline.due.provisional,
            rule: deadline.rule,
        });
    }
    let text = text(arguments.order_type, &deadline, &calendar)?;
    output::line(&format!("{text}\ncalendar {version}"))
}

fn text(
    order_type: OrderType,
    deadline: &Deadline,
    calendar: &Calendar,
) -> Result<String, ::calendar::Error> {
    let (english, chinese) = values::order_type_name(order_type);
    let due = &deadline.due;
    let mut days = Vec::new();
    for (number, date) in (1..).zip(&due.counted) {
        days.push(format!(
            "  {number:>2}  {date} {}",
            day_name(*date, calendar.day(*date)?)
        ));
    }
    let mut lines = vec![
        format!("type     {english} {chinese}"),
        format!(
            "rule     {} {}: {}",
            deadline.rule, deadline.article, deadline.period
        ),
        format!("trigger  {}", values::local(deadline.trigger_at)),
        format!("clock    starts {}", values::local(due.clock_start)),
    ];
    if !days.is_empty() {
        lines.push(format!("counted\n{}", days.join("\n")));
    }
    lines.push(format!("due      {}", due_text(due.due_at)));
    if due.provisional {
        lines.push(
            "provisional: it needs a year whose holiday notice is not imported; it is computed on \
             the statutory pattern and may move"
                .to_owned(),
        );
    }
    if !deadline.rule_set_in_force {
        lines.push(format!(
            "{} was not in force at the trigger",
            deadline.rule_set
        ));
    }
    Ok(lines.join("\n"))
}

/// Weekday and what is special about a day.
fn day_name(date: NaiveDate, day: Day) -> String {
    let special = match day.kind {
        DayKind::WorkingDay | DayKind::Weekend | DayKind::Holiday => "",
        DayKind::MakeUpWorkingDay => " make-up working day 调休上班",
    };
    let provisional = if day.provisional {
        " (not announced yet)"
    } else {
        ""
    };
    format!("{}{special}{provisional}", date.format("%a"))
}
