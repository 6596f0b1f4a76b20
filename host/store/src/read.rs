//! Reading single things.

use chrono::{DateTime, Utc};
use engine::ports::{DueTimer, Message, PendingEffect, PersonalData, Subject};
use lifecycle::Alike;
use lifecycle::event::Recorded;
use lifecycle::ids::{DistrictCode, OrderId, RequesterId, TextId};
use lifecycle::order::WorkOrder;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::codec::{decompress, instant, ms, named, parse, signed, unsigned};
use crate::commit::digest_bytes;
use crate::due::subject;
use crate::error::Fault;

/// Timers whose turn has come: by their own instant, or by the one until when they were put off.
pub(crate) const DUE_TIMERS: &str = "
    SELECT o.id, t.at, t.deadline, t.moment, t.attempts
    FROM timers t INDEXED BY timers_by_turn JOIN orders o ON o.n = t.order_n
    WHERE coalesce(t.not_before, t.at) < ?1
    ORDER BY coalesce(t.not_before, t.at), t.order_n, t.deadline, t.moment LIMIT ?2";
/// The next timer's turn.
pub(crate) const NEXT_TIMER: &str =
    "SELECT coalesce(not_before, at) FROM timers ORDER BY coalesce(not_before, at) LIMIT 1";
/// Effects whose turn has come: at once, or after the instant until when they were put off.
pub(crate) const PENDING_EFFECTS: &str = "
    SELECT e.id, o.id, d.id, e.at, e.effect, e.attempts, k.id
    FROM effects e INDEXED BY effects_by_turn
        LEFT JOIN orders o ON o.n = e.order_n LEFT JOIN dossiers d ON d.n = e.dossier_n
        LEFT JOIN knowledge k ON k.n = e.knowledge_n
    WHERE coalesce(e.not_before, 0) <= ?1 ORDER BY coalesce(e.not_before, 0), e.id LIMIT ?2";

/// The order as it stands.
pub(crate) fn order(connection: &Connection, id: &OrderId) -> Result<Option<WorkOrder>, Fault> {
    let mut statement =
        connection.prepare_cached("SELECT version, state FROM orders WHERE id = ?1")?;
    let mut rows = statement.query([id.as_str()])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let version: i64 = row.get(0)?;
    let order: WorkOrder = parse(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?)?;
    if signed(order.version)? != version {
        let problem = format!(
            "order {id}: state of version {}, line of {version}",
            order.version
        );
        return Err(Fault::Broken(problem));
    }
    Ok(Some(order))
}

/// The order's events, oldest first.
pub(crate) fn history(connection: &Connection, id: &OrderId) -> Result<Vec<Recorded>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT e.seq, e.at, e.actor, e.body FROM events e JOIN orders o ON o.n = e.order_n
         WHERE o.id = ?1 ORDER BY e.seq",
    )?;
    let mut rows = statement.query([id.as_str()])?;
    let mut history = Vec::new();
    while let Some(row) = rows.next()? {
        history.push(Recorded {
            seq: unsigned(row.get(0)?)?,
            at: instant(row.get(1)?)?,
            by: parse(&row.get::<_, String>(2)?)?,
            event: parse(&row.get::<_, String>(3)?)?,
        });
    }
    Ok(history)
}

/// Texts by reference.
pub(crate) fn texts(
    connection: &Connection,
    ids: &[TextId],
) -> Result<Vec<(TextId, String)>, Fault> {
    let mut statement = connection.prepare_cached("SELECT text FROM texts WHERE id = ?1")?;
    let mut texts = Vec::with_capacity(ids.len());
    for id in ids {
        let text = statement
            .query_row([id.0.as_bytes()], |row| row.get(0))
            .optional()?;
        texts.extend(text.map(|text| (*id, text)));
    }
    Ok(texts)
}

/// A requester's personal data.
pub(crate) fn personal_data(
    connection: &Connection,
    requester: RequesterId,
) -> Result<Option<PersonalData>, Fault> {
    let data: Option<String> = connection
        .prepare_cached("SELECT data FROM requesters WHERE id = ?1")?
        .query_row([requester.0.as_bytes()], |row| row.get(0))
        .optional()?;
    data.map(|data| parse(&data)).transpose()
}

/// A question by its digest.
pub(crate) fn question(connection: &Connection, digest: &str) -> Result<Option<Vec<u8>>, Fault> {
    // What is no digest is no question's digest.
    let Ok(digest) = digest_bytes(digest) else {
        return Ok(None);
    };
    let zstd: Option<Vec<u8>> = connection
        .prepare_cached("SELECT zstd FROM questions WHERE digest = ?1")?
        .query_row([digest], |row| row.get(0))
        .optional()?;
    zstd.map(|zstd| decompress(&zstd)).transpose()
}

