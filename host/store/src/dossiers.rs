//! Dossiers in SQLite: beside the orders, in the same transactions and under the same promises.

use chrono::{DateTime, Utc};
use engine::ports::{
    DossierCommit, DossierCommitError, DossierFilter, DossierStore, DossierSummary,
    DueDossierTimer, EarlierDossier, IdempotencyKey, ListError, Page, StoreError,
};
use lifecycle::dossier::{Dossier, DossierId, Recorded};
use lifecycle::ids::UnitCode;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, params, params_from_iter};

use crate::SqliteStore;
use crate::codec::{instant, ms, name, named, parse, signed, unsigned};
use crate::error::Fault;
use crate::list::Cursor;
use crate::queue::Lane;
use crate::writer::Ticket;

mod write;

pub(crate) use write::PreparedDossier;

/// Timers whose turn has come: by their own instant, or by the one until when they were put off.
pub(crate) const DUE_TIMERS: &str = "
    SELECT d.id, t.at, t.deadline, t.unit, t.attempts
    FROM dossier_timers t INDEXED BY dossier_timers_by_turn JOIN dossiers d ON d.n = t.dossier_n
    WHERE coalesce(t.not_before, t.at) < ?1
    ORDER BY coalesce(t.not_before, t.at), t.dossier_n, t.deadline, t.unit LIMIT ?2";
/// The next timer's turn.
const NEXT_TIMER: &str =
    "SELECT coalesce(not_before, at) FROM dossier_timers ORDER BY coalesce(not_before, at) LIMIT 1";

impl SqliteStore {
    fn submit_dossier(
        &self,
        lane: Lane,
        commit: DossierCommit,
    ) -> Result<Ticket<(), DossierCommitError>, StoreError> {
        let operation = "keep a dossier";
        let prepared = PreparedDossier::new(commit).map_err(|fault| fault.during(operation))?;
        let writer = self.writer(operation)?;
        Ok(writer.submit(lane, operation, move |connection| {
            prepared.write(connection)
        }))
    }
}

impl DossierStore for SqliteStore {
    fn load_dossier(&self, dossier: &DossierId) -> Result<Option<Dossier>, StoreError> {
        self.read("load a dossier", |connection| load(connection, dossier))
    }

    fn dossier_history(&self, dossier: &DossierId) -> Result<Vec<Recorded>, StoreError> {
        self.read("read a dossier's journal", |connection| {
            history(connection, dossier)
        })
    }

    fn commit_dossier(&self, commit: DossierCommit) -> Result<(), DossierCommitError> {
        self.submit_dossier(Lane::Command, commit)?.wait()
    }

    fn commit_dossiers(&self, commits: Vec<DossierCommit>) -> Vec<Result<(), DossierCommitError>> {
        // All of them are in the queue before the first is waited for, so they share flushes.
        let tickets: Vec<_> = commits
            .into_iter()
            .map(|commit| self.submit_dossier(Lane::Due, commit))
            .collect();
        tickets
            .into_iter()
            .map(|ticket| ticket.map_err(Into::into).and_then(Ticket::wait))
            .collect()
    }

    fn earlier_dossier(&self, key: &IdempotencyKey) -> Result<Option<EarlierDossier>, StoreError> {
        self.read("look for an earlier request", |connection| {
            earlier(connection, key)
        })
    }

