//! Pages of orders.

use chrono::{DateTime, Utc};
use engine::ports::{ListError, OrderFilter, OrderSummary, Page};
use lifecycle::ids::{DistrictCode, OrderId, UnitCode};
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use crate::codec::{instant, ms, name, named, unsigned};
use crate::error::Fault;

/// Where the next page begins: after this registration instant and number.
pub(crate) struct Cursor {
    registered_at: i64,
    id: String,
}

impl Cursor {
    /// Reads a cursor that [`Cursor::text`] wrote.
    pub(crate) fn parse(text: &str) -> Result<Self, ListError> {
        let bytes = hex::decode(text).ok();
        let plain = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        let parts = plain.as_deref().and_then(|plain| plain.split_once(' '));
        let (registered_at, id) = parts.ok_or(ListError::BadCursor)?;
        match registered_at.parse() {
            Ok(registered_at) => Ok(Self {
                registered_at,
                id: id.to_owned(),
            }),
            Err(_) => Err(ListError::BadCursor),
        }
    }

    fn text(line: &OrderSummary) -> String {
        Self::text_of(line.registered_at, line.id.as_str())
    }

    /// The cursor after a line that has this instant and number.
    pub(crate) fn text_of(at: DateTime<Utc>, id: &str) -> String {
        hex::encode(format!("{} {id}", ms(at)))
    }

    /// The instant, in milliseconds, and the number.
    pub(crate) fn into_parts(self) -> (i64, String) {
        (self.registered_at, self.id)
    }
}

/// A page, newest registration first.
pub(crate) fn page(
    connection: &Connection,
    filter: &OrderFilter,
    after: Option<Cursor>,
    limit: u32,
) -> Result<Page<OrderSummary>, Fault> {
    let (mut conditions, mut values) = (Vec::<&'static str>::new(), Vec::<Value>::new());
    let mut must = |condition, value: Option<Value>| {
        if let Some(value) = value {
            conditions.push(condition);
            values.push(value);
        }
    };
    let text = |text: &Option<String>| text.clone().map(Value::from);
    must("stage = ?", text(&filter.stage));
    must(
        "unit = ?",
        filter
            .unit
            .as_ref()
            .map(|code| Value::from(code.to_string())),
    );
    must(
        "district = ?",
        filter
            .district
            .as_ref()
            .map(|code| Value::from(code.to_string())),
    );
    must(
        "order_type = ?",
        filter
            .order_type
            .as_ref()
            .map(name)
            .transpose()?
            .map(Value::from),
    );
    // Few orders have it, and a unit's list is short already.
    must(
        "json_extract(state, '$.against_unit') IS NOT ?",
        filter
            .not_against
            .as_ref()
            .map(|code| Value::from(code.to_string())),
    );
    must("registered_by = ?", text(&filter.registered_by));
    must("source = ?", text(&filter.source));
    conditions.extend(flags(filter));
    if let Some(Cursor { registered_at, id }) = after {
        conditions.push("(registered_at, id) < (?, ?)");
        values.extend([Value::from(registered_at), Value::from(id)]);
    }
    if conditions.is_empty() {
        conditions.push("TRUE");
    }
    // One more than asked for tells whether there is a next page.
    values.push(Value::from(i64::from(limit).saturating_add(1)));
    let sql = format!(
        "SELECT id, version, stage, queue, order_type, district, unit, registered_at, due_at,
             provisional, overdue
         FROM orders WHERE {} ORDER BY registered_at DESC, id DESC LIMIT ?",
        conditions.join(" AND ")
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(line(row)?);
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let next = if items.len() > limit {
        items.truncate(limit);
        items.last().map(Cursor::text)
    } else {
        None
    };
    Ok(Page { items, next })
}

/// Conditions on flags, spelt out: only then are the indices of the rare ones used.
fn flags(filter: &OrderFilter) -> impl Iterator<Item = &'static str> {
    let overdue = filter.overdue.map(|yes| match yes {
        true => "overdue = 1",
        false => "overdue = 0",
    });
    let provisional = filter.provisional.map(|yes| match yes {
        true => "provisional = 1",
        false => "provisional = 0",
    });
    overdue.into_iter().chain(provisional)
}

fn line(row: &Row<'_>) -> Result<OrderSummary, Fault> {
    let queue: Option<String> = row.get(3)?;
    let due_at: Option<i64> = row.get(8)?;
    Ok(OrderSummary {
        id: OrderId::new(row.get::<_, String>(0)?),
        version: unsigned(row.get(1)?)?,
        stage: row.get(2)?,
        queue: queue.as_deref().map(named).transpose()?,
        order_type: named(&row.get::<_, String>(4)?)?,
        district: row.get::<_, Option<String>>(5)?.map(DistrictCode::new),
        unit: row.get::<_, Option<String>>(6)?.map(UnitCode::new),
        registered_at: instant(row.get(7)?)?,
        due_at: due_at.map(instant).transpose()?,
        provisional: row.get(9)?,
        overdue: row.get(10)?,
    })
}
