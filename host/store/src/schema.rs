//! The schema and its migrations. A migration that was released is never changed; a new one is added.

use std::path::Path;

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use crate::Error;

/// Marks the file as Kapok's: `Kapk` in ASCII.
const APPLICATION_ID: i64 = 0x4b61_706b;

/// Instants are milliseconds since 1970-01-01T00:00:00Z.
const FIRST: &str = "
-- A line for lists, and the order folded from its events so far, whose version it must have.
CREATE TABLE orders (
    n             INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    version       INTEGER NOT NULL,
    registered_at INTEGER NOT NULL,
    stage         TEXT NOT NULL,
    queue         TEXT,
    order_type    TEXT NOT NULL,
    district      TEXT,
    unit          TEXT,
    due_at        INTEGER,
    provisional   INTEGER NOT NULL,
    overdue       INTEGER NOT NULL,
    registered_by TEXT,
    source        TEXT,
    state         TEXT NOT NULL
) STRICT;
CREATE INDEX orders_by_registration ON orders (registered_at, id);
CREATE INDEX orders_by_stage ON orders (stage, registered_at, id);
CREATE INDEX orders_by_unit ON orders (unit, registered_at, id);
CREATE INDEX orders_by_channel ON orders (registered_by, registered_at, id)
    WHERE registered_by IS NOT NULL;
CREATE UNIQUE INDEX orders_by_source ON orders (source) WHERE source IS NOT NULL;
CREATE INDEX orders_provisional ON orders (id) WHERE provisional = 1;

-- The journal.
CREATE TABLE events (
    n       INTEGER PRIMARY KEY,
    order_n INTEGER NOT NULL REFERENCES orders (n),
    seq     INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    kind    TEXT NOT NULL,
    body    TEXT NOT NULL,
    UNIQUE (order_n, seq)
) STRICT;
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- Personal data: erasing a row leaves the journal whole.
CREATE TABLE requesters (
    id   BLOB PRIMARY KEY,
    data TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE texts (
    id   BLOB PRIMARY KEY,
    text TEXT NOT NULL
) STRICT;
CREATE TABLE personal_access (
    n         INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,
    actor     TEXT NOT NULL,
    order_id  TEXT NOT NULL,
    requester BLOB NOT NULL,
    purpose   TEXT NOT NULL
) STRICT;
CREATE TRIGGER personal_access_is_never_changed BEFORE UPDATE ON personal_access
BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;
CREATE TRIGGER personal_access_is_never_deleted BEFORE DELETE ON personal_access
BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;

-- Questions to plugins: masked, compressed by zstd, kept once under their SHA-256.
CREATE TABLE questions (
    n      INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    zstd   BLOB NOT NULL
) STRICT;

-- The outbox. Numbers are never used twice, because messages carry them on.
CREATE TABLE effects (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    order_n INTEGER NOT NULL REFERENCES orders (n),
    at      INTEGER NOT NULL,
    effect  TEXT NOT NULL
) STRICT;
CREATE TABLE messages (
    id           INTEGER PRIMARY KEY,
    order_n      INTEGER NOT NULL REFERENCES orders (n),
    at           INTEGER NOT NULL,
    notification TEXT NOT NULL
) STRICT;
CREATE INDEX messages_by_order ON messages (order_n, id);

CREATE TABLE timers (
    order_n  INTEGER NOT NULL REFERENCES orders (n),
    deadline TEXT NOT NULL,
    moment   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (order_n, deadline, moment)
) STRICT, WITHOUT ROWID;
CREATE INDEX timers_by_instant ON timers (at);

CREATE TABLE idempotency (
    principal   TEXT NOT NULL,
    key         TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    order_n     INTEGER NOT NULL REFERENCES orders (n),
    first_seq   INTEGER NOT NULL,
    last_seq    INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (principal, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE calendar_years (
    n      INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    actor  TEXT NOT NULL,
    notice TEXT NOT NULL
) STRICT;

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
";

/// A new calendar looks at every open order, not only at provisional ones.
const SECOND: &str = "
DROP INDEX orders_provisional;
CREATE INDEX orders_open ON orders (id) WHERE stage <> 'closed';
";

const STEPS: &[M<'static>] = &[M::up(FIRST), M::up(SECOND)];

/// The newest schema known here.
pub(crate) const KNOWN: i64 = 2;

/// Schema of a database; 0 for an empty one.
pub(crate) fn version(connection: &Connection, file: &Path) -> Result<i64, Error> {
    let pragma = |name| {
        connection
            .pragma_query_value(None, name, |row| row.get::<_, i64>(0))
            .map_err(|source| Error::Open {
                file: file.to_owned(),
                source,
            })
    };
    let version = pragma("user_version")?;
    if version > KNOWN {
        return Err(Error::NewerSchema {
            file: file.to_owned(),
            found: version,
            known: KNOWN,
        });
    }
    let tables = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| {
        row.get::<_, i64>(0)
    });
    let tables = tables.map_err(|source| Error::Open {
        file: file.to_owned(),
        source,
    })?;
    if tables > 0 && pragma("application_id")? != APPLICATION_ID {
        return Err(Error::Foreign {
            file: file.to_owned(),
        });
    }
    Ok(version)
}

/// Brings a database up to date, or refuses one that is newer.
pub(crate) fn migrate(connection: &mut Connection, file: &Path) -> Result<(), Error> {
    version(connection, file)?;
    connection
        .pragma_update(None, "application_id", APPLICATION_ID)
        .map_err(|source| Error::Open {
            file: file.to_owned(),
            source,
        })?;
    Migrations::from_slice(STEPS)
        .to_latest(connection)
        .map_err(|source| Error::Migrate {
            file: file.to_owned(),
            source,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_hold_and_are_counted() {
        assert_eq!(Migrations::from_slice(STEPS).validate(), Ok(()));
        assert_eq!(usize::try_from(KNOWN), Ok(STEPS.len()));
    }
}
