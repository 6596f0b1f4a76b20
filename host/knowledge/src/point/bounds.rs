//! What a draft may hold at all. A draft may be unfinished; it may not be endless or out of form.

use lifecycle::directory::Directory;
use lifecycle::ids::DistrictCode;

use super::content::{Attachment, Content, Field, Relation};
use crate::Rejection;
use crate::ids::PointId;
use crate::rules::KnowledgeRules;

/// Most characters of a line: a title, a name, an entry of a list.
const LINE_CHARS_MAX: usize = 500;
/// Most characters of a text.
const TEXT_CHARS_MAX: usize = 100_000;
/// Most entries of a list.
const ENTRIES_MAX: usize = 500;

/// Whether a draft of the point `id` may be kept: a title, bounded fields, known districts.
pub(crate) fn check_content(
    id: Option<&PointId>,
    content: &Content,
    directory: &Directory,
) -> Result<(), Rejection> {
    filled("title", &content.title)?;
    short("title", &content.title)?;
    text("body", &content.body)?;
    text("scope", &content.scope)?;
    list("legal_basis", &content.legal_basis)?;
    list("subjects", &content.subjects)?;
    list("conditions", &content.conditions)?;
    list("relations", &content.relations)?;
    list("faqs", &content.faqs)?;
    list("attachments", &content.attachments)?;
    for basis in &content.legal_basis {
        entry("legal_basis", &basis.citation)?;
        if let Some(number) = &basis.number {
            entry("legal_basis", number)?;
        }
    }
    for subject in &content.subjects {
        one_line("subjects", subject)?;
    }
    for condition in &content.conditions {
        one_line("conditions", condition)?;
    }
    for faq in &content.faqs {
        filled("faqs", &faq.question)?;
        text("faqs", &faq.question)?;
        text("faqs", &faq.answer)?;
    }
    for relation in &content.relations {
        match relation {
            Relation::Point { point, .. } => related(id, point)?,
            Relation::Service { name } => entry("relations", name)?,
        }
    }
    for attachment in &content.attachments {
        attached(attachment)?;
    }
    if let Some(english) = &content.english {
        short(
            "english_title",
            english.title.as_deref().unwrap_or_default(),
        )?;
        filled("english_summary", &english.summary)?;
        text("english_summary", &english.summary)?;
    }
    content
        .districts
        .iter()
        .try_for_each(|district| known(district, directory))
}

/// Whether a draft has what the law asks of every point (R66, Art. 34), and says something at all.
pub(super) fn complete(content: &Content, rules: &KnowledgeRules) -> Result<(), Rejection> {
    match missing_fields(content, rules).first() {
        None => Ok(()),
        Some(&field) => Err(Rejection::Missing { field }),
    }
}

/// Names of the fields that a draft lacks to be submitted.
pub(crate) fn missing_fields(content: &Content, rules: &KnowledgeRules) -> Vec<&'static str> {
    let is_blank = |field: &&Field| {
        let lines = super::lines(content, **field);
        lines.iter().all(|line| line.trim().is_empty())
    };
    let required = rules.required.iter().filter(is_blank);
    let mut missing: Vec<&'static str> = required.map(|field| field.name()).collect();
    if content.body.trim().is_empty() && content.faqs.is_empty() {
        missing.push(Field::Body.name());
    }
    if content.faqs.iter().any(|faq| faq.answer.trim().is_empty()) {
        missing.push(Field::Faqs.name());
    }
    missing.dedup();
    missing
}

fn related(id: Option<&PointId>, point: &PointId) -> Result<(), Rejection> {
    if Some(point) == id {
        return Err(Rejection::Malformed {
            field: "relations",
            problem: "names the point itself",
        });
    }
    entry("relations", point.as_str())
}

fn attached(attachment: &Attachment) -> Result<(), Rejection> {
    entry("attachments", &attachment.name)?;
    entry("attachments", &attachment.reference)?;
    let digest = attachment.sha256.as_bytes();
    let is_digest = digest.len() == 64
        && digest
            .iter()
            .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    if is_digest {
        Ok(())
    } else {
        Err(Rejection::Malformed {
            field: "attachments",
            problem: "has a `sha256` that is not 64 hexadecimal digits in lower case",
        })
    }
}

fn known(district: &DistrictCode, directory: &Directory) -> Result<(), Rejection> {
    match directory.district(district) {
        Some(_) => Ok(()),
        None => Err(Rejection::UnknownDistrict {
            district: district.clone(),
        }),
    }
}

/// A text must say something.
pub(crate) fn filled(field: &'static str, text: &str) -> Result<(), Rejection> {
    if text.trim().is_empty() {
        Err(Rejection::Missing { field })
    } else {
        Ok(())
    }
}

/// A line must not be too long.
pub(crate) fn short(field: &'static str, text: &str) -> Result<(), Rejection> {
    bounded(field, text, LINE_CHARS_MAX)
}

/// A text must not be too long.
pub(crate) fn bounded(field: &'static str, text: &str, max: usize) -> Result<(), Rejection> {
    if text.chars().nth(max).is_some() {
        Err(Rejection::TooLong { field, max })
    } else {
        Ok(())
    }
}

fn text(field: &'static str, value: &str) -> Result<(), Rejection> {
    bounded(field, value, TEXT_CHARS_MAX)
}

/// An entry of a list is one filled line.
fn one_line(field: &'static str, value: &str) -> Result<(), Rejection> {
    filled(field, value)?;
    short(field, value)?;
    if value.contains('\n') {
        let problem = "has an entry with a line end";
        return Err(Rejection::Malformed { field, problem });
    }
    Ok(())
}

/// Where a bar parts the entry in tables, it has none itself.
fn entry(field: &'static str, value: &str) -> Result<(), Rejection> {
    one_line(field, value)?;
    if value.contains('|') {
        let problem = "has an entry with a `|`";
        return Err(Rejection::Malformed { field, problem });
    }
    Ok(())
}

fn list<T>(field: &'static str, entries: &[T]) -> Result<(), Rejection> {
    if entries.len() > ENTRIES_MAX {
        let max = ENTRIES_MAX;
        Err(Rejection::TooMany { field, max })
    } else {
        Ok(())
    }
}
