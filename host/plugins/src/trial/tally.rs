//! Counting while a trial runs. One for each thread; their sum does not depend on who counted what.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use contract::about::Kind;
use engine::ports::StoredDecision;
use hdrhistogram::Histogram;
use lifecycle::advice::Outcome;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::gist;
use super::report::{Class, Distribution, Group, Move, Sample, TrialReport};
use crate::Rule;

/// Most groups and moves that are told apart, so that odd categories fill no memory.
const GROUPS_MAX: usize = 2_000;
/// What is beyond.
const OTHERS: &str = "…";
/// Most moves that the report shows.
const MOVES_SHOWN: usize = 100;
/// Digits that percentiles are exact to.
const DIGITS: u8 = 3;
/// It left the verdict to others.
const NO_OPINION: &str = "no_opinion";
/// It refused the question.
const REFUSED: &str = "refused";

/// What came of one decision.
pub(super) enum Tried {
    /// The rule would not have been asked.
    OutOfReach,
    /// Its question is not kept.
    NoQuestion,
    /// It was asked.
    Asked {
        outcome: Outcome,
        fuel: u64,
        duration_us: u64,
        before: Option<Value>,
        after: Option<Value>,
    },
}

type Pair = (Option<String>, Option<String>);

/// The counts.
pub(super) struct Tally {
    samples_max: usize,
    span: Option<(DateTime<Utc>, DateTime<Utc>)>,
    decisions: u64,
    out_of_reach: u64,
    without_question: u64,
    classes: BTreeMap<Class, u64>,
    without_verdict: BTreeMap<String, u64>,
    fuel: Spread,
    fuel_before: Spread,
    duration_us: Spread,
    by_district: BTreeMap<String, Group>,
    by_category: BTreeMap<String, Group>,
    by_unit: BTreeMap<String, Group>,
    moves: BTreeMap<Pair, u64>,
    /// By class and by what orders them: the digest of the decision's identifier.
    samples: BTreeMap<(Class, [u8; 32]), Sample>,
}

/// A distribution while it is counted.
#[derive(Default)]
struct Spread {
    total: u64,
    max: u64,
    histogram: Option<Histogram<u64>>,
}

