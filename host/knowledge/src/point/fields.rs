//! Each field of a point as lines of text and back: what people compare, and what a cell of a table
//! holds. What [`lines`] gives, [`set_lines`] takes back as it was, for content in the form that the
//! import leaves it in: entries of lists without line ends, no spaces around lines.

use contract::knowledge::{Faq, PointKind};
use lifecycle::ids::DistrictCode;

use super::content::{Attachment, Content, English, Field, LegalBasis, Relation, RelationKind};
use crate::ids::PointId;

/// Between the parts of an entry.
const BAR: &str = " | ";
const QUESTION: &str = "问：";
const ANSWER: &str = "答：";
/// Before a line of a question or an answer that would read as a mark itself.
const ESCAPE: char = '\\';

/// A field as lines; none where it is empty.
#[must_use]
pub fn lines(content: &Content, field: Field) -> Vec<String> {
    match field {
        Field::Title => text_lines(&content.title),
        Field::Kind => vec![kind_name(content.kind).to_owned()],
        Field::Body => text_lines(&content.body),
        Field::LegalBasis => content.legal_basis.iter().map(basis_line).collect(),
        Field::Scope => text_lines(&content.scope),
        Field::Districts => content.districts.iter().map(ToString::to_string).collect(),
        Field::Subjects => content.subjects.clone(),
        Field::Conditions => content.conditions.clone(),
        Field::Relations => content.relations.iter().map(relation_line).collect(),
        Field::Faqs => content.faqs.iter().flat_map(faq_lines).collect(),
        Field::Attachments => content.attachments.iter().map(attachment_line).collect(),
        Field::EnglishTitle => {
            let title = content.english.as_ref().and_then(|it| it.title.as_deref());
            title.map(text_lines).unwrap_or_default()
        }
        Field::EnglishSummary => {
            let english = content.english.as_ref();
            english
                .map(|it| text_lines(&it.summary))
                .unwrap_or_default()
        }
    }
}

/// Why lines do not make a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FromLines {
    /// No kind of point has that name.
    #[error(
        "`{0}` is no kind of point; give policy, service_guide, answer_script or interpretation"
    )]
    Kind(String),
    /// A line of questions and answers belongs to neither.
    #[error(
        "`{0}` stands before any question; begin questions with `问：` and answers with `答：`"
    )]
    BeforeQuestion(String),
    /// An attachment without its parts.
    #[error("`{0}` is no attachment; give `name | reference | sha256`")]
    Attachment(String),
    /// The year of a legal basis is no year.
    #[error("`{0}` is no year; give `citation | number | year`")]
    Year(String),
    /// The relation to a point is no relation.
    #[error(
        "`{0}` is no relation; give `point | NUMBER | see_also, explains or replaces`, or a name"
    )]
    Relation(String),
}

/// Puts a field together from its lines; blank lines between entries are passed over.
///
/// # Errors
/// The first line that is not of the field's form.
pub fn set_lines(content: &mut Content, field: Field, text: &str) -> Result<(), FromLines> {
    let entries = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    match field {
        Field::Title => text.clone_into(&mut content.title),
        Field::Kind => {
            content.kind =
                kind_named(text.trim()).ok_or_else(|| FromLines::Kind(text.trim().to_owned()))?;
        }
        Field::Body => text.clone_into(&mut content.body),
        Field::Scope => text.clone_into(&mut content.scope),
        Field::Districts => content.districts = entries().map(DistrictCode::new).collect(),
        Field::Subjects => content.subjects = entries().map(str::to_owned).collect(),
        Field::Conditions => content.conditions = entries().map(str::to_owned).collect(),
        Field::LegalBasis => {
            content.legal_basis = entries().map(basis).collect::<Result<_, _>>()?;
        }
        Field::Relations => {
            content.relations = entries().map(relation).collect::<Result<_, _>>()?;
        }
        Field::Attachments => {
            content.attachments = entries().map(attachment).collect::<Result<_, _>>()?;
        }
        Field::Faqs => content.faqs = faqs(text)?,
        Field::EnglishTitle => {
            if !text.trim().is_empty() {
                english(content).title = Some(text.to_owned());
            }
        }
        Field::EnglishSummary => {
            if !text.trim().is_empty() {
                text.clone_into(&mut english(content).summary);
            }
        }
    }
    Ok(())
}

fn english(content: &mut Content) -> &mut English {
    content.english.get_or_insert_with(|| English {
        title: None,
        summary: String::new(),
    })
}

fn text_lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

pub(crate) const fn kind_name(kind: PointKind) -> &'static str {
    match kind {
        PointKind::Policy => "policy",
        PointKind::ServiceGuide => "service_guide",
        PointKind::AnswerScript => "answer_script",
        PointKind::Interpretation => "interpretation",
    }
}

