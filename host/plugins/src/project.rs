//! An author's project: a folder with a `plugin.toml` that says how the plugin is built, and where its
//! component, settings and fixtures are. `kapok plugin new` makes one.
//!
//! ```toml
//! kind = "routing"
//! scope = "440113"
//! build = ["python3", "build.py"]
//! component = "target/panyu-routing.wasm"
//! ```

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use contract::about::Kind;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::fixtures::Case;
use crate::image::write_whole;
use crate::rules::{Baked, Force, RuleEntry, RuleList};
use crate::{Error, Image, Limits, fixtures};

/// Name of the file that makes a folder a project.
pub const PROJECT_FILE: &str = "plugin.toml";

/// Folders that hold nothing that anybody wrote.
const NOT_SOURCES: [&str; 3] = ["target", "node_modules", "__pycache__"];

/// A plugin's project.
#[derive(Debug, Clone)]
pub struct Project {
    folder: PathBuf,
    form: Form,
}

/// The project file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    kind: Kind,
    #[serde(default = "city")]
    scope: String,
    build: Vec<String>,
    component: PathBuf,
    #[serde(default = "settings")]
    settings: PathBuf,
    #[serde(default = "fixtures_folder")]
    fixtures: PathBuf,
    image: Option<PathBuf>,
    #[serde(default)]
    watch: Vec<PathBuf>,
}

fn city() -> String {
    "440100".to_owned()
}

fn settings() -> PathBuf {
    PathBuf::from("settings.toml")
}

fn fixtures_folder() -> PathBuf {
    PathBuf::from("fixtures")
}

impl Project {
    /// Reads the project in a folder.
    ///
    /// # Errors
    ///
    /// The folder has no project file, or one that has not the right form.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(PROJECT_FILE);
        let text = fs::read_to_string(&path).map_err(|source| Error::Read {
            path: path.clone(),
            source,
        })?;
        let wrong = |detail: String| Error::Project {
            path: path.clone(),
            detail,
        };
        let form: Form = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        if form.build.is_empty() {
            let detail = "build: must be a command, such as [\"cargo\", \"build\"]";
            return Err(wrong(detail.to_owned()));
        }
        if form.scope.trim().is_empty() {
            return Err(wrong("scope: must be a code, such as `440113`".to_owned()));
        }
        Ok(Self {
            folder: folder.to_owned(),
            form,
        })
    }

    /// The project's folder, in which its build command runs.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Which question the plugin answers.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.form.kind
    }

    /// The scope that the plugin is meant for.
    #[must_use]
    pub fn scope(&self) -> &str {
        &self.form.scope
    }

    /// The command that builds the component: a program and its arguments.
    #[must_use]
    pub fn build(&self) -> &[String] {
        &self.form.build
    }

    /// Where the build leaves the component.
    #[must_use]
    pub fn component(&self) -> PathBuf {
        self.folder.join(&self.form.component)
    }

    /// Where the settings are.
    #[must_use]
    pub fn settings(&self) -> PathBuf {
        self.folder.join(&self.form.settings)
    }

    /// Where the fixtures are, a folder or a file.
    #[must_use]
    pub fn fixtures(&self) -> PathBuf {
        self.folder.join(&self.form.fixtures)
    }

    /// Where the image goes, unless another place is asked for.
    #[must_use]
    pub fn image(&self) -> PathBuf {
        self.folder.join(self.image_from_folder())
    }

    /// The image's path from the project's folder: beside the component, if the file says nothing.
    fn image_from_folder(&self) -> PathBuf {
        self.form
            .image
            .clone()
            .unwrap_or_else(|| self.form.component.with_extension("image.wasm"))
    }

    /// The cases of the fixtures.
    ///
    /// # Errors
    ///
    /// As [`fixtures::read`].
    pub fn cases(&self) -> Result<Vec<Case>, Error> {
        fixtures::read(&self.fixtures(), self.kind())
    }

    /// Bakes the component with the project's settings into the project's image, unless that is up to
    /// date, and reads it.
    ///
    /// # Errors
    ///
    /// The component is missing, is refused, or does not take the settings.
    pub fn bake(&self, limits: &Limits, force: Force) -> Result<(Baked, Image), Error> {
        let (list, entry) = self.list();
        let baked = list.bake_one(&entry, limits, force, &mut None)?;
        let (image, _) = Image::load(&baked.path)?;
        Ok((baked, image))
    }

    /// Whether the image is what baking again would give.
    #[must_use]
    pub fn is_baked(&self) -> bool {
        let (list, entry) = self.list();
        list.is_baked(&entry)
    }

    /// The project as a list of one rule.
    fn list(&self) -> (RuleList, RuleEntry) {
        let entry = RuleEntry {
            kind: self.form.kind,
            scope: self.form.scope.clone(),
            component: self.form.component.clone(),
            settings: self.form.settings.clone(),
            image: self.image_from_folder(),
        };
        (RuleList::of(entry.clone(), self.folder.clone()), entry)
    }

    /// Whether the component was built from the sources as they are now.
    ///
    /// # Errors
    ///
    /// A source cannot be read.
    pub fn is_built(&self) -> Result<bool, Error> {
        let built = fs::read_to_string(self.stamp()).unwrap_or_default();
        Ok(self.component().is_file() && built.trim() == self.digest()?)
    }

    /// Remembers that the component was built from the sources as they are now.
    ///
    /// # Errors
    ///
    /// A source cannot be read, or the stamp not be written.
    pub fn mark_built(&self) -> Result<(), Error> {
        write_whole(&self.stamp(), format!("{}\n", self.digest()?).as_bytes())
    }

    /// Where the digest of the sources stands that the component was built from.
    fn stamp(&self) -> PathBuf {
        self.image().with_extension("built")
    }

    /// Files that the component is made from: what stands in the folder, apart from what the build
    /// made, settings, fixtures and hidden files; and what `watch` names besides.
    ///
    /// # Errors
    ///
    /// A folder cannot be read.
    pub fn sources(&self) -> Result<BTreeSet<PathBuf>, Error> {
        let mut files = BTreeSet::new();
        collect(&self.folder, &mut files)?;
        for other in &self.form.watch {
            collect(&self.folder.join(other), &mut files)?;
        }
        let apart = [
            self.folder.join(&self.form.settings),
            self.fixtures(),
            self.folder.join("recorded"),
            self.folder.join("README.md"),
        ];
        files.retain(|file| !apart.iter().any(|apart| file.starts_with(apart)));
        Ok(files)
    }

    /// Every file that an answer depends on: sources, settings, fixtures and `more`.
    ///
    /// # Errors
    ///
    /// A folder cannot be read.
    pub fn inputs(&self, more: &[PathBuf]) -> Result<BTreeSet<PathBuf>, Error> {
        let mut files = self.sources()?;
        files.insert(self.folder.join(&self.form.settings));
        for path in std::iter::once(&self.fixtures()).chain(more) {
            if path.exists() {
                collect(path, &mut files)?;
            }
        }
        Ok(files)
    }

    /// Digest of the sources, by name and content.
    fn digest(&self) -> Result<String, Error> {
        let mut hash = Sha256::new();
        for path in self.sources()? {
            let bytes = fs::read(&path).map_err(|source| Error::Read {
                path: path.clone(),
                source,
            })?;
            let name = path.strip_prefix(&self.folder).unwrap_or(&path);
            hash.update(name.to_string_lossy().as_bytes());
            hash.update([0]);
            hash.update(Sha256::digest(&bytes));
        }
        Ok(hex::encode(hash.finalize()))
    }
}