impl Tally {
    pub(super) fn new(samples_max: usize) -> Self {
        Self {
            samples_max,
            span: None,
            decisions: 0,
            out_of_reach: 0,
            without_question: 0,
            classes: BTreeMap::new(),
            without_verdict: BTreeMap::new(),
            fuel: Spread::default(),
            fuel_before: Spread::default(),
            duration_us: Spread::default(),
            by_district: BTreeMap::new(),
            by_category: BTreeMap::new(),
            by_unit: BTreeMap::new(),
            moves: BTreeMap::new(),
            samples: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, decision: &StoredDecision, tried: Tried) {
        self.decisions = self.decisions.saturating_add(1);
        match tried {
            Tried::OutOfReach => self.out_of_reach = self.out_of_reach.saturating_add(1),
            Tried::NoQuestion => self.without_question = self.without_question.saturating_add(1),
            Tried::Asked {
                outcome,
                fuel,
                duration_us,
                before,
                after,
            } => {
                self.fuel.note(fuel);
                self.duration_us.note(duration_us);
                if let Some(name) = without_verdict(&outcome) {
                    add(&mut self.without_verdict, name, 1);
                }
                self.compare(decision, before, after);
            }
        }
    }

    fn compare(&mut self, decision: &StoredDecision, before: Option<Value>, after: Option<Value>) {
        self.widen(decision.at, decision.at);
        let kind = decision.advice.kind();
        for attempt in decision.advice.attempts() {
            if attempt.outcome == Outcome::Answered {
                self.fuel_before.note(attempt.fuel);
            }
        }
        let class = class(kind, before.as_ref(), after.as_ref());
        let count = self.classes.entry(class).or_default();
        *count = count.saturating_add(1);
        let question: Value = decision
            .question
            .as_ref()
            .and_then(|bytes| serde_json::from_slice(bytes).ok())
            .unwrap_or_default();
        let changed = u64::from(class.matters());
        let group = Group { asked: 1, changed };
        let district = decision.district.as_ref().map(ToString::to_string);
        join(
            &mut self.by_district,
            district.unwrap_or_else(unnamed),
            group,
        );
        let category = named(&question, "category").unwrap_or_else(unnamed);
        join(&mut self.by_category, category, group);
        let unit = match kind {
            Kind::Routing => short(kind, before.as_ref()),
            Kind::Escalation => named(&question, "unit"),
            Kind::Knowledge => named(&question, "owner"),
        };
        join(&mut self.by_unit, unit.unwrap_or_else(unnamed), group);
        if class == Class::Same {
            return;
        }
        if class.matters() {
            let pair = (short(kind, before.as_ref()), short(kind, after.as_ref()));
            add(&mut self.moves, pair, 1);
        }
        let id = decision.advice.decision();
        self.keep(
            (class, Sha256::digest(id.as_bytes()).into()),
            Sample {
                order: decision.subject.number().to_owned(),
                decision: id,
                at: decision.at,
                class,
                question,
                before,
                after,
            },
        );
    }

    fn widen(&mut self, from: DateTime<Utc>, until: DateTime<Utc>) {
        self.span = Some(match self.span {
            Some((first, last)) => (first.min(from), last.max(until)),
            None => (from, until),
        });
    }

    /// Of each class the samples whose digests come first, as many as wanted.
    fn keep(&mut self, key: (Class, [u8; 32]), sample: Sample) {
        self.samples.insert(key, sample);
        let of_class = (key.0, [0; 32])..=(key.0, [u8::MAX; 32]);
        if self.samples.range(of_class.clone()).count() > self.samples_max {
            let last = self
                .samples
                .range(of_class)
                .next_back()
                .map(|(key, _)| *key);
            if let Some(last) = last {
                self.samples.remove(&last);
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.decisions = self.decisions.saturating_add(other.decisions);
        self.out_of_reach = self.out_of_reach.saturating_add(other.out_of_reach);
        self.without_question = self.without_question.saturating_add(other.without_question);
        if let Some((from, until)) = other.span {
            self.widen(from, until);
        }
        for (class, count) in other.classes {
            let sum = self.classes.entry(class).or_default();
            *sum = sum.saturating_add(count);
        }
        for (name, count) in other.without_verdict {
            add(&mut self.without_verdict, name, count);
        }
        self.fuel.merge(other.fuel);
        self.fuel_before.merge(other.fuel_before);
        self.duration_us.merge(other.duration_us);
        for (name, group) in other.by_district {
            join(&mut self.by_district, name, group);
        }
        for (name, group) in other.by_category {
            join(&mut self.by_category, name, group);
        }
        for (name, group) in other.by_unit {
            join(&mut self.by_unit, name, group);
        }
        for (pair, count) in other.moves {
            add(&mut self.moves, pair, count);
        }
        for (key, sample) in other.samples {
            self.keep(key, sample);
        }
    }

    pub(super) fn report(self, rule: &Arc<Rule>, scope: &str) -> TrialReport {
        let of = |class| self.classes.get(&class).copied().unwrap_or(0);
        let asked: u64 = self.classes.values().sum();
        let matters = of(Class::Changed) + of(Class::Gained) + of(Class::Lost);
        let mut moves: Vec<Move> = self
            .moves
            .into_iter()
            .map(|((from, to), count)| Move { from, to, count })
            .collect();
        moves.sort_by(|a, b| {
            b.count
                .cmp(&a.count)
                .then_with(|| (&a.from, &a.to).cmp(&(&b.from, &b.to)))
        });
        moves.truncate(MOVES_SHOWN);
        let said_nothing = [NO_OPINION, REFUSED];
        let failures = self.without_verdict.iter();
        let failures = failures.filter(|(why, _)| !said_nothing.contains(&why.as_str()));
        let failed = failures.map(|(_, count)| count).sum();
        TrialReport {
            rule: rule.identity().clone(),
            kind: rule.kind(),
            scope: scope.to_owned(),
            span: self.span,
            decisions: self.decisions,
            out_of_reach: self.out_of_reach,
            without_question: self.without_question,
            asked,
            same: of(Class::Same),
            reworded: of(Class::Reworded),
            changed: of(Class::Changed),
            gained: of(Class::Gained),
            lost: of(Class::Lost),
            changed_permille: permille(matters, asked),
            failed_permille: permille(failed, asked),
            without_verdict: self.without_verdict,
            fuel: self.fuel.distribution(),
            fuel_before: self.fuel_before.distribution(),
            duration_us: self.duration_us.distribution(),
            by_district: self.by_district,
            by_category: self.by_category,
            by_unit: self.by_unit,
            moves,
            samples: self.samples.into_values().collect(),
        }
    }
}

impl Spread {
    fn note(&mut self, value: u64) {
        self.total = self.total.saturating_add(value);
        self.max = self.max.max(value);
        if self.histogram.is_none() {
            self.histogram = Histogram::new(DIGITS).ok();
        }
        if let Some(histogram) = &mut self.histogram {
            // It grows by itself, so that no value is out of range.
            if let Err(error) = histogram.record(value) {
                tracing::error!(%error, value, "a value is missing from the percentiles");
            }
        }
    }

    fn merge(&mut self, other: Self) {
        self.total = self.total.saturating_add(other.total);
        self.max = self.max.max(other.max);
        self.histogram = match (self.histogram.take(), other.histogram) {
            (Some(mut own), Some(other)) => {
                // Both resize by themselves, so that nothing is out of range.
                if let Err(error) = own.add(other) {
                    tracing::error!(%error, "a part of the percentiles is missing");
                }
                Some(own)
            }
            (own, other) => own.or(other),
        };
    }

    fn distribution(&self) -> Distribution {
        let at = |quantile| {
            let histogram = self.histogram.as_ref();
            histogram
                .map_or(0, |it| it.value_at_quantile(quantile))
                .min(self.max)
        };
        Distribution {
            count: self.histogram.as_ref().map_or(0, Histogram::len),
            total: self.total,
            p50: at(0.5),
            p99: at(0.99),
            max: self.max,
        }
    }
}

/// Rounded up, so that a limit of zero lets no change through.
fn permille(part: u64, whole: u64) -> u16 {
    let share = part
        .saturating_mul(1000)
        .checked_div(whole.max(1))
        .unwrap_or(0);
    let exact = share.saturating_mul(whole) == part.saturating_mul(1000);
    u16::try_from(share.saturating_add(u64::from(!exact))).unwrap_or(1000)
}

fn class(kind: Kind, before: Option<&Value>, after: Option<&Value>) -> Class {
    match (before, after) {
        (None, None) => Class::Same,
        (None, Some(_)) => Class::Gained,
        (Some(_), None) => Class::Lost,
        (Some(before), Some(after)) if before == after => Class::Same,
        (Some(before), Some(after)) if gist(kind, before) == gist(kind, after) => Class::Reworded,
        (Some(_), Some(_)) => Class::Changed,
    }
}

/// The first unit, or all actions.
fn short(kind: Kind, verdict: Option<&Value>) -> Option<String> {
    let gist = gist(kind, verdict?);
    match kind {
        Kind::Routing => gist.into_iter().next(),
        Kind::Escalation | Kind::Knowledge => Some(gist.join(" + ")),
    }
}

fn without_verdict(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Answered => None,
        Outcome::NoOpinion => Some(NO_OPINION.to_owned()),
        Outcome::Refused { detail: _ } => Some(REFUSED.to_owned()),
        Outcome::Failed { kind, detail: _ } => {
            let name = serde_json::to_value(kind).ok();
            name.as_ref().and_then(Value::as_str).map(str::to_owned)
        }
    }
}

/// A text of a question.
fn named(question: &Value, field: &str) -> Option<String> {
    question.get(field)?.as_str().map(str::to_owned)
}

fn unnamed() -> String {
    "—".to_owned()
}

fn add<K: Ord + Beyond>(counts: &mut BTreeMap<K, u64>, key: K, more: u64) {
    let full = counts.len() >= GROUPS_MAX && !counts.contains_key(&key);
    let count = counts
        .entry(if full { K::beyond() } else { key })
        .or_default();
    *count = count.saturating_add(more);
}

fn join(groups: &mut BTreeMap<String, Group>, name: String, more: Group) {
    let full = groups.len() >= GROUPS_MAX && !groups.contains_key(&name);
    let group = groups
        .entry(if full { String::beyond() } else { name })
        .or_default();
    group.asked = group.asked.saturating_add(more.asked);
    group.changed = group.changed.saturating_add(more.changed);
}

/// What keeps the count of everything that is not told apart.
trait Beyond {
    fn beyond() -> Self;
}

impl Beyond for String {
    fn beyond() -> Self {
        OTHERS.to_owned()
    }
}

impl Beyond for Pair {
    fn beyond() -> Self {
        (Some(OTHERS.to_owned()), Some(OTHERS.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_up() {
        for (part, whole, expected) in [
            (0, 0, 0),
            (0, 7, 0),
            (1, 1000, 1),
            (1, 1001, 1),
            (7, 7, 1000),
            (1, 3, 334),
        ] {
            assert_eq!(permille(part, whole), expected, "{part} of {whole}");
        }
    }

    #[test]
    fn percentiles_are_those_of_the_values() {
        let mut spread = Spread::default();
        let mut other = Spread::default();
        for value in 1..=1_000 {
            let half = if value % 2 == 0 {
                &mut spread
            } else {
                &mut other
            };
            half.note(value * 1_000);
        }
        spread.merge(other);
        let found = spread.distribution();
        assert_eq!(
            (found.count, found.total, found.max),
            (1_000, 500_500_000, 1_000_000)
        );
        assert!(found.p50.abs_diff(500_000) <= 1_000, "{found:?}");
        assert!(found.p99.abs_diff(990_000) <= 1_000, "{found:?}");
    }

    #[test]
    fn verdicts_are_compared_by_what_they_mean() {
        let ranked = |units: &[(&str, u16)]| {
            let list: Vec<Value> = units
                .iter()
                .map(|(unit, score)| serde_json::json!({"unit": unit, "score_permille": score, "reason": ""}))
                .collect();
            serde_json::json!({"verdict": "ranked", "candidates": list})
        };
        let one = ranked(&[("A", 900), ("B", 300)]);
        let scored = ranked(&[("A", 800), ("B", 300)]);
        let turned = ranked(&[("B", 900), ("A", 300)]);
        for (before, after, expected) in [
            (None, None, Class::Same),
            (Some(&one), Some(&one), Class::Same),
            (Some(&one), Some(&scored), Class::Reworded),
            (Some(&one), Some(&turned), Class::Changed),
            (Some(&one), None, Class::Lost),
            (None, Some(&one), Class::Gained),
        ] {
            assert_eq!(
                class(Kind::Routing, before, after),
                expected,
                "{before:?} {after:?}"
            );
        }
    }
}
