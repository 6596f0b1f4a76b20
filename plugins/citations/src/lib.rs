//! The city's check of citations in knowledge points: titles in `《…》`, document numbers, dates, and
//! documents that are no longer in force.
//!
//! What is found is fixed here; how much it weighs, where a number is asked for, and what is repealed
//! stands in the settings. Reading takes one pass over each text, whatever stands in it.

pub mod settings;

mod date;
mod letters;
mod number;
mod repealed;
mod report;
mod title;

use sdk::Refusal;
use sdk::knowledge::{Field, Finding, Point};

use letters::Letters;
use report::{Code, Report};
pub use settings::{Rules, Settings};

sdk::knowledge! {
    name: "citations",
    summary: "检查知识点引用的法规文件：书名号、发文字号、日期，以及已废止的文件（全市通用）",
    settings: Settings,
    check: check,
}

/// Checks one point.
///
/// # Errors
///
/// None; the signature is the contract's.
pub fn check(rules: &Rules, point: &Point) -> Result<Vec<Finding>, Refusal> {
    let mut report = Report::new(&rules.severities);
    for (field, index, text) in point.texts() {
        if !cites(field) {
            continue;
        }
        let text = Letters::new(text);
        report.at(field, index);
        let (titles, faults) = title::read(&text);
        for fault in faults {
            report.add(fault.code, fault.message);
        }
        let (numbers, faults) = number::read(&text);
        for fault in faults {
            report.add(fault.code, fault.message);
        }
        if rules.asks_number(field) {
            missing_numbers(rules, &text, &titles, &numbers, &mut report);
        }
        for number in &numbers {
            if let Some(year) = number.year.filter(|year| *year > point.today.year) {
                let found = text.words(number.start, number.end);
                let today = point.today.year;
                let message = format!("“{found}”的年份{year}晚于检查之年{today}，请核对发文字号");
                report.add(Code::NumberYear, message);
            }
        }
        date::check(&text, point, &mut report);
        repealed::check(rules, &text, &titles, &numbers, point, &mut report);
    }
    Ok(report.findings())
}

/// Whether citations stand in a field. Attachments and relations are names, and English has marks of
/// its own.
const fn cites(field: Field) -> bool {
    match field {
        Field::Title
        | Field::Body
        | Field::LegalBasis
        | Field::Scope
        | Field::Subjects
        | Field::Conditions
        | Field::Faqs => true,
        Field::Owner
        | Field::Kind
        | Field::Districts
        | Field::Relations
        | Field::Attachments
        | Field::EnglishTitle
        | Field::EnglishSummary
        | Field::ValidFrom
        | Field::ValidUntil
        | Field::LongerValidityReason
        | Field::Point => false,
    }
}

/// Titles that need a number and have none before the next title.
fn missing_numbers(
    rules: &Rules,
    text: &Letters,
    titles: &[title::Title],
    numbers: &[number::Number],
    report: &mut Report<'_>,
) {
    let outer: Vec<_> = titles.iter().filter(|title| title.outermost).collect();
    for (n, title) in outer.iter().enumerate() {
        if !rules.needs_number(&title.name) {
            continue;
        }
        let next = outer.get(n + 1).map_or(usize::MAX, |next| next.start);
        let (before, behind) =
            numbers.split_at(numbers.partition_point(|number| number.end <= title.start));
        let before = before.last().map(|number| number.end);
        let before = before.is_some_and(|end| text.only_marks(end, title.start));
        let behind = behind.iter().find(|number| number.start >= title.end);
        if !before && behind.is_none_or(|number| number.start >= next) {
            let found = text.words(title.start, title.end);
            let message = format!("{found}未写明发文字号，请在其后补上，如“（穗府规〔2023〕5号）”");
            report.add(Code::NumberMissing, message);
        }
    }
}

#[cfg(test)]
mod tests;
