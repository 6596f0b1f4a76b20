//! Writing a commit: everything becomes JSON in the caller's thread, so that the one that writes has
//! little to do.

use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicI64, Ordering};

use engine::ports::{Commit, CommitError, Earlier, EffectId, IdempotencyKey, OrderSummary};
use lifecycle::event::Recorded;
use lifecycle::ids::{OrderId, Role};
use lifecycle::order::WorkOrder;
use lifecycle::timer::Timer;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::assessment::AssessmentRows;
use crate::audit::{self, DecisionRow, Unlinked};
use crate::codec::{compress, json, ms, name, signed, unsigned};
use crate::error::Fault;
use crate::knowledge::AnswerRow;
use crate::messages::{MessageRow, insert_message};

/// Keys are forgotten after a week.
const KEY_LIFETIME_MS: i64 = 7 * DAY_MS;
/// Forgotten keys are looked for once a day.
const DAY_MS: i64 = 24 * 3600 * 1000;

/// A commit as it is written.
pub(crate) struct Prepared {
    expected_version: u64,
    order: Line,
    state: String,
    events: Vec<EventRow>,
    timers: Vec<(i64, String, String)>,
    assessment: AssessmentRows,
    effects: Vec<String>,
    requester: Option<([u8; 16], String)>,
    texts: Vec<([u8; 16], String)>,
    questions: Vec<([u8; 32], Vec<u8>)>,
    idempotency: Option<IdempotencyKey>,
    completes: Option<EffectId>,
    message: Option<MessageRow>,
    answers: Vec<AnswerRow>,
}

/// The columns of an order's line.
struct Line {
    id: String,
    version: i64,
    stage: String,
    queue: Option<String>,
    order_type: String,
    district: Option<String>,
    unit: Option<String>,
    registered_at: i64,
    due_at: Option<i64>,
    provisional: bool,
    overdue: bool,
    open: bool,
    category: Option<String>,
    street: Option<String>,
    one_of_many: Option<u32>,
    registered_by: Option<String>,
    source: Option<String>,
}

struct EventRow {
    seq: i64,
    at: i64,
    actor: String,
    kind: &'static str,
    body: String,
    /// The link of a decision.
    unlinked: Option<Unlinked>,
}

impl Prepared {
    pub(crate) fn new(commit: Commit) -> Result<Self, Fault> {
        let Commit {
            expected_version,
            events,
            order,
            timers,
            assessment,
            effects,
            requester,
            texts,
            questions,
            idempotency,
            completes,
            message,
        } = commit;
        let source = order.source.clone();
        let registered_by = events.first().and_then(channel_system);
        let answers = events.iter().filter_map(AnswerRow::of);
        Ok(Self {
            answers: answers.collect::<Result<_, _>>()?,
            expected_version,
            order: Line::new(&order, registered_by, source)?,
            state: json(&order)?,
            events: events
                .iter()
                .map(|event| EventRow::new(event, &order))
                .collect::<Result<_, _>>()?,
            timers: timers.iter().map(timer_row).collect::<Result<_, _>>()?,
            assessment: AssessmentRows::new(&assessment)?,
            effects: effects.iter().map(json).collect::<Result<_, _>>()?,
            requester: requester
                .map(|(id, data)| Ok::<_, Fault>((*id.0.as_bytes(), json(&data)?)))
                .transpose()?,
            texts: texts
                .into_iter()
                .map(|(id, text)| (*id.0.as_bytes(), text))
                .collect(),
            questions: questions
                .iter()
                .map(question_row)
                .collect::<Result<_, _>>()?,
            idempotency,
            completes,
            message: message.as_ref().map(MessageRow::new).transpose()?,
        })
    }

