//! What counts for assessment: written with each order, summed by unit, district and type.

use std::sync::LazyLock;

use calendar::Calendar;
use engine::ports::{IndicatorStore, OpenCount, StoreError, TallyQuery, TallyRow};
use lifecycle::assessment::{Assessment, FACTS_VERSION, Measure, OpenHandling, Record, Tally};
use lifecycle::ids::{DistrictCode, UnitCode};
use lifecycle::order::WorkOrder;
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params, params_from_iter};

use crate::SqliteStore;
use crate::codec::{instant, ms, name, named, parse, unsigned};
use crate::error::Fault;
use crate::read;

/// Key of the table `meta`: the version of the facts that every order's rows were taken under.
const ASSESSED: &str = "assessed";
/// So many orders are taken in one transaction when rows are filled.
const FILLED_TOGETHER: u32 = 512;

/// Columns before the measures.
const KEYS: &[&str] = &[
    "counted_at",
    "order_n",
    "position",
    "unit",
    "district",
    "order_type",
];

fn columns() -> impl Iterator<Item = &'static str> {
    let measures = Measure::ALL.iter().map(|measure| measure.code());
    KEYS.iter().copied().chain(measures)
}

/// Writes a row. What is as it was stays untouched.
static UPSERT: LazyLock<String> = LazyLock::new(|| {
    let list = |wrap: &dyn Fn(&str) -> String| {
        let columns: Vec<String> = columns().map(wrap).collect();
        columns.join(", ")
    };
    let (names, new) = (list(&str::to_owned), list(&|it| format!("excluded.{it}")));
    format!(
        "INSERT INTO assessment ({names}) VALUES ({}) ON CONFLICT (order_n, position)
         DO UPDATE SET {} WHERE ({names}) IS NOT ({new})",
        list(&|_| "?".to_owned()),
        list(&|it| format!("{it} = excluded.{it}")),
    )
});

/// What an order's assessment writes.
pub(crate) struct AssessmentRows {
    /// The values of [`columns`], the order's number left open.
    records: Vec<(u32, Vec<Value>)>,
    open: Option<OpenRow>,
}

struct OpenRow {
    due_at: i64,
    unit: String,
    district: Option<String>,
    standing: String,
    provisional: bool,
}

impl AssessmentRows {
    pub(crate) fn new(assessment: &Assessment) -> Result<Self, Fault> {
        let records = assessment.records.iter();
        let records = records.map(|record| Ok((record.position, values(record)?)));
        Ok(Self {
            records: records.collect::<Result<_, Fault>>()?,
            open: assessment.open.as_ref().map(open_row).transpose()?,
        })
    }

    /// Writes those of a new order, inside a transaction.
    pub(crate) fn insert(&self, connection: &Connection, order_n: i64) -> Result<(), Fault> {
        let mut upsert = connection.prepare_cached(&UPSERT)?;
        for (_, values) in &self.records {
            let mut values = values.clone();
            if let Some(open) = values.get_mut(1) {
                *open = Value::from(order_n);
            }
            upsert.execute(params_from_iter(values))?;
        }
        match &self.open {
            Some(open) => open.write(connection, order_n),
            None => Ok(()),
        }
    }

    /// Writes them in the place of what there was, inside a transaction.
    pub(crate) fn replace(&self, connection: &Connection, order_n: i64) -> Result<(), Fault> {
        let positions: Vec<u32> = self.records.iter().map(|(position, _)| *position).collect();
        connection
            .prepare_cached(
                "DELETE FROM assessment WHERE order_n = ?1
                     AND position NOT IN (SELECT value FROM json_each(?2))",
            )?
            .execute(params![order_n, serde_json::to_string(&positions)?])?;
        if self.open.is_none() {
            connection
                .prepare_cached("DELETE FROM open_handlings WHERE order_n = ?1")?
                .execute([order_n])?;
        }
        self.insert(connection, order_n)
    }
}

