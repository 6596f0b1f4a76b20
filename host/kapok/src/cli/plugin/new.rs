//! `kapok plugin new`: makes a project that builds.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use contract::about::Kind;

use super::templates::{self, Language};
use crate::output;

/// Make a project: source, settings with their schema, fixtures, the contract, and how it is built.
///
/// The project builds and passes its fixtures as it is. It needs this binary and the language's own
/// tools, and no checkout of Kapok.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok plugin new routing panyu-routing --lang python --scope 440113
  kapok plugin new knowledge titles --lang js --dir work/titles

Exit codes: 0 the project is there, 1 it cannot be made, 2 usage")]
pub(crate) struct Arguments {
    /// Which question the plugin answers.
    #[arg(value_name = "KIND")]
    kind: PluginKind,
    /// Its name: lower-case letters, digits and single hyphens, such as `panyu-routing`.
    #[arg(value_parser = name)]
    name: String,
    /// Language that it is written in.
    #[arg(long, value_enum)]
    lang: Language,
    /// The scope that it is meant for: 440100 is the city, 4401xx a district; 4401xx/NAME a further
    /// check of knowledge points there.
    #[arg(long, value_name = "CODE", default_value = "440100", value_parser = scope)]
    scope: String,
    /// The project's folder, which must not exist or be empty; otherwise a new one called NAME.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// The questions, as the command line spells them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PluginKind {
    /// Which unit should handle this order?
    Routing,
    /// This order is late, returned, badly rated or one of many: what now?
    Escalation,
    /// Is this knowledge point fit to be published?
    Knowledge,
}

impl From<PluginKind> for Kind {
    fn from(kind: PluginKind) -> Self {
        match kind {
            PluginKind::Routing => Self::Routing,
            PluginKind::Escalation => Self::Escalation,
            PluginKind::Knowledge => Self::Knowledge,
        }
    }
}

/// A name that is one in every language's packages.
fn name(text: &str) -> Result<String, String> {
    let word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    let begins = text
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_lowercase());
    if begins && text.split('-').all(word) {
        Ok(text.to_owned())
    } else {
        Err("use lower-case letters, digits and single hyphens, such as `panyu-routing`".to_owned())
    }
}

/// A scope's code, which stands in a TOML string.
fn scope(text: &str) -> Result<String, String> {
    let word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let (code, name) = text.split_once('/').unwrap_or((text, "own"));
    if word(code) && word(name) {
        Ok(text.to_owned())
    } else {
        Err("use a code, such as `440113` or `GZ-GJJ`, or with a name `440113/english`".to_owned())
    }
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let folder = arguments
        .dir
        .clone()
        .unwrap_or_else(|| PathBuf::from(&arguments.name));
    if occupied(&folder)? {
        bail!(
            "{} is not empty; name another folder with --dir",
            folder.display()
        );
    }
    let project = templates::Project {
        kind: arguments.kind.into(),
        name: &arguments.name,
        scope: &arguments.scope,
    };
    let mut lines = vec![format!("made {}", folder.display())];
    for (path, text) in templates::files(&project, arguments.lang) {
        write(&folder.join(path), &text)?;
        lines.push(format!("  {path}"));
    }
    let shown = folder.display();
    lines.push(format!("\nNow: kapok plugin test {shown}"));
    lines.push(format!("then: kapok plugin dev {shown}"));
    output::line(&lines.join("\n"))
}

/// Whether something stands at a path that a project would overwrite.
fn occupied(folder: &Path) -> anyhow::Result<bool> {
    if !folder.exists() {
        return Ok(false);
    }
    let mut entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    Ok(entries.next().is_some())
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let write = || {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, text)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}
