//! From hits to ranked candidates.

use std::cmp::Reverse;

use sdk::Refusal;
use sdk::routing::{Candidate, Question, Verdict};
use sdk::text::normalise;

use crate::prepare::{Effect, Named, Place, Rules, WHOLE};

/// Evidence is kept in millionths, so that rounding does not show in the thousandths of a score.
const MISSING: u64 = 1_000_000;

/// At most this many words are named in a reason.
const WORDS_MAX: usize = 5;

/// Advises on one order.
///
/// # Errors
///
/// None; the signature is the contract's.
pub fn route(rules: &Rules, question: &Question) -> Result<Verdict, Refusal> {
    let Gathered {
        mut units,
        mut local,
        place: named_place,
    } = gather(rules, question);
    let category = question.category.as_deref().map(normalise);
    let claimed = category
        .as_ref()
        .and_then(|category| rules.matters.get(category));
    let claimed_locally = category
        .as_ref()
        .is_some_and(|category| rules.local_matters.contains(category));
    for &unit in claimed.into_iter().flatten() {
        if let Some(unit) = units.get_mut(unit) {
            unit.category(rules.scoring.category);
        }
    }
    if claimed_locally {
        local.category(rules.scoring.category);
    }
    let decided = claimed.is_some() || claimed_locally;
    let other = decided.then_some(rules.scoring.other_category);

    let mut ranking: Vec<_> = rules
        .units
        .iter()
        .zip(&units)
        .map(|(unit, evidence)| {
            (
                evidence.score(other),
                &unit.code,
                Source::Unit(unit, evidence),
            )
        })
        .collect();
    let place = place(rules, question, named_place)
        .filter(|_| rules.local.order_types.contains(&question.order_type))
        .and_then(|place| rules.districts.get(place));
    if let Some(place) = place {
        local.missing = share(local.missing, WHOLE.saturating_sub(rules.local.place));
        ranking.push((
            local.score(other),
            &place.unit,
            Source::Place(place, &local),
        ));
    }
    // A unit that returned the order is not proposed again (Art. 17).
    let least = rules.scoring.least.max(1);
    ranking.retain(|(score, code, _)| *score >= least && !question.excluded_units.contains(code));
    // Stable, so that the order of the settings decides between equal scores.
    ranking.sort_by_key(|(score, ..)| Reverse(*score));
    ranking.truncate(rules.scoring.candidates_max.into());
    let category = question.category.as_deref().filter(|_| decided);
    let candidates: Vec<_> = ranking
        .into_iter()
        .map(|(score_permille, unit, source)| Candidate {
            unit: unit.clone(),
            score_permille,
            reason: source.reason(category),
        })
        .collect();
    Ok(if candidates.is_empty() {
        Verdict::NoOpinion
    } else {
        Verdict::Ranked(candidates)
    })
}

/// What the words of an order say.
struct Gathered<'a> {
    /// For and against each unit, in the order of the rules.
    units: Vec<Evidence<'a>>,
    /// For and against the district, whichever it is.
    local: Evidence<'a>,
    /// Position of the first district that is named.
    place: Option<usize>,
}

/// Reads subject line and text. A word counts once, and more when it stands in the subject line.
fn gather<'a>(rules: &'a Rules, question: &Question) -> Gathered<'a> {
    let mut all = Gathered {
        units: vec![Evidence::default(); rules.units.len()],
        local: Evidence::default(),
        place: None,
    };
    let in_subject = rules.automaton.find(&normalise(&question.subject));
    for &term in &in_subject {
        all.note(rules, term, rules.scoring.subject);
    }
    for term in rules.automaton.find(&normalise(&question.text)) {
        if !in_subject.contains(&term) {
            all.note(rules, term, 0);
        }
    }
    all
}

impl<'a> Gathered<'a> {
    /// Takes one term into account, its weight raised by `gain`.
    fn note(&mut self, rules: &'a Rules, term: usize, gain: u16) {
        let Some(term) = rules.terms.get(term) else {
            return;
        };
        for effect in &term.effects {
            match *effect {
                Effect::For(unit, weight) => {
                    if let Some(unit) = self.units.get_mut(unit) {
                        unit.support(&term.word, raise(weight, gain));
                    }
                }
                Effect::Against(unit, weight) => {
                    if let Some(unit) = self.units.get_mut(unit) {
                        unit.oppose(&term.word, weight);
                    }
                }
                Effect::ForLocal(weight) => self.local.support(&term.word, raise(weight, gain)),
                Effect::AgainstLocal(weight) => self.local.oppose(&term.word, weight),
                Effect::Place(place) => self.place = self.place.or(Some(place)),
            }
        }
    }
}

