//! The knowledge base in SQLite: beside orders and dossiers, in the same transactions and under the same
//! promises.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use engine::ports::{
    DueKnowledgeTimer, EarlierKnowledge, ExpiringPoints, FeedbackQuery, FeedbackRow,
    IdempotencyKey, KnowledgeChanges, KnowledgeCommit, KnowledgeCommitError, KnowledgeFilter,
    KnowledgeStore, KnowledgeSummary, ListError, Page, PointWalk, StoreError, UsedAnswer,
};
use knowledge_base::ids::{Id, PointId};
use knowledge_base::point::Point;
use knowledge_base::{Entry, Moment, Recorded};
use lifecycle::ids::UnitCode;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::SqliteStore;
use crate::codec::{instant, ms, name, named, parse, signed, unsigned};
use crate::error::Fault;
use crate::list::Cursor;
use crate::queue::Lane;
use crate::writer::Ticket;

mod answers;

mod list;

mod write;

pub(crate) use answers::AnswerRow;
pub(crate) use write::PreparedKnowledge;

/// Timers whose turn has come: by their own instant, or by the one until when they were put off.
pub(crate) const DUE_TIMERS: &str = "
    SELECT k.id, t.at, t.moment, t.attempts
    FROM knowledge_timers t INDEXED BY knowledge_timers_by_turn JOIN knowledge k ON k.n = t.entry_n
    WHERE coalesce(t.not_before, t.at) < ?1
    ORDER BY coalesce(t.not_before, t.at), t.entry_n, t.moment, t.at LIMIT ?2";
/// The next timer's turn.
const NEXT_TIMER: &str = "SELECT coalesce(not_before, at) FROM knowledge_timers
    ORDER BY coalesce(not_before, at) LIMIT 1";
/// Between what is timed and which of it.
const OF: char = '.';

impl SqliteStore {
    fn submit_knowledge(
        &self,
        lane: Lane,
        commit: KnowledgeCommit,
    ) -> Result<Ticket<(), KnowledgeCommitError>, StoreError> {
        let operation = "keep an entry of the knowledge base";
        let prepared = PreparedKnowledge::new(commit).map_err(|fault| fault.during(operation))?;
        let writer = self.writer(operation)?;
        Ok(writer.submit(lane, operation, move |connection| {
            prepared.write(connection)
        }))
    }
}

impl KnowledgeStore for SqliteStore {
    fn load_knowledge(&self, entry: &Id) -> Result<Option<Entry>, StoreError> {
        self.read("load an entry of the knowledge base", |connection| {
            load(connection, entry.as_str())
        })
    }

    fn load_points(&self, points: &[PointId]) -> Result<Vec<Point>, StoreError> {
        self.read("load knowledge points", |connection| {
            let mut found = Vec::with_capacity(points.len());
            for id in points {
                if let Some(Entry::Point(point)) = load(connection, id.as_str())? {
                    found.push(*point);
                }
            }
            Ok(found)
        })
    }

    fn knowledge_history(&self, entry: &Id) -> Result<Vec<Recorded>, StoreError> {
        self.read("read the journal of the knowledge base", |connection| {
            history(connection, entry)
        })
    }

    fn commit_knowledge(&self, commit: KnowledgeCommit) -> Result<(), KnowledgeCommitError> {
        self.submit_knowledge(Lane::Command, commit)?.wait()
    }

    fn commit_knowledge_all(
        &self,
        commits: Vec<KnowledgeCommit>,
    ) -> Vec<Result<(), KnowledgeCommitError>> {
        // All of them are in the queue before the first is waited for, so they share flushes.
        let tickets: Vec<_> = commits
            .into_iter()
            .map(|commit| self.submit_knowledge(Lane::Due, commit))
            .collect();
        tickets
            .into_iter()
            .map(|ticket| ticket.map_err(Into::into).and_then(Ticket::wait))
            .collect()
    }

    fn earlier_knowledge(
        &self,
        key: &IdempotencyKey,
    ) -> Result<Option<EarlierKnowledge>, StoreError> {
        self.read("look for an earlier request", |connection| {
            earlier(connection, key)
        })
    }

