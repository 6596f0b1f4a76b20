//! Points in files: importing and exporting them, record by record, without ever holding the whole file.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::thread;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use engine::ports::{EntryKind, KnowledgeFilter};
use engine::{Engine, ImportMode, ImportOutcome};
use futures_util::stream;
use http_body_util::BodyExt as _;
use knowledge_base::Rejection;
use knowledge_base::ids::{Id, PointId};
use knowledge_base::import::{self, Columns, Defaults, Problem as RecordProblem, Record};
use knowledge_base::point::{Content, Point, Term};
use lifecycle::ids::{Actor, Role};

use crate::auth::Caller;
use crate::dto::knowledge::files::{self, Cut, Cutter, FileFormat, PointImport, RECORD_BYTES_MAX};
use crate::dto::knowledge::{ExportParameters, ExportPart, PointImportParameters};
use crate::extract::Query;
use crate::openapi::{ImportErrors, ReadKnowledgeErrors};
use crate::problem::{Problem, codes};
use crate::state::AppState;

/// Largest file that is imported at once, in bytes.
const FILE_BYTES_MAX: usize = 256 << 20;
/// So many records become one call of the engine.
const RECORDS: usize = 256;
/// So many of them are imported at a time; they share flushes to disk.
const THREADS: usize = 16;
/// Points that are read at a time for an export.
const EXPORT_PAGE: u32 = 100;

/// Import points from a file.
///
/// JSON Lines or a table with its header in Chinese or English, by the media type. Each record becomes a
/// draft: cleaned of odd white space and remnants of HTML, judged field by field; it may lack what Art. 34
/// asks of a point that is published. Bad records are told with line, field and way out, and never stop
/// the import. A record is known again by its number, or else by what it says: what a point says, or has
/// said before, is left as it is, so an import that was interrupted is simply sent again. For units, their
/// own points, and for the centre.
#[utoipa::path(
    post, path = "/knowledge/import", tag = "knowledge", params(PointImportParameters),
    request_body(content((String = "application/jsonl"), (String = "text/csv"))),
    responses((status = 200, description = "What came of each record", body = PointImport), ImportErrors)
)]
pub(crate) async fn import_points(
    State(state): State<AppState>,
    caller: Caller,
    Query(parameters): Query<PointImportParameters>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<PointImport>, Problem> {
    may_import(&caller.0)?;
    let media_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|it| it.to_str().ok());
    let format = FileFormat::of_media_type(media_type.unwrap_or_default()).ok_or_else(|| {
        let detail = "the file must be sent as application/jsonl or as text/csv";
        Problem::new(codes::UNSUPPORTED_MEDIA_TYPE, detail)
    })?;
    let mut importing = Importing {
        state: &state,
        by: caller.0,
        defaults: Arc::new(Defaults {
            unit: parameters.unit,
            kind: parameters.kind.map(Into::into),
        }),
        mode: if parameters.dry_run {
            ImportMode::DryRun
        } else {
            ImportMode::Keep
        },
        format,
        columns: None,
        records: Vec::new(),
        report: PointImport::default(),
    };
    importing.run(body).await?;
    Ok(Json(importing.report))
}

/// Nothing is read for somebody who may not keep any of it.
fn may_import(by: &Actor) -> Result<(), Problem> {
    match &by.role {
        Role::System | Role::Operator | Role::Unit(_) | Role::Leader(_) => Ok(()),
        Role::Admin | Role::District(_) | Role::Channel | Role::Auditor => {
            let command = "import points";
            Err(Rejection::NotPermitted { command }.into())
        }
    }
}

/// An import that is under way.
struct Importing<'a> {
    state: &'a AppState,
    by: Arc<Actor>,
    defaults: Arc<Defaults>,
    mode: ImportMode,
    format: FileFormat,
    /// The columns of a table, once its header was read.
    columns: Option<Columns>,
    /// Records that wait for their call of the engine, each with its line.
    records: Vec<(u64, Record)>,
    report: PointImport,
}

