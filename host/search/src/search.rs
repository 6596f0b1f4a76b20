//! Asking: a plan, the best points of it, and why each of them.

use std::sync::{Arc, PoisonError};

use tantivy::query::AllQuery;
use tantivy::{Searcher, TantivyDocument};

use crate::best::{Best, Filter, Found};
use crate::document::Status;
use crate::error::Error;
use crate::highlight::show;
use crate::index::Index;
use crate::plan::{Depth, ORDER, Plan, Planner, QUESTION};
use crate::query::{Hit, Hits, Query, Suggestion};

/// How far a search reaches.
const REACH: usize = 10_000;
const LIMIT_MAX: usize = 1_000;

impl Index {
    /// The points that answer a question best.
    ///
    /// # Errors
    ///
    /// `Error::Read` when the index cannot be read: rebuild it.
    pub fn search(&self, query: &Query) -> Result<Hits, Error> {
        self.ask(query, QUESTION)
    }

    /// The valid points that fit an order's text best (R19), by its key terms. Nothing for a text
    /// that has none.
    ///
    /// # Errors
    ///
    /// As `search`.
    pub fn suggest(&self, order: &Suggestion) -> Result<Hits, Error> {
        let query = Query {
            text: order.text.clone(),
            district: order.district.clone(),
            status: Some(Status::Published),
            only_valid_at: Some(order.at),
            limit: order.limit,
            ..Query::new("")
        };
        self.ask(&query, ORDER)
    }

    fn ask(&self, query: &Query, depth: Depth) -> Result<Hits, Error> {
        let searcher = self.inner.reader.searcher();
        let synonyms = {
            let list = self.inner.synonyms.read();
            Arc::clone(&list.unwrap_or_else(PoisonError::into_inner))
        };
        let planner = Planner {
            searcher: &searcher,
            fields: &self.inner.fields,
            synonyms: &synonyms,
        };
        let plan = planner.plan(&query.text, depth)?;
        let filter = Filter::from(query);
        let is_blank = !query.text.chars().any(char::is_alphanumeric);
        let offset = query.offset.min(REACH);
        let limit = query.limit.min(LIMIT_MAX).min(REACH - offset);
        let best = Best {
            most: offset + limit,
            filter,
        };
        let found = match plan.query() {
            Some(engine) => searcher.search(&engine, &best).map_err(Error::read)?,
            // Nothing to look for: what the filters leave.
            None if is_blank && depth.tolerant && !best.filter.is_open() => {
                searcher.search(&AllQuery, &best).map_err(Error::read)?
            }
            None => Found::default(),
        };
        self.present(&searcher, &plan, &found, offset)
    }

    fn present(
        &self,
        searcher: &Searcher,
        plan: &Plan,
        found: &Found,
        offset: usize,
    ) -> Result<Hits, Error> {
        let mut hits = Vec::new();
        for ranked in found.best.iter().skip(offset) {
            let document: TantivyDocument = searcher.doc(ranked.address).map_err(Error::read)?;
            let stored = self.inner.fields.stored(&document);
            let (title, snippet, why) = show(&stored, &plan.needles);
            hits.push(Hit {
                id: stored.id,
                version: stored.version,
                score: ranked.score,
                title,
                snippet,
                why,
            });
        }
        Ok(Hits {
            total: found.total,
            hits,
        })
    }
}
