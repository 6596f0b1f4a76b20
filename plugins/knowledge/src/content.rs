//! Contents: what Art. 34 asks for, and traces of careless copying.

use std::collections::BTreeMap;

use sdk::knowledge::{Field, Point};

use crate::report::Report;
use crate::settings::{Code, Length, Settings};

pub(crate) fn check(settings: &Settings, point: &Point, report: &mut Report<'_>) {
    presence(settings, point, report);
    if !point.title.trim().is_empty() {
        length(settings.title, Field::Title, "标题", &point.title, report);
    }
    if !point.body.trim().is_empty() {
        length(settings.body, Field::Body, "正文", &point.body, report);
    }
    for (field, index, text) in point.texts() {
        marks(settings, field, index, text, report);
    }
    for (n, basis) in point.legal_basis.iter().enumerate() {
        let named = basis.contains('《') && basis.contains('》');
        if !named && !blank(basis) {
            let message = "依据应写明文件全称并加书名号，如《广州市供水用水条例》第十条";
            report.add(Code::BasisUnnamed, Field::LegalBasis, Some(n), message);
        }
    }
    let mut questions = BTreeMap::new();
    for (n, faq) in point.faqs.iter().enumerate() {
        let question = faq.question.trim();
        if question.is_empty() {
            continue;
        }
        if let Some(first) = questions.insert(question, n) {
            let message = format!("与第{}个问题重复，请合并", first + 1);
            report.add(Code::FaqRepeated, Field::Faqs, Some(n), message);
        }
    }
}

/// What must be there at all.
fn presence(settings: &Settings, point: &Point, report: &mut Report<'_>) {
    let required = [
        (Field::Owner, "责任单位", blank(&point.owner)),
        (Field::Title, "标题", blank(&point.title)),
        (Field::Body, "正文", blank(&point.body)),
        (Field::LegalBasis, "依据", point.legal_basis.is_empty()),
        (Field::Scope, "适用范围", blank(&point.scope)),
        (Field::Subjects, "适用主体", point.subjects.is_empty()),
    ];
    for (field, name, missing) in required {
        if missing {
            report.add(
                Code::Missing,
                field,
                None,
                format!("缺少{name}（第三十四条）"),
            );
        }
    }
    let details = [
        (Field::Conditions, "适用条件", point.conditions.is_empty()),
        (Field::Relations, "关联关系", point.relations.is_empty()),
    ];
    for (field, name, missing) in details {
        if missing {
            let message = format!("未写明{name}，确无的请注明“无”（第三十四条）");
            report.add(Code::MissingDetail, field, None, message);
        }
    }
    let wanted = settings.faqs_min.get(point.kind);
    if point.faqs.len() < wanted {
        let message = format!("常见问题解答应不少于{wanted}个，现有{}个", point.faqs.len());
        report.add(Code::MissingDetail, Field::Faqs, None, message);
    }
    let lists = [
        (Field::LegalBasis, &point.legal_basis),
        (Field::Subjects, &point.subjects),
        (Field::Conditions, &point.conditions),
        (Field::Relations, &point.relations),
    ];
    for (field, list) in lists {
        for (n, _) in list.iter().enumerate().filter(|(_, entry)| blank(entry)) {
            report.add(
                Code::EmptyEntry,
                field,
                Some(n),
                format!("第{}项为空", n + 1),
            );
        }
    }
    for (n, faq) in point.faqs.iter().enumerate() {
        if blank(&faq.question) {
            let message = format!("第{}个问题为空", n + 1);
            report.add(Code::EmptyEntry, Field::Faqs, Some(n), message);
        }
        if blank(&faq.answer) {
            let message = format!("第{}个问题没有解答", n + 1);
            report.add(Code::EmptyEntry, Field::Faqs, Some(n), message);
        }
    }
}

fn length(length: Length, field: Field, name: &str, text: &str, report: &mut Report<'_>) {
    let count = text.trim().chars().count();
    if count < length.min {
        let message = format!("{name}过短：{count}字，应不少于{}字", length.min);
        report.add(Code::TooShort, field, None, message);
    }
    if count > length.max {
        let message = format!("{name}过长：{count}字，应不超过{}字", length.max);
        report.add(Code::TooLong, field, None, message);
    }
}

/// Marks of HTML and of an unfinished text, each reported once a text.
fn marks(
    settings: &Settings,
    field: Field,
    index: Option<usize>,
    text: &str,
    report: &mut Report<'_>,
) {
    if let Some(mark) = html(text) {
        let message = format!("含有网页标记“{mark}”，请粘贴为纯文本");
        report.add(Code::Html, field, index, message);
    }
    if let Some(word) = settings
        .placeholders
        .iter()
        .find(|word| text.contains(word.as_str()))
    {
        report.add(
            Code::Unfinished,
            field,
            index,
            format!("含有“{word}”，内容尚未完成"),
        );
    }
}

/// The first mark of HTML: a tag such as `</p>` or an entity such as `&nbsp;`.
fn html(text: &str) -> Option<&str> {
    let tag = text.match_indices('<').find_map(|(start, _)| {
        let rest = text.get(start..)?;
        let name = rest.trim_start_matches('<').trim_start_matches('/');
        // `<5万元` is a sign for "less than", `<p>` is a tag.
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let end = rest.find('>')?;
        rest.get(..=end)
    });
    let entity = text.match_indices('&').find_map(|(start, _)| {
        let rest = text.get(start..)?;
        let name: &str = rest.get(1..rest.find(';')?)?;
        let written = (2..=8).contains(&name.len())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '#');
        if written {
            rest.get(..name.len() + 2)
        } else {
            None
        }
    });
    tag.or(entity)
}

fn blank(text: &str) -> bool {
    text.trim().is_empty()
}
