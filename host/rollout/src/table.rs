//! What answers where at one instant.

use std::collections::BTreeMap;

use contract::about::Kind;

use crate::{Digest, Mode, Place};

/// What answers, by kind and scope. A pair without a row has no rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// The rows.
    pub placements: BTreeMap<(Kind, String), Placement>,
}

/// What answers in one scope.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Placement {
    /// The activation in effect and its image; none where the scope has no rule.
    pub active: Option<(u64, Digest)>,
    /// Where the active image is asked.
    pub place: Place,
    /// Who runs beside it.
    pub candidate: Option<Candidate>,
}

/// An image that runs beside the active one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its activation.
    pub activation: u64,
    /// The image.
    pub image: Digest,
    /// Shadow or canary.
    pub mode: Mode,
}
