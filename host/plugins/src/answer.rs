//! What a guest gave back: is it an answer that the contract allows, and if there is none, why?

use std::collections::BTreeSet;

use contract::{escalation, knowledge, routing};
use lifecycle::advice::FailureKind;
use wasmtime::Trap;

use crate::guest::Exceeded;

/// Longest reason, code or message, in characters.
const TEXT_CHARS_MAX: usize = 500;

/// Longest failure or refusal text that is kept, in characters.
const DETAIL_CHARS_MAX: usize = 300;

/// How wasmtime words that an answer is larger than the bytes that may be handed over; its error
/// type is private. `tests/it/limits.rs` holds this.
const TOO_MUCH_DATA: &str = "too much data is being copied between the host and the guest";

/// A failure's or a refusal's text, cut to what the journal keeps of it.
pub(crate) fn shorten(detail: &str) -> String {
    detail.chars().take(DETAIL_CHARS_MAX).collect()
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) kind: FailureKind,
    pub(crate) detail: String,
}

impl Failure {
    pub(crate) fn new(kind: FailureKind, detail: &str) -> Self {
        Self {
            kind,
            detail: shorten(detail),
        }
    }

    /// Tells a guest's failures apart. The text never holds what the guest itself wrote, because it
    /// is kept in the journal and could repeat the requester's words.
    pub(crate) fn of(error: &wasmtime::Error) -> Self {
        if let Some(exceeded) = error.downcast_ref::<Exceeded>() {
            return Self::new(FailureKind::OutOfMemory, &exceeded.to_string());
        }
        if let Some(trap) = error.downcast_ref::<Trap>() {
            return Self::new(trap_kind(*trap), &trap.to_string());
        }
        let cause = error.root_cause().to_string();
        let kind = if cause.contains(TOO_MUCH_DATA) {
            FailureKind::ResultTooLarge
        } else if error.is::<std::str::Utf8Error>() {
            FailureKind::InvalidAnswer
        } else if error.is::<wasmtime::PoolConcurrencyLimitError>() {
            FailureKind::Overloaded
        } else {
            FailureKind::Trapped
        };
        Self::new(kind, &cause)
    }

    fn invalid(detail: &str) -> Self {
        Self::new(FailureKind::InvalidAnswer, detail)
    }
}

fn trap_kind(trap: Trap) -> FailureKind {
    if trap == Trap::OutOfFuel {
        FailureKind::OutOfFuel
    } else if trap == Trap::Interrupt {
        FailureKind::TimedOut
    } else if trap == Trap::AllocationTooLarge {
        FailureKind::OutOfMemory
    } else {
        FailureKind::Trapped
    }
}

/// Whether a ranking is one: not empty, best first, each unit once, nobody who is excluded.
pub(crate) fn check_ranking(
    candidates: &[routing::Candidate],
    excluded: &[String],
) -> Result<(), Failure> {
    if candidates.is_empty() {
        return Err(Failure::invalid(
            "the ranking is empty; `no-opinion` says that nobody fits",
        ));
    }
    let mut seen = BTreeSet::new();
    let mut best = 1000;
    for (index, candidate) in candidates.iter().enumerate() {
        let wrong = |what: &str| Err(Failure::invalid(&format!("candidates[{index}]: {what}")));
        if candidate.unit.trim().is_empty() {
            return wrong("the unit is empty");
        }
        if let Some(problem) = text_problem(&candidate.reason) {
            return wrong(&format!("the reason is {problem}"));
        }
        if candidate.score_permille > 1000 {
            return wrong("the score is above 1000");
        }
        if candidate.score_permille > best {
            return wrong("the score is above the one before; the best comes first");
        }
        best = candidate.score_permille;
        if excluded.contains(&candidate.unit) {
            return wrong("the unit is among `excluded-units`");
        }
        if !seen.insert(candidate.unit.as_str()) {
            return wrong("the unit stands in the ranking twice");
        }
    }
    Ok(())
}