impl Importing<'_> {
    async fn run(&mut self, mut body: Body) -> Result<(), Problem> {
        let mut cutter = Cutter::new(self.format);
        let mut cuts = Vec::new();
        let mut bytes: usize = 0;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_broken_off| {
                Problem::new(codes::BAD_REQUEST, "the body could not be read to its end")
                    .way_out("send the file again; what was imported stays as it is")
            })?;
            let Ok(piece) = frame.into_data() else {
                continue;
            };
            bytes = bytes.saturating_add(piece.len());
            if bytes > FILE_BYTES_MAX {
                let detail = format!("the file is larger than {FILE_BYTES_MAX} bytes");
                return Err(Problem::new(codes::BODY_TOO_LARGE, detail)
                    .way_out("send it in several parts, each with the header of the table"));
            }
            cutter.feed(&piece, &mut cuts);
            for cut in cuts.drain(..) {
                self.take(cut).await?;
            }
        }
        if let Some(cut) = cutter.finish() {
            self.take(cut).await?;
        }
        self.flush().await?;
        self.report.refused.sort_by_key(|it| it.line);
        Ok(())
    }

    async fn take(&mut self, cut: Cut) -> Result<(), Problem> {
        if cut.is_blank() {
            return Ok(());
        }
        let needs_header = self.format == FileFormat::Csv && self.columns.is_none();
        match self.read(&cut) {
            Ok(Some(record)) => self.records.push((cut.line, record)),
            Ok(None) => {}
            // Without its header no row of a table can be read.
            Err(problems) if needs_header => return Err(of_header(&problems)),
            Err(problems) => self.report.refuse(cut.line, problems),
        }
        if self.records.len() >= RECORDS {
            self.flush().await?;
        }
        Ok(())
    }

    /// Reads a record; nothing of the header of a table.
    fn read(&mut self, cut: &Cut) -> Result<Option<Record>, Vec<RecordProblem>> {
        let bytes = cut.bytes.as_deref().ok_or_else(|| {
            let problem = format!("is longer than {RECORD_BYTES_MAX} bytes");
            whole(problem, "shorten the text, or make several points")
        })?;
        let text = std::str::from_utf8(bytes).map_err(|_invalid| {
            let way_out = "save the file as UTF-8; spreadsheets offer `CSV UTF-8`";
            whole("is not UTF-8", way_out)
        })?;
        match self.format {
            FileFormat::Jsonl => Record::read(text).map(Some),
            FileFormat::Csv => {
                let cells = files::cells(text)
                    .map_err(|problem| whole(problem, "quote cells as RFC 4180 says"))?;
                let cells = cells.iter().map(String::as_str);
                match &self.columns {
                    Some(columns) => columns.read(cells).map(Some),
                    None => {
                        self.columns = Some(Columns::new(cells).map_err(|it| vec![it])?);
                        Ok(None)
                    }
                }
            }
        }
    }

    async fn flush(&mut self) -> Result<(), Problem> {
        if self.records.is_empty() {
            return Ok(());
        }
        let records = std::mem::take(&mut self.records);
        let (by, defaults, mode) = (self.by.clone(), self.defaults.clone(), self.mode);
        let report = self
            .state
            .call(move |engine| import_all(engine, records, &defaults, mode, &by))
            .await??;
        self.report.add(report);
        Ok(())
    }
}

fn of_header(problems: &[RecordProblem]) -> Problem {
    let (problem, way_out) = problems
        .first()
        .map_or(("", ""), |it| (&it.problem, &it.way_out));
    Problem::field(codes::INVALID_INPUT, "header", problem).way_out(way_out)
}

fn whole(problem: impl Into<String>, way_out: &str) -> Vec<RecordProblem> {
    vec![RecordProblem {
        field: "line".to_owned(),
        problem: problem.into(),
        way_out: way_out.to_owned(),
    }]
}

