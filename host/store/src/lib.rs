//! The store in SQLite: journal, personal data, outbox, timers and views in one file.
//!
//! One thread writes. It takes what many callers want to write from a bounded queue, puts it into one
//! transaction, and answers after the flush to disk: so durability costs one flush a batch and not one
//! an order. What somebody waits for goes before what falls due, so that hundreds of thousands of
//! timers at one instant hold up no command; and another thread moves the log into the database. What
//! is refused is refused before anything of it is written, and should a part fail midway, the batch is
//! written again with a savepoint around each part: nobody harms another. Readers have connections of
//! their own and are never held up.
//!
//! Personal data lives in the tables `requesters` and `texts` only. The journal cannot be changed or
//! deleted: triggers forbid it.
#![forbid(unsafe_code)]

mod error;

mod options;

mod schema;

mod codec;

mod queue;

mod checkpoint;

mod writer;

mod readers;

mod messages;

mod due;

mod assessment;

mod audit;

mod commit;

mod read;

mod list;

mod dossiers;

mod knowledge;

mod rollout;

mod sqlite;

pub use error::Error;
pub use options::Options;
pub use sqlite::SqliteStore;
