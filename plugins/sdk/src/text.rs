//! Finding many terms in a citizen's words at once.

use aho_corasick::automaton::{Automaton as _, OverlappingState};
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Input, MatchKind};

/// Brings spellings together: full-width letters, digits and signs become half-width, ASCII letters
/// become lower case, the ideographic space becomes a plain one.
#[must_use]
pub fn normalise(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{3000}' => ' ',
            '\u{ff01}'..='\u{ff5e}' => u32::from(c)
                .checked_sub(0xfee0)
                .and_then(char::from_u32)
                .unwrap_or(c),
            _ => c,
        })
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// A set of terms, compiled so that one pass over a text finds all of them.
#[derive(Debug, Clone)]
pub struct Terms {
    automaton: NFA,
}

/// Why a set of terms cannot be compiled.
#[derive(Debug, thiserror::Error)]
#[error("cannot compile the terms: too many or too long ones")]
pub struct Error(#[source] aho_corasick::BuildError);

impl Terms {
    /// Compiles the terms; each is normalised. A term is known by its position from here on.
    ///
    /// # Errors
    ///
    /// When the terms together exceed what the automaton can hold (some 2 GB).
    pub fn new<'a>(terms: impl IntoIterator<Item = &'a str>) -> Result<Self, Error> {
        let terms: Vec<String> = terms.into_iter().map(normalise).collect();
        let automaton = NFA::builder()
            .match_kind(MatchKind::Standard)
            .build(&terms)
            .map_err(Error)?;
        Ok(Self { automaton })
    }

    /// Positions of the terms that occur in a normalised text, each once, in the order in which they
    /// first occur. A term counts only where no longer term covers it: of `施工` and `夜间施工`, a
    /// text with the latter has the latter only.
    #[must_use]
    pub fn find(&self, normalised: &str) -> Vec<usize> {
        let input = Input::new(normalised);
        let mut state = OverlappingState::start();
        let mut hits = Vec::new();
        // An automaton built for standard matches never refuses the search.
        while self
            .automaton
            .try_find_overlapping(&input, &mut state)
            .is_ok()
            && let Some(hit) = state.get_match()
        {
            hits.push((hit.start(), hit.end(), hit.pattern().as_usize()));
        }
        hits.sort_unstable_by_key(|&(start, end, term)| (start, usize::MAX - end, term));
        let mut seen = vec![false; self.automaton.patterns_len()];
        let mut covered_to = 0;
        let mut found = Vec::new();
        for (_, end, term) in hits {
            if end <= covered_to {
                continue;
            }
            covered_to = end;
            if let Some(seen) = seen.get_mut(term)
                && !*seen
            {
                *seen = true;
                found.push(term);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::{Terms, normalise};

    #[track_caller]
    fn check(terms: &[&str], text: &str, expected: &[&str]) {
        let found = Terms::new(terms.iter().copied())
            .unwrap()
            .find(&normalise(text));
        assert_eq!(
            found.iter().map(|&term| terms[term]).collect::<Vec<_>>(),
            expected
        );
    }

    #[test]
    fn terms() {
        check(
            &["施工", "夜间施工", "噪声"],
            "夜间施工噪声大，夜间施工",
            &["夜间施工", "噪声"],
        );
        check(
            &["施工", "夜间施工"],
            "夜间施工，白天也施工",
            &["夜间施工", "施工"],
        );
        check(
            &["自来水", "水管", "自来水管"],
            "自来水管爆了",
            &["自来水管"],
        );
        check(&["供水", "水管"], "供水管", &["供水", "水管"]);
        check(&["gas", "App"], "ＧＡＳ　ａｐｐ", &["gas", "App"]);
        check(&["噪声"], "", &[]);
        check(&[], "噪声", &[]);
    }
}
