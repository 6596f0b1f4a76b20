//! The store: opening a data directory, and the port's methods.

use std::fs::{DirBuilder, File, Permissions, TryLockError};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use calendar::YearNotice;
use chrono::{DateTime, Utc};
use engine::ports::{
    Commit, CommitError, DueTimer, Earlier, EffectId, IdempotencyKey, ListError, Message,
    OrderFilter, OrderSummary, Page, PendingEffect, PersonalData, Posting, Store, StoreError,
    Subject,
};
use lifecycle::Alike;
use lifecycle::event::Recorded;
use lifecycle::ids::{OrderId, RequesterId, TextId};
use lifecycle::order::WorkOrder;
use rusqlite::{Connection, params};

use crate::checkpoint::Checkpoints;
use crate::codec::{json, ms, name};
use crate::commit::{Prepared, complete_effect, order_by_source};
use crate::error::Fault;
use crate::list::Cursor;
use crate::messages::{MessageRow, deliver};
use crate::options::Options;
use crate::queue::Lane;
use crate::readers::{self, Readers};
use crate::writer::{Ticket, Writer};
use crate::{Error, assessment, audit, commit, list, read, schema};

/// The database's file in the data directory.
const FILE: &str = "kapok.db";
/// The file whose lock says that somebody writes.
const LOCK: &str = "kapok.lock";

/// Mode of every file here: they hold personal data.
const OWNER_ONLY: u32 = 0o600;

const MANUAL_CLOCK: &str = "manual_clock_ms";
const RECOMPUTED_UNDER: &str = "recomputed_under";
/// Before the version of a rule set.
const RULE_SET: &str = "rule_set:";
const CHECKED: &str = "checked";

/// So many messages are delivered in one part; a command waits for one part at most.
const DELIVERED_TOGETHER: usize = 16;

/// The store in SQLite.
pub struct SqliteStore {
    /// None where the store was opened for reading only. Dropped first: it ends the thread.
    writer: Option<Writer>,
    readers: Readers,
    keys_purged_at: Arc<AtomicI64>,
    /// Held as long as the store is open.
    _lock: Option<File>,
}

impl SqliteStore {
    /// Opens a data directory for reading and writing, makes it if need be, and brings its schema up
    /// to date. As long as the store lives, nobody else can open the directory for writing.
    ///
    /// # Errors
    /// [`Error::InUse`], [`Error::NewerSchema`], and what the disk says.
    pub fn open(dir: &Path, options: &Options) -> Result<Self, Error> {
        // It holds personal data: nobody but its owner looks in.
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(dir)
            .map_err(|source| Error::Directory {
                dir: dir.to_owned(),
                source,
            })?;
        let lock = lock(dir)?;
        let file = dir.join(FILE);
        let open = |source| Error::Open {
            file: file.clone(),
            source,
        };
        private(&file).map_err(|source| Error::Private {
            file: file.clone(),
            source,
        })?;
        let mut connection = Connection::open(&file).map_err(open)?;
        prepare(&connection, options).map_err(open)?;
        schema::migrate(&mut connection, &file)?;
        assessment::fill(&mut connection).map_err(|fault| Error::Fill {
            file: file.clone(),
            source: fault.during("count the orders"),
        })?;
        audit::fill(&mut connection).map_err(|fault| Error::Link {
            file: file.clone(),
            source: fault.during("link the decisions"),
        })?;
        let checkpoints = Checkpoints::start(&file, &connection)?;
        Ok(Self {
            writer: Some(Writer::start(connection, checkpoints)?),
            readers: Readers::new(&file, options.readers_max),
            keys_purged_at: Arc::new(AtomicI64::new(0)),
            _lock: Some(lock),
        })
    }

    /// Opens a data directory for reading only, also while somebody else writes to it. Everything that
    /// writes fails, the access log's entry for personal data included.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::NewerSchema`], [`Error::OlderSchema`], and what the disk says.
    pub fn open_read_only(dir: &Path, options: &Options) -> Result<Self, Error> {
        let file = dir.join(FILE);
        if !file.exists() {
            return Err(Error::Empty {
                dir: dir.to_owned(),
            });
        }
        let connection = Connection::open_with_flags(
            &file,
            rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX,
        );
        let connection = connection.map_err(|source| Error::Open {
            file: file.clone(),
            source,
        })?;
        let found = schema::version(&connection, &file)?;
        if found < schema::KNOWN {
            return Err(Error::OlderSchema {
                file,
                found,
                known: schema::KNOWN,
            });
        }
        Ok(Self {
            writer: None,
            readers: Readers::new(&file, options.readers_max),
            keys_purged_at: Arc::new(AtomicI64::new(0)),
            _lock: None,
        })
    }

