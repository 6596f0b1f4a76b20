//! `kapok plugin dev`: rebuilds on save and tells which answers change.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use clap::Args;
use plugins::fixtures::{self, Case, Judged, Judgement};
use plugins::{Project, Question};
use serde_json::Value;

use super::project::{self, Folder, Ready};
use super::report;
use crate::output;

/// How often the files are looked at. Asking the file system works on every disk and share, which
/// notifications do not.
const INTERVAL: Duration = Duration::from_millis(300);

/// Rebuild on save, and tell which answers change.
///
/// Watches the project's sources, settings and cases. After each change it builds what must be built,
/// bakes the image and asks every case: the fixtures, and recorded questions from `recorded/` or the
/// folders given with --cases. It shows what differs from the answers before, and which fixtures fail.
/// Ctrl-C ends it.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok plugin dev
  kapok plugin dev panyu-routing --cases september/ --ask question.json
  kapok plugin dev --once          one round, for scripts

Exit codes: with --once, 0 no fixture failed, 1 one did or the round broke off, 2 usage")]
pub(crate) struct Arguments {
    #[command(flatten)]
    folder: Folder,
    /// Recorded cases, a folder or a file with questions in the contract's JSON form; may be repeated.
    #[arg(long, value_name = "PATH")]
    cases: Vec<PathBuf>,
    /// Ask this question too, and show the whole answer. The file holds one question.
    #[arg(long, value_name = "FILE")]
    ask: Option<PathBuf>,
    /// End after the first round.
    #[arg(long)]
    once: bool,
}

/// A file as it was when it was looked at.
type Seen = BTreeSet<(PathBuf, Option<SystemTime>, u64)>;

/// The answer to each case in the last round that had one, by file, position and name.
type Answers = BTreeMap<(PathBuf, usize, String), (Value, Judgement)>;

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut answers = Answers::new();
    // The first project file must be a good one; later ones are a round's own matter.
    arguments.folder.project()?;
    loop {
        let before = seen(arguments);
        let outcome = round(arguments, &mut answers);
        if arguments.once {
            let good = outcome?;
            return Ok(if good {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            });
        }
        if let Err(error) = outcome {
            if output::is_broken_pipe(&error) {
                return Err(error);
            }
            output::error(&error);
        }
        output::note("\nwaiting for a change; Ctrl-C ends");
        wait(arguments, &before);
    }
}

/// Waits until a file has changed, and then until nothing changes any longer.
fn wait(arguments: &Arguments, before: &Seen) {
    let mut last = before.clone();
    loop {
        thread::sleep(INTERVAL);
        let now = seen(arguments);
        if now != *before && now == last {
            return;
        }
        last = now;
    }
}

/// The files that matter, as they are now. What cannot be looked at counts as absent; the round says
/// why.
fn seen(arguments: &Arguments) -> Seen {
    let mut files = arguments
        .folder
        .project()
        .and_then(|project| Ok(project.inputs(&recorded(arguments, &project))?))
        .unwrap_or_default();
    files.insert(arguments.folder.folder.join(plugins::PROJECT_FILE));
    files.extend(arguments.ask.clone());
    files
        .into_iter()
        .map(|path| {
            let metadata = fs::metadata(&path).ok();
            let modified = metadata.as_ref().and_then(|data| data.modified().ok());
            (path, modified, metadata.map_or(0, |data| data.len()))
        })
        .collect()
}

/// Where recorded cases are: what was asked for, or the project's own folder.
fn recorded(arguments: &Arguments, project: &Project) -> Vec<PathBuf> {
    if !arguments.cases.is_empty() {
        return arguments.cases.clone();
    }
    let own = project.folder().join("recorded");
    own.is_dir().then_some(own).into_iter().collect()
}

/// Builds, bakes, asks and tells. Whether no fixture failed.
fn round(arguments: &Arguments, answers: &mut Answers) -> anyhow::Result<bool> {
    let project = arguments.folder.project()?;
    let cases = cases(arguments, &project)?;
    let question = match &arguments.ask {
        Some(path) => Some(question(path, &project)?),
        None => None,
    };
    if !project.is_built()? {
        project::build(&project)?;
    }
    let ready = Ready::make(&project)?;
    let judged: Vec<Judged<'_>> = fixtures::run(&ready.runtime, &ready.rule, &cases).collect();
    tell(&project, &judged, answers)?;
    output::line(&format!(
        "\nimage {}: {}; {}",
        ready.rule.short(),
        report::count(&judged),
        report::most(&judged, &ready.limits)
    ))?;
    if let Some(question) = &question {
        let examined = ready
            .runtime
            .examine(project.scope(), &ready.rule, question);
        output::line(&format!("\n{:#}", examined.answer))?;
        for line in report::log(&examined.usage.log) {
            output::line(&line)?;
        }
    }
    for one in &judged {
        let answer = (one.examined.answer.clone(), one.judgement);
        answers.insert(key(one.case), answer);
    }
    Ok(judged.iter().all(|one| one.judgement != Judgement::Failed))
}

/// The fixtures, and the recorded cases.
fn cases(arguments: &Arguments, project: &Project) -> anyhow::Result<Vec<Case>> {
    let mut cases = project.cases()?;
    for path in recorded(arguments, project) {
        cases.extend(fixtures::read(&path, project.kind())?);
    }
    Ok(cases)
}

/// The question of `--ask`.
fn question(path: &Path, project: &Project) -> anyhow::Result<Question> {
    let one = fixtures::read(path, project.kind())?.into_iter().next();
    one.map(|case| case.question)
        .with_context(|| format!("{} holds no question", path.display()))
}

fn key(case: &Case) -> (PathBuf, usize, String) {
    (case.path.clone(), case.position, case.name.clone())
}

/// What there is to say: in the first round all, later what differs from the answers before.
fn tell(project: &Project, judged: &[Judged<'_>], answers: &Answers) -> anyhow::Result<()> {
    if answers.is_empty() {
        output::line(&report::table(judged))?;
        for one in judged {
            if one.judgement == Judgement::Failed {
                output::line(&format!("\n{}", report::failure(one, project.folder())))?;
            }
        }
        return Ok(());
    }
    let mut changed = 0;
    for one in judged {
        let name = &one.case.name;
        let Some((before, was)) = answers.get(&key(one.case)) else {
            changed += 1;
            output::line(&format!("\n{name}: new\n  {}", one.examined.answer))?;
            continue;
        };
        let differences = fixtures::differences(before, &one.examined.answer);
        if differences.is_empty() && *was == one.judgement {
            continue;
        }
        changed += 1;
        let now = report::word(one.judgement);
        let mut lines = vec![if *was == one.judgement {
            format!("\n{name}: {now} as before")
        } else {
            format!("\n{name}: was {}, now {now}", report::word(*was))
        }];
        lines.extend(report::differences(&differences, "before", "now"));
        lines.extend(report::log(&one.examined.usage.log));
        output::line(&lines.join("\n"))?;
    }
    output::line(&format!("\n{changed} of {} answers changed", judged.len()))
}
