//! The audit chain: one link for each event of the rollout log and each decision, in the order of their
//! commits. A link is SHA-256 over the one before, its own position, and the digest of its row:
//!
//! ```text
//! row  = SHA-256(name of the format, field, field, ...)    each with its length before it
//! link = SHA-256(link before, position, row)               the first one follows 32 zero bytes
//! ```
//!
//! The row's digest is computed in the caller's thread, so that the one that writes has one small hash
//! to do and one row to insert.

mod verify;

use engine::ports::AuditHead;
use lifecycle::event::Event;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::codec::{parse, unsigned};
use crate::error::Fault;
use crate::read;

pub(crate) use verify::verify;

/// What the first link follows.
const NOTHING: [u8; 32] = [0; 32];
/// Says that the decisions of older data are linked.
const LINKED: &str = "audit_linked";
/// Name of the event that keeps what plugins found about a knowledge point.
pub(crate) const CHECKED: &str = "checked";
/// So many decisions of older data are linked in one transaction.
const LINKED_TOGETHER: u32 = 10_000;

/// What a link binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    Rollout,
    Routing,
    Escalation,
    Knowledge,
}

impl Subject {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Rollout => "rollout",
            Self::Routing => "routing",
            Self::Escalation => "escalation",
            Self::Knowledge => "knowledge",
        }
    }

    fn named(name: &str) -> Option<Self> {
        let all = [
            Self::Rollout,
            Self::Routing,
            Self::Escalation,
            Self::Knowledge,
        ];
        all.into_iter().find(|it| it.name() == name)
    }

    /// The subject of an event of the journal, if it is a decision.
    fn of_event(kind: &str) -> Option<Self> {
        match kind {
            "routing_advised" => Some(Self::Routing),
            "escalation_advised" => Some(Self::Escalation),
            CHECKED => Some(Self::Knowledge),
            _ => None,
        }
    }
}

/// A row that has no link yet.
#[derive(Debug, Clone)]
pub(crate) struct Unlinked {
    subject: Subject,
    at: i64,
    district: Option<String>,
    decision: Option<Uuid>,
    row: [u8; 32],
}

impl Unlinked {
    /// The row of an event, if it is a decision.
    pub(crate) fn of_decision<'a>(
        event: &Event,
        row: impl FnOnce() -> DecisionRow<'a>,
    ) -> Option<Self> {
        let (subject, decision) = if let Event::RoutingAdvised { advice, .. } = event {
            (Subject::Routing, advice.decision)
        } else if let Event::EscalationAdvised { advice } = event {
            (Subject::Escalation, advice.decision)
        } else {
            return None;
        };
        Some(row().unlinked(subject, decision))
    }
}

impl Unlinked {
    /// The row of an event of a knowledge point, if it is a decision.
    pub(crate) fn of_check<'a>(
        event: &knowledge_base::Event,
        row: impl FnOnce() -> DecisionRow<'a>,
    ) -> Option<Self> {
        use knowledge_base::point;
        let knowledge_base::Event::Point(point::Event::Checked {
            asked: Some(asked), ..
        }) = event
        else {
            return None;
        };
        Some(row().unlinked(Subject::Knowledge, asked.decision))
    }
}

/// The columns of an event of a journal that its row's digest is over.
pub(crate) struct DecisionRow<'a> {
    /// Number of the order, or of the entry of the knowledge base.
    pub(crate) order: &'a [u8],
    pub(crate) seq: i64,
    pub(crate) at: i64,
    pub(crate) actor: &'a [u8],
    pub(crate) kind: &'a [u8],
    pub(crate) body: &'a [u8],
    pub(crate) district: Option<&'a [u8]>,
}

impl DecisionRow<'_> {
    fn unlinked(&self, subject: Subject, decision: Uuid) -> Unlinked {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Unlinked {
            subject,
            at: self.at,
            district: self.district.map(text),
            decision: Some(decision),
            row: self.digest(),
        }
    }

    fn digest(&self) -> [u8; 32] {
        let (known, district): (&[u8], &[u8]) = match self.district {
            Some(district) => (b"1", district),
            None => (b"0", b""),
        };
        digest(&[
            b"kapok decision 1",
            self.order,
            &self.seq.to_be_bytes(),
            &self.at.to_be_bytes(),
            self.actor,
            self.kind,
            self.body,
            known,
            district,
        ])
    }
}

/// The columns of an event of the rollout log.
pub(crate) struct RolloutRow<'a> {
    pub(crate) seq: i64,
    pub(crate) at: i64,
    pub(crate) actor: &'a [u8],
    pub(crate) kind: &'a [u8],
    pub(crate) body: &'a [u8],
}