    fn list_dossiers(
        &self,
        filter: &DossierFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<DossierSummary>, ListError> {
        let after = after.map(Cursor::parse).transpose()?;
        let page = |connection: &Connection| page(connection, filter, after, limit);
        Ok(self.read("list dossiers", page)?)
    }

    fn due_dossier_timers(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<DueDossierTimer>, StoreError> {
        self.read("look for due timers of dossiers", |connection| {
            due_timers(connection, now, limit)
        })
    }

    fn next_dossier_timer_at(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.read("look for the next timer of a dossier", |connection| {
            let at: Option<i64> = connection
                .prepare_cached(NEXT_TIMER)?
                .query_row([], |row| row.get(0))
                .optional()?;
            at.map(instant).transpose()
        })
    }

    fn drop_dossier_timer(&self, timer: &DueDossierTimer) -> Result<(), StoreError> {
        let timer = timer.clone();
        self.write(Lane::Due, "drop a timer of a dossier", move |connection| {
            connection
                .prepare_cached(
                    "DELETE FROM dossier_timers WHERE deadline = ?2 AND unit = ?3 AND at = ?4
                         AND dossier_n = (SELECT n FROM dossiers WHERE id = ?1)",
                )?
                .execute(params![
                    timer.dossier.as_str(),
                    name(&timer.deadline)?,
                    unit_column(timer.unit.as_ref()),
                    ms(timer.at),
                ])?;
            Ok(())
        })
    }

    fn open_dossiers(
        &self,
        after: Option<&DossierId>,
        limit: u32,
    ) -> Result<Vec<Dossier>, StoreError> {
        self.read("read open dossiers", |connection| {
            // The condition is that of the index `dossiers_open`.
            let mut statement = connection.prepare_cached(
                "SELECT state FROM dossiers WHERE due_at IS NOT NULL AND id > ?1
                 ORDER BY id LIMIT ?2",
            )?;
            let after = after.map_or("", DossierId::as_str);
            let mut rows = statement.query(params![after, limit])?;
            let mut dossiers = Vec::new();
            while let Some(row) = rows.next()? {
                dossiers.push(parse(&row.get::<_, String>(0)?)?);
            }
            Ok(dossiers)
        })
    }
}

/// The centre's own deadlines have no unit; a key has no NULL.
pub(crate) fn unit_column(unit: Option<&UnitCode>) -> String {
    unit.map(ToString::to_string).unwrap_or_default()
}

/// The unit that [`unit_column`] wrote.
pub(crate) fn unit(column: String) -> Option<UnitCode> {
    (!column.is_empty()).then(|| UnitCode::new(column))
}

fn load(connection: &Connection, id: &DossierId) -> Result<Option<Dossier>, Fault> {
    let mut statement =
        connection.prepare_cached("SELECT version, state FROM dossiers WHERE id = ?1")?;
    let mut rows = statement.query([id.as_str()])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let version: i64 = row.get(0)?;
    let dossier: Dossier = parse(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?)?;
    if signed(dossier.version)? != version {
        let problem = format!(
            "dossier {id}: state of version {}, line of {version}",
            dossier.version
        );
        return Err(Fault::Broken(problem));
    }
    Ok(Some(dossier))
}

fn history(connection: &Connection, id: &DossierId) -> Result<Vec<Recorded>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT e.seq, e.at, e.actor, e.body
         FROM dossier_events e JOIN dossiers d ON d.n = e.dossier_n
         WHERE d.id = ?1 ORDER BY e.seq",
    )?;
    let mut rows = statement.query([id.as_str()])?;
    let mut history = Vec::new();
    while let Some(row) = rows.next()? {
        history.push(Recorded {
            seq: unsigned(row.get(0)?)?,
            at: instant(row.get(1)?)?,
            by: parse(&row.get::<_, String>(2)?)?,
            event: parse(&row.get::<_, String>(3)?)?,
        });
    }
    Ok(history)
}

/// What came of an earlier request with the same sender and key.
fn earlier(connection: &Connection, key: &IdempotencyKey) -> Result<Option<EarlierDossier>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT k.fingerprint, d.id, k.first_seq, k.last_seq
         FROM dossier_keys k JOIN dossiers d ON d.n = k.dossier_n
         WHERE k.principal = ?1 AND k.key = ?2",
    )?;
    let row = statement
        .query_row([&key.principal, &key.key], |row| {
            Ok((
                row.get(0)?,
                row.get::<_, String>(1)?,
                row.get(2)?,
                row.get(3)?,
            ))
        })
        .optional()?;
    let Some((fingerprint, dossier, first, last)) = row else {
        return Ok(None);
    };
    Ok(Some(EarlierDossier {
        fingerprint,
        dossier: DossierId::new(dossier),
        events: unsigned(first)?..=unsigned(last)?,
    }))
}

