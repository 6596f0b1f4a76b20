//! `kapok knowledge show|list|expiring`: looks at entries of the knowledge base.

use anyhow::bail;
use clap::{Args, ValueEnum};
use lifecycle::knowledge::Id;
use serde_json::Value;

use super::server::{Base, PointKind, with_query};
use super::text;
use crate::cli::order::pages;
use crate::{output, values};

/// Show an entry: a point, a feedback, a notice of a change or an outage, by its number.
///
/// Of a point, the draft and what is published, its validity with the article, what the plugins said, and
/// its history; or one version of it; or what differs between two.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok knowledge show K-20261124-K7Q2M4X9PA
  kapok knowledge show K-20261124-K7Q2M4X9PA --version 1
  kapok knowledge show K-20261124-K7Q2M4X9PA --diff 1..2
  kapok knowledge show K-20261124-K7Q2M4X9PA --diff 2..      the published version 2 and the draft
  kapok knowledge show KF-20261124-K7Q2M4X9PA --json

Exit codes: 0 shown, 1 no such entry or no access, 2 usage")]
pub(crate) struct Show {
    /// Number of the entry.
    id: String,
    /// Show this published version of a point.
    #[arg(long, value_name = "N", conflicts_with = "diff")]
    version: Option<u32>,
    /// Show what differs between two versions; without the second, the draft.
    #[arg(long, value_name = "A..B", value_parser = range)]
    diff: Option<Range>,
    /// Print one JSON object, as over HTTP.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    base: Base,
}

/// Two versions of a point; the draft where the second is not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    from: u32,
    to: Option<u32>,
}

fn range(text: &str) -> Result<Range, String> {
    let wrong =
        || format!("`{text}` is no range; give two versions such as 1..2, or 1.. for the draft");
    let (from, to) = text.split_once("..").ok_or_else(wrong)?;
    let number = |text: &str| text.parse::<u32>().ok().ok_or_else(wrong);
    Ok(Range {
        from: number(from)?,
        to: if to.is_empty() {
            None
        } else {
            Some(number(to)?)
        },
    })
}

/// List entries, newest first. Every filter that is given must hold.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok knowledge list
  kapok knowledge list --unit GZ-RSJ --stage expiring
  kapok knowledge list --draft-stage under_review
  kapok knowledge list --kind feedback --stage open --json

Stages: points unpublished, published, expiring, taken_down, expired; their drafts editing, under_review,
awaiting_approval; feedback open, answered, withdrawn; changes open, closed, cancelled; outages down,
second_stage, ended

Formats:
  --json   one object a line, as over HTTP

Exit codes: 0 listed (also when there is none), 1 no access, 2 usage")]
pub(crate) struct List {
    /// Kind of entry.
    #[arg(long, value_enum, default_value = "point")]
    kind: Kind,
    /// Stage by name.
    #[arg(long)]
    stage: Option<String>,
    /// Stage of the draft, of points only.
    #[arg(long)]
    draft_stage: Option<String>,
    /// Kind of point.
    #[arg(long, value_enum)]
    point_kind: Option<PointKind>,
    /// The unit that it is about.
    #[arg(long)]
    unit: Option<String>,
    /// The district of the unit, or that a point is for.
    #[arg(long)]
    district: Option<String>,
    /// A part of the title.
    #[arg(long)]
    title: Option<String>,
    /// Only points that are valid now and not after this day.
    #[arg(long, value_name = "DAY")]
    expires_by: Option<String>,
    /// Only entries that missed (true) or did not miss (false) a limit of the law; not of points.
    #[arg(long, value_name = "BOOL")]
    overdue: Option<bool>,
    /// Most entries to list.
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: u32,
    /// Print one JSON object a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    base: Base,
}

/// Kinds of entry, as they are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// 知识点.
    Point,
    /// 知识点反馈.
    Feedback,
    /// 业务变动预告.
    Change,
    /// 系统故障.
    Outage,
}