    pub(crate) fn read<T>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        self.readers
            .read(work)
            .map_err(|fault| fault.during(operation))
    }

    pub(crate) fn write<T: Send + 'static>(
        &self,
        lane: Lane,
        operation: &'static str,
        mut work: impl FnMut(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer(operation)?
            .run(lane, operation, move |connection| {
                work(connection).map_err(|fault| fault.during(operation))
            })
    }

    pub(crate) fn writer(&self, operation: &'static str) -> Result<&Writer, StoreError> {
        self.writer
            .as_ref()
            .ok_or_else(|| Fault::ReadOnly.during(operation))
    }

    fn submit(&self, lane: Lane, commit: Commit) -> Result<Ticket<(), CommitError>, StoreError> {
        let operation = "keep a commit";
        let prepared = Prepared::new(commit).map_err(|fault| fault.during(operation))?;
        let keys_purged_at = Arc::clone(&self.keys_purged_at);
        Ok(self
            .writer(operation)?
            .submit(lane, operation, move |connection| {
                prepared.write(connection, &keys_purged_at)
            }))
    }

    pub(crate) fn set_meta(
        &self,
        operation: &'static str,
        key: String,
        value: String,
    ) -> Result<(), StoreError> {
        self.write(Lane::Command, operation, move |connection| {
            connection
                .prepare_cached(
                    "INSERT INTO meta (key, value) VALUES (?1, ?2)
                     ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                )?
                .execute(params![key, value])?;
            Ok(())
        })
    }
}

