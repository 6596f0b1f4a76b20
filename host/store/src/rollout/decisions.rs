//! Decisions, read in the order of their instants, page by page.

use engine::ports::{CITY, DecisionCursor, DecisionFilter, StoredAdvice, StoredDecision, Subject};
use knowledge_base::point;
use lifecycle::advice::Advice;
use lifecycle::event::Event;
use lifecycle::ids::DistrictCode;
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};
use uuid::Uuid;

use crate::codec::{instant, ms, parse, signed, unsigned};
use crate::due::subject;
use crate::error::Fault;
use crate::read;

const COLUMNS: &str = "
    SELECT a.n, a.at, a.district, o.id, coalesce(e.seq, c.seq), coalesce(e.body, c.body), k.id";
const JOINED: &str = "
    LEFT JOIN events e ON a.subject <> 'knowledge' AND e.n = a.row_n
    LEFT JOIN orders o ON o.n = e.order_n
    LEFT JOIN knowledge_events c ON a.subject = 'knowledge' AND c.n = a.row_n
    LEFT JOIN knowledge k ON k.n = c.entry_n";

/// Conditions, and their values. All decisions at the last one's instant are looked at again, and of
/// them those after it are taken; so the index is entered in its middle.
fn conditions(
    filter: &DecisionFilter,
    after: Option<DecisionCursor>,
) -> Result<(String, Vec<Value>), Fault> {
    let mut conditions = vec!["a.decision IS NOT NULL"];
    let mut values: Vec<Value> = Vec::new();
    if let Some(since) = filter.since {
        conditions.push("a.at >= ?");
        values.push(ms(since).into());
    }
    if let Some(until) = filter.until {
        conditions.push("a.at < ?");
        values.push(ms(until).into());
    }
    if let Some(DecisionCursor { at_ms, link }) = after {
        conditions.push("a.at >= ? AND (a.at > ? OR a.n > ?)");
        values.extend([at_ms, at_ms, signed(link)?].map(Value::from));
    }
    if let Some(scope) = filter.scope.as_ref().filter(|scope| *scope != CITY) {
        conditions.push("a.district = ?");
        values.push(scope.clone().into());
    }
    if let Some(kind) = filter.kind {
        conditions.push("a.subject = ?");
        values.push(kind.name().to_owned().into());
    }
    Ok((conditions.join(" AND "), values))
}

/// A page, oldest first.
pub(super) fn page(
    connection: &Connection,
    filter: &DecisionFilter,
    after: Option<DecisionCursor>,
    limit: u32,
) -> Result<Vec<StoredDecision>, Fault> {
    let (conditions, mut values) = conditions(filter, after)?;
    values.push(Value::from(i64::from(limit)));
    let sql = format!(
        "{COLUMNS} FROM audit a INDEXED BY audit_by_instant {JOINED}
         WHERE {conditions} ORDER BY a.at, a.n LIMIT ?"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(decision(connection, row)?);
    }
    Ok(found)
}

/// How many there are.
pub(super) fn count(connection: &Connection, filter: &DecisionFilter) -> Result<u64, Fault> {
    let (conditions, values) = conditions(filter, None)?;
    let sql =
        format!("SELECT count(*) FROM audit a INDEXED BY audit_by_instant WHERE {conditions}");
    let mut statement = connection.prepare_cached(&sql)?;
    unsigned(statement.query_row(params_from_iter(values), |row| row.get(0))?)
}

/// The one of an identifier.
pub(super) fn one(connection: &Connection, id: Uuid) -> Result<Option<StoredDecision>, Fault> {
    let sql = format!("{COLUMNS} FROM audit a {JOINED} WHERE a.decision = ?1 ORDER BY a.n LIMIT 1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([id.as_bytes()])?;
    match rows.next()? {
        Some(row) => decision(connection, row).map(Some),
        None => Ok(None),
    }
}

fn decision(connection: &Connection, row: &Row<'_>) -> Result<StoredDecision, Fault> {
    let (link, at): (i64, i64) = (row.get(0)?, row.get(1)?);
    let district: Option<String> = row.get(2)?;
    let body: String = row.get(5)?;
    let subject = subject(row.get(3)?, None, row.get(6)?)?;
    let advice = match &subject {
        Subject::Order(_) => of_order(&body)?,
        Subject::Dossier(_) => None,
        Subject::Knowledge(_) => of_check(&body)?,
    };
    let advice = advice
        .ok_or_else(|| Fault::Broken(format!("link {link} binds an event that is no decision")))?;
    Ok(StoredDecision {
        subject,
        seq: unsigned(row.get(4)?)?,
        at: instant(at)?,
        district: district.map(DistrictCode::new),
        question: read::question(connection, advice.question())?,
        advice,
        cursor: DecisionCursor {
            at_ms: at,
            link: unsigned(link)?,
        },
    })
}

/// The advice in an event of an order's journal.
fn of_order(body: &str) -> Result<Option<StoredAdvice>, Fault> {
    let event: Event = parse(body)?;
    Ok(if let Event::RoutingAdvised { advice, .. } = event {
        Some(StoredAdvice::Routing(advice))
    } else if let Event::EscalationAdvised { advice } = event {
        Some(StoredAdvice::Escalation(advice))
    } else {
        None
    })
}

/// What was found about a knowledge point, in an event of its journal.
fn of_check(body: &str) -> Result<Option<StoredAdvice>, Fault> {
    let event: knowledge_base::Event = parse(body)?;
    let knowledge_base::Event::Point(point::Event::Checked {
        checks,
        asked: Some(asked),
        ..
    }) = event
    else {
        return Ok(None);
    };
    let (attempts, findings): (Vec<_>, Vec<_>) = checks
        .into_iter()
        .map(|it| (it.attempt, it.findings))
        .unzip();
    Ok(Some(StoredAdvice::Knowledge(Advice {
        decision: asked.decision,
        question: asked.question,
        attempts,
        verdict: Some(findings),
    })))
}
