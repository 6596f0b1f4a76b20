//! What can go wrong: on opening, which the operator must hear plainly, and later, which becomes the
//! port's `StoreError`.

use std::path::PathBuf;

use engine::ports::StoreError;

/// Why a data directory could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The directory could not be made.
    #[error("the data directory {} could not be made", dir.display())]
    Directory {
        /// The directory.
        dir: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Another process writes to it.
    #[error(
        "the data directory {} is in use by another Kapok; stop it, or ask it with `--server URL`",
        dir.display()
    )]
    InUse {
        /// The directory.
        dir: PathBuf,
    },
    /// A file could not be made, or not be closed to others than its owner.
    #[error("{} could not be made, or not be made private", file.display())]
    Private {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file that keeps others out could not be locked.
    #[error("{} could not be locked", file.display())]
    Lock {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// There is nothing to read.
    #[error("the data directory {} holds no data; start `kapok serve` with it once", dir.display())]
    Empty {
        /// The directory.
        dir: PathBuf,
    },
    /// The data was written by a newer Kapok.
    #[error(
        "{} has schema {found}, and this Kapok knows schemas up to {known}; use the newer Kapok that \
         wrote it",
        file.display()
    )]
    NewerSchema {
        /// The database.
        file: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema that is known here.
        known: i64,
    },
    /// The data is to be read only, and was written by an older Kapok.
    #[error(
        "{} has schema {found}, and this Kapok reads schema {known}; start `kapok serve` with it once",
        file.display()
    )]
    OlderSchema {
        /// The database.
        file: PathBuf,
        /// Its schema.
        found: i64,
        /// The schema that is read here.
        known: i64,
    },
    /// The file is a database of something else.
    #[error("{} is a database, but not one of Kapok's; choose another data directory", file.display())]
    Foreign {
        /// The database.
        file: PathBuf,
    },
    /// The database could not be opened.
    #[error("{} could not be opened", file.display())]
    Open {
        /// The database.
        file: PathBuf,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
    /// The schema could not be brought up to date.
    #[error("the schema of {} could not be brought up to date; nothing was changed", file.display())]
    Migrate {
        /// The database.
        file: PathBuf,
        /// Why.
        #[source]
        source: rusqlite_migration::Error,
    },
    /// What counts for assessment could not be taken out of the orders.
    #[error("the orders in {} could not be counted for assessment; restore a backup", file.display())]
    Fill {
        /// The database.
        file: PathBuf,
        /// Why.
        #[source]
        source: StoreError,
    },
    /// The decisions of older data could not be linked into the audit chain.
    #[error(
        "the decisions in {} could not be linked into the audit chain; restore a backup",
        file.display()
    )]
    Link {
        /// The database.
        file: PathBuf,
        /// Why.
        #[source]
        source: StoreError,
    },
    /// The writing thread could not be started.
    #[error("the thread that writes could not be started")]
    Thread(#[source] std::io::Error),
}

/// What goes wrong inside.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error("JSON that was kept has another form than expected: {0}")]
    Json(#[from] serde_json::Error),
    #[error("compression: {0}")]
    Compression(#[from] std::io::Error),
    #[error("{0}")]
    Broken(String),
    #[error("the store was opened for reading only")]
    ReadOnly,
    #[error("the thread that writes has ended")]
    WriterEnded,
}

impl Fault {
    /// The port's error: what was being done when this happened.
    pub(crate) fn during(self, operation: &'static str) -> StoreError {
        StoreError::new(operation, self)
    }
}
