//! From settings to rules: checks what types cannot, and compiles all terms into one automaton.

use std::collections::{BTreeMap, BTreeSet};

use sdk::text::{Terms, normalise};
use sdk::{Problem, problem};

use crate::settings::{Keywords, Local, Scoring, Settings, Unit};

/// Whole of a score or weight.
pub(crate) const WHOLE: u16 = 1000;

/// The settings, compiled.
#[derive(Debug)]
pub struct Rules {
    pub(crate) scoring: Scoring,
    pub(crate) units: Vec<Named>,
    pub(crate) districts: Vec<Place>,
    /// Weight of the place alone, and for which kinds of matters it counts.
    pub(crate) local: Local,
    /// Categories, normalised, with the positions of the units that list them.
    pub(crate) matters: BTreeMap<String, Vec<usize>>,
    /// Categories that districts handle, normalised.
    pub(crate) local_matters: BTreeSet<String>,
    /// Positions of districts by their streets' names, normalised.
    pub(crate) streets: BTreeMap<String, usize>,
    pub(crate) automaton: Terms,
    /// What each term of the automaton means, in the same order.
    pub(crate) terms: Vec<Term>,
}

/// A unit, as far as a decision needs it.
#[derive(Debug)]
pub(crate) struct Named {
    pub(crate) code: String,
    pub(crate) name: String,
}

/// A district, as far as a decision needs it.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) unit: String,
}

/// A term and everything that it speaks for or against.
#[derive(Debug)]
pub(crate) struct Term {
    pub(crate) word: String,
    pub(crate) effects: Vec<Effect>,
}

/// What one occurrence of a term does.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Effect {
    /// Speaks for the unit at this position.
    For(usize, u16),
    /// Speaks against it.
    Against(usize, u16),
    /// Speaks for the district, whichever it is.
    ForLocal(u16),
    /// Speaks against the district.
    AgainstLocal(u16),
    /// Names the district at this position.
    Place(usize),
}

impl sdk::Settings for Settings {
    type Rules = Rules;

    fn prepare(self) -> Result<Rules, Vec<Problem>> {
        let mut reader = Reader::default();
        reader.scoring(&self.scoring);
        for (n, unit) in self.units.iter().enumerate() {
            reader.unit(n, unit);
        }
        reader.local(&self.local);
        for (n, district) in self.districts.iter().enumerate() {
            let path = format!("districts[{n}]");
            reader.code(&format!("{path}.unit"), &district.unit);
            if district.code.len() != 6 || !district.code.bytes().all(|b| b.is_ascii_digit()) {
                reader.report(
                    format!("{path}.code"),
                    "must be a six-digit code, such as `440106`",
                );
            }
            reader.term(&format!("{path}.name"), &district.name, Effect::Place(n));
            for (i, name) in district.names.iter().enumerate() {
                reader.term(&format!("{path}.names[{i}]"), name, Effect::Place(n));
            }
            for (i, street) in district.streets.iter().enumerate() {
                let path = format!("{path}.streets[{i}]");
                reader.term(&path, street, Effect::Place(n));
                if reader
                    .streets
                    .insert(normalise(street), n)
                    .is_some_and(|other| other != n)
                {
                    reader.report(path, "belongs to another district already");
                }
            }
        }
        if self.units.is_empty() && self.districts.is_empty() {
            reader.report("units".to_owned(), "must name at least one unit");
        }
        reader.finish(self)
    }
}

/// Gathers terms and problems.
#[derive(Default)]
struct Reader {
    problems: Vec<Problem>,
    codes: BTreeSet<String>,
    matters: BTreeMap<String, Vec<usize>>,
    local_matters: BTreeSet<String>,
    streets: BTreeMap<String, usize>,
    terms: Vec<Term>,
    /// Position in `terms` by normalised word.
    known: BTreeMap<String, usize>,
}

impl Reader {
    fn report(&mut self, path: String, message: &str) {
        self.problems.push(problem(path, message));
    }

    fn scoring(&mut self, scoring: &Scoring) {
        let shares = [
            ("least", scoring.least),
            ("category", scoring.category),
            ("other_category", scoring.other_category),
            ("subject", scoring.subject),
        ];
        for (field, share) in shares {
            if share > WHOLE {
                self.report(format!("scoring.{field}"), "must be at most 1000");
            }
        }
        if scoring.candidates_max == 0 {
            self.report("scoring.candidates_max".to_owned(), "must be at least 1");
        }
    }