impl Kind {
    /// Its part of the path.
    const fn list(self) -> &'static str {
        match self {
            Self::Point => "points",
            Self::Feedback => "feedback",
            Self::Change => "changes",
            Self::Outage => "outages",
        }
    }
}

/// Count the points that expire soon, by unit.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok knowledge expiring
  kapok knowledge expiring --days 7 --json

The points themselves: kapok knowledge list --expires-by DAY

Exit codes: 0 done, 1 no access, 2 usage")]
pub(crate) struct Expiring {
    /// Within so many days.
    #[arg(long, value_name = "N", default_value_t = 30)]
    days: u16,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    base: Base,
}

pub(super) fn show(arguments: &Show) -> anyhow::Result<()> {
    let list = match Id::parse(&arguments.id) {
        Some(Id::Point(_)) => Kind::Point,
        Some(Id::Feedback(_)) => Kind::Feedback,
        Some(Id::Change(_)) => Kind::Change,
        Some(Id::Outage(_)) => Kind::Outage,
        None => bail!(
            "`{}` is no number of an entry; give one such as K-20261124-K7Q2M4X9PA",
            arguments.id
        ),
    };
    if list != Kind::Point && (arguments.version.is_some() || arguments.diff.is_some()) {
        bail!("only points have versions; leave --version and --diff out");
    }
    let client = arguments.base.client()?;
    let id = values::escaped(&arguments.id);
    let path = format!("/api/v1/knowledge/{}/{id}", list.list());
    let words: fn(&Value) -> String;
    let path = if let Some(version) = arguments.version {
        words = text::version;
        format!("{path}/versions/{version}")
    } else if let Some(Range { from, to }) = arguments.diff {
        words = text::diff;
        let (from, to) = (from.to_string(), to.map(|it| it.to_string()));
        with_query(
            &format!("{path}/diff"),
            &[("from", Some(&from)), ("to", to.as_deref())],
        )
    } else {
        words = text::entry;
        path
    };
    let answer = client.get(&path)?;
    if arguments.json {
        return output::json(&answer);
    }
    output::line(words(&answer).trim_end())
}

pub(super) fn list(arguments: &List) -> anyhow::Result<()> {
    let client = arguments.base.client()?;
    let list = format!("/api/v1/knowledge/{}", arguments.kind.list());
    let overdue = arguments.overdue.map(|it| it.to_string());
    let entries = pages(arguments.limit, |after, limit| {
        let path = with_query(
            &list,
            &[
                ("limit", Some(&limit.to_string())),
                ("stage", arguments.stage.as_deref()),
                ("draft_stage", arguments.draft_stage.as_deref()),
                ("point_kind", arguments.point_kind.map(PointKind::name)),
                ("unit", arguments.unit.as_deref()),
                ("district", arguments.district.as_deref()),
                ("title", arguments.title.as_deref()),
                ("expires_by", arguments.expires_by.as_deref()),
                ("overdue", overdue.as_deref()),
                ("after", after),
            ],
        );
        let mut page = client.get(&path)?;
        let next = page.get("next").and_then(Value::as_str).map(str::to_owned);
        let items = page.get_mut("items").and_then(Value::as_array_mut);
        Ok((items.map(std::mem::take).unwrap_or_default(), next))
    })?;
    if arguments.json {
        return entries.iter().try_for_each(output::json);
    }
    output::line(&text::list(&entries))
}

pub(super) fn expiring(arguments: &Expiring) -> anyhow::Result<()> {
    let client = arguments.base.client()?;
    let days = arguments.days.to_string();
    let path = with_query("/api/v1/knowledge/expiring", &[("days", Some(&days))]);
    let answer = client.get(&path)?;
    if arguments.json {
        return output::json(&answer);
    }
    output::line(&text::expiring(&answer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_one_or_two_versions() {
        let range = |text| range(text).ok().map(|it| (it.from, it.to));
        assert_eq!(range("1..2"), Some((1, Some(2))));
        assert_eq!(range("3.."), Some((3, None)));
        for bad in ["", "1", "..2", "a..b", "1..-2"] {
            assert_eq!(range(bad), None, "{bad}");
        }
    }
}
