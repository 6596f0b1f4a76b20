//! The list of synonyms that the centre edits. It works on questions and not on the index, so that an
//! edit takes effect at once.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Error;
use crate::normal::{fold, is_han};

/// The longest word of the list, in characters.
const WORD_MAX: usize = 32;
/// How many words one line may have.
const LINE_MAX: usize = 64;
/// How many words the list may have.
const LIST_MAX: usize = 50_000;

/// Words, and what else to look for when one of them is asked.
///
/// One group a line, in any order; `#` begins a comment:
///
/// ```text
/// 公积金, 住房公积金, GJJ        # each stands for the others
/// 黑车 => 非法营运, 无证营运      # asked for the left, look for the right too, not the reverse
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Synonyms {
    /// Folded word to what else is looked for.
    others: BTreeMap<String, BTreeSet<String>>,
    longest: usize,
}

/// A word of a question that has synonyms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) asked: String,
    pub(crate) others: Vec<String>,
}

impl Synonyms {
    /// Reads the list. Commas may be Chinese ones (`，`, `、`).
    ///
    /// # Errors
    ///
    /// `Error::Synonyms` with the line that is not of the form, or that is too long.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut list = Self::default();
        let mut count = 0;
        for (place, whole) in text.lines().enumerate() {
            let line = place + 1;
            let refused = |reason: String| Error::Synonyms { line, reason };
            let content = whole.split('#').next().unwrap_or_default().trim();
            if content.is_empty() {
                continue;
            }
            let (left, right) = match content.split_once("=>") {
                Some((left, right)) => (words(left), Some(words(right))),
                None => (words(content), None),
            };
            let all: Vec<&String> = left.iter().chain(right.iter().flatten()).collect();
            count += all.len();
            if left.is_empty() || all.len() < 2 || right.as_ref().is_some_and(Vec::is_empty) {
                return Err(refused(
                    "write at least two words with a comma between them, or `word => words`".into(),
                ));
            }
            if all.len() > LINE_MAX || count > LIST_MAX {
                return Err(refused(format!(
                    "a line has at most {LINE_MAX} words and the list {LIST_MAX}"
                )));
            }
            for word in all {
                let length = word.chars().count();
                if length > WORD_MAX {
                    return Err(refused(format!(
                        "{word} has more than {WORD_MAX} characters"
                    )));
                }
                if length < 2 || !word.chars().any(|c| is_han(c) || c.is_alphanumeric()) {
                    return Err(refused(format!("{word} needs at least two characters")));
                }
            }
            match right {
                Some(right) => list.add(&left, &right),
                None => list.add(&left, &left),
            }
        }
        Ok(list)
    }

    /// How many words have synonyms.
    #[must_use]
    pub fn len(&self) -> usize {
        self.others.len()
    }

    /// Whether the list has no words.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.others.is_empty()
    }

    /// The words of a folded question that have synonyms, at each place the longest one.
    pub(crate) fn find(&self, question: &[char]) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        let mut place = 0;
        while place < question.len() {
            let rest = question.get(place..).unwrap_or_default();
            let hit = (2..=self.longest.min(rest.len())).rev().find_map(|length| {
                let part = rest.get(..length)?;
                let cuts_word = |at: Option<&char>, neighbour: Option<&char>| {
                    [at, neighbour]
                        .iter()
                        .all(|c| c.is_some_and(|c| c.is_alphanumeric() && !is_han(*c)))
                };
                let before = place.checked_sub(1).and_then(|at| question.get(at));
                if cuts_word(part.first(), before) || cuts_word(part.last(), rest.get(length)) {
                    return None;
                }
                let word: String = part.iter().collect();
                let others = self.others.get(&word)?;
                Some((length, word, others))
            });
            match hit {
                Some((length, asked, others)) => {
                    if !found.iter().any(|old| old.asked == asked) {
                        found.push(Found {
                            asked,
                            others: others.iter().cloned().collect(),
                        });
                    }
                    place += length;
                }
                None => place += 1,
            }
        }
        found
    }

    fn add(&mut self, from: &[String], to: &[String]) {
        for word in from {
            let others = self.others.entry(word.clone()).or_default();
            others.extend(to.iter().filter(|other| *other != word).cloned());
            self.longest = self.longest.max(word.chars().count());
        }
        self.others.retain(|_, others| !others.is_empty());
    }
}

fn words(text: &str) -> Vec<String> {
    text.split([',', '，', '、'])
        .map(|word| fold(word.trim(), usize::MAX).into_iter().collect())
        .filter(|word: &String| !word.is_empty())
        .collect()
}
