//! The journal and the message box as they are shown. Texts are references, as in the journal.

use engine::ports::{Delivery as CoreDelivery, Message as CoreMessage};
use lifecycle::effect::Recipient as CoreRecipient;
use lifecycle::event::Recorded;
use lifecycle::ids::Actor as CoreActor;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::auth::role_and_code;
use crate::dto::deliveries::Delivery;
use crate::dto::orders::Viewer;
use crate::dto::{Time, in_local_time};

/// Who did something. Staff and systems; never a requester.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Actor {
    /// Role: `system`, `admin`, `operator`, `unit`, `leader`, `district`, `channel` or
    /// `auditor`.
    #[schema(example = "unit")]
    pub role: &'static str,
    /// The unit or district that the role is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "GZ-CGJ")]
    pub code: Option<String>,
    /// Staff number or system name.
    pub name: String,
}

impl From<&CoreActor> for Actor {
    fn from(actor: &CoreActor) -> Self {
        let (role, code) = role_and_code(&actor.role);
        Self {
            role,
            code: code.map(str::to_owned),
            name: actor.name.clone(),
        }
    }
}

/// One entry of an order's journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Event {
    /// Position in the journal, from 1 without gaps; the order's version after it.
    pub seq: u64,
    /// When.
    pub at: Time,
    /// By whom.
    pub by: Actor,
    /// What happened, such as `registered`, `routing_advised`, `dispatched`, `replied`, `submitted`,
    /// `review_passed`, `rated`, `closed`.
    #[schema(example = "dispatched")]
    pub event: &'static str,
    /// What belongs to it, as the journal keeps it; texts are references into `texts`. Members are
    /// only ever added. Empty where it concerns others than the caller: conduct notes and proposals
    /// are the centre's, supervisions those of whom they are for.
    #[schema(value_type = Object)]
    pub data: Value,
}

impl Event {
    /// An entry as the viewer sees it: of what is not for him or her, only that it happened.
    pub(crate) fn new(recorded: &Recorded, viewer: Viewer<'_>) -> Self {
        let mut data = if viewer.sees_data_of(&recorded.event) {
            data(recorded)
        } else {
            empty()
        };
        if let Some(Value::Object(registration)) = data.get_mut("registration")
            && !viewer.sees_against()
        {
            registration.shift_remove("against_unit");
        }
        Self::with(recorded, data)
    }

    fn with(recorded: &Recorded, data: Value) -> Self {
        Self {
            seq: recorded.seq,
            at: recorded.at.into(),
            by: Actor::from(&recorded.by),
            event: recorded.event.name(),
            data: in_local_time(data),
        }
    }
}

fn data(recorded: &Recorded) -> Value {
    match serde_json::to_value(&recorded.event) {
        Ok(Value::Object(mut members)) => members.shift_remove("data").unwrap_or_else(empty),
        Ok(_) | Err(_) => empty(),
    }
}

/// Whom a message is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Recipient {
    /// `requester`, `unit`, `leader_in_charge`, `district_office`, `center` or `adviser`.
    #[schema(example = "unit")]
    pub recipient: &'static str,
    /// The unit or district.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl From<&CoreRecipient> for Recipient {
    fn from(recipient: &CoreRecipient) -> Self {
        let (recipient, code) = match recipient {
            CoreRecipient::Requester => ("requester", None),
            CoreRecipient::Unit(unit) => ("unit", Some(unit.to_string())),
            CoreRecipient::LeaderInCharge(unit) => ("leader_in_charge", Some(unit.to_string())),
            CoreRecipient::DistrictOffice(district) => {
                ("district_office", Some(district.to_string()))
            }
            CoreRecipient::Center => ("center", None),
            CoreRecipient::Adviser(unit) => ("adviser", Some(unit.to_string())),
        };
        Self { recipient, code }
    }
}

/// A message in somebody's box, without its text: whoever shows it fills a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Message {
    /// Its number.
    pub id: i64,
    /// When it was put there.
    pub at: Time,
    /// To whom.
    pub to: Recipient,
    /// What about, such as `dispatched`, `due_soon`, `overdue` or `rating_offered`.
    #[schema(example = "dispatched")]
    pub notice: String,
    /// What belongs to it, such as the deadline that is meant.
    #[schema(value_type = Object)]
    pub data: Value,
    /// On which ways it went out, and what became of it; none where it stays in the box.
    pub deliveries: Vec<Delivery>,
}

impl Message {
    /// A message with those of the deliveries that are its own.
    pub(crate) fn new(message: &CoreMessage, deliveries: &[CoreDelivery]) -> Self {
        let mut data = match serde_json::to_value(&message.notification.about) {
            Ok(Value::Object(members)) => members,
            Ok(_) | Err(_) => Map::new(),
        };
        let notice = data.shift_remove("notice");
        let notice = notice
            .as_ref()
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        Self {
            id: message.id,
            at: message.at.into(),
            to: Recipient::from(&message.notification.to),
            notice,
            data: in_local_time(Value::Object(data)),
            deliveries: deliveries
                .iter()
                .filter(|delivery| delivery.message == message.id)
                .map(Into::into)
                .collect(),
        }
    }
}

fn empty() -> Value {
    Value::Object(Map::new())
}

#[cfg(test)]
mod tests {
    use lifecycle::ids::{Role, UnitCode};
    use serde_json::json;

    use super::*;

    fn shown(event: &Value) -> Value {
        let mut whole = json!({
            "seq": 3,
            "at": "2026-10-09T16:00:00Z",
            "by": {"role": {"unit": "GZ-CGJ"}, "name": "cg-7"},
        });
        let members = event.as_object().unwrap().clone();
        whole.as_object_mut().unwrap().extend(members);
        let recorded: Recorded = serde_json::from_value(whole).unwrap();
        serde_json::to_value(Event::with(&recorded, data(&recorded))).unwrap()
    }

    #[test]
    fn an_entry_names_its_event_and_shows_local_time() {
        let entry = shown(&json!({"event": "contact_attempted", "data": {
            "started_at": "2026-10-09T01:00:00Z",
            "ended_at": "2026-10-09T01:01:00.500Z",
            "result": "unanswered",
            "evidence": "rec-Z",
        }}));
        let expected = json!({
            "seq": 3,
            "at": "2026-10-10T00:00:00+08:00",
            "by": {"role": "unit", "code": "GZ-CGJ", "name": "cg-7"},
            "event": "contact_attempted",
            "data": {
                "started_at": "2026-10-09T09:00:00+08:00",
                "ended_at": "2026-10-09T09:01:00.500+08:00",
                "result": "unanswered",
                "evidence": "rec-Z",
            },
        });
        assert_eq!(entry, expected);
    }

    #[test]
    fn an_entry_without_content_has_an_empty_object() {
        assert_eq!(shown(&json!({"event": "duty_accepted"}))["data"], json!({}));
    }

    #[test]
    fn an_actor_shows_what_the_role_is_bound_to() {
        let actor = |role| {
            Actor::from(&CoreActor {
                role,
                name: "n".to_owned(),
            })
        };
        assert_eq!(actor(Role::Operator).code, None);
        assert_eq!(
            actor(Role::Unit(UnitCode::new("GZ-CGJ"))).code.as_deref(),
            Some("GZ-CGJ")
        );
    }
}
