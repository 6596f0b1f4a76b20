//! `kapok knowledge import|export`: points in files. A file is sent in pieces, cut between its records as
//! the server cuts them, so that one sees how far it is and nothing takes long.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use api::dto::knowledge::files::{
    Cut, Cutter, FileFormat, PointImport, RECORD_BYTES_MAX, RecordProblem, RefusedRecord,
};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::server::{Base, PointKind, bar, with_query};
use crate::client::{Client, problem_of};
use crate::output;

/// So many records are sent at a time.
const RECORDS: usize = 256;
/// And no more bytes than this, but for a record that is longer by itself.
const PIECE_BYTES: usize = 1 << 20;
/// So many bytes of the file are read at a time.
const READ_BYTES: usize = 1 << 16;
/// So often a piece is sent when the server is busy or out of reach; it is taken once.
const ATTEMPTS_MAX: u32 = 6;
/// How long the first pause between them is; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// Refusals that are shown as text.
const REFUSALS_SHOWN_MAX: usize = 20;

/// Import points from a file, as drafts.
///
/// Texts are cleaned of odd white space and remnants of HTML. Bad records are refused one by one, with
/// line, field and way out, and never stop the import. A record is known again by its number, or else by
/// what it says: what is there already is left as it is, so an import is simply run again.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok knowledge import points.jsonl
  kapok knowledge import points.csv --unit GZ-RSJ --kind interpretation --report refused.jsonl
  kapok knowledge import points.csv --dry-run --json

Format of FILE, in UTF-8:
  jsonl   one JSON object a line; lists are lists, or texts with a line for each entry
  csv     names of the columns in the first row, in English or Chinese
  number 编号          of a point, or of wherever the record comes from; with it, a changed record
                       revises its point
  unit 单位            code or name; default --unit
  title 标题           or question 问题, of which the title is made
  kind 类型            policy, service_guide, answer_script or interpretation; default --kind
  body 正文            or answer 答案
  legal_basis 依据, scope 适用范围, districts 适用区域, subjects 适用主体, conditions 适用条件,
  faqs 常见问题解答 (问：… 答：…), relations 关联关系, attachments 附件,
  english_title 英文标题, english_summary 英文摘要
  validity 有效期      longest, 6 months, 1 year or a last day; default longest
  longer_reason 延长理由
Other fields are passed over and counted.

Output: the figures. --json and --report give one object a refused record, {\"line\",\"problems\"}, and
last one line with the figures.

Exit codes: 0 nothing refused, 1 failed (run it again to go on), 2 usage, 3 some records refused")]
pub(crate) struct Import {
    /// The file.
    file: PathBuf,
    /// Its form; by its name, if not given.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Code of the unit of records that name none.
    #[arg(long, value_name = "UNIT")]
    unit: Option<String>,
    /// Kind of records that name none.
    #[arg(long, value_enum)]
    kind: Option<PointKind>,
    /// Judge every record, and keep nothing.
    #[arg(long)]
    dry_run: bool,
    /// Also write every refusal and the figures to this file, as --json prints them.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Print refusals and, as the last line, the figures as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    base: Base,
}

/// Export points to a file; importing it again leaves everything as it is.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok knowledge export --out points.jsonl
  kapok knowledge export --format csv --unit GZ-RSJ > points.csv
  kapok knowledge export --answering --out published.jsonl

Exit codes: 0 done, 1 no access or broken off, 2 usage")]
pub(crate) struct Export {
    /// The form of the file; by the name of --out, else jsonl.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Only what may be answered from now; the latest text of every point, if not given.
    #[arg(long)]
    answering: bool,
    /// Only points of this unit.
    #[arg(long, value_name = "UNIT")]
    unit: Option<String>,
    /// Only points of this kind.
    #[arg(long, value_enum)]
    kind: Option<PointKind>,
    /// Where it goes; standard output, if not given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    base: Base,
}

/// The form of a file.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// JSON Lines.
    Jsonl,
    /// A table.
    Csv,
}

impl From<Format> for FileFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Jsonl => Self::Jsonl,
            Format::Csv => Self::Csv,
        }
    }
}

fn format_of(given: Option<Format>, path: Option<&Path>) -> FileFormat {
    let by_name = || {
        let extension = path.and_then(Path::extension);
        let is_csv = extension.is_some_and(|it| it.eq_ignore_ascii_case("csv"));
        if is_csv {
            FileFormat::Csv
        } else {
            FileFormat::Jsonl
        }
    };
    given.map_or_else(by_name, Into::into)
}

