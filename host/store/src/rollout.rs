//! Rule images, the rollout log and decisions.

mod decisions;

use std::sync::Arc;

use ::rollout::{Digest, Recorded};
use engine::ports::{
    AuditHead, AuditProgress, AuditReport, DecisionCursor, DecisionFilter, ImageFilter,
    ImageRecord, ListError, NewImage, Page, RolloutCommit, RolloutCommitError, RolloutStore,
    StoreError, StoredDecision,
};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, params, params_from_iter};
use uuid::Uuid;

use crate::SqliteStore;
use crate::audit::{self, RolloutRow, Unlinked};
use crate::codec::{compress_image, decompress_image, instant, json, ms, parse, signed, unsigned};
use crate::commit::digest_bytes;
use crate::error::Fault;
use crate::queue::Lane;
use crate::read;
use crate::writer::Refusal;

/// Where it stands what candidates did.
const CANDIDATE_COUNTS: &str = "candidate_counts";

impl Refusal for RolloutCommitError {
    fn wrote_nothing(&self) -> bool {
        match self {
            Self::Conflict { .. } => true,
            Self::Store(_) => false,
        }
    }
}

impl RolloutStore for SqliteStore {
    fn commit_rollout(&self, commit: RolloutCommit) -> Result<(), RolloutCommitError> {
        let operation = "keep the rollout log";
        let prepared = Prepared::new(commit).map_err(|fault| fault.during(operation))?;
        self.writer(operation)?
            .run(Lane::Command, operation, move |connection| {
                prepared.write(connection, operation)
            })
    }

    fn rollout_events(&self, after: u64, limit: u32) -> Result<Vec<Recorded>, StoreError> {
        self.read("read the rollout log", |connection| {
            events(connection, after, limit)
        })
    }

    fn image(&self, image: &Digest) -> Result<Option<ImageRecord>, StoreError> {
        self.read("read about an image", |connection| {
            let columns = image_columns(connection, image.as_str())?;
            let record = columns.map(|columns| serde_json::from_slice(&columns.record));
            Ok(record.transpose()?)
        })
    }

    fn image_bytes(&self, image: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        self.read("read an image", |connection| {
            if image_columns(connection, image.as_str())?.is_none() {
                return Ok(None);
            }
            blob(connection, image)
        })
    }

    fn component_bytes(&self, component: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        self.read("read a component", |connection| blob(connection, component))
    }

    fn candidate_counts(&self) -> Result<Option<String>, StoreError> {
        self.read("read what candidates did", |connection| {
            read::meta(connection, CANDIDATE_COUNTS)
        })
    }

    fn keep_candidate_counts(&self, counts: &str) -> Result<(), StoreError> {
        self.set_meta(
            "keep what candidates did",
            CANDIDATE_COUNTS.to_owned(),
            counts.to_owned(),
        )
    }

    fn images(
        &self,
        filter: &ImageFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<ImageRecord>, ListError> {
        let after = match after.map(str::parse::<i64>) {
            None => None,
            Some(Ok(after)) => Some(after),
            Some(Err(_)) => return Err(ListError::BadCursor),
        };
        Ok(self.read("list images", |connection| {
            images(connection, filter, after, limit)
        })?)
    }

    fn decisions(
        &self,
        filter: &DecisionFilter,
        after: Option<DecisionCursor>,
        limit: u32,
    ) -> Result<Vec<StoredDecision>, StoreError> {
        self.read("read decisions", |connection| {
            decisions::page(connection, filter, after, limit)
        })
    }

    fn count_decisions(&self, filter: &DecisionFilter) -> Result<u64, StoreError> {
        self.read("count decisions", |connection| {
            decisions::count(connection, filter)
        })
    }

    fn decision(&self, id: Uuid) -> Result<Option<StoredDecision>, StoreError> {
        self.read("read a decision", |connection| {
            decisions::one(connection, id)
        })
    }

    fn audit_head(&self) -> Result<Option<AuditHead>, StoreError> {
        self.read("read the audit chain", audit::head)
    }

    fn verify_audit(
        &self,
        noted: Option<&AuditHead>,
        progress: AuditProgress<'_>,
    ) -> Result<AuditReport, StoreError> {
        self.read("verify the audit chain", |connection| {
            audit::verify(connection, noted, progress)
        })
    }
}

/// A commit as it is written.
struct Prepared {
    expected_seq: u64,
    events: Vec<EventRow>,
    image: Option<ImageRow>,
}

struct EventRow {
    seq: i64,
    at: i64,
    actor: String,
    kind: &'static str,
    body: String,
    unlinked: Unlinked,
}

struct ImageRow {
    digest: [u8; 32],
    kind: &'static str,
    name: String,
    record: String,
    /// Image and component: digest, size, compressed.
    blobs: [([u8; 32], i64, Vec<u8>); 2],
}

impl Prepared {
    fn new(commit: RolloutCommit) -> Result<Self, Fault> {
        let RolloutCommit {
            expected_seq,
            events,
            image,
        } = commit;
        Ok(Self {
            expected_seq,
            events: events.iter().map(EventRow::new).collect::<Result<_, _>>()?,
            image: image.as_ref().map(ImageRow::new).transpose()?,
        })
    }

