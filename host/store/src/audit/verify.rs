//! Walking the chain. Columns are read as bytes, so that a flipped bit is found wherever it is, also
//! where it makes a text no text. A fault is held back for one link: the next one tells whether a row
//! was changed or its link.

use engine::ports::{AuditFault, AuditHead, AuditPlace, AuditProgress, AuditReport};
use rollout::{Event, PushedImage};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension as _, Row};
use sha2::{Digest as _, Sha256};

use super::{Body, DecisionRow, NOTHING, RolloutRow, Subject, audit_head, link};
use crate::codec::{decompress, decompress_image, signed};
use crate::error::Fault;
use crate::rollout::image_columns;

/// A decision of an order's journal.
const OF_ORDER: &str = "SELECT o.id, e.seq, e.at, e.actor, e.kind, e.body
    FROM events e LEFT JOIN orders o ON o.n = e.order_n WHERE e.n = ?1";
/// A decision of the knowledge base's journal.
const OF_ENTRY: &str = "SELECT k.id, e.seq, e.at, e.actor, e.kind, e.body
    FROM knowledge_events e LEFT JOIN knowledge k ON k.n = e.entry_n WHERE e.n = ?1";
/// Decisions that no link binds.
const UNLINKED: [&str; 2] = [
    "SELECT e.n, o.id, e.seq FROM events e LEFT JOIN orders o ON o.n = e.order_n
     WHERE e.kind IN ('routing_advised', 'escalation_advised')
         AND e.n NOT IN (SELECT row_n FROM audit WHERE subject IN ('routing', 'escalation'))",
    "SELECT e.n, k.id, e.seq FROM knowledge_events e LEFT JOIN knowledge k ON k.n = e.entry_n
     WHERE e.kind = 'checked'
         AND e.n NOT IN (SELECT row_n FROM audit WHERE subject = 'knowledge')",
];
/// So many faults are told.
const FAULTS_MAX: usize = 100;
/// How often progress is told.
const TOLD_EVERY: u64 = 1000;

/// Recomputes everything.
pub(crate) fn verify(
    connection: &Connection,
    noted: Option<&AuditHead>,
    progress: AuditProgress<'_>,
) -> Result<AuditReport, Fault> {
    // One snapshot, whatever is written meanwhile.
    let snapshot = connection.unchecked_transaction()?;
    let mut walk = Walk {
        connection: &snapshot,
        report: AuditReport::default(),
        before: NOTHING.to_vec(),
        held: None,
    };
    walk.links(progress)?;
    walk.unlinked()?;
    walk.noted(noted)?;
    walk.questions()?;
    walk.images()?;
    Ok(walk.report)
}

struct Walk<'a> {
    connection: &'a Connection,
    report: AuditReport,
    /// The link before, as it is kept.
    before: Vec<u8>,
    /// What does not fit, until the next link tells which of the two it is.
    held: Option<Held>,
}

/// A row that does not fit its link.
struct Held {
    n: i64,
    /// What the link would be if the row were right.
    computed: [u8; 32],
    place: AuditPlace,
}

/// A row of the chain.
struct Link {
    n: i64,
    subject: Vec<u8>,
    row_n: i64,
    at: i64,
    district: Option<Vec<u8>>,
    decision: Option<Vec<u8>>,
    link: Vec<u8>,
}

impl Link {
    fn read(row: &Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            n: row.get(0)?,
            subject: bytes(row, 1)?,
            row_n: row.get(2)?,
            at: row.get(3)?,
            district: bytes_or_null(row, 4)?,
            decision: bytes_or_null(row, 5)?,
            link: bytes(row, 6)?,
        })
    }
}

/// The row that a link binds.
struct Bound {
    place: AuditPlace,
    digest: [u8; 32],
    /// What the columns of the link should say and do not.
    problems: Vec<&'static str>,
}

