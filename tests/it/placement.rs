//! Rules that are asked as functions: the same verdict as embedded, by mutual TLS, tokens and signatures;
//! and every way in which a function can fail, each with its own words and the wider scope's answer.

mod faults;
mod identity;
mod stub;

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use contract::about::Kind;
use engine::ports::{Clock, ManualClock};
use plugins::{Function, Functions, Placement, Rule, Runtime, Table};
use tempfile::TempDir;

use crate::artefacts::NOW;

/// The widest scope, and a district's.
const CITY: &str = "440100";
const DISTRICT: &str = "440106";

/// A clock that stands still.
fn clock() -> Arc<dyn Clock> {
    let now = chrono::DateTime::from_timestamp_millis(NOW.unix_ms).unwrap();
    Arc::new(ManualClock::at(now))
}

/// A settings file, with files beside it.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn put(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn functions(&self, text: &str) -> Result<Functions, plugins::Error> {
        Functions::read(&self.put("functions.toml", text), &clock())
    }
}

/// The city's routing rule embedded, and the district's as a function that runs `rule`.
fn table(city: &Arc<Rule>, rule: &Arc<Rule>, url: &str) -> Table {
    let mut table = Table::default();
    let function = Function::new(url.parse().unwrap(), &rule.identity().image);
    let rows = [
        (CITY, 1, city, None),
        (DISTRICT, 2, rule, Some(Arc::new(function))),
    ];
    for (scope, activation, rule, function) in rows {
        let placement = Placement {
            activation,
            rule: Some(Arc::clone(rule)),
            function,
            ..Placement::default()
        };
        table.place(Kind::Routing, scope, placement).unwrap();
    }
    table
}

/// A rule that answers with this word.
fn moody(runtime: &Runtime, says: &str) -> Arc<Rule> {
    let image = crate::artefacts::guest("moody", &format!(r#"{{"says":"{says}"}}"#));
    runtime.load(&image).unwrap()
}
