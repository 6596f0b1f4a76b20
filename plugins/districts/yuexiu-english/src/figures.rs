//! Numbers and months in English and in Chinese texts.

use sdk::numerals::{numeral, numerals};

/// The months as English texts name them, by their number.
const MONTHS: [(&str, u64); 12] = [
    ("january", 1),
    ("february", 2),
    ("march", 3),
    ("april", 4),
    ("may", 5),
    ("june", 6),
    ("july", 7),
    ("august", 8),
    ("september", 9),
    ("october", 10),
    ("november", 11),
    ("december", 12),
];

/// A number or month of an English text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Figure {
    /// As it stands there.
    pub(crate) words: String,
    /// What it may be in Chinese; the same where one of them is there.
    pub(crate) values: Vec<u64>,
    /// Whether it is a month by name.
    pub(crate) is_month: bool,
}

/// Every number and every named month of an English text. Zeros say nothing, as in `9:00`.
pub(crate) fn in_english(text: &str) -> Vec<Figure> {
    let tokens = tokens(text);
    let mut figures = Vec::new();
    for (n, token) in tokens.iter().enumerate() {
        let next = tokens.get(n + 1).copied();
        let before = n.checked_sub(1).and_then(|n| tokens.get(n)).copied();
        let number = |token: &str| token.starts_with(|it: char| it.is_ascii_digit());
        if let Some(month) = month(token) {
            // `May` is a month beside a number only.
            if before.is_some_and(number) || next.is_some_and(number) {
                figures.push(Figure {
                    words: (*token).to_owned(),
                    values: vec![month],
                    is_month: true,
                });
            }
        } else if let Some(value) = numeral(&token.replace(',', "")).filter(|value| *value != 0) {
            let mut values = vec![value];
            if value < 12 && is_afternoon(tokens.get(n + 1..).unwrap_or_default()) {
                values.push(value + 12);
            }
            if (13..=23).contains(&value) {
                // 下午5时 is 17:00 as well.
                values.push(value - 12);
            }
            figures.push(Figure {
                words: (*token).to_owned(),
                values,
                is_month: false,
            });
        }
    }
    figures
}

/// Whether an hour is followed by `p.m.`, after its minutes or at once.
fn is_afternoon(behind: &[&str]) -> bool {
    let is_sign = |token: &&str| matches!(*token, "p" | "P" | "pm" | "PM");
    match behind {
        [minutes, sign, ..] if minutes.len() == 2 && numeral(minutes).is_some() => is_sign(sign),
        [sign, ..] => is_sign(sign),
        [] => false,
    }
}

/// Words and numbers; the commas of `10,000` belong to it.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(|it: char| it.is_ascii_alphanumeric()) {
        rest = rest.get(start..).unwrap_or_default();
        let digits = |text: &str| {
            let end = text.find(|it: char| !it.is_ascii_digit());
            end.unwrap_or(text.len())
        };
        let mut end = digits(rest);
        if end == 0 {
            let other = rest.find(|it: char| !it.is_ascii_alphabetic());
            end = other.unwrap_or(rest.len());
        } else {
            while let Some(more) = rest.get(end..).and_then(|it| it.strip_prefix(','))
                && digits(more) == 3
            {
                end += 4;
            }
        }
        let (token, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
        tokens.push(token);
        rest = behind;
    }
    tokens
}

/// The number of a month by its name, or by its first three letters.
fn month(token: &str) -> Option<u64> {
    if !token.starts_with(|it: char| it.is_ascii_uppercase()) {
        return None;
    }
    let token = token.to_ascii_lowercase();
    let found = MONTHS.iter().find(|(name, _)| {
        *name == token
            || name.get(..3) == Some(token.as_str())
            || token == "sept" && *name == "september"
    });
    found.map(|(_, month)| *month)
}

/// Every number of a Chinese text. `1.5万` is 15000 too.
pub(crate) fn in_chinese(text: &str) -> Vec<u64> {
    let mut values = Vec::new();
    let mut before: Option<(usize, u64)> = None;
    for range in numerals(text) {
        let (start, end) = (range.start, range.end);
        let word = text.get(range).unwrap_or_default();
        let Some(value) = numeral(word) else { continue };
        values.push(value);
        // Digits before 万 may be what an English text says, as in `5万` and `5 (10,000 yuan)`.
        let digits = word.trim_end_matches(|it: char| !it.is_ascii_digit());
        values.extend(numeral(digits));
        if let Some((whole_end, whole)) = before
            && text.get(whole_end..start) == Some(".")
        {
            values.extend(decimal(whole, word));
        }
        before = Some((end, value));
    }
    values
}

/// `1` and `5万`, of `1.5万`, as 15000.
fn decimal(whole: u64, rest: &str) -> Option<u64> {
    let digits = rest.trim_end_matches(|it: char| !it.is_ascii_digit());
    let unit = numeral(&format!("1{}", rest.strip_prefix(digits)?))?;
    let places = u32::try_from(digits.len()).ok()?;
    let scale = 10_u64.checked_pow(places)?;
    let parts = whole.checked_mul(scale)?.checked_add(numeral(digits)?)?;
    let value = parts.checked_mul(unit)?;
    (unit > 1 && value % scale == 0).then(|| value / scale)
}

#[cfg(test)]
mod tests {
    use super::{in_chinese, in_english};

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &[u64])]) {
        let found = in_english(text);
        let found: Vec<_> = found
            .iter()
            .map(|figure| (figure.words.as_str(), figure.values.as_slice()))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn english() {
        check("within 30 days", &[("30", &[30])]);
        check(
            "1,000 or 50,000,000 yuan",
            &[("1,000", &[1000]), ("50,000,000", &[50_000_000])],
        );
        check("1,2,3", &[("1", &[1]), ("2", &[2]), ("3", &[3])]);
        check(
            "by 1 March 2026",
            &[("1", &[1]), ("March", &[3]), ("2026", &[2026])],
        );
        check("Sept. 3", &[("Sept", &[9]), ("3", &[3])]);
        check("You may march. May I? In June.", &[]);
        check("9:00 to 5 p.m.", &[("9", &[9]), ("5", &[5, 17])]);
        check("5:30 pm", &[("5", &[5, 17]), ("30", &[30])]);
        check("until 17:30", &[("17", &[17, 5]), ("30", &[30])]);
        check("a 30-day visa, 24h", &[("30", &[30]), ("24", &[24])]);
        check("99999999999999999999 times", &[]);
        check("每天 é", &[]);
    }

    #[test]
    fn chinese() {
        let rows: [(&str, &[u64]); 6] = [
            ("30日内", &[30, 30]),
            ("三十日内", &[30]),
            ("5万元", &[50_000, 5]),
            ("1.5万元", &[1, 1, 50_000, 5, 15_000]),
            ("1.25%", &[1, 1, 25, 25]),
            ("没有", &[]),
        ];
        for (text, expected) in rows {
            assert_eq!(in_chinese(text), expected, "{text}");
        }
    }
}