fn due_timers(
    connection: &Connection,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<DueDossierTimer>, Fault> {
    let mut statement = connection.prepare_cached(DUE_TIMERS)?;
    let mut rows = statement.query(params![ms(now), limit])?;
    let mut timers = Vec::new();
    while let Some(row) = rows.next()? {
        timers.push(DueDossierTimer {
            dossier: DossierId::new(row.get::<_, String>(0)?),
            at: instant(row.get(1)?)?,
            deadline: named(&row.get::<_, String>(2)?)?,
            unit: unit(row.get(3)?),
            attempts: row.get(4)?,
        });
    }
    Ok(timers)
}

/// A page, newest first; those of one instant by their numbers, downwards too.
fn page(
    connection: &Connection,
    filter: &DossierFilter,
    after: Option<Cursor>,
    limit: u32,
) -> Result<Page<DossierSummary>, Fault> {
    let (mut conditions, mut values) = conditions(filter)?;
    if let Some(cursor) = after {
        let (opened_at, id) = cursor.into_parts();
        conditions.push("(opened_at, id) < (?, ?)".to_owned());
        values.extend([Value::from(opened_at), Value::from(id)]);
    }
    if conditions.is_empty() {
        conditions.push("TRUE".to_owned());
    }
    // One more than asked for tells whether there is a next page.
    values.push(Value::from(i64::from(limit).saturating_add(1)));
    let sql = format!(
        "SELECT id, version, kind, stage, title, opened_at, due_at, provisional, overdue
         FROM dossiers d WHERE {} ORDER BY opened_at DESC, id DESC LIMIT ?",
        conditions.join(" AND ")
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(line(row)?);
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let next = if items.len() > limit {
        items.truncate(limit);
        let cursor = |last: &DossierSummary| Cursor::text_of(last.opened_at, last.id.as_str());
        items.last().map(cursor)
    } else {
        None
    };
    Ok(Page { items, next })
}

/// What a filter says, as conditions with their values.
fn conditions(filter: &DossierFilter) -> Result<(Vec<String>, Vec<Value>), Fault> {
    const OF_PARTY: &str =
        "EXISTS (SELECT 1 FROM dossier_parties p WHERE p.dossier_n = d.n AND p.party";
    let mut conditions = Vec::new();
    let mut values: Vec<Value> = Vec::new();
    let mut must = |condition: String, value: Option<Value>| {
        if let Some(value) = value {
            conditions.push(condition);
            values.push(value);
        }
    };
    let kind = filter.kind.as_ref().map(name).transpose()?;
    must("kind = ?".to_owned(), kind.map(Value::from));
    must(
        "stage = ?".to_owned(),
        filter.stage.clone().map(Value::from),
    );
    must("overdue = ?".to_owned(), filter.overdue.map(Value::from));
    must(
        "due_at < ?".to_owned(),
        filter.due_before.map(|before| Value::from(ms(before))),
    );
    let unit = filter.unit.as_ref();
    must(
        format!("{OF_PARTY} = ?)"),
        unit.map(|code| Value::from(code.to_string())),
    );
    must(
        "EXISTS (SELECT 1 FROM dossier_orders o WHERE o.dossier_n = d.n AND o.order_id = ?)"
            .to_owned(),
        filter
            .order
            .as_ref()
            .map(|order| Value::from(order.to_string())),
    );
    if let Some(parties) = &filter.parties {
        let places = vec!["?"; parties.len()].join(", ");
        conditions.push(format!("{OF_PARTY} IN ({places}))"));
        values.extend(parties.iter().cloned().map(Value::from));
    }
    Ok((conditions, values))
}

fn line(row: &Row<'_>) -> Result<DossierSummary, Fault> {
    Ok(DossierSummary {
        id: DossierId::new(row.get::<_, String>(0)?),
        version: unsigned(row.get(1)?)?,
        kind: named(&row.get::<_, String>(2)?)?,
        stage: row.get(3)?,
        title: row.get(4)?,
        opened_at: instant(row.get(5)?)?,
        due_at: row.get::<_, Option<i64>>(6)?.map(instant).transpose()?,
        provisional: row.get(7)?,
        overdue: row.get(8)?,
    })
}
