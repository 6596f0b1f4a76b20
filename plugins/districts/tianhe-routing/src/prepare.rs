//! From settings to rules: one automaton over all words and places.

use std::collections::BTreeMap;

use sdk::text::{Terms, normalise};
use sdk::{OrderType, Problem, problem};

use crate::settings::{Settings, Unit};

/// The settings, compiled.
#[derive(Debug)]
pub struct Rules {
    pub(crate) district: String,
    pub(crate) order_types: Vec<OrderType>,
    pub(crate) whole: Office,
    pub(crate) whole_score: u16,
    pub(crate) offices: Vec<Office>,
    /// Positions of offices by the street's name, normalised.
    pub(crate) streets: BTreeMap<String, usize>,
    pub(crate) matters: Vec<Matter>,
    automaton: Terms,
    /// What each term means, in the automaton's order.
    terms: Vec<(String, Vec<Meaning>)>,
}

/// A unit as reasons name it.
#[derive(Debug, Clone)]
pub(crate) struct Office {
    pub(crate) code: String,
    pub(crate) name: String,
}

/// A matter as a decision needs it.
#[derive(Debug)]
pub(crate) struct Matter {
    /// Its position among the matters.
    position: usize,
    pub(crate) name: String,
    pub(crate) unit: Option<Office>,
    pub(crate) score: u16,
    groups: usize,
}

/// What a term says.
#[derive(Debug, Clone, Copy)]
enum Meaning {
    /// A hit for this group of this matter.
    Hit { matter: usize, group: usize },
    /// It is not this matter.
    Against { matter: usize },
    /// It happened in this street.
    Street(usize),
}

/// What was found in an order.
pub(crate) struct Found<'a> {
    /// The words by matter and group.
    pub(crate) words: Vec<Vec<Vec<&'a str>>>,
    /// The first street that is named.
    pub(crate) street: Option<usize>,
    against: Vec<usize>,
}

impl Found<'_> {
    /// Whether a word says that it is not this matter.
    pub(crate) fn against(&self, matter: &Matter) -> bool {
        self.against.contains(&matter.position)
    }
}

impl Rules {
    /// Looks for all words and places in some texts.
    pub(crate) fn find(&self, texts: &[&str]) -> Found<'_> {
        let words = self
            .matters
            .iter()
            .map(|matter| vec![Vec::new(); matter.groups])
            .collect();
        let mut found = Found {
            words,
            street: None,
            against: Vec::new(),
        };
        let hits = texts
            .iter()
            .flat_map(|text| self.automaton.find(&normalise(text)));
        for (word, meanings) in hits.filter_map(|term| self.terms.get(term)) {
            for meaning in meanings {
                match *meaning {
                    Meaning::Hit { matter, group } => {
                        let words = found.words.get_mut(matter).and_then(|m| m.get_mut(group));
                        words
                            .into_iter()
                            .for_each(|words| words.push(word.as_str()));
                    }
                    Meaning::Against { matter } => found.against.push(matter),
                    Meaning::Street(street) => found.street = found.street.or(Some(street)),
                }
            }
        }
        found
    }
}

impl sdk::Settings for Settings {
    type Rules = Rules;

