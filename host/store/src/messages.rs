//! The message box and the ways out of it: messages, and deliveries that are made together with them.

use chrono::{DateTime, Utc};
use engine::ports::{
    Attempted, Delivery, DeliveryId, DeliveryState, DeliveryStore, EffectId, Message, Posting,
    StoreError, Subject,
};
use rusqlite::{Connection, Row, ToSql, params};

use crate::SqliteStore;
use crate::codec::{instant, json, ms, name, named, parse};
use crate::commit::complete_effect;
use crate::due::{Place, place_of, subject};
use crate::error::Fault;
use crate::queue::Lane;

/// A message as it is written, with the channels that it goes out by.
pub(crate) struct MessageRow {
    id: EffectId,
    subject: Subject,
    at: i64,
    notification: String,
    channels: Vec<String>,
}

impl MessageRow {
    pub(crate) fn new(posting: &Posting) -> Result<Self, Fault> {
        let Posting { message, channels } = posting;
        Ok(Self {
            id: message.id,
            subject: message.subject.clone(),
            at: ms(message.at),
            notification: json(&message.notification)?,
            channels: channels.clone(),
        })
    }
}

/// Puts messages into their boxes and completes their effects.
pub(crate) fn deliver(connection: &Connection, rows: &[MessageRow]) -> Result<(), Fault> {
    for row in rows {
        insert_message(connection, row)?;
        complete_effect(connection, row.id)?;
    }
    Ok(())
}

/// Puts a message into its box and makes its deliveries, once.
pub(crate) fn insert_message(connection: &Connection, message: &MessageRow) -> Result<(), Fault> {
    let (Place { column, .. }, n) = place_of(connection, &message.subject)?;
    let inserted = connection
        .prepare_cached(&format!(
            "INSERT INTO messages (id, {column}, at, notification) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (id) DO NOTHING"
        ))?
        .execute(params![message.id, n, message.at, message.notification])?;
    if inserted == 0 {
        return Ok(());
    }
    for channel in &message.channels {
        connection
            .prepare_cached(
                "INSERT INTO deliveries (message_id, channel, state, next_at)
                 VALUES (?1, ?2, 'pending', ?3)",
            )?
            .execute(params![message.id, channel, message.at])?;
    }
    Ok(())
}

/// Columns of a delivery with its message, in the order that [`delivery_row`] reads.
const COLUMNS: &str = "
    SELECT d.id, d.message_id, d.channel, d.state, d.attempts, d.next_at, d.problem, d.sent_at,
        d.delivered_at, d.reference, o.id, c.id, m.at, m.notification, k.id";
/// What is pending is few of very many and has an index of its own, which SQLite would not take by
/// itself.
const DUE: &str = "
    FROM deliveries d INDEXED BY deliveries_due JOIN messages m ON m.id = d.message_id
        LEFT JOIN orders o ON o.n = m.order_n LEFT JOIN dossiers c ON c.n = m.dossier_n
        LEFT JOIN knowledge k ON k.n = m.knowledge_n
    WHERE d.state = 'pending' AND d.next_at <= ?
        AND d.channel NOT IN (SELECT value FROM json_each(?))
    ORDER BY d.next_at, d.id LIMIT ?";
const ONE: &str = "
    FROM deliveries d JOIN messages m ON m.id = d.message_id
        LEFT JOIN orders o ON o.n = m.order_n LEFT JOIN dossiers c ON c.n = m.dossier_n
        LEFT JOIN knowledge k ON k.n = m.knowledge_n
    WHERE d.id = ?";
const OF_ORDER: &str = "
    FROM orders o JOIN messages m ON m.order_n = o.n JOIN deliveries d ON d.message_id = m.id
        LEFT JOIN dossiers c ON c.n = m.dossier_n LEFT JOIN knowledge k ON k.n = m.knowledge_n
    WHERE o.id = ? ORDER BY d.id";
