//! The search of the knowledge base, by its public interface: what a question finds and why, what a
//! crash leaves, and what odd input does.
#![cfg(test)]

mod asking;
mod crash;
mod filters;
mod highlights;
mod list;
mod odd;
mod points;
mod suggesting;

use search::{Change, Commit, Config, Document, Hits, Index, Query};

/// An index that commits when it is told to.
const MANUAL: Config = Config {
    writer_heap: 15_000_000,
    writer_threads: 1,
    commit: Commit::Manually,
};

/// An index of all points of `points`, with the synonyms of `list`.
fn filled() -> Index {
    let index = Index::in_memory(&MANUAL).unwrap();
    index.apply(upserts(points::all()), 1).unwrap();
    index.flush().unwrap();
    index.set_synonyms(list::synonyms());
    index
}

fn upserts(points: Vec<Document>) -> Vec<Change> {
    points
        .into_iter()
        .map(|point| Change::Upsert(Box::new(point)))
        .collect()
}

fn ids(hits: &Hits) -> Vec<&str> {
    hits.hits.iter().map(|hit| hit.id.as_str()).collect()
}

fn ask(index: &Index, text: &str) -> Hits {
    index.search(&Query::new(text)).unwrap()
}
