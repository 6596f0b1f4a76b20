//! Every day of four years, and random notices, against a naive model written from T3 and the notices.

use std::collections::BTreeSet;

use calendar::Period::{CalendarDays, WorkingDays};
use calendar::{Calendar, YearNotice, last_day, local_date, midnight_at_start_of};
use chrono::{Datelike, Days, NaiveDate, TimeDelta, Weekday};
use proptest::prelude::*;

use crate::date;

/// The model: two sets and the weekday. It knows one list of notices and no pattern.
struct Model {
    off: BTreeSet<NaiveDate>,
    work: BTreeSet<NaiveDate>,
}

impl Model {
    fn of<'a>(notices: impl Iterator<Item = &'a YearNotice>) -> Self {
        let mut model = Self {
            off: BTreeSet::new(),
            work: BTreeSet::new(),
        };
        for notice in notices {
            model.off.extend(&notice.off);
            model.work.extend(&notice.work);
        }
        model
    }

    fn works(&self, date: NaiveDate) -> bool {
        let weekend = [Weekday::Sat, Weekday::Sun].contains(&date.weekday());
        self.work.contains(&date) || !(self.off.contains(&date) || weekend)
    }

    /// The working days strictly after `date`.
    fn after(&self, date: NaiveDate) -> impl Iterator<Item = NaiveDate> {
        date.iter_days().skip(1).filter(|day| self.works(*day))
    }
}

/// Every date of 2023–2026.
fn four_years() -> impl Iterator<Item = NaiveDate> {
    date("2023-01-01")
        .iter_days()
        .take_while(|day| day.year() <= 2026)
}

#[test]
fn kinds_agree_with_the_model() {
    let calendar = Calendar::shipped();
    let model = Model::of(calendar.notices());
    assert_eq!(four_years().count(), 1461);
    for day in four_years() {
        assert_eq!(
            calendar.is_working_day(day).unwrap(),
            model.works(day),
            "{day}"
        );
        assert!(!calendar.day(day).unwrap().provisional, "{day}");
    }
}

#[test]
fn limits_agree_with_the_model() {
    let calendar = Calendar::shipped();
    let model = Model::of(calendar.notices());
    for day in four_years() {
        for n in [1, 2, 3, 5, 10] {
            let due = calendar
                .due(midnight_at_start_of(day), WorkingDays(n))
                .unwrap();
            if due.provisional {
                // Exactly the limits that run out of known days.
                assert!(last_day(due.due_at).year() == 2027, "{day} {n}");
                continue;
            }
            let expected: Vec<NaiveDate> = model.after(day).take(usize::from(n)).collect();
            assert_eq!(due.counted, expected, "{day} {n}");
        }
    }
}

/// Later triggers are never due earlier; the due day is a working day; counting back gives the
/// length. Runs into the statutory pattern of 2027.
#[test]
fn monotone_never_off_and_invertible() {
    let calendar = Calendar::shipped();
    for n in 1..=30 {
        let mut before = None;
        for day in four_years() {
            let due = calendar
                .due(midnight_at_start_of(day), WorkingDays(n))
                .unwrap();
            let last = last_day(due.due_at);
            assert!(before <= Some(due.due_at), "{day} {n}");
            before = Some(due.due_at);

            assert!(
                due.counted
                    .iter()
                    .all(|day| calendar.is_working_day(*day).unwrap())
            );
            assert!(due.counted.is_sorted_by(|one, next| one < next));
            assert_eq!(due.counted.len(), usize::from(n));
            assert_eq!(due.counted.last(), Some(&last));
            assert!(day < due.counted[0]);
            assert_eq!(
                calendar.working_days_between(day, last).unwrap(),
                n,
                "{day} {n}"
            );
        }
    }
}

/// A limit of n + m working days is a limit of n, extended by m.
#[test]
fn extensions_add_up() {
    let calendar = Calendar::shipped();
    for day in four_years() {
        let trigger = midnight_at_start_of(day);
        for (n, m) in [(2, 2), (10, 4), (10, 10)] {
            let first = calendar.due(trigger, WorkingDays(n)).unwrap();
            let second = calendar.due_after(first.due_at, WorkingDays(m)).unwrap();
            let whole = calendar.due(trigger, WorkingDays(n + m)).unwrap();
            assert_eq!(second.due_at, whole.due_at, "{day} {n} {m}");
            assert_eq!(
                second.counted,
                whole.counted[usize::from(n)..],
                "{day} {n} {m}"
            );
        }
    }
}

/// The time used at the due instant is the limit, whatever holidays lie between (Art. 15).
#[test]
fn working_time_at_the_due_instant_is_the_limit() {
    let calendar = Calendar::shipped();
    for day in four_years() {
        for n in [1, 2, 10] {
            let due = calendar
                .due(midnight_at_start_of(day), WorkingDays(n))
                .unwrap();
            let used = calendar
                .working_time_used(due.clock_start, due.due_at)
                .unwrap();
            assert_eq!(used, TimeDelta::days(i64::from(n)), "{day} {n}");
        }
    }
}

/// A notice for 2027 with random days off and random make-up weekends.
fn any_2027() -> impl Strategy<Value = YearNotice> {
    let days = prop::collection::btree_set(0_u64..396, 1..60);
    let weekends = prop::collection::btree_set(0_u64..396, 0..40);
    (days, weekends).prop_map(|(off, work)| {
        let day = |offset: &u64| date("2026-12-01") + Days::new(*offset);
        let off: BTreeSet<NaiveDate> = off.iter().map(day).collect();
        let weekend = |day: &NaiveDate| [Weekday::Sat, Weekday::Sun].contains(&day.weekday());
        let work = work.iter().map(day).filter(weekend);
        YearNotice {
            year: 2027,
            notice: "random".to_owned(),
            work: work.filter(|day| !off.contains(day)).collect(),
            off: off.into_iter().collect(),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_notices_agree_with_the_model(
        notice in any_2027(),
        offset in 0_i64..330 * 24 * 3600,
        n in 1_u16..40,
    ) {
        let calendar = Calendar::shipped().with_year(notice).unwrap();
        let model = Model::of(calendar.notices());
        let trigger = midnight_at_start_of(date("2026-11-01")) + TimeDelta::seconds(offset);
        let due = calendar.due(trigger, WorkingDays(n)).unwrap();
        prop_assume!(last_day(due.due_at).year() < 2028);
        let expected: Vec<NaiveDate> =
            model.after(local_date(trigger)).take(usize::from(n)).collect();
        prop_assert_eq!(&due.counted, &expected);
        prop_assert!(!due.provisional);
        prop_assert_eq!(due.clock_start, midnight_at_start_of(expected[0]));
    }

    #[test]
    fn calendar_days_are_plain_addition(offset in 0_i64..4 * 365 * 24 * 3600, n in 1_u16..400) {
        let trigger = midnight_at_start_of(date("2023-01-01")) + TimeDelta::seconds(offset);
        let due = Calendar::shipped().due(trigger, CalendarDays(n)).unwrap();
        let last = local_date(trigger) + Days::new(u64::from(n));
        prop_assert_eq!(due.due_at, midnight_at_start_of(last + Days::new(1)));
        prop_assert_eq!(due.counted.len(), usize::from(n));
    }
}
