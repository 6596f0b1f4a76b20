//! `kapok plugin push|list|show|pull`: the registry of images.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use plugins::Limits;
use serde_json::{Value, json};

use super::project::{Building, Folder};
use super::server::{Kind, Platform, activation_table, items, short, text, with_query};
use crate::client::problem_of;
use crate::output;

/// Push a component with its settings: every check, then the image is kept under its digest.
///
/// Nothing else sees it before it has passed: size, a valid component, imports, contract and version,
/// settings against the plugin's own schema and its `configure`, memory, a question of its kind, and each
/// fixture. Pushing activates nothing.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok plugin push                                 # the project in this folder, as its plugin.toml says
  kapok plugin push plugins/districts/tianhe-routing
  kapok plugin push panyu.wasm --settings panyu.toml --check

Exit codes: 0 kept (or checked), 1 a check failed or no access, 2 usage")]
pub(crate) struct Push {
    /// The project's folder, or a component that is not baked.
    #[arg(value_name = "PATH", default_value = ".")]
    path: PathBuf,
    /// Its settings, TOML or JSON; those of the project, if not given.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Its fixtures: a file, or a folder of *.json files; those of the project, if not given.
    #[arg(long, value_name = "PATH")]
    fixtures: Option<PathBuf>,
    #[command(flatten)]
    building: Building,
    /// Only check, and keep nothing.
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    platform: Platform,
}

/// List the images of the registry, newest first.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok plugin list
  kapok plugin list --kind routing --json

Exit codes: 0 done, 1 refused or no access, 2 usage")]
pub(crate) struct List {
    /// Only images that answer this question.
    #[arg(long)]
    kind: Option<Kind>,
    /// Only images of this plugin.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    platform: Platform,
}

/// Show an image: where it comes from, its settings with their schema, its checks, its activations.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok plugin show 3f9c12

Exit codes: 0 done, 1 refused or no access, 2 usage")]
pub(crate) struct Show {
    /// Digest, or its first digits.
    image: String,
    #[command(flatten)]
    platform: Platform,
}

/// Fetch an image; it is a component that Spin serves.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok plugin pull 3f9c12 --out tianhe.wasm

Exit codes: 0 done, 1 refused or no access, 2 usage")]
pub(crate) struct Pull {
    /// Digest, or its first digits.
    image: String,
    /// Where it goes; the first digits of its digest, if not given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    platform: Platform,
}

