//! From a question to what is looked up. A question becomes clauses, each worth something, and needles
//! by which hits are explained and highlighted. Long text is reduced to its key terms first: those that
//! few points have.

use std::collections::HashMap;

use tantivy::query::{BooleanQuery, BoostQuery, FuzzyTermQuery, Occur, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

use crate::analysis::{pairs, words_of_run};
use crate::error::Error;
use crate::highlight::{Form, Needle};
use crate::normal::{Run, Script, fold, is_han, runs};
use crate::query::Reason;
use crate::schema::Fields;
use crate::synonyms::Synonyms;

/// What a match is worth, by field. A title says what a point is about, a question how people ask.
const TITLE: f32 = 2.2;
const QUESTIONS: f32 = 1.8;
const TEXT: f32 = 1.0;
const HEAD_GRAMS: f32 = 1.6;
const TEXT_GRAMS: f32 = 0.8;

/// Less than the word itself, whose characters count too.
const SYNONYM: f32 = 1.4;

/// How much text is read, and how many terms are looked up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Depth {
    pub(crate) chars: usize,
    pub(crate) terms: usize,
    /// Also pinyin, initials, typing mistakes and homophones.
    pub(crate) tolerant: bool,
}

/// For a question that somebody typed.
pub(crate) const QUESTION: Depth = Depth {
    chars: 2_000,
    terms: 40,
    tolerant: true,
};

/// For the text of an order.
pub(crate) const ORDER: Depth = Depth {
    chars: 6_000,
    terms: 24,
    tolerant: false,
};

/// Terms that must all be there, and what that is worth.
#[derive(Debug, Clone)]
pub(crate) struct Clause {
    pub(crate) all: Vec<(Field, String)>,
    pub(crate) weight: f32,
}

/// What is looked up, and how hits are explained.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    pub(crate) clauses: Vec<Clause>,
    pub(crate) needles: Vec<Needle>,
}

/// What plans are made with.
pub(crate) struct Planner<'a> {
    pub(crate) searcher: &'a Searcher,
    pub(crate) fields: &'a Fields,
    pub(crate) synonyms: &'a Synonyms,
}

/// A word, a pair of characters, or a single one.
struct Unit {
    text: String,
    is_word: bool,
    times: u16,
    points: u64,
}

impl Plan {
    /// The engine's query; `None` when nothing is looked up.
    pub(crate) fn query(&self) -> Option<BooleanQuery> {
        let term = |(field, text): &(Field, String)| -> Box<dyn tantivy::query::Query> {
            Box::new(TermQuery::new(
                Term::from_field_text(*field, text),
                IndexRecordOption::WithFreqs,
            ))
        };
        let clauses: Vec<_> = self
            .clauses
            .iter()
            .filter_map(|clause| {
                let inner = match clause.all.as_slice() {
                    [] => return None,
                    [one] => term(one),
                    all => Box::new(BooleanQuery::new(
                        all.iter().map(|one| (Occur::Must, term(one))).collect(),
                    )),
                };
                let worth: Box<dyn tantivy::query::Query> =
                    Box::new(BoostQuery::new(inner, clause.weight));
                Some((Occur::Should, worth))
            })
            .collect();
        (!clauses.is_empty()).then(|| BooleanQuery::new(clauses))
    }

    pub(crate) fn look_for(&mut self, field: Field, text: &str, weight: f32) {
        self.clauses.push(Clause {
            all: vec![(field, text.to_owned())],
            weight,
        });
    }

    pub(crate) fn explain(&mut self, reason: Reason, asked: &str, form: Form) {
        let needle = Needle {
            reason,
            asked: asked.to_owned(),
            form,
        };
        if !self.needles.contains(&needle) {
            self.needles.push(needle);
        }
    }

