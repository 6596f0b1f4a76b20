//! `kapok forecast`: which deadlines of handling end on the next working days.

use std::fmt::Write as _;

use api::dto::indicators::{Forecast, ForecastDay, ForecastDayKind, UnitForecast};
use clap::Args;
use lifecycle::ids::{DistrictCode, UnitCode};

use crate::client::Client;
use crate::config::{DataOptions, RuleOptions, ServerOptions};
use crate::wiring::Embedded;
use crate::{output, values};

/// Forecast which deadlines of handling end on the next working days, by unit, and how far the units
/// have come with them.
///
/// Counts what is not submitted yet, what is under review (if the report fails, the clock never
/// stopped), and where the requester was not told the result. A year whose holiday notice is not out is
/// not guessed: the forecast stops there and says so.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok forecast
  kapok forecast --days 5 --unit GZ-STHJ
  kapok forecast --server http://127.0.0.1:8345 --token $TOKEN --json

Formats:
  --json   one object, the same as GET /api/v1/forecast; described in /api/v1/openapi.json

Exit codes: 0 shown, 1 no access, 2 usage")]
pub(crate) struct Arguments {
    /// So many working days, the present one among them.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=60))]
    days: u16,
    /// Only this handling unit, such as GZ-STHJ.
    #[arg(long)]
    unit: Option<String>,
    /// Only orders from this district, such as 440106.
    #[arg(long)]
    district: Option<String>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataOptions,
    #[command(flatten)]
    rules: RuleOptions,
    #[command(flatten)]
    server: ServerOptions,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let found = match Client::of(&arguments.server)? {
        Some(client) => {
            let mut path = format!("/api/v1/forecast?days={}", arguments.days);
            let narrowed = [("unit", &arguments.unit), ("district", &arguments.district)];
            for (name, value) in narrowed {
                if let Some(value) = value {
                    // Writing to a String cannot fail.
                    let _ = write!(path, "&{name}={}", values::escaped(value));
                }
            }
            serde_json::from_value(client.get(&path)?)?
        }
        None => {
            let embedded = Embedded::look_with(&arguments.data, &arguments.rules)?;
            let by = embedded.operator();
            let unit = arguments.unit.clone().map(UnitCode::new);
            let district = arguments.district.clone().map(DistrictCode::new);
            let (days, unit, district) = (arguments.days, unit.as_ref(), district.as_ref());
            Forecast::from(embedded.engine.forecast(days, unit, district, &by)?)
        }
    };
    if arguments.json {
        return output::json(&found);
    }
    output::line(&text(&found))
}

fn text(found: &Forecast) -> String {
    let head = [
        "day",
        "unit",
        "ending",
        "not submitted",
        "no reply",
        "return asked",
        "under review",
        "name",
    ];
    let mut rows = Vec::new();
    if !found.ended.is_empty() {
        rows.extend(of_day("ended", &found.ended));
    }
    let mut notes = Vec::new();
    for ForecastDay {
        date,
        kind,
        note,
        units,
    } in &found.days
    {
        let day = match kind {
            ForecastDayKind::Working => date.to_string(),
            ForecastDayKind::Off => format!("{date} (off)"),
            ForecastDayKind::Unannounced => format!("{date} on (?)"),
        };
        rows.extend(of_day(&day, units));
        notes.extend(note.as_ref().map(|note| format!("?: {}", note.en)));
    }
    let mut lines = vec![
        format!("deadlines of handling as of {}", values::local(found.at.0)),
        output::table(&head, &rows),
    ];
    lines.extend(notes);
    lines.join("\n")
}

/// A line for each unit; one for the day where nothing ends.
fn of_day(day: &str, units: &[UnitForecast]) -> Vec<Vec<String>> {
    if units.is_empty() {
        let nothing = [day, "-", "0"].map(str::to_owned);
        return vec![nothing.into_iter().collect()];
    }
    let line = |unit: &UnitForecast| {
        vec![
            day.to_owned(),
            unit.unit.clone(),
            unit.ending.to_string(),
            unit.not_submitted.to_string(),
            unit.no_reply.to_string(),
            unit.return_requested.to_string(),
            unit.under_review.to_string(),
            unit.name.clone().unwrap_or_default(),
        ]
    };
    units.iter().map(line).collect()
}
