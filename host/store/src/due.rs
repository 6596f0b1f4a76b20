//! What was put off: columns beside the timers and effects themselves, and rows of their own for
//! deadlines that could not be recomputed. An index over "when it is its turn" leaves out what waits.

use chrono::{DateTime, Utc};
use engine::ports::{
    DueDossierTimer, DueItem, DueKnowledgeTimer, DueRecomputation, DueStore, DueTimer, ListError,
    Page, StoreError, StuckItem, Subject,
};
use lifecycle::dossier::DossierId;
use lifecycle::ids::OrderId;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, params, params_from_iter};

use crate::SqliteStore;
use crate::codec::{instant, ms, name, named};
use crate::dossiers::{unit, unit_column};
use crate::error::Fault;
use crate::knowledge::{entry_id, moment, moment_column};
use crate::list::Cursor;
use crate::queue::Lane;

/// Everything that is stuck, with an id that says what it is. Each part has an index of what is stuck,
/// which is little.
const STUCK: &str = "
    SELECT 'timer-' || o.id || '-' || t.deadline || '-' || t.moment || '-' || t.at AS id, 0 AS what,
        o.id AS order_id, NULL AS dossier_id, t.at AS since, t.attempts AS attempts,
        t.not_before AS not_before, t.problem AS problem, t.deadline AS deadline, t.moment AS moment,
        NULL AS unit, NULL AS effect, NULL AS entry_id
    FROM timers t JOIN orders o ON o.n = t.order_n WHERE t.attempts > 0
    UNION ALL
    SELECT 'timer-' || d.id || '-' || t.deadline || '-' || t.unit, 1, NULL, d.id, t.at, t.attempts,
        t.not_before, t.problem, t.deadline, NULL, t.unit, NULL, NULL
    FROM dossier_timers t JOIN dossiers d ON d.n = t.dossier_n WHERE t.attempts > 0
    UNION ALL
    SELECT 'timer-' || k.id || '-' || t.moment || '-' || t.at, 4, NULL, NULL, t.at, t.attempts,
        t.not_before, t.problem, NULL, t.moment, NULL, NULL, k.id
    FROM knowledge_timers t JOIN knowledge k ON k.n = t.entry_n WHERE t.attempts > 0
    UNION ALL
    SELECT 'effect-' || e.id, 2, o.id, d.id, e.at, e.attempts, e.not_before, e.problem, NULL, NULL,
        NULL, e.id, k.id
    FROM effects e LEFT JOIN orders o ON o.n = e.order_n LEFT JOIN dossiers d ON d.n = e.dossier_n
        LEFT JOIN knowledge k ON k.n = e.knowledge_n
    WHERE e.attempts > 0
    UNION ALL
    SELECT 'recomputation-' || coalesce(o.id, d.id, k.id), 3, o.id, d.id, r.since, r.attempts, r.not_before,
        r.problem, NULL, NULL, NULL, NULL, k.id
    FROM recomputations r LEFT JOIN orders o ON o.n = r.order_n
        LEFT JOIN dossiers d ON d.n = r.dossier_n LEFT JOIN knowledge k ON k.n = r.knowledge_n";

/// Recomputations whose turn has come.
const RECOMPUTATIONS: &str = "
    SELECT o.id, d.id, r.attempts, k.id
    FROM recomputations r LEFT JOIN orders o ON o.n = r.order_n
        LEFT JOIN dossiers d ON d.n = r.dossier_n LEFT JOIN knowledge k ON k.n = r.knowledge_n
    WHERE coalesce(r.not_before, 0) <= ?1 ORDER BY coalesce(r.not_before, 0), r.n LIMIT ?2";

impl DueStore for SqliteStore {
    fn put_off(
        &self,
        item: &DueItem,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
        problem: &str,
    ) -> Result<(), StoreError> {
        let (item, problem) = (item.clone(), problem.to_owned());
        self.write(Lane::Due, "put something off", move |connection| {
            if let DueItem::Recomputation(DueRecomputation { subject, .. }) = &item {
                return put_off_recomputation(connection, subject, (now, until), &problem);
            }
            let set = "not_before = ?, attempts = attempts + 1, problem = ?";
            let values = vec![Value::from(ms(until)), Value::from(problem.clone())];
            change(connection, &item, set, values)
        })
    }

    fn stuck_items(&self, after: Option<&str>, limit: u32) -> Result<Page<StuckItem>, ListError> {
        let after = after.map(Cursor::parse).transpose()?;
        let page = |connection: &Connection| page(connection, after, limit);
        Ok(self.read("list what is stuck", page)?)
    }

    fn retry_stuck_item(&self, id: &str) -> Result<Option<StuckItem>, StoreError> {
        let id = id.to_owned();
        self.write(Lane::Command, "retry what is stuck", move |connection| {
            let found = connection
                .prepare_cached(&format!("SELECT * FROM ({STUCK}) WHERE id = ?1"))?
                .query_row([&id], |row| Ok(stuck(row)))
                .optional()?
                .transpose()?;
            if let Some(found) = &found {
                change(connection, &found.item, "not_before = NULL", Vec::new())?;
            }
            Ok(found.map(|found| StuckItem {
                next_at: None,
                ..found
            }))
        })
    }