    fn write(
        &self,
        connection: &Connection,
        operation: &'static str,
    ) -> Result<(), RolloutCommitError> {
        let kept = |fault: Fault| RolloutCommitError::Store(fault.during(operation));
        let expected = self.expected_seq;
        let actual = last_seq(connection).map_err(kept)?;
        if actual != expected {
            return Err(RolloutCommitError::Conflict { expected, actual });
        }
        self.write_all(connection).map_err(kept)
    }

    fn write_all(&self, connection: &Connection) -> Result<(), Fault> {
        if let Some(image) = &self.image {
            image.write(connection)?;
        }
        for event in &self.events {
            connection
                .prepare_cached(
                    "INSERT INTO rollout_events (seq, at, actor, kind, body)
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![
                    event.seq,
                    event.at,
                    event.actor,
                    event.kind,
                    event.body
                ])?;
            audit::append(connection, &event.unlinked, event.seq)?;
        }
        Ok(())
    }
}

impl EventRow {
    fn new(recorded: &Recorded) -> Result<Self, Fault> {
        let (seq, at) = (signed(recorded.seq)?, ms(recorded.at));
        let (actor, kind) = (json(&recorded.by)?, recorded.event.name());
        let body = json(&recorded.event)?;
        let row = RolloutRow {
            seq,
            at,
            actor: actor.as_bytes(),
            kind: kind.as_bytes(),
            body: body.as_bytes(),
        };
        Ok(Self {
            unlinked: row.unlinked(),
            seq,
            at,
            actor,
            kind,
            body,
        })
    }
}

impl ImageRow {
    fn new(new: &NewImage) -> Result<Self, Fault> {
        let NewImage {
            record,
            image,
            component,
        } = new;
        let blob = |digest: &Digest, bytes: &Arc<[u8]>| {
            let size = i64::try_from(bytes.len())
                .map_err(|error| Fault::Broken(format!("an image's size: {error}")))?;
            Ok::<_, Fault>((digest_bytes(digest.as_str())?, size, compress_image(bytes)?))
        };
        Ok(Self {
            digest: digest_bytes(record.image.as_str())?,
            kind: record.description.kind.name(),
            name: record.description.name.clone(),
            record: json(record)?,
            blobs: [
                blob(&record.image, image)?,
                blob(&record.component, component)?,
            ],
        })
    }

