//! Numbers as people write them in Chinese texts: in digits, in characters, or in both.

use std::ops::Range;

/// Value of a number: `30`, `３０`, `三十`, `二〇二六`, `两千`, `1万`. None where the text is no number or
/// one too large to count with.
#[must_use]
pub fn numeral(text: &str) -> Option<u64> {
    let mut total: u64 = 0;
    let mut section: u64 = 0;
    let mut digits: Option<u64> = None;
    for letter in text.chars() {
        match part(letter)? {
            Part::Digit(digit) => {
                let before = digits.unwrap_or(0).checked_mul(10)?;
                digits = Some(before.checked_add(digit)?);
            }
            Part::Unit(unit) => {
                // `十五` begins without a digit.
                let count = digits.take().unwrap_or(1);
                section = section.checked_add(count.checked_mul(unit)?)?;
            }
            Part::Section(unit) => {
                section = section.checked_add(digits.take().unwrap_or(0))?;
                if section == 0 {
                    total = total.checked_mul(unit)?;
                } else {
                    total = total.checked_add(section.checked_mul(unit)?)?;
                }
                section = 0;
            }
        }
    }
    if text.is_empty() {
        return None;
    }
    let rest = section.checked_add(digits.unwrap_or(0))?;
    total.checked_add(rest)
}

/// Whether a letter belongs to a number.
#[must_use]
pub fn is_numeral(letter: char) -> bool {
    part(letter).is_some()
}

/// Where the numbers of a text stand, as byte ranges: every longest run of letters that belong to one.
pub fn numerals(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut letters = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, first) = letters.find(|(_, letter)| is_numeral(*letter))?;
        let mut end = start + first.len_utf8();
        while let Some((at, letter)) = letters.next_if(|(_, letter)| is_numeral(*letter)) {
            end = at + letter.len_utf8();
        }
        Some(start..end)
    })
}

/// What a letter is in a number.
enum Part {
    /// 0 to 9.
    Digit(u64),
    /// 十, 百, 千.
    Unit(u64),
    /// 万, 亿.
    Section(u64),
}

fn part(letter: char) -> Option<Part> {
    if let Some(digit) = letter.to_digit(10) {
        return Some(Part::Digit(digit.into()));
    }
    if ('\u{ff10}'..='\u{ff19}').contains(&letter) {
        let digit = u32::from(letter) - u32::from('\u{ff10}');
        return Some(Part::Digit(digit.into()));
    }
    Some(match letter {
        '〇' | '零' | '○' => Part::Digit(0),
        '一' => Part::Digit(1),
        '二' | '两' => Part::Digit(2),
        '三' => Part::Digit(3),
        '四' => Part::Digit(4),
        '五' => Part::Digit(5),
        '六' => Part::Digit(6),
        '七' => Part::Digit(7),
        '八' => Part::Digit(8),
        '九' => Part::Digit(9),
        '十' => Part::Unit(10),
        '百' => Part::Unit(100),
        '千' => Part::Unit(1000),
        '万' => Part::Section(10_000),
        '亿' => Part::Section(100_000_000),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{numeral, numerals};

    #[test]
    fn values() {
        let rows = [
            ("0", Some(0)),
            ("30", Some(30)),
            ("３０", Some(30)),
            ("020", Some(20)),
            ("十", Some(10)),
            ("十五", Some(15)),
            ("三十一", Some(31)),
            ("一百二十", Some(120)),
            ("一百零五", Some(105)),
            ("两千", Some(2000)),
            ("二〇二六", Some(2026)),
            ("二○○八", Some(2008)),
            ("三万五千", Some(35_000)),
            ("5万", Some(50_000)),
            ("一亿二千万", Some(120_000_000)),
            ("一万亿", Some(1_000_000_000_000)),
            ("万", Some(0)),
            ("", None),
            ("x", None),
            ("99999999999999999999", None),
            ("九亿亿亿", None),
        ];
        for (text, value) in rows {
            assert_eq!(numeral(text), value, "{text}");
        }
    }

    #[test]
    fn places() {
        let text = "自二〇二六年3月十五日起，3万元以下的免10%";
        let found: Vec<&str> = numerals(text).map(|range| &text[range]).collect();
        assert_eq!(found, ["二〇二六", "3", "十五", "3万", "10"]);
        assert_eq!(numerals("没有数字").count(), 0);
    }
}
