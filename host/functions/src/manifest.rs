//! The part of Spin's manifest (version 2) that rule functions need.
//!
//! Taken are `application`, `[[trigger.http]]` with `component` and `route`, and `[component.x]` with
//! a file as `source`, `build` (which only `spin build` uses) and `dependencies` on components of the
//! same file or on files. Everything else Spin knows would give a component power or needs a network
//! to load, and is refused by name. A component's own bounds stand where Spin leaves room for tools:
//!
//! ```toml
//! [component.routing-city.tool.kapok]
//! time_ms = 500      # for one request; at most what the server allows, which holds without it
//! memory_mib = 64
//! running = 4        # requests at the same time
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use contract::about::Kind;
use serde::Deserialize;

use crate::Error;
use crate::name::DependencyName;
use crate::route::Pattern;

/// The contract's package: what a rule image exports.
const PLUGIN: &str = "kapok:plugin";

/// An application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Its name.
    pub name: String,
    /// Which component answers where, in the manifest's order.
    pub triggers: Vec<Trigger>,
    /// Every component by its name.
    pub components: BTreeMap<String, Component>,
}

/// A route and who answers there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// The route.
    pub route: Pattern,
    /// Name of the component.
    pub component: String,
}

/// A component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Its file.
    pub source: PathBuf,
    /// What it says about itself.
    pub description: Option<String>,
    /// What it is composed with.
    pub dependencies: Vec<Dependency>,
    /// Its own bounds.
    pub bounds: Bounds,
}

/// What a component may use, where that is less than the server's [`Config`](crate::Config) allows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bounds {
    /// How long one request may take.
    pub time: Option<Duration>,
    /// Bytes of all linear memories of one request together.
    pub memory_bytes: Option<usize>,
    /// Requests that run at the same time.
    pub running: Option<usize>,
}

/// A component that satisfies imports of another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// Which imports.
    pub name: DependencyName,
    /// Its file.
    pub source: PathBuf,
    /// The export that satisfies them, where it has another name than the import.
    pub export: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawManifest {
    spin_manifest_version: u32,
    application: RawApplication,
    trigger: RawTriggers,
    #[serde(default)]
    component: BTreeMap<String, RawComponent>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "checked and then not needed")]
struct RawApplication {
    name: String,
    version: Option<String>,
    description: Option<String>,
    authors: Option<Vec<String>>,
    tool: Option<toml::Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTriggers {
    http: Vec<RawTrigger>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "checked and then not needed")]
struct RawTrigger {
    id: Option<String>,
    component: String,
    route: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "checked and then not needed")]
struct RawComponent {
    source: PathBuf,
    #[serde(default)]
    tool: RawTools,
    description: Option<String>,
    build: Option<toml::Table>,
    #[serde(default)]
    dependencies: BTreeMap<String, RawDependency>,
    #[serde(default)]
    allowed_outbound_hosts: Vec<String>,
}