    fn due_recomputations(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<DueRecomputation>, StoreError> {
        self.read("look for recomputations", |connection| {
            let mut statement = connection.prepare_cached(RECOMPUTATIONS)?;
            let mut rows = statement.query(params![ms(now), limit])?;
            let mut due = Vec::new();
            while let Some(row) = rows.next()? {
                due.push(DueRecomputation {
                    subject: subject(row.get(0)?, row.get(1)?, row.get(3)?)?,
                    attempts: row.get(2)?,
                });
            }
            Ok(due)
        })
    }

    fn forget_recomputation(&self, subject: &Subject) -> Result<(), StoreError> {
        let subject = subject.clone();
        self.write(Lane::Due, "forget a recomputation", move |connection| {
            let (place, n) = place_of(connection, &subject)?;
            connection
                .prepare_cached(&format!("DELETE FROM recomputations WHERE {}", place.is))?
                .execute([n])?;
            Ok(())
        })
    }
}

/// What a row is about, by the numbers of an order, a dossier or an entry of the knowledge base, of
/// which it has one.
pub(crate) fn subject(
    order: Option<String>,
    dossier: Option<String>,
    entry: Option<String>,
) -> Result<Subject, Fault> {
    match (order, dossier, entry) {
        (Some(order), None, None) => Ok(Subject::Order(OrderId::new(order))),
        (None, Some(dossier), None) => Ok(Subject::Dossier(DossierId::new(dossier))),
        (None, None, Some(entry)) => Ok(Subject::Knowledge(entry_id(&entry)?)),
        (_, _, _) => Err(Fault::Broken(
            "a row is about nothing that is known, or about several things".to_owned(),
        )),
    }
}

/// The column of a row that says what it is about.
pub(crate) struct Place {
    /// Its name.
    pub(crate) column: &'static str,
    /// A condition that it has a value.
    is: &'static str,
}

/// The column that refers to it, and its position there.
pub(crate) fn place_of(connection: &Connection, subject: &Subject) -> Result<(Place, i64), Fault> {
    let (column, is, sql) = match subject {
        Subject::Order(_) => (
            "order_n",
            "order_n = ?",
            "SELECT n FROM orders WHERE id = ?1",
        ),
        Subject::Dossier(_) => (
            "dossier_n",
            "dossier_n = ?",
            "SELECT n FROM dossiers WHERE id = ?1",
        ),
        Subject::Knowledge(_) => (
            "knowledge_n",
            "knowledge_n = ?",
            "SELECT n FROM knowledge WHERE id = ?1",
        ),
    };
    let number = subject.number();
    let n: Option<i64> = connection
        .prepare_cached(sql)?
        .query_row([number], |row| row.get(0))
        .optional()?;
    n.map(|n| (Place { column, is }, n))
        .ok_or_else(|| Fault::Broken(format!("there is no order, dossier or entry {number}")))
}

fn put_off_recomputation(
    connection: &Connection,
    subject: &Subject,
    (now, until): (DateTime<Utc>, DateTime<Utc>),
    problem: &str,
) -> Result<(), Fault> {
    let (Place { column, .. }, n) = place_of(connection, subject)?;
    connection
        .prepare_cached(&format!(
            "INSERT INTO recomputations ({column}, since, attempts, not_before, problem)
             VALUES (?1, ?2, 1, ?3, ?4)
             ON CONFLICT ({column}) DO UPDATE SET attempts = attempts + 1,
                 not_before = excluded.not_before, problem = excluded.problem"
        ))?
        .execute(params![n, ms(now), ms(until), problem])?;
    Ok(())
}

/// Changes columns of something due, if it is there still.
fn change(
    connection: &Connection,
    item: &DueItem,
    set: &str,
    mut values: Vec<Value>,
) -> Result<(), Fault> {
    let (table, key) = match item {
        DueItem::Timer(timer) => {
            values.extend([
                Value::from(timer.order.to_string()),
                Value::from(name(&timer.deadline)?),
                Value::from(name(&timer.moment)?),
                Value::from(ms(timer.at)),
            ]);
            let key = "order_n = (SELECT n FROM orders WHERE id = ?) AND deadline = ? AND moment = ? \
                       AND at = ?";
            ("timers", key)
        }
        DueItem::DossierTimer(timer) => {
            values.extend([
                Value::from(timer.dossier.to_string()),
                Value::from(name(&timer.deadline)?),
                Value::from(unit_column(timer.unit.as_ref())),
                Value::from(ms(timer.at)),
            ]);
            let key = "dossier_n = (SELECT n FROM dossiers WHERE id = ?) AND deadline = ? \
                       AND unit = ? AND at = ?";
            ("dossier_timers", key)
        }
        DueItem::KnowledgeTimer(timer) => {
            values.extend([
                Value::from(timer.entry.to_string()),
                Value::from(moment_column(timer.moment)?),
                Value::from(ms(timer.at)),
            ]);
            let key = "entry_n = (SELECT n FROM knowledge WHERE id = ?) AND moment = ? AND at = ?";
            ("knowledge_timers", key)
        }
        DueItem::Effect { id, .. } => {
            values.push(Value::from(*id));
            ("effects", "id = ?")
        }
        DueItem::Recomputation(recomputation) => {
            let (place, n) = place_of(connection, &recomputation.subject)?;
            values.push(Value::from(n));
            ("recomputations", place.is)
        }
    };
    connection
        .prepare_cached(&format!("UPDATE {table} SET {set} WHERE {key}"))?
        .execute(params_from_iter(values))?;
    Ok(())
}

/// A page of what is stuck, longest due first.
fn page(
    connection: &Connection,
    after: Option<Cursor>,
    limit: u32,
) -> Result<Page<StuckItem>, Fault> {
    let (since, id) = after.map_or((i64::MIN, String::new()), Cursor::into_parts);
    let mut statement = connection.prepare_cached(&format!(
        "SELECT * FROM ({STUCK}) WHERE (since, id) > (?1, ?2) ORDER BY since, id LIMIT ?3"
    ))?;
    // One more than asked for tells whether there is a next page.
    let mut rows = statement.query(params![since, id, i64::from(limit).saturating_add(1)])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(stuck(row)?);
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let next = if items.len() > limit {
        items.truncate(limit);
        let last = items.last();
        last.map(|last| Cursor::text_of(last.since, &last.id))
    } else {
        None
    };
    Ok(Page { items, next })
}

/// A row of [`STUCK`].
fn stuck(row: &Row<'_>) -> Result<StuckItem, Fault> {
    let subject = subject(
        row.get("order_id")?,
        row.get("dossier_id")?,
        row.get("entry_id")?,
    )?;
    let since = instant(row.get("since")?)?;
    let attempts = row.get("attempts")?;
    let not_before: Option<i64> = row.get("not_before")?;
    let what: i64 = row.get("what")?;
    let item = match (what, &subject) {
        (0, Subject::Order(order)) => DueItem::Timer(DueTimer {
            order: order.clone(),
            at: since,
            deadline: named(&row.get::<_, String>("deadline")?)?,
            moment: named(&row.get::<_, String>("moment")?)?,
            attempts,
        }),
        (1, Subject::Dossier(dossier)) => DueItem::DossierTimer(DueDossierTimer {
            dossier: dossier.clone(),
            at: since,
            deadline: named(&row.get::<_, String>("deadline")?)?,
            unit: unit(row.get("unit")?),
            attempts,
        }),
        (2, _) => DueItem::Effect {
            id: row.get("effect")?,
            subject,
            attempts,
        },
        (4, Subject::Knowledge(entry)) => DueItem::KnowledgeTimer(DueKnowledgeTimer {
            entry: entry.clone(),
            at: since,
            moment: moment(&row.get::<_, String>("moment")?)?,
            attempts,
        }),
        (3, _) => DueItem::Recomputation(DueRecomputation { subject, attempts }),
        (_, _) => return Err(Fault::Broken(format!("`{what}` is nothing that is due"))),
    };
    Ok(StuckItem {
        id: row.get("id")?,
        item,
        since,
        problem: row.get::<_, Option<String>>("problem")?.unwrap_or_default(),
        next_at: not_before.map(instant).transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{read, schema};

    /// Neither what is put off nor what is not due slows down the look for what is due, however much
    /// there is of it.
    #[test]
    fn what_is_due_is_found_by_indexes() {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection, std::path::Path::new("memory")).unwrap();
        let stuck = format!("SELECT * FROM ({STUCK}) WHERE id = ?1");
        for (sql, indexes) in [
            (read::DUE_TIMERS, &["timers_by_turn"][..]),
            (read::NEXT_TIMER, &["timers_by_turn"]),
            (crate::dossiers::DUE_TIMERS, &["dossier_timers_by_turn"]),
            (crate::knowledge::DUE_TIMERS, &["knowledge_timers_by_turn"]),
            (read::PENDING_EFFECTS, &["effects_by_turn"]),
            (RECOMPUTATIONS, &["recomputations_by_turn"]),
            (&stuck, &["timers_stuck", "effects_stuck"]),
        ] {
            let mut statement = connection
                .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
                .unwrap();
            let nulls = vec![rusqlite::types::Null; statement.parameter_count()];
            let plan: Vec<String> = statement
                .query_map(params_from_iter(nulls), |row| row.get(3))
                .unwrap()
                .collect::<Result<_, _>>()
                .unwrap();
            for index in indexes {
                assert!(plan.iter().any(|step| step.contains(index)), "{plan:?}");
            }
            let sorts = plan.iter().filter(|step| step.contains("ORDER BY"));
            assert_eq!(sorts.count(), 0, "{plan:?}");
        }
    }
}
