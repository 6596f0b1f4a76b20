//! The files of a new project: the templates of `plugins/sdk/templates` and the contract's WIT, compiled
//! in, so that an author needs nothing but this binary.

use clap::ValueEnum;
use contract::about::Kind;

/// Language of a plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Language {
    /// Rust, by cargo and the target wasm32-wasip2: small and fast.
    Rust,
    /// Python, by componentize-py.
    Python,
    /// JavaScript, by componentize-js.
    Js,
}

/// What the placeholders of the templates become.
pub(super) struct Project<'a> {
    pub(super) kind: Kind,
    pub(super) name: &'a str,
    pub(super) scope: &'a str,
}

/// A file of a project: its path, and what stands in it.
pub(super) type File = (&'static str, String);

macro_rules! template {
    ($path:literal) => {
        include_str!(concat!("../../../../../plugins/sdk/templates/", $path))
    };
}

/// Every file of a new project.
pub(super) fn files(project: &Project<'_>, language: Language) -> Vec<File> {
    let mut files = match language {
        Language::Rust => rust(project.kind),
        Language::Python => python(project.kind),
        Language::Js => js(project.kind),
    };
    let (settings, cases) = match project.kind {
        Kind::Routing => (
            template!("kinds/routing/settings.toml"),
            template!("kinds/routing/cases.json"),
        ),
        Kind::Escalation => (
            template!("kinds/escalation/settings.toml"),
            template!("kinds/escalation/cases.json"),
        ),
        Kind::Knowledge => (
            template!("kinds/knowledge/settings.toml"),
            template!("kinds/knowledge/cases.json"),
        ),
    };
    files.extend([
        ("README.md", template!("README.md")),
        ("settings.toml", settings),
        ("fixtures/cases.json", cases),
        (
            "wit/types.wit",
            include_str!("../../../../../wit/types.wit"),
        ),
        (
            "wit/routing.wit",
            include_str!("../../../../../wit/routing.wit"),
        ),
        (
            "wit/escalation.wit",
            include_str!("../../../../../wit/escalation.wit"),
        ),
        (
            "wit/knowledge.wit",
            include_str!("../../../../../wit/knowledge.wit"),
        ),
    ]);
    files
        .into_iter()
        .map(|(path, text)| (path, filled(text, project, language)))
        .collect()
}

fn rust(kind: Kind) -> Vec<(&'static str, &'static str)> {
    let source = match kind {
        Kind::Routing => template!("rust/src/routing.rs"),
        Kind::Escalation => template!("rust/src/escalation.rs"),
        Kind::Knowledge => template!("rust/src/knowledge.rs"),
    };
    vec![
        (".gitignore", template!("rust/gitignore")),
        ("Cargo.toml", template!("rust/Cargo.toml")),
        ("plugin.toml", template!("rust/plugin.toml")),
        ("rust-toolchain.toml", template!("rust/rust-toolchain.toml")),
        ("src/component.rs", template!("rust/src/component.rs")),
        ("src/lib.rs", source),
    ]
}

fn python(kind: Kind) -> Vec<(&'static str, &'static str)> {
    let source = match kind {
        Kind::Routing => template!("python/routing.py"),
        Kind::Escalation => template!("python/escalation.py"),
        Kind::Knowledge => template!("python/knowledge.py"),
    };
    vec![
        (".gitignore", template!("python/gitignore")),
        ("build.py", template!("python/build.py")),
        ("plugin.toml", template!("python/plugin.toml")),
        ("requirements.txt", template!("python/requirements.txt")),
        ("src/app.py", source),
        ("src/settings.schema.json", schema(kind)),
    ]
}

fn js(kind: Kind) -> Vec<(&'static str, &'static str)> {
    let source = match kind {
        Kind::Routing => template!("js/routing.js"),
        Kind::Escalation => template!("js/escalation.js"),
        Kind::Knowledge => template!("js/knowledge.js"),
    };
    vec![
        (".gitignore", template!("js/gitignore")),
        ("build.mjs", template!("js/build.mjs")),
        ("package-lock.json", template!("js/package-lock.json")),
        ("package.json", template!("js/package.json")),
        ("plugin.toml", template!("js/plugin.toml")),
        ("src/plugin.js", source),
        ("src/settings.schema.json", schema(kind)),
    ]
}

/// The schema of the settings; in Rust the types give it.
fn schema(kind: Kind) -> &'static str {
    match kind {
        Kind::Routing => template!("kinds/routing/settings.schema.json"),
        Kind::Escalation => template!("kinds/escalation/settings.schema.json"),
        Kind::Knowledge => template!("kinds/knowledge/settings.schema.json"),
    }
}

/// A template with its placeholders filled in.
fn filled(text: &str, project: &Project<'_>, language: Language) -> String {
    let (function, question, answer, title) = match project.kind {
        Kind::Routing => ("route", "Question", "Verdict", "Routing"),
        Kind::Escalation => ("escalate", "Question", "Verdict", "Escalation"),
        Kind::Knowledge => ("check", "Point", "Vec<Finding>", "Knowledge"),
    };
    let (files, needs) = described(language);
    [
        ("{{files}}", files),
        ("{{needs}}", needs),
        ("{{name}}", project.name),
        ("{{snake}}", &project.name.replace('-', "_")),
        ("{{scope}}", project.scope),
        ("{{kind}}", project.kind.name()),
        ("{{Kind}}", title),
        ("{{function}}", function),
        ("{{question}}", question),
        ("{{answer}}", answer),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (placeholder, value)| {
        text.replace(placeholder, value)
    })
}

/// Lines of the README: the files of a language, and what building needs.
const fn described(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::Rust => (
            "| `src/lib.rs` | the rule and its settings: what you edit |\n\
             | `src/component.rs` | what every plugin exports |",
            "Rust with the target wasm32-wasip2 (`rustup target add wasm32-wasip2`)",
        ),
        Language::Python => (
            "| `src/app.py` | the rule: what you edit |\n\
             | `src/settings.schema.json` | what the settings may hold, for people and editors |\n\
             | `build.py`, `requirements.txt` | the build; componentize-py goes into `target/venv` |",
            "Python 3.10 or newer with its module venv, and the Python package index",
        ),
        Language::Js => (
            "| `src/plugin.js` | the rule: what you edit |\n\
             | `src/settings.schema.json` | what the settings may hold, for people and editors |\n\
             | `build.mjs`, `package.json`, `package-lock.json` | the build; componentize-js goes into `target/npm` |",
            "Node.js 20 or newer with npm, and the npm registry",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the README of a project says about a decision is so.
    #[test]
    fn limits_are_the_shipped_ones() {
        let limits = plugins::Limits::shipped();
        assert_eq!((limits.fuel, limits.memory_bytes), (200_000_000, 128 << 20));
        assert!(template!("README.md").contains("200 million units of fuel and 128 MB of memory"));
    }

    #[test]
    fn no_placeholder_is_left() {
        for kind in Kind::ALL {
            for language in [Language::Rust, Language::Python, Language::Js] {
                let project = Project {
                    kind,
                    name: "panyu-lamps",
                    scope: "440113",
                };
                for (path, text) in files(&project, language) {
                    assert!(!text.contains("{{"), "{kind} {language:?} {path}");
                }
            }
        }
    }
}
