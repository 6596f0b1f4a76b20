//! The index on disk: what goes in, up to which position of the journal, and that both are one.
//!
//! The position is part of the engine's commit: the file that names the segments names it too, and is
//! replaced as a whole. So after a crash the index is as of some position, and whoever applies goes on
//! from there. Nothing else about the index needs care: it can be thrown away at any time.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use tantivy::directory::error::{LockError, OpenReadError};
use tantivy::directory::{Directory as _, INDEX_WRITER_LOCK, MmapDirectory, RamDirectory};
use tantivy::indexer::IndexWriterOptions;
use tantivy::merge_policy::LogMergePolicy;
use tantivy::{IndexReader, IndexSettings, IndexWriter, ReloadPolicy, TantivyError};

use crate::analysis::warm_up;
use crate::committer::Committer;
use crate::config::{Commit, Config, Opened, Stats};
use crate::document::{Change, Document};
use crate::error::Error;
use crate::schema::{FORMAT, Fields, tokenizers};
use crate::synonyms::Synonyms;

/// The search index of the knowledge base. Searches go on while changes go in, and see what was
/// committed last. Dropping it without `close` loses what was not committed, as a crash does: apply
/// from `position` again.
pub struct Index {
    pub(crate) inner: Arc<Inner>,
    opened: Opened,
    committer: Option<Committer>,
}

/// What the index and its committer share.
pub(crate) struct Inner {
    pub(crate) fields: Fields,
    pub(crate) reader: IndexReader,
    pub(crate) synonyms: RwLock<Arc<Synonyms>>,
    writer: Mutex<Writer>,
    committed: AtomicU64,
}

struct Writer {
    engine: IndexWriter,
    /// Up to here changes were taken.
    applied: u64,
    /// A commit or a change failed: what the engine holds is not known any more.
    broken: bool,
}

impl Index {
    /// Opens the index of a directory, or makes one. One process at a time writes to it. Reading the
    /// dictionaries takes about a third of a second, once a process.
    ///
    /// # Errors
    ///
    /// `Error::Directory` when the directory cannot be used, `Error::InUse` when another process
    /// has it open, `Error::Open` when the engine fails.
    pub fn open(dir: &Path, config: &Config) -> Result<Self, Error> {
        let unusable = |source| Error::Directory {
            dir: dir.to_owned(),
            source,
        };
        std::fs::create_dir_all(dir).map_err(unusable)?;
        let directory = MmapDirectory::open(dir).map_err(Error::open)?;
        let exists = tantivy::Index::exists(&directory).map_err(Error::open)?;
        let in_use = || Error::InUse {
            dir: dir.to_owned(),
        };
        if exists {
            match Self::reopen(directory.clone(), config) {
                Ok(inner) => return Self::start(inner, Opened::Kept, config),
                Err(Problem::Locked) => return Err(in_use()),
                Err(Problem::Failed(error)) => return Err(Error::open(error)),
                Err(Problem::Unfit) => {}
            }
            // Nobody may be writing to what is thrown away.
            let lock = directory
                .acquire_lock(&INDEX_WRITER_LOCK)
                .map_err(|error| match error {
                    LockError::LockBusy => in_use(),
                    error @ LockError::IoError(_) => Error::open(error),
                })?;
            clear(dir).map_err(unusable)?;
            drop(lock);
        }
        let directory = MmapDirectory::open(dir).map_err(Error::open)?;
        let opened = if exists {
            Opened::Replaced
        } else {
            Opened::New
        };
        let inner = Self::create(directory, config).map_err(|error| {
            if is_locked(&error) {
                in_use()
            } else {
                Error::open(error)
            }
        })?;
        Self::start(inner, opened, config)
    }

    /// An index that lives as long as the process.
    ///
    /// # Errors
    ///
    /// `Error::Open` when the engine fails.
    pub fn in_memory(config: &Config) -> Result<Self, Error> {
        let inner = Self::create(RamDirectory::create(), config).map_err(Error::open)?;
        Self::start(inner, Opened::New, config)
    }

    /// How the index was found when it was opened.
    #[must_use]
    pub fn opened(&self) -> Opened {
        self.opened
    }