    /// Writes it, inside a transaction. What can be refused is looked at before anything is written.
    pub(crate) fn write(
        &self,
        connection: &Connection,
        keys_purged_at: &AtomicI64,
    ) -> Result<(), CommitError> {
        if let Some(key) = &self.idempotency
            && let Some(earlier) = kept(earlier(connection, key))?
        {
            return Err(if earlier.fingerprint == key.fingerprint {
                CommitError::Replayed(earlier)
            } else {
                CommitError::KeyReused
            });
        }
        let order_n = self.write_order(connection)?;
        kept(self.write_rest(connection, order_n, keys_purged_at))
    }

    /// Inserts or replaces the order's line, if it has the version expected.
    fn write_order(&self, connection: &Connection) -> Result<i64, CommitError> {
        let expected = self.expected_version;
        if expected == 0
            && let Some(source) = &self.order.source
            && let Some(id) = kept(order_by_source(connection, source))?
        {
            return Err(CommitError::SourceExists {
                order: OrderId::new(id),
            });
        }
        let written = if expected == 0 {
            self.insert_order(connection)
        } else {
            self.update_order(connection)
        };
        match kept(written)? {
            Some(order_n) => Ok(order_n),
            None => {
                let actual = kept(version(connection, &self.order.id))?;
                Err(CommitError::Conflict { expected, actual })
            }
        }
    }

