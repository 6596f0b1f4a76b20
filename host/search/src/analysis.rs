//! Text as tokens. Four views of the same text, because people look in four ways:
//!
//! - `words`: what the dictionary of jieba finds (also the words within long words), and runs of
//!   letters and digits;
//! - `grams`: single characters and pairs of neighbours, for what no dictionary knows and for typing
//!   mistakes;
//! - `pinyin`: syllables, pairs of them, and words written in pinyin without a gap;
//! - `initials`: the first letters of two to four characters in a row.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jieba_rs::{Jieba, TokenizeMode};

use crate::normal::{Run, Script, fold, runs};
use crate::pinyin::{combinations, readings};

/// Characters of one text that are indexed; what is beyond is kept and shown, but not found.
pub(crate) const INDEXED_MAX: usize = 200_000;
/// The longest sequence of initials in the index; a longer question is cut into such.
pub(crate) const INITIALS_MAX: usize = 4;
/// Before the initials of a whole word of the dictionary: these are meant more often.
pub(crate) const WHOLE_WORD: char = '=';
/// Combinations of readings of one word or sequence.
const COMBINATIONS: usize = 4;

static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// Reads the dictionaries now and not at the first search: about a third of a second.
pub(crate) fn warm_up() {
    words_of_run("热线");
    readings('热');
}

/// A view of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    Words,
    Grams,
    Pinyin,
    Initials,
}

/// The tokens of a text in a view.
pub(crate) fn tokens(text: &str, view: View) -> Vec<String> {
    let runs = runs(&fold(text, INDEXED_MAX));
    match view {
        View::Words => words(&runs),
        View::Grams => runs
            .iter()
            .filter(|run| run.script == Script::Han)
            .flat_map(|run| grams(&run.text))
            .collect(),
        View::Pinyin => pinyin(&runs),
        View::Initials => initials(&runs),
    }
}

/// The words of runs: of two characters or more, and whole runs of letters and digits.
pub(crate) fn words(runs: &[Run]) -> Vec<String> {
    let mut found = Vec::new();
    for run in runs {
        match run.script {
            Script::Han => found.extend(words_of_run(&run.text)),
            Script::Latin => found.push(run.text.clone()),
        }
    }
    found
}

/// The words of a Chinese run, those within long ones too. Single characters are left to `grams`.
pub(crate) fn words_of_run(run: &str) -> Vec<String> {
    JIEBA
        .tokenize(run, TokenizeMode::Search, true)
        .into_iter()
        .filter(|token| token.end - token.start > 1)
        .map(|token| token.word.to_owned())
        .collect()
}

/// Each character, and each pair of neighbours.
pub(crate) fn grams(run: &str) -> Vec<String> {
    let mut found: Vec<String> = run.chars().map(String::from).collect();
    found.extend(pairs(run));
    found
}

/// Each pair of neighbouring characters.
pub(crate) fn pairs(run: &str) -> Vec<String> {
    run.chars()
        .zip(run.chars().skip(1))
        .map(|(a, b)| String::from_iter([a, b]))
        .collect()
}

fn pinyin(runs: &[Run]) -> Vec<String> {
    let mut found = BTreeSet::new();
    for run in runs.iter().filter(|run| run.script == Script::Han) {
        let chars: Vec<char> = run.text.chars().collect();
        for &c in &chars {
            found.extend(readings(c).iter().map(|&reading| reading.to_owned()));
        }
        for pair in chars.windows(2) {
            let read = combinations(pair, COMBINATIONS);
            found.extend(read.into_iter().map(|syllables| syllables.join(" ")));
        }
        for word in words_of_run(&run.text) {
            let chars: Vec<char> = word.chars().collect();
            let read = combinations(&chars, COMBINATIONS);
            found.extend(read.into_iter().map(|syllables| syllables.concat()));
        }
    }
    found.into_iter().collect()
}

fn initials(runs: &[Run]) -> Vec<String> {
    let mut found = BTreeSet::new();
    for run in runs.iter().filter(|run| run.script == Script::Han) {
        let chars: Vec<char> = run.text.chars().collect();
        for length in 2..=INITIALS_MAX {
            for part in chars.windows(length) {
                for syllables in combinations(part, COMBINATIONS) {
                    found.insert(first_letters(&syllables));
                }
            }
        }
        for word in words_of_run(&run.text) {
            let chars: Vec<char> = word.chars().collect();
            for syllables in combinations(&chars, COMBINATIONS) {
                found.insert(format!("{WHOLE_WORD}{}", first_letters(&syllables)));
            }
        }
    }
    found.into_iter().collect()
}

fn first_letters(syllables: &[&str]) -> String {
    syllables.iter().filter_map(|s| s.chars().next()).collect()
}

#[cfg(test)]
mod tests {
    use super::{View, tokens};

    #[test]
    fn each_view_has_its_tokens() {
        for (text, view, wanted) in [
            ("住房公积金", View::Words, "住房 公积 积金 公积金"),
            ("办ETC", View::Words, "etc"),
            ("公积金", View::Grams, "公 积 金 公积 积金"),
            ("金", View::Initials, ""),
            ("公积金", View::Initials, "=gj =gjj =jj gj gjj jj"),
            ("？，😀", View::Words, ""),
        ] {
            assert_eq!(tokens(text, view).join(" "), wanted, "{text} {view:?}");
        }
        let pinyin = tokens("公积金", View::Pinyin);
        for token in ["gong", "gong ji", "gongjijin"] {
            assert!(
                pinyin.iter().any(|found| found == token),
                "{token}: {pinyin:?}"
            );
        }
    }
}
