//! The schema and its migrations. A migration that was released is never changed; a new one is added.

mod alike;
mod knowledge;
mod outbox;
mod rollout;

use std::path::Path;

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use self::alike::ALIKE;
use self::knowledge::KNOWLEDGE;
use self::outbox::OUTBOX;
use self::rollout::ROLLOUT;
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

/// Several deadlines of one kind may run on an order, so a timer is known by its instant too.
const THIRD: &str = "
CREATE TABLE timers_with_instants (
    order_n  INTEGER NOT NULL REFERENCES orders (n),
    deadline TEXT NOT NULL,
    moment   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (order_n, deadline, moment, at)
) STRICT, WITHOUT ROWID;
INSERT INTO timers_with_instants (order_n, deadline, moment, at)
    SELECT order_n, deadline, moment, at FROM timers;
DROP TABLE timers;
ALTER TABLE timers_with_instants RENAME TO timers;
CREATE INDEX timers_by_instant ON timers (at);
";

/// A deadline may run on an order that is closed, so what a new calendar must look at is told apart
/// from the stage. What was not closed so far is looked at once too often, at most.
const FOURTH: &str = "
ALTER TABLE orders ADD COLUMN open INTEGER NOT NULL DEFAULT 1;
UPDATE orders SET open = 0 WHERE stage = 'closed';
DROP INDEX orders_open;
CREATE INDEX orders_open ON orders (id) WHERE open = 1;
";

/// The ways out of the message box. A message that was there before stays there: to send it now would
/// tell old news.
const FIFTH: &str = "
CREATE TABLE deliveries (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id   INTEGER NOT NULL REFERENCES messages (id),
    channel      TEXT NOT NULL,
    state        TEXT NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    next_at      INTEGER,
    problem      TEXT,
    sent_at      INTEGER,
    delivered_at INTEGER,
    reference    TEXT,
    UNIQUE (message_id, channel)
) STRICT;
CREATE INDEX deliveries_due ON deliveries (next_at, id, channel) WHERE state = 'pending';
CREATE INDEX deliveries_by_state ON deliveries (state, id);
";

/// Dossiers, beside the orders. The orders that a dossier names are known by number only: they exist, and
/// are never deleted.
const DOSSIERS: &str = "
CREATE TABLE dossiers (
    n           INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    version     INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    opened_at   INTEGER NOT NULL,
    stage       TEXT NOT NULL,
    title       TEXT,
    due_at      INTEGER,
    provisional INTEGER NOT NULL,
    overdue     INTEGER NOT NULL,
    state       TEXT NOT NULL
) STRICT;
CREATE INDEX dossiers_by_opening ON dossiers (opened_at, id);
CREATE INDEX dossiers_open ON dossiers (id) WHERE due_at IS NOT NULL;

CREATE TABLE dossier_events (
    n         INTEGER PRIMARY KEY,
    dossier_n INTEGER NOT NULL REFERENCES dossiers (n),
    seq       INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    actor     TEXT NOT NULL,
    kind      TEXT NOT NULL,
    body      TEXT NOT NULL,
    UNIQUE (dossier_n, seq)
) STRICT;
CREATE TRIGGER dossier_events_are_never_changed BEFORE UPDATE ON dossier_events
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER dossier_events_are_never_deleted BEFORE DELETE ON dossier_events
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TABLE dossier_timers (
    dossier_n INTEGER NOT NULL REFERENCES dossiers (n),
    deadline  TEXT NOT NULL,
    unit      TEXT NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (dossier_n, deadline, unit)
) STRICT, WITHOUT ROWID;
CREATE INDEX dossier_timers_by_instant ON dossier_timers (at);

CREATE TABLE dossier_parties (
    party     TEXT NOT NULL,
    dossier_n INTEGER NOT NULL REFERENCES dossiers (n),
    PRIMARY KEY (party, dossier_n)
) STRICT, WITHOUT ROWID;
CREATE TABLE dossier_orders (
    order_id  TEXT NOT NULL,
    dossier_n INTEGER NOT NULL REFERENCES dossiers (n),
    PRIMARY KEY (order_id, dossier_n)
) STRICT, WITHOUT ROWID;
CREATE INDEX dossier_orders_by_dossier ON dossier_orders (dossier_n);

CREATE TABLE dossier_messages (
    id           INTEGER PRIMARY KEY,
    dossier_n    INTEGER NOT NULL REFERENCES dossiers (n),
    at           INTEGER NOT NULL,
    notification TEXT NOT NULL
) STRICT;
CREATE INDEX dossier_messages_by_dossier ON dossier_messages (dossier_n, id);

CREATE TABLE dossier_keys (
    principal   TEXT NOT NULL,
    key         TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    dossier_n   INTEGER NOT NULL REFERENCES dossiers (n),
    first_seq   INTEGER NOT NULL,
    last_seq    INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (principal, key)
) STRICT, WITHOUT ROWID;
";