const OF_DOSSIER: &str = "
    FROM dossiers c JOIN messages m ON m.dossier_n = c.n JOIN deliveries d ON d.message_id = m.id
        LEFT JOIN orders o ON o.n = m.order_n LEFT JOIN knowledge k ON k.n = m.knowledge_n
    WHERE c.id = ? ORDER BY d.id";
const OF_KNOWLEDGE: &str = "
    FROM knowledge k JOIN messages m ON m.knowledge_n = k.n JOIN deliveries d ON d.message_id = m.id
        LEFT JOIN orders o ON o.n = m.order_n LEFT JOIN dossiers c ON c.n = m.dossier_n
    WHERE k.id = ? ORDER BY d.id";
const IN_STATE: &str = "
    FROM deliveries d JOIN messages m ON m.id = d.message_id
        LEFT JOIN orders o ON o.n = m.order_n LEFT JOIN dossiers c ON c.n = m.dossier_n
        LEFT JOIN knowledge k ON k.n = m.knowledge_n
    WHERE d.state = ? AND d.id > ? ORDER BY d.id LIMIT ?";

impl DeliveryStore for SqliteStore {
    fn due_deliveries(
        &self,
        now: DateTime<Utc>,
        except: &[String],
        limit: u32,
    ) -> Result<Vec<(Message, Delivery)>, StoreError> {
        let operation = "look for due deliveries";
        let except = json(&except).map_err(|fault| fault.during(operation))?;
        self.read(operation, |connection| {
            select(connection, DUE, params![ms(now), except, limit])
        })
    }

    fn record_attempt(&self, id: DeliveryId, attempted: &Attempted) -> Result<(), StoreError> {
        let attempted = attempted.clone();
        self.write(Lane::Due, "record a delivery", move |connection| {
            record(connection, id, &attempted)
        })
    }

    fn confirm_delivery(
        &self,
        id: DeliveryId,
        delivered_at: DateTime<Utc>,
        reference: Option<&str>,
    ) -> Result<(), StoreError> {
        let reference = reference.map(str::to_owned);
        self.write(Lane::Command, "confirm a delivery", move |connection| {
            connection
                .prepare_cached(
                    "UPDATE deliveries SET state = 'delivered', next_at = NULL, delivered_at = ?2,
                         reference = coalesce(?3, reference)
                     WHERE id = ?1 AND state <> 'delivered'",
                )?
                .execute(params![id, ms(delivered_at), reference])?;
            Ok(())
        })
    }

    fn retry_delivery(&self, id: DeliveryId, at: DateTime<Utc>) -> Result<bool, StoreError> {
        self.write(Lane::Command, "retry a delivery", move |connection| {
            let changed = connection
                .prepare_cached(
                    "UPDATE deliveries SET state = 'pending', attempts = 0, next_at = ?2
                     WHERE id = ?1 AND state = 'failed'",
                )?
                .execute(params![id, ms(at)])?;
            Ok(changed > 0)
        })
    }

    fn delivery(&self, id: DeliveryId) -> Result<Option<(Message, Delivery)>, StoreError> {
        self.read("read a delivery", |connection| {
            Ok(select(connection, ONE, params![id])?.pop())
        })
    }

    fn deliveries_of(&self, subject: &Subject) -> Result<Vec<Delivery>, StoreError> {
        self.read("read deliveries", |connection| {
            let rest = match subject {
                Subject::Order(_) => OF_ORDER,
                Subject::Dossier(_) => OF_DOSSIER,
                Subject::Knowledge(_) => OF_KNOWLEDGE,
            };
            let found = select(connection, rest, params![subject.number()])?;
            Ok(found.into_iter().map(|(_, delivery)| delivery).collect())
        })
    }

    fn deliveries_in(
        &self,
        state: DeliveryState,
        after: Option<DeliveryId>,
        limit: u32,
    ) -> Result<Vec<(Message, Delivery)>, StoreError> {
        self.read("list deliveries", |connection| {
            let values = params![name(&state)?, after.unwrap_or(0), limit];
            select(connection, IN_STATE, values)
        })
    }
}

