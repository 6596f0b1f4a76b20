//! Yuexiu district's check of knowledge points that concern people from abroad: each needs a summary in
//! English that is English, that is neither a word nor a treatise, and that gives no number or month
//! which the Chinese text does not give.
//!
//! Other points it leaves alone; the city's own checks read them.

pub mod settings;

mod figures;

use std::collections::BTreeSet;

use sdk::knowledge::{English, Field, Finding, Point};
use sdk::{Findings, Refusal};

pub use settings::{Rules, Settings};

sdk::knowledge! {
    name: "yuexiu-english",
    summary: "越秀区：涉外知识点须有英文摘要，并核对语言、篇幅和其中的数字",
    settings: Settings,
    check: check,
}

/// Checks one point.
///
/// # Errors
///
/// None; the signature is the contract's.
pub fn check(rules: &Rules, point: &Point) -> Result<Vec<Finding>, Refusal> {
    let mut findings = Findings::default();
    let settings = &rules.settings;
    let elsewhere = !point.districts.is_empty() && !point.districts.contains(&settings.district);
    let Some(word) = concerned(rules, point).filter(|_| !elsewhere) else {
        return Ok(findings.sorted());
    };
    let levels = &settings.severities;
    match &point.english {
        Some(english) if !english.summary.trim().is_empty() => {
            content(rules, point, english, &mut findings);
        }
        Some(_) | None => {
            let message = format!(
                "涉外知识点（提及“{word}”）应有英文摘要，请补充{}至{}个英文词的摘要",
                settings.summary_words.min, settings.summary_words.max
            );
            findings.add(
                levels.missing,
                "missing",
                Field::EnglishSummary,
                None,
                message,
            );
        }
    }
    Ok(findings.sorted())
}

/// The word by which a point concerns people from abroad, if it does.
fn concerned<'a>(rules: &'a Rules, point: &Point) -> Option<&'a str> {
    let listed = point.subjects.iter().chain(&point.conditions);
    [&point.title, &point.scope]
        .into_iter()
        .chain(listed)
        .find_map(|text| rules.keyword(text))
}

/// What is wrong with the English that is there.
fn content(rules: &Rules, point: &Point, english: &English, findings: &mut Findings) {
    let settings = &rules.settings;
    let levels = &settings.severities;
    let title = english.title.as_deref().map(str::trim).unwrap_or_default();
    if title.is_empty() {
        let message = "缺少英文标题，请补充，以便不懂中文的市民查找";
        findings.add(
            levels.title_missing,
            "title-missing",
            Field::EnglishTitle,
            None,
            message,
        );
    }
    let texts = [
        (Field::EnglishTitle, "英文标题", title, settings.title_words),
        (
            Field::EnglishSummary,
            "英文摘要",
            english.summary.trim(),
            settings.summary_words,
        ),
    ];
    let chinese = chinese(point);
    for (field, name, text, length) in texts {
        if text.is_empty() {
            continue;
        }
        let permille = latin_permille(text);
        if permille < settings.latin.permille_min {
            let message = format!(
                "{name}中拉丁字母只占{}.{}%，应不少于{}.{}%，请用英文填写",
                permille / 10,
                permille % 10,
                settings.latin.permille_min / 10,
                settings.latin.permille_min % 10,
            );
            findings.add(levels.not_english, "not-english", field, None, message);
            // Length and numbers of what is no English say nothing.
            continue;
        }
        let count = words(text);
        if count < length.min {
            let message = format!("{name}过短：{count}个词，应不少于{}个", length.min);
            findings.add(levels.too_short, "too-short", field, None, message);
        }
        if count > length.max {
            let message = format!("{name}过长：{count}个词，应不超过{}个", length.max);
            findings.add(levels.too_long, "too-long", field, None, message);
        }
        for figure in figures::in_english(text) {
            let allowed = |value: &u64| !figure.is_month && rules.allowed.contains(value);
            let known = |value: &u64| chinese.contains(value) || allowed(value);
            if figure.values.iter().any(known) {
                continue;
            }
            let words = &figure.words;
            let (level, code, what) = if figure.is_month {
                (levels.month_differs, "month-differs", "月份")
            } else {
                (levels.number_differs, "number-differs", "数字")
            };
            let message =
                format!("{name}中的{what}“{words}”在中文内容中没有，请核对两种文字是否一致");
            findings.add(level, code, field, None, message);
        }
    }
}

/// Every number of the Chinese text, and the years, months and days of its validity.
fn chinese(point: &Point) -> BTreeSet<u64> {
    let texts = point.texts().filter_map(|(field, _, text)| match field {
        Field::EnglishTitle | Field::EnglishSummary => None,
        Field::Owner
        | Field::Kind
        | Field::Title
        | Field::Body
        | Field::LegalBasis
        | Field::Scope
        | Field::Districts
        | Field::Subjects
        | Field::Conditions
        | Field::Relations
        | Field::Faqs
        | Field::Attachments
        | Field::ValidFrom
        | Field::ValidUntil
        | Field::LongerValidityReason
        | Field::Point => Some(text),
    });
    let mut values: BTreeSet<u64> = texts.flat_map(figures::in_chinese).collect();
    for date in [point.valid_from, point.valid_until] {
        values.extend(u64::try_from(date.year));
        values.extend([u64::from(date.month), u64::from(date.day)]);
    }
    values
}

/// Of all letters, how many thousandths are Latin ones; none where there is no letter.
fn latin_permille(text: &str) -> u64 {
    let (mut latin, mut all) = (0_u64, 0_u64);
    for letter in text.chars().filter(|letter| letter.is_alphabetic()) {
        all += 1;
        // Up to the end of Latin Extended-B: names such as `Müller` are English enough.
        latin += u64::from(letter < '\u{250}');
    }
    (latin * 1000).checked_div(all).unwrap_or(0)
}

/// Runs of letters, with the marks that stand inside English words.
fn words(text: &str) -> usize {
    text.split(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '\'' | '’' | '-'))
        .filter(|word| word.contains(char::is_alphabetic))
        .count()
}

#[cfg(test)]
mod tests;
