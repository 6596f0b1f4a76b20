//! A file of channels and routes, the organisations that it names, and messages to be sent by it.

use std::fs;

use chrono::{DateTime, Utc};
use contract::types::OrderType;
use engine::ports::{ForRequester, Message, Outgoing, Subject};
use lifecycle::deadline::DeadlineKind;
use lifecycle::directory::{Directory, District, Unit};
use lifecycle::effect::{Notice, Notification, Recipient};
use lifecycle::ids::{DistrictCode, OrderId, UnitCode};
use notify::{Error, Senders};

/// Shared with every webhook here.
pub(crate) const SECRET: &str = "a-secret-of-more-than-16-bytes";
pub(crate) const PHONE: &str = "13800000001";
/// What the staff wrote to the requester; braces are nothing to be filled in.
pub(crate) const WORDS: &str = "具体门牌号{order}";
pub(crate) const ACCOUNT: &str = "suihaoban-77";

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Senders as a file makes them; secrets stand in `secret` beside it.
pub(crate) fn senders(file: &str) -> Result<Senders, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify.toml");
    fs::write(folder.path().join("secret"), format!("{SECRET}\n")).unwrap();
    fs::write(folder.path().join("short"), "short").unwrap();
    fs::write(folder.path().join("empty"), "\n").unwrap();
    fs::write(&path, file).unwrap();
    Senders::from_file(&path, &directory())
}

fn directory() -> Directory {
    let district = District {
        code: DistrictCode::new("440106"),
        name: "天河区".to_owned(),
        office: "天河区热线办".to_owned(),
        reviews: false,
    };
    let unit = Unit {
        code: UnitCode::new("GZ-D106"),
        name: "天河区人民政府".to_owned(),
        kind: None,
        district: None,
        by_reference: false,
    };
    Directory::new([district], [unit]).unwrap()
}

pub(crate) fn unit() -> Recipient {
    Recipient::Unit(UnitCode::new("GZ-D106"))
}

/// A message about an order that is due on 9 October 2026.
pub(crate) fn outgoing(channel: &str, to: Recipient, about: Notice) -> Outgoing {
    let is_requester = to == Recipient::Requester;
    let due_at = at("2026-10-10T00:00:00+08:00");
    Outgoing {
        delivery: 17,
        channel: channel.to_owned(),
        message: Message {
            id: 42,
            subject: Subject::Order(OrderId::new("20260918-K7Q2M4X9PA")),
            at: at("2026-09-18T16:00:00+08:00"),
            notification: Notification { to, about },
        },
        now: at("2026-09-18T16:00:01+08:00"),
        order_type: Some(OrderType::Complaint),
        unit: Some("天河区人民政府".to_owned()),
        deadlines: vec![
            (DeadlineKind::Handling, due_at),
            (DeadlineKind::Rating, due_at),
        ],
        requester: is_requester.then(|| ForRequester {
            phone: Some(PHONE.to_owned()),
            account: Some(ACCOUNT.to_owned()),
            words: Some(WORDS.to_owned()),
        }),
    }
}