    /// The position of the journal up to which the index is built, durably. After a crash, apply what
    /// comes after it.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.inner.committed.load(Ordering::Acquire)
    }

    /// Takes changes, in order, with the position of the journal that they reach. They are durable
    /// and visible after the next commit. A position that was applied before is passed over, so
    /// that replaying too much does no harm.
    ///
    /// # Errors
    ///
    /// `Error::Document` when a point cannot be indexed: nothing of the batch was taken.
    /// `Error::Write` when the engine fails: open the index anew.
    pub fn apply(&self, batch: Vec<Change>, position: u64) -> Result<(), Error> {
        self.inner.apply(batch, position)?;
        if let Some(committer) = &self.committer {
            committer.wake();
        }
        Ok(())
    }

    /// Commits what was applied, and shows it to searches.
    ///
    /// # Errors
    ///
    /// `Error::Write` when the engine fails: open the index anew.
    pub fn flush(&self) -> Result<(), Error> {
        self.inner.flush()
    }

    /// Puts these points in place of everything, in one commit; searches see the old ones until then,
    /// and a crash leaves the old ones. `position` may be any, also an earlier one.
    ///
    /// # Errors
    ///
    /// As `apply` and `flush`; after `Error::Document` the old points stay.
    pub fn rebuild(
        &self,
        points: impl IntoIterator<Item = Document>,
        position: u64,
    ) -> Result<(), Error> {
        self.inner.rebuild(points, position)
    }

    /// Puts a list of synonyms in place of the last one. Takes effect with the next search.
    pub fn set_synonyms(&self, synonyms: Synonyms) {
        let mut place = self
            .inner
            .synonyms
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *place = Arc::new(synonyms);
    }

    /// How large the index is.
    ///
    /// # Errors
    ///
    /// `Error::Read` when the engine fails.
    pub fn stats(&self) -> Result<Stats, Error> {
        let searcher = self.inner.reader.searcher();
        Ok(Stats {
            points: searcher.num_docs(),
            segments: searcher.segment_readers().len(),
            bytes: searcher
                .space_usage()
                .map_err(Error::read)?
                .total()
                .get_bytes(),
        })
    }

    /// Reads every file and compares its checksum.
    ///
    /// # Errors
    ///
    /// `Error::Read` when a file is damaged or missing: rebuild the index.
    pub fn verify(&self) -> Result<(), Error> {
        let searcher = self.inner.reader.searcher();
        let damaged = searcher.index().validate_checksum().map_err(Error::read)?;
        if damaged.is_empty() {
            return Ok(());
        }
        let mut names: Vec<PathBuf> = damaged.into_iter().collect();
        names.sort();
        Err(Error::read(std::io::Error::other(format!(
            "damaged: {names:?}"
        ))))
    }

    /// Commits what was applied and gives the directory free.
    ///
    /// # Errors
    ///
    /// As `flush`.
    pub fn close(mut self) -> Result<(), Error> {
        self.committer.take();
        self.inner.flush()
    }

    fn reopen(directory: MmapDirectory, config: &Config) -> Result<Inner, Problem> {
        let (schema, fields) = Fields::new();
        let engine = tantivy::Index::open(directory).map_err(Problem::of)?;
        if engine.schema() != schema {
            return Err(Problem::Unfit);
        }
        let payload = engine.load_metas().map_err(Problem::of)?.payload;
        let position = match payload {
            Some(payload) => read_payload(&payload).ok_or(Problem::Unfit)?,
            // Made, and never committed to.
            None => 0,
        };
        Inner::new(engine, fields, config, position).map_err(Problem::of)
    }

    fn create(
        directory: impl Into<Box<dyn tantivy::Directory>>,
        config: &Config,
    ) -> tantivy::Result<Inner> {
        let (schema, fields) = Fields::new();
        let engine = tantivy::Index::create(directory, schema, IndexSettings::default())?;
        Inner::new(engine, fields, config, 0)
    }

    fn start(inner: Inner, opened: Opened, config: &Config) -> Result<Self, Error> {
        let inner = Arc::new(inner);
        let committer = match config.commit {
            Commit::Manually => None,
            Commit::Every(pause) => Some(Committer::start(&inner, pause)?),
        };
        Ok(Self {
            inner,
            opened,
            committer,
        })
    }
}

impl Inner {
    fn new(
        mut engine: tantivy::Index,
        fields: Fields,
        config: &Config,
        position: u64,
    ) -> tantivy::Result<Self> {
        warm_up();
        engine.set_tokenizers(tokenizers());
        let threads = config.writer_threads.clamp(1, 8);
        let heap = (config.writer_heap / threads).clamp(15_000_000, 2_000_000_000);
        let options = IndexWriterOptions::builder()
            .num_worker_threads(threads)
            .memory_budget_per_thread(heap)
            .num_merge_threads(1)
            .build();
        let writer: IndexWriter = engine.writer_with_options(options)?;
        let mut merges = LogMergePolicy::default();
        merges.set_min_num_segments(6);
        merges.set_del_docs_ratio_before_merge(0.3);
        writer.set_merge_policy(Box::new(merges));
        let reader = engine
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        Ok(Self {
            fields,
            reader,
            synonyms: RwLock::default(),
            writer: Mutex::new(Writer {
                engine: writer,
                applied: position,
                broken: false,
            }),
            committed: AtomicU64::new(position),
        })
    }