/// What is rare among very many orders is found without looking at all of them.
const LISTS: &str = "
CREATE INDEX orders_by_district ON orders (district, registered_at, id) WHERE district IS NOT NULL;
CREATE INDEX orders_overdue ON orders (registered_at, id) WHERE overdue = 1;
CREATE INDEX orders_provisional ON orders (registered_at, id) WHERE provisional = 1;
";

/// What counts for assessment, one row for an order itself (position 0, no unit) and for each of its
/// dispatches, and the deadlines of handling that run. Columns after the type are measures; they are
/// filled from the orders when the data is opened next.
const ASSESSMENT: &str = "
CREATE TABLE assessment (
    counted_at             INTEGER NOT NULL,
    order_n                INTEGER NOT NULL REFERENCES orders (n),
    position               INTEGER NOT NULL,
    unit                   TEXT,
    district               TEXT,
    order_type             TEXT NOT NULL,
    orders                 INTEGER NOT NULL,
    orders_withdrawn       INTEGER NOT NULL,
    direct_answers         INTEGER NOT NULL,
    dispatches_on_time     INTEGER NOT NULL,
    dispatches_late        INTEGER NOT NULL,
    rating_offers_on_time  INTEGER NOT NULL,
    rating_offers_late     INTEGER NOT NULL,
    service_satisfied      INTEGER NOT NULL,
    service_dissatisfied   INTEGER NOT NULL,
    assignments            INTEGER NOT NULL,
    assignments_withdrawn  INTEGER NOT NULL,
    completed              INTEGER NOT NULL,
    on_time                INTEGER NOT NULL,
    late_excused           INTEGER NOT NULL,
    late_unexcused         INTEGER NOT NULL,
    late_provisional       INTEGER NOT NULL,
    overdue_open           INTEGER NOT NULL,
    returns_pending        INTEGER NOT NULL,
    returns_approved       INTEGER NOT NULL,
    returns_rejected       INTEGER NOT NULL,
    verified_on_time       INTEGER NOT NULL,
    verified_late          INTEGER NOT NULL,
    extended               INTEGER NOT NULL,
    extensions             INTEGER NOT NULL,
    working_seconds        INTEGER NOT NULL,
    first_handlings        INTEGER NOT NULL,
    rehandled              INTEGER NOT NULL,
    rating_open            INTEGER NOT NULL,
    very_satisfied_1       INTEGER NOT NULL,
    satisfied_1            INTEGER NOT NULL,
    basically_satisfied_1  INTEGER NOT NULL,
    dissatisfied_1         INTEGER NOT NULL,
    very_dissatisfied_1    INTEGER NOT NULL,
    unrated_1              INTEGER NOT NULL,
    very_satisfied_2       INTEGER NOT NULL,
    satisfied_2            INTEGER NOT NULL,
    basically_satisfied_2  INTEGER NOT NULL,
    dissatisfied_2         INTEGER NOT NULL,
    very_dissatisfied_2    INTEGER NOT NULL,
    unrated_2              INTEGER NOT NULL,
    PRIMARY KEY (counted_at, order_n, position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX assessment_by_order ON assessment (order_n, position);
CREATE INDEX assessment_by_unit ON assessment (unit, counted_at);

CREATE TABLE open_handlings (
    order_n     INTEGER PRIMARY KEY REFERENCES orders (n),
    due_at      INTEGER NOT NULL,
    unit        TEXT NOT NULL,
    district    TEXT,
    standing    TEXT NOT NULL,
    provisional INTEGER NOT NULL
) STRICT;
CREATE INDEX open_handlings_by_due
    ON open_handlings (due_at, unit, standing, district, provisional);
";

/// Measures that came later; the rows are taken anew from the orders when the data is opened next.
const REVIEWS_AND_ASSISTANCES: &str = "
ALTER TABLE assessment ADD COLUMN reviews_on_target INTEGER NOT NULL DEFAULT 0;
ALTER TABLE assessment ADD COLUMN reviews_beyond_target INTEGER NOT NULL DEFAULT 0;
ALTER TABLE assessment ADD COLUMN assistances_given INTEGER NOT NULL DEFAULT 0;
ALTER TABLE assessment ADD COLUMN assistances_missed INTEGER NOT NULL DEFAULT 0;
";

const STEPS: &[M<'static>] = &[
    M::up(FIRST),
    M::up(SECOND),
    M::up(THIRD),
    M::up(FOURTH),
    M::up(FIFTH),
    M::up(DOSSIERS),
    M::up(LISTS),
    M::up(ASSESSMENT),
    M::up(REVIEWS_AND_ASSISTANCES),
    M::up(OUTBOX),
    M::up(ROLLOUT),
    M::up(ALIKE),
    M::up(KNOWLEDGE),
];

/// The newest schema known here.
pub(crate) const KNOWN: i64 = 13;

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

    /// Timers and open orders of a database of the second step, seen from the newest.
    #[test]
    fn what_was_kept_under_an_older_schema_is_kept() {
        let mut connection = Connection::open_in_memory().unwrap();
        let steps = Migrations::from_slice(STEPS);
        steps.to_version(&mut connection, 2).unwrap();
        let old = "
            INSERT INTO orders (n, id, version, registered_at, stage, order_type, provisional,
                overdue, state)
            VALUES (1, 'a', 1, 0, 'in_handling', 'complaint', 0, 0, '{}'),
                (2, 'b', 1, 0, 'closed', 'complaint', 0, 0, '{}');
            INSERT INTO timers (order_n, deadline, moment, at)
            VALUES (1, 'handling', 'passed', 7), (1, 'handling', 'due_soon', 5);";
        connection.execute_batch(old).unwrap();
        steps.to_latest(&mut connection).unwrap();
        connection
            .execute_batch("INSERT INTO timers (order_n, deadline, moment, at) VALUES (1, 'handling', 'passed', 9)")
            .unwrap();
        let kept = "SELECT group_concat(at, ' ') FROM (SELECT at FROM timers ORDER BY at)";
        let open = "SELECT group_concat(id, ' ') FROM orders WHERE open = 1";
        for (query, expected) in [(kept, "5 7 9"), (open, "a")] {
            let found: String = connection.query_row(query, [], |row| row.get(0)).unwrap();
            assert_eq!(found, expected, "{query}");
        }
    }

    /// Messages about dossiers of the eighth step: they get numbers that no effect has, go nowhere, and
    /// those of orders stay as they were with their ways out.
    #[test]
    fn two_boxes_become_one() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection
            .pragma_update(None, "foreign_keys", true)
            .unwrap();
        let steps = Migrations::from_slice(STEPS);
        steps.to_version(&mut connection, 8).unwrap();
        let old = "
            INSERT INTO orders (n, id, version, registered_at, stage, order_type, provisional,
                overdue, state)
            VALUES (1, 'a', 1, 0, 'in_handling', 'complaint', 0, 0, '{}');
            INSERT INTO dossiers (n, id, version, kind, opened_at, stage, provisional, overdue, state)
            VALUES (1, 'D-1', 1, 'contact', 0, 'open', 0, 0, '{}');
            INSERT INTO effects (id, order_n, at, effect)
            VALUES (3, 1, 7, 'x'), (4, 1, 7, 'y'), (9, 1, 7, 'z');
            DELETE FROM effects WHERE id IN (3, 9);
            INSERT INTO messages (id, order_n, at, notification) VALUES (3, 1, 7, 'x');
            INSERT INTO deliveries (id, message_id, channel, state, next_at)
            VALUES (5, 3, 'sms', 'pending', 7);
            INSERT INTO dossier_messages (id, dossier_n, at, notification)
            VALUES (1, 1, 8, 'p'), (2, 1, 8, 'q');
            INSERT INTO timers (order_n, deadline, moment, at) VALUES (1, 'handling', 'passed', 7);";
        connection.execute_batch(old).unwrap();
        steps.to_latest(&mut connection).unwrap();
        connection
            .execute_batch(
                "INSERT INTO effects (dossier_n, at, effect) VALUES (1, 9, 'w');
                 INSERT INTO deliveries (message_id, channel, state) VALUES (3, 'mail', 'sent');",
            )
            .unwrap();
        for (query, expected) in [
            (
                "SELECT group_concat(id, ' ') FROM (SELECT id FROM messages ORDER BY id)",
                "3 10 11",
            ),
            (
                "SELECT group_concat(notification, '') FROM messages WHERE dossier_n = 1",
                "pq",
            ),
            (
                "SELECT group_concat(id || effect, ' ') FROM effects",
                "4y 12w",
            ),
            (
                "SELECT group_concat(id || channel || message_id, ' ')
                 FROM (SELECT * FROM deliveries ORDER BY id)",
                "5sms3 6mail3",
            ),
            (
                "SELECT group_concat(at || '-' || attempts, ' ') FROM timers",
                "7-0",
            ),
        ] {
            let found: String = connection.query_row(query, [], |row| row.get(0)).unwrap();
            assert_eq!(found, expected, "{query}");
        }
        // An effect is about one thing, and a way out belongs to a message.
        for refused in [
            "INSERT INTO effects (at, effect) VALUES (9, 'v')",
            "INSERT INTO effects (order_n, dossier_n, at, effect) VALUES (1, 1, 9, 'v')",
            "INSERT INTO deliveries (message_id, channel, state) VALUES (77, 'mail', 'sent')",
        ] {
            assert!(connection.execute(refused, []).is_err(), "{refused}");
        }
    }
}
