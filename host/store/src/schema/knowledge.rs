//! The knowledge base beside orders and dossiers, in the one outbox and the one message box.

/// Points, feedback, notices of changes and outages. Positions of the journal (`knowledge_events.n`)
/// count its events from 1 without gaps in the order of their commits, because one thread writes and
/// nothing is ever deleted. What the orders answered directly so far is taken from their journal.
pub(super) const KNOWLEDGE: &str = "
CREATE TABLE knowledge (
    n                 INTEGER PRIMARY KEY,
    id                TEXT NOT NULL UNIQUE,
    version           INTEGER NOT NULL,
    kind              TEXT NOT NULL,
    unit              TEXT NOT NULL,
    opened_at         INTEGER NOT NULL,
    stage             TEXT NOT NULL,
    draft_stage       TEXT,
    title             TEXT,
    point_kind        TEXT,
    published_version INTEGER,
    expires_at        INTEGER,
    due_at            INTEGER,
    provisional       INTEGER NOT NULL,
    overdue           INTEGER NOT NULL,
    longer            INTEGER NOT NULL,
    state             TEXT NOT NULL
) STRICT;
CREATE INDEX knowledge_by_opening ON knowledge (opened_at, id);
CREATE INDEX knowledge_by_unit ON knowledge (unit, opened_at, id);
CREATE INDEX knowledge_by_kind ON knowledge (kind, opened_at, id);
CREATE INDEX knowledge_expiring ON knowledge (expires_at, unit)
    WHERE stage IN ('published', 'expiring');
CREATE INDEX knowledge_open ON knowledge (id) WHERE due_at IS NOT NULL;

CREATE TABLE knowledge_events (
    n       INTEGER PRIMARY KEY,
    entry_n INTEGER NOT NULL REFERENCES knowledge (n),
    seq     INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    kind    TEXT NOT NULL,
    body    TEXT NOT NULL,
    UNIQUE (entry_n, seq)
) STRICT;
CREATE TRIGGER knowledge_events_are_never_changed BEFORE UPDATE ON knowledge_events
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER knowledge_events_are_never_deleted BEFORE DELETE ON knowledge_events
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TABLE knowledge_timers (
    entry_n    INTEGER NOT NULL REFERENCES knowledge (n),
    moment     TEXT NOT NULL,
    at         INTEGER NOT NULL,
    not_before INTEGER,
    attempts   INTEGER NOT NULL DEFAULT 0,
    problem    TEXT,
    PRIMARY KEY (entry_n, moment, at)
) STRICT, WITHOUT ROWID;
CREATE INDEX knowledge_timers_by_turn ON knowledge_timers (coalesce(not_before, at));
CREATE INDEX knowledge_timers_stuck ON knowledge_timers (entry_n) WHERE attempts > 0;

CREATE TABLE knowledge_parties (
    party   TEXT NOT NULL,
    entry_n INTEGER NOT NULL REFERENCES knowledge (n),
    PRIMARY KEY (party, entry_n)
) STRICT, WITHOUT ROWID;
CREATE TABLE knowledge_districts (
    district TEXT NOT NULL,
    entry_n  INTEGER NOT NULL REFERENCES knowledge (n),
    PRIMARY KEY (district, entry_n)
) STRICT, WITHOUT ROWID;
CREATE INDEX knowledge_districts_by_entry ON knowledge_districts (entry_n);