    fn insert_order(&self, connection: &Connection) -> Result<Option<i64>, Fault> {
        let line = &self.order;
        let mut statement = connection.prepare_cached(
            "INSERT INTO orders (id, version, registered_at, stage, queue, order_type, district, unit,
                 due_at, provisional, overdue, registered_by, source, state, open, category, street)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
             ON CONFLICT (id) DO NOTHING RETURNING n",
        )?;
        let row = params![
            line.id,
            line.version,
            line.registered_at,
            line.stage,
            line.queue,
            line.order_type,
            line.district,
            line.unit,
            line.due_at,
            line.provisional,
            line.overdue,
            line.registered_by,
            line.source,
            self.state,
            line.open,
            line.category,
            line.street,
        ];
        Ok(statement.query_row(row, |row| row.get(0)).optional()?)
    }

    /// What never changes after registration is left as it is.
    fn update_order(&self, connection: &Connection) -> Result<Option<i64>, Fault> {
        let line = &self.order;
        let mut statement = connection.prepare_cached(
            "UPDATE orders SET version = ?3, stage = ?4, queue = ?5, order_type = ?6, district = ?7,
                 unit = ?8, due_at = ?9, provisional = ?10, overdue = ?11, state = ?12, open = ?13,
                 one_of_many = ?14
             WHERE id = ?1 AND version = ?2 RETURNING n",
        )?;
        let row = params![
            line.id,
            signed(self.expected_version)?,
            line.version,
            line.stage,
            line.queue,
            line.order_type,
            line.district,
            line.unit,
            line.due_at,
            line.provisional,
            line.overdue,
            self.state,
            line.open,
            line.one_of_many,
        ];
        Ok(statement.query_row(row, |row| row.get(0)).optional()?)
    }

    fn write_rest(
        &self,
        connection: &Connection,
        order_n: i64,
        keys_purged_at: &AtomicI64,
    ) -> Result<(), Fault> {
        self.write_events(connection, order_n)?;
        self.write_timers(connection, order_n)?;
        if self.expected_version == 0 {
            self.assessment.insert(connection, order_n)?;
        } else {
            self.assessment.replace(connection, order_n)?;
        }
        self.write_words(connection)?;
        for answer in &self.answers {
            answer.insert(connection, order_n)?;
        }
        self.write_outbox(connection, order_n)?;
        if let Some(key) = &self.idempotency {
            self.write_key(connection, order_n, key)?;
            purge_keys(connection, ms(key.at), keys_purged_at)?;
        }
        Ok(())
    }

    fn write_events(&self, connection: &Connection, order_n: i64) -> Result<(), Fault> {
        let mut insert = connection.prepare_cached(
            "INSERT INTO events (order_n, seq, at, actor, kind, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for event in &self.events {
            insert.execute(params![
                order_n,
                event.seq,
                event.at,
                event.actor,
                event.kind,
                event.body
            ])?;
            if let Some(unlinked) = &event.unlinked {
                audit::append(connection, unlinked, connection.last_insert_rowid())?;
            }
        }
        Ok(())
    }

    fn write_timers(&self, connection: &Connection, order_n: i64) -> Result<(), Fault> {
        if self.expected_version > 0 {
            connection
                .prepare_cached("DELETE FROM timers WHERE order_n = ?1")?
                .execute([order_n])?;
        }
        // Two deadlines of one kind may end at one instant; one timer is for both.
        let mut insert = connection.prepare_cached(
            "INSERT INTO timers (order_n, deadline, moment, at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO NOTHING",
        )?;
        for (at, deadline, moment) in &self.timers {
            insert.execute(params![order_n, deadline, moment, at])?;
        }
        Ok(())
    }

    fn write_words(&self, connection: &Connection) -> Result<(), Fault> {
        if let Some((id, data)) = &self.requester {
            connection
                .prepare_cached("INSERT INTO requesters (id, data) VALUES (?1, ?2)")?
                .execute(params![id, data])?;
        }
        for (id, text) in &self.texts {
            connection
                .prepare_cached("INSERT INTO texts (id, text) VALUES (?1, ?2)")?
                .execute(params![id, text])?;
        }
        for (digest, zstd) in &self.questions {
            connection
                .prepare_cached(
                    "INSERT INTO questions (digest, zstd) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                )?
                .execute(params![digest, zstd])?;
        }
        Ok(())
    }

    fn write_outbox(&self, connection: &Connection, order_n: i64) -> Result<(), Fault> {
        if let Some(id) = self.completes {
            complete_effect(connection, id)?;
        }
        if let Some(message) = &self.message {
            insert_message(connection, message)?;
        }
        let at = self.events.last().map_or(0, |event| event.at);
        for effect in &self.effects {
            connection
                .prepare_cached("INSERT INTO effects (order_n, at, effect) VALUES (?1, ?2, ?3)")?
                .execute(params![order_n, at, effect])?;
        }
        Ok(())
    }

    fn write_key(
        &self,
        connection: &Connection,
        order_n: i64,
        key: &IdempotencyKey,
    ) -> Result<(), Fault> {
        let seq = |event: Option<&EventRow>| event.map_or(0, |event| event.seq);
        connection
            .prepare_cached(
                "INSERT INTO idempotency
                     (principal, key, fingerprint, order_n, first_seq, last_seq, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                key.principal,
                key.key,
                key.fingerprint,
                order_n,
                seq(self.events.first()),
                seq(self.events.last()),
                ms(key.at),
            ])?;
        Ok(())
    }
}

impl Line {
    fn new(
        order: &WorkOrder,
        registered_by: Option<String>,
        source: Option<String>,
    ) -> Result<Self, Fault> {
        let summary = OrderSummary::of(order);
        Ok(Self {
            id: summary.id.to_string(),
            version: signed(summary.version)?,
            stage: summary.stage,
            queue: summary.queue.as_ref().map(name).transpose()?,
            order_type: name(&summary.order_type)?,
            district: summary.district.map(|code| code.to_string()),
            unit: summary.unit.map(|code| code.to_string()),
            registered_at: ms(summary.registered_at),
            due_at: summary.due_at.map(ms),
            provisional: summary.provisional,
            overdue: summary.overdue,
            open: !order.open_deadlines().is_empty(),
            category: order.category.clone(),
            street: order.street.clone(),
            one_of_many: order.one_of_many,
            registered_by,
            source,
        })
    }
}