/// The kind of that name, in JSON's words or the regulation's (Art. 35).
fn kind_named(name: &str) -> Option<PointKind> {
    match name {
        "policy" | "政策法规" => Some(PointKind::Policy),
        "service_guide" | "办事指南" => Some(PointKind::ServiceGuide),
        "answer_script" | "具体事项答复口径" | "答复口径" => {
            Some(PointKind::AnswerScript)
        }
        "interpretation" | "业务解读" | "其他" => Some(PointKind::Interpretation),
        _ => None,
    }
}

/// `citation | number | year`; only the citation where reading it finds the others.
fn basis_line(basis: &LegalBasis) -> String {
    if *basis == LegalBasis::cited(&basis.citation) {
        return basis.citation.clone();
    }
    let number = basis.number.as_deref().unwrap_or_default();
    let year = basis.year.map(|year| year.to_string()).unwrap_or_default();
    [basis.citation.as_str(), number, year.as_str()].join(BAR)
}

fn basis(line: &str) -> Result<LegalBasis, FromLines> {
    let parts = parts(line);
    match parts.as_slice() {
        [citation, number, year] => Ok(LegalBasis {
            citation: (*citation).to_owned(),
            number: (!number.is_empty()).then(|| (*number).to_owned()),
            year: match *year {
                "" => None,
                year => {
                    let year = year.parse().ok();
                    Some(year.ok_or_else(|| FromLines::Year(line.to_owned()))?)
                }
            },
        }),
        _ => Ok(LegalBasis::cited(line)),
    }
}

fn parts(line: &str) -> Vec<&str> {
    line.split('|').map(str::trim).collect()
}

fn relation_line(relation: &Relation) -> String {
    match relation {
        Relation::Point { point, kind } => ["point", point.as_str(), kind.name()].join(BAR),
        Relation::Service { name } => name.clone(),
    }
}

fn relation(line: &str) -> Result<Relation, FromLines> {
    let parts = parts(line);
    match parts.as_slice() {
        ["point", number, kind] if !number.is_empty() => {
            let mut kinds = RelationKind::ALL.into_iter();
            let kind = kinds.find(|it| it.name() == *kind);
            Ok(Relation::Point {
                point: PointId::new(*number),
                kind: kind.ok_or_else(|| FromLines::Relation(line.to_owned()))?,
            })
        }
        ["point", ..] => Err(FromLines::Relation(line.to_owned())),
        _ => Ok(Relation::Service {
            name: line.to_owned(),
        }),
    }
}

fn attachment_line(attachment: &Attachment) -> String {
    let Attachment {
        name,
        reference,
        sha256,
    } = attachment;
    [name.as_str(), reference, sha256].join(BAR)
}

fn attachment(line: &str) -> Result<Attachment, FromLines> {
    match parts(line).as_slice() {
        [name, reference, sha256] => Ok(Attachment {
            name: (*name).to_owned(),
            reference: (*reference).to_owned(),
            sha256: (*sha256).to_owned(),
        }),
        _ => Err(FromLines::Attachment(line.to_owned())),
    }
}

fn faq_lines(faq: &Faq) -> Vec<String> {
    let marked = |mark: &str, text: &str| {
        let escaped = text.split('\n').map(|line| {
            if [QUESTION, ANSWER].iter().any(|it| line.starts_with(it)) || line.starts_with(ESCAPE)
            {
                format!("{ESCAPE}{line}")
            } else {
                line.to_owned()
            }
        });
        let mut lines: Vec<String> = escaped.collect();
        if let Some(first) = lines.first_mut() {
            first.insert_str(0, mark);
        }
        lines
    };
    let mut lines = marked(QUESTION, &faq.question);
    lines.extend(marked(ANSWER, &faq.answer));
    lines
}

fn faqs(text: &str) -> Result<Vec<Faq>, FromLines> {
    let mut faqs: Vec<Faq> = Vec::new();
    let mut in_answer = false;
    for line in text.lines() {
        if let Some(question) = line.strip_prefix(QUESTION) {
            faqs.push(Faq {
                question: unescaped(question).to_owned(),
                answer: String::new(),
            });
            in_answer = false;
            continue;
        }
        let Some(faq) = faqs.last_mut() else {
            if line.trim().is_empty() {
                continue;
            }
            return Err(FromLines::BeforeQuestion(line.to_owned()));
        };
        match line.strip_prefix(ANSWER) {
            Some(answer) if !in_answer => {
                unescaped(answer).clone_into(&mut faq.answer);
                in_answer = true;
            }
            Some(_) | None => {
                let part = if in_answer {
                    &mut faq.answer
                } else {
                    &mut faq.question
                };
                part.push('\n');
                part.push_str(unescaped(line));
            }
        }
    }
    for faq in &mut faqs {
        for part in [&mut faq.question, &mut faq.answer] {
            let end = part.trim_end().len();
            part.truncate(end);
        }
    }
    Ok(faqs)
}

fn unescaped(line: &str) -> &str {
    line.strip_prefix(ESCAPE).unwrap_or(line)
}