/// Other tools' tables are theirs.
#[derive(Default, Deserialize)]
struct RawTools {
    #[serde(default)]
    kapok: RawBounds,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBounds {
    time_ms: Option<u64>,
    memory_mib: Option<u64>,
    running: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDependency {
    component: Option<String>,
    path: Option<PathBuf>,
    export: Option<String>,
    #[serde(default)]
    inherit_configuration: bool,
}

impl Manifest {
    /// Reads a manifest. Paths in it are relative to its folder.
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Syntax`] for what is not TOML or not served, [`Error::Manifest`] for
    /// what contradicts itself. Components' files are not looked at.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(path).map_err(|source| Error::Read {
            path: path.to_owned(),
            source,
        })?;
        let raw = toml::from_str(&text).map_err(|source| Error::Syntax {
            path: path.to_owned(),
            source,
        })?;
        Self::new(raw, path.parent().unwrap_or(Path::new("")))
    }

    fn new(raw: RawManifest, folder: &Path) -> Result<Self, Error> {
        if raw.spin_manifest_version != 2 {
            return Err(wrong("spin_manifest_version", "only version 2 is served"));
        }
        let mut components = BTreeMap::new();
        for (id, component) in &raw.component {
            components.insert(id.clone(), component.checked(id, &raw.component, folder)?);
        }
        let mut triggers: Vec<Trigger> = Vec::new();
        for (index, trigger) in raw.trigger.http.into_iter().enumerate() {
            let key = format!("trigger.http[{index}]");
            if !components.contains_key(&trigger.component) {
                let problem = format!("there is no component `{}`", trigger.component);
                return Err(wrong(&format!("{key}.component"), &problem));
            }
            let route = Pattern::new(&trigger.route)
                .map_err(|problem| wrong(&format!("{key}.route"), &problem))?;
            if triggers.iter().any(|other| other.route == route) {
                return Err(wrong(
                    &format!("{key}.route"),
                    &format!("`{route}` is taken already"),
                ));
            }
            triggers.push(Trigger {
                route,
                component: trigger.component,
            });
        }
        Ok(Self {
            name: raw.application.name,
            triggers,
            components,
        })
    }
}

impl Component {
    /// The rule image behind the component, if it has one: what answers as `kapok:plugin`.
    #[must_use]
    pub fn image(&self) -> Option<&Path> {
        Some(self.plugin()?.source.as_path())
    }

    /// Which question it answers, if it is one of the contract's.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        let interface = self.plugin()?.name.interface()?;
        Kind::ALL.into_iter().find(|kind| kind.name() == interface)
    }

    fn plugin(&self) -> Option<&Dependency> {
        self.dependencies
            .iter()
            .find(|dependency| dependency.name.base() == PLUGIN)
    }
}

impl RawBounds {
    fn checked(&self, key: &str) -> Result<Bounds, Error> {
        let at_least_one = |name: &str, value: Option<u64>, unit: u64| match value {
            Some(0) => Err(wrong(&format!("{key}.{name}"), "at least 1")),
            Some(value) => Ok(Some(value.saturating_mul(unit))),
            None => Ok(None),
        };
        let size =
            |value: Option<u64>| value.map(|value| usize::try_from(value).unwrap_or(usize::MAX));
        Ok(Bounds {
            time: at_least_one("time_ms", self.time_ms, 1)?.map(Duration::from_millis),
            memory_bytes: size(at_least_one("memory_mib", self.memory_mib, 1 << 20)?),
            running: size(at_least_one("running", self.running, 1)?),
        })
    }
}

impl RawComponent {
    fn checked(
        &self,
        id: &str,
        all: &BTreeMap<String, Self>,
        folder: &Path,
    ) -> Result<Component, Error> {
        let key = format!("component.{id}");
        if !self.allowed_outbound_hosts.is_empty() {
            let problem = "a function reaches no network; leave it out";
            return Err(wrong(&format!("{key}.allowed_outbound_hosts"), problem));
        }
        let mut dependencies: Vec<Dependency> = Vec::new();
        for (name, dependency) in &self.dependencies {
            let key = format!("{key}.dependencies.\"{name}\"");
            let name = DependencyName::new(name);
            if let Some(other) = dependencies
                .iter()
                .find(|one| one.name.base() == name.base())
            {
                let problem = format!(
                    "Spin composes one dependency for `{}`, and that is `{}`",
                    name.base(),
                    other.name
                );
                return Err(wrong(&key, &problem));
            }
            dependencies.push(Dependency {
                name,
                source: folder.join(dependency.source(&key, all)?),
                export: dependency.export.clone(),
            });
        }
        Ok(Component {
            source: folder.join(&self.source),
            description: self.description.clone(),
            dependencies,
            bounds: self.tool.kapok.checked(&format!("{key}.tool.kapok"))?,
        })
    }
}

impl RawDependency {
    fn source<'a>(
        &'a self,
        key: &str,
        all: &'a BTreeMap<String, RawComponent>,
    ) -> Result<&'a Path, Error> {
        if self.inherit_configuration {
            let problem = "a dependency gets no capability; leave it out";
            return Err(wrong(&format!("{key}.inherit_configuration"), problem));
        }
        match (&self.component, &self.path) {
            (Some(id), None) => match all.get(id) {
                None => Err(wrong(key, &format!("there is no component `{id}`"))),
                Some(component) if !component.dependencies.is_empty() => Err(wrong(
                    key,
                    &format!("`{id}` has dependencies itself, which Spin would not compose"),
                )),
                Some(component) => Ok(&component.source),
            },
            (None, Some(path)) => Ok(path),
            (Some(_), Some(_)) | (None, None) => {
                Err(wrong(key, "name either a `component` or a `path`"))
            }
        }
    }
}

fn wrong(key: &str, problem: &str) -> Error {
    Error::Manifest {
        key: key.to_owned(),
        problem: problem.to_owned(),
    }
}

#[cfg(test)]
mod tests;
