//! What clients send to have a request registered (Art. 11).

use engine::NewRequest;
use engine::ports::PersonalData;
use lifecycle::ids::DistrictCode;
use serde::Deserialize;
use utoipa::ToSchema;

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
    /// The instant of registration elsewhere; only under a manual clock, and not later than it.
    pub registered_at: Option<Time>,
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
            registered_at: order.registered_at.map(Into::into),
        }
    }
}
