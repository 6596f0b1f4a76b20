//! A story as its file tells it, and what makes a file one. Unknown keys are errors.

use std::collections::{BTreeMap, BTreeSet};

use lifecycle::catalogue;
use lifecycle::ids::{Actor, Role};
use serde::Deserialize;
use serde_json::{Value, json};
use toml::Table;

use crate::expectation::instant;

/// A story.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Story {
    /// What it is about, in a line.
    pub(crate) title: String,
    /// The rules that it shows at work, such as `R22`.
    pub(crate) rules: Vec<String>,
    /// Where the clock stands at first, in local time.
    pub(crate) start: String,
    /// Holiday notices beyond those that ship, imported at the start.
    #[serde(default)]
    pub(crate) notices: Vec<Table>,
    /// Codes of the districts whose hotline office reviews reports before the centre does (Art. 5).
    #[serde(default)]
    pub(crate) reviewing_districts: Vec<String>,
    /// What happens.
    #[serde(rename = "step")]
    pub(crate) steps: Vec<Step>,
}

/// Something that somebody does, or time that passes; and what must have come of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// What happens, in words.
    pub(crate) note: Option<String>,
    /// When, in local time; at once without it. Time passes until then, and everything falls due.
    pub(crate) at: Option<String>,
    /// Who: a role, with the code of what it is bound to and a name if need be: `operator`,
    /// `unit:GZ-CGJ`, `operator/li`.
    #[serde(rename = "as")]
    pub(crate) actor: Option<String>,
    /// Path to post to, below `/api/v1`.
    pub(crate) post: Option<String>,
    /// Path to put to.
    pub(crate) put: Option<String>,
    /// Path to read.
    pub(crate) get: Option<String>,
    /// The body that is sent.
    pub(crate) body: Option<Table>,
    /// The version of the order that the command is meant for.
    pub(crate) if_match: Option<String>,
    /// The status that is expected; any success without it.
    pub(crate) status: Option<u16>,
    /// Names for later, each for what stands at a place of the answer.
    #[serde(default)]
    pub(crate) save: BTreeMap<String, String>,
    /// What the answer must contain; of a step in which nobody does anything, the order.
    #[serde(default)]
    pub(crate) expect: Table,
    /// Places of the answer that must be null, empty or not there.
    #[serde(default)]
    pub(crate) absent: Vec<String>,
    /// What must have happened to the order since the step before, in this order.
    #[serde(default)]
    pub(crate) events: Vec<String>,
    /// Whom messages must have reached since the step before: `unit:GZ-CGJ dispatched`.
    #[serde(default)]
    pub(crate) messages: Vec<String>,
    /// Messages that must not have been sent since the step before.
    #[serde(default)]
    pub(crate) no_messages: Vec<String>,
    /// Name of the order that is looked at; `order` without it.
    pub(crate) order: Option<String>,
}

/// What somebody does in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doing<'a> {
    Get(&'a str),
    Post(&'a str),
    Put(&'a str),
    /// Nothing: time passes, and the order is looked at.
    Waiting,
}

impl Story {
    /// Reads a file's text.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let story: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        story.check()?;
        Ok(story)
    }

    fn check(&self) -> Result<(), String> {
        if self.title.trim().is_empty() {
            return Err("`title` is empty; say what the story is about".to_owned());
        }
        if self.rules.is_empty() {
            return Err("`rules` is empty; name the rules that the story shows".to_owned());
        }
        let unknown = |id: &&String| catalogue::rules().iter().all(|rule| rule.id != id.as_str());
        if let Some(id) = self.rules.iter().find(unknown) {
            return Err(format!("`rules`: {id} is not in the catalogue"));
        }
        instant(&self.start).ok_or_else(|| no_instant("start", &self.start))?;
        if self.steps.is_empty() {
            return Err("nothing happens; write a `[[step]]`".to_owned());
        }
        for (number, step) in (1..).zip(&self.steps) {
            step.check()
                .map_err(|error| format!("step {number}: {error}"))?;
        }
        Ok(())
    }

    /// Everybody who acts, each once, and those whom the runner itself needs.
    pub(crate) fn actors(&self) -> Result<Vec<Actor>, String> {
        let named = self.steps.iter().filter_map(|step| step.actor.as_deref());
        let all: BTreeSet<&str> = named.chain(["admin", "operator"]).collect();
        all.into_iter().map(actor).collect()
    }
}

impl Step {
    /// What somebody does in it.
    pub(crate) fn doing(&self) -> Result<Doing<'_>, String> {
        match (&self.get, &self.post, &self.put) {
            (None, None, None) => Ok(Doing::Waiting),
            (Some(path), None, None) => Ok(Doing::Get(path)),
            (None, Some(path), None) => Ok(Doing::Post(path)),
            (None, None, Some(path)) => Ok(Doing::Put(path)),
            _ => Err("has more than one of `get`, `post` and `put`; make steps of them".to_owned()),
        }
    }

    fn check(&self) -> Result<(), String> {
        let doing = self.doing()?;
        if let Some(at) = &self.at {
            instant(at).ok_or_else(|| no_instant("at", at))?;
        }
        if let Some(name) = &self.actor {
            actor(name)?;
        }
        if doing == Doing::Waiting {
            let of_requests = [
                ("as", self.actor.is_some()),
                ("body", self.body.is_some()),
                ("if_match", self.if_match.is_some()),
                ("status", self.status.is_some()),
                ("save", !self.save.is_empty()),
            ];
            if let Some((key, _)) = of_requests.iter().find(|(_, given)| *given) {
                return Err(format!("`{key}` goes with `get`, `post` or `put`"));
            }
        } else if self.actor.is_none() {
            return Err("says not who acts; add `as`".to_owned());
        }
        if matches!(doing, Doing::Get(_)) && self.body.is_some() {
            return Err("`body` goes with `post` or `put`".to_owned());
        }
        Ok(())
    }
}

fn no_instant(key: &str, text: &str) -> String {
    format!("`{key}`: {text} is no local time such as 2026-05-11T10:00")
}

/// Somebody by role, code and name: `unit:GZ-CGJ/wang`. The text is the token as well.
fn actor(text: &str) -> Result<Actor, String> {
    let (role, _) = text.split_once('/').unwrap_or((text, ""));
    let value = match role.split_once(':') {
        Some((kind, code)) => json!({ kind: code }),
        None => Value::from(role),
    };
    let role: Role = serde_json::from_value(value)
        .map_err(|error| format!("`as`: {text} is nobody ({error})"))?;
    Ok(Actor {
        role,
        name: text.to_owned(),
    })
}
