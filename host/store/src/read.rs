//! Reading single things.

use chrono::{DateTime, Utc};
use engine::ports::{DueTimer, Message, PendingEffect, PersonalData};
use lifecycle::event::Recorded;
use lifecycle::ids::{OrderId, RequesterId, TextId};
use lifecycle::order::WorkOrder;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::codec::{decompress, instant, ms, named, parse, signed, unsigned};
use crate::commit::digest_bytes;
use crate::error::Fault;

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
    let mut statement = connection.prepare_cached(
        "SELECT o.id, t.at, t.deadline, t.moment FROM timers t JOIN orders o ON o.n = t.order_n
         WHERE t.at < ?1 ORDER BY t.at, t.order_n, t.deadline, t.moment LIMIT ?2",
    )?;
    let mut rows = statement.query(params![ms(now), limit])?;
    let mut timers = Vec::new();
    while let Some(row) = rows.next()? {
        timers.push(DueTimer {
            order: OrderId::new(row.get::<_, String>(0)?),
            at: instant(row.get(1)?)?,
            deadline: named(&row.get::<_, String>(2)?)?,
            moment: named(&row.get::<_, String>(3)?)?,
        });
    }
    Ok(timers)
}

/// The earliest timer's instant.
pub(crate) fn next_timer_at(connection: &Connection) -> Result<Option<DateTime<Utc>>, Fault> {
    let at: Option<i64> = connection
        .prepare_cached("SELECT min(at) FROM timers")?
        .query_row([], |row| row.get(0))?;
    at.map(instant).transpose()
}

/// Effects that are still to be performed, oldest first.
pub(crate) fn pending_effects(
    connection: &Connection,
    limit: u32,
) -> Result<Vec<PendingEffect>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT e.id, o.id, e.at, e.effect FROM effects e JOIN orders o ON o.n = e.order_n
         ORDER BY e.id LIMIT ?1",
    )?;
    let mut rows = statement.query([limit])?;
    let mut effects = Vec::new();
    while let Some(row) = rows.next()? {
        effects.push(PendingEffect {
            id: row.get(0)?,
            order: OrderId::new(row.get::<_, String>(1)?),
            at: instant(row.get(2)?)?,
            effect: parse(&row.get::<_, String>(3)?)?,
        });
    }
    Ok(effects)
}

/// Messages about an order, oldest first.
pub(crate) fn messages(connection: &Connection, order: &OrderId) -> Result<Vec<Message>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT m.id, m.at, m.notification FROM messages m JOIN orders o ON o.n = m.order_n
         WHERE o.id = ?1 ORDER BY m.id",
    )?;
    let mut rows = statement.query([order.as_str()])?;
    let mut messages = Vec::new();
    while let Some(row) = rows.next()? {
        messages.push(Message {
            id: row.get(0)?,
            order: order.clone(),
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
