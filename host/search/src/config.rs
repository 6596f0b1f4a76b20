//! What an index may use, how it was found, and how large it is.

use std::time::Duration;

/// What an index may use, and when it commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Memory for changes before they go to disk, in bytes, over all writer threads. At least 15 MB
    /// a thread; less counts as that.
    pub writer_heap: usize,
    /// Threads that analyse and write. More than one makes a rebuild faster, and leaves more and
    /// smaller segments after each commit.
    pub writer_threads: usize,
    /// When changes become durable, and visible to searches.
    pub commit: Commit,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            writer_heap: 64 * 1024 * 1024,
            writer_threads: 1,
            commit: Commit::Every(Duration::from_millis(500)),
        }
    }
}

/// When changes are committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commit {
    /// On `Index::flush` only.
    Manually,
    /// At the latest this long after they were applied, by a thread of the index.
    Every(Duration),
}

/// How an index was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    /// It was there and goes on from its position.
    Kept,
    /// There was none; it begins at position 0.
    New,
    /// What was there is of another version or damaged; it was thrown away and begins at position 0.
    Replaced,
}

/// How large an index is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stats {
    /// Points that can be found.
    pub points: u64,
    /// Segments that a search looks through.
    pub segments: usize,
    /// Bytes that they take.
    pub bytes: u64,
}
