//! Images, people and instants.

use chrono::{DateTime, TimeDelta, Utc};
use contract::about::Kind;
use lifecycle::advice::RuleImage;
use lifecycle::ids::{Actor, Role};
use rollout::{Digest, PushedImage};

pub(crate) const CITY: &str = "440100";

/// `09:30` on the day.
pub(crate) fn clock(text: &str) -> DateTime<Utc> {
    format!("2026-12-01T{text}:00Z").parse().unwrap()
}

pub(crate) fn minute(n: i64) -> DateTime<Utc> {
    clock("00:00") + TimeDelta::minutes(n)
}

/// The digest of an image by its letter.
pub(crate) fn digest(letter: char) -> Digest {
    letter
        .to_lowercase()
        .to_string()
        .repeat(64)
        .parse()
        .unwrap()
}

/// The letter of a digest.
pub(crate) fn letter(digest: &Digest) -> String {
    digest.as_str()[..1].to_uppercase()
}

/// E answers escalations, F checks knowledge points, everything else routes.
pub(crate) fn image(letter: char) -> PushedImage {
    PushedImage {
        rule: RuleImage {
            image: digest(letter).to_string(),
            component: "11".repeat(32),
            settings: "22".repeat(32),
            name: format!("rule-{letter} 0.1.0"),
            engine: "none".to_owned(),
        },
        kind: match letter {
            'E' => Kind::Escalation,
            'F' => Kind::Knowledge,
            _ => Kind::Routing,
        },
        size: 1,
        source: "rule.wasm".to_owned(),
        record: "33".repeat(32).parse().unwrap(),
    }
}

pub(crate) fn actor(name: &str) -> Actor {
    let role = match name {
        "kapok" => Role::System,
        "olga" => Role::Operator,
        "udo" => Role::Auditor,
        _ => Role::Admin,
    };
    Actor {
        role,
        name: name.to_owned(),
    }
}