    fn unit(&mut self, fields: &Fields, unit: &Unit) {
        let reason = if unit.is_word {
            self.look_for(fields.title, &unit.text, TITLE);
            self.look_for(fields.questions, &unit.text, QUESTIONS);
            self.look_for(fields.text, &unit.text, TEXT);
            Reason::Word
        } else {
            self.look_for(fields.head_grams, &unit.text, HEAD_GRAMS);
            self.look_for(fields.text_grams, &unit.text, TEXT_GRAMS);
            Reason::Characters
        };
        self.explain(reason, &unit.text, Form::Text(unit.text.clone()));
    }
}

impl Planner<'_> {
    /// What to look up for a text.
    pub(crate) fn plan(&self, text: &str, depth: Depth) -> Result<Plan, Error> {
        let chars = fold(text, depth.chars);
        let runs = runs(&chars);
        let mut plan = Plan::default();
        for unit in self.key_terms(&runs, depth.terms)? {
            plan.unit(self.fields, &unit);
        }
        for found in self.synonyms.find(&chars) {
            for other in &found.others {
                self.synonym(&mut plan, &found.asked, other);
            }
        }
        if depth.tolerant {
            self.letters(&mut plan, &chars, &runs)?;
            self.homophones(&mut plan, &runs)?;
        }
        Ok(plan)
    }

    /// In how many points a term is, those counted that a later version has replaced.
    pub(crate) fn points(&self, field: Field, text: &str) -> Result<u64, Error> {
        self.searcher
            .doc_freq(&Term::from_field_text(field, text))
            .map_err(Error::read)
    }

    pub(crate) fn points_with_word(&self, text: &str) -> Result<u64, Error> {
        let fields = self.fields;
        let mut most = 0;
        for field in [fields.text, fields.questions, fields.title] {
            most = most.max(self.points(field, text)?);
        }
        Ok(most)
    }

    fn points_with_gram(&self, text: &str) -> Result<u64, Error> {
        let text_grams = self.points(self.fields.text_grams, text)?;
        Ok(text_grams.max(self.points(self.fields.head_grams, text)?))
    }

    /// The units of a text that tell points apart best.
    fn key_terms(&self, runs: &[Run], most: usize) -> Result<Vec<Unit>, Error> {
        let mut units = self.known(candidates(runs), most)?;
        if units.is_empty() {
            let singles = runs
                .iter()
                .filter(|run| run.script == Script::Han)
                .flat_map(|run| run.text.chars())
                .map(|c| (c.to_string(), false));
            units = self.known(count(singles), most)?;
        }
        let all = self.searcher.num_docs();
        let is_common = |unit: &Unit| all > 1_000 && unit.points > all / 3;
        if units.iter().any(|unit| !is_common(unit)) {
            units.retain(|unit| !is_common(unit));
        }
        units.sort_by(|a, b| {
            value(b, all)
                .total_cmp(&value(a, all))
                .then_with(|| a.text.cmp(&b.text))
        });
        units.truncate(most);
        Ok(units)
    }

    /// Those units that any point has.
    fn known(&self, mut units: Vec<Unit>, most: usize) -> Result<Vec<Unit>, Error> {
        // What is said often, and first, goes first: a look-up costs too.
        units.sort_by_key(|unit| (std::cmp::Reverse(unit.times.min(3)), !unit.is_word));
        units.truncate(most.saturating_mul(8));
        for unit in &mut units {
            unit.points = if unit.is_word {
                self.points_with_word(&unit.text)?
            } else {
                self.points_with_gram(&unit.text)?
            };
        }
        units.retain(|unit| unit.points > 0);
        Ok(units)
    }

    /// All of a synonym's parts in the head, or all in the text.
    fn synonym(&self, plan: &mut Plan, asked: &str, other: &str) {
        let fields = self.fields;
        let chars: Vec<char> = other.chars().collect();
        let parts = runs(&chars);
        let mut grams = Vec::new();
        let mut letters = Vec::new();
        for run in &parts {
            match run.script {
                Script::Han if run.text.chars().nth(1).is_none() => grams.push(run.text.clone()),
                Script::Han => grams.extend(pairs(&run.text)),
                Script::Latin => letters.push(run.text.clone()),
            }
        }
        let count = u16::try_from(grams.len() + letters.len()).unwrap_or(u16::MAX);
        if count == 0 {
            return;
        }
        for (gram_field, word_field, worth) in [
            (fields.head_grams, fields.title, TITLE),
            (fields.head_grams, fields.questions, QUESTIONS),
            (fields.text_grams, fields.text, TEXT),
        ] {
            if letters.is_empty() && word_field == fields.questions {
                continue;
            }
            let grams = grams.iter().map(|gram| (gram_field, gram.clone()));
            let letters = letters.iter().map(|word| (word_field, word.clone()));
            plan.clauses.push(Clause {
                all: grams.chain(letters).collect(),
                weight: worth * SYNONYM / f32::from(count),
            });
        }
        plan.explain(Reason::Synonym, asked, Form::Text(other.to_owned()));
    }

    /// Terms of a field that are a few mistakes away.
    pub(crate) fn near(&self, field: Field, text: &str) -> Result<Vec<String>, Error> {
        const NEAR_MAX: usize = 8;
        let distance = match text.len() {
            0..=3 => return Ok(Vec::new()),
            4..=7 => 1,
            _ => 2,
        };
        let automaton = FuzzyTermQuery::new(Term::from_field_text(field, text), distance, true)
            .automaton()
            .map_err(Error::read)?;
        // The first letter is rarely the wrong one, and most terms begin with another.
        let first = text.get(..1).unwrap_or_default();
        let beyond: String = first
            .chars()
            .filter_map(|c| char::from_u32(u32::from(c) + 1))
            .collect();
        let mut found: HashMap<String, u64> = HashMap::new();
        for segment in self.searcher.segment_readers() {
            let terms = segment.inverted_index(field).map_err(Error::read)?;
            let mut stream = terms
                .terms()
                .search(&automaton)
                .ge(first)
                .lt(&beyond)
                .into_stream()
                .map_err(Error::read)?;
            while stream.advance() {
                let Ok(term) = std::str::from_utf8(stream.key()) else {
                    continue;
                };
                if term.len() > 3 && !term.contains(' ') && !term.contains(is_han) {
                    *found.entry(term.to_owned()).or_default() +=
                        u64::from(stream.value().doc_freq);
                }
            }
        }
        let mut found: Vec<(String, u64)> = found.into_iter().collect();
        found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Ok(found
            .into_iter()
            .map(|(term, _)| term)
            .take(NEAR_MAX)
            .collect())
    }
}

