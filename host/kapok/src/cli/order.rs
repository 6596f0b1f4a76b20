//! `kapok order`: shows work orders, from a data directory or a running server alike.

pub(super) mod text;

use std::fmt::Write as _;

use api::dto::explanation::Explanation;
use api::dto::orders::{OrderLine, WholeOrder};
use clap::{Args, Subcommand};
use contract::types::OrderType;
use engine::ports::OrderFilter;
use lifecycle::ids::{DistrictCode, OrderId, UnitCode};
use serde_json::Value;

use crate::client::Client;
use crate::config::{DataOptions, ServerOptions};
use crate::wiring::Embedded;
use crate::{output, values};

/// Most orders that one request asks for.
const PAGE: u32 = 200;

/// Show work orders.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Show(Show),
    Explain(Explain),
    List(List),
}

/// Show one order with everything that explains it.
///
/// Its stage, every deadline with the article and the days that it counts, what the rules advised
/// (which image gave which verdict, and why), its history and the messages about it. Who asked is not
/// shown; what the requester wrote is, in the requester's own words, to whoever may read it.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok order show 20260908-K7Q2M4X9PA
  kapok order show 20260908-K7Q2M4X9PA --json
  kapok order show 20260908-K7Q2M4X9PA --server http://127.0.0.1:8345 --token $OPERATOR_TOKEN

Formats:
  --json   one object, the same as GET /api/v1/orders/{id}; described in /api/v1/openapi.json

Exit codes: 0 shown, 1 no such order or no access, 2 usage")]
pub(crate) struct Show {
    /// Number of the order.
    id: String,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataOptions,
    #[command(flatten)]
    server: ServerOptions,
}

/// Explain an order: why each deadline is what it is, and what can be done now.
///
/// Each deadline with its trigger, article, days counted and calendar, in Chinese and English; what
/// moved the clocks and what did not; then who may give which command now, and for every other one the
/// article that forbids it.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok order explain 20260908-K7Q2M4X9PA
  kapok order explain 20260908-K7Q2M4X9PA --json
  kapok order explain 20260908-K7Q2M4X9PA --server http://127.0.0.1:8345 --token $OPERATOR_TOKEN

Formats:
  --json   one object, the same as GET /api/v1/orders/{id}/explain; described in /api/v1/openapi.json

Exit codes: 0 explained, 1 no such order or no access, 2 usage")]
pub(crate) struct Explain {
    /// Number of the order.
    id: String,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataOptions,
    #[command(flatten)]
    server: ServerOptions,
}

/// List orders, newest registration first. Every filter that is given must hold.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok order list
  kapok order list --stage awaiting_dispatch --district 440106
  kapok order list --type 投诉 --overdue true --limit 1000 --json
  kapok order list --source import:Q05

Stages: awaiting_information, awaiting_dispatch, awaiting_verification, return_requested,
in_coordination, in_handling, under_district_review, under_review, withdrawn, awaiting_rating_offer,
awaiting_rating, awaiting_follow_up, awaiting_statement, closed

Formats:
  --json   one object a line, as in GET /api/v1/orders

Exit codes: 0 listed (also when there is none), 1 no access, 2 usage")]
pub(crate) struct List {
    /// Stage by name.
    #[arg(long)]
    stage: Option<String>,
    /// The unit that has, or had last, the order, such as GZ-STHJ.
    #[arg(long)]
    unit: Option<String>,
    /// District code, such as 440106.
    #[arg(long)]
    district: Option<String>,
    /// Type of the matter, in English or Chinese.
    #[arg(long = "type", value_name = "TYPE", value_parser = values::order_type)]
    order_type: Option<OrderType>,
    /// Only orders that missed (true) or did not miss (false) a handling deadline.
    #[arg(long, value_name = "BOOL")]
    overdue: Option<bool>,
    /// Only orders whose deadline may (true) or cannot (false) move when a holiday notice comes.
    #[arg(long, value_name = "BOOL")]
    provisional: Option<bool>,
    /// Where it came from, exactly.
    #[arg(long)]
    source: Option<String>,
    /// Most orders to list.
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: u32,
    /// Print one JSON object a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataOptions,
    #[command(flatten)]
    server: ServerOptions,
}

pub(super) fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Show(arguments) => show(arguments),
        Command::Explain(arguments) => explain(arguments),
        Command::List(arguments) => list(arguments),
    }
}

fn show(arguments: &Show) -> anyhow::Result<()> {
    let order = match Client::of(&arguments.server)? {
        Some(client) => client.get(&format!(
            "/api/v1/orders/{}",
            values::escaped(&arguments.id)
        ))?,
        None => {
            let embedded = Embedded::look(&arguments.data)?;
            let by = embedded.operator();
            let view = embedded.engine.view(&OrderId::new(&arguments.id), &by)?;
            serde_json::to_value(WholeOrder::new(view, &by))?
        }
    };
    if arguments.json {
        return output::json(&order);
    }
    output::line(&text::order(&order))
}