impl OpenRow {
    fn write(&self, connection: &Connection, order_n: i64) -> Result<(), Fault> {
        connection
            .prepare_cached(
                "INSERT INTO open_handlings (order_n, due_at, unit, district, standing, provisional)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (order_n) DO UPDATE SET due_at = ?2, unit = ?3, district = ?4,
                     standing = ?5, provisional = ?6
                 WHERE (due_at, unit, district, standing, provisional) IS NOT (?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                order_n,
                self.due_at,
                self.unit,
                self.district,
                self.standing,
                self.provisional
            ])?;
        Ok(())
    }
}

fn values(record: &Record) -> Result<Vec<Value>, Fault> {
    let text = |text: Option<String>| text.map_or(Value::Null, Value::from);
    let keys = [
        Value::from(ms(record.counted_at)),
        Value::Null,
        Value::from(i64::from(record.position)),
        text(record.unit.as_ref().map(ToString::to_string)),
        text(record.district.as_ref().map(ToString::to_string)),
        Value::from(name(&record.order_type)?),
    ];
    let counts = Measure::ALL
        .iter()
        .map(|it| Value::from(record.tally.get(*it)));
    Ok(keys.into_iter().chain(counts).collect())
}

fn open_row(open: &OpenHandling) -> Result<OpenRow, Fault> {
    Ok(OpenRow {
        due_at: ms(open.due_at),
        unit: open.unit.to_string(),
        district: open.district.as_ref().map(ToString::to_string),
        standing: name(&open.standing)?,
        provisional: open.provisional,
    })
}

/// Takes the rows out of every order where that was not done yet, as in data of an older Kapok, in
/// transactions of bounded size. Cut short, it begins anew.
pub(crate) fn fill(connection: &mut Connection) -> Result<(), Fault> {
    if read::meta(connection, ASSESSED)?.as_deref() == Some(FACTS_VERSION) {
        return Ok(());
    }
    let calendar = calendar(connection)?;
    let mut after = 0;
    loop {
        let transaction = connection.transaction()?;
        let orders = states(&transaction, after)?;
        let Some((last, _)) = orders.last() else {
            transaction.execute(
                "INSERT INTO meta (key, value) VALUES (?1, ?2)
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                params![ASSESSED, FACTS_VERSION],
            )?;
            transaction.commit()?;
            return Ok(());
        };
        after = *last;
        for (order_n, state) in &orders {
            let order: WorkOrder = parse(state)?;
            let assessment = Assessment::of(&order, &calendar);
            AssessmentRows::new(&assessment)?.replace(&transaction, *order_n)?;
        }
        transaction.commit()?;
        tracing::info!(
            until = after,
            "taking out of the orders what counts for assessment"
        );
    }
}

/// The calendar as it is known to this data.
fn calendar(connection: &Connection) -> Result<Calendar, Fault> {
    let notices = read::all(connection, "SELECT notice FROM calendar_years ORDER BY n")?;
    let mut calendar = Calendar::shipped();
    for notice in notices {
        calendar = calendar
            .with_year(notice)
            .map_err(|error| Fault::Broken(format!("a holiday notice that was kept: {error}")))?;
    }
    Ok(calendar)
}

