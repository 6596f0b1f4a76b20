//! Lists and counts of the knowledge base.

use chrono::{DateTime, Utc};
use engine::ports::{
    ExpiringPoints, FeedbackQuery, FeedbackRow, FeedbackTally, KnowledgeFilter, KnowledgeSummary,
    Page, PointWalk, UsedAnswer, WalkPart,
};
use knowledge_base::Entry;
use knowledge_base::ids::PointId;
use knowledge_base::point::Point;
use lifecycle::ids::{OrderId, UnitCode};
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use super::entry_id;
use crate::codec::{instant, ms, name, named, parse, unsigned};
use crate::error::Fault;
use crate::list::Cursor;

/// What is published and still valid. The first part is that of the index `knowledge_expiring`.
const VALID: &str = "stage IN ('published', 'expiring') AND expires_at >= ?";
/// Local time is so many milliseconds ahead of UTC.
const CST_OFFSET_MS: i64 = 8 * 3_600_000;

/// Conditions with their values.
#[derive(Default)]
struct Conditions {
    texts: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    fn must(&mut self, condition: &str, values: impl IntoIterator<Item = Value>) {
        self.texts.push(condition.to_owned());
        self.values.extend(values);
    }

    fn one_of(&mut self, column: &str, values: &[impl ToString]) {
        let places = vec!["?"; values.len()].join(", ");
        let values = values.iter().map(|value| Value::from(value.to_string()));
        self.must(&format!("{column} IN ({places})"), values);
    }

    fn text(&self) -> String {
        if self.texts.is_empty() {
            "TRUE".to_owned()
        } else {
            self.texts.join(" AND ")
        }
    }
}

/// What a filter says.
fn conditions(filter: &KnowledgeFilter) -> Result<Conditions, Fault> {
    let mut all = Conditions::default();
    if let Some(kind) = filter.kind {
        all.must("kind = ?", [Value::from(kind.name().to_owned())]);
    }
    if let Some(unit) = &filter.unit {
        all.must("unit = ?", [Value::from(unit.to_string())]);
    }
    if let Some(district) = &filter.district {
        let of = "EXISTS (SELECT 1 FROM knowledge_districts d
            WHERE d.entry_n = k.n AND d.district = ?)";
        all.must(of, [Value::from(district.to_string())]);
    }
    if let Some(parties) = &filter.parties {
        all.one_of(
            "EXISTS (SELECT 1 FROM knowledge_parties p WHERE p.entry_n = k.n AND p.party",
            parties,
        );
        if let Some(last) = all.texts.last_mut() {
            last.push(')');
        }
    }
    let now = Value::from(ms(filter.now));
    match filter.stage.as_deref() {
        None => {}
        // Whether it was recorded or not (T8).
        Some("expired") => all.must(
            "(stage = 'expired' OR stage IN ('published', 'expiring', 'taken_down')
                AND expires_at < ?)",
            [now.clone()],
        ),
        Some(stage) => all.must(
            "stage = ? AND (kind <> 'point' OR expires_at IS NULL OR expires_at >= ?)",
            [Value::from(stage.to_owned()), now.clone()],
        ),
    }
    if let Some(stage) = &filter.draft_stage {
        all.must("draft_stage = ?", [Value::from(stage.clone())]);
    }
    if let Some(kind) = &filter.point_kind {
        all.must("point_kind = ?", [Value::from(name(kind)?)]);
    }
    if let Some(before) = filter.expires_before {
        all.must(VALID, [now]);
        all.must("expires_at < ?", [Value::from(ms(before))]);
    }
    if let Some(overdue) = filter.overdue {
        all.must("overdue = ?", [Value::from(overdue)]);
    }
    if let Some(longer) = filter.longer {
        all.must("longer = ?", [Value::from(longer)]);
    }
    if let Some(title) = &filter.title {
        all.must("instr(title, ?) > 0", [Value::from(title.clone())]);
    }
    Ok(all)
}