pub(super) fn import(arguments: &Import) -> anyhow::Result<ExitCode> {
    let path = &arguments.file;
    if !path.is_file() {
        bail!("`{}` is no file; give a file of points", path.display());
    }
    let begun = Instant::now();
    let format = format_of(arguments.format, Some(path));
    let mut sending = Sending {
        client: arguments.base.client()?.patient(),
        path: with_query(
            "/api/v1/knowledge/import",
            &[
                ("unit", arguments.unit.as_deref()),
                ("kind", arguments.kind.map(PointKind::name)),
                ("dry_run", arguments.dry_run.then_some("true")),
            ],
        ),
        format,
        header: None,
        piece: Piece::default(),
        report: PointImport::default(),
    };
    sending.run(path)?;
    let mut report = sending.report;
    report.refused.sort_by_key(|it| it.line);
    let figures = figures(&report, begun.elapsed());
    if let Some(path) = &arguments.report {
        write_report(path, &report.refused, &figures)?;
    }
    if arguments.json {
        report.refused.iter().try_for_each(output::json)?;
        output::json(&figures)?;
    } else {
        output::line(&words(&report, &figures))?;
    }
    Ok(if report.refused.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(3)
    })
}

/// A file on its way to the server.
struct Sending {
    client: Client,
    path: String,
    format: FileFormat,
    /// The first row of a table, which goes before every piece.
    header: Option<Vec<u8>>,
    piece: Piece,
    report: PointImport,
}

/// Records that are sent together.
#[derive(Default)]
struct Piece {
    bytes: Vec<u8>,
    /// Lines of the piece so far.
    lines: u64,
    /// On which line of the file a record begins, by its line in the piece.
    begins: BTreeMap<u64, u64>,
}

impl Piece {
    fn push(&mut self, line: u64, record: &[u8]) {
        self.begins.insert(self.lines.saturating_add(1), line);
        self.append(record);
    }

    fn append(&mut self, record: &[u8]) {
        self.bytes.extend_from_slice(record);
        if !record.ends_with(b"\n") {
            self.bytes.push(b'\n');
        }
        let ends = record.iter().filter(|byte| **byte == b'\n').count();
        let ends = u64::try_from(ends).unwrap_or(u64::MAX);
        let ends = ends.saturating_add(u64::from(!record.ends_with(b"\n")));
        self.lines = self.lines.saturating_add(ends);
    }
}

impl Sending {
    fn run(&mut self, path: &Path) -> anyhow::Result<()> {
        let cannot_read = || format!("cannot read `{}`", path.display());
        let mut file = File::open(path).with_context(cannot_read)?;
        let size = file.metadata().with_context(cannot_read)?.len();
        let bar = bar(size, "{wide_bar} {bytes}/{total_bytes}, {eta} left")?;
        let mut cutter = Cutter::new(self.format);
        let mut buffer = vec![0; READ_BYTES];
        let mut cuts = Vec::new();
        loop {
            let read = file.read(&mut buffer).with_context(cannot_read)?;
            let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else {
                break;
            };
            cutter.feed(bytes, &mut cuts);
            for cut in cuts.drain(..) {
                self.take(cut)?;
            }
            bar.inc(u64::try_from(read).unwrap_or(u64::MAX));
        }
        if let Some(cut) = cutter.finish() {
            self.take(cut)?;
        }
        // A table without any row is sent too, for the server to say whether it is one.
        if !self.piece.begins.is_empty() || self.report.read == 0 {
            self.send()?;
        }
        bar.finish_and_clear();
        Ok(())
    }

    fn take(&mut self, cut: Cut) -> anyhow::Result<()> {
        if cut.is_blank() {
            return Ok(());
        }
        let Some(bytes) = cut.bytes else {
            self.report.read = self.report.read.saturating_add(1);
            self.report.refused.push(too_long(cut.line));
            return Ok(());
        };
        if self.format == FileFormat::Csv && self.header.is_none() {
            self.piece.append(&bytes);
            self.header = Some(bytes);
            return Ok(());
        }
        self.piece.push(cut.line, &bytes);
        if self.piece.begins.len() >= RECORDS || self.piece.bytes.len() >= PIECE_BYTES {
            self.send()?;
        }
        Ok(())
    }

    fn send(&mut self) -> anyhow::Result<()> {
        let mut next = Piece::default();
        if let Some(header) = &self.header {
            next.append(header);
        }
        let Piece { bytes, begins, .. } = std::mem::replace(&mut self.piece, next);
        let answer = self.sent(&bytes)?;
        let mut report: PointImport =
            serde_json::from_value(answer).context("the server's report is not understood")?;
        for refused in &mut report.refused {
            refused.line = begins.get(&refused.line).copied().unwrap_or(refused.line);
        }
        self.report.add(report);
        Ok(())
    }

