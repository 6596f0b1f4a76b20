//! Small texts of a line: a length of validity, a unit by code or name, a title made of a question.

use chrono::NaiveDate;
use lifecycle::directory::Directory;
use lifecycle::ids::UnitCode;

use crate::point::Span;

/// Most characters of a title that is made of a question.
const TITLE_CHARS_MAX: usize = 60;

/// Reads `longest`, `6 months`, `6个月`, `5 years`, `5年` or a last day such as `2027-06-30`.
pub(super) fn span(text: &str) -> Option<Span> {
    let text = text.trim();
    if matches!(text, "longest" | "最长") {
        return Some(Span::Longest);
    }
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Some(Span::Until(day));
    }
    let digits = text.trim_start_matches(|it: char| it.is_ascii_digit());
    let number = text.strip_suffix(digits)?.parse::<u16>().ok()?;
    let months = match digits.trim() {
        "month" | "months" | "个月" | "月" => number,
        "year" | "years" | "年" => number.checked_mul(12)?,
        _ => return None,
    };
    (months > 0).then_some(Span::Months(months))
}

/// The unit of that code, or else of that name.
pub(super) fn unit(text: &str, directory: &Directory) -> Option<UnitCode> {
    let text = text.trim();
    let code = UnitCode::new(text);
    if directory.unit(&code).is_some() {
        return Some(code);
    }
    let mut units = directory.units();
    units
        .find(|unit| unit.name == text)
        .map(|unit| unit.code.clone())
}

/// A question as a title: its first line, cut where it is long.
pub(super) fn title(question: &str) -> String {
    let line = question.lines().next().unwrap_or_default().trim();
    if line.chars().nth(TITLE_CHARS_MAX).is_none() {
        return line.to_owned();
    }
    let mut title: String = line
        .chars()
        .take(TITLE_CHARS_MAX.saturating_sub(1))
        .collect();
    title.push('…');
    title
}
