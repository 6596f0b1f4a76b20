//! A line in words, and the point that is made of it.

use std::collections::BTreeMap;

use contract::knowledge::{Faq, PointKind};
use lifecycle::ids::UnitCode;
use serde_json::{Map, Value};

use super::clean::{Cleaned, clean_line, clean_text};
use super::report::{Note, Problem};
use super::texts;
use crate::ids::PointId;
use crate::point::{
    Attachment, Content, Field, LegalBasis, NewPoint, Relation, Span, Term, check_content,
    missing_fields, set_lines, validity_of,
};
use crate::{Context, Rejection};

/// A line, before anything is checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// Values by name; lists and structures only from JSON.
    values: BTreeMap<&'static str, Value>,
    /// Names that no point has.
    ignored: Vec<String>,
}

/// What an import takes where a line says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Defaults {
    /// The unit.
    pub unit: Option<UnitCode>,
    /// The kind.
    pub kind: Option<PointKind>,
}

/// Names besides the fields of a point.
const OTHERS: [&str; 6] = [
    "number",
    "unit",
    "question",
    "answer",
    "validity",
    "longer_reason",
];

impl Record {
    /// Reads a JSON line.
    ///
    /// # Errors
    /// A line that is no JSON object.
    pub fn read(line: &str) -> Result<Self, Vec<Problem>> {
        let way_out = "write one JSON object a line, such as {\"title\": \"…\", \"body\": \"…\"}";
        let problem = |problem: String| vec![Problem::new("line", problem, way_out)];
        let line = line.trim_start_matches('\u{feff}');
        let object: Map<String, Value> = serde_json::from_str(line)
            .map_err(|error| problem(format!("is no object: {error}")))?;
        let mut record = Self::default();
        for (name, value) in object {
            record.set(&name, value);
        }
        Ok(record)
    }

    /// A point as a JSON line, without its line end; [`Self::read`] takes it back.
    #[must_use]
    pub fn json_line(number: &PointId, owner: &UnitCode, content: &Content, term: &Term) -> String {
        let mut object = Map::new();
        object.insert("number".to_owned(), number.as_str().into());
        object.insert("unit".to_owned(), owner.as_str().into());
        if let Ok(Value::Object(fields)) = serde_json::to_value(content) {
            let fields = fields.into_iter().filter(|(name, value)| {
                let is_empty = value.is_null()
                    || value.as_str().is_some_and(str::is_empty)
                    || value.as_array().is_some_and(Vec::is_empty);
                name != "english" && !is_empty
            });
            object.extend(fields);
        }
        if let Some(english) = &content.english {
            if let Some(title) = &english.title {
                object.insert("english_title".to_owned(), title.as_str().into());
            }
            let summary = english.summary.as_str().into();
            object.insert("english_summary".to_owned(), summary);
        }
        object.insert("validity".to_owned(), term.span.to_string().into());
        if let Some(reason) = &term.longer_reason {
            object.insert("longer_reason".to_owned(), reason.as_str().into());
        }
        Value::Object(object).to_string()
    }

    /// The number of the point that the line speaks of, if it names one; for the shell to revise it
    /// instead of beginning a new one.
    #[must_use]
    pub fn number(&self) -> Option<PointId> {
        let number = self.text("number");
        number.map(|number| PointId::new(number.trim()))
    }

    pub(super) fn knows(name: &str) -> bool {
        known(name).is_some()
    }

    /// Sets a cell of a table.
    pub(super) fn set_text(&mut self, name: &str, cell: &str) {
        self.set(name, Value::String(cell.to_owned()));
    }

    fn set(&mut self, name: &str, value: Value) {
        let is_blank = match &value {
            Value::Null => true,
            Value::String(text) => text.trim().is_empty(),
            Value::Array(entries) => entries.is_empty(),
            Value::Object(fields) => fields.is_empty(),
            Value::Bool(_) | Value::Number(_) => false,
        };
        match known(name) {
            Some(_) if is_blank => {}
            Some(name) => {
                self.values.insert(name, value);
            }
            None => self.ignored.push(name.to_owned()),
        }
    }

