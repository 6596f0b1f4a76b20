//! What marks an order without moving it: concealment, conduct, priority, type, links to orders about
//! the same matter, proposals of rules (Art. 9, 26, 45).

use engine::Texts;
use lifecycle::command::{self, Command};
use lifecycle::ids::OrderId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{IntoCommand, NewEvidence};
use crate::dto::{ConcealedField, ConcealmentScope, Line, OrderType, Priority, Words};

/// What is hidden from whom, as agreed with the requester (Art. 9(2), R9).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConcealment {
    /// Which fields. The regulation refuses an empty list.
    #[serde(default)]
    pub fields: Vec<ConcealedField>,
    /// Towards whom.
    pub scope: ConcealmentScope,
    /// Record of the requester having been told that it may hinder registration and handling.
    pub warned: NewEvidence,
}

impl From<NewConcealment> for command::Concealment {
    fn from(concealment: NewConcealment) -> Self {
        Self {
            fields: concealment.fields.into_iter().map(Into::into).collect(),
            scope: concealment.scope.into(),
            warned: concealment.warned.into(),
        }
    }
}

impl IntoCommand for NewConcealment {
    fn into_command(self, _: &mut Texts) -> Command {
        Command::Conceal(self.into())
    }
}

one_text! {
    /// That the requester occupies the hotline without good reason (Art. 9(1), R8). It only marks.
    ConductNote {
        /// What happened.
        note
    } = FlagConduct;
}

/// How urgent the order is from now on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrioritySetting {
    /// How urgent.
    pub priority: Priority,
    /// Why.
    pub reason: Words,
}

impl IntoCommand for PrioritySetting {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::SetPriority {
            priority: self.priority.into(),
            reason: texts.add(self.reason.into()),
        }
    }
}

/// A corrected type of matter (Art. 45, R77). With a unit, it is a new dispatch.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reclassification {
    /// The type.
    pub order_type: OrderType,
    /// Why.
    pub reason: Words,
}

impl IntoCommand for Reclassification {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::Reclassify(command::Reclassification {
            order_type: self.order_type.into(),
            reason: texts.add(self.reason.into()),
        })
    }
}

/// That another order is about the same matter, or is not after all. Both keep their own clock,
/// reply and evaluation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrderLink {
    /// Number of the other order.
    pub order: Line,
    /// Whether it is about the same matter; false takes the link away.
    #[serde(default = "linked")]
    pub same: bool,
    /// Why.
    pub reason: Words,
}

const fn linked() -> bool {
    true
}

impl IntoCommand for NewOrderLink {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::LinkOrders(command::OrderLink {
            other: OrderId::new(String::from(self.order)),
            same: self.same,
            reason: Some(texts.add(self.reason.into())),
        })
    }
}

/// A proposal of an escalation rule that the centre does not follow.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposalDismissal {
    /// Position in the history of the advice.
    pub advice: u64,
    /// Position of the proposal in it, from 0.
    pub proposal: u16,
    /// Why not.
    pub reason: Words,
}

impl IntoCommand for ProposalDismissal {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::DismissProposal {
            advice: self.advice,
            proposal: self.proposal,
            reason: texts.add(self.reason.into()),
        }
    }
}