/// Counts an attempt and keeps what came of it, where the delivery is still pending.
fn record(connection: &Connection, id: DeliveryId, attempted: &Attempted) -> Result<(), Fault> {
    connection
        .prepare_cached("UPDATE deliveries SET attempts = attempts + 1 WHERE id = ?1")?
        .execute([id])?;
    match attempted {
        Attempted::Sent {
            at,
            channel,
            reference,
        } => connection
            .prepare_cached(
                "UPDATE deliveries SET state = 'sent', next_at = NULL, problem = NULL, sent_at = ?2,
                     channel = ?3, reference = ?4
                 WHERE id = ?1 AND state = 'pending'",
            )?
            .execute(params![id, ms(*at), channel, reference])?,
        Attempted::Again { next_at, problem } => connection
            .prepare_cached(
                "UPDATE deliveries SET next_at = ?2, problem = ?3
                 WHERE id = ?1 AND state = 'pending'",
            )?
            .execute(params![id, ms(*next_at), problem])?,
        Attempted::Failed { problem } => connection
            .prepare_cached(
                "UPDATE deliveries SET state = 'failed', next_at = NULL, problem = ?2
                 WHERE id = ?1 AND state = 'pending'",
            )?
            .execute(params![id, problem])?,
    };
    Ok(())
}

fn select(
    connection: &Connection,
    rest: &str,
    values: &[&dyn ToSql],
) -> Result<Vec<(Message, Delivery)>, Fault> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} {rest}"))?;
    let mut rows = statement.query(values)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(delivery_row(row)?);
    }
    Ok(found)
}

fn delivery_row(row: &Row<'_>) -> Result<(Message, Delivery), Fault> {
    let time = |index: usize| -> Result<Option<DateTime<Utc>>, Fault> {
        row.get::<_, Option<i64>>(index)?.map(instant).transpose()
    };
    let delivery = Delivery {
        id: row.get(0)?,
        message: row.get(1)?,
        channel: row.get(2)?,
        state: named(&row.get::<_, String>(3)?)?,
        attempts: row.get(4)?,
        next_at: time(5)?,
        problem: row.get(6)?,
        sent_at: time(7)?,
        delivered_at: time(8)?,
        reference: row.get(9)?,
    };
    let message = Message {
        id: delivery.message,
        subject: subject(row.get(10)?, row.get(11)?, row.get(14)?)?,
        at: instant(row.get(12)?)?,
        notification: parse(&row.get::<_, String>(13)?)?,
    };
    Ok((message, delivery))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;

    /// A million deliveries that are done must not slow down the look for those that are not.
    #[test]
    fn lists_of_deliveries_go_by_their_indexes() {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection, std::path::Path::new("memory")).unwrap();
        for (rest, index) in [
            (DUE, "deliveries_due"),
            (ONE, "PRIMARY KEY"),
            (OF_ORDER, "messages_by_order"),
            (OF_DOSSIER, "messages_by_dossier"),
            (OF_KNOWLEDGE, "messages_by_knowledge"),
            (IN_STATE, "deliveries_by_state"),
        ] {
            let mut statement = connection
                .prepare(&format!("EXPLAIN QUERY PLAN {COLUMNS} {rest}"))
                .unwrap();
            let nulls = vec![rusqlite::types::Null; statement.parameter_count()];
            let plan: Vec<String> = statement
                .query_map(rusqlite::params_from_iter(nulls), |row| row.get(3))
                .unwrap()
                .collect::<Result<_, _>>()
                .unwrap();
            assert!(plan.iter().any(|step| step.contains(index)), "{plan:?}");
            let scans = plan
                .iter()
                .filter(|step| step.starts_with("SCAN") && !step.contains("json_each"));
            assert_eq!(scans.count(), 0, "{plan:?}");
            if ![OF_ORDER, OF_DOSSIER, OF_KNOWLEDGE].contains(&rest) {
                let sorts = plan.iter().filter(|step| step.contains("ORDER BY"));
                assert_eq!(sorts.count(), 0, "{plan:?}");
            }
        }
    }
}
