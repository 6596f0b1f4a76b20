//! `kapok indicators`: indicators for assessment of a period, with their formulas.

use std::fmt::Write as _;

use api::dto::indicators::{Indicator, IndicatorRow, Indicators, ValueUnit};
use chrono::NaiveDate;
use clap::Args;
use contract::types::OrderType;
use engine::{GroupBy, IndicatorQuery};
use lifecycle::ids::{DistrictCode, UnitCode};

use crate::client::Client;
use crate::config::{DataOptions, RuleOptions, ServerOptions};
use crate::wiring::Embedded;
use crate::{output, values};

/// Compute indicators for assessment (第三十一条): on-time, overdue, return, re-handling and satisfaction
/// rates and the like, each with its formula and what it leaves out.
///
/// A dispatch to a unit counts on the day on which it was settled whether the unit was in time: when it
/// was done, or on the last day of a deadline that was missed. The centre's own rates count on the day of
/// registration and are charged to no unit. Figures of a period still change while ratings come in.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok indicators --from 2026-09-01 --until 2026-09-30
  kapok indicators --from 2026-09-01 --until 2026-09-30 --by district --csv > september.csv
  kapok indicators --from 2026-01-01 --until 2026-12-31 --by month --unit GZ-STHJ --json
  kapok indicators --from 2026-09-01 --until 2026-09-30 --server http://127.0.0.1:8345 --token $TOKEN

Formats:
  --json   one object, the same as GET /api/v1/indicators; described in /api/v1/openapi.json
  --csv    RFC 4180 in UTF-8 with a byte order mark, as Excel needs it to show Chinese; each column's
           header is its stable code, a space, its name in Chinese

Exit codes: 0 computed, 1 the period does not hold or no access, 2 usage")]
pub(crate) struct Arguments {
    /// First day of the period, such as 2026-09-01.
    #[arg(long, value_name = "DATE")]
    from: NaiveDate,
    /// Last day of the period, inclusive.
    #[arg(long, value_name = "DATE")]
    until: NaiveDate,
    /// What the rows stand for: unit, district, order_type, month or all.
    #[arg(long, value_name = "WHAT", default_value = "unit", value_parser = group_by)]
    by: GroupBy,
    /// Only this handling unit, such as GZ-STHJ.
    #[arg(long)]
    unit: Option<String>,
    /// Only orders from this district, such as 440106.
    #[arg(long)]
    district: Option<String>,
    /// Only this type of matter, in English or Chinese.
    #[arg(long = "type", value_name = "TYPE", value_parser = values::order_type)]
    order_type: Option<OrderType>,
    /// Only bodies to which the Rules apply by reference (true), or only all others (false).
    #[arg(long, value_name = "BOOL")]
    by_reference: Option<bool>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// Print a table as CSV.
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    #[command(flatten)]
    data: DataOptions,
    #[command(flatten)]
    rules: RuleOptions,
    #[command(flatten)]
    server: ServerOptions,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let found = match Client::of(&arguments.server)? {
        Some(client) => serde_json::from_value(client.get(&path(arguments))?)?,
        None => {
            let embedded = Embedded::look_with(&arguments.data, &arguments.rules)?;
            let by = embedded.operator();
            Indicators::from(embedded.engine.indicators(&query(arguments), &by)?)
        }
    };
    if arguments.json {
        output::json(&found)
    } else if arguments.csv {
        output::text(&found.csv())
    } else {
        output::line(&text(&found))
    }
}

fn group_by(text: &str) -> Result<GroupBy, String> {
    let wanted = text.replace('-', "_");
    let found = GroupBy::ALL.iter().find(|by| by.name() == wanted);
    found.copied().ok_or_else(|| {
        let names: Vec<&str> = GroupBy::ALL.iter().map(|by| by.name()).collect();
        format!("use one of {}", names.join(", "))
    })
}

fn query(arguments: &Arguments) -> IndicatorQuery {
    IndicatorQuery {
        from: arguments.from,
        until: arguments.until,
        by: arguments.by,
        unit: arguments.unit.clone().map(UnitCode::new),
        district: arguments.district.clone().map(DistrictCode::new),
        order_type: arguments.order_type,
        by_reference: arguments.by_reference,
    }
}

fn path(arguments: &Arguments) -> String {
    let (from, until, by) = (arguments.from, arguments.until, arguments.by.name());
    let mut path = format!("/api/v1/indicators?from={from}&until={until}&by={by}");
    let order_type = arguments.order_type.map(values::order_type_name);
    let by_reference = arguments.by_reference.map(|it| it.to_string());
    for (name, value) in [
        ("unit", arguments.unit.as_deref()),
        ("district", arguments.district.as_deref()),
        ("order_type", order_type.map(|(name, _)| name)),
        ("by_reference", by_reference.as_deref()),
    ] {
        if let Some(value) = value {
            // Writing to a String cannot fail.
            let _ = write!(path, "&{name}={}", values::escaped(value));
        }
    }
    path
}

/// A table with the indicators that have a value in some row, and below it what they are.
fn text(found: &Indicators) -> String {
    let Indicators {
        from,
        until,
        formulas_version: version,
        rows,
        ..
    } = found;
    let mut lines = vec![format!("{from} to {until}, by formulas {version}")];
    if rows.is_empty() {
        lines.push("nothing to count".to_owned());
        return lines.join("\n");
    }
    let told = |code: &str| {
        let mut all = rows.iter().flat_map(|row| &row.indicators);
        all.any(|it| it.code == code && it.value.is_some())
    };
    let formulas: Vec<_> = found.formulas.iter().filter(|it| told(&it.code)).collect();
    let mut head = vec![found.by.word()];
    head.extend(formulas.iter().map(|it| it.code.as_str()));
    head.push("name");
    let row = |row: &IndicatorRow| {
        let mut cells = vec![row.key.clone().unwrap_or_else(|| "-".to_owned())];
        cells.extend(formulas.iter().map(|formula| {
            let value = row.indicators.iter().find(|it| it.code == formula.code);
            value.map_or_else(String::new, |value| shown(value, formula.unit))
        }));
        let mark = if row.by_reference {
            "（参照适用）"
        } else {
            ""
        };
        cells.push(format!("{}{mark}", row.name.as_deref().unwrap_or_default()));
        cells
    };
    let cells: Vec<_> = rows.iter().map(row).collect();
    lines.push(output::table(&head, &cells));
    lines.push(String::new());
    lines.extend(formulas.iter().map(|it| {
        let (name, formula, out) = (&it.name.zh, &it.formula.zh, &it.leaves_out.zh);
        format!("{} {name} = {formula}；{out}", it.code)
    }));
    lines.join("\n")
}

/// `987‰ 98/99`, or hours and minutes of working time.
fn shown(indicator: &Indicator, unit: ValueUnit) -> String {
    let Some(value) = indicator.value else {
        return "-".to_owned();
    };
    match unit {
        ValueUnit::Permille => {
            let Indicator {
                numerator,
                denominator,
                ..
            } = indicator;
            format!("{value}‰ {numerator}/{denominator}")
        }
        ValueUnit::Seconds => format!("{}h{:02}", value / 3600, value % 3600 / 60),
    }
}