pub(super) fn push(arguments: &Push) -> anyhow::Result<ExitCode> {
    let parts = Parts::of(arguments)?;
    let component = read(&parts.component)?;
    let most = Limits::shipped().component_bytes;
    if component.len() > most {
        bail!(
            "{} has {} bytes, and a component has at most {most}; build it without debug information, or \
             leave out what it does not use",
            parts.component.display(),
            component.len()
        );
    }
    let settings: Value = serde_json::from_str(&plugins::settings_from_file(&parts.settings)?)?;
    let fixtures = parts.fixtures.as_deref().map(cases).transpose()?;
    let name = parts
        .component
        .file_name()
        .map(|name| name.to_string_lossy());
    let body = json!({
        "component": STANDARD.encode(&component),
        "settings": settings,
        "fixtures": fixtures,
        "source": name.unwrap_or_default(),
        "check_only": arguments.check,
    });
    let client = arguments.platform.client()?.patient();
    match client.post("/api/v1/plugins", &body, None) {
        Ok(answer) => {
            arguments.platform.show(&answer, pushed)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            let problem = problem_of(&error);
            let report = problem.and_then(|problem| problem.params.get("report"));
            let Some(report) = report else {
                return Err(error);
            };
            let answer = json!({ "passed": false, "report": report });
            arguments.platform.show(&answer, report_text)?;
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The files that are pushed.
struct Parts {
    component: PathBuf,
    settings: PathBuf,
    fixtures: Option<PathBuf>,
}

impl Parts {
    /// A project's, or those that are named.
    fn of(arguments: &Push) -> anyhow::Result<Self> {
        let Push {
            path,
            settings,
            fixtures,
            ..
        } = arguments;
        let (settings, fixtures) = (settings.clone(), fixtures.clone());
        if path.is_dir() {
            let folder = Folder {
                folder: path.clone(),
            };
            let project = folder.project()?;
            arguments.building.run(&project)?;
            let own = project.fixtures();
            return Ok(Self {
                component: project.component(),
                settings: settings.unwrap_or_else(|| project.settings()),
                fixtures: fixtures.or_else(|| own.exists().then_some(own)),
            });
        }
        let Some(settings) = settings else {
            bail!(
                "a component is pushed with its settings: name them by --settings, or push the project's \
                 folder, which knows its own"
            );
        };
        Ok(Self {
            component: path.clone(),
            settings,
            fixtures,
        })
    }
}

/// The cases of a file or of a folder, as the server takes them.
fn cases(path: &Path) -> anyhow::Result<Vec<Value>> {
    let mut files = Vec::new();
    if path.is_dir() {
        let entries =
            fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?;
        for entry in entries {
            let file = entry?.path();
            if file
                .extension()
                .is_some_and(|extension| extension == "json")
            {
                files.push(file);
            }
        }
        files.sort();
    } else {
        files.push(path.to_owned());
    }
    let mut cases = Vec::new();
    for file in files {
        let json: Value = serde_json::from_slice(&read(&file)?)
            .with_context(|| format!("{} is no JSON", file.display()))?;
        match json {
            Value::Array(list) => cases.extend(list),
            other @ Value::Object(_) => cases.push(other),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => bail!(
                "{}: a case is an object, or a list of objects; see `kapok plugin new` for one",
                file.display()
            ),
        }
    }
    Ok(cases)
}

fn pushed(answer: &Value) -> String {
    let mut out = report_text(answer);
    let image = text(answer, "/image/image");
    if image.is_empty() {
        out.push_str("every check passed; nothing is kept\n");
    } else {
        let known = if text(answer, "/new") == "true" {
            "kept"
        } else {
            "known already"
        };
        let (name, version) = (
            text(answer, "/image/description/name"),
            text(answer, "/image/description/version"),
        );
        // Writing to a string does not fail.
        let _ = writeln!(out, "{known}: {name} {version}, image {image}");
    }
    out
}

fn report_text(answer: &Value) -> String {
    let mut out = String::new();
    let checks = answer.pointer("/report/checks").and_then(Value::as_array);
    for check in checks.into_iter().flatten() {
        let sign = match text(check, "/state").as_str() {
            "passed" => "ok     ",
            "failed" => "FAILED ",
            _ => "not run",
        };
        let _ = writeln!(
            out,
            "{sign} {}: {}",
            text(check, "/name"),
            text(check, "/what")
        );
        let way_out = text(check, "/way_out");
        if !way_out.is_empty() {
            let _ = writeln!(out, "        {way_out}");
        }
    }
    out
}

pub(super) fn list(arguments: &List) -> anyhow::Result<()> {
    let client = arguments.platform.client()?;
    let kind = arguments.kind.map(Kind::name);
    let mut all = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let path = with_query(
            "/api/v1/plugins",
            &[
                ("limit", Some("200")),
                ("kind", kind),
                ("name", arguments.name.as_deref()),
                ("after", after.as_deref()),
            ],
        );
        let answer = client.get(&path)?;
        all.extend(items(&answer).cloned());
        after = answer
            .pointer("/next")
            .and_then(Value::as_str)
            .map(str::to_owned);
        if after.is_none() {
            break;
        }
    }
    arguments.platform.show(&json!({ "items": all }), |answer| {
        let rows: Vec<Vec<String>> = items(answer).map(image_row).collect();
        output::table(
            &[
                "image", "kind", "plugin", "version", "bytes", "pushed", "by", "from",
            ],
            &rows,
        )
    })
}

fn image_row(it: &Value) -> Vec<String> {
    vec![
        short(&text(it, "/image")),
        text(it, "/description/kind"),
        text(it, "/description/name"),
        text(it, "/description/version"),
        text(it, "/size"),
        text(it, "/pushed_at"),
        text(it, "/pushed_by/name"),
        text(it, "/source"),
    ]
}

pub(super) fn show(arguments: &Show) -> anyhow::Result<()> {
    let client = arguments.platform.client()?;
    let answer = client.get(&format!(
        "/api/v1/plugins/{}",
        crate::values::escaped(&arguments.image)
    ))?;
    arguments.platform.show(&answer, |it| {
        let mut out = String::new();
        for (label, path) in [
            ("image", "/image"),
            ("component", "/component"),
            ("settings digest", "/settings_digest"),
            ("kind", "/description/kind"),
            ("plugin", "/description/name"),
            ("version", "/description/version"),
            ("summary", "/description/summary"),
            ("engine", "/engine"),
            ("bytes", "/size"),
            ("pushed", "/pushed_at"),
            ("by", "/pushed_by/name"),
            ("from", "/source"),
        ] {
            let _ = writeln!(out, "{label:<16} {}", text(it, path));
        }
        let pretty = |value: Option<&Value>| value.map(|it| format!("{it:#}")).unwrap_or_default();
        let _ = writeln!(out, "\nsettings\n{}", pretty(it.pointer("/settings")));
        let schema = text(it, "/description/settings_schema");
        let schema: Option<Value> = serde_json::from_str(&schema).ok();
        let _ = writeln!(out, "\nschema of the settings\n{}", pretty(schema.as_ref()));
        let report = json!({ "report": it.pointer("/report") });
        let _ = writeln!(out, "\nchecks\n{}", report_text(&report));
        let activations = it.pointer("/activations").and_then(Value::as_array);
        let table = activation_table(activations.into_iter().flatten());
        let _ = write!(out, "activations\n{table}");
        out
    })
}

pub(super) fn pull(arguments: &Pull) -> anyhow::Result<()> {
    let client = arguments.platform.client()?.patient();
    let path = format!(
        "/api/v1/plugins/{}",
        crate::values::escaped(&arguments.image)
    );
    let digest = text(&client.get(&path)?, "/image");
    let bytes = client.get_bytes(&format!("/api/v1/plugins/{digest}/wasm"))?;
    let found = hex::encode(sha2_of(&bytes));
    if found != digest {
        bail!("the server sent other bytes than {digest}: {found}; fetch it again");
    }
    let out = arguments
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from(format!("{}.wasm", short(&digest))));
    fs::write(&out, &bytes).with_context(|| format!("cannot write {}", out.display()))?;
    let answer = json!({ "image": digest, "path": out, "bytes": bytes.len() });
    arguments.platform.show(&answer, |it| {
        format!(
            "{} ({} bytes): {}\n",
            text(it, "/path"),
            text(it, "/bytes"),
            text(it, "/image")
        )
    })
}

fn sha2_of(bytes: &[u8]) -> impl AsRef<[u8]> {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes)
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