    fn unit(&mut self, n: usize, unit: &Unit) {
        let path = format!("units[{n}]");
        self.code(&format!("{path}.code"), &unit.code);
        if unit.name.trim().is_empty() {
            self.report(format!("{path}.name"), "must not be empty: reasons show it");
        }
        for (i, matter) in unit.matters.iter().enumerate() {
            if matter.trim().is_empty() {
                self.report(format!("{path}.matters[{i}]"), "must not be empty");
            }
            self.matters.entry(normalise(matter)).or_default().push(n);
        }
        self.keywords(&format!("{path}.keywords"), &unit.keywords, |w| {
            Effect::For(n, w)
        });
        self.keywords(&format!("{path}.negative"), &unit.negative, |w| {
            Effect::Against(n, w)
        });
    }

    fn local(&mut self, local: &Local) {
        if local.place > WHOLE {
            self.report("local.place".to_owned(), "must be at most 1000");
        }
        self.local_matters
            .extend(local.matters.iter().map(|matter| normalise(matter)));
        self.keywords("local.keywords", &local.keywords, Effect::ForLocal);
        self.keywords("local.negative", &local.negative, Effect::AgainstLocal);
    }

    fn code(&mut self, path: &str, code: &str) {
        if code.is_empty() || !code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            self.report(path.to_owned(), "must be a unit code, such as `GZ-SCJG`");
        } else if !self.codes.insert(code.to_owned()) {
            self.report(
                path.to_owned(),
                "stands here a second time; each unit has one entry",
            );
        }
    }

    fn keywords(&mut self, path: &str, groups: &[Keywords], effect: impl Fn(u16) -> Effect) {
        for (i, group) in groups.iter().enumerate() {
            let path = format!("{path}[{i}]");
            if !(1..=WHOLE).contains(&group.weight) {
                self.report(format!("{path}.weight"), "must be between 1 and 1000");
            }
            for (j, term) in group.terms.iter().enumerate() {
                self.term(&format!("{path}.terms[{j}]"), term, effect(group.weight));
            }
        }
    }

    fn term(&mut self, path: &str, word: &str, effect: Effect) {
        let key = normalise(word);
        if key.trim().is_empty() {
            self.report(path.to_owned(), "must not be empty");
            return;
        }
        let next = self.terms.len();
        let position = *self.known.entry(key).or_insert(next);
        if position == next {
            self.terms.push(Term {
                word: word.to_owned(),
                effects: Vec::new(),
            });
        }
        let Some(term) = self.terms.get_mut(position) else {
            return;
        };
        if term.effects.iter().any(|other| effect.same_target(*other)) {
            self.report(
                path.to_owned(),
                "stands here a second time; remove one of the two",
            );
        } else {
            term.effects.push(effect);
        }
    }

    fn finish(mut self, settings: Settings) -> Result<Rules, Vec<Problem>> {
        let automaton = match Terms::new(self.terms.iter().map(|term| term.word.as_str())) {
            Ok(automaton) if self.problems.is_empty() => automaton,
            Ok(_) => return Err(self.problems),
            Err(error) => {
                self.report(".".to_owned(), &error.to_string());
                return Err(self.problems);
            }
        };
        let named = |unit: Unit| Named {
            code: unit.code,
            name: unit.name,
        };
        let place = |district: crate::settings::District| Place {
            code: district.code,
            name: district.name,
            unit: district.unit,
        };
        Ok(Rules {
            scoring: settings.scoring,
            units: settings.units.into_iter().map(named).collect(),
            districts: settings.districts.into_iter().map(place).collect(),
            local: settings.local,
            matters: self.matters,
            local_matters: self.local_matters,
            streets: self.streets,
            automaton,
            terms: self.terms,
        })
    }
}

impl Effect {
    /// Whether both say something about the same unit or place.
    fn same_target(self, other: Self) -> bool {
        match (self, other) {
            (Self::For(a, _) | Self::Against(a, _), Self::For(b, _) | Self::Against(b, _))
            | (Self::Place(a), Self::Place(b)) => a == b,
            (
                Self::ForLocal(_) | Self::AgainstLocal(_),
                Self::ForLocal(_) | Self::AgainstLocal(_),
            ) => true,
            (
                Self::For(..)
                | Self::Against(..)
                | Self::ForLocal(_)
                | Self::AgainstLocal(_)
                | Self::Place(_),
                _,
            ) => false,
        }
    }
}
