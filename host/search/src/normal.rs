//! One spelling for text of the index and of questions: full-width forms become half-width, letters
//! small, traditional characters simplified. Character by character, so that a place in the folded
//! text is the same place in the text that people see, and highlights need no table of offsets.

use std::collections::HashMap;
use std::sync::LazyLock;

use hanconv::RawDictionary;

/// Traditional characters and their (first) simplified form, from OpenCC's table.
static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    RawDictionary::TSCharacters
        .iter()
        .filter_map(|(from, to)| Some((single(from)?, single(to)?)))
        .filter(|(from, to)| from != to)
        .collect()
});

/// The folded characters of a text, at most `most` of them, one for each character of the text.
pub(crate) fn fold(text: &str, most: usize) -> Vec<char> {
    text.chars().take(most).map(fold_char).collect()
}

/// Whether a character is a Chinese one.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{3134f}' | '〇')
}

/// What follows one another without punctuation or a change of script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    /// Its first character in the text.
    pub(crate) start: usize,
    /// Its text, folded.
    pub(crate) text: String,
    /// Chinese characters, or letters and digits.
    pub(crate) script: Script,
}

/// What a run consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Script {
    /// Chinese characters.
    Han,
    /// Letters and digits of other scripts.
    Latin,
}

/// The runs of a folded text. A run of letters ends at `LATIN_MAX`: nobody asks for a longer word.
pub(crate) fn runs(chars: &[char]) -> Vec<Run> {
    const LATIN_MAX: usize = 40;
    let mut runs: Vec<Run> = Vec::new();
    let mut open = false;
    let mut length = 0;
    for (place, &c) in chars.iter().enumerate() {
        let script = if is_han(c) {
            Script::Han
        } else if c.is_alphanumeric() {
            Script::Latin
        } else {
            open = false;
            continue;
        };
        match runs.last_mut() {
            Some(run) if open && run.script == script => {
                length += 1;
                if script == Script::Han || length <= LATIN_MAX {
                    run.text.push(c);
                }
            }
            _ => {
                runs.push(Run {
                    start: place,
                    text: c.to_string(),
                    script,
                });
                length = 1;
            }
        }
        open = true;
    }
    runs
}

fn fold_char(c: char) -> char {
    let half = match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c).wrapping_sub(0xfee0)).unwrap_or(c),
        _ => c,
    };
    if half.is_ascii() {
        return half.to_ascii_lowercase();
    }
    if let Some(&simple) = SIMPLIFIED.get(&half) {
        return simple;
    }
    if is_han(half) {
        return half;
    }
    // A letter whose small form is several characters stays as it is.
    let mut small = half.to_lowercase();
    match (small.next(), small.next()) {
        (Some('ü'), None) => 'v',
        (Some(one), None) => one,
        _ => half,
    }
}

fn single(text: &str) -> Option<char> {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => Some(c),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Script, fold, runs};

    #[test]
    fn folding_keeps_places() {
        for (text, folded) in [
            ("ＥＴＣ卡　辦理", "etc卡 办理"),
            ("公積金提取？", "公积金提取?"),
            ("房產證😀", "房产证😀"),
            ("NÜ lǜ", "nv lǜ"),
            ("", ""),
        ] {
            let chars = fold(text, 1_000);
            assert_eq!(chars.iter().collect::<String>(), folded);
            assert_eq!(chars.len(), text.chars().count());
        }
        assert_eq!(fold("一二三", 2), ['一', '二']);
    }

    #[test]
    fn runs_end_at_punctuation_and_script() {
        let found: Vec<(usize, String, Script)> = runs(&fold("办ETC卡，12345😀热线", 100))
            .into_iter()
            .map(|run| (run.start, run.text, run.script))
            .collect();
        assert_eq!(
            found,
            [
                (0, "办".into(), Script::Han),
                (1, "etc".into(), Script::Latin),
                (4, "卡".into(), Script::Han),
                (6, "12345".into(), Script::Latin),
                (12, "热线".into(), Script::Han),
            ]
        );
    }
}