impl EventRow {
    fn new(recorded: &Recorded, order: &WorkOrder) -> Result<Self, Fault> {
        let mut row = Self {
            seq: signed(recorded.seq)?,
            at: ms(recorded.at),
            actor: json(&recorded.by)?,
            kind: recorded.event.name(),
            body: json(&recorded.event)?,
            unlinked: None,
        };
        let district = order.district.as_ref();
        row.unlinked = Unlinked::of_decision(&recorded.event, || DecisionRow {
            order: order.id.as_str().as_bytes(),
            seq: row.seq,
            at: row.at,
            actor: row.actor.as_bytes(),
            kind: row.kind.as_bytes(),
            body: row.body.as_bytes(),
            district: district.map(|code| code.as_str().as_bytes()),
        });
        Ok(row)
    }
}

/// The channel system that gave the first event, if it was one.
fn channel_system(first: &Recorded) -> Option<String> {
    (first.seq == 1 && first.by.role == Role::Channel).then(|| first.by.name.clone())
}

fn timer_row(timer: &Timer) -> Result<(i64, String, String), Fault> {
    Ok((ms(timer.at), name(&timer.deadline)?, name(&timer.moment)?))
}

pub(crate) fn question_row(
    (digest, bytes): &(String, Vec<u8>),
) -> Result<([u8; 32], Vec<u8>), Fault> {
    Ok((digest_bytes(digest)?, compress(bytes)?))
}

/// A SHA-256 in hex as its bytes.
pub(crate) fn digest_bytes(digest: &str) -> Result<[u8; 32], Fault> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(digest, &mut bytes)
        .map_err(|error| Fault::Broken(format!("`{digest}` is no SHA-256 in hex: {error}")))?;
    Ok(bytes)
}

/// A fault while committing.
fn kept<T>(result: Result<T, Fault>) -> Result<T, CommitError> {
    result.map_err(|fault| CommitError::Store(fault.during("keep a commit")))
}

/// What came of an earlier request with the same sender and key.
pub(crate) fn earlier(
    connection: &Connection,
    key: &IdempotencyKey,
) -> Result<Option<Earlier>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT i.fingerprint, o.id, i.first_seq, i.last_seq
         FROM idempotency i JOIN orders o ON o.n = i.order_n
         WHERE i.principal = ?1 AND i.key = ?2",
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
    let Some((fingerprint, order, first, last)) = row else {
        return Ok(None);
    };
    let events: RangeInclusive<u64> = unsigned(first)?..=unsigned(last)?;
    Ok(Some(Earlier {
        fingerprint,
        order: OrderId::new(order),
        events,
    }))
}

/// The order registered from a source.
pub(crate) fn order_by_source(
    connection: &Connection,
    source: &str,
) -> Result<Option<String>, Fault> {
    let mut statement = connection.prepare_cached("SELECT id FROM orders WHERE source = ?1")?;
    Ok(statement.query_row([source], |row| row.get(0)).optional()?)
}

/// The version of an order; 0 where there is none.
fn version(connection: &Connection, order: &str) -> Result<u64, Fault> {
    let mut statement = connection.prepare_cached("SELECT version FROM orders WHERE id = ?1")?;
    unsigned(
        statement
            .query_row([order], |row| row.get(0))
            .optional()?
            .unwrap_or(0),
    )
}

pub(crate) fn complete_effect(connection: &Connection, id: EffectId) -> Result<(), Fault> {
    connection
        .prepare_cached("DELETE FROM effects WHERE id = ?1")?
        .execute([id])?;
    Ok(())
}

/// Forgets old keys, once a day by the senders' clock.
fn purge_keys(connection: &Connection, now: i64, purged_at: &AtomicI64) -> Result<(), Fault> {
    if now.saturating_sub(purged_at.load(Ordering::Relaxed)) < DAY_MS {
        return Ok(());
    }
    purged_at.store(now, Ordering::Relaxed);
    connection
        .prepare_cached("DELETE FROM idempotency WHERE at < ?1")?
        .execute([now.saturating_sub(KEY_LIFETIME_MS)])?;
    Ok(())
}