    fn prepare(self) -> Result<Rules, Vec<Problem>> {
        let mut reader = Reader::default();
        if self.district.len() != 6 || !self.district.bytes().all(|b| b.is_ascii_digit()) {
            reader.report("district", "must be a six-digit code, such as `440106`");
        }
        reader.score("whole_score", self.whole_score);
        reader.unit("whole", &self.whole);
        let mut streets = BTreeMap::new();
        for (n, street) in self.streets.iter().enumerate() {
            let path = format!("streets[{n}]");
            reader.code(&format!("{path}.unit"), &street.unit);
            reader.term(&format!("{path}.name"), &street.name, Meaning::Street(n));
            for (i, place) in street.places.iter().enumerate() {
                reader.term(&format!("{path}.places[{i}]"), place, Meaning::Street(n));
            }
            streets.insert(normalise(&street.name), n);
        }
        for (n, matter) in self.matters.iter().enumerate() {
            let path = format!("matters[{n}]");
            reader.score(&format!("{path}.score"), matter.score);
            if let Some(unit) = &matter.unit {
                reader.unit(&format!("{path}.unit"), unit);
            }
            if matter.groups.is_empty() {
                reader.report(
                    &format!("{path}.groups"),
                    "needs at least one group of words",
                );
            }
            for (i, group) in matter.groups.iter().enumerate() {
                let path = format!("{path}.groups[{i}]");
                if group.is_empty() {
                    reader.report(&path, "needs at least one word, or nothing is recognised");
                }
                for (j, word) in group.iter().enumerate() {
                    let meaning = Meaning::Hit {
                        matter: n,
                        group: i,
                    };
                    reader.term(&format!("{path}[{j}]"), word, meaning);
                }
            }
            for (i, word) in matter.unless.iter().enumerate() {
                reader.term(
                    &format!("{path}.unless[{i}]"),
                    word,
                    Meaning::Against { matter: n },
                );
            }
        }
        reader.finish(self, streets)
    }
}

/// Gathers terms and problems.
#[derive(Default)]
struct Reader {
    problems: Vec<Problem>,
    terms: Vec<(String, Vec<Meaning>)>,
    /// Position in `terms` by normalised word.
    known: BTreeMap<String, usize>,
}

impl Reader {
    fn report(&mut self, path: &str, message: &str) {
        self.problems.push(problem(path, message));
    }

    fn score(&mut self, path: &str, score: u16) {
        if !(1..=1000).contains(&score) {
            self.report(path, "must be between 1 and 1000");
        }
    }

    fn code(&mut self, path: &str, code: &str) {
        if code.is_empty() || !code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            self.report(path, "must be a unit code, such as `GZ-D106`");
        }
    }

    fn unit(&mut self, path: &str, unit: &Unit) {
        self.code(&format!("{path}.code"), &unit.code);
        if unit.name.trim().is_empty() {
            self.report(
                &format!("{path}.name"),
                "must not be empty: reasons show it",
            );
        }
    }

    fn term(&mut self, path: &str, word: &str, meaning: Meaning) {
        let key = normalise(word);
        if key.trim().is_empty() {
            self.report(path, "must not be empty");
            return;
        }
        let next = self.terms.len();
        let position = *self.known.entry(key).or_insert(next);
        if position == next {
            self.terms.push((word.to_owned(), Vec::new()));
        }
        if let Some((_, meanings)) = self.terms.get_mut(position) {
            meanings.push(meaning);
        }
    }

    fn finish(
        mut self,
        settings: Settings,
        streets: BTreeMap<String, usize>,
    ) -> Result<Rules, Vec<Problem>> {
        let automaton = match Terms::new(self.terms.iter().map(|(word, _)| word.as_str())) {
            Ok(automaton) if self.problems.is_empty() => automaton,
            Ok(_) => return Err(self.problems),
            Err(error) => {
                self.report(".", &error.to_string());
                return Err(self.problems);
            }
        };
        let office = |unit: Unit| Office {
            code: unit.code,
            name: unit.name,
        };
        let offices = settings
            .streets
            .into_iter()
            .map(|street| Office {
                name: format!("{}办事处", street.name),
                code: street.unit,
            })
            .collect();
        let matters = settings
            .matters
            .into_iter()
            .enumerate()
            .map(|(position, matter)| Matter {
                position,
                name: matter.name,
                unit: matter.unit.map(office),
                score: matter.score,
                groups: matter.groups.len(),
            })
            .collect();
        Ok(Rules {
            district: settings.district,
            order_types: settings.order_types,
            whole: office(settings.whole),
            whole_score: settings.whole_score,
            offices,
            streets,
            matters,
            automaton,
            terms: self.terms,
        })
    }
}
