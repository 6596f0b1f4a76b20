//! The search of the knowledge base (R66-R70): finds points by Chinese words, single characters,
//! pinyin, initials, with typing mistakes and the centre's synonyms; and suggests valid points for
//! an order's text while it is typed (R19).
//!
//! The index is derived from the journal and carries the position up to which it is built. It knows
//! nothing of how points come about, and no engine's type leaves the crate.
//!
//! ```
//! use search::{Change, Config, Document, Index, Query, Status};
//!
//! let index = Index::in_memory(&Config::default())?;
//! let point = Document {
//!     id: "P1".into(),
//!     version: 3,
//!     title: "住房公积金提取".into(),
//!     body: "购买自住住房的，可以申请提取。".into(),
//!     questions: vec!["买房怎么取公积金？".into()],
//!     answers: vec!["凭购房合同在线办理。".into()],
//!     unit: "公积金中心".into(),
//!     kind: "guide".into(),
//!     districts: Vec::new(),
//!     valid_from: None,
//!     valid_until: None,
//!     status: Status::Published,
//! };
//! index.apply(vec![Change::Upsert(Box::new(point))], 1)?;
//! index.flush()?;
//! assert_eq!(index.search(&Query::new("gjj"))?.hits[0].id, "P1");
//! # Ok::<(), search::Error>(())
//! ```
#![forbid(unsafe_code)]
#![expect(
    clippy::float_arithmetic,
    reason = "scores are floats, and decide nothing but an order"
)]

mod error;

mod document;

mod query;

mod normal;

mod pinyin;

mod analysis;

mod synonyms;

mod schema;

mod config;

mod index;

mod committer;

mod best;

mod highlight;

mod plan;

mod tolerance;

mod search;

pub use config::{Commit, Config, Opened, Stats};
pub use document::{Change, Document, Status};
pub use error::Error;
pub use index::Index;
pub use query::{Highlighted, Hit, Hits, Part, Query, Reason, Snippet, Span, Suggestion, Why};
pub use synonyms::Synonyms;
