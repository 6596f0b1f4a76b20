//! How a store is opened.

/// How a store is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Most connections for reading.
    pub readers_max: usize,
    /// Memory that the writing connection may use for pages, in KiB.
    pub writer_cache_kib: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            readers_max: 8,
            writer_cache_kib: 32 * 1024,
        }
    }
}
