//! What the subcommands share: the project, its build, and its image in a runtime.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::{Context as _, bail};
use clap::Args;
use plugins::{Force, Image, Limits, PROJECT_FILE, Project, Rule, Runtime};

use crate::output;

/// Compiled images that are kept beside the images.
const COMPILED_MAX: usize = 8;

/// Which project.
#[derive(Debug, Args)]
pub(super) struct Folder {
    /// The project's folder.
    #[arg(value_name = "DIR", default_value = ".")]
    pub(super) folder: PathBuf,
}

impl Folder {
    /// Reads the project.
    pub(super) fn project(&self) -> anyhow::Result<Project> {
        let folder = &self.folder;
        if !folder.join(PROJECT_FILE).is_file() {
            bail!(
                "{} holds no {PROJECT_FILE}; name a plugin's folder, or make one with `kapok plugin new`",
                folder.display()
            );
        }
        Ok(Project::read(folder)?)
    }
}

/// Whether the component is built first.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct Building {
    /// Take the component as it is, also if a source has changed since.
    #[arg(long)]
    no_build: bool,
}

impl Building {
    /// Builds the component, unless its sources are the ones that it was built from.
    pub(super) fn run(self, project: &Project) -> anyhow::Result<()> {
        if self.no_build || project.is_built()? {
            return Ok(());
        }
        build(project)
    }
}

/// Runs the project's build command. What it prints goes to standard error: standard output is for
/// results.
pub(super) fn build(project: &Project) -> anyhow::Result<()> {
    let shown = project.build().join(" ");
    output::note(&format!("building: {shown}"));
    let Some((program, arguments)) = project.build().split_first() else {
        bail!("{PROJECT_FILE} names no build command");
    };
    let status = Command::new(program)
        .args(arguments)
        .current_dir(project.folder())
        .stdin(Stdio::null())
        .stdout(std::io::stderr())
        .status()
        .with_context(|| {
            format!("`{program}` cannot be started; is it installed? (build command: `{shown}`)")
        })?;
    if !status.success() {
        bail!("the build command `{shown}` failed: {status}");
    }
    let component = project.component();
    if !component.is_file() {
        bail!(
            "`{shown}` left no component at {}; correct `component` in {PROJECT_FILE}",
            component.display()
        );
    }
    project.mark_built()?;
    Ok(())
}

/// A project's image, ready to be asked.
pub(super) struct Ready {
    pub(super) runtime: Runtime,
    pub(super) rule: Arc<Rule>,
    pub(super) limits: Limits,
}

impl Ready {
    /// Bakes the project with its settings if need be, and loads the image.
    pub(super) fn make(project: &Project) -> anyhow::Result<Self> {
        let limits = Limits::shipped();
        let image = bake(project, &limits)?;
        let cache = cache(&project.image());
        let runtime = Runtime::new(&limits, Some(&cache))?;
        let rule = runtime.load(&image)?;
        prune(&cache);
        Ok(Self {
            runtime,
            rule,
            limits,
        })
    }
}

/// Bakes the project with its settings if need be.
pub(super) fn bake(project: &Project, limits: &Limits) -> anyhow::Result<Image> {
    if !project.is_baked() {
        // An interpreter takes half a minute to be baked and compiled; silence would look like a hang.
        output::note(&format!("baking {}", project.image().display()));
    }
    let (_, image) = project
        .bake(limits, Force::OnlyStale)
        .with_context(|| format!("the image of {} cannot be made", project.folder().display()))?;
    Ok(image)
}

/// Where compiled images are kept, beside the image: compiling an interpreter takes seconds.
fn cache(image: &Path) -> PathBuf {
    image
        .parent()
        .map(|folder| folder.join("compiled"))
        .unwrap_or_default()
}

/// Deletes all but the newest compiled images: a day of editing leaves hundreds behind. Whatever cannot
/// be deleted does no harm.
fn prune(cache: &Path) {
    let Ok(entries) = fs::read_dir(cache) else {
        return;
    };
    let mut compiled: Vec<(SystemTime, PathBuf)> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "cwasm")
        })
        .filter_map(|path| Some((path.metadata().ok()?.modified().ok()?, path)))
        .collect();
    compiled.sort();
    let old = compiled.len().saturating_sub(COMPILED_MAX);
    for (_, path) in compiled.into_iter().take(old) {
        let _ = fs::remove_file(path);
    }
}