    fn apply(&self, batch: Vec<Change>, position: u64) -> Result<(), Error> {
        // The whole batch is looked at before anything of it is taken.
        let mut changes = Vec::with_capacity(batch.len());
        for change in batch {
            changes.push(match change {
                Change::Upsert(point) => (
                    self.fields.id_term(&point.id),
                    Some(self.fields.document(&point)?),
                ),
                Change::Remove(id) => (self.fields.id_term(&id), None),
            });
        }
        let mut writer = self.writer()?;
        if position <= writer.applied {
            return Ok(());
        }
        for (id, document) in changes {
            writer.engine.delete_term(id);
            if let Some(document) = document {
                let added = writer.engine.add_document(document);
                writer.check(added)?;
            }
        }
        writer.applied = position;
        Ok(())
    }

    fn rebuild(
        &self,
        points: impl IntoIterator<Item = Document>,
        position: u64,
    ) -> Result<(), Error> {
        let mut writer = self.writer()?;
        let deleted = writer.engine.delete_all_documents();
        writer.check(deleted)?;
        for point in points {
            match self.fields.document(&point) {
                Ok(document) => {
                    let added = writer.engine.add_document(document);
                    writer.check(added)?;
                }
                Err(refused) => {
                    let rolled_back = writer.engine.rollback();
                    writer.check(rolled_back)?;
                    writer.applied = self.committed.load(Ordering::Acquire);
                    return Err(refused);
                }
            }
        }
        writer.applied = position;
        self.commit(&mut writer)
    }

    /// Commits when there is something to commit.
    pub(crate) fn flush(&self) -> Result<(), Error> {
        let mut writer = self.writer()?;
        if writer.applied == self.committed.load(Ordering::Acquire) {
            return Ok(());
        }
        self.commit(&mut writer)
    }

    fn commit(&self, writer: &mut Writer) -> Result<(), Error> {
        let payload = write_payload(writer.applied);
        let done = writer.engine.prepare_commit().and_then(|mut commit| {
            commit.set_payload(&payload);
            commit.commit()
        });
        writer.check(done)?;
        self.committed.store(writer.applied, Ordering::Release);
        self.reader.reload().map_err(Error::read)
    }

    fn writer(&self) -> Result<MutexGuard<'_, Writer>, Error> {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if writer.broken {
            return Err(Error::write(std::io::Error::other(
                "an earlier change failed",
            )));
        }
        Ok(writer)
    }
}

impl Writer {
    fn check<T>(&mut self, result: tantivy::Result<T>) -> Result<T, Error> {
        result.map_err(|source| {
            self.broken = true;
            Error::write(source)
        })
    }
}

/// Why an index that is there cannot be opened.
enum Problem {
    /// Another process writes to it.
    Locked,
    /// It is of another version, or damaged.
    Unfit,
    /// The machine failed, which says nothing about the index.
    Failed(TantivyError),
}

impl Problem {
    fn of(error: TantivyError) -> Self {
        if is_locked(&error) {
            return Self::Locked;
        }
        let is_machine = matches!(
            error,
            TantivyError::IoError(_)
                | TantivyError::LockFailure(..)
                | TantivyError::OpenDirectoryError(_)
                | TantivyError::OpenReadError(OpenReadError::IoError { .. })
                | TantivyError::OpenWriteError(_)
                | TantivyError::ErrorInThread(_)
                | TantivyError::SystemError(_)
        );
        if is_machine {
            Self::Failed(error)
        } else {
            Self::Unfit
        }
    }
}

fn is_locked(error: &TantivyError) -> bool {
    matches!(error, TantivyError::LockFailure(LockError::LockBusy, _))
}

fn write_payload(position: u64) -> String {
    format!("{FORMAT} {position}")
}

fn read_payload(payload: &str) -> Option<u64> {
    let (format, position) = payload.split_once(' ')?;
    (format == FORMAT.to_string()).then(|| position.parse().ok())?
}

/// Deletes what the engine wrote, and nothing else: names with its endings, and its two lists.
fn clear(dir: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let is_segment = name
            .split('.')
            .next()
            .is_some_and(|stem| stem.len() == 32 && stem.bytes().all(|b| b.is_ascii_hexdigit()));
        if is_segment || name == "meta.json" || name == ".managed.json" {
            std::fs::remove_file(path)?;
        }
    }
    Ok(())
}