/// Keeps other writers out until the file is closed, by whatever end of the process.
fn lock(dir: &Path) -> Result<File, Error> {
    let file = dir.join(LOCK);
    let failed = |source| Error::Lock {
        file: file.clone(),
        source,
    };
    let lock = private(&file).map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(Error::InUse {
            dir: dir.to_owned(),
        }),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// A file that only its owner may read, made if need be; one that was made more open is closed.
/// SQLite gives its side files the mode of the database.
fn private(file: &Path) -> std::io::Result<File> {
    let opened = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(OWNER_ONLY)
        .open(file)?;
    opened.set_permissions(Permissions::from_mode(OWNER_ONLY))?;
    Ok(opened)
}

/// Sets up the connection that writes.
fn prepare(connection: &Connection, options: &Options) -> rusqlite::Result<()> {
    connection.busy_timeout(readers::BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(readers::STATEMENTS_MAX);
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // Every commit is flushed: what was acknowledged survives a power cut.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -i64::from(options.writer_cache_kib))
}

impl Store for SqliteStore {
    fn load(&self, order: &OrderId) -> Result<Option<WorkOrder>, StoreError> {
        self.read("load an order", |connection| read::order(connection, order))
    }

    fn history(&self, order: &OrderId) -> Result<Vec<Recorded>, StoreError> {
        self.read("read a journal", |connection| {
            read::history(connection, order)
        })
    }

    fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        self.submit(Lane::Command, commit)?.wait()
    }

    fn commit_all(&self, commits: Vec<Commit>) -> Vec<Result<(), CommitError>> {
        let tickets: Vec<_> = commits
            .into_iter()
            .map(|commit| self.submit(Lane::Due, commit))
            .collect();
        tickets.into_iter().map(|ticket| ticket?.wait()).collect()
    }

    fn earlier(&self, key: &IdempotencyKey) -> Result<Option<Earlier>, StoreError> {
        self.read("look for an earlier request", |connection| {
            commit::earlier(connection, key)
        })
    }

    fn list(
        &self,
        filter: &OrderFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<OrderSummary>, ListError> {
        let after = after.map(Cursor::parse).transpose()?;
        let page = |connection: &Connection| list::page(connection, filter, after, limit);
        Ok(self.read("list orders", page)?)
    }

    fn texts(&self, ids: &[TextId]) -> Result<Vec<(TextId, String)>, StoreError> {
        self.read("read texts", |connection| read::texts(connection, ids))
    }

    fn personal_data(
        &self,
        requester: RequesterId,
        order: &OrderId,
        by: &str,
        at: DateTime<Utc>,
        purpose: &str,
    ) -> Result<Option<PersonalData>, StoreError> {
        let (order, by, purpose) = (order.clone(), by.to_owned(), purpose.to_owned());
        self.write(Lane::Command, "read personal data", move |connection| {
            connection
                .prepare_cached(
                    "INSERT INTO personal_access (at, actor, order_id, requester, purpose)
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![
                    ms(at),
                    by,
                    order.as_str(),
                    requester.0.as_bytes(),
                    purpose
                ])?;
            read::personal_data(connection, requester)
        })
    }

    fn personal_data_for_masking(
        &self,
        requester: RequesterId,
    ) -> Result<Option<PersonalData>, StoreError> {
        self.read("read personal data", |connection| {
            read::personal_data(connection, requester)
        })
    }

    fn question(&self, digest: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.read("read a question", |connection| {
            read::question(connection, digest)
        })
    }

    fn due_timers(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<DueTimer>, StoreError> {
        self.read("look for due timers", |connection| {
            read::due_timers(connection, now, limit)
        })
    }

    fn next_timer_at(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.read("look for the next timer", read::next_timer_at)
    }

    fn drop_timer(&self, timer: &DueTimer) -> Result<(), StoreError> {
        let timer = timer.clone();
        self.write(Lane::Due, "drop a timer", move |connection| {
            connection
                .prepare_cached(
                    "DELETE FROM timers WHERE deadline = ?2 AND moment = ?3 AND at = ?4
                         AND order_n = (SELECT n FROM orders WHERE id = ?1)",
                )?
                .execute(params![
                    timer.order.as_str(),
                    name(&timer.deadline)?,
                    name(&timer.moment)?,
                    ms(timer.at),
                ])?;
            Ok(())
        })
    }

    fn pending_effects(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<PendingEffect>, StoreError> {
        self.read("read the outbox", |connection| {
            read::pending_effects(connection, now, limit)
        })
    }

    fn deliver(&self, postings: &[Posting]) -> Result<(), StoreError> {
        if postings.is_empty() {
            return Ok(());
        }
        let operation = "deliver messages";
        let writer = self.writer(operation)?;
        let mut tickets = Vec::new();
        // In parts, so that no command waits for all of them.
        for part in postings.chunks(DELIVERED_TOGETHER) {
            let rows: Result<Vec<MessageRow>, Fault> = part.iter().map(MessageRow::new).collect();
            let rows = rows.map_err(|fault| fault.during(operation))?;
            tickets.push(writer.submit(Lane::Due, operation, move |connection| {
                deliver(connection, &rows).map_err(|fault| fault.during(operation))
            }));
        }
        // All are waited for, also when one failed.
        let results: Vec<_> = tickets.into_iter().map(Ticket::wait).collect();
        results.into_iter().collect()
    }

    fn complete_effect(&self, id: EffectId) -> Result<(), StoreError> {
        self.write(Lane::Due, "complete an effect", move |connection| {
            complete_effect(connection, id)
        })
    }

    fn messages(&self, subject: &Subject) -> Result<Vec<Message>, StoreError> {
        self.read("read messages", |connection| {
            read::messages(connection, subject)
        })
    }

    fn order_by_source(&self, source: &str) -> Result<Option<OrderId>, StoreError> {
        self.read("look for a source", |connection| {
            Ok(order_by_source(connection, source)?.map(OrderId::new))
        })
    }

    fn alike(
        &self,
        order: &WorkOrder,
        since: DateTime<Utc>,
        most: u32,
    ) -> Result<Alike, StoreError> {
        self.read("count orders about the same thing", |connection| {
            read::alike(connection, order, since, most)
        })
    }

    fn open_orders(
        &self,
        after: Option<&OrderId>,
        limit: u32,
    ) -> Result<Vec<WorkOrder>, StoreError> {
        self.read("read open orders", |connection| {
            read::open_orders(connection, after, limit)
        })
    }

    fn calendar_years(&self) -> Result<Vec<YearNotice>, StoreError> {
        self.read("read the calendar", |connection| {
            read::all(connection, "SELECT notice FROM calendar_years ORDER BY n")
        })
    }

    fn add_calendar_year(
        &self,
        notice: &YearNotice,
        by: &str,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (notice, by) = (notice.clone(), by.to_owned());
        self.write(Lane::Command, "keep a calendar year", move |connection| {
            connection
                .prepare_cached(
                    "INSERT INTO calendar_years (at, actor, notice) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![ms(at), by, json(&notice)?])?;
            Ok(())
        })
    }

    fn recomputed_under(&self) -> Result<Option<String>, StoreError> {
        self.read("read the calendar", |connection| {
            read::meta(connection, RECOMPUTED_UNDER)
        })
    }

    fn set_recomputed_under(&self, calendar_version: &str) -> Result<(), StoreError> {
        self.set_meta(
            "keep the calendar",
            RECOMPUTED_UNDER.to_owned(),
            calendar_version.to_owned(),
        )
    }

    fn rule_set(&self, version: &str) -> Result<Option<String>, StoreError> {
        let key = format!("{RULE_SET}{version}");
        self.read("read a rule set", |connection| read::meta(connection, &key))
    }

    fn keep_rule_set(&self, version: &str, text: &str) -> Result<(), StoreError> {
        let key = format!("{RULE_SET}{version}");
        self.set_meta("keep a rule set", key, text.to_owned())
    }

    fn manual_clock(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.read("read the clock", |connection| {
            let Some(kept) = read::meta(connection, MANUAL_CLOCK)? else {
                return Ok(None);
            };
            let at = kept
                .parse()
                .map_err(|error| Fault::Broken(format!("`{kept}`: {error}")))?;
            crate::codec::instant(at).map(Some)
        })
    }

    fn set_manual_clock(&self, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.set_meta(
            "keep the clock",
            MANUAL_CLOCK.to_owned(),
            ms(at).to_string(),
        )
    }

    fn check(&self) -> Result<(), StoreError> {
        self.set_meta("write", CHECKED.to_owned(), "yes".to_owned())
    }
}
