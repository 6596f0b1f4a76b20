//! One ordinary question of each kind. What is answered does not matter; failing does.

use contract::about::Kind;
use contract::types::{Channel, CivilDate, Instant, OrderType};
use contract::{escalation, knowledge, routing};

use crate::Question;

/// 2026-09-18T16:00:00+08:00.
const REGISTERED_AT: Instant = Instant {
    unix_ms: 1_789_718_400_000,
};

/// A day, in milliseconds.
const DAY_MS: i64 = 86_400_000;

/// The question that every plugin of this kind is asked when it is pushed.
pub(super) fn question(kind: Kind) -> Question {
    match kind {
        Kind::Routing => Question::Routing(routing::Question {
            order_type: OrderType::Complaint,
            channel: Channel::Phone,
            district: Some("440106".to_owned()),
            street: Some("员村街道".to_owned()),
            category: None,
            subject: "路灯不亮".to_owned(),
            text: "员村二横路的路灯连续三晚不亮，老人夜里出行不便，请派人维修。".to_owned(),
            registered_at: REGISTERED_AT,
            excluded_units: Vec::new(),
        }),
        Kind::Escalation => Question::Escalation(escalation::Question {
            trigger: escalation::Trigger::DueSoon(2),
            order_type: OrderType::Complaint,
            district: Some("440106".to_owned()),
            street: Some("员村街道".to_owned()),
            category: None,
            unit: Some("GZ-CGJ".to_owned()),
            now: Instant {
                unix_ms: REGISTERED_AT.unix_ms + 10 * DAY_MS,
            },
            registered_at: REGISTERED_AT,
            due_at: Some(Instant {
                unix_ms: REGISTERED_AT.unix_ms + 12 * DAY_MS,
            }),
            extension_count: 0,
            return_count: 0,
            supervised: false,
            priority: escalation::Priority::Normal,
        }),
        Kind::Knowledge => Question::Knowledge(knowledge::Point {
            owner: "GZ-GJJ".to_owned(),
            kind: knowledge::PointKind::ServiceGuide,
            title: "住房公积金租房提取".to_owned(),
            body: "职工连续缴存满三个月，可提取住房公积金支付房租。".to_owned(),
            legal_basis: vec!["《住房公积金管理条例》".to_owned()],
            scope: "广州市".to_owned(),
            districts: Vec::new(),
            subjects: vec!["缴存职工".to_owned()],
            conditions: vec!["连续缴存满三个月".to_owned()],
            relations: Vec::new(),
            faqs: Vec::new(),
            attachments: Vec::new(),
            english: None,
            valid_from: day(2026, 9),
            valid_until: day(2027, 8),
            longer_validity_reason: None,
            today: day(2026, 9),
        }),
    }
}

const fn day(year: i32, month: u8) -> CivilDate {
    CivilDate {
        year,
        month,
        day: 1,
    }
}