/// Where a candidate comes from.
enum Source<'a> {
    /// A unit with what speaks for it.
    Unit(&'a Named, &'a Evidence<'a>),
    /// A district with what speaks for handling the matter there.
    Place(&'a Place, &'a Evidence<'a>),
}

impl Source<'_> {
    /// Why, in the clerk's language.
    fn reason(&self, category: Option<&str>) -> String {
        match self {
            Self::Unit(unit, evidence) => {
                format!("{}，属{}职责", evidence.words(category), unit.name)
            }
            Self::Place(place, evidence) => match evidence.words(category) {
                words if words.is_empty() => format!("事发地在{}，由属地先行处理", place.name),
                words => format!("事发地在{}，{words}，由属地处理", place.name),
            },
        }
    }
}

/// Position of the district: by its code, else by the street, else by a name in the text.
fn place(rules: &Rules, question: &Question, named: Option<usize>) -> Option<usize> {
    if let Some(code) = &question.district {
        return rules
            .districts
            .iter()
            .position(|district| district.code == *code);
    }
    let street = question.street.as_deref().map(normalise);
    street
        .and_then(|street| rules.streets.get(&street).copied())
        .or(named)
}

/// A weight that gains a share of what it lacks.
fn raise(weight: u16, gain: u16) -> u16 {
    let lacking = u32::from(WHOLE.saturating_sub(weight));
    let gained = lacking * u32::from(gain) / u32::from(WHOLE);
    u16::try_from(gained)
        .map_or(WHOLE, |gained| weight.saturating_add(gained))
        .min(WHOLE)
}

/// So many thousandths of a value.
fn share(value: u64, permille: u16) -> u64 {
    value * u64::from(permille) / u64::from(WHOLE)
}

/// What speaks for and against one unit.
#[derive(Debug, Clone)]
struct Evidence<'a> {
    /// What is missing to certainty, in millionths.
    missing: u64,
    /// What is left after the words that speak against it, in millionths.
    kept: u64,
    by_category: bool,
    words: Vec<&'a str>,
    against: Vec<&'a str>,
}

impl Default for Evidence<'_> {
    fn default() -> Self {
        Self {
            missing: MISSING,
            kept: MISSING,
            by_category: false,
            words: Vec::new(),
            against: Vec::new(),
        }
    }
}

impl<'a> Evidence<'a> {
    fn support(&mut self, word: &'a str, weight: u16) {
        self.missing = share(self.missing, WHOLE.saturating_sub(weight));
        self.words.push(word);
    }

    fn oppose(&mut self, word: &'a str, weight: u16) {
        self.kept = share(self.kept, WHOLE.saturating_sub(weight));
        self.against.push(word);
    }

    fn category(&mut self, weight: u16) {
        self.missing = share(self.missing, WHOLE.saturating_sub(weight));
        self.by_category = true;
    }

    /// The score; units that do not list the category that others list keep only `other` of it.
    fn score(&self, other: Option<u16>) -> u16 {
        let found = MISSING - self.missing;
        let kept = found * self.kept / MISSING;
        let score = match other {
            Some(other) if !self.by_category => share(kept, other),
            Some(_) | None => kept,
        };
        u16::try_from(score * u64::from(WHOLE) / MISSING).unwrap_or(WHOLE)
    }

    /// Which words and which category speak for it, in the clerk's language.
    fn words(&self, category: Option<&str>) -> String {
        let quoted = |words: &[&str]| -> String {
            words
                .iter()
                .take(WORDS_MAX)
                .map(|word| format!("“{word}”"))
                .collect()
        };
        let mut parts = Vec::new();
        if let Some(category) = category.filter(|_| self.by_category) {
            parts.push(format!("事项分类为“{category}”"));
        }
        if !self.words.is_empty() {
            parts.push(format!("命中{}", quoted(&self.words)));
        }
        if !self.against.is_empty() && !parts.is_empty() {
            parts.push(format!("因出现{}酌减", quoted(&self.against)));
        }
        parts.join("，")
    }
}