/// Whether proposals are some: not empty, each with its reason.
pub(crate) fn check_proposals(proposals: &[escalation::Proposal]) -> Result<(), Failure> {
    if proposals.is_empty() {
        return Err(Failure::invalid(
            "the actions are empty; `nothing` says that none is needed",
        ));
    }
    for (index, proposal) in proposals.iter().enumerate() {
        if let Some(problem) = text_problem(&proposal.reason) {
            let what = format!("actions[{index}]: the reason is {problem}");
            return Err(Failure::invalid(&what));
        }
    }
    Ok(())
}

/// What is wrong with a text that the journal is to keep: a reason is a sentence, not a copy of what
/// the requester said.
fn text_problem(text: &str) -> Option<String> {
    if text.trim().is_empty() {
        Some("empty".to_owned())
    } else if text.chars().count() > TEXT_CHARS_MAX {
        Some(format!("longer than {TEXT_CHARS_MAX} characters"))
    } else {
        None
    }
}

/// Whether findings say something.
pub(crate) fn check_findings(findings: &[knowledge::Finding]) -> Result<(), Failure> {
    for (index, finding) in findings.iter().enumerate() {
        for (field, text) in [("code", &finding.code), ("message", &finding.message)] {
            if let Some(problem) = text_problem(text) {
                let what = format!("findings[{index}]: the {field} is {problem}");
                return Err(Failure::invalid(&what));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(unit: &str, score_permille: u16, reason: &str) -> routing::Candidate {
        routing::Candidate {
            unit: unit.to_owned(),
            score_permille,
            reason: reason.to_owned(),
        }
    }

    #[track_caller]
    fn check(candidates: &[routing::Candidate], wrong: Option<&str>) {
        let got = check_ranking(candidates, &["X".to_owned()]);
        match (got, wrong) {
            (Ok(()), None) => {}
            (Err(failure), Some(wrong)) => {
                assert_eq!(failure.kind, FailureKind::InvalidAnswer);
                assert!(
                    failure.detail.contains(wrong),
                    "{} lacks {wrong}",
                    failure.detail
                );
            }
            (got, wrong) => panic!("{got:?}, expected {wrong:?}"),
        }
    }

    #[test]
    fn rankings() {
        check(
            &[candidate("A", 1000, "r"), candidate("B", 1000, "r")],
            None,
        );
        check(&[], Some("empty"));
        check(&[candidate(" ", 1, "r")], Some("unit is empty"));
        check(&[candidate("A", 1, "")], Some("reason is empty"));
        check(&[candidate("A", 1001, "r")], Some("above 1000"));
        check(
            &[candidate("A", 1, "r"), candidate("B", 2, "r")],
            Some("candidates[1]: the score"),
        );
        check(&[candidate("X", 1, "r")], Some("excluded"));
        check(
            &[candidate("A", 2, "r"), candidate("A", 1, "r")],
            Some("twice"),
        );
    }

    #[test]
    fn proposals_and_findings_give_reasons() {
        let proposal = |reason: &str| escalation::Proposal {
            action: escalation::Action::Supervise,
            reason: reason.to_owned(),
        };
        assert_eq!(check_proposals(&[proposal("r")]), Ok(()));
        assert!(check_proposals(&[]).is_err());
        assert!(check_proposals(&[proposal("r"), proposal(" ")]).is_err());
        assert_eq!(
            check_proposals(&[proposal(&"长".repeat(TEXT_CHARS_MAX))]),
            Ok(())
        );
        assert!(check_proposals(&[proposal(&"长".repeat(TEXT_CHARS_MAX + 1))]).is_err());
        let finding = |code: &str, message: &str| knowledge::Finding {
            severity: knowledge::Severity::Warn,
            field: knowledge::Field::Body,
            index: None,
            code: code.to_owned(),
            message: message.to_owned(),
        };
        assert_eq!(check_findings(&[]), Ok(()));
        assert_eq!(check_findings(&[finding("c", "m")]), Ok(()));
        assert!(check_findings(&[finding("", "m")]).is_err());
        assert!(check_findings(&[finding("c", "")]).is_err());
    }
}