fn candidates(runs: &[Run]) -> Vec<Unit> {
    count(runs.iter().flat_map(|run| {
        match run.script {
            Script::Latin => vec![(run.text.clone(), true)],
            Script::Han if run.text.chars().nth(1).is_none() => vec![(run.text.clone(), false)],
            Script::Han => words_of_run(&run.text)
                .into_iter()
                .map(|word| (word, true))
                .chain(pairs(&run.text).into_iter().map(|pair| (pair, false)))
                .collect(),
        }
    }))
}

fn count(texts: impl Iterator<Item = (String, bool)>) -> Vec<Unit> {
    let mut places: HashMap<(String, bool), usize> = HashMap::new();
    let mut units: Vec<Unit> = Vec::new();
    for (text, is_word) in texts {
        let place = *places.entry((text.clone(), is_word)).or_insert(units.len());
        match units.get_mut(place) {
            Some(unit) => unit.times = unit.times.saturating_add(1),
            None => units.push(Unit {
                text,
                is_word,
                times: 1,
                points: 0,
            }),
        }
    }
    units
}

/// How well a unit tells points apart: rare among points, and said more than once.
fn value(unit: &Unit, all: u64) -> f32 {
    let ratio = all / unit.points.max(1);
    let rarity = f32::from(u16::try_from(ratio).unwrap_or(u16::MAX)).ln_1p();
    let times = f32::from(unit.times.min(3));
    let kind = if unit.is_word { 1.0 } else { 0.5 };
    (rarity + 0.1) * (1.0 + 0.5 * (times - 1.0)) * kind
}