/// A page, newest first; those of one instant by their numbers, downwards too.
pub(super) fn page(
    connection: &Connection,
    filter: &KnowledgeFilter,
    after: Option<Cursor>,
    limit: u32,
) -> Result<Page<KnowledgeSummary>, Fault> {
    let mut all = conditions(filter)?;
    if let Some(cursor) = after {
        let (opened_at, id) = cursor.into_parts();
        let last = [Value::from(opened_at), Value::from(id)];
        all.must("(opened_at, id) < (?, ?)", last);
    }
    let sql = format!(
        "SELECT id, version, unit, stage, draft_stage, title, point_kind, published_version, opened_at,
             expires_at, due_at, provisional, overdue, longer
         FROM knowledge k WHERE {} ORDER BY opened_at DESC, id DESC LIMIT ?",
        all.text()
    );
    let line = |row: &Row<'_>| Ok(line(row)?.at(filter.now));
    let cursor = |last: &KnowledgeSummary| Cursor::text_of(last.opened_at, last.id.as_str());
    paged(connection, &sql, all.values, limit, line, cursor)
}

/// A page of what a query gives whose last value is its limit.
fn paged<T>(
    connection: &Connection,
    sql: &str,
    mut values: Vec<Value>,
    limit: u32,
    line: impl Fn(&Row<'_>) -> Result<T, Fault>,
    cursor: impl Fn(&T) -> String,
) -> Result<Page<T>, Fault> {
    // One more than asked for tells whether there is a next page.
    values.push(Value::from(i64::from(limit).saturating_add(1)));
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(line(row)?);
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let next = if items.len() > limit {
        items.truncate(limit);
        items.last().map(cursor)
    } else {
        None
    };
    Ok(Page { items, next })
}

fn line(row: &Row<'_>) -> Result<KnowledgeSummary, Fault> {
    let time = |column: usize| -> Result<Option<DateTime<Utc>>, Fault> {
        row.get::<_, Option<i64>>(column)?.map(instant).transpose()
    };
    let point_kind: Option<String> = row.get(6)?;
    Ok(KnowledgeSummary {
        id: entry_id(&row.get::<_, String>(0)?)?,
        version: unsigned(row.get(1)?)?,
        unit: UnitCode::new(row.get::<_, String>(2)?),
        stage: row.get(3)?,
        draft_stage: row.get(4)?,
        title: row.get(5)?,
        point_kind: point_kind.as_deref().map(named).transpose()?,
        published_version: row.get(7)?,
        opened_at: instant(row.get(8)?)?,
        expires_at: time(9)?,
        due_at: time(10)?,
        provisional: row.get(11)?,
        overdue: row.get(12)?,
        longer: row.get(13)?,
    })
}

/// Valid points whose validity ends before an instant, by unit.
pub(super) fn expiring(
    connection: &Connection,
    now: DateTime<Utc>,
    before: DateTime<Utc>,
    units: Option<&[UnitCode]>,
) -> Result<Vec<ExpiringPoints>, Fault> {
    let mut all = Conditions::default();
    all.must(VALID, [Value::from(ms(now))]);
    all.must("expires_at < ?", [Value::from(ms(before))]);
    if let Some(units) = units {
        all.one_of("unit", units);
    }
    let sql = format!(
        "SELECT unit, count(*), sum(stage = 'expiring'), min(expires_at) FROM knowledge
         WHERE {} GROUP BY unit ORDER BY unit",
        all.text()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(all.values))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(ExpiringPoints {
            unit: UnitCode::new(row.get::<_, String>(0)?),
            count: unsigned(row.get(1)?)?,
            reminded: unsigned(row.get(2)?)?,
            first_at: instant(row.get(3)?)?,
        });
    }
    Ok(found)
}

