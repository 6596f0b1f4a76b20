//! `kapok spin export`: gathers a scope's active images and writes the application.

use std::cmp::Ordering;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use contract::about::Kind;
use functions::Manifest;
use plugins::RuleList;
use rollout::scope_code;
use serde::Deserialize as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::application::{Application, Rule};
use crate::cli::plugin::{Platform, text};

/// Write a ready Spin application of a scope's active rules.
///
/// Images, adapters and manifest; manifests for SpinKube; and a README that says, step by step, how to
/// run it, push it, deploy it, and have the city ask it. `spin up` and `kapok functions` serve the folder
/// as it is.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok spin export --scope 440106 --out tianhe --token TOKEN
  kapok spin export --scope 440106 --out tianhe --local
  kapok spin export --scope 440106 --out tianhe --reference registry.tianhe.example.org/rules:7
  kapok functions --from tianhe/spin.toml        serve it without Spin

Files:
  OUT/spin.toml                     the application, manifest version 2
  OUT/images/, OUT/adapters/        what it is composed of; SHA256SUMS names the images' digests
  OUT/k8s/                          SpinApp with its limits, and its autoscaler
  OUT/README.md                     what to do next

Exit codes: 0 written, 1 nothing is active in the scope, or a file or the server is not there, 2 usage")]
pub(crate) struct Arguments {
    /// `440100` for the city, a district's or a unit's code; with all its checks of knowledge points.
    #[arg(long)]
    scope: String,
    /// Folder to write to.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Write into a folder that is not empty, over what an earlier export left.
    #[arg(long)]
    force: bool,
    /// Take the images that `kapok bake` made here, in place of those that are active on the server.
    #[arg(long)]
    local: bool,
    /// With --local: the rule list.
    #[arg(
        long,
        env = "KAPOK_RULES",
        value_name = "FILE",
        default_value = "plugins/rules.toml"
    )]
    rules: PathBuf,
    /// Where the adapters are that stand in front of an image; `make plugins` builds them.
    #[arg(
        long,
        env = "KAPOK_ADAPTERS",
        value_name = "DIR",
        default_value = "target/wasm32-wasip2/plugin"
    )]
    adapters: PathBuf,
    /// Name under which the application is pushed to a registry; it stands in the manifests for SpinKube.
    /// Default: registry.example.org/kapok-SCOPE:0.1.0
    #[arg(long, value_name = "IMAGE")]
    reference: Option<String>,
    /// Fewest copies that SpinKube runs.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=1000))]
    replicas_min: u32,
    /// Most copies that SpinKube runs.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    replicas_max: u32,
    #[command(flatten)]
    platform: Platform,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let scope = &arguments.scope;
    if !scope
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        || scope.is_empty()
    {
        bail!("--scope `{scope}` cannot stand in a route; give a district's or a unit's code");
    }
    if arguments.replicas_min > arguments.replicas_max {
        bail!("--replicas-min is more than --replicas-max");
    }
    let rules = if arguments.local {
        local(arguments)?
    } else {
        active(arguments)?
    };
    if rules.is_empty() {
        bail!(
            "no rule is active in scope {scope}, so there is nothing to run there; \
             `kapok plugin status` shows what is active where"
        );
    }
    let application = Application {
        scope: scope.clone(),
        reference: arguments.reference.clone(),
        replicas: (arguments.replicas_min, arguments.replicas_max),
        rules,
    };
    write(&application, arguments)?;
    let answer = json!({
        "out": arguments.out,
        "application": application.name(),
        "functions": application.rules.iter().map(|rule| json!({
            "route": rule.route(),
            "kind": rule.kind.name(),
            "plugin": rule.name,
            "image": rule.digest,
        })).collect::<Vec<_>>(),
    });
    arguments.platform.show(&answer, |_| {
        let mut lines: Vec<String> = application
            .rules
            .iter()
            .map(|rule| {
                let route = rule.route();
                format!("{route}  {}  sha256:{}", rule.name, rule.digest)
            })
            .collect();
        let out = arguments.out.display();
        lines.push(format!("Go on with {out}/README.md"));
        lines.join("\n")
    })
}

/// The images that are active on the server.
fn active(arguments: &Arguments) -> anyhow::Result<Vec<Rule>> {
    let client = arguments.platform.client()?.patient();
    let list = client.get("/api/v1/activations")?;
    let items = list.pointer("/items").and_then(Value::as_array);
    let mut rules = Vec::new();
    for it in items.into_iter().flatten() {
        let (scope, digest) = (text(it, "/scope"), text(it, "/image"));
        let answers = text(it, "/standing") == "in_effect" && text(it, "/mode") == "active";
        if !answers || digest.is_empty() || scope_code(&scope) != arguments.scope {
            continue;
        }
        let kind = it.get("kind").cloned().unwrap_or_default();
        let kind =
            Kind::deserialize(kind).context("the server names a kind that is unknown here")?;
        let bytes = client.get_bytes(&format!("/api/v1/plugins/{digest}/wasm"))?;
        let found = hex::encode(Sha256::digest(&bytes));
        if found != digest {
            bail!("the server sent other bytes than {digest}: {found}; try again");
        }
        rules.push(Rule {
            kind,
            scope,
            name: text(it, "/name"),
            digest,
            bytes,
        });
    }
    rules.sort_by(in_order);
    Ok(rules)
}

/// The images that were baked here.
fn local(arguments: &Arguments) -> anyhow::Result<Vec<Rule>> {
    let listed = RuleList::read(&arguments.rules)
        .context("the rules cannot be read; name the list with --rules")?
        .load_all()
        .context("the rule images are not complete; run `kapok bake`, or `make images`")?;
    let mut rules: Vec<Rule> = listed
        .into_iter()
        .filter(|rule| scope_code(&rule.scope) == arguments.scope)
        .map(|rule| Rule {
            kind: rule.image.description.kind,
            scope: rule.scope,
            name: rule.image.identity().name,
            digest: rule.image.image,
            bytes: rule.image.bytes,
        })
        .collect();
    rules.sort_by(in_order);
    Ok(rules)
}

fn in_order(one: &Rule, other: &Rule) -> Ordering {
    (one.kind, &one.scope).cmp(&(other.kind, &other.scope))
}

fn write(application: &Application, arguments: &Arguments) -> anyhow::Result<()> {
    let out = &arguments.out;
    let used = fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some());
    if used && !arguments.force {
        bail!(
            "`{}` is not empty; name another folder, or give --force to write over it",
            out.display()
        );
    }
    for rule in &application.rules {
        let name = rule.adapter();
        let from = arguments.adapters.join(&name);
        let bytes = fs::read(&from).with_context(|| {
            format!(
                "cannot read the adapter `{}`; run `make plugins`, or name its folder with --adapters",
                from.display()
            )
        })?;
        put(&out.join("adapters").join(&name), &bytes)?;
        put(&out.join("images").join(rule.image()), &rule.bytes)?;
    }
    let texts = [
        ("spin.toml", application.manifest()?),
        ("images/SHA256SUMS", application.sums()),
        ("k8s/spinapp.yaml", application.spin_app()),
        ("k8s/autoscaler.yaml", application.autoscaler()),
        ("README.md", application.readme()),
    ];
    for (name, text) in texts {
        put(&out.join(name), text.as_bytes())?;
    }
    Manifest::read(&out.join("spin.toml"))
        .context("the application that was written cannot be served; this is a fault of Kapok")?;
    Ok(())
}

fn put(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let cannot = || format!("cannot write `{}`", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(cannot)?;
    }
    fs::write(path, bytes).with_context(cannot)
}
