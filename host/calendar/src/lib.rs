//! Dates, the working-day calendar and statutory periods of the hotline (Art. 14, 15, 19 and every
//! other article that names a limit).
//!
//! The crate is pure: it knows no clock, no file and no environment. Instants are UTC; local dates
//! exist in one zone only, +08:00 without daylight saving (T1). What a day counts for comes from the
//! holiday notices of the State Council ([`YearNotice`]); the years 2023–2026 are shipped, later ones
//! are imported at run time. A year without a notice follows the statutory pattern and makes each
//! due instant that needs it *provisional* (P14).
//!
//! ```
//! use calendar::{Calendar, Period, due_text};
//!
//! // A non-consultation order dispatched on Friday 2026-09-18 at 16:00: ten working days (Art. 14(2)).
//! let calendar = Calendar::shipped();
//! let dispatched = "2026-09-18T16:00:00+08:00".parse()?;
//! let due = calendar.due(dispatched, Period::WorkingDays(10))?;
//! assert_eq!(due_text(due.due_at), "2026-10-09 24:00");
//! assert_eq!(due.counted[0].to_string(), "2026-09-20"); // a Sunday on which offices work
//! assert!(!due.provisional);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]
#![warn(clippy::arithmetic_side_effects)]

mod zone;

mod year;

mod statute;

mod days;

mod period;

mod elapsed;

mod error;

pub use days::{Calendar, Day, DayKind};
pub use elapsed::{Remaining, is_late};
pub use error::Error;
pub use period::{Due, Period};
pub use statute::{FIRST_YEAR, LAST_YEAR};
pub use year::YearNotice;
pub use zone::{due_text, end_of, instant_text, last_day, local_date, midnight_at_start_of, zone};
