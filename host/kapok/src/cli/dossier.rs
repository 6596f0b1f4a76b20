//! `kapok dossier`: shows dossiers, from a data directory or a running server alike.

mod text;

use std::fmt::Write as _;

use api::dto::dossiers::{DossierLine, WholeDossier};
use clap::{Args, Subcommand, ValueEnum};
use engine::ports::DossierFilter;
use lifecycle::dossier::{DossierId, DossierKind};
use lifecycle::ids::{OrderId, UnitCode};
use serde_json::Value;

use super::order::pages;
use crate::client::Client;
use crate::config::{DataOptions, ServerOptions};
use crate::wiring::Embedded;
use crate::{output, values};

/// Show dossiers: long-term matters, staff filings, the joint conference, trainings, own mechanisms,
/// publicity.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Show(Show),
    List(List),
}

/// Show one dossier with everything that explains it.
///
/// Where it and its units stand, every deadline with the article and the days that it counts, its
/// history and the messages about it.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok dossier show D-20261124-K7Q2M4X9PA
  kapok dossier show JC-2026 --json
  kapok dossier show JC-2026 --server http://127.0.0.1:8345 --token $OPERATOR_TOKEN

Formats:
  --json   one object, the same as GET /api/v1/dossiers/{id}; described in /api/v1/openapi.json

Exit codes: 0 shown, 1 no such dossier or no access, 2 usage")]
pub(crate) struct Show {
    /// Number of the dossier; JC- and a year for the joint conference's register.
    id: String,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataOptions,
    #[command(flatten)]
    server: ServerOptions,
}

/// List dossiers, newest first. Every filter that is given must hold.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok dossier list
  kapok dossier list --kind long-term-matter --unit GZ-CGJ
  kapok dossier list --order 20260908-K7Q2M4X9PA --json

Stages: open, closed, announced, filed, submitted, ruled, recorded

Formats:
  --json   one object a line, as in GET /api/v1/dossiers

Exit codes: 0 listed (also when there is none), 1 no access, 2 usage")]
pub(crate) struct List {
    /// Kind.
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// Stage by name.
    #[arg(long)]
    stage: Option<String>,
    /// A unit that it concerns, now or before, such as GZ-STHJ.
    #[arg(long)]
    unit: Option<String>,
    /// An order that belongs to it, or that it is about.
    #[arg(long)]
    order: Option<String>,
    /// Only dossiers that missed (true) or did not miss (false) a limit of the law.
    #[arg(long, value_name = "BOOL")]
    overdue: Option<bool>,
    /// Most dossiers to list.
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

/// Kinds of dossier, as they are typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// 长期推进事项 (Art. 26).
    LongTermMatter,
    /// 人员调整备案 (Art. 7).
    LiaisonFiling,
    /// 联席会议 (Art. 3).
    JointConference,
    /// 培训记录 (Art. 7).
    Training,
    /// 来电来信记录 (Art. 2, 10, 11).
    Contact,
    /// 疑难工单协调机制提请审定 (Art. 18).
    OwnMechanism,
    /// 公布与意见建议 (Art. 32).
    Publication,
}

impl From<Kind> for DossierKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::LongTermMatter => Self::LongTermMatter,
            Kind::LiaisonFiling => Self::LiaisonFiling,
            Kind::JointConference => Self::JointConference,
            Kind::Training => Self::Training,
            Kind::Contact => Self::Contact,
            Kind::OwnMechanism => Self::OwnMechanism,
            Kind::Publication => Self::Publication,
        }
    }
}

pub(super) fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Show(arguments) => show(arguments),
        Command::List(arguments) => list(arguments),
    }
}

fn show(arguments: &Show) -> anyhow::Result<()> {
    let dossier = match Client::of(&arguments.server)? {
        Some(client) => client.get(&format!(
            "/api/v1/dossiers/{}",
            values::escaped(&arguments.id)
        ))?,
        None => {
            let embedded = Embedded::look(&arguments.data)?;
            let by = embedded.operator();
            let id = DossierId::new(&arguments.id);
            let view = embedded.engine.dossier(&id, &by)?;
            serde_json::to_value(WholeDossier::new(view, &by))?
        }
    };
    if arguments.json {
        return output::json(&dossier);
    }
    output::line(&text::dossier(&dossier))
}

fn list(arguments: &List) -> anyhow::Result<()> {
    let dossiers = match Client::of(&arguments.server)? {
        Some(client) => from_server(arguments, &client)?,
        None => from_data(arguments)?,
    };
    if arguments.json {
        return dossiers.iter().try_for_each(output::json);
    }
    output::line(&text::list(&dossiers))
}

fn from_data(arguments: &List) -> anyhow::Result<Vec<Value>> {
    let embedded = Embedded::look(&arguments.data)?;
    let by = embedded.operator();
    let filter = DossierFilter {
        kind: arguments.kind.map(Into::into),
        stage: arguments.stage.clone(),
        unit: arguments.unit.clone().map(UnitCode::new),
        order: arguments.order.clone().map(OrderId::new),
        overdue: arguments.overdue,
        ..DossierFilter::default()
    };
    pages(arguments.limit, |after, limit| {
        let page = embedded.engine.dossiers(&filter, after, limit, &by)?;
        let lines = page
            .items
            .into_iter()
            .map(DossierLine::from)
            .map(serde_json::to_value);
        Ok((lines.collect::<Result<_, _>>()?, page.next))
    })
}

fn from_server(arguments: &List, client: &Client) -> anyhow::Result<Vec<Value>> {
    let kind = arguments.kind.map(DossierKind::from);
    let filters: Vec<(&str, String)> = [
        ("kind", kind.map(|kind| kind.name().to_owned())),
        ("stage", arguments.stage.clone()),
        ("unit", arguments.unit.clone()),
        ("order", arguments.order.clone()),
        (
            "overdue",
            arguments.overdue.map(|overdue| overdue.to_string()),
        ),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect();
    pages(arguments.limit, |after, limit| {
        let mut path = format!("/api/v1/dossiers?limit={limit}");
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