impl RolloutRow<'_> {
    fn digest(&self) -> [u8; 32] {
        digest(&[
            b"kapok rollout 1",
            &self.seq.to_be_bytes(),
            &self.at.to_be_bytes(),
            self.actor,
            self.kind,
            self.body,
        ])
    }

    pub(crate) fn unlinked(&self) -> Unlinked {
        Unlinked {
            subject: Subject::Rollout,
            at: self.at,
            district: None,
            decision: None,
            row: self.digest(),
        }
    }
}

/// SHA-256 over fields, each with its length before it.
fn digest(fields: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for field in fields {
        hash.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(field);
    }
    hash.finalize().into()
}

fn link(before: &[u8], n: i64, row: &[u8; 32]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(n.to_be_bytes());
    hash.update(row);
    hash.finalize().into()
}

/// Appends a link, in the transaction that wrote its row.
pub(crate) fn append(
    connection: &Connection,
    unlinked: &Unlinked,
    row_n: i64,
) -> Result<(), Fault> {
    let last = connection
        .prepare_cached("SELECT n, link FROM audit ORDER BY n DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (last, before): (i64, [u8; 32]) = last.unwrap_or((0, NOTHING));
    let n = last.saturating_add(1);
    connection
        .prepare_cached(
            "INSERT INTO audit (n, subject, row_n, at, district, decision, link)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            n,
            unlinked.subject.name(),
            row_n,
            unlinked.at,
            unlinked.district,
            unlinked.decision.as_ref().map(Uuid::as_bytes),
            link(&before, n, &unlinked.row),
        ])?;
    Ok(())
}

/// The end of the chain.
pub(crate) fn head(connection: &Connection) -> Result<Option<AuditHead>, Fault> {
    let last: Option<(i64, Vec<u8>)> = connection
        .prepare_cached("SELECT n, link FROM audit ORDER BY n DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    last.map(|(n, link)| audit_head(n, &link)).transpose()
}

fn audit_head(n: i64, link: &[u8]) -> Result<AuditHead, Fault> {
    let digest = hex::encode(link)
        .parse()
        .map_err(|error| Fault::Broken(format!("link {n} of the audit chain: {error}")))?;
    Ok(AuditHead {
        link: unsigned(n)?,
        digest,
    })
}

/// What a decision's body is searched for.
#[derive(Deserialize)]
struct Body {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    /// Of an order's decision.
    advice: Option<Named>,
    /// Of a knowledge point's.
    asked: Option<Named>,
}

impl Body {
    fn named(self) -> Option<Named> {
        self.data.advice.or(self.data.asked)
    }
}

#[derive(Deserialize)]
struct Named {
    decision: Uuid,
    question: String,
}

/// Links the decisions of data from before there was a chain, once, in the order of their commits and
/// in transactions of bounded size. Cut short, it goes on where it was: nobody writes meanwhile.
pub(crate) fn fill(connection: &mut Connection) -> Result<(), Fault> {
    if read::meta(connection, LINKED)?.is_some() {
        return Ok(());
    }
    let mut after: i64 = connection.query_row(
        "SELECT coalesce(max(row_n), 0) FROM audit WHERE subject IN ('routing', 'escalation')",
        [],
        |row| row.get(0),
    )?;
    loop {
        let transaction = connection.transaction()?;
        let rows = unlinked_after(&transaction, after)?;
        let Some((last, _)) = rows.last() else {
            transaction.execute("INSERT INTO meta (key, value) VALUES (?1, 'yes')", [LINKED])?;
            transaction.commit()?;
            return Ok(());
        };
        after = *last;
        for (n, unlinked) in &rows {
            append(&transaction, unlinked, *n)?;
        }
        transaction.commit()?;
        tracing::info!(until = after, "linking decisions into the audit chain");
    }
}

fn unlinked_after(connection: &Connection, after: i64) -> Result<Vec<(i64, Unlinked)>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT e.n, o.id, e.seq, e.at, e.actor, e.kind, e.body, o.district
         FROM events e JOIN orders o ON o.n = e.order_n
         WHERE e.n > ?1 AND e.kind IN ('routing_advised', 'escalation_advised')
         ORDER BY e.n LIMIT ?2",
    )?;
    let mut rows = statement.query(params![after, LINKED_TOGETHER])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (order, actor, kind, body): (String, String, String, String) =
            (row.get(1)?, row.get(4)?, row.get(5)?, row.get(6)?);
        let district: Option<String> = row.get(7)?;
        let columns = DecisionRow {
            order: order.as_bytes(),
            seq: row.get(2)?,
            at: row.get(3)?,
            actor: actor.as_bytes(),
            kind: kind.as_bytes(),
            body: body.as_bytes(),
            district: district.as_deref().map(str::as_bytes),
        };
        let Some(subject) = Subject::of_event(&kind) else {
            continue;
        };
        let Some(named) = parse::<Body>(&body)?.named() else {
            continue;
        };
        let unlinked = columns.unlinked(subject, named.decision);
        found.push((row.get(0)?, unlinked));
    }
    Ok(found)
}
