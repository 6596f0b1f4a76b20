//! The rule list: which component with which settings is the rule of which scope, and where its
//! image stands. `plugins/rules.toml` is the one that ships.
//!
//! ```toml
//! [[rule]]
//! kind = "routing"
//! scope = "440100"
//! component = "target/wasm32-wasip2/plugin/routing.wasm"
//! settings = "plugins/routing/settings.toml"
//! image = "target/images/routing-city.wasm"
//! ```
//!
//! Paths start at the folder above the one that holds the list, the root of the repository.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use contract::about::Kind;
use serde::Deserialize;

use crate::bake::Baker;
use crate::image::{Image, Sidecar, digest};
use crate::settings::settings_from_file;
use crate::{ENGINE, Error, Limits};

/// A rule list.
#[derive(Debug, Clone)]
pub struct RuleList {
    /// Its entries, in the order of the file.
    pub rules: Vec<RuleEntry>,
    root: PathBuf,
}

/// One rule of the list. Paths are relative to the list's root.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleEntry {
    /// Its question.
    pub kind: Kind,
    /// Its scope: `440100`, a district's or a unit's code; a further check of knowledge points has a name
    /// after it, such as `440100/citations`.
    pub scope: String,
    /// The component.
    pub component: PathBuf,
    /// Its settings, TOML or JSON.
    pub settings: PathBuf,
    /// Where its image stands.
    pub image: PathBuf,
}

/// A rule of the list, loaded.
#[derive(Debug, Clone)]
pub struct ListedRule {
    /// Its scope.
    pub scope: String,
    /// Its image.
    pub image: Image,
    /// The component that the image was baked from.
    pub component: Vec<u8>,
    /// The settings that are frozen into it, as canonical JSON.
    pub settings: String,
    /// The component's file, as the list names it.
    pub source: PathBuf,
}

/// What [`RuleList::bake_all`] did about one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baked {
    /// Its question.
    pub kind: Kind,
    /// Its scope.
    pub scope: String,
    /// Where its image stands.
    pub path: PathBuf,
    /// SHA-256 of the image, in hex.
    pub image: String,
    /// Whether it was baked now; otherwise it was up to date.
    pub fresh: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(default, rename = "rule")]
    rules: Vec<RuleEntry>,
}

impl RuleList {
    /// Reads a rule list.
    ///
    /// # Errors
    ///
    /// The file cannot be read, has not the right form, or names two rules for one scope and kind.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(path).map_err(|source| Error::Read {
            path: path.to_owned(),
            source,
        })?;
        let root = path
            .parent()
            .map(|folder| folder.join(".."))
            .unwrap_or_default();
        Self::parse(&text, root).map_err(|detail| Error::RuleList {
            path: path.to_owned(),
            detail,
        })
    }

    /// A list of one rule, whose paths start at `root`.
    pub(crate) fn of(rule: RuleEntry, root: PathBuf) -> Self {
        Self {
            rules: vec![rule],
            root,
        }
    }

    fn parse(text: &str, root: PathBuf) -> Result<Self, String> {
        let form: Form = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut seen = BTreeSet::new();
        let mut images = BTreeSet::new();
        for rule in &form.rules {
            let RuleEntry {
                kind,
                scope,
                image,
                component: _,
                settings: _,
            } = rule;
            if scope.trim().is_empty() {
                return Err(format!("a rule `{kind}` has an empty scope"));
            }
            if !seen.insert((kind, scope)) {
                return Err(format!("scope {scope} has two rules `{kind}`; keep one"));
            }
            if !images.insert(image) {
                return Err(format!("two rules write the image {}", image.display()));
            }
        }
        Ok(Self {
            rules: form.rules,
            root,
        })
    }

    /// Bakes every rule of the list whose image is not up to date; with `force` every one.
    ///
    /// # Errors
    ///
    /// The first rule that cannot be baked. Images that were baked before it stay.
    pub fn bake_all(&self, limits: &Limits, force: Force) -> Result<Vec<Baked>, Error> {
        let mut baker = None;
        let mut done = Vec::new();
        for rule in &self.rules {
            let baked = self
                .bake_one(rule, limits, force, &mut baker)
                .map_err(|source| Error::Rule {
                    kind: rule.kind,
                    scope: rule.scope.clone(),
                    source: Box::new(source),
                })?;
            done.push(baked);
        }
        Ok(done)
    }

    /// Loads every image of the list with what it was made from.
    ///
    /// # Errors
    ///
    /// A file is missing or damaged, or an image was made from another component or other settings than
    /// those that the list names.
    pub fn load_all(&self) -> Result<Vec<ListedRule>, Error> {
        self.rules
            .iter()
            .map(|rule| {
                let path = self.root.join(&rule.image);
                let (image, _) = Image::load(&path)?;
                let source = self.root.join(&rule.component);
                let component = fs::read(&source).map_err(|error| Error::Read {
                    path: source.clone(),
                    source: error,
                })?;
                let settings = settings_from_file(&self.root.join(&rule.settings))?;
                if digest(&component) != image.component
                    || digest(settings.as_bytes()) != image.settings
                {
                    return Err(Error::StaleImage { path });
                }
                Ok(ListedRule {
                    scope: rule.scope.clone(),
                    image,
                    component,
                    settings,
                    source: rule.component.clone(),
                })
            })
            .collect()
    }

    /// Whether a rule's image is what baking it again would give.
    pub(crate) fn is_baked(&self, rule: &RuleEntry) -> bool {
        let Ok(component) = fs::read(self.root.join(&rule.component)) else {
            return false;
        };
        let Ok(settings) = settings_from_file(&self.root.join(&rule.settings)) else {
            return false;
        };
        up_to_date(&self.root.join(&rule.image), rule, &component, &settings).is_some()
    }

    /// Bakes one rule of the list; a baker is made when one is needed.
    pub(crate) fn bake_one(
        &self,
        rule: &RuleEntry,
        limits: &Limits,
        force: Force,
        baker: &mut Option<Baker>,
    ) -> Result<Baked, Error> {
        let component_path = self.root.join(&rule.component);
        let component = fs::read(&component_path).map_err(|source| Error::Read {
            path: component_path.clone(),
            source,
        })?;
        let settings = settings_from_file(&self.root.join(&rule.settings))?;
        let path = self.root.join(&rule.image);
        let baked = |image: &str, fresh| Baked {
            kind: rule.kind,
            scope: rule.scope.clone(),
            path: path.clone(),
            image: image.to_owned(),
            fresh,
        };
        if force == Force::OnlyStale
            && let Some(image) = up_to_date(&path, rule, &component, &settings)
        {
            return Ok(baked(&image, false));
        }
        let baker = match baker {
            Some(baker) => baker,
            None => baker.insert(Baker::new(limits)?),
        };
        let image = baker.bake(&component, &settings)?;
        if image.description.kind != rule.kind {
            return Err(Error::RuleList {
                path: component_path,
                detail: format!(
                    "the component answers `{}`, but the rule list says `{}`",
                    image.description.kind, rule.kind
                ),
            });
        }
        image.save(&path, &rule.scope)?;
        Ok(baked(&image.image, true))
    }
}

