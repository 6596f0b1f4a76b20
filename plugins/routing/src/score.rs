//! From hits to ranked candidates.

use std::cmp::Reverse;

use sdk::Refusal;
use sdk::routing::{Candidate, Question, Verdict};
use sdk::text::normalise;

use crate::prepare::{Effect, Rules, WHOLE};

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
    let mut units = vec![Evidence::default(); rules.units.len()];
    let mut local = Evidence::default();
    let mut named_place = None;
    let mut note = |term: usize, gain: u16| {
        let Some(term) = rules.terms.get(term) else { return };
        for effect in &term.effects {
            match *effect {
                Effect::For(unit, weight) => {
                    if let Some(unit) = units.get_mut(unit) {
                        unit.support(&term.word, raise(weight, gain));
                    }
                }
                Effect::Against(unit, weight) => {
                    if let Some(unit) = units.get_mut(unit) {
                        unit.oppose(&term.word, weight);
                    }
                }
                Effect::ForLocal(weight) => local.support(&term.word, raise(weight, gain)),
                Effect::AgainstLocal(weight) => local.oppose(&term.word, weight),
                Effect::Place(place) => named_place = named_place.or(Some(place)),
            }
        }
    };
    let in_subject = rules.automaton.find(&normalise(&question.subject));
    for &term in &in_subject {
        note(term, rules.scoring.subject);
    }
    for term in rules.automaton.find(&normalise(&question.text)) {
        if !in_subject.contains(&term) {
            note(term, 0);
        }
    }

    let category = question.category.as_deref().map(normalise);
    let claimed = category.as_ref().and_then(|category| rules.matters.get(category));
    let claimed_locally =
        category.as_ref().is_some_and(|category| rules.local_matters.contains(category));
    for &unit in claimed.into_iter().flatten() {
        if let Some(unit) = units.get_mut(unit) {
            unit.category(rules.scoring.category);
        }
    }
    if claimed_locally {
        local.category(rules.scoring.category);
    }
    let decided = claimed.is_some() || claimed_locally;
    let category = question.category.as_deref().filter(|_| decided);

    let mut ranking = Vec::new();
    for (unit, evidence) in rules.units.iter().zip(&units) {
        let score = evidence.score(decided.then_some(rules.scoring.other_category));
        let reason = || format!("{}，属{}职责", evidence.words(category), unit.name);
        propose(&mut ranking, rules, question, &unit.code, score, reason);
    }
    let place = place(rules, question, named_place)
        .filter(|_| rules.local.order_types.contains(&question.order_type))
        .and_then(|place| rules.districts.get(place));
    if let Some(place) = place {
        local.missing = share(local.missing, WHOLE - rules.local.place.min(WHOLE));
        let score = local.score(decided.then_some(rules.scoring.other_category));
        let reason = || match local.words(category) {
            words if words.is_empty() => format!("事发地在{}，由属地先行处理", place.name),
            words => format!("事发地在{}，{words}，由属地处理", place.name),
        };
        propose(&mut ranking, rules, question, &place.unit, score, reason);
    }
    // Stable, so that the order of the settings decides between equal scores.
    ranking.sort_by_key(|candidate| Reverse(candidate.score_permille));
    ranking.truncate(rules.scoring.candidates_max.into());
    Ok(if ranking.is_empty() { Verdict::NoOpinion } else { Verdict::Ranked(ranking) })
}

/// Adds a candidate unless it is too weak or the order came back from it (Art. 17).
fn propose(
    ranking: &mut Vec<Candidate>,
    rules: &Rules,
    question: &Question,
    unit: &str,
    score_permille: u16,
    reason: impl Fn() -> String,
) {
    let excluded = question.excluded_units.iter().any(|excluded| excluded == unit);
    if score_permille >= rules.scoring.least.max(1) && !excluded {
        ranking.push(Candidate { unit: unit.to_owned(), score_permille, reason: reason() });
    }
}

/// Position of the district: by its code, else by the street, else by a name in the text.
fn place(rules: &Rules, question: &Question, named: Option<usize>) -> Option<usize> {
    if let Some(code) = &question.district {
        return rules.districts.iter().position(|district| district.code == *code);
    }
    let street = question.street.as_deref().map(normalise);
    street.and_then(|street| rules.streets.get(&street).copied()).or(named)
}

/// A weight that gains a share of what it lacks.
fn raise(weight: u16, gain: u16) -> u16 {
    let lacking = u32::from(WHOLE.saturating_sub(weight));
    let gained = lacking * u32::from(gain) / u32::from(WHOLE);
    u16::try_from(gained).map_or(WHOLE, |gained| weight.saturating_add(gained)).min(WHOLE)
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
            words.iter().take(WORDS_MAX).map(|word| format!("“{word}”")).collect()
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