/// Adds a file, or the files below a folder.
fn collect(path: &Path, files: &mut BTreeSet<PathBuf>) -> Result<(), Error> {
    if path.is_file() {
        files.insert(path.to_owned());
        return Ok(());
    }
    let unreadable = |source| Error::Read {
        path: path.to_owned(),
        source,
    };
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let kind = entry.file_type().map_err(unreadable)?;
        if name.starts_with('.') || NOT_SOURCES.contains(&name.as_ref()) {
            continue;
        }
        // A link to a folder could lead in a circle.
        if kind.is_dir() {
            collect(&entry.path(), files)?;
        } else if !kind.is_symlink() || entry.path().is_file() {
            files.insert(entry.path());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(text: &str) -> (tempfile::TempDir, Result<Project, Error>) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(PROJECT_FILE), text).unwrap();
        let project = Project::read(folder.path());
        (folder, project)
    }

    const SMALL: &str =
        "kind = \"routing\"\nbuild = [\"true\"]\ncomponent = \"target/small.wasm\"\n";

    #[track_caller]
    fn refused(text: &str, part: &str) {
        let (_folder, project) = project(text);
        let error = project.unwrap_err().to_string();
        assert!(error.contains("plugin.toml"), "{error}");
        assert!(error.contains(part), "{error} lacks {part}");
    }

    #[test]
    fn bad_project_files_are_refused() {
        refused("", "kind");
        refused(&format!("{SMALL}colour = 1"), "colour");
        refused(&SMALL.replace("routing", "weather"), "weather");
        refused(&SMALL.replace("\"true\"", ""), "build");
        refused(&format!("{SMALL}scope = \" \""), "scope");
        let folder = tempfile::tempdir().unwrap();
        let error = Project::read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("plugin.toml cannot be read"), "{error}");
    }

    #[test]
    fn built_is_what_its_sources_say() {
        let (folder, project) = project(SMALL);
        let project = project.unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("src/app.py", "1");
        assert!(!project.is_built().unwrap(), "nothing was built");
        project.mark_built().unwrap();
        assert!(!project.is_built().unwrap(), "there is no component");
        write("target/small.wasm", "component");
        assert!(project.is_built().unwrap());
        for other in [
            "settings.toml",
            "fixtures/a.json",
            "README.md",
            "target/x",
            ".git/x",
        ] {
            write(other, "changed");
            assert!(project.is_built().unwrap(), "{other} is no source");
        }
        write("src/app.py", "2");
        assert!(!project.is_built().unwrap(), "a source changed");
        write("src/app.py", "1");
        assert!(project.is_built().unwrap(), "and changed back");
        write("src/more.py", "");
        assert!(!project.is_built().unwrap(), "a source was added");
    }
}
