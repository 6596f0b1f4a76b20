//! What the district maintains, in `settings.toml` beside this crate.

use schemars::JsonSchema;
use sdk::escalation::Question;
use sdk::text::{Terms, normalise};
use sdk::{OrderType, Problem, problem};
use serde::Deserialize;

/// The whole of the settings.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Six-digit code of the district.
    pub district: String,
    /// How many working days before the deadline the district warns.
    pub warn_days: WarnDays,
    /// From this many working days after the deadline on, the city's rules decide.
    pub leave_to_city_after_days: u16,
    /// Bodies of the port, and when they are concerned.
    pub port_bodies: Vec<Body>,
}

/// How many working days before the deadline the district warns.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WarnDays {
    /// For a consultation.
    pub consultation: u16,
    /// For every other kind of matter.
    pub other: u16,
    /// More for matters of the port, where several bodies must agree.
    pub port_extra: u16,
}

/// A body of the port.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// Its name, as reasons show it.
    pub name: String,
    /// Words in the category of the matter that concern it.
    #[serde(default)]
    pub category_words: Vec<String>,
    /// Codes of handling units whose orders concern it.
    #[serde(default)]
    pub units: Vec<String>,
}

/// The settings, compiled.
#[derive(Debug)]
pub struct Rules {
    pub(crate) settings: Settings,
    automaton: Terms,
    /// Position of the body of each word of the automaton.
    owners: Vec<usize>,
}

impl Rules {
    /// The bodies of the port that an order concerns, in the order of the settings.
    pub(crate) fn bodies(&self, question: &Question) -> Vec<&Body> {
        let category = question
            .category
            .as_deref()
            .map(normalise)
            .unwrap_or_default();
        let named: Vec<_> = self
            .automaton
            .find(&category)
            .into_iter()
            .filter_map(|term| self.owners.get(term).copied())
            .collect();
        self.settings
            .port_bodies
            .iter()
            .enumerate()
            .filter(|(n, body)| {
                named.contains(n)
                    || question
                        .unit
                        .as_ref()
                        .is_some_and(|u| body.units.contains(u))
            })
            .map(|(_, body)| body)
            .collect()
    }

    /// How many working days before the deadline a warning is due.
    pub(crate) fn warn_days(&self, order_type: OrderType, port: bool) -> u16 {
        let days = self.settings.warn_days;
        let usual = match order_type {
            OrderType::Consultation => days.consultation,
            OrderType::Complaint
            | OrderType::ViolationReport
            | OrderType::HelpRequest
            | OrderType::Suggestion
            | OrderType::Commendation => days.other,
        };
        usual.saturating_add(if port { days.port_extra } else { 0 })
    }
}

impl sdk::Settings for Settings {
    type Rules = Rules;

    fn prepare(self) -> Result<Rules, Vec<Problem>> {
        let mut problems = Vec::new();
        if self.district.len() != 6 || !self.district.bytes().all(|b| b.is_ascii_digit()) {
            problems.push(problem(
                "district",
                "must be a six-digit code, such as `440115`",
            ));
        }
        let mut words = Vec::new();
        let mut owners = Vec::new();
        for (n, body) in self.port_bodies.iter().enumerate() {
            let path = format!("port_bodies[{n}]");
            if body.name.trim().is_empty() {
                problems.push(problem(format!("{path}.name"), "must not be empty"));
            }
            if body.category_words.is_empty() && body.units.is_empty() {
                let message = "needs `category_words` or `units`, or the body is never named";
                problems.push(problem(path.clone(), message));
            }
            for (i, word) in body.category_words.iter().enumerate() {
                if word.trim().is_empty() {
                    let path = format!("{path}.category_words[{i}]");
                    problems.push(problem(path, "must not be empty"));
                }
                words.push(word.as_str());
                owners.push(n);
            }
        }
        match Terms::new(words) {
            Ok(automaton) if problems.is_empty() => Ok(Rules {
                automaton,
                owners,
                settings: self,
            }),
            Ok(_) => Err(problems),
            Err(error) => {
                problems.push(problem("port_bodies", error.to_string()));
                Err(problems)
            }
        }
    }
}
