//! `kapok knowledge search`: finds points by what they say.

use clap::Args;
use serde_json::Value;

use super::server::{Base, PointKind, with_query};
use crate::output;

/// Search the published points: by words, single characters, pinyin or initials, with typing mistakes and the
/// centre's synonyms; the best first.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok knowledge search 公积金 提取
  kapok knowledge search gjj --district 440106 --json
  kapok knowledge search 入户 --all             also what was taken down or has expired

Exit codes: 0 done, also where nothing is found, 1 no access, 2 usage")]
pub(crate) struct Search {
    /// What to look for.
    #[arg(required = true, value_name = "WORDS")]
    words: Vec<String>,
    /// Only points of this unit.
    #[arg(long, value_name = "CODE")]
    unit: Option<String>,
    /// Only points of this kind.
    #[arg(long)]
    kind: Option<PointKind>,
    /// Only points for this district, with those for the whole city.
    #[arg(long, value_name = "CODE")]
    district: Option<String>,
    /// Also points that are not valid now.
    #[arg(long)]
    all: bool,
    /// Points at most.
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: u16,
    /// Print one JSON object, as over HTTP.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    base: Base,
}

pub(super) fn run(arguments: &Search) -> anyhow::Result<()> {
    let (words, limit) = (arguments.words.join(" "), arguments.limit.to_string());
    let path = with_query(
        "/api/v1/knowledge/search",
        &[
            ("q", Some(&words)),
            ("unit", arguments.unit.as_deref()),
            ("point_kind", arguments.kind.map(PointKind::name)),
            ("district", arguments.district.as_deref()),
            ("valid", arguments.all.then_some("false")),
            ("limit", Some(&limit)),
        ],
    );
    let answer = arguments.base.client()?.get(&path)?;
    if arguments.json {
        return output::json(&answer);
    }
    let items = answer.get("items").and_then(Value::as_array);
    let rows: Vec<Vec<String>> = items.into_iter().flatten().map(row).collect();
    if rows.is_empty() {
        return output::line("nothing is found");
    }
    output::line(&output::table(
        &["point", "version", "title", "where", "text"],
        &rows,
    ))
}

fn row(item: &Value) -> Vec<String> {
    let text = |path: &str| match item.pointer(path) {
        Some(Value::String(text)) => text.replace('\n', " "),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let paths = [
        "/point",
        "/version",
        "/title/text",
        "/snippet/part",
        "/snippet/text",
    ];
    paths.into_iter().map(text).collect()
}