/// Timers whose instant lies before `now`, earliest first.
pub(crate) fn due_timers(
    connection: &Connection,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<DueTimer>, Fault> {
    let mut statement = connection.prepare_cached(DUE_TIMERS)?;
    let mut rows = statement.query(params![ms(now), limit])?;
    let mut timers = Vec::new();
    while let Some(row) = rows.next()? {
        timers.push(DueTimer {
            order: OrderId::new(row.get::<_, String>(0)?),
            at: instant(row.get(1)?)?,
            deadline: named(&row.get::<_, String>(2)?)?,
            moment: named(&row.get::<_, String>(3)?)?,
            attempts: row.get(4)?,
        });
    }
    Ok(timers)
}

/// The earliest timer's instant.
pub(crate) fn next_timer_at(connection: &Connection) -> Result<Option<DateTime<Utc>>, Fault> {
    let at: Option<i64> = connection
        .prepare_cached(NEXT_TIMER)?
        .query_row([], |row| row.get(0))
        .optional()?;
    at.map(instant).transpose()
}

/// Effects that are still to be performed, oldest first, and after them those that were put off.
pub(crate) fn pending_effects(
    connection: &Connection,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<PendingEffect>, Fault> {
    let mut statement = connection.prepare_cached(PENDING_EFFECTS)?;
    let mut rows = statement.query(params![ms(now), limit])?;
    let mut effects = Vec::new();
    while let Some(row) = rows.next()? {
        effects.push(PendingEffect {
            id: row.get(0)?,
            subject: subject(row.get(1)?, row.get(2)?, row.get(6)?)?,
            at: instant(row.get(3)?)?,
            effect: parse(&row.get::<_, String>(4)?)?,
            attempts: row.get(5)?,
        });
    }
    Ok(effects)
}

/// Messages about an order, a dossier or an entry, oldest first.
pub(crate) fn messages(connection: &Connection, subject: &Subject) -> Result<Vec<Message>, Fault> {
    let mut statement = connection.prepare_cached(match subject {
        Subject::Order(_) => {
            "SELECT m.id, m.at, m.notification FROM messages m JOIN orders o ON o.n = m.order_n
             WHERE o.id = ?1 ORDER BY m.id"
        }
        Subject::Dossier(_) => {
            "SELECT m.id, m.at, m.notification FROM messages m JOIN dossiers d ON d.n = m.dossier_n
             WHERE d.id = ?1 ORDER BY m.id"
        }
        Subject::Knowledge(_) => {
            "SELECT m.id, m.at, m.notification FROM messages m JOIN knowledge k ON k.n = m.knowledge_n
             WHERE k.id = ?1 ORDER BY m.id"
        }
    })?;
    let mut rows = statement.query([subject.number()])?;
    let mut messages = Vec::new();
    while let Some(row) = rows.next()? {
        messages.push(Message {
            id: row.get(0)?,
            subject: subject.clone(),
            at: instant(row.get(1)?)?,
            notification: parse(&row.get::<_, String>(2)?)?,
        });
    }
    Ok(messages)
}

/// Orders with an open deadline, after the given one.
pub(crate) fn open_orders(
    connection: &Connection,
    after: Option<&OrderId>,
    limit: u32,
) -> Result<Vec<WorkOrder>, Fault> {
    // The condition is that of the index `orders_open`.
    let mut statement = connection.prepare_cached(
        "SELECT state FROM orders WHERE open = 1 AND id > ?1 ORDER BY id LIMIT ?2",
    )?;
    let after = after.map_or("", OrderId::as_str);
    let mut rows = statement.query(params![after, limit])?;
    let mut orders = Vec::new();
    while let Some(row) = rows.next()? {
        orders.push(parse(&row.get::<_, String>(0)?)?);
    }
    Ok(orders)
}

/// The open orders about the same thing as this one; the newest of them.
pub(crate) fn alike(
    connection: &Connection,
    order: &WorkOrder,
    since: DateTime<Utc>,
    most: u32,
) -> Result<Alike, Fault> {
    // The condition on what is null or closed is that of the index `orders_alike`.
    let mut statement = connection.prepare_cached(
        "SELECT count(*), max(one_of_many) FROM (
             SELECT one_of_many FROM orders
             WHERE category IS NOT NULL AND stage <> 'closed'
                 AND category = ?1 AND district IS ?2 AND street IS ?3 AND registered_at >= ?4
             ORDER BY registered_at DESC LIMIT ?5)",
    )?;
    let district = order.district.as_ref().map(DistrictCode::as_str);
    let of = params![order.category, district, order.street, ms(since), most];
    Ok(statement.query_row(of, |row| {
        Ok(Alike {
            orders: row.get(0)?,
            asked: row.get(1)?,
        })
    })?)
}

/// A JSON column of all rows of a query.
pub(crate) fn all<T: serde::de::DeserializeOwned>(
    connection: &Connection,
    sql: &str,
) -> Result<Vec<T>, Fault> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(parse(&row.get::<_, String>(0)?)?);
    }
    Ok(all)
}

/// A value of the table `meta`.
pub(crate) fn meta(connection: &Connection, key: &str) -> Result<Option<String>, Fault> {
    Ok(connection
        .prepare_cached("SELECT value FROM meta WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?)
}