/// Sums of feedback, by unit and month.
pub(super) fn tallies(
    connection: &Connection,
    query: &FeedbackQuery,
    units: Option<&[UnitCode]>,
) -> Result<Vec<FeedbackRow>, Fault> {
    let mut all = Conditions::default();
    all.must("opened_at >= ?", [Value::from(ms(query.from))]);
    all.must("opened_at < ?", [Value::from(ms(query.before))]);
    if let Some(unit) = &query.unit {
        all.must("unit = ?", [Value::from(unit.to_string())]);
    }
    if let Some(units) = units {
        all.one_of("unit", units);
    }
    let month = if query.by_month {
        format!("strftime('%Y-%m', (opened_at + {CST_OFFSET_MS}) / 1000, 'unixepoch')")
    } else {
        "NULL".to_owned()
    };
    let sql = format!(
        "SELECT {month}, unit, count(*), sum(emergency), sum(on_time), sum(late), sum(nothing_to_do),
             sum(open), sum(overdue_open), sum(withdrawn)
         FROM feedback WHERE {} GROUP BY 1, 2 ORDER BY 2, 1",
        all.text()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(all.values))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let count = |column: usize| -> Result<u64, Fault> { unsigned(row.get(column)?) };
        found.push(FeedbackRow {
            month: row.get(0)?,
            unit: UnitCode::new(row.get::<_, String>(1)?),
            tally: FeedbackTally {
                opened: count(2)?,
                emergency: count(3)?,
                on_time: count(4)?,
                late: count(5)?,
                nothing_to_do: count(6)?,
                open: count(7)?,
                overdue_open: count(8)?,
                withdrawn: count(9)?,
            },
        });
    }
    Ok(found)
}

/// A page of the answers from a point, newest first.
pub(super) fn answers(
    connection: &Connection,
    point: &PointId,
    version: Option<u32>,
    after: Option<Cursor>,
    limit: u32,
) -> Result<Page<UsedAnswer>, Fault> {
    let mut all = Conditions::default();
    all.must("a.point = ?", [Value::from(point.to_string())]);
    if let Some(version) = version {
        all.must("a.version = ?", [Value::from(version)]);
    }
    if let Some(cursor) = after {
        let (at, id) = cursor.into_parts();
        all.must("(a.at, o.id) < (?, ?)", [Value::from(at), Value::from(id)]);
    }
    let sql = format!(
        "SELECT o.id, a.point, a.version, a.at, a.answer
         FROM direct_answers a JOIN orders o ON o.n = a.order_n
         WHERE {} ORDER BY a.at DESC, o.id DESC LIMIT ?",
        all.text()
    );
    let line = |row: &Row<'_>| {
        Ok(UsedAnswer {
            order: OrderId::new(row.get::<_, String>(0)?),
            point: row.get(1)?,
            version: row.get(2)?,
            answered_at: instant(row.get(3)?)?,
            answer: named(&row.get::<_, String>(4)?)?,
        })
    };
    let cursor = |last: &UsedAnswer| Cursor::text_of(last.answered_at, last.order.as_str());
    paged(connection, &sql, all.values, limit, line, cursor)
}

fn walked(walk: &PointWalk) -> Conditions {
    let mut all = Conditions::default();
    all.must("kind = 'point'", []);
    if let Some(units) = &walk.units {
        all.one_of("unit", units);
    }
    // What is published may have expired unrecorded; who walks looks at that.
    let published = "stage IN ('published', 'expiring')";
    match walk.part {
        WalkPart::Published => all.must(published, []),
        WalkPart::Draft => all.must("draft_stage IS NOT NULL", []),
        WalkPart::Either => all.must(&format!("({published} OR draft_stage IS NOT NULL)"), []),
    }
    all
}

/// Points by number.
pub(super) fn walk(
    connection: &Connection,
    walk: &PointWalk,
    after: Option<&PointId>,
    limit: u32,
) -> Result<Vec<Point>, Fault> {
    let mut all = walked(walk);
    all.must(
        "id > ?",
        [Value::from(
            after.map(ToString::to_string).unwrap_or_default(),
        )],
    );
    let sql = format!(
        "SELECT state FROM knowledge WHERE {} ORDER BY id LIMIT ?",
        all.text()
    );
    all.values.push(Value::from(limit));
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(all.values))?;
    let mut points = Vec::new();
    while let Some(row) = rows.next()? {
        if let Entry::Point(point) = parse(&row.get::<_, String>(0)?)? {
            points.push(*point);
        }
    }
    Ok(points)
}

/// How many points there are to walk through.
pub(super) fn count(connection: &Connection, walk: &PointWalk) -> Result<u64, Fault> {
    let all = walked(walk);
    let sql = format!("SELECT count(*) FROM knowledge WHERE {}", all.text());
    let mut statement = connection.prepare_cached(&sql)?;
    unsigned(statement.query_row(params_from_iter(all.values), |row| row.get(0))?)
}