/// Imports records on several threads. Those of one number stay in the order of the file.
fn import_all(
    engine: &Engine,
    records: Vec<(u64, Record)>,
    defaults: &Defaults,
    mode: ImportMode,
    by: &Actor,
) -> Result<PointImport, engine::Error> {
    let mut shares: Vec<Vec<(u64, Record)>> = vec![Vec::new(); THREADS];
    for (line, record) in records {
        let mut hasher = DefaultHasher::new();
        match record.number() {
            Some(number) => number.hash(&mut hasher),
            None => line.hash(&mut hasher),
        }
        let threads = u64::try_from(THREADS).unwrap_or(u64::MAX);
        let share = usize::try_from(hasher.finish() % threads).unwrap_or_default();
        if let Some(share) = shares.get_mut(share) {
            share.push((line, record));
        }
    }
    let import = |share: Vec<(u64, Record)>| import_share(engine, &share, defaults, mode, by);
    let reports: Vec<_> = thread::scope(|scope| {
        let import = &import;
        let begun: Vec<_> = shares
            .into_iter()
            .filter(|share| !share.is_empty())
            .map(|share| scope.spawn(move || import(share)))
            .collect();
        // A thread that panics takes this call with it, as it would have on this thread.
        begun
            .into_iter()
            .map(|it| {
                it.join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    });
    let mut all = PointImport::default();
    for report in reports {
        all.add(report?);
    }
    Ok(all)
}

fn import_share(
    engine: &Engine,
    records: &[(u64, Record)],
    defaults: &Defaults,
    mode: ImportMode,
    by: &Actor,
) -> Result<PointImport, engine::Error> {
    let mut report = PointImport::default();
    let mut taken = import::Report::default();
    for (line, record) in records {
        let imported = match engine.import_point(record, defaults, mode, by)? {
            Ok(imported) => imported,
            Err(problems) => {
                report.refuse(*line, problems);
                continue;
            }
        };
        let figure = match imported.outcome {
            ImportOutcome::Opened => &mut report.opened,
            ImportOutcome::Edited => &mut report.edited,
            ImportOutcome::Revised => &mut report.revised,
            ImportOutcome::Unchanged => &mut report.unchanged,
        };
        *figure = figure.saturating_add(1);
        taken.take(&imported.notes);
    }
    report.add(PointImport {
        read: taken.taken,
        notes: taken.notes,
        ..PointImport::default()
    });
    Ok(report)
}

/// Export points.
///
/// As JSON Lines or as a table, newest first; what is imported again leaves everything as it is. Units get
/// their own points, districts those of their units, the centre all of them.
#[utoipa::path(
    get, path = "/knowledge/export", tag = "knowledge", params(ExportParameters),
    responses(
        (status = 200, description = "The file", content(
            (String = "application/jsonl"), (String = "text/csv"),
        )),
        ReadKnowledgeErrors,
    )
)]
pub(crate) async fn export_points(
    State(state): State<AppState>,
    caller: Caller,
    Query(parameters): Query<ExportParameters>,
) -> Result<Response, Problem> {
    let filter = KnowledgeFilter {
        kind: Some(EntryKind::Point),
        unit: parameters.unit,
        point_kind: parameters.point_kind.map(Into::into),
        ..KnowledgeFilter::default()
    };
    let mut export = Export {
        state,
        by: caller.0,
        filter,
        format: parameters.format,
        part: parameters.part,
        after: None,
        done: false,
    };
    // What is wrong with the request shows on the first page, before anything is sent.
    let mut first = match export.format {
        FileFormat::Jsonl => String::new(),
        FileFormat::Csv => files::head(),
    };
    first.push_str(&export.page().await?);
    let pages = stream::unfold((Some(first), export), |(first, mut export)| async move {
        let page = match first {
            Some(first) => Ok(first),
            None if export.done => return None,
            None => export.page().await,
        };
        // The status is sent already; a body that breaks off says that something is missing.
        export.done |= page.is_err();
        let page = page.map(Bytes::from).map_err(|problem| {
            std::io::Error::other(format!("the export broke off: {}", problem.code()))
        });
        Some((page, (None, export)))
    });
    let media_type = match parameters.format {
        FileFormat::Jsonl => "application/jsonl",
        FileFormat::Csv => "text/csv; charset=utf-8; header=present",
    };
    let headers = [(header::CONTENT_TYPE, media_type)];
    Ok((StatusCode::OK, headers, Body::from_stream(pages)).into_response())
}

/// An export that is under way.
struct Export {
    state: AppState,
    by: Arc<Actor>,
    filter: KnowledgeFilter,
    format: FileFormat,
    part: ExportPart,
    after: Option<String>,
    done: bool,
}

impl Export {
    /// The next records.
    async fn page(&mut self) -> Result<String, Problem> {
        let (by, filter, after) = (self.by.clone(), self.filter.clone(), self.after.clone());
        let found = self.state.call(move |engine| -> Result<_, engine::Error> {
            let after = after.as_deref();
            let page = engine.knowledge_entries(&filter, after, EXPORT_PAGE, &by)?;
            let ids: Vec<PointId> = page
                .items
                .into_iter()
                .filter_map(|it| point(it.id))
                .collect();
            let points = engine.load_points(&ids)?;
            let mut points: BTreeMap<PointId, Point> =
                points.into_iter().map(|it| (it.id.clone(), it)).collect();
            let points: Vec<Point> = ids.iter().filter_map(|id| points.remove(id)).collect();
            Ok((points, page.next))
        });
        let (points, next) = found.await??;
        self.done = next.is_none();
        self.after = next;
        let now = self.state.engine.now();
        let record = |point: &Point| {
            let (content, term) = match self.part {
                ExportPart::Latest => latest(point)?,
                ExportPart::Answering => point
                    .answering(now)
                    .ok()
                    .map(|it| (&it.content, &it.term))?,
            };
            let (id, owner) = (&point.id, &point.owner);
            Some(match self.format {
                FileFormat::Jsonl => {
                    let mut line = Record::json_line(id, owner, content, term);
                    line.push('\n');
                    line
                }
                FileFormat::Csv => files::row(&import::cells(id, owner, content, term)),
            })
        };
        Ok(points.iter().filter_map(record).collect())
    }
}

fn point(id: Id) -> Option<PointId> {
    match id {
        Id::Point(id) => Some(id),
        Id::Feedback(_) | Id::Change(_) | Id::Outage(_) => None,
    }
}

/// What a point says last: its draft, or the version that was published last.
fn latest(point: &Point) -> Option<(&Content, &Term)> {
    let draft = point.draft.as_ref().map(|it| (&it.content, &it.term));
    draft.or_else(|| point.last_version().map(|it| (&it.content, &it.term)))
}
