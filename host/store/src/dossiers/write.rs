//! Writing a dossier's commit: everything becomes JSON in the caller's thread, so that the one that
//! writes has little to do.

use engine::ports::{
    DossierCommit, DossierCommitError, DossierSummary, EarlierDossier, IdempotencyKey, StoreError,
    Subject,
};
use lifecycle::dossier::{DossierTimer, Recorded};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{earlier, unit_column};
use crate::codec::{json, ms, name, signed, unsigned};
use crate::due::{Place, place_of};
use crate::error::Fault;
use crate::writer::Refusal;

/// Keys are forgotten after a week.
const KEY_LIFETIME_MS: i64 = 7 * 24 * 3600 * 1000;

impl Refusal for DossierCommitError {
    fn wrote_nothing(&self) -> bool {
        match self {
            Self::Conflict { .. } | Self::Replayed(_) | Self::KeyReused => true,
            Self::Store(_) => false,
        }
    }
}

/// A commit as it is written.
pub(crate) struct PreparedDossier {
    expected_version: u64,
    line: DossierSummary,
    state: String,
    events: Vec<EventRow>,
    timers: Vec<(String, String, i64)>,
    parties: Vec<String>,
    orders: Vec<String>,
    effects: Vec<(Subject, String)>,
    texts: Vec<([u8; 16], String)>,
    idempotency: Option<IdempotencyKey>,
}

struct EventRow {
    seq: i64,
    at: i64,
    actor: String,
    kind: &'static str,
    body: String,
}

impl PreparedDossier {
    pub(crate) fn new(commit: DossierCommit) -> Result<Self, Fault> {
        let DossierCommit {
            expected_version,
            events,
            dossier,
            timers,
            effects,
            texts,
            idempotency,
        } = commit;
        let orders = dossier.orders();
        Ok(Self {
            expected_version,
            line: DossierSummary::of(&dossier),
            state: json(&dossier)?,
            events: events.iter().map(event_row).collect::<Result<_, _>>()?,
            timers: timers.iter().map(timer_row).collect::<Result<_, _>>()?,
            parties: dossier.parties().into_iter().collect(),
            orders: orders.iter().map(ToString::to_string).collect(),
            effects: effects
                .into_iter()
                .map(|(subject, effect)| Ok::<_, Fault>((subject, json(&effect)?)))
                .collect::<Result<_, _>>()?,
            texts: texts
                .into_iter()
                .map(|(id, text)| (*id.0.as_bytes(), text))
                .collect(),
            idempotency,
        })
    }

    /// Writes it, inside a transaction. What can be refused is looked at before anything is written.
    pub(crate) fn write(&self, connection: &Connection) -> Result<(), DossierCommitError> {
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
        let Some(dossier_n) = kept(written)? else {
            let actual = kept(self.version(connection))?;
            return Err(DossierCommitError::Conflict { expected, actual });
        };
        kept(self.write_rest(connection, dossier_n))
    }

