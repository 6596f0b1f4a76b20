//! Who is to be told something about an entry of the knowledge base, after the commit.

use lifecycle::effect::Recipient;
use serde::{Deserialize, Serialize};

pub use lifecycle::knowledge::{KnowledgeNotice, Occasion};

/// A message to be put into somebody's box. Performed at least once; doing it twice changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// To whom: a unit, its leader in charge, a district's office, or the centre.
    pub to: Recipient,
    /// What about.
    pub notice: KnowledgeNotice,
}
