//! The plugin platform at runtime: whole tables swapped under load, candidates, circuit breakers, fair
//! shares, and the report that a push gets.

mod breaker;
mod candidates;
mod fairness;
mod log;
mod reports;
mod swap;

use std::sync::Arc;

use contract::about::Kind;
use plugins::{Candidate, Placement, Rule, Runtime, Table};
use rollout::Mode;

use crate::artefacts::guest;

/// The widest scope, and a district's.
const CITY: &str = "440100";
const DISTRICT: &str = "440106";

/// A rule that answers with this word, and panics when it is asked about `panic` if it is told to.
fn moody(runtime: &Runtime, says: &str, more: &str) -> Arc<Rule> {
    let settings = format!(r#"{{"says":"{says}"{more}}}"#);
    runtime.load(&guest("moody", &settings)).unwrap()
}

/// It panics when it is asked about `panic`.
const PANICS: &str = r#","panics_on":"panic""#;

/// A placement: scope, activation, rule, candidate.
type Row<'a> = (&'a str, u64, Option<&'a Arc<Rule>>, Option<Candidate>);

/// A table of routing rules.
fn table(rows: &[Row<'_>]) -> Table {
    let mut table = Table::default();
    for (scope, activation, rule, candidate) in rows {
        let placement = Placement {
            activation: *activation,
            rule: rule.map(Arc::clone),
            candidate: candidate.as_ref().map(|it| {
                Arc::new(Candidate::new(
                    it.activation(),
                    it.rule().clone(),
                    it.mode().clone(),
                ))
            }),
            ..Placement::default()
        };
        table.place(Kind::Routing, scope, placement).unwrap();
    }
    table
}

/// A candidate that takes part in this way.
fn candidate(activation: u64, rule: &Arc<Rule>, mode: Mode) -> Candidate {
    Candidate::new(activation, Arc::clone(rule), mode)
}
