//! Counts in memory: each asked for is summed from what every order last committed.

use chrono::{DateTime, Utc};
use engine::ports::{IndicatorStore, OpenCount, StoreError, TallyQuery, TallyRow};
use lifecycle::assessment::{OpenHandling, Record};
use lifecycle::ids::{DistrictCode, UnitCode};

use super::MemoryStore;

fn month(at: DateTime<Utc>) -> String {
    calendar::local_date(at).format("%Y-%m").to_string()
}

impl IndicatorStore for MemoryStore {
    fn tallies(&self, query: &TallyQuery) -> Result<Vec<TallyRow>, StoreError> {
        let kept = self.kept();
        let records = kept.assessments.values().flat_map(|it| &it.records);
        let asked = |record: &&Record| {
            (query.from..query.before).contains(&record.counted_at)
                && (query.unit.is_none() || query.unit == record.unit)
                && (query.district.is_none() || query.district == record.district)
                && query.order_type.is_none_or(|it| it == record.order_type)
        };
        let mut rows: Vec<TallyRow> = Vec::new();
        for record in records.filter(asked) {
            let new = TallyRow {
                month: query.by_month.then(|| month(record.counted_at)),
                unit: record.unit.clone(),
                district: record.district.clone(),
                order_type: record.order_type,
                tally: record.tally.clone(),
            };
            let same = rows.iter_mut().find(|row| {
                (&row.month, &row.unit, &row.district, row.order_type)
                    == (&new.month, &new.unit, &new.district, new.order_type)
            });
            match same {
                Some(row) => row.tally.merge(&new.tally),
                None => rows.push(new),
            }
        }
        Ok(rows)
    }

    fn open_handlings(
        &self,
        unit: Option<&UnitCode>,
        district: Option<&DistrictCode>,
    ) -> Result<Vec<OpenCount>, StoreError> {
        let kept = self.kept();
        let open = kept.assessments.values().filter_map(|it| it.open.as_ref());
        let asked = |it: &&OpenHandling| {
            unit.is_none_or(|unit| it.unit == *unit)
                && district.is_none_or(|district| it.district.as_ref() == Some(district))
        };
        let one = |it: &OpenHandling| OpenCount {
            due_at: it.due_at,
            unit: it.unit.clone(),
            standing: it.standing,
            count: 1,
            provisional: u64::from(it.provisional),
        };
        let mut counts: Vec<OpenCount> = open.filter(asked).map(one).collect();
        counts.sort_by_key(|it| it.due_at);
        Ok(counts)
    }
}