    /// Sends a piece until the server has taken it.
    fn sent(&self, piece: &[u8]) -> anyhow::Result<Value> {
        let mut pause = FIRST_PAUSE;
        let mut attempt = 1;
        loop {
            let media_type = self.format.media_type();
            let error = match self.client.post_file(&self.path, media_type, piece) {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let busy = match problem_of(&error) {
                Some(problem) => matches!(problem.status, 429 | 503),
                // A server that has answered before may come back.
                None => self.report.read > 0,
            };
            if !busy || attempt == ATTEMPTS_MAX {
                return Err(error.context("what was imported before stays; run it again to go on"));
            }
            thread::sleep(pause);
            pause = pause.saturating_mul(2);
            attempt += 1;
        }
    }
}

fn too_long(line: u64) -> RefusedRecord {
    RefusedRecord {
        line,
        problems: vec![RecordProblem {
            field: "line".to_owned(),
            problem: format!("is longer than {RECORD_BYTES_MAX} bytes"),
            way_out: "shorten the text, or make several points".to_owned(),
        }],
    }
}

fn figures(report: &PointImport, took: Duration) -> Value {
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
    json!({
        "read": report.read,
        "opened": report.opened,
        "edited": report.edited,
        "revised": report.revised,
        "unchanged": report.unchanged,
        "refused": report.refused.len(),
        "notes": report.notes,
        "milliseconds": millis,
        "records_per_second": report.read.saturating_mul(1000) / millis,
    })
}

fn write_report(path: &Path, refused: &[RefusedRecord], figures: &Value) -> anyhow::Result<()> {
    let write = || -> anyhow::Result<()> {
        let mut file = BufWriter::new(File::create(path)?);
        for refusal in refused {
            writeln!(file, "{}", serde_json::to_string(refusal)?)?;
        }
        writeln!(file, "{figures}")?;
        Ok(file.flush()?)
    };
    write().with_context(|| format!("cannot write the report to `{}`", path.display()))
}

fn words(report: &PointImport, figures: &Value) -> String {
    let mut lines = Vec::new();
    for refused in report.refused.iter().take(REFUSALS_SHOWN_MAX) {
        for RecordProblem {
            field,
            problem,
            way_out,
        } in &refused.problems
        {
            lines.push(format!(
                "refused line {}: `{field}` {problem}; {way_out}",
                refused.line
            ));
        }
    }
    let hidden = report.refused.len().saturating_sub(REFUSALS_SHOWN_MAX);
    if hidden > 0 {
        lines.push(format!(
            "… and {hidden} more; see all with --report FILE or --json"
        ));
    }
    for (note, count) in &report.notes {
        lines.push(format!("{note}: {count} records"));
    }
    lines.push(format!(
        "read {}: begun {}, edited {}, revised {}, unchanged {}, refused {}; {} records/s",
        report.read,
        report.opened,
        report.edited,
        report.revised,
        report.unchanged,
        report.refused.len(),
        figures.get("records_per_second").unwrap_or(&Value::Null),
    ));
    lines.join("\n")
}

pub(super) fn export(arguments: &Export) -> anyhow::Result<()> {
    let client = arguments.base.client()?.patient();
    let format = match format_of(arguments.format, arguments.out.as_deref()) {
        FileFormat::Jsonl => "jsonl",
        FileFormat::Csv => "csv",
    };
    let path = with_query(
        "/api/v1/knowledge/export",
        &[
            ("format", Some(format)),
            ("part", arguments.answering.then_some("answering")),
            ("unit", arguments.unit.as_deref()),
            ("point_kind", arguments.kind.map(PointKind::name)),
        ],
    );
    match &arguments.out {
        Some(out) => {
            let cannot_write = || format!("cannot write `{}`", out.display());
            let mut file = BufWriter::new(File::create(out).with_context(cannot_write)?);
            let bytes = client.copy(&path, &mut file)?;
            file.flush().with_context(cannot_write)?;
            output::note(&format!("{}: {bytes} bytes", out.display()));
        }
        None => {
            client.copy(&path, &mut io::stdout().lock())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_knows_the_lines_of_the_file() {
        let mut piece = Piece::default();
        piece.append("标题,正文\n".as_bytes());
        piece.push(7, "a,\"一\n二\"\n".as_bytes());
        piece.push(9, b"b,c");
        piece.push(12, b"d,e\n");
        let begins: Vec<(u64, u64)> = piece.begins.into_iter().collect();
        assert_eq!(begins, [(2, 7), (4, 9), (5, 12)]);
        assert!(piece.bytes.ends_with(b"b,c\nd,e\n"));
    }
}
