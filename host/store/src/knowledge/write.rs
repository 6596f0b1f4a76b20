//! Writing a commit of an entry: everything becomes JSON in the caller's thread, so that the one that
//! writes has little to do.

use engine::ports::{
    EarlierKnowledge, EntryKind, FeedbackTally, IdempotencyKey, KnowledgeCommit,
    KnowledgeCommitError, KnowledgeSummary, StoreError,
};
use knowledge_base::{Entry, Recorded, Timer};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{earlier, moment_column};
use crate::audit::{self, DecisionRow, Unlinked};
use crate::codec::{json, ms, name, signed, unsigned};
use crate::commit::question_row;
use crate::error::Fault;
use crate::writer::Refusal;

/// Keys are forgotten after a week.
const KEY_LIFETIME_MS: i64 = 7 * 24 * 3600 * 1000;

impl Refusal for KnowledgeCommitError {
    fn wrote_nothing(&self) -> bool {
        match self {
            Self::Conflict { .. } | Self::Replayed(_) | Self::KeyReused => true,
            Self::Store(_) => false,
        }
    }
}

/// A commit as it is written.
pub(crate) struct PreparedKnowledge {
    expected_version: u64,
    kind: EntryKind,
    line: KnowledgeSummary,
    point_kind: Option<String>,
    state: String,
    tally: Option<FeedbackTally>,
    events: Vec<EventRow>,
    timers: Vec<(String, i64)>,
    parties: Vec<String>,
    districts: Vec<String>,
    effects: Vec<String>,
    texts: Vec<([u8; 16], String)>,
    questions: Vec<([u8; 32], Vec<u8>)>,
    idempotency: Option<IdempotencyKey>,
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

impl PreparedKnowledge {
    pub(crate) fn new(commit: KnowledgeCommit) -> Result<Self, Fault> {
        let KnowledgeCommit {
            expected_version,
            events,
            entry,
            districts,
            parties,
            timers,
            effects,
            texts,
            questions,
            idempotency,
        } = commit;
        // The stage as of the last event; what time alone changes, lists see to.
        let at = events.last().map(|it| it.at).unwrap_or_default();
        let line = KnowledgeSummary::of(&entry, at);
        let tally = if let Entry::Feedback(feedback) = &entry {
            Some(FeedbackTally::of(feedback))
        } else {
            None
        };
        Ok(Self {
            expected_version,
            kind: EntryKind::of(&entry),
            point_kind: line.point_kind.as_ref().map(name).transpose()?,
            state: json(&entry)?,
            tally,
            events: events
                .iter()
                .map(|event| event_row(event, line.id.as_str()))
                .collect::<Result<_, _>>()?,
            line,
            timers: timers.iter().map(timer_row).collect::<Result<_, _>>()?,
            parties: parties.into_iter().collect(),
            districts: districts.iter().map(ToString::to_string).collect(),
            effects: effects.iter().map(json).collect::<Result<_, _>>()?,
            texts: texts
                .into_iter()
                .map(|(id, text)| (*id.0.as_bytes(), text))
                .collect(),
            questions: questions
                .iter()
                .map(question_row)
                .collect::<Result<_, _>>()?,
            idempotency,
        })
    }

    /// Writes it, inside a transaction. What can be refused is looked at before anything is written.
    pub(crate) fn write(&self, connection: &Connection) -> Result<(), KnowledgeCommitError> {
        if let Some(key) = &self.idempotency
            && let Some(earlier) = kept(earlier(connection, key))?
        {
            return Err(told(earlier, key));
        }
        let expected = self.expected_version;
        let written = if expected == 0 {
            self.insert(connection)
        } else {
            self.update(connection)
        };
        let Some(entry_n) = kept(written)? else {
            let actual = kept(self.version(connection))?;
            return Err(KnowledgeCommitError::Conflict { expected, actual });
        };
        kept(self.write_rest(connection, entry_n))
    }

    fn insert(&self, connection: &Connection) -> Result<Option<i64>, Fault> {
        let line = &self.line;
        let mut statement = connection.prepare_cached(
            "INSERT INTO knowledge (id, version, kind, unit, opened_at, stage, draft_stage, title,
                 point_kind, published_version, expires_at, due_at, provisional, overdue, longer, state)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
             ON CONFLICT (id) DO NOTHING RETURNING n",
        )?;
        let row = params![
            line.id.as_str(),
            signed(line.version)?,
            self.kind.name(),
            line.unit.as_str(),
            ms(line.opened_at),
            line.stage,
            line.draft_stage,
            line.title,
            self.point_kind,
            line.published_version,
            line.expires_at.map(ms),
            line.due_at.map(ms),
            line.provisional,
            line.overdue,
            line.longer,
            self.state,
        ];
        Ok(statement.query_row(row, |row| row.get(0)).optional()?)
    }

    /// What never changes after opening is left as it is.
    fn update(&self, connection: &Connection) -> Result<Option<i64>, Fault> {
        let line = &self.line;
        let mut statement = connection.prepare_cached(
            "UPDATE knowledge SET version = ?3, stage = ?4, draft_stage = ?5, title = ?6,
                 point_kind = ?7, published_version = ?8, expires_at = ?9, due_at = ?10,
                 provisional = ?11, overdue = ?12, longer = ?13, state = ?14
             WHERE id = ?1 AND version = ?2 RETURNING n",
        )?;
        let row = params![
            line.id.as_str(),
            signed(self.expected_version)?,
            signed(line.version)?,
            line.stage,
            line.draft_stage,
            line.title,
            self.point_kind,
            line.published_version,
            line.expires_at.map(ms),
            line.due_at.map(ms),
            line.provisional,
            line.overdue,
            line.longer,
            self.state,
        ];
        Ok(statement.query_row(row, |row| row.get(0)).optional()?)
    }