    /// A value that is one text; a number is taken as it is written.
    fn text(&self, name: &str) -> Option<String> {
        match self.values.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// The new point of this line, with what was noted on the way. A unit is named by its code or its
    /// name.
    ///
    /// # Errors
    /// Everything that is wrong with the line, each with its field and the way out.
    pub fn point(
        &self,
        defaults: &Defaults,
        context: &Context<'_>,
    ) -> Result<(NewPoint, Vec<Note>), Vec<Problem>> {
        let mut reading = Reading {
            record: self,
            notes: Vec::new(),
            problems: Vec::new(),
        };
        let ignored = self.ignored.iter().cloned();
        reading
            .notes
            .extend(ignored.map(|field| Note::Ignored { field }));
        let owner = reading.owner(defaults, context);
        let content = reading.content(defaults);
        let term = reading.term();
        let (Some(owner), Some(term), true) = (owner, term, reading.problems.is_empty()) else {
            return Err(reading.problems);
        };
        let new = NewPoint {
            owner,
            content,
            term,
        };
        reading.judge(&new, context);
        if reading.problems.is_empty() {
            Ok((new, reading.notes))
        } else {
            Err(reading.problems)
        }
    }
}

/// The name as this module has it, if a point has it.
fn known(name: &str) -> Option<&'static str> {
    let fields = Field::ALL.into_iter().map(Field::name);
    OTHERS.into_iter().chain(fields).find(|it| *it == name)
}

/// A line that is being read.
struct Reading<'a> {
    record: &'a Record,
    notes: Vec<Note>,
    problems: Vec<Problem>,
}

