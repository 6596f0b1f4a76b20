//! The texts of an exported application: pure, from its rules.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Context as _;
use contract::about::Kind;
use engine::ports::CITY;
use serde::Serialize;

/// The SpinApp; words in double braces are filled in.
const SPIN_APP: &str = include_str!("spinapp.yaml");
/// Its autoscaler.
const AUTOSCALER: &str = include_str!("autoscaler.yaml");
/// What to do with the application.
const README: &str = include_str!("readme.md");

/// An application.
pub(super) struct Application {
    pub(super) scope: String,
    /// Its name in a registry, if it was given.
    pub(super) reference: Option<String>,
    /// Fewest and most copies.
    pub(super) replicas: (u32, u32),
    /// By kind and scope.
    pub(super) rules: Vec<Rule>,
}

/// A rule of it.
pub(super) struct Rule {
    pub(super) kind: Kind,
    /// The application's scope, with a name after it for a further check of knowledge points:
    /// `440100/citations`.
    pub(super) scope: String,
    /// The plugin's name and version.
    pub(super) name: String,
    /// SHA-256 of the image, in hex.
    pub(super) digest: String,
    /// The image.
    pub(super) bytes: Vec<u8>,
}

/// Spin's manifest, as far as it is needed.
#[derive(Serialize)]
struct Manifest {
    spin_manifest_version: u32,
    application: About,
    trigger: Triggers,
    component: BTreeMap<String, Component>,
}

#[derive(Serialize)]
struct About {
    name: String,
    version: &'static str,
    description: String,
}

#[derive(Serialize)]
struct Triggers {
    http: Vec<Trigger>,
}

#[derive(Serialize)]
struct Trigger {
    route: String,
    component: String,
}

#[derive(Serialize)]
struct Component {
    source: String,
    description: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    dependencies: BTreeMap<String, Dependency>,
}

#[derive(Serialize)]
struct Dependency {
    component: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    export: Option<&'static str>,
}

impl Application {
    /// Its name, which Kubernetes takes too: lower case.
    pub(super) fn name(&self) -> String {
        format!("kapok-{}", self.scope.to_ascii_lowercase())
    }

    /// `spin.toml`. The image stands under two names, because Spin takes one dependency for each package
    /// name: what it answers, and what it says about itself.
    pub(super) fn manifest(&self) -> anyhow::Result<String> {
        let mut triggers = Vec::new();
        let mut components = BTreeMap::new();
        for (n, rule) in self.rules.iter().enumerate() {
            let kind = rule.kind;
            let id = rule.id(n);
            let image = format!("{id}-image");
            let dependency = |export| Dependency {
                component: image.clone(),
                export,
            };
            let dependencies = BTreeMap::from([
                (format!("kapok:plugin/{kind}@0.1.0"), dependency(None)),
                (
                    "about".to_owned(),
                    dependency(Some("kapok:plugin/about@0.1.0")),
                ),
            ]);
            triggers.push(Trigger {
                route: rule.route(),
                component: id.clone(),
            });
            components.insert(
                id,
                Component {
                    source: format!("adapters/{}", rule.adapter()),
                    description: format!("{}, as an HTTP function", rule.name),
                    dependencies,
                },
            );
            components.insert(
                image.clone(),
                Component {
                    source: format!("images/{}", rule.image()),
                    description: format!("Rule image sha256:{}", rule.digest),
                    dependencies: BTreeMap::new(),
                },
            );
        }
        let manifest = Manifest {
            spin_manifest_version: 2,
            application: About {
                name: self.name(),
                version: "0.1.0",
                description: format!("Rules of scope {} of the 12345 hotline", self.scope),
            },
            trigger: Triggers { http: triggers },
            component: components,
        };
        let text = toml::to_string(&manifest).context("the manifest cannot be written")?;
        Ok(format!(
            "# Written by `kapok spin export --scope {}`; README.md says what to do with it.\n{text}",
            self.scope
        ))
    }

    /// Digests of the images, as `sha256sum --check` reads them.
    pub(super) fn sums(&self) -> String {
        let lines = self
            .rules
            .iter()
            .map(|rule| format!("{}  {}\n", rule.digest, rule.image()));
        lines.collect()
    }

