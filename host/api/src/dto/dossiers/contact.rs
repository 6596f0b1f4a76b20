//! Contacts with the hotline: what became of each part (Art. 2, 10, 11).

use engine::Texts;
use lifecycle::dossier::{self, Command};
use lifecycle::ids::OrderId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::requests::IntoDossierCommand;
use super::shown::reference;
use super::{EmergencyLine, HandOff, ScopeReason};
use crate::dto::registration::RealNameGround;
use crate::dto::{Channel, Words};

/// A contact with the hotline that became no order, or several.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContact {
    /// How it came in.
    pub channel: Channel,
    /// What was said, if it is kept.
    pub said: Option<Words>,
    /// What became of each part; at least one.
    pub parts: Vec<NewContactPart>,
}

/// What became of a part of a contact.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "part", deny_unknown_fields)]
pub enum NewContactPart {
    /// An emergency, handed to whom it concerns (Art. 2): no order, no clock, no rating.
    HandedOff {
        /// To whom.
        to: EmergencyLine,
        /// How.
        mode: HandOff,
    },
    /// No matter of the hotline (Art. 2).
    OutOfScope {
        /// Why.
        reason: ScopeReason,
        /// Where the person was pointed to.
        guidance: Words,
    },
    /// A real-name matter without the real name, or with concealment (Art. 10): not registered.
    RegistrationRefused {
        /// Why the real name is needed.
        ground: RealNameGround,
        /// What the person was asked and told.
        told: Words,
    },
    /// Pointed to another channel (Art. 11).
    Signposted {
        /// Where to.
        guidance: Words,
    },
    /// Registered as an order, one for each unit concerned (Art. 11).
    Registered {
        /// Number of the order.
        #[schema(value_type = String)]
        order: OrderId,
    },
}

impl IntoDossierCommand for NewContact {
    fn into_command(self, texts: &mut Texts) -> Command {
        use dossier::ContactPart as Part;
        let mut part = |part: NewContactPart| match part {
            NewContactPart::HandedOff { to, mode } => Part::HandedOff {
                to: to.into(),
                mode: mode.into(),
            },
            NewContactPart::OutOfScope { reason, guidance } => Part::OutOfScope {
                reason: reason.into(),
                guidance: texts.add(guidance.into()),
            },
            NewContactPart::RegistrationRefused { ground, told } => Part::RegistrationRefused {
                ground: ground.into(),
                told: texts.add(told.into()),
            },
            NewContactPart::Signposted { guidance } => Part::Signposted {
                guidance: texts.add(guidance.into()),
            },
            NewContactPart::Registered { order } => Part::Registered { order },
        };
        let parts = self.parts.into_iter().map(&mut part).collect();
        Command::RecordContact(dossier::Contact {
            channel: self.channel.into(),
            said: self.said.map(|said| texts.add(said.into())),
            parts,
        })
    }
}

/// A contact with the hotline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Contact {
    /// How it came in.
    pub channel: Channel,
    /// What was said, if it is kept: reference into `texts`.
    pub said: Option<Uuid>,
    /// What became of each part.
    pub parts: Vec<ContactPart>,
}

/// What became of a part of a contact; which fields it has depends on `part`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ContactPart {
    /// `handed_off`, `out_of_scope`, `registration_refused`, `signposted` or `registered`.
    pub part: &'static str,
    /// To which emergency line it was handed.
    pub to: Option<EmergencyLine>,
    /// How it was handed over.
    pub mode: Option<HandOff>,
    /// Why it is no matter of the hotline.
    pub reason: Option<ScopeReason>,
    /// Where the person was pointed to, or what was told: reference into `texts`.
    pub told: Option<Uuid>,
    /// The order that it became.
    pub order: Option<String>,
}

impl From<&dossier::Contact> for Contact {
    fn from(contact: &dossier::Contact) -> Self {
        Self {
            channel: contact.channel.into(),
            said: contact.said.map(reference),
            parts: contact.parts.iter().map(Into::into).collect(),
        }
    }
}

impl From<&dossier::ContactPart> for ContactPart {
    fn from(part: &dossier::ContactPart) -> Self {
        use dossier::ContactPart as Part;
        let mut shown = Self {
            part: "",
            to: None,
            mode: None,
            reason: None,
            told: None,
            order: None,
        };
        match part {
            Part::HandedOff { to, mode } => {
                shown.part = "handed_off";
                shown.to = Some((*to).into());
                shown.mode = Some((*mode).into());
            }
            Part::OutOfScope { reason, guidance } => {
                shown.part = "out_of_scope";
                shown.reason = Some((*reason).into());
                shown.told = Some(reference(*guidance));
            }
            Part::RegistrationRefused { told, .. } => {
                shown.part = "registration_refused";
                shown.told = Some(reference(*told));
            }
            Part::Signposted { guidance } => {
                shown.part = "signposted";
                shown.told = Some(reference(*guidance));
            }
            Part::Registered { order } => {
                shown.part = "registered";
                shown.order = Some(order.to_string());
            }
        }
        shown
    }
}
