//! Contacts: what the hotline was told that became no order, or several (Art. 2, 9–11): R1, R8, R11,
//! R13, R14. A contact is recorded once and never changed.

use contract::types::Channel;
use serde::{Deserialize, Serialize};

use crate::command::RealNameGround;
use crate::ids::{OrderId, TextId};

/// A contact with the hotline (R1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// How it came in.
    pub channel: Channel,
    /// What was said, if it is kept.
    pub said: Option<TextId>,
    /// What became of each part of it (R14); at least one.
    pub parts: Vec<ContactPart>,
}

impl Contact {
    /// The orders that parts of it became.
    pub fn orders(&self) -> impl Iterator<Item = &OrderId> {
        self.parts.iter().filter_map(|part| match part {
            ContactPart::Registered { order } => Some(order),
            ContactPart::HandedOff { .. }
            | ContactPart::OutOfScope { .. }
            | ContactPart::RegistrationRefused { .. }
            | ContactPart::Signposted { .. } => None,
        })
    }

    /// The texts that it refers to.
    #[must_use]
    pub fn texts(&self) -> Vec<TextId> {
        let parts = self.parts.iter().filter_map(|part| match part {
            ContactPart::OutOfScope { guidance: text, .. }
            | ContactPart::RegistrationRefused { told: text, .. }
            | ContactPart::Signposted { guidance: text } => Some(*text),
            ContactPart::HandedOff { .. } | ContactPart::Registered { .. } => None,
        });
        self.said.into_iter().chain(parts).collect()
    }
}

/// What became of a part of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "part")]
pub enum ContactPart {
    /// An emergency: handed to whom it concerns. No order, no clock, no rating (R1).
    HandedOff {
        /// To whom.
        to: EmergencyLine,
        /// How.
        mode: HandOff,
    },
    /// Not a matter of the hotline: outside the city, not administrative or public service (R1).
    OutOfScope {
        /// Why.
        reason: ScopeReason,
        /// Where the person was pointed to.
        guidance: TextId,
    },
    /// A real-name matter without the real name, or with concealment: not registered (R11, Art. 10).
    RegistrationRefused {
        /// Why the real name is needed.
        ground: RealNameGround,
        /// What the person was asked and told.
        told: TextId,
    },
    /// Pointed to another channel 指引办理 (R14).
    Signposted {
        /// Where to.
        guidance: TextId,
    },
    /// Registered as an order; several of them where several units are concerned (R13), or answered at
    /// once as one.
    Registered {
        /// The order.
        order: OrderId,
    },
}

/// Emergency lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum EmergencyLine {
    /// Police.
    #[serde(rename = "110")]
    Police,
    /// Fire and rescue.
    #[serde(rename = "119")]
    Fire,
    /// Ambulance.
    #[serde(rename = "120")]
    Ambulance,
    /// Traffic accidents.
    #[serde(rename = "122")]
    Traffic,
}

/// How an emergency was handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandOff {
    /// One-key transfer 一键转接.
    Transferred,
    /// Three-party call 三方通话.
    ThreePartyCall,
    /// The person was told to dial.
    ToldToDial,
}

/// Why something is no matter of the hotline (Art. 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeReason {
    /// Outside the city's administrative area.
    OutsideTheCity,
    /// Neither administration nor public service.
    NotPublic,
    /// No consultation, help request, complaint, report or suggestion.
    NoMatter,
}