    /// The SpinApp.
    pub(super) fn spin_app(&self) -> String {
        self.filled(SPIN_APP)
    }

    /// Its autoscaler.
    pub(super) fn autoscaler(&self) -> String {
        self.filled(AUTOSCALER)
    }

    /// The README.
    pub(super) fn readme(&self) -> String {
        let mut functions = "| route | plugin | image |\n|---|---|---|".to_owned();
        let mut activations = String::new();
        for rule in &self.rules {
            let (route, short) = (rule.route(), rule.digest.get(..12).unwrap_or_default());
            // Writing to a string does not fail.
            let _ = write!(
                functions,
                "\n| `{route}` | {} | `sha256:{}` |",
                rule.name, rule.digest
            );
            let _ = write!(
                activations,
                "{}kapok plugin activate {short} --scope {} --kind {} \\\n  --function https://HOST{route} \
                 --note 'it runs at the district'",
                if activations.is_empty() { "" } else { "\n" },
                rule.scope,
                rule.kind
            );
        }
        let first = self.rules.first();
        let route = first.map(Rule::route).unwrap_or_default();
        let question = first.map_or("{}", |rule| question(rule.kind));
        self.filled(README)
            .replace("{{functions}}", &functions)
            .replace("{{activations}}", &activations)
            .replace("{{route}}", &route)
            .replace("{{question}}", question)
    }

    fn filled(&self, template: &str) -> String {
        let name = self.name();
        let reference = self
            .reference
            .clone()
            .unwrap_or_else(|| format!("registry.example.org/{name}:0.1.0"));
        let (least, most) = self.replicas;
        template
            .replace("{{name}}", &name)
            .replace("{{scope}}", &self.scope)
            .replace("{{reference}}", &reference)
            .replace("{{replicas_min}}", &least.to_string())
            .replace("{{replicas_max}}", &most.to_string())
    }
}

impl Rule {
    /// Code and name of its scope.
    fn place(&self) -> (&str, Option<&str>) {
        match self.scope.split_once('/') {
            Some((code, name)) => (code, Some(name)),
            None => (&self.scope, None),
        }
    }

    /// Name of its component, the `n`th. No word of a component's name may begin with a digit.
    fn id(&self, n: usize) -> String {
        let (_, name) = self.place();
        let is_id = |name: &str| {
            name.split('-').all(|word| {
                word.starts_with(|first: char| first.is_ascii_lowercase())
                    && word
                        .bytes()
                        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            })
        };
        match name {
            None => self.kind.to_string(),
            // `-image` is what the images' components end with.
            Some(name) if is_id(name) && !name.ends_with("image") => {
                format!("{}-{name}", self.kind)
            }
            Some(_) => format!("{}-check{n}", self.kind),
        }
    }

    /// Its route, by kind and scope, as the shipped application has them.
    pub(super) fn route(&self) -> String {
        let (code, name) = self.place();
        let code = if code == CITY { "city" } else { code };
        match name {
            Some(name) => format!("/{}/{code}/{name}", self.kind),
            None => format!("/{}/{code}", self.kind),
        }
    }

    /// File of its image.
    pub(super) fn image(&self) -> String {
        format!("{}-{}.wasm", self.kind, self.scope.replace('/', "-"))
    }

    /// File of the adapter in front of it.
    pub(super) fn adapter(&self) -> String {
        format!("http_{}.wasm", self.kind)
    }
}

/// An ordinary question to try a function with.
const fn question(kind: Kind) -> &'static str {
    match kind {
        Kind::Routing => {
            r#"{"order_type":"complaint","channel":"phone","text":"工地凌晨打桩","registered_at":"2026-09-18T16:00:00+08:00"}"#
        }
        Kind::Escalation => {
            r#"{"trigger":{"overdue":3},"order_type":"complaint","now":"2026-09-18T16:00:00+08:00","registered_at":"2026-09-01T09:00:00+08:00"}"#
        }
        Kind::Knowledge => {
            r#"{"owner":"GZ-GJJ","kind":"policy","title":"住房公积金提取","body":"租房可按月提取。","valid_from":"2026-01-01","valid_until":"2027-01-01","today":"2026-09-18"}"#
        }
    }
}
