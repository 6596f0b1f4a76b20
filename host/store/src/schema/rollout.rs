//! Rule images, the rollout log, and the chain that binds it and every decision.

/// Decisions that were made before are linked when the data is opened next. Images and components are
/// compressed by zstd and kept once under their SHA-256.
pub(super) const ROLLOUT: &str = "
CREATE TABLE rollout_events (
    seq   INTEGER PRIMARY KEY,
    at    INTEGER NOT NULL,
    actor TEXT NOT NULL,
    kind  TEXT NOT NULL,
    body  TEXT NOT NULL
) STRICT;
CREATE TRIGGER rollout_events_are_never_changed BEFORE UPDATE ON rollout_events
BEGIN SELECT RAISE(ABORT, 'the rollout log is append-only'); END;
CREATE TRIGGER rollout_events_are_never_deleted BEFORE DELETE ON rollout_events
BEGIN SELECT RAISE(ABORT, 'the rollout log is append-only'); END;

CREATE TABLE images (
    n      INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    kind   TEXT NOT NULL,
    name   TEXT NOT NULL,
    record TEXT NOT NULL
) STRICT;
CREATE TRIGGER images_are_never_changed BEFORE UPDATE ON images
BEGIN SELECT RAISE(ABORT, 'images are immutable'); END;
CREATE TRIGGER images_are_never_deleted BEFORE DELETE ON images
BEGIN SELECT RAISE(ABORT, 'images are immutable'); END;

CREATE TABLE blobs (
    n      INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    size   INTEGER NOT NULL,
    zstd   BLOB NOT NULL
) STRICT;
CREATE TRIGGER blobs_are_never_changed BEFORE UPDATE ON blobs
BEGIN SELECT RAISE(ABORT, 'images are immutable'); END;
CREATE TRIGGER blobs_are_never_deleted BEFORE DELETE ON blobs
BEGIN SELECT RAISE(ABORT, 'images are immutable'); END;

-- The chain. `subject` is rollout, routing or escalation, and says what `row_n` counts: events of the
-- rollout log or of the journal. Instant, district and decision are there to be searched by.
CREATE TABLE audit (
    n        INTEGER PRIMARY KEY,
    subject  TEXT NOT NULL,
    row_n    INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    district TEXT,
    decision BLOB,
    link     BLOB NOT NULL
) STRICT;
CREATE INDEX audit_by_decision ON audit (decision) WHERE decision IS NOT NULL;
CREATE INDEX audit_by_instant ON audit (at) WHERE decision IS NOT NULL;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit chain is append-only'); END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit chain is append-only'); END;
";
