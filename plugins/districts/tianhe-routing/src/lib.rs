//! Tianhe district's routing plugin: street-level matters go straight to the street office, night
//! construction to the district's own enforcement bureau. On everything else, and outside Tianhe, it
//! has no opinion, and the city's plugin is asked.
//!
//! A matter is a list of word groups; it is recognised when every group has a hit. That is coarser
//! than the city's weights, and a street clerk can tell at a glance why it spoke.

pub mod settings;

mod prepare;

use std::collections::BTreeSet;

use sdk::Refusal;
use sdk::routing::{Candidate, Question, Verdict};
use sdk::text::normalise;

pub use prepare::Rules;
use prepare::{Matter, Office};
pub use settings::Settings;

sdk::routing! {
    name: "tianhe-routing",
    summary: "天河区：街道级事项直派街道，夜间施工噪声派区城管部门",
    settings: Settings,
    route: route,
}

/// Advises on one order.
///
/// # Errors
///
/// None; the signature is the contract's.
pub fn route(rules: &Rules, question: &Question) -> Result<Verdict, Refusal> {
    if !rules.order_types.contains(&question.order_type) {
        return Ok(Verdict::NoOpinion);
    }
    let found = rules.find(&[&question.subject, &question.text]);
    let street = match &question.street {
        Some(name) => rules.streets.get(&normalise(name)).copied(),
        None => found.street,
    };
    let street = street.and_then(|street| rules.offices.get(street));
    let here = match &question.district {
        Some(district) => *district == rules.district,
        None => street.is_some(),
    };
    if !here {
        return Ok(Verdict::NoOpinion);
    }
    let recognised: Vec<_> = rules
        .matters
        .iter()
        .zip(&found.words)
        .filter(|(matter, words)| {
            words.iter().all(|group| !group.is_empty()) && !found.against(matter)
        })
        .collect();
    if recognised.is_empty() {
        return Ok(Verdict::NoOpinion);
    }
    let mut candidates = Vec::new();
    for (matter, words) in recognised {
        let words: BTreeSet<_> = words.iter().filter_map(|group| group.first()).collect();
        let words: String = words.into_iter().map(|word| format!("“{word}”")).collect();
        candidates.push(candidate(rules, matter, street, &words));
    }
    candidates.push(Candidate {
        unit: rules.whole.code.clone(),
        score_permille: rules.whole_score,
        reason: format!("天河区街道级事项，也可由{}统筹", rules.whole.name),
    });
    candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.score_permille));
    let mut seen: BTreeSet<_> = question.excluded_units.iter().cloned().collect();
    candidates.retain(|candidate| seen.insert(candidate.unit.clone()));
    Ok(if candidates.is_empty() {
        Verdict::NoOpinion
    } else {
        Verdict::Ranked(candidates)
    })
}

/// The matter's own unit, else the street's office, else the district as a whole.
fn candidate(rules: &Rules, matter: &Matter, street: Option<&Office>, words: &str) -> Candidate {
    let name = &matter.name;
    let (office, score_permille, reason) = match (&matter.unit, street) {
        (Some(unit), _) => (
            unit,
            matter.score,
            format!("命中{words}，属{name}，由{}负责", unit.name),
        ),
        (None, Some(street)) => (
            street,
            matter.score,
            format!("命中{words}，属{name}，由{}负责", street.name),
        ),
        (None, None) => {
            let whole = &rules.whole;
            let reason = format!("命中{words}，属{name}，街道不明，由{}转派", whole.name);
            (whole, rules.whole_score, reason)
        }
    };
    Candidate {
        unit: office.code.clone(),
        score_permille,
        reason,
    }
}

#[cfg(test)]
mod tests;