impl Reading<'_> {
    fn problem(&mut self, field: &str, problem: impl Into<String>, way_out: impl Into<String>) {
        self.problems.push(Problem::new(field, problem, way_out));
    }

    fn noted(&mut self, field: &'static str, cleaned: Cleaned) -> String {
        let Cleaned { text, done } = cleaned;
        if !done.is_empty() {
            self.notes.push(Note::Cleaned { field, done });
        }
        text
    }

    /// A value that must be one text, cleaned.
    fn text(&mut self, field: &'static str) -> Option<String> {
        let value = self.record.values.get(field)?;
        let Some(text) = self.record.text(field) else {
            let found = match value {
                Value::Array(_) => "a list",
                Value::Object(_) => "an object",
                Value::Bool(_) => "true or false",
                Value::Null | Value::String(_) | Value::Number(_) => "no text",
            };
            self.problem(field, format!("is {found}"), "give a text");
            return None;
        };
        let text = self.noted(field, clean_text(&text));
        (!text.is_empty()).then_some(text)
    }

    fn owner(&mut self, defaults: &Defaults, context: &Context<'_>) -> Option<UnitCode> {
        let Some(text) = self.text("unit") else {
            if defaults.unit.is_some() {
                self.notes.push(Note::Defaulted { field: "unit" });
            } else {
                let way_out = "name the unit by its code, or give one for the whole import";
                self.problem("unit", "is missing", way_out);
            }
            return defaults.unit.clone();
        };
        let unit = texts::unit(&text, context.directory);
        if unit.is_none() {
            let way_out = "give the code or the name of a unit of the directory";
            self.problem("unit", format!("`{text}` is not in the directory"), way_out);
        }
        unit
    }

    fn content(&mut self, defaults: &Defaults) -> Content {
        let kind = match (self.record.values.get("kind"), defaults.kind) {
            (None, Some(kind)) => {
                self.notes.push(Note::Defaulted { field: "kind" });
                kind
            }
            (None, None) => {
                let way_out = "give policy, service_guide, answer_script or interpretation, or one \
                               for the whole import";
                self.problem("kind", "is missing", way_out);
                PointKind::Interpretation
            }
            (Some(_), kind) => kind.unwrap_or(PointKind::Interpretation),
        };
        let mut content = Content::titled(String::new(), kind);
        for field in Field::ALL {
            self.field(field, &mut content);
        }
        self.pair(&mut content);
        content
    }

    /// A question with its answer: the answer is the text; the question is the title, or stands with
    /// its answer where the title does not say all of it.
    fn pair(&mut self, content: &mut Content) {
        let question = self.text("question");
        let answer = self.text("answer");
        if content.title.is_empty()
            && let Some(question) = &question
        {
            content.title = texts::title(question);
            self.notes.push(Note::TitleFromQuestion);
        }
        if content.title.is_empty() {
            self.problem("title", "is missing", "give a title, or a question");
        }
        if let Some(question) = question
            && question != content.title
        {
            let answer = answer.clone().unwrap_or_default();
            content.faqs.push(Faq { question, answer });
        }
        if content.body.is_empty()
            && let Some(answer) = answer
        {
            content.body = answer;
        }
        if content.body.is_empty() && content.faqs.iter().all(|faq| faq.answer.is_empty()) {
            self.problem("body", "is missing", "give a body, or an answer");
        }
    }

    fn field(&mut self, field: Field, content: &mut Content) {
        let name = field.name();
        let Some(value) = self.record.values.get(name) else {
            return;
        };
        if let Value::Array(entries) = value {
            self.entries(field, entries, content);
            return;
        }
        let Some(text) = self.text(name) else {
            return;
        };
        let text = match field {
            Field::Title | Field::Kind | Field::EnglishTitle => clean_line(&text).text,
            Field::LegalBasis
            | Field::Scope
            | Field::Districts
            | Field::Subjects
            | Field::Conditions
            | Field::Body
            | Field::Faqs
            | Field::Relations
            | Field::Attachments
            | Field::EnglishSummary => text,
        };
        if let Err(error) = set_lines(content, field, &text) {
            self.problem(name, error.to_string(), "correct the entry");
        }
    }

    /// A JSON list: texts are entries, objects have the fields of an entry.
    fn entries(&mut self, field: Field, entries: &[Value], content: &mut Content) {
        let name = field.name();
        for (index, entry) in entries.iter().enumerate() {
            let place = format!("{name}[{index}]");
            match (field, entry) {
                (
                    Field::Title
                    | Field::Kind
                    | Field::Body
                    | Field::Scope
                    | Field::EnglishTitle
                    | Field::EnglishSummary,
                    _,
                ) => {
                    self.problem(name, "is a list", "give a text");
                    return;
                }
                (_, Value::String(text)) => {
                    let line = self.noted(name, clean_line(text));
                    self.line(field, &place, &line, content);
                }
                (Field::LegalBasis, entry) => {
                    if let Some(mut basis) = self.typed::<LegalBasis>(&place, entry) {
                        basis.citation = self.noted(name, clean_line(&basis.citation));
                        content.legal_basis.push(basis);
                    }
                }
                (Field::Faqs, entry) => {
                    if let Some(faq) = self.typed::<Faq>(&place, entry) {
                        content.faqs.push(Faq {
                            question: self.noted(name, clean_text(&faq.question)),
                            answer: self.noted(name, clean_text(&faq.answer)),
                        });
                    }
                }
                (Field::Relations, entry) => {
                    let relation = self.typed::<Relation>(&place, entry);
                    content.relations.extend(relation);
                }
                (Field::Attachments, entry) => {
                    let attachment = self.typed::<Attachment>(&place, entry);
                    content.attachments.extend(attachment);
                }
                (Field::Districts | Field::Subjects | Field::Conditions, _) => {
                    self.problem(&place, "is no text", "give a text");
                }
            }
        }
    }

    /// One entry as a line.
    fn line(&mut self, field: Field, place: &str, line: &str, content: &mut Content) {
        let mut one = Content::titled(String::new(), content.kind);
        if let Err(error) = set_lines(&mut one, field, line) {
            self.problem(place, error.to_string(), "correct the entry");
            return;
        }
        content.legal_basis.extend(one.legal_basis);
        content.districts.extend(one.districts);
        content.subjects.extend(one.subjects);
        content.conditions.extend(one.conditions);
        content.relations.extend(one.relations);
        content.faqs.extend(one.faqs);
        content.attachments.extend(one.attachments);
    }

    fn typed<T: serde::de::DeserializeOwned>(&mut self, place: &str, entry: &Value) -> Option<T> {
        match serde_path_to_error::deserialize(entry) {
            Ok(value) => Some(value),
            Err(error) => {
                let path = error.path().to_string();
                let place = if path == "." {
                    place.to_owned()
                } else {
                    format!("{place}.{path}")
                };
                let problem = error.into_inner().to_string();
                self.problem(&place, problem, "give the fields of an entry, or one text");
                None
            }
        }
    }

    fn term(&mut self) -> Option<Term> {
        let span = match self.text("validity") {
            None => Span::Longest,
            Some(text) => match texts::span(&text) {
                Some(span) => span,
                None => {
                    let way_out = "give `longest`, `6 months`, `1 year` or a last day such as \
                                   2027-06-30";
                    self.problem("validity", format!("`{text}` is no length"), way_out);
                    return None;
                }
            },
        };
        Some(Term {
            span,
            longer_reason: self.text("longer_reason"),
        })
    }

    /// What a draft may not be, and what it still lacks.
    fn judge(&mut self, new: &NewPoint, context: &Context<'_>) {
        let content = &new.content;
        if let Err(rejection) = check_content(None, content, context.directory) {
            self.rejected(&rejection);
        }
        match validity_of(content.kind, new.term.span, &new.owner, 0, context) {
            Err(rejection) => self.rejected(&rejection),
            Ok(validity) if validity.is_longer() && new.term.longer_reason.is_none() => {
                let field = "longer_reason";
                self.notes.push(Note::Incomplete { field });
            }
            Ok(_) => {}
        }
        let missing = missing_fields(content, context.rules).into_iter();
        let incomplete = missing.map(|field| Note::Incomplete { field });
        self.notes.extend(incomplete);
    }

    fn rejected(&mut self, rejection: &Rejection) {
        let field = rejection.field().unwrap_or("line");
        let told = rejection.to_string();
        // Most begin with the field, which stands before it already.
        let problem = told.strip_prefix(field).unwrap_or(&told).trim_start();
        self.problem(field, problem, rejection.way_out());
    }
}