impl Walk<'_> {
    fn links(&mut self, progress: AuditProgress<'_>) -> Result<(), Fault> {
        let total: i64 = self
            .connection
            .query_row("SELECT count(*) FROM audit", [], |row| row.get(0))?;
        let total = u64::try_from(total).unwrap_or(0);
        let connection = self.connection;
        let mut statement = connection.prepare(
            "SELECT n, subject, row_n, at, district, decision, link FROM audit ORDER BY n",
        )?;
        let mut rows = statement.query([])?;
        let mut last = None;
        let mut expected = 1;
        while let Some(row) = rows.next()? {
            let found = Link::read(row)?;
            if found.n != expected {
                let problem = format!(
                    "{} links are missing before link {}",
                    found.n - expected,
                    found.n
                );
                self.fault(place_of_link(expected), problem);
            }
            expected = found.n.saturating_add(1);
            self.one(&found)?;
            self.report.links = self.report.links.saturating_add(1);
            if self.report.links.is_multiple_of(TOLD_EVERY) {
                progress(self.report.links, total);
            }
            last = Some((found.n, found.link));
        }
        progress(self.report.links, total);
        if let Some(held) = self.held.take() {
            let problem = format!("it was changed, or link {} was", held.n);
            self.fault(held.place, problem);
        }
        // What is no digest any more was told as a fault.
        self.report.head = last.and_then(|(n, link)| audit_head(n, &link).ok());
        Ok(())
    }

    /// Holds one link against the one before and its row.
    fn one(&mut self, found: &Link) -> Result<(), Fault> {
        let bound = match subject(found) {
            Some(Subject::Rollout) => self.rollout_row(found)?,
            Some(Subject::Routing | Subject::Escalation) => self.decision_row(found, OF_ORDER)?,
            Some(Subject::Knowledge) => self.decision_row(found, OF_ENTRY)?,
            None => {
                self.fault(place_of_link(found.n), "it binds nothing known".to_owned());
                None
            }
        };
        let Some(bound) = bound else {
            self.settle(None);
            self.before.clone_from(&found.link);
            return Ok(());
        };
        let computed = link(&self.before, found.n, &bound.digest);
        if computed[..] == found.link[..] {
            self.settle(None);
            for problem in bound.problems {
                self.fault(place_of_link(found.n), problem.to_owned());
            }
        } else if self.held_link_was_changed(found, &bound) {
            self.settle(Some(found.n));
        } else {
            self.settle(None);
            self.held = Some(Held {
                n: found.n,
                computed,
                place: bound.place,
            });
        }
        self.before.clone_from(&found.link);
        Ok(())
    }

    /// Whether this link follows what the one before should have been.
    fn held_link_was_changed(&self, found: &Link, bound: &Bound) -> bool {
        let held = self.held.as_ref();
        held.is_some_and(|held| link(&held.computed, found.n, &bound.digest)[..] == found.link[..])
    }

    /// Tells what was held back: that a link was changed, if this one follows what it should have been;
    /// else that its row was.
    fn settle(&mut self, link_was_changed: Option<i64>) {
        let Some(held) = self.held.take() else {
            return;
        };
        if link_was_changed.is_some() {
            self.fault(place_of_link(held.n), "the link was changed".to_owned());
        } else {
            let problem = format!("it was changed: link {} is not its own", held.n);
            self.fault(held.place, problem);
        }
    }

    fn decision_row(&mut self, found: &Link, sql: &str) -> Result<Option<Bound>, Fault> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([found.row_n])?;
        let Some(row) = rows.next()? else {
            let place = decision_place(None, None, found.row_n, Some(found.n));
            self.fault(place, "the decision is missing from the journal".to_owned());
            return Ok(None);
        };
        let order = bytes_or_null(row, 0)?.unwrap_or_default();
        let (seq, at): (i64, i64) = (row.get(1)?, row.get(2)?);
        let (actor, kind, body) = (bytes(row, 3)?, bytes(row, 4)?, bytes(row, 5)?);
        let columns = DecisionRow {
            order: &order,
            seq,
            at,
            actor: &actor,
            kind: &kind,
            body: &body,
            district: found.district.as_deref(),
        };
        let number = String::from_utf8_lossy(&order).into_owned();
        let place = decision_place(Some(number), Some(seq), found.row_n, Some(found.n));
        let digest = columns.digest();
        let mut problems = Vec::new();
        if at != found.at {
            problems.push("its instant is not the decision's");
        }
        if std::str::from_utf8(&kind).ok().and_then(Subject::of_event) != subject(found) {
            problems.push("its subject is not the decision's");
        }
        self.report.decisions = self.report.decisions.saturating_add(1);
        // A body that is no JSON any more does not fit its link either.
        let body = serde_json::from_slice::<Body>(&body).ok();
        if let Some(named) = body.and_then(Body::named) {
            if found.decision.as_deref() != Some(named.decision.as_bytes()) {
                problems.push("its decision is not the one in the journal");
            }
            if !self.is_kept(&named.question)? {
                let problem = "the question that was asked is missing".to_owned();
                self.fault(place.clone(), problem);
            }
        }
        Ok(Some(Bound {
            place,
            digest,
            problems,
        }))
    }

    /// Whether a question is there; its digest is recomputed by itself.
    fn is_kept(&self, question: &str) -> Result<bool, Fault> {
        let Ok(digest) = hex::decode(question) else {
            return Ok(false);
        };
        let mut statement = self
            .connection
            .prepare_cached("SELECT 1 FROM questions WHERE digest = ?1")?;
        Ok(statement.exists([digest])?)
    }

    fn rollout_row(&mut self, found: &Link) -> Result<Option<Bound>, Fault> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT at, actor, kind, body FROM rollout_events WHERE seq = ?1")?;
        let mut rows = statement.query([found.row_n])?;
        let place = AuditPlace::Rollout {
            seq: found.row_n,
            link: unsigned(found.n),
        };
        let Some(row) = rows.next()? else {
            self.fault(
                place,
                "the event is missing from the rollout log".to_owned(),
            );
            return Ok(None);
        };
        let at: i64 = row.get(0)?;
        let digest = RolloutRow {
            seq: found.row_n,
            at,
            actor: &bytes(row, 1)?,
            kind: &bytes(row, 2)?,
            body: &bytes(row, 3)?,
        }
        .digest();
        let mut problems = Vec::new();
        if at != found.at {
            problems.push("its instant is not the event's");
        }
        if found.district.is_some() || found.decision.is_some() {
            problems.push("it names a decision and binds none");
        }
        self.report.rollout_events = self.report.rollout_events.saturating_add(1);
        Ok(Some(Bound {
            place,
            digest,
            problems,
        }))
    }

    /// Rows that no link binds: somebody slipped them in.
    fn unlinked(&mut self) -> Result<(), Fault> {
        let connection = self.connection;
        for sql in UNLINKED {
            let mut statement = connection.prepare(sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let order = bytes_or_null(row, 1)?;
                let order = order.map(|order| String::from_utf8_lossy(&order).into_owned());
                let place = decision_place(order, Some(row.get(2)?), row.get(0)?, None);
                self.fault(place, "no link binds the decision".to_owned());
            }
        }
        let mut statement = connection.prepare(
            "SELECT seq FROM rollout_events
             WHERE seq NOT IN (SELECT row_n FROM audit WHERE subject = 'rollout')",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let place = AuditPlace::Rollout {
                seq: row.get(0)?,
                link: None,
            };
            self.fault(place, "no link binds the event".to_owned());
        }
        Ok(())
    }

    /// Holds the chain against an end of it that was noted elsewhere.
    fn noted(&mut self, noted: Option<&AuditHead>) -> Result<(), Fault> {
        let Some(noted) = noted else {
            return Ok(());
        };
        let place = AuditPlace::NotedHead { link: noted.link };
        let kept: Option<Vec<u8>> = self
            .connection
            .prepare_cached("SELECT link FROM audit WHERE n = ?1")?
            .query_row([signed(noted.link)?], |row| row.get(0))
            .optional()?;
        match kept {
            None => self.fault(place, "the chain was cut off before it".to_owned()),
            Some(kept) if hex::encode(&kept) != noted.digest.as_str() => {
                self.fault(
                    place,
                    "the chain was written anew: it has another link here".to_owned(),
                );
            }
            Some(_) => {}
        }
        Ok(())
    }

    fn questions(&mut self) -> Result<(), Fault> {
        let connection = self.connection;
        let mut statement = connection.prepare("SELECT digest, zstd FROM questions ORDER BY n")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (digest, zstd) = (bytes(row, 0)?, bytes(row, 1)?);
            let fits = decompress(&zstd).is_ok_and(|text| Sha256::digest(text)[..] == digest[..]);
            if !fits {
                let question = hex::encode(digest);
                let problem = "the text is not the one of this digest".to_owned();
                self.fault(AuditPlace::Question { question }, problem);
            }
            self.report.questions = self.report.questions.saturating_add(1);
        }
        Ok(())
    }

    /// Every image that was pushed is there, with everything that was pushed with it.
    fn images(&mut self) -> Result<(), Fault> {
        let connection = self.connection;
        let mut statement = connection.prepare("SELECT body FROM rollout_events ORDER BY seq")?;
        let mut rows = statement.query([])?;
        let mut pushed = 0;
        while let Some(row) = rows.next()? {
            // An event that does not read any more does not fit its link either.
            let Ok(Event::Pushed(image)) = serde_json::from_slice(&bytes(row, 0)?) else {
                continue;
            };
            pushed += 1;
            for problem in self.problems_of(&image)? {
                let image = image.rule.image.clone();
                self.fault(AuditPlace::Image { image }, problem);
            }
            self.report.images = self.report.images.saturating_add(1);
        }
        let kept: i64 =
            connection.query_row("SELECT count(*) FROM images", [], |row| row.get(0))?;
        if kept > pushed {
            let image = format!("{} more than were pushed", kept - pushed);
            let problem = "images that nobody pushed".to_owned();
            self.fault(AuditPlace::Image { image }, problem);
        }
        Ok(())
    }

    fn problems_of(&self, pushed: &PushedImage) -> Result<Vec<String>, Fault> {
        let rule = &pushed.rule;
        let mut problems = Vec::new();
        for (what, digest) in [("image", &rule.image), ("component", &rule.component)] {
            let kept: Option<(i64, Vec<u8>)> = self
                .connection
                .prepare_cached("SELECT size, zstd FROM blobs WHERE digest = ?1")?
                .query_row([hex::decode(digest).unwrap_or_default()], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()?;
            let Some((size, zstd)) = kept else {
                problems.push(format!("the {what} {digest} is missing"));
                continue;
            };
            let whole = decompress_image(&zstd, size)
                .is_ok_and(|bytes| hex::encode(Sha256::digest(bytes)) == *digest);
            if !whole {
                problems.push(format!("the {what} is not the one of its digest {digest}"));
            }
        }
        let Some(columns) = image_columns(self.connection, &rule.image)? else {
            problems.push("what was kept about it is missing".to_owned());
            return Ok(problems);
        };
        if hex::encode(Sha256::digest(&columns.record)) != pushed.record.as_str() {
            problems.push("what was kept about it was changed".to_owned());
        }
        let name = rule.name.split(' ').next().unwrap_or_default();
        if columns.kind != pushed.kind.name().as_bytes() || columns.name != name.as_bytes() {
            problems.push("it is listed under another kind or name".to_owned());
        }
        Ok(problems)
    }

    fn fault(&mut self, place: AuditPlace, problem: String) {
        self.report.fault_count = self.report.fault_count.saturating_add(1);
        if self.report.faults.len() < FAULTS_MAX {
            self.report.faults.push(AuditFault { place, problem });
        }
    }
}

fn subject(found: &Link) -> Option<Subject> {
    let name = std::str::from_utf8(&found.subject).ok()?;
    Subject::named(name)
}

fn unsigned(n: i64) -> Option<u64> {
    u64::try_from(n).ok()
}

fn place_of_link(n: i64) -> AuditPlace {
    AuditPlace::Link {
        link: unsigned(n).unwrap_or(0),
    }
}

fn decision_place(
    order: Option<String>,
    seq: Option<i64>,
    row: i64,
    link: Option<i64>,
) -> AuditPlace {
    AuditPlace::Decision {
        order,
        seq,
        row,
        link: link.and_then(unsigned),
    }
}

/// A column as it is kept.
fn bytes(row: &Row<'_>, column: usize) -> Result<Vec<u8>, Fault> {
    Ok(bytes_or_null(row, column)?.unwrap_or_default())
}

fn bytes_or_null(row: &Row<'_>, column: usize) -> Result<Option<Vec<u8>>, Fault> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null => None,
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(bytes.to_vec()),
        ValueRef::Integer(number) => Some(number.to_string().into_bytes()),
        ValueRef::Real(number) => Some(number.to_string().into_bytes()),
    })
}