    /// The version of the entry; 0 where there is none.
    fn version(&self, connection: &Connection) -> Result<u64, Fault> {
        let mut statement =
            connection.prepare_cached("SELECT version FROM knowledge WHERE id = ?1")?;
        let version = statement
            .query_row([self.line.id.as_str()], |row| row.get(0))
            .optional()?;
        unsigned(version.unwrap_or(0))
    }

    fn write_rest(&self, connection: &Connection, entry_n: i64) -> Result<(), Fault> {
        self.write_events(connection, entry_n)?;
        self.write_timers(connection, entry_n)?;
        self.write_links(connection, entry_n)?;
        self.write_tally(connection, entry_n)?;
        let at = self.events.last().map_or(0, |event| event.at);
        let mut insert = connection
            .prepare_cached("INSERT INTO effects (knowledge_n, at, effect) VALUES (?1, ?2, ?3)")?;
        for effect in &self.effects {
            insert.execute(params![entry_n, at, effect])?;
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
        match &self.idempotency {
            Some(key) => self.write_key(connection, entry_n, key),
            None => Ok(()),
        }
    }

    fn write_events(&self, connection: &Connection, entry_n: i64) -> Result<(), Fault> {
        let mut insert = connection.prepare_cached(
            "INSERT INTO knowledge_events (entry_n, seq, at, actor, kind, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for event in &self.events {
            insert.execute(params![
                entry_n,
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

    fn write_timers(&self, connection: &Connection, entry_n: i64) -> Result<(), Fault> {
        connection
            .prepare_cached("DELETE FROM knowledge_timers WHERE entry_n = ?1")?
            .execute([entry_n])?;
        let mut insert = connection.prepare_cached(
            "INSERT INTO knowledge_timers (entry_n, moment, at) VALUES (?1, ?2, ?3)
             ON CONFLICT DO NOTHING",
        )?;
        for (moment, at) in &self.timers {
            insert.execute(params![entry_n, moment, at])?;
        }
        Ok(())
    }

    /// Who may read it stays; which districts it is listed for changes.
    fn write_links(&self, connection: &Connection, entry_n: i64) -> Result<(), Fault> {
        let mut insert = connection.prepare_cached(
            "INSERT INTO knowledge_parties (entry_n, party) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        )?;
        for party in &self.parties {
            insert.execute(params![entry_n, party])?;
        }
        connection
            .prepare_cached("DELETE FROM knowledge_districts WHERE entry_n = ?1")?
            .execute([entry_n])?;
        let mut insert = connection.prepare_cached(
            "INSERT INTO knowledge_districts (entry_n, district) VALUES (?1, ?2)",
        )?;
        for district in &self.districts {
            insert.execute(params![entry_n, district])?;
        }
        Ok(())
    }

    fn write_tally(&self, connection: &Connection, entry_n: i64) -> Result<(), Fault> {
        let Some(tally) = &self.tally else {
            return Ok(());
        };
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO feedback (entry_n, unit, opened_at, emergency, on_time, late,
                     nothing_to_do, open, overdue_open, withdrawn)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                entry_n,
                self.line.unit.as_str(),
                ms(self.line.opened_at),
                signed(tally.emergency)?,
                signed(tally.on_time)?,
                signed(tally.late)?,
                signed(tally.nothing_to_do)?,
                signed(tally.open)?,
                signed(tally.overdue_open)?,
                signed(tally.withdrawn)?,
            ])?;
        Ok(())
    }

    fn write_key(
        &self,
        connection: &Connection,
        entry_n: i64,
        key: &IdempotencyKey,
    ) -> Result<(), Fault> {
        let seq = |event: Option<&EventRow>| event.map_or(0, |event| event.seq);
        // By its index; mostly there is nothing to forget.
        connection
            .prepare_cached("DELETE FROM knowledge_keys WHERE at < ?1")?
            .execute([ms(key.at).saturating_sub(KEY_LIFETIME_MS)])?;
        connection
            .prepare_cached(
                "INSERT INTO knowledge_keys
                     (principal, key, fingerprint, entry_n, first_seq, last_seq, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                key.principal,
                key.key,
                key.fingerprint,
                entry_n,
                seq(self.events.first()),
                seq(self.events.last()),
                ms(key.at),
            ])?;
        Ok(())
    }
}

fn event_row(recorded: &Recorded, entry: &str) -> Result<EventRow, Fault> {
    let mut row = EventRow {
        seq: signed(recorded.seq)?,
        at: ms(recorded.at),
        actor: json(&recorded.by)?,
        kind: recorded.event.name(),
        body: json(&recorded.event)?,
        unlinked: None,
    };
    row.unlinked = Unlinked::of_check(&recorded.event, || DecisionRow {
        order: entry.as_bytes(),
        seq: row.seq,
        at: row.at,
        actor: row.actor.as_bytes(),
        kind: row.kind.as_bytes(),
        body: row.body.as_bytes(),
        district: None,
    });
    Ok(row)
}

fn timer_row(timer: &Timer) -> Result<(String, i64), Fault> {
    Ok((moment_column(timer.moment)?, ms(timer.at)))
}

/// The same request again, or the same key for another one.
fn told(earlier: EarlierKnowledge, key: &IdempotencyKey) -> KnowledgeCommitError {
    if earlier.fingerprint == key.fingerprint {
        KnowledgeCommitError::Replayed(earlier)
    } else {
        KnowledgeCommitError::KeyReused
    }
}

/// A fault while committing.
fn kept<T>(result: Result<T, Fault>) -> Result<T, KnowledgeCommitError> {
    result.map_err(|fault| {
        let error: StoreError = fault.during("keep an entry of the knowledge base");
        error.into()
    })
}
