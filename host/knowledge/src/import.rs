//! Points in files: JSON Lines and tables (CSV), both ways. Reading and writing files, and the quoting
//! of CSV, are the shell's; here are the forms of a line, what is cleaned, and what is refused and why.
//!
//! A [`Record`] is one line in words. [`Record::read`] makes it of a JSON line, [`Columns::read`] of a
//! row of a table; [`Record::point`] makes a new point of it, or says everything that is wrong with it,
//! each with its field and the way out. A point that is imported is a draft: it may lack what Art. 34
//! asks of every point, and is published by the way of every draft.

mod clean;

mod record;

mod table;

mod report;

mod texts;

pub use clean::{Cleaned, Cleaning, clean_line, clean_text};
pub use record::{Defaults, Record};
pub use report::{Note, Problem, Refusal, Report};
pub use table::{COLUMNS, Columns, cells};
