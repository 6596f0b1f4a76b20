//! The best points of a search, those left out that the filters exclude. Filters are looked up in
//! columns, for points that match only; so a filter costs nothing for the others.

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use crate::document::Status;
use crate::query::Query;
use crate::schema::{DISTRICT, KIND, STATUS, TIE, UNIT, VALID_FROM, VALID_UNTIL};

/// Which points count.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    unit: Option<String>,
    kind: Option<String>,
    district: Option<String>,
    status: Option<Status>,
    /// Published, and valid then: milliseconds.
    valid_at: Option<i64>,
}

impl From<&Query> for Filter {
    fn from(query: &Query) -> Self {
        Self {
            unit: query.unit.clone(),
            kind: query.kind.clone(),
            district: query.district.clone(),
            status: query.status,
            valid_at: query.only_valid_at.map(|at| at.timestamp_millis()),
        }
    }
}

impl Filter {
    /// Whether everything counts.
    pub(crate) fn is_open(&self) -> bool {
        self.unit.is_none()
            && self.kind.is_none()
            && self.district.is_none()
            && self.status.is_none()
            && self.valid_at.is_none()
    }
}

/// A point with its score.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ranked {
    pub(crate) score: Score,
    pub(crate) tie: u64,
    pub(crate) address: DocAddress,
}

/// How many points count, and the best of them.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) total: usize,
    pub(crate) best: Vec<Ranked>,
}

/// Collects the `most` best points that a filter leaves.
pub(crate) struct Best {
    pub(crate) filter: Filter,
    pub(crate) most: usize,
}

impl Collector for Best {
    type Fruit = Found;
    type Child = BestOfSegment;

    fn for_segment(
        &self,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<BestOfSegment> {
        let columns = reader.fast_fields();
        let filter = &self.filter;
        let label = |name: &str, wanted: &Option<String>| match wanted {
            Some(wanted) => Label::of(columns.str(name)?, wanted),
            None => Ok(Label::Any),
        };
        let status = match (filter.status, filter.valid_at) {
            (None, None) => None,
            (wanted, valid_at) => Some((columns.u64(STATUS)?, wanted, valid_at.is_some())),
        };
        let valid = match filter.valid_at {
            None => None,
            Some(at) => Some((columns.i64(VALID_FROM)?, columns.i64(VALID_UNTIL)?, at)),
        };
        Ok(BestOfSegment {
            segment,
            most: self.most,
            unit: label(UNIT, &filter.unit)?,
            kind: label(KIND, &filter.kind)?,
            district: label(DISTRICT, &filter.district)?,
            status,
            valid,
            tie: columns.u64(TIE)?,
            found: Found::default(),
        })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, segments: Vec<Found>) -> tantivy::Result<Found> {
        let mut all = Found::default();
        for found in segments {
            all.total += found.total;
            all.best.extend(found.best);
        }
        all.keep(self.most);
        Ok(all)
    }
}

/// The best of one segment.
pub(crate) struct BestOfSegment {
    segment: SegmentOrdinal,
    most: usize,
    unit: Label,
    kind: Label,
    district: Label,
    status: Option<(Column<u64>, Option<Status>, bool)>,
    valid: Option<(Column<i64>, Column<i64>, i64)>,
    tie: Column<u64>,
    found: Found,
}

impl SegmentCollector for BestOfSegment {
    type Fruit = Found;

    fn collect(&mut self, doc: DocId, score: Score) {
        if !self.counts(doc) {
            return;
        }
        self.found.total += 1;
        self.found.best.push(Ranked {
            score,
            tie: self.tie.first(doc).unwrap_or_default(),
            address: DocAddress::new(self.segment, doc),
        });
        if self.found.best.len() >= self.most.saturating_mul(2).max(64) {
            self.found.keep(self.most);
        }
    }

    fn harvest(mut self) -> Found {
        self.found.keep(self.most);
        self.found
    }
}

impl BestOfSegment {
    fn counts(&self, doc: DocId) -> bool {
        let status_fits = self
            .status
            .as_ref()
            .is_none_or(|(column, wanted, published)| {
                let code = column.first(doc);
                wanted.is_none_or(|wanted| code == Some(wanted.code()))
                    && (!published || code == Some(Status::Published.code()))
            });
        let is_valid = self.valid.as_ref().is_none_or(|(from, until, at)| {
            from.first(doc).is_some_and(|from| from <= *at)
                && until.first(doc).is_some_and(|until| *at < until)
        });
        status_fits
            && is_valid
            && self.unit.fits(doc, false)
            && self.kind.fits(doc, false)
            && self.district.fits(doc, true)
    }
}

impl Found {
    fn keep(&mut self, most: usize) {
        let order =
            |a: &Ranked, b: &Ranked| b.score.total_cmp(&a.score).then_with(|| a.tie.cmp(&b.tie));
        if self.best.len() > most && most > 0 {
            self.best.select_nth_unstable_by(most - 1, order);
        }
        self.best.truncate(most);
        self.best.sort_by(order);
    }
}

/// A wanted label, by its number in the segment.
enum Label {
    Any,
    /// No point of the segment has it.
    Nowhere(Option<Column<u64>>),
    Number(Column<u64>, u64),
}

impl Label {
    fn of(column: Option<StrColumn>, wanted: &str) -> tantivy::Result<Self> {
        let Some(column) = column else {
            return Ok(Self::Nowhere(None));
        };
        let numbers = column.ords().clone();
        Ok(match column.dictionary().term_ord(wanted)? {
            Some(number) => Self::Number(numbers, number),
            None => Self::Nowhere(Some(numbers)),
        })
    }

    /// Whether a point has the label, or none where none means all.
    fn fits(&self, doc: DocId, none_fits: bool) -> bool {
        match self {
            Self::Any => true,
            Self::Nowhere(None) => none_fits,
            Self::Nowhere(Some(numbers)) => none_fits && numbers.first(doc).is_none(),
            Self::Number(numbers, wanted) => {
                let mut has = numbers.values_for_doc(doc).peekable();
                (none_fits && has.peek().is_none()) || has.any(|number| number == *wanted)
            }
        }
    }
}
