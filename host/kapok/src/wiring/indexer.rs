//! Keeps the search index of the knowledge base up to date, and its synonyms those of the centre's list.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use api::{IndexingError, catch_up};
use engine::Engine;
use search::{Config, Index, Synonyms};

use super::background::{Background, unless_more};

/// The index in the data directory. It is derived from the journal, and may be removed at any time.
const FOLDER: &str = "search";
/// The centre's list of synonyms in the data directory.
const SYNONYMS: &str = "synonyms.txt";
/// Pause after the index took nothing.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(5);

/// A thread that keeps the index up to date, until it is dropped.
pub(crate) struct Indexer {
    index: Arc<Index>,
    _thread: Background,
}

impl Indexer {
    /// Opens the index in a data directory, or makes one, and starts the thread.
    pub(crate) fn start(engine: Arc<Engine>, data: &Path) -> anyhow::Result<Self> {
        let folder = data.join(FOLDER);
        let mut index = Index::open(&folder, &Config::default())?;
        // The journal of a restored backup may be older than the index.
        if index.position() > engine.knowledge_position()? {
            index.close()?;
            fs::remove_dir_all(&folder)
                .with_context(|| format!("cannot remove {}", folder.display()))?;
            index = Index::open(&folder, &Config::default())?;
        }
        let index = Arc::new(index);
        let reached = Mutex::new(index.position());
        let list = List {
            path: data.join(SYNONYMS),
            read: Mutex::new(None),
        };
        let indexed = index.clone();
        let work = move || {
            list.take(&indexed);
            let mut reached = reached.lock().unwrap_or_else(PoisonError::into_inner);
            match catch_up(&engine, &indexed, *reached) {
                Ok((position, more)) => {
                    *reached = position;
                    Ok(unless_more(more))
                }
                Err(IndexingError::Engine(error)) => Err(error),
                Err(IndexingError::Search(error)) => {
                    tracing::error!(%error, "the search index falls behind; restart to open it anew");
                    Ok(PAUSE_AFTER_FAILURE)
                }
            }
        };
        Ok(Self {
            index,
            _thread: Background::start("kapok-indexer", work)?,
        })
    }

    /// The index, for searching.
    pub(crate) fn index(&self) -> Arc<Index> {
        self.index.clone()
    }
}

/// The list of synonyms, read again whenever it has changed.
struct List {
    path: PathBuf,
    read: Mutex<Option<SystemTime>>,
}

impl List {
    fn take(&self, index: &Index) {
        let changed = fs::metadata(&self.path).and_then(|it| it.modified()).ok();
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if *read == changed {
            return;
        }
        *read = changed;
        let list = match changed {
            None => Ok(Synonyms::default()),
            Some(_) => fs::read_to_string(&self.path)
                .map_err(anyhow::Error::from)
                .and_then(|text| Ok(Synonyms::parse(&text)?)),
        };
        match list {
            Ok(list) => {
                tracing::info!(groups = list.len(), "synonyms taken");
                index.set_synonyms(list);
            }
            Err(error) => {
                let path = self.path.display();
                tracing::warn!(%path, "the synonyms stay as they were: {error:#}");
            }
        }
    }
}
