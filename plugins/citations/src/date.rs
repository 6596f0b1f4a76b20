//! Dates in a text: those that do not exist, and those after the point's own end.

use chrono::NaiveDate;
use sdk::knowledge::Point;
use sdk::numerals::is_numeral;

use crate::letters::Letters;
use crate::report::{Code, Report};

/// A leap year: 29 February without a year exists.
const ANY_YEAR: u64 = 2000;
/// Years that a date in figures, `2023-02-28`, can be of; other figures are something else.
const YEARS: std::ops::RangeInclusive<u64> = 1900..=2199;
/// Letters in which a word that says so may stand before a date of the lunar calendar.
const LUNAR_WITHIN: usize = 12;

/// A date as it stands in a text.
struct Date {
    start: usize,
    end: usize,
    year: Option<u64>,
    month: u64,
    day: u64,
}

pub(crate) fn check(text: &Letters, point: &Point, report: &mut Report<'_>) {
    for (place, letter) in text.iter() {
        let date = match letter {
            '月' => in_words(text, place),
            _ if letter.is_ascii_digit() => in_figures(text, place),
            _ => None,
        };
        if let Some(date) = date {
            judge(&date, text, point, report);
        }
    }
}

/// `2023年2月28日`, `二〇二三年二月二十八日`, `2月28日`, by its `月`.
fn in_words(text: &Letters, place: usize) -> Option<Date> {
    let blank = |letter: char| letter == ' ';
    let behind = text.skip_back(place, 2, blank);
    let (month, start) = text.number_back(behind)?;
    let year_end = text.skip_back(start, 2, blank);
    let year = (text.before(year_end) == Some('年'))
        .then(|| text.number_back(text.skip_back(year_end - 1, 2, blank)))
        .flatten()
        // `十年3月`, and a year of two digits, say something else.
        .filter(|(year, _)| *year >= 1000);
    let start = year.map_or(start, |(_, start)| start);
    if lunar(text, start) {
        return None;
    }
    let (day, day_end) = text.number(text.skip(place + 1, blank))?;
    let sign = text.skip(day_end, blank);
    if !matches!(text.at(sign), Some('日' | '号')) {
        return None;
    }
    Some(Date {
        start,
        end: sign + 1,
        year: year.map(|(year, _)| year),
        month,
        day,
    })
}

/// A month of the lunar calendar has 30 days, or 29.
fn lunar(text: &Letters, start: usize) -> bool {
    let before = text.text(start.saturating_sub(LUNAR_WITHIN), start);
    ["农历", "阴历", "旧历"]
        .iter()
        .any(|word| before.contains(word))
}

/// `2023-02-28`, `2023/2/28`, `2023.2.28`, by its first digit.
fn in_figures(text: &Letters, start: usize) -> Option<Date> {
    let separator = |letter: char| matches!(letter, '-' | '/' | '.');
    let joined = |letter: char| letter.is_ascii_alphanumeric() || separator(letter);
    if text.before(start).is_some_and(joined) {
        return None;
    }
    let figure = |place: usize, digits: std::ops::RangeInclusive<usize>| {
        let (value, end) = text.number(place)?;
        let ascii = (place..end).all(|at| text.at(at).is_some_and(|it| it.is_ascii_digit()));
        (ascii && digits.contains(&(end - place))).then_some((value, end))
    };
    let (year, end) = figure(start, 4..=4).filter(|(year, _)| YEARS.contains(year))?;
    let mark = text.at(end).filter(|mark| separator(*mark))?;
    let (month, end) = figure(end + 1, 1..=2)?;
    if text.at(end) != Some(mark) {
        return None;
    }
    let (day, end) = figure(end + 1, 1..=2)?;
    let goes_on = text.at(end).is_some_and(|letter| {
        is_numeral(letter) || (separator(letter) && text.at(end + 1).is_some_and(joined))
    });
    (!goes_on).then_some(Date {
        start,
        end,
        year: Some(year),
        month,
        day,
    })
}

fn judge(date: &Date, text: &Letters, point: &Point, report: &mut Report<'_>) {
    let found = text.words(date.start, date.end);
    if !exists(date) {
        let message = format!("日期“{found}”不存在，请核对后更正");
        report.add(Code::NoSuchDate, message);
        return;
    }
    let last = point.valid_until.year;
    let year = date.year.and_then(|year| i32::try_from(year).ok());
    if year.is_some_and(|year| year > last) {
        let message = format!(
            "日期“{found}”晚于本知识点有效期届满之年{last}，请核对日期，或说明届时如何答复"
        );
        report.add(Code::DateBeyondValidity, message);
    }
}

fn exists(date: &Date) -> bool {
    let date = i32::try_from(date.year.unwrap_or(ANY_YEAR))
        .ok()
        .zip(u32::try_from(date.month).ok())
        .zip(u32::try_from(date.day).ok());
    date.and_then(|((year, month), day)| NaiveDate::from_ymd_opt(year, month, day))
        .is_some()
}
