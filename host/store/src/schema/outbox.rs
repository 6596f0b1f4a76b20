//! The step that makes one outbox and one message box of two, and lets what is due be put off.

/// What is due and cannot be carried out is put off, beside its timer or effect; deadlines that could not
/// be recomputed have rows of their own. Messages about dossiers stand in the one box and go out as all
/// others do: those that were there before get numbers after all effects, and stay in the box, because to
/// send them now would tell old news.
pub(super) const OUTBOX: &str = "
ALTER TABLE timers ADD COLUMN not_before INTEGER;
ALTER TABLE timers ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE timers ADD COLUMN problem TEXT;
DROP INDEX timers_by_instant;
CREATE INDEX timers_by_turn ON timers (coalesce(not_before, at));
CREATE INDEX timers_stuck ON timers (order_n) WHERE attempts > 0;

ALTER TABLE dossier_timers ADD COLUMN not_before INTEGER;
ALTER TABLE dossier_timers ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dossier_timers ADD COLUMN problem TEXT;
DROP INDEX dossier_timers_by_instant;
CREATE INDEX dossier_timers_by_turn ON dossier_timers (coalesce(not_before, at));
CREATE INDEX dossier_timers_stuck ON dossier_timers (dossier_n) WHERE attempts > 0;

CREATE TABLE recomputations (
    n          INTEGER PRIMARY KEY,
    order_n    INTEGER UNIQUE REFERENCES orders (n),
    dossier_n  INTEGER UNIQUE REFERENCES dossiers (n),
    since      INTEGER NOT NULL,
    not_before INTEGER,
    attempts   INTEGER NOT NULL,
    problem    TEXT,
    CHECK ((order_n IS NULL) <> (dossier_n IS NULL))
) STRICT;
CREATE INDEX recomputations_by_turn ON recomputations (coalesce(not_before, 0));

CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    order_n    INTEGER REFERENCES orders (n),
    dossier_n  INTEGER REFERENCES dossiers (n),
    at         INTEGER NOT NULL,
    effect     TEXT NOT NULL,
    not_before INTEGER,
    attempts   INTEGER NOT NULL DEFAULT 0,
    problem    TEXT,
    CHECK ((order_n IS NULL) <> (dossier_n IS NULL))
) STRICT;
INSERT INTO outbox (id, order_n, at, effect) SELECT id, order_n, at, effect FROM effects;
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
    at           INTEGER NOT NULL,
    notification TEXT NOT NULL,
    CHECK ((order_n IS NULL) <> (dossier_n IS NULL))
) STRICT;
INSERT INTO box (id, order_n, at, notification) SELECT id, order_n, at, notification FROM messages;
INSERT INTO box (id, dossier_n, at, notification)
    SELECT row_number() OVER (ORDER BY m.id) + s.seq, m.dossier_n, m.at, m.notification
    FROM dossier_messages m JOIN sqlite_sequence s ON s.name = 'effects';
UPDATE sqlite_sequence SET seq = max(seq, (SELECT coalesce(max(id), 0) FROM box))
    WHERE name = 'effects';
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
DROP TABLE dossier_messages;
ALTER TABLE box RENAME TO messages;
ALTER TABLE ways RENAME TO deliveries;
CREATE INDEX messages_by_order ON messages (order_n, id) WHERE order_n IS NOT NULL;
CREATE INDEX messages_by_dossier ON messages (dossier_n, id) WHERE dossier_n IS NOT NULL;
CREATE INDEX deliveries_due ON deliveries (next_at, id, channel) WHERE state = 'pending';
CREATE INDEX deliveries_by_state ON deliveries (state, id);
";