CREATE TABLE knowledge_keys (
    principal   TEXT NOT NULL,
    key         TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    entry_n     INTEGER NOT NULL REFERENCES knowledge (n),
    first_seq   INTEGER NOT NULL,
    last_seq    INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (principal, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX knowledge_keys_by_age ON knowledge_keys (at);

-- What counts of feedback, one row for each.
CREATE TABLE feedback (
    entry_n       INTEGER PRIMARY KEY REFERENCES knowledge (n),
    unit          TEXT NOT NULL,
    opened_at     INTEGER NOT NULL,
    emergency     INTEGER NOT NULL,
    on_time       INTEGER NOT NULL,
    late          INTEGER NOT NULL,
    nothing_to_do INTEGER NOT NULL,
    open          INTEGER NOT NULL,
    overdue_open  INTEGER NOT NULL,
    withdrawn     INTEGER NOT NULL
) STRICT;
CREATE INDEX feedback_by_opening ON feedback (opened_at);

-- Which orders were answered from which point.
CREATE TABLE direct_answers (
    n       INTEGER PRIMARY KEY,
    order_n INTEGER NOT NULL REFERENCES orders (n),
    point   TEXT NOT NULL,
    version INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    answer  TEXT NOT NULL
) STRICT;
CREATE INDEX direct_answers_by_point ON direct_answers (point, at);
INSERT INTO direct_answers (order_n, point, version, at, answer)
    SELECT order_n, body ->> '$.data.knowledge_point', body ->> '$.data.knowledge_version', at,
        body ->> '$.data.answer'
    FROM events WHERE kind = 'answered_directly' ORDER BY n;

-- What is due, told and sent may be about an entry too.
CREATE TABLE recomputations_of_all (
    n           INTEGER PRIMARY KEY,
    order_n     INTEGER UNIQUE REFERENCES orders (n),
    dossier_n   INTEGER UNIQUE REFERENCES dossiers (n),
    knowledge_n INTEGER UNIQUE REFERENCES knowledge (n),
    since       INTEGER NOT NULL,
    not_before  INTEGER,
    attempts    INTEGER NOT NULL,
    problem     TEXT,
    CHECK ((order_n IS NOT NULL) + (dossier_n IS NOT NULL) + (knowledge_n IS NOT NULL) = 1)
) STRICT;
INSERT INTO recomputations_of_all (n, order_n, dossier_n, since, not_before, attempts, problem)
    SELECT n, order_n, dossier_n, since, not_before, attempts, problem FROM recomputations;
DROP TABLE recomputations;
ALTER TABLE recomputations_of_all RENAME TO recomputations;
CREATE INDEX recomputations_by_turn ON recomputations (coalesce(not_before, 0));

CREATE TABLE outbox (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    order_n     INTEGER REFERENCES orders (n),
    dossier_n   INTEGER REFERENCES dossiers (n),
    knowledge_n INTEGER REFERENCES knowledge (n),
    at          INTEGER NOT NULL,
    effect      TEXT NOT NULL,
    not_before  INTEGER,
    attempts    INTEGER NOT NULL DEFAULT 0,
    problem     TEXT,
    CHECK ((order_n IS NOT NULL) + (dossier_n IS NOT NULL) + (knowledge_n IS NOT NULL) = 1)
) STRICT;
INSERT INTO outbox (id, order_n, dossier_n, at, effect, not_before, attempts, problem)
    SELECT id, order_n, dossier_n, at, effect, not_before, attempts, problem FROM effects;
-- Numbers go on where they were.
DELETE FROM sqlite_sequence WHERE name = 'outbox';
INSERT INTO sqlite_sequence (name, seq)
    SELECT 'outbox', coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'effects';
DROP TABLE effects;
ALTER TABLE outbox RENAME TO effects;
CREATE INDEX effects_by_turn ON effects (coalesce(not_before, 0));
CREATE INDEX effects_stuck ON effects (id) WHERE attempts > 0;

CREATE TABLE box (
    id           INTEGER PRIMARY KEY,
    order_n      INTEGER REFERENCES orders (n),
    dossier_n    INTEGER REFERENCES dossiers (n),
    knowledge_n  INTEGER REFERENCES knowledge (n),
    at           INTEGER NOT NULL,
    notification TEXT NOT NULL,
    CHECK ((order_n IS NOT NULL) + (dossier_n IS NOT NULL) + (knowledge_n IS NOT NULL) = 1)
) STRICT;
INSERT INTO box (id, order_n, dossier_n, at, notification)
    SELECT id, order_n, dossier_n, at, notification FROM messages;
CREATE TABLE ways (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id   INTEGER NOT NULL REFERENCES box (id),
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
INSERT INTO ways (id, message_id, channel, state, attempts, next_at, problem, sent_at, delivered_at,
    reference)
    SELECT id, message_id, channel, state, attempts, next_at, problem, sent_at, delivered_at,
        reference
    FROM deliveries;
DROP TABLE deliveries;
DROP TABLE messages;
ALTER TABLE box RENAME TO messages;
ALTER TABLE ways RENAME TO deliveries;
CREATE INDEX messages_by_order ON messages (order_n, id) WHERE order_n IS NOT NULL;
CREATE INDEX messages_by_dossier ON messages (dossier_n, id) WHERE dossier_n IS NOT NULL;
CREATE INDEX messages_by_knowledge ON messages (knowledge_n, id) WHERE knowledge_n IS NOT NULL;
CREATE INDEX deliveries_due ON deliveries (next_at, id, channel) WHERE state = 'pending';
CREATE INDEX deliveries_by_state ON deliveries (state, id);
";