    fn list_knowledge(
        &self,
        filter: &KnowledgeFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<KnowledgeSummary>, ListError> {
        let after = after.map(Cursor::parse).transpose()?;
        let page = |connection: &Connection| list::page(connection, filter, after, limit);
        Ok(self.read("list the knowledge base", page)?)
    }

    fn expiring_points(
        &self,
        now: DateTime<Utc>,
        before: DateTime<Utc>,
        units: Option<&[UnitCode]>,
    ) -> Result<Vec<ExpiringPoints>, StoreError> {
        self.read("look for what expires", |connection| {
            list::expiring(connection, now, before, units)
        })
    }

    fn feedback_tallies(
        &self,
        query: &FeedbackQuery,
        units: Option<&[UnitCode]>,
    ) -> Result<Vec<FeedbackRow>, StoreError> {
        self.read("count feedback", |connection| {
            list::tallies(connection, query, units)
        })
    }

    fn answers_from(
        &self,
        point: &PointId,
        version: Option<u32>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<UsedAnswer>, ListError> {
        let after = after.map(Cursor::parse).transpose()?;
        Ok(self.read("list answers from a point", |connection| {
            list::answers(connection, point, version, after, limit)
        })?)
    }

    fn knowledge_changes_after(
        &self,
        position: u64,
        limit: u32,
    ) -> Result<KnowledgeChanges, StoreError> {
        self.read("read changes of the knowledge base", |connection| {
            changes(connection, position, limit)
        })
    }

    fn knowledge_position(&self) -> Result<u64, StoreError> {
        self.read("read the position of the knowledge base", |connection| {
            let sql = "SELECT coalesce(max(n), 0) FROM knowledge_events";
            unsigned(connection.query_row(sql, [], |row| row.get(0))?)
        })
    }

    fn walk_points(
        &self,
        walk: &PointWalk,
        after: Option<&PointId>,
        limit: u32,
    ) -> Result<Vec<Point>, StoreError> {
        self.read("walk through points", |connection| {
            list::walk(connection, walk, after, limit)
        })
    }

    fn count_points(&self, walk: &PointWalk) -> Result<u64, StoreError> {
        self.read("count points", |connection| list::count(connection, walk))
    }

    fn due_knowledge_timers(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<DueKnowledgeTimer>, StoreError> {
        self.read("look for due timers of the knowledge base", |connection| {
            due_timers(connection, now, limit)
        })
    }

    fn next_knowledge_timer_at(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.read(
            "look for the next timer of the knowledge base",
            |connection| {
                let at: Option<i64> = connection
                    .prepare_cached(NEXT_TIMER)?
                    .query_row([], |row| row.get(0))
                    .optional()?;
                at.map(instant).transpose()
            },
        )
    }

    fn drop_knowledge_timer(&self, timer: &DueKnowledgeTimer) -> Result<(), StoreError> {
        let timer = timer.clone();
        let operation = "drop a timer of the knowledge base";
        self.write(Lane::Due, operation, move |connection| {
            connection
                .prepare_cached(
                    "DELETE FROM knowledge_timers WHERE moment = ?2 AND at = ?3
                         AND entry_n = (SELECT n FROM knowledge WHERE id = ?1)",
                )?
                .execute(params![
                    timer.entry.as_str(),
                    moment_column(timer.moment)?,
                    ms(timer.at),
                ])?;
            Ok(())
        })
    }

    fn open_knowledge(&self, after: Option<&Id>, limit: u32) -> Result<Vec<Entry>, StoreError> {
        self.read("read open entries", |connection| {
            // The condition is that of the index `knowledge_open`.
            let mut statement = connection.prepare_cached(
                "SELECT state FROM knowledge WHERE due_at IS NOT NULL AND id > ?1
                 ORDER BY id LIMIT ?2",
            )?;
            let after = after.map_or("", Id::as_str);
            let mut rows = statement.query(params![after, limit])?;
            let mut entries = Vec::new();
            while let Some(row) = rows.next()? {
                entries.push(parse(&row.get::<_, String>(0)?)?);
            }
            Ok(entries)
        })
    }
}

/// What is timed, as a column; it stands in the identifiers of what is stuck too.
pub(crate) fn moment_column(moment: Moment) -> Result<String, Fault> {
    Ok(match moment {
        Moment::Remind { days } => format!("remind{OF}{days}"),
        Moment::Deadline { deadline } => format!("deadline{OF}{}", name(&deadline)?),
        Moment::ChangeTakesEffect => "change_takes_effect".to_owned(),
        Moment::SecondStage => "second_stage".to_owned(),
    })
}

/// What [`moment_column`] wrote.
pub(crate) fn moment(column: &str) -> Result<Moment, Fault> {
    let unknown = || Fault::Broken(format!("`{column}` is nothing that is timed"));
    Ok(match column.split_once(OF) {
        None if column == "change_takes_effect" => Moment::ChangeTakesEffect,
        None if column == "second_stage" => Moment::SecondStage,
        Some(("deadline", kind)) => Moment::Deadline {
            deadline: named(kind)?,
        },
        Some(("remind", days)) => Moment::Remind {
            days: days.parse().ok().ok_or_else(unknown)?,
        },
        None | Some(_) => return Err(unknown()),
    })
}

/// The entry of a number that was kept.
pub(crate) fn entry_id(number: &str) -> Result<Id, Fault> {
    Id::parse(number)
        .ok_or_else(|| Fault::Broken(format!("`{number}` is no number of the knowledge base")))
}

fn load(connection: &Connection, id: &str) -> Result<Option<Entry>, Fault> {
    let mut statement =
        connection.prepare_cached("SELECT version, state FROM knowledge WHERE id = ?1")?;
    let mut rows = statement.query([id])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let version: i64 = row.get(0)?;
    let entry: Entry = parse(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?)?;
    if signed(entry.version())? != version {
        let problem = format!(
            "entry {id}: state of version {}, line of {version}",
            entry.version()
        );
        return Err(Fault::Broken(problem));
    }
    Ok(Some(entry))
}

fn history(connection: &Connection, id: &Id) -> Result<Vec<Recorded>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT e.seq, e.at, e.actor, e.body
         FROM knowledge_events e JOIN knowledge k ON k.n = e.entry_n
         WHERE k.id = ?1 ORDER BY e.seq",
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
fn earlier(
    connection: &Connection,
    key: &IdempotencyKey,
) -> Result<Option<EarlierKnowledge>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT k.fingerprint, e.id, k.first_seq, k.last_seq
         FROM knowledge_keys k JOIN knowledge e ON e.n = k.entry_n
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
    let Some((fingerprint, entry, first, last)) = row else {
        return Ok(None);
    };
    Ok(Some(EarlierKnowledge {
        fingerprint,
        entry: entry_id(&entry)?,
        events: unsigned(first)?..=unsigned(last)?,
    }))
}

fn due_timers(
    connection: &Connection,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<DueKnowledgeTimer>, Fault> {
    let mut statement = connection.prepare_cached(DUE_TIMERS)?;
    let mut rows = statement.query(params![ms(now), limit])?;
    let mut timers = Vec::new();
    while let Some(row) = rows.next()? {
        timers.push(DueKnowledgeTimer {
            entry: entry_id(&row.get::<_, String>(0)?)?,
            at: instant(row.get(1)?)?,
            moment: moment(&row.get::<_, String>(2)?)?,
            attempts: row.get(3)?,
        });
    }
    Ok(timers)
}

/// Events by their position in the journal of all entries.
fn changes(connection: &Connection, position: u64, limit: u32) -> Result<KnowledgeChanges, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT e.n, k.id FROM knowledge_events e JOIN knowledge k ON k.n = e.entry_n
         WHERE e.n > ?1 ORDER BY e.n LIMIT ?2",
    )?;
    let mut rows = statement.query(params![signed(position)?, limit])?;
    let mut changes = KnowledgeChanges {
        position,
        points: Vec::new(),
        more: false,
    };
    let mut points = BTreeSet::new();
    let mut read: u32 = 0;
    while let Some(row) = rows.next()? {
        changes.position = unsigned(row.get(0)?)?;
        if let Id::Point(point) = entry_id(&row.get::<_, String>(1)?)? {
            points.insert(point);
        }
        read = read.saturating_add(1);
    }
    changes.more = read == limit;
    changes.points = points.into_iter().collect();
    Ok(changes)
}
