//! A text by its letters, for looking around a place in it.

use sdk::numerals::{is_numeral, numeral};

/// Most letters of a text that a finding repeats.
const WORDS_MAX: usize = 40;

/// A text by its letters. A place is the number of letters before it.
pub(crate) struct Letters(Vec<char>);

impl Letters {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.chars().collect())
    }

    pub(crate) fn at(&self, place: usize) -> Option<char> {
        self.0.get(place).copied()
    }

    /// The letter before a place.
    pub(crate) fn before(&self, place: usize) -> Option<char> {
        self.at(place.checked_sub(1)?)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Every letter with its place.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, char)> {
        self.0.iter().copied().enumerate()
    }

    /// The text between two places.
    pub(crate) fn text(&self, start: usize, end: usize) -> String {
        let letters = self.0.get(start..end.min(self.len())).unwrap_or_default();
        letters.iter().collect()
    }

    /// The text between two places as a finding repeats it: on one line, and not too long.
    pub(crate) fn words(&self, start: usize, end: usize) -> String {
        let text = self.text(start, end.min(start.saturating_add(WORDS_MAX)));
        let mut words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if end.saturating_sub(start) > WORDS_MAX {
            words.push('…');
        }
        words
    }

    /// First place from `place` on whose letter is not one of these.
    pub(crate) fn skip(&self, mut place: usize, skipped: impl Fn(char) -> bool) -> usize {
        while self.at(place).is_some_and(&skipped) {
            place += 1;
        }
        place
    }

    /// The earliest place before `place` from which on there are only letters of these, `most` at most.
    pub(crate) fn skip_back(
        &self,
        mut place: usize,
        most: usize,
        skipped: impl Fn(char) -> bool,
    ) -> usize {
        let stop = place.saturating_sub(most);
        while place > stop && self.before(place).is_some_and(&skipped) {
            place -= 1;
        }
        place
    }

    /// The number that begins at a place, in digits or characters, and where it ends.
    pub(crate) fn number(&self, place: usize) -> Option<(u64, usize)> {
        let end = self.skip(place, is_numeral);
        Some((numeral(&self.text(place, end))?, end))
    }

    /// The number that ends at a place, and where it begins.
    pub(crate) fn number_back(&self, place: usize) -> Option<(u64, usize)> {
        let start = self.skip_back(place, usize::MAX, is_numeral);
        Some((numeral(&self.text(start, place))?, start))
    }

    /// Whether nothing but marks and spaces stands between two places.
    pub(crate) fn only_marks(&self, start: usize, end: usize) -> bool {
        self.0
            .get(start..end)
            .is_some_and(|between| between.iter().all(|letter| !letter.is_alphanumeric()))
    }

    /// Whether the text before a place ends in these words.
    pub(crate) fn ends_in(&self, place: usize, words: &str) -> bool {
        let before = self.0.get(..place).unwrap_or_default();
        let mut letters = before.iter().rev();
        words
            .chars()
            .rev()
            .all(|letter| letters.next() == Some(&letter))
    }
}