fn explain(arguments: &Explain) -> anyhow::Result<()> {
    let explanation = match Client::of(&arguments.server)? {
        Some(client) => client.get(&format!(
            "/api/v1/orders/{}/explain",
            values::escaped(&arguments.id)
        ))?,
        None => {
            let embedded = Embedded::look(&arguments.data)?;
            let by = embedded.operator();
            let id = OrderId::new(&arguments.id);
            let explanation = embedded.engine.explain(&id, &by)?;
            serde_json::to_value(Explanation::from(explanation))?
        }
    };
    if arguments.json {
        return output::json(&explanation);
    }
    output::line(&text::explanation(&explanation))
}

fn list(arguments: &List) -> anyhow::Result<()> {
    let orders = match Client::of(&arguments.server)? {
        Some(client) => from_server(arguments, &client)?,
        None => from_data(arguments)?,
    };
    if arguments.json {
        return orders.iter().try_for_each(output::json);
    }
    output::line(&text::list(&orders))
}

fn from_data(arguments: &List) -> anyhow::Result<Vec<Value>> {
    let embedded = Embedded::look(&arguments.data)?;
    let by = embedded.operator();
    let filter = OrderFilter {
        stage: arguments.stage.clone(),
        unit: arguments.unit.clone().map(UnitCode::new),
        district: arguments.district.clone().map(DistrictCode::new),
        order_type: arguments.order_type,
        overdue: arguments.overdue,
        provisional: arguments.provisional,
        source: arguments.source.clone(),
        ..OrderFilter::default()
    };
    pages(arguments.limit, |after, limit| {
        let page = embedded.engine.list(&filter, after, limit, &by)?;
        let lines = page
            .items
            .into_iter()
            .map(OrderLine::from)
            .map(serde_json::to_value);
        Ok((lines.collect::<Result<_, _>>()?, page.next))
    })
}

fn from_server(arguments: &List, client: &Client) -> anyhow::Result<Vec<Value>> {
    let order_type = arguments
        .order_type
        .map(|order_type| values::order_type_name(order_type).0);
    let filters: Vec<(&str, String)> = [
        ("stage", arguments.stage.clone()),
        ("unit", arguments.unit.clone()),
        ("district", arguments.district.clone()),
        ("order_type", order_type.map(str::to_owned)),
        (
            "overdue",
            arguments.overdue.map(|overdue| overdue.to_string()),
        ),
        (
            "provisional",
            arguments
                .provisional
                .map(|provisional| provisional.to_string()),
        ),
        ("source", arguments.source.clone()),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect();
    pages(arguments.limit, |after, limit| {
        let mut path = format!("/api/v1/orders?limit={limit}");
        let after = after.map(|after| ("after", after.to_owned()));
        for (name, value) in filters.iter().cloned().chain(after) {
            // Writing to a String cannot fail.
            let _ = write!(path, "&{name}={}", values::escaped(&value));
        }
        let mut page = client.get(&path)?;
        let next = page.get("next").and_then(Value::as_str).map(str::to_owned);
        let items = page
            .get_mut("items")
            .and_then(Value::as_array_mut)
            .map(std::mem::take);
        Ok((items.unwrap_or_default(), next))
    })
}

/// Gathers page after page until there are enough.
pub(super) fn pages(
    limit: u32,
    mut page: impl FnMut(Option<&str>, u32) -> anyhow::Result<(Vec<Value>, Option<String>)>,
) -> anyhow::Result<Vec<Value>> {
    let mut orders = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let missing = limit.saturating_sub(u32::try_from(orders.len()).unwrap_or(u32::MAX));
        if missing == 0 {
            return Ok(orders);
        }
        let (items, next) = page(after.as_deref(), missing.min(PAGE))?;
        orders.extend(items);
        match next {
            Some(next) => after = Some(next),
            None => return Ok(orders),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_gathered_up_to_the_limit() {
        let check = |limit: u32, expected: usize, requests: usize| {
            let mut asked = 0;
            let orders = pages(limit, |after, limit| {
                asked += 1;
                let first: u32 = after.map_or(0, |after| after.parse().unwrap());
                let last = (first + limit).min(450);
                let next = (last < 450).then(|| last.to_string());
                Ok(((first..last).map(Value::from).collect(), next))
            });
            assert_eq!(
                (orders.unwrap().len(), asked),
                (expected, requests),
                "limit {limit}"
            );
        };
        check(0, 0, 0);
        check(50, 50, 1);
        check(200, 200, 1);
        check(201, 201, 2);
        check(1000, 450, 3);
    }
}
