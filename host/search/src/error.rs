//! What can go wrong in the search, and what to do then. The index is derived data: whatever happens
//! to it, the journal has everything, and opening anew or rebuilding is always a way out.

use std::path::PathBuf;

/// Why the search could not do something.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The directory of the index could not be made or read.
    #[error("the directory {} of the search index could not be used", dir.display())]
    Directory {
        /// The directory.
        dir: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Another process writes to the index.
    #[error("the search index {} is in use by another Kapok; stop it first", dir.display())]
    InUse {
        /// The directory.
        dir: PathBuf,
    },
    /// The index could not be opened or made, though the directory could.
    #[error("the search index could not be opened; delete its directory, and it is rebuilt")]
    Open {
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The index could not take or commit changes. Open it anew and apply from its position.
    #[error("the search index took no changes; open it anew, it goes on from its position")]
    Write {
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The index could not be read. Rebuild it.
    #[error("the search index could not be read; rebuild it")]
    Read {
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The thread that commits could not be started.
    #[error("the thread that commits the search index could not be started")]
    Thread {
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A document cannot be indexed.
    #[error("the knowledge point {id:?} cannot be indexed: {reason}")]
    Document {
        /// Its id as given.
        id: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A line of the synonym list is wrong.
    #[error("line {line} of the synonym list: {reason}")]
    Synonyms {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it, and what would be right.
        reason: String,
    },
}

impl Error {
    pub(crate) fn open(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Open {
            source: Box::new(source),
        }
    }

    pub(crate) fn write(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Write {
            source: Box::new(source),
        }
    }

    pub(crate) fn read(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Read {
            source: Box::new(source),
        }
    }
}