    fn write(&self, connection: &Connection) -> Result<(), Fault> {
        for (digest, size, zstd) in &self.blobs {
            connection
                .prepare_cached(
                    "INSERT INTO blobs (digest, size, zstd) VALUES (?1, ?2, ?3)
                     ON CONFLICT DO NOTHING",
                )?
                .execute(params![digest, size, zstd])?;
        }
        connection
            .prepare_cached(
                "INSERT INTO images (digest, kind, name, record) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO NOTHING",
            )?
            .execute(params![self.digest, self.kind, self.name, self.record])?;
        Ok(())
    }
}

/// Position of the last event; 0 for an empty log.
fn last_seq(connection: &Connection) -> Result<u64, Fault> {
    let last: Option<i64> = connection
        .prepare_cached("SELECT max(seq) FROM rollout_events")?
        .query_row([], |row| row.get(0))?;
    unsigned(last.unwrap_or(0))
}

fn events(connection: &Connection, after: u64, limit: u32) -> Result<Vec<Recorded>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, at, actor, body FROM rollout_events WHERE seq > ?1 ORDER BY seq LIMIT ?2",
    )?;
    let mut rows = statement.query(params![signed(after)?, limit])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push(Recorded {
            seq: unsigned(row.get(0)?)?,
            at: instant(row.get(1)?)?,
            by: parse(&row.get::<_, String>(2)?)?,
            event: parse(&row.get::<_, String>(3)?)?,
        });
    }
    Ok(events)
}

/// What is kept about an image, as it is kept.
pub(crate) struct ImageColumns {
    pub(crate) kind: Vec<u8>,
    pub(crate) name: Vec<u8>,
    pub(crate) record: Vec<u8>,
}

/// The columns of an image by its digest in hex.
pub(crate) fn image_columns(
    connection: &Connection,
    image: &str,
) -> Result<Option<ImageColumns>, Fault> {
    let Ok(digest) = digest_bytes(image) else {
        return Ok(None);
    };
    let columns = |row: &Row<'_>| {
        let bytes = |column| Ok::<_, rusqlite::Error>(row.get_ref(column)?.as_bytes()?.to_vec());
        Ok(ImageColumns {
            kind: bytes(0)?,
            name: bytes(1)?,
            record: bytes(2)?,
        })
    };
    Ok(connection
        .prepare_cached("SELECT kind, name, record FROM images WHERE digest = ?1")?
        .query_row([digest], columns)
        .optional()?)
}

fn blob(connection: &Connection, digest: &Digest) -> Result<Option<Vec<u8>>, Fault> {
    let kept: Option<(i64, Vec<u8>)> = connection
        .prepare_cached("SELECT size, zstd FROM blobs WHERE digest = ?1")?
        .query_row([digest_bytes(digest.as_str())?], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    kept.map(|(size, zstd)| decompress_image(&zstd, size))
        .transpose()
}

/// A page of images, newest first.
fn images(
    connection: &Connection,
    filter: &ImageFilter,
    after: Option<i64>,
    limit: u32,
) -> Result<Page<ImageRecord>, Fault> {
    let mut conditions = vec!["n < ?"];
    let mut values = vec![Value::from(after.unwrap_or(i64::MAX))];
    let mut must = |condition, value: Option<String>| {
        if let Some(value) = value {
            conditions.push(condition);
            values.push(Value::from(value));
        }
    };
    must("kind = ?", filter.kind.map(|kind| kind.name().to_owned()));
    must("name = ?", filter.name.clone());
    // Digits only: nothing in them has a meaning to LIKE.
    let digits = |prefix: &String| prefix.chars().all(|it| it.is_ascii_hexdigit());
    let prefix = filter.digest_prefix.as_ref();
    must(
        "lower(hex(digest)) LIKE ?",
        prefix.map(|prefix| {
            let fits = digits(prefix);
            format!(
                "{}%",
                if fits {
                    prefix.to_ascii_lowercase()
                } else {
                    "-".to_owned()
                }
            )
        }),
    );
    let sql = format!(
        "SELECT n, record FROM images WHERE {} ORDER BY n DESC LIMIT ?",
        conditions.join(" AND ")
    );
    let limit = usize::try_from(limit.max(1)).unwrap_or(usize::MAX);
    values.push(Value::from(signed(
        u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1),
    )?));
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut found: Vec<(i64, ImageRecord)> = Vec::new();
    while let Some(row) = rows.next()? {
        found.push((row.get(0)?, parse(&row.get::<_, String>(1)?)?));
    }
    let more = found.len() > limit;
    found.truncate(limit);
    let last = found.last().map(|(n, _)| n.to_string());
    Ok(Page {
        items: found.into_iter().map(|(_, record)| record).collect(),
        next: last.filter(|_| more),
    })
}
