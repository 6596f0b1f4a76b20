//! What several commands carry: evidence, who speaks for the requester, how the requester was told.

use engine::IdentityClaim;
use lifecycle::command::{self, RequesterTold};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{missing, superfluous};
use crate::dto::{EvidenceKind, Line, ReplyMethod, Time, Words};
use crate::problem::Problem;

/// A piece of evidence, searchable by its reference.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEvidence {
    /// Its kind.
    pub kind: EvidenceKind,
    /// Where it is kept: identifier in the recording or document system.
    pub reference: Line,
}

impl From<NewEvidence> for command::Evidence {
    fn from(evidence: NewEvidence) -> Self {
        Self {
            kind: evidence.kind.into(),
            reference: evidence.reference.into(),
        }
    }
}

/// How somebody shows that a request is his or hers (Art. 9(3), R10): one of these members. Only the
/// telephone number or account of the request will do, or the centre's own verification.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum NewIdentity {
    /// The telephone number that was used.
    Phone(Line),
    /// The account that was used.
    Account(Line),
    /// How the centre verified who it is; for the centre only.
    Verified(Words),
}

impl NewIdentity {
    pub(crate) fn claim(&self) -> IdentityClaim {
        match self.clone() {
            Self::Phone(phone) => IdentityClaim::Phone(phone.into()),
            Self::Account(account) => IdentityClaim::Account(account.into()),
            Self::Verified(how) => IdentityClaim::Verified(how.into()),
        }
    }
}

/// How the requester was told, or that three counted calls did not reach him or her (Art. 19, 20).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// Which of the two.
    pub told: ToldKind,
    /// When; with `told`, and only there. Not in the future.
    pub at: Option<Time>,
    /// How; with `told`, and only there.
    pub method: Option<ReplyMethod>,
    /// Record of it; with `told`, and only there.
    pub evidence: Option<NewEvidence>,
}

/// Whether the requester was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ToldKind {
    /// Told.
    Told,
    /// Three counted calls, recorded on the order, were not answered.
    Unreachable,
}

impl Told {
    /// Checks that the fields fit the kind. `fields` are the names of `at`, `method` and `evidence`
    /// from the root of the body.
    pub(super) fn fits(&self, fields: [&'static str; 3]) -> Result<(), Problem> {
        let given = [
            self.at.is_some(),
            self.method.is_some(),
            self.evidence.is_some(),
        ];
        for (field, given) in fields.into_iter().zip(given) {
            match (self.told, given) {
                (ToldKind::Told, false) => {
                    return Err(missing(
                        field,
                        "`told` needs when, how and the record of it",
                    ));
                }
                (ToldKind::Unreachable, true) => {
                    let why = "goes with `told` only; calls are recorded on the order";
                    return Err(superfluous(field, why));
                }
                (ToldKind::Told, true) | (ToldKind::Unreachable, false) => {}
            }
        }
        Ok(())
    }
}

impl From<Told> for RequesterTold {
    fn from(told: Told) -> Self {
        match (told.at, told.method, told.evidence) {
            (Some(at), Some(method), Some(evidence)) => Self::Told {
                at: at.into(),
                method: method.into(),
                evidence: evidence.into(),
            },
            (_, _, _) => Self::Unreachable,
        }
    }
}