fn states(connection: &Connection, after: i64) -> Result<Vec<(i64, String)>, Fault> {
    let mut statement = connection
        .prepare_cached("SELECT n, state FROM orders WHERE n > ?1 ORDER BY n LIMIT ?2")?;
    let rows = statement.query_map(params![after, FILLED_TOGETHER], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl IndicatorStore for SqliteStore {
    fn tallies(&self, query: &TallyQuery) -> Result<Vec<TallyRow>, StoreError> {
        self.read("sum up what counts for assessment", |connection| {
            tallies(connection, query)
        })
    }

    fn open_handlings(
        &self,
        unit: Option<&UnitCode>,
        district: Option<&DistrictCode>,
    ) -> Result<Vec<OpenCount>, StoreError> {
        self.read("count the deadlines that run", |connection| {
            open_handlings(connection, unit, district)
        })
    }
}

fn tallies(connection: &Connection, query: &TallyQuery) -> Result<Vec<TallyRow>, Fault> {
    // Opened for reading only, while whoever writes is still filling them.
    if read::meta(connection, ASSESSED)?.as_deref() != Some(FACTS_VERSION) {
        let problem = "the orders are still being counted; start `kapok serve` with this data once";
        return Err(Fault::Broken(problem.to_owned()));
    }
    let mut conditions = vec!["counted_at >= ?", "counted_at < ?"];
    let mut values = vec![Value::from(ms(query.from)), Value::from(ms(query.before))];
    let mut must = |condition, value: Option<String>| {
        if let Some(value) = value {
            conditions.push(condition);
            values.push(Value::from(value));
        }
    };
    must("unit = ?", query.unit.as_ref().map(ToString::to_string));
    let district = query.district.as_ref().map(ToString::to_string);
    must("district = ?", district);
    let order_type = query.order_type.as_ref().map(name).transpose()?;
    must("order_type = ?", order_type);
    // The city's own months, at +08:00.
    let month = if query.by_month {
        "strftime('%Y-%m', counted_at / 1000 + 28800, 'unixepoch')"
    } else {
        "NULL"
    };
    let sums: Vec<String> = Measure::ALL
        .iter()
        .map(|measure| format!("sum({})", measure.code()))
        .collect();
    let sql = format!(
        "SELECT {month}, unit, district, order_type, {} FROM assessment WHERE {}
         GROUP BY 1, 2, 3, 4",
        sums.join(", "),
        conditions.join(" AND ")
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(tally_row(row)?);
    }
    Ok(found)
}

fn tally_row(row: &Row<'_>) -> Result<TallyRow, Fault> {
    let mut tally = Tally::default();
    for (column, measure) in (4..).zip(Measure::ALL) {
        tally.add(*measure, row.get(column)?);
    }
    Ok(TallyRow {
        month: row.get(0)?,
        unit: row.get::<_, Option<String>>(1)?.map(UnitCode::new),
        district: row.get::<_, Option<String>>(2)?.map(DistrictCode::new),
        order_type: named(&row.get::<_, String>(3)?)?,
        tally,
    })
}

fn open_handlings(
    connection: &Connection,
    unit: Option<&UnitCode>,
    district: Option<&DistrictCode>,
) -> Result<Vec<OpenCount>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT due_at, unit, standing, count(*), sum(provisional) FROM open_handlings
         WHERE (?1 IS NULL OR unit = ?1) AND (?2 IS NULL OR district = ?2)
         GROUP BY due_at, unit, standing ORDER BY due_at",
    )?;
    let unit = unit.map(UnitCode::as_str);
    let district = district.map(DistrictCode::as_str);
    let mut rows = statement.query(params![unit, district])?;
    let mut counts = Vec::new();
    while let Some(row) = rows.next()? {
        counts.push(OpenCount {
            due_at: instant(row.get(0)?)?,
            unit: UnitCode::new(row.get::<_, String>(1)?),
            standing: named(&row.get::<_, String>(2)?)?,
            count: unsigned(row.get(3)?)?,
            provisional: unsigned(row.get(4)?)?,
        });
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;

    /// A measure without a column would fail with the first order, a column without one for ever.
    #[test]
    fn columns_are_those_of_the_table() {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection, std::path::Path::new("memory")).unwrap();
        let listed = "SELECT group_concat(name, ' ') FROM pragma_table_info('assessment')";
        let found: String = connection.query_row(listed, [], |row| row.get(0)).unwrap();
        // Every statement names its columns, so those that came later may stand at the end.
        let sorted = |mut names: Vec<&str>| {
            names.sort_unstable();
            names.join(" ")
        };
        assert_eq!(
            sorted(found.split(' ').collect()),
            sorted(columns().collect())
        );
    }
}
