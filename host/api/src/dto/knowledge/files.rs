//! The files in which points travel: cutting them into records, reading and writing rows of a table.
//! Client and server cut alike, so that a client can send a large file in pieces.

use std::collections::BTreeMap;

use knowledge_base::import::{self, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Longest record that is taken, in bytes.
pub const RECORD_BYTES_MAX: usize = 4 << 20;

/// What spreadsheets know UTF-8 by.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Form of a file of points.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    /// JSON Lines: one object a line.
    #[default]
    Jsonl,
    /// A table, RFC 4180, in UTF-8, with the columns' names in the first row.
    Csv,
}

impl FileFormat {
    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jsonl => "application/jsonl",
            Self::Csv => "text/csv",
        }
    }

    /// The form of a media type, parameters aside.
    #[must_use]
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        match essence.to_ascii_lowercase().as_str() {
            "application/x-ndjson" | "application/jsonl" | "application/jsonlines" => {
                Some(Self::Jsonl)
            }
            "text/csv" => Some(Self::Csv),
            _ => None,
        }
    }

    /// Whether a line may end within a record.
    const fn quotes(self) -> bool {
        match self {
            Self::Jsonl => false,
            Self::Csv => true,
        }
    }
}

/// A record of a file, as it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// Its bytes with its line end; nothing where it is longer than [`RECORD_BYTES_MAX`].
    pub bytes: Option<Vec<u8>>,
}

impl Cut {
    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        let bytes = self.bytes.as_deref();
        bytes.is_some_and(|it| it.trim_ascii().is_empty())
    }
}

/// Cuts a file into records, piece by piece, and holds no more of it than one record.
#[derive(Debug)]
pub struct Cutter {
    format: FileFormat,
    /// The line that is being read.
    line: u64,
    /// The line on which the record began.
    begun: u64,
    /// Whether a quoted cell is open.
    quoted: bool,
    held: Vec<u8>,
    too_long: bool,
}

impl Cutter {
    /// A cutter at the beginning of a file.
    #[must_use]
    pub const fn new(format: FileFormat) -> Self {
        Self {
            format,
            line: 1,
            begun: 1,
            quoted: false,
            held: Vec::new(),
            too_long: false,
        }
    }

    /// Takes a piece, and gives the records that end in it.
    pub fn feed(&mut self, piece: &[u8], records: &mut Vec<Cut>) {
        for line in piece.split_inclusive(|byte| *byte == b'\n') {
            if self.format.quotes() {
                let quotes = line.iter().filter(|byte| **byte == b'"').count();
                self.quoted ^= quotes % 2 == 1;
            }
            self.too_long |= self.held.len().saturating_add(line.len()) > RECORD_BYTES_MAX;
            if self.too_long {
                self.held.clear();
            } else {
                self.held.extend_from_slice(line);
            }
            if line.ends_with(b"\n") {
                self.line = self.line.saturating_add(1);
                if !self.quoted {
                    records.push(self.cut());
                }
            }
        }
    }

    /// The last record, where the file does not end with a line end.
    pub fn finish(mut self) -> Option<Cut> {
        (!self.held.is_empty() || self.too_long).then(|| self.cut())
    }

    fn cut(&mut self) -> Cut {
        let bytes = std::mem::take(&mut self.held);
        let cut = Cut {
            line: self.begun,
            bytes: (!self.too_long).then_some(bytes),
        };
        self.begun = self.line;
        self.too_long = false;
        cut
    }
}

/// Reads the cells of a row.
///
/// # Errors
/// What is wrong with the row as a whole.
pub(crate) fn cells(row: &str) -> Result<Vec<String>, &'static str> {
    let row = row.strip_suffix('\n').unwrap_or(row);
    let row = row.strip_suffix('\r').unwrap_or(row);
    let mut rest = row.strip_prefix(BYTE_ORDER_MARK).unwrap_or(row);
    let mut cells = Vec::new();
    loop {
        let (cell, after) = cell(rest)?;
        cells.push(cell);
        match after {
            Some(after) => rest = after,
            None => return Ok(cells),
        }
    }
}

/// The first cell, and what follows its comma.
fn cell(text: &str) -> Result<(String, Option<&str>), &'static str> {
    let Some(mut rest) = text.strip_prefix('"') else {
        return Ok(match text.split_once(',') {
            Some((cell, after)) => (cell.to_owned(), Some(after)),
            None => (text.to_owned(), None),
        });
    };
    let mut cell = String::new();
    loop {
        let (part, after) = rest
            .split_once('"')
            .ok_or("has a quoted cell without its end")?;
        cell.push_str(part);
        // Two quotes are one; one ends the cell.
        let Some(after_both) = after.strip_prefix('"') else {
            return match after.strip_prefix(',') {
                Some(after) => Ok((cell, Some(after))),
                None if after.trim().is_empty() => Ok((cell, None)),
                None => Err("has text between the end of a quoted cell and the comma"),
            };
        };
        cell.push('"');
        rest = after_both;
    }
}

