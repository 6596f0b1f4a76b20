//! The one zone of the Rules: Asia/Shanghai, +08:00, no daylight saving (T1).
//!
//! "24:00 of D" is the instant D+1 00:00; nothing in the code has an hour 24.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Utc};

const ZONE: FixedOffset = FixedOffset::east_opt(8 * 3600).unwrap();

/// The zone in which every local date of the hotline is taken: +08:00.
pub fn zone() -> FixedOffset {
    ZONE
}

/// The date on which `instant` falls in [`zone`].
pub fn local_date(instant: DateTime<Utc>) -> NaiveDate {
    instant
        .naive_utc()
        .checked_add_offset(ZONE)
        .map_or(NaiveDate::MAX, |local| local.date())
}

/// 00:00 of `date` in [`zone`].
///
/// Saturates at the ends of what chrono can hold, some 260,000 years away.
pub fn midnight_at_start_of(date: NaiveDate) -> DateTime<Utc> {
    date.and_time(NaiveTime::MIN)
        .checked_sub_offset(ZONE)
        .map_or(DateTime::<Utc>::MIN_UTC, |midnight| midnight.and_utc())
}

/// 24:00 of `date` in [`zone`], the instant at which a limit counted in days ends (T3, T4, T6).
///
/// Saturates like [`midnight_at_start_of`].
pub fn end_of(date: NaiveDate) -> DateTime<Utc> {
    date.succ_opt()
        .map_or(DateTime::<Utc>::MAX_UTC, midnight_at_start_of)
}

/// The last local date on which something done in time can happen before `due_at`.
///
/// 24:00 of D belongs to D here, any other instant to its own local date.
pub fn last_day(due_at: DateTime<Utc>) -> NaiveDate {
    due_at
        .checked_sub_signed(TimeDelta::nanoseconds(1))
        .map_or(NaiveDate::MIN, local_date)
}

/// `due_at` as the Rules write it: `2026-10-09 24:00` for a limit in days, else local date and time.
pub fn due_text(due_at: DateTime<Utc>) -> String {
    let day = last_day(due_at);
    if end_of(day) == due_at {
        format!("{day} 24:00")
    } else {
        let local = due_at.with_timezone(&ZONE);
        local.format("%Y-%m-%d %H:%M:%S").to_string()
    }
}

/// `instant` as messages show it: RFC 3339 in [`zone`], such as `2026-10-09T09:30:00+08:00`.
///
/// In UTC at the end of what chrono can hold, where there is no local time.
pub fn instant_text(instant: DateTime<Utc>) -> String {
    match instant.naive_utc().checked_add_offset(ZONE) {
        Some(local) => format!("{}+08:00", local.format("%Y-%m-%dT%H:%M:%S%.f")),
        None => instant.to_rfc3339(),
    }
}