/// Whether [`RuleList::bake_all`] bakes what is up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Force {
    /// Only what is missing, damaged, or made from another component, settings or engine.
    OnlyStale,
    /// Everything.
    Everything,
}

/// The digest of an image that is what baking again would give.
fn up_to_date(path: &Path, rule: &RuleEntry, component: &[u8], settings: &str) -> Option<String> {
    let sidecar = Sidecar::load(&path.with_extension("json")).ok()?;
    let image = fs::read(path).ok()?;
    let same = sidecar.kind == rule.kind
        && sidecar.scope == rule.scope
        && sidecar.engine == ENGINE
        && sidecar.component == digest(component)
        && sidecar.settings == digest(settings.as_bytes())
        && sidecar.image == digest(&image);
    same.then_some(sidecar.image)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<usize, &str>) {
        match (RuleList::parse(text, PathBuf::new()), expected) {
            (Ok(list), Ok(count)) => assert_eq!(list.rules.len(), count),
            (Err(detail), Err(expected)) => {
                assert!(detail.contains(expected), "{detail} lacks {expected}");
            }
            (got, expected) => panic!("{got:?}, expected {expected:?}"),
        }
    }

    fn entry(kind: &str, scope: &str, image: &str) -> String {
        format!(
            "[[rule]]\nkind = \"{kind}\"\nscope = \"{scope}\"\ncomponent = \"c\"\nsettings = \"s\"\nimage = \"{image}\"\n"
        )
    }

    #[test]
    fn lists() {
        check("", Ok(0));
        check(
            &(entry("routing", "440100", "a") + &entry("routing", "440106", "b")),
            Ok(2),
        );
        check(
            &(entry("routing", "1", "a") + &entry("routing", "1", "b")),
            Err("two rules"),
        );
        check(
            &(entry("routing", "1", "a") + &entry("knowledge", "1", "a")),
            Err("the image a"),
        );
        check(&entry("routing", " ", "a"), Err("empty scope"));
        check(&entry("weather", "1", "a"), Err("weather"));
        check("[[rule]]\nscop = 1", Err("scop"));
    }

    /// The list that ships must be readable; its images are made by `make plugins`.
    #[test]
    fn shipped_list_is_readable() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/rules.toml");
        let list = RuleList::read(&path).expect("readable");
        assert_eq!(list.rules.len(), 7);
    }
}