/// Writes a row, with its line end.
pub(crate) fn row(cells: &[impl AsRef<str>]) -> String {
    let quoted = cells.iter().map(|cell| {
        let cell = cell.as_ref();
        if cell.contains(['"', ',', '\r', '\n']) || cell != cell.trim() {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.to_owned()
        }
    });
    format!("{}\r\n", quoted.collect::<Vec<_>>().join(","))
}

/// The first row of a table of points.
pub(crate) fn head() -> String {
    format!("{BYTE_ORDER_MARK}{}", row(&import::COLUMNS))
}

/// What came of an import of points (Art. 34). Those that were taken are drafts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PointImport {
    /// Records that were read.
    pub read: u64,
    /// Points that were begun.
    pub opened: u64,
    /// Drafts that were changed.
    pub edited: u64,
    /// Drafts that were begun beside a published version.
    pub revised: u64,
    /// Records that say what is there already, or what a point said before.
    pub unchanged: u64,
    /// Records that were refused, in the order of the file.
    pub refused: Vec<RefusedRecord>,
    /// What was noted about records that were taken, with how many records: what was cleaned, made up
    /// from defaults, ignored, or is still missing before the draft can be submitted.
    #[schema(value_type = Object)]
    pub notes: BTreeMap<String, u64>,
}

/// A record that was refused, with everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefusedRecord {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// What is wrong.
    pub problems: Vec<RecordProblem>,
}

/// One thing that is wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordProblem {
    /// Which field, by its name in the file; `line` for the record as a whole.
    #[schema(example = "unit")]
    pub field: String,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub way_out: String,
}

impl PointImport {
    /// Counts what came of some more records.
    pub fn add(&mut self, more: Self) {
        let sum = |figure: &mut u64, more: u64| *figure = figure.saturating_add(more);
        sum(&mut self.read, more.read);
        sum(&mut self.opened, more.opened);
        sum(&mut self.edited, more.edited);
        sum(&mut self.revised, more.revised);
        sum(&mut self.unchanged, more.unchanged);
        self.refused.extend(more.refused);
        for (note, count) in more.notes {
            sum(self.notes.entry(note).or_default(), count);
        }
    }

    pub(crate) fn refuse(&mut self, line: u64, problems: Vec<Problem>) {
        self.read = self.read.saturating_add(1);
        let problems = problems.into_iter().map(Into::into).collect();
        self.refused.push(RefusedRecord { line, problems });
    }
}

impl From<Problem> for RecordProblem {
    fn from(problem: Problem) -> Self {
        Self {
            field: problem.field,
            problem: problem.problem,
            way_out: problem.way_out,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(format: FileFormat, file: &[u8], piece: usize) -> Vec<(u64, Option<String>)> {
        let mut cutter = Cutter::new(format);
        let mut records = Vec::new();
        for piece in file.chunks(piece) {
            cutter.feed(piece, &mut records);
        }
        records.extend(cutter.finish());
        let text = |cut: Cut| cut.bytes.map(|it| String::from_utf8(it).unwrap());
        let records = records.into_iter().filter(|it| !it.is_blank());
        records.map(|it| (it.line, text(it))).collect()
    }

    #[test]
    fn a_file_is_cut_alike_in_pieces_of_any_size() {
        let lines = "{\"a\":\"\\\"\"}\n\n{\"b\":1}\r\n{\"c\":1}";
        let table = "标题,正文\r\na,\"一\n二 \"\"三\"\"\n\"\r\nb,c";
        for piece in [1, 2, 3, 7, 1000] {
            let records = cut(FileFormat::Jsonl, lines.as_bytes(), piece);
            let expected = [
                (1, "{\"a\":\"\\\"\"}\n"),
                (3, "{\"b\":1}\r\n"),
                (4, "{\"c\":1}"),
            ];
            let expected = expected.map(|(line, text)| (line, Some(text.to_owned())));
            assert_eq!(records, expected, "in pieces of {piece}");
            let records = cut(FileFormat::Csv, table.as_bytes(), piece);
            let lines: Vec<u64> = records.iter().map(|(line, _)| *line).collect();
            assert_eq!(lines, [1, 2, 5], "in pieces of {piece}");
            let second = records[1].1.as_deref().unwrap();
            assert_eq!(cells(second).unwrap(), ["a", "一\n二 \"三\"\n"]);
        }
    }

    #[test]
    fn a_record_without_end_is_not_held() {
        let mut file = vec![b'x'; RECORD_BYTES_MAX + 1];
        file.extend(b"\n{}\n");
        let records = cut(FileFormat::Jsonl, &file, 1 << 16);
        assert_eq!(records, [(1, None), (2, Some("{}\n".to_owned()))]);
    }

    #[test]
    fn cells_come_back_as_they_were() {
        let rows: &[&[&str]] = &[
            &["a", "b"],
            &["", ""],
            &["a,b", "\"", "一\n二", " spaced "],
            &["only"],
        ];
        for cells_in in rows {
            assert_eq!(&cells(&row(cells_in)).unwrap(), cells_in);
        }
        assert_eq!(cells(&head()).unwrap(), import::COLUMNS);
        for bad in ["\"a", "\"a\"b,c"] {
            assert!(cells(bad).is_err(), "{bad}");
        }
    }
}
