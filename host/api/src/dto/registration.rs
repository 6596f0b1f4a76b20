//! What clients send to have a request registered (Art. 11).

use engine::NewRequest;
use engine::ports::PersonalData;
use lifecycle::command;
use lifecycle::ids::{DistrictCode, OrderId, UnitCode};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::dto::requests::NewConcealment;
use crate::dto::{Channel, Line, OrderType, Time, Words};

/// A request to be registered (Art. 11).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    /// Type of the matter, set by the centre (Art. 45).
    pub order_type: OrderType,
    /// How it came in.
    pub channel: Channel,
    /// Six-digit code of a district of the directory, where known.
    #[schema(value_type = Option<String>, example = "440106")]
    pub district: Option<DistrictCode>,
    /// Street or town, where known.
    pub street: Option<Line>,
    /// Category of the matter, where known.
    pub category: Option<Line>,
    /// Subject line.
    pub subject: Option<Line>,
    /// What the requester said.
    pub text: Words,
    /// Who asks. Kept apart from everything else, shown masked.
    #[serde(default)]
    pub requester: Requester,
    /// Where it comes from, such as `import:360114`; nothing is registered twice from one source.
    pub source: Option<Line>,
    /// Why the requester must give his or her real name (Art. 10, R11), where that is so. Without name,
    /// identity number and a telephone number or account such a matter is not registered.
    pub real_name: Option<RealNameGround>,
    /// What the requester wants hidden, and from whom (Art. 9(2), R9).
    pub concealment: Option<NewConcealment>,
    /// Whether a consumer dispute is to be mediated (Art. 22(2), R43).
    #[serde(default)]
    pub consumer_mediation: bool,
    /// The unit whose staff is complained of (Art. 8(4), R7), where it is; its leader alone is told.
    #[schema(value_type = Option<String>, example = "GZ-CGJ")]
    pub against_unit: Option<UnitCode>,
    /// The contact that this matter is a part of (Art. 11, R13, R14): orders of one contact name the
    /// same one.
    pub contact: Option<Line>,
    /// Number of the order that ended for missing information, which this one files again (Art. 12(4),
    /// R18).
    #[schema(value_type = Option<String>)]
    pub refiled_from: Option<OrderId>,
    /// All that is missing, if something is (Art. 12): the order waits for it, and is registered when it
    /// is there.
    pub missing: Option<Words>,
    /// The instant of registration elsewhere; only under a manual clock, and not later than it.
    pub registered_at: Option<Time>,
}

/// Why a matter needs the requester's real name (Art. 10, R11). A violation report alone does not.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "ground", deny_unknown_fields)]
pub enum RealNameGround {
    /// Own information is asked for (Art. 10(1)).
    OwnInformation {},
    /// A dispute is to be mediated, or an infringement is complained of (Art. 10(2)).
    Dispute {},
    /// Another law wants it (Art. 10(3)).
    OtherLaw {
        /// Which.
        basis: Line,
    },
}

impl From<RealNameGround> for command::RealNameGround {
    fn from(ground: RealNameGround) -> Self {
        match ground {
            RealNameGround::OwnInformation {} => Self::OwnInformation,
            RealNameGround::Dispute {} => Self::Dispute,
            RealNameGround::OtherLaw { basis } => Self::OtherLaw {
                basis: basis.into(),
            },
        }
    }
}

/// Personal data of the requester (Art. 10, 43).
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Requester {
    /// Name.
    pub name: Option<Line>,
    /// Telephone number.
    pub phone: Option<Line>,
    /// Identity document number.
    pub id_number: Option<Line>,
    /// Account or handle at the channel.
    pub account: Option<Line>,
    /// Door-level address.
    pub address: Option<Line>,
}

impl std::fmt::Debug for Requester {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Requester(…)")
    }
}

impl From<NewOrder> for NewRequest {
    fn from(order: NewOrder) -> Self {
        let text = |line: Option<Line>| line.map(String::from);
        let who = order.requester;
        Self {
            order_type: order.order_type.into(),
            channel: order.channel.into(),
            district: order.district,
            street: text(order.street),
            category: text(order.category),
            subject: text(order.subject).unwrap_or_default(),
            text: order.text.into(),
            personal: PersonalData {
                name: text(who.name),
                phone: text(who.phone),
                id_number: text(who.id_number),
                account: text(who.account),
                address: text(who.address),
            },
            source: text(order.source),
            real_name: order.real_name.map(Into::into),
            concealment: order.concealment.map(Into::into),
            consumer_mediation: order.consumer_mediation,
            against_unit: order.against_unit,
            contact: text(order.contact),
            refiled_from: order.refiled_from,
            missing: order.missing.map(Into::into),
            registered_at: order.registered_at.map(Into::into),
        }
    }
}
