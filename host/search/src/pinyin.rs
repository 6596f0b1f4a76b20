//! Pinyin: how characters are read, and where the syllables of typed letters end.

use std::collections::HashSet;
use std::sync::LazyLock;

use ::pinyin::ToPinyinMulti;

/// How many readings of a character of several count.
const READINGS: usize = 3;
/// Characters that are read in several ways in everyday words. The others have further readings too,
/// in names and old texts; these would only find what nobody means.
const SEVERAL: &str = "重长行调朝乐还都会率传弹中将强降单盛曾解角间切圈模数系藏应正种转着参省识属宿缩屏铺曲塔校约占召仇地得度恶\
    发干冠观号和华划监教结禁劲卡看空累量论落没蒙难宁片漂撇便奇翘塞散少舍什胜守为相兴旋咽要扎载轧涨挣只钻作区厦";
const FIRST: u32 = 0x4e00;
const LAST: u32 = 0x9fff;

/// The readings of the common characters, without tones.
static TABLE: LazyLock<Vec<Vec<&'static str>>> = LazyLock::new(|| {
    (FIRST..=LAST)
        .map(|code| char::from_u32(code).map(look_up).unwrap_or_default())
        .collect()
});

/// Every syllable that some character has.
static SYLLABLES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    TABLE
        .iter()
        .flatten()
        .copied()
        .filter(|syllable| {
            syllable.len() <= SYLLABLE_MAX
                && syllable.contains(['a', 'e', 'i', 'o', 'u', 'v'])
                && syllable.bytes().all(|b| b.is_ascii_lowercase())
        })
        .collect()
});

/// Letters of the longest syllable, `zhuang`.
const SYLLABLE_MAX: usize = 6;

/// The readings of a folded character, the usual one first; empty when it is not a Chinese one.
pub(crate) fn readings(c: char) -> &'static [&'static str] {
    u32::from(c)
        .checked_sub(FIRST)
        .and_then(|place| usize::try_from(place).ok())
        .and_then(|place| TABLE.get(place))
        .map_or(&[], Vec::as_slice)
}

/// The usual reading of each character of a run, or nothing when one has none.
pub(crate) fn usual(run: &str) -> Option<Vec<&'static str>> {
    run.chars().map(|c| readings(c).first().copied()).collect()
}

/// Whether letters are typed small Latin ones, of which pinyin consists.
pub(crate) fn is_typed(letters: &str) -> bool {
    !letters.is_empty() && letters.bytes().all(|b| b.is_ascii_lowercase())
}

/// Letters as syllables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Sequences of syllables without a gap.
    pub(crate) parts: Vec<Vec<String>>,
    /// Letters that belong to no syllable.
    pub(crate) left_over: usize,
}

/// Splits letters into syllables: as few letters left over as possible, then as few syllables as
/// possible (`xian`), or as many as possible (`xi an`).
pub(crate) fn split(letters: &str, few: bool) -> Option<Reading> {
    if !is_typed(letters) || letters.len() > 64 {
        return None;
    }
    let length = letters.len();
    // best[end]: letters left over, syllables, and where the last step began (and if it is one).
    let mut best: Vec<Option<Step>> = vec![None; length + 1];
    *best.first_mut()? = Some(Step::default());
    for end in 1..=length {
        let mut choice: Option<Step> = None;
        for start in end.saturating_sub(SYLLABLE_MAX)..end {
            let Some(before) = best.get(start).copied().flatten() else {
                continue;
            };
            let is_syllable = letters
                .get(start..end)
                .is_some_and(|part| SYLLABLES.contains(part));
            if !is_syllable && end - start > 1 {
                continue;
            }
            let step = Step {
                left_over: before.left_over + usize::from(!is_syllable),
                syllables: before.syllables + usize::from(is_syllable),
                start,
                is_syllable,
            };
            if choice.is_none_or(|old| step.rank(few) < old.rank(few)) {
                choice = Some(step);
            }
        }
        *best.get_mut(end)? = choice;
    }
    let left_over = best.last().copied().flatten()?.left_over;
    let mut parts: Vec<Vec<String>> = vec![Vec::new()];
    let mut end = length;
    while end > 0 {
        let step = best.get(end).copied().flatten()?;
        if step.is_syllable {
            let syllable = letters.get(step.start..end)?.to_owned();
            parts.last_mut()?.insert(0, syllable);
        } else if parts.last().is_some_and(|part| !part.is_empty()) {
            parts.push(Vec::new());
        }
        end = step.start;
    }
    parts.retain(|part| !part.is_empty());
    parts.reverse();
    Some(Reading { parts, left_over })
}

#[derive(Debug, Clone, Copy, Default)]
struct Step {
    left_over: usize,
    syllables: usize,
    start: usize,
    is_syllable: bool,
}

impl Step {
    fn rank(self, few: bool) -> (usize, usize) {
        let syllables = if few {
            self.syllables
        } else {
            usize::MAX - self.syllables
        };
        (self.left_over, syllables)
    }
}

/// Combinations of one reading for each character, the usual ones first, at most `most`.
pub(crate) fn combinations(run: &[char], most: usize) -> Vec<Vec<&'static str>> {
    let mut found: Vec<Vec<&'static str>> = vec![Vec::new()];
    for &c in run {
        let readings = readings(c);
        if readings.is_empty() {
            return Vec::new();
        }
        let mut longer = Vec::new();
        for reading in readings {
            for so_far in &found {
                let mut next = so_far.clone();
                next.push(*reading);
                longer.push(next);
            }
        }
        longer.truncate(most);
        found = longer;
    }
    found
}

fn look_up(c: char) -> Vec<&'static str> {
    let mut found: Vec<&'static str> = Vec::new();
    let most = if SEVERAL.contains(c) { READINGS } else { 1 };
    for reading in c.to_pinyin_multi().into_iter().flatten() {
        let plain = reading.plain();
        let plain = if plain == "lü" {
            "lv"
        } else if plain == "nü" {
            "nv"
        } else {
            plain
        };
        if !found.contains(&plain) && found.len() < most {
            found.push(plain);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{combinations, readings, split};

    #[test]
    fn letters_are_split_into_syllables() {
        for (letters, few, parts, left_over) in [
            ("gongjijin", true, "gong ji jin", 0),
            ("xian", true, "xian", 0),
            ("xian", false, "xi an", 0),
            ("gongjij", true, "gong ji", 1),
            ("gongjxjin", true, "gong|jin", 2),
            ("gjj", true, "", 3),
            ("lvka", true, "lv ka", 0),
        ] {
            let reading = split(letters, few).unwrap();
            let shown: Vec<String> = reading.parts.iter().map(|part| part.join(" ")).collect();
            assert_eq!(
                (shown.join("|").as_str(), reading.left_over),
                (parts, left_over),
                "{letters}"
            );
        }
        for letters in ["", "A", "a1", "办"] {
            assert_eq!(split(letters, true), None, "{letters}");
        }
    }

    #[test]
    fn characters_have_several_readings() {
        assert_eq!(readings('金'), ["jin"]);
        assert_eq!(readings('绿').first(), Some(&"lv"));
        assert!(readings('重').contains(&"chong") && readings('重').contains(&"zhong"));
        assert!(readings('a').is_empty());
        assert!(combinations(&['重', '庆'], 9).contains(&vec!["chong", "qing"]));
        assert!(combinations(&['a', '庆'], 9).is_empty());
    }
}
