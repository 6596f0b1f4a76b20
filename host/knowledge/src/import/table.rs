//! A point as a row of a table. Lists have a line for each entry, questions and answers begin with `问：`
//! and `答：` ([`crate::point::lines`]).

use lifecycle::ids::UnitCode;

use super::record::Record;
use super::report::Problem;
use crate::ids::PointId;
use crate::point::{Content, Field, Term, lines};

/// The columns that are written, in order. Reading takes them in any order, by these names or by the
/// Chinese ones, and besides them `question` and `answer` (问题, 答案).
pub const COLUMNS: [&str; 17] = [
    "number",
    "unit",
    "title",
    "kind",
    "legal_basis",
    "scope",
    "districts",
    "subjects",
    "conditions",
    "body",
    "faqs",
    "relations",
    "attachments",
    "english_title",
    "english_summary",
    "validity",
    "longer_reason",
];

/// The cells of a point, in the order of [`COLUMNS`].
#[must_use]
pub fn cells(number: &PointId, owner: &UnitCode, content: &Content, term: &Term) -> Vec<String> {
    let cell = |column: &&str| match *column {
        "number" => number.to_string(),
        "unit" => owner.to_string(),
        "validity" => term.span.to_string(),
        "longer_reason" => term.longer_reason.clone().unwrap_or_default(),
        column => {
            let field = Field::ALL.into_iter().find(|field| field.name() == column);
            field.map_or_else(String::new, |field| lines(content, field).join("\n"))
        }
    };
    COLUMNS.iter().map(cell).collect()
}

/// The columns of a table that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    names: Vec<String>,
}

impl Columns {
    /// Takes the header.
    ///
    /// # Errors
    /// A column that stands twice, or a header in which no column is known.
    pub fn new<'a>(header: impl IntoIterator<Item = &'a str>) -> Result<Self, Problem> {
        let names: Vec<String> = header.into_iter().map(canonical).collect();
        for (index, name) in names.iter().enumerate() {
            if names
                .iter()
                .skip(index.saturating_add(1))
                .any(|it| it == name)
            {
                return Err(Problem::new(
                    name.clone(),
                    "is the name of two columns",
                    "rename or remove one of them",
                ));
            }
        }
        if names.iter().any(|name| Record::knows(name)) {
            return Ok(Self { names });
        }
        Err(Problem::new(
            "header",
            "has no column that a point has",
            "write the names of the columns in the first row, such as title, body, unit",
        ))
    }

    /// Reads a row.
    ///
    /// # Errors
    /// A row with more cells than the header has; cells that are missing at its end are empty.
    pub fn read<'a>(&self, row: impl IntoIterator<Item = &'a str>) -> Result<Record, Vec<Problem>> {
        let mut record = Record::default();
        let mut names = self.names.iter();
        for cell in row {
            match names.next() {
                Some(name) => record.set_text(name, cell),
                None if cell.trim().is_empty() => {}
                None => {
                    return Err(vec![Problem::new(
                        "line",
                        "has more cells than the header has columns",
                        "quote cells that contain commas or line ends",
                    )]);
                }
            }
        }
        Ok(record)
    }
}

/// A column's name as this module has it.
fn canonical(name: &str) -> String {
    let name = name.trim().trim_start_matches('\u{feff}').trim();
    let known = match name {
        "编号" => "number",
        "单位" | "责任单位" | "承办单位" => "unit",
        "问题" => "question",
        "答案" | "答复" => "answer",
        "有效期" => "validity",
        "延长理由" => "longer_reason",
        name => {
            let field = Field::ALL.into_iter().find(|field| field.label() == name);
            match field {
                Some(field) => field.name(),
                None => name,
            }
        }
    };
    known.to_ascii_lowercase()
}
