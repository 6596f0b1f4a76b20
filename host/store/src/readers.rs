//! Connections for reading: a few, made when they are needed, and kept.

use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::error::Fault;

/// Prepared statements that a connection keeps.
pub(crate) const STATEMENTS_MAX: usize = 64;
/// How long SQLite waits for a lock; only checkpoints ever hold one.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The connections.
pub(crate) struct Readers {
    file: PathBuf,
    max: usize,
    pool: Mutex<Pool>,
    returned: Condvar,
}

struct Pool {
    idle: Vec<Connection>,
    made: usize,
}

impl Readers {
    pub(crate) fn new(file: &Path, max: usize) -> Self {
        Self {
            file: file.to_owned(),
            max: max.max(1),
            pool: Mutex::new(Pool {
                idle: Vec::new(),
                made: 0,
            }),
            returned: Condvar::new(),
        }
    }

    /// Reads with a connection of its own.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let lent = Lent {
            connection: Some(self.take()?),
            readers: self,
        };
        match &lent.connection {
            Some(connection) => work(connection),
            None => Err(Fault::Broken("a connection was lent twice".to_owned())),
        }
    }

    fn take(&self) -> Result<Connection, Fault> {
        let mut pool = self.lock();
        loop {
            if let Some(connection) = pool.idle.pop() {
                return Ok(connection);
            }
            if pool.made < self.max {
                pool.made += 1;
                drop(pool);
                return open(&self.file).inspect_err(|_| self.give_up());
            }
            pool = self
                .returned
                .wait(pool)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// A connection could not be made; somebody else may try.
    fn give_up(&self) {
        self.lock().made -= 1;
        self.returned.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives the connection back, come what may.
struct Lent<'a> {
    connection: Option<Connection>,
    readers: &'a Readers,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.readers.lock().idle.push(connection);
            self.readers.returned.notify_one();
        }
    }
}

/// Opens a database for reading only.
pub(crate) fn open(file: &Path) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    Ok(connection)
}