    fn insert(&self, connection: &Connection) -> Result<Option<i64>, Fault> {
        let line = &self.line;
        let mut statement = connection.prepare_cached(
            "INSERT INTO dossiers (id, version, kind, opened_at, stage, title, due_at, provisional,
                 overdue, state)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (id) DO NOTHING RETURNING n",
        )?;
        let row = params![
            line.id.as_str(),
            signed(line.version)?,
            name(&line.kind)?,
            ms(line.opened_at),
            line.stage,
            line.title,
            line.due_at.map(ms),
            line.provisional,
            line.overdue,
            self.state,
        ];
        Ok(statement.query_row(row, |row| row.get(0)).optional()?)
    }

    /// What never changes after opening is left as it is.
    fn update(&self, connection: &Connection) -> Result<Option<i64>, Fault> {
        let line = &self.line;
        let mut statement = connection.prepare_cached(
            "UPDATE dossiers SET version = ?3, stage = ?4, due_at = ?5, provisional = ?6,
                 overdue = ?7, state = ?8
             WHERE id = ?1 AND version = ?2 RETURNING n",
        )?;
        let row = params![
            line.id.as_str(),
            signed(self.expected_version)?,
            signed(line.version)?,
            line.stage,
            line.due_at.map(ms),
            line.provisional,
            line.overdue,
            self.state,
        ];
        Ok(statement.query_row(row, |row| row.get(0)).optional()?)
    }

    /// The version of the dossier; 0 where there is none.
    fn version(&self, connection: &Connection) -> Result<u64, Fault> {
        let mut statement =
            connection.prepare_cached("SELECT version FROM dossiers WHERE id = ?1")?;
        let version = statement
            .query_row([self.line.id.as_str()], |row| row.get(0))
            .optional()?;
        unsigned(version.unwrap_or(0))
    }

    fn write_rest(&self, connection: &Connection, dossier_n: i64) -> Result<(), Fault> {
        self.write_events(connection, dossier_n)?;
        self.write_timers(connection, dossier_n)?;
        self.write_links(connection, dossier_n)?;
        self.write_outbox(connection)?;
        for (id, text) in &self.texts {
            connection
                .prepare_cached("INSERT INTO texts (id, text) VALUES (?1, ?2)")?
                .execute(params![id, text])?;
        }
        match &self.idempotency {
            Some(key) => self.write_key(connection, dossier_n, key),
            None => Ok(()),
        }
    }

    fn write_events(&self, connection: &Connection, dossier_n: i64) -> Result<(), Fault> {
        let mut insert = connection.prepare_cached(
            "INSERT INTO dossier_events (dossier_n, seq, at, actor, kind, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for event in &self.events {
            insert.execute(params![
                dossier_n,
                event.seq,
                event.at,
                event.actor,
                event.kind,
                event.body
            ])?;
        }
        Ok(())
    }

    fn write_timers(&self, connection: &Connection, dossier_n: i64) -> Result<(), Fault> {
        connection
            .prepare_cached("DELETE FROM dossier_timers WHERE dossier_n = ?1")?
            .execute([dossier_n])?;
        let mut insert = connection.prepare_cached(
            "INSERT INTO dossier_timers (dossier_n, deadline, unit, at) VALUES (?1, ?2, ?3, ?4)",
        )?;
        for (deadline, unit, at) in &self.timers {
            insert.execute(params![dossier_n, deadline, unit, at])?;
        }
        Ok(())
    }

    /// Whom it concerns or concerned stays; which orders belong to it changes.
    fn write_links(&self, connection: &Connection, dossier_n: i64) -> Result<(), Fault> {
        let mut insert = connection.prepare_cached(
            "INSERT INTO dossier_parties (dossier_n, party) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        )?;
        for party in &self.parties {
            insert.execute(params![dossier_n, party])?;
        }
        connection
            .prepare_cached("DELETE FROM dossier_orders WHERE dossier_n = ?1")?
            .execute([dossier_n])?;
        let mut insert = connection
            .prepare_cached("INSERT INTO dossier_orders (dossier_n, order_id) VALUES (?1, ?2)")?;
        for order in &self.orders {
            insert.execute(params![dossier_n, order])?;
        }
        Ok(())
    }

    fn write_outbox(&self, connection: &Connection) -> Result<(), Fault> {
        let at = self.events.last().map_or(0, |event| event.at);
        for (subject, effect) in &self.effects {
            let (Place { column, .. }, n) = place_of(connection, subject)?;
            connection
                .prepare_cached(&format!(
                    "INSERT INTO effects ({column}, at, effect) VALUES (?1, ?2, ?3)"
                ))?
                .execute(params![n, at, effect])?;
        }
        Ok(())
    }

    fn write_key(
        &self,
        connection: &Connection,
        dossier_n: i64,
        key: &IdempotencyKey,
    ) -> Result<(), Fault> {
        let seq = |event: Option<&EventRow>| event.map_or(0, |event| event.seq);
        // Commands on dossiers are few, so old keys are looked for with each.
        connection
            .prepare_cached("DELETE FROM dossier_keys WHERE at < ?1")?
            .execute([ms(key.at).saturating_sub(KEY_LIFETIME_MS)])?;
        connection
            .prepare_cached(
                "INSERT INTO dossier_keys
                     (principal, key, fingerprint, dossier_n, first_seq, last_seq, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                key.principal,
                key.key,
                key.fingerprint,
                dossier_n,
                seq(self.events.first()),
                seq(self.events.last()),
                ms(key.at),
            ])?;
        Ok(())
    }
}

fn event_row(recorded: &Recorded) -> Result<EventRow, Fault> {
    Ok(EventRow {
        seq: signed(recorded.seq)?,
        at: ms(recorded.at),
        actor: json(&recorded.by)?,
        kind: recorded.event.name(),
        body: json(&recorded.event)?,
    })
}

fn timer_row(timer: &DossierTimer) -> Result<(String, String, i64), Fault> {
    let unit = unit_column(timer.unit.as_ref());
    Ok((name(&timer.deadline)?, unit, ms(timer.at)))
}

/// The same request again, or the same key for another one.
fn told(earlier: EarlierDossier, key: &IdempotencyKey) -> DossierCommitError {
    if earlier.fingerprint == key.fingerprint {
        DossierCommitError::Replayed(earlier)
    } else {
        DossierCommitError::KeyReused
    }
}

/// A fault while committing.
fn kept<T>(result: Result<T, Fault>) -> Result<T, DossierCommitError> {
    result.map_err(|fault| {
        let error: StoreError = fault.during("keep a dossier");
        error.into()
    })
}
