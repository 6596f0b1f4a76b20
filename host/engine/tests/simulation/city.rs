//! The city of the simulation: its organisations, its people, and the holiday notices that it imports.

use calendar::{Calendar, YearNotice};
use chrono::{DateTime, TimeDelta, Utc};
use contract::types::{Channel, OrderType};
use engine::NewRequest;
use engine::ports::PersonalData;
use lifecycle::command::{
    ConcealedField, Concealment, ConcealmentScope, Evidence, EvidenceKind, RealNameGround,
};
use lifecycle::directory::{Directory, District, Unit};
use lifecycle::ids::{Actor, DistrictCode, OrderId, Role, UnitCode};

use crate::chance::Chance;

/// Districts; Nansha's office reviews the reports of its units first.
pub(crate) const DISTRICTS: [&str; 3] = ["440106", "440111", "440115"];

/// Handling units with their districts.
const UNITS: [(&str, Option<&str>); 9] = [
    ("GZ-CGJ", None),
    ("GZ-GAJ", None),
    ("GZ-SWJ", None),
    ("GZ-ZJJ", None),
    ("GZ-BB", None),
    ("GZ-SJJ", None),
    ("GZ-D106", Some("440106")),
    ("GZ-D111", Some("440111")),
    ("GZ-D115", Some("440115")),
];

/// Names and telephone numbers of the people who call; in no journal, message or question.
pub(crate) const PEOPLE: [(&str, &str); 5] = [
    ("钟晓彤", "13900010001"),
    ("何志强", "13900020002"),
    ("梁佩仪", "13900030003"),
    ("谭国安", "13900040004"),
    ("冯美娟", "13900050005"),
];

const TYPES: [OrderType; 6] = [
    OrderType::Consultation,
    OrderType::Complaint,
    OrderType::ViolationReport,
    OrderType::HelpRequest,
    OrderType::Suggestion,
    OrderType::Commendation,
];

pub(crate) fn directory() -> Directory {
    let districts = DISTRICTS.map(|code| District {
        code: DistrictCode::new(code),
        name: format!("{code}区"),
        office: format!("{code}区热线办"),
        reviews: code == "440115",
    });
    let units = UNITS.map(|(code, district)| Unit {
        code: UnitCode::new(code),
        name: code.to_owned(),
        kind: None,
        district: district.map(DistrictCode::new),
        by_reference: false,
    });
    Directory::new(districts, units).unwrap()
}

/// A unit of the directory, hardly ever one that does not exist.
pub(crate) fn some_unit(chance: &mut Chance) -> UnitCode {
    if chance.percent(3) {
        return UnitCode::new("GZ-NIEMAND");
    }
    UnitCode::new(chance.pick(&UNITS).0)
}

pub(crate) fn some_type(chance: &mut Chance) -> OrderType {
    *chance.pick(&TYPES)
}

fn actor(role: Role, name: impl Into<String>) -> Actor {
    Actor {
        role,
        name: name.into(),
    }
}

pub(crate) fn operator() -> Actor {
    actor(Role::Operator, "op-7")
}

pub(crate) fn admin() -> Actor {
    actor(Role::Admin, "admin")
}

pub(crate) fn channel(name: &str) -> Actor {
    actor(Role::Channel, name)
}

pub(crate) fn staff_of(unit: &UnitCode) -> Actor {
    actor(Role::Unit(unit.clone()), format!("staff of {unit}"))
}

pub(crate) fn leader_of(unit: &UnitCode) -> Actor {
    actor(Role::Leader(unit.clone()), format!("leader of {unit}"))
}

pub(crate) fn office_of(district: &DistrictCode) -> Actor {
    actor(
        Role::District(district.clone()),
        format!("office of {district}"),
    )
}

/// Anybody at all.
pub(crate) fn anybody(chance: &mut Chance) -> Actor {
    match chance.below(7) {
        0 | 1 => operator(),
        2 => staff_of(&some_unit(chance)),
        3 => office_of(&DistrictCode::new(*chance.pick(&DISTRICTS))),
        4 => {
            let name = chance.pick(&["portal", "sms", "mail"]);
            channel(name)
        }
        5 => admin(),
        _ => actor(Role::Auditor, "auditor"),
    }
}

/// A request as people file them; at times one that cannot be registered.
pub(crate) fn request(
    chance: &mut Chance,
    now: DateTime<Utc>,
    number: u32,
    orders: &[OrderId],
) -> NewRequest {
    let channel = *chance.pick(&[Channel::Phone, Channel::Online]);
    let order_type = some_type(chance);
    let (name, phone) = *chance.pick(&PEOPLE);
    let text = format!(
        "{}反映:某工地凌晨施工,电话{phone},请尽快处理。",
        chance.pick(&["天河", "白云", "我姓钟,"])
    );
    let mut request = NewRequest::new(order_type, channel, text);
    request.district = chance.maybe(70, |chance| {
        let known = [DISTRICTS[0], DISTRICTS[1], DISTRICTS[2], DISTRICTS[2]];
        DistrictCode::new(if chance.percent(3) {
            "440199"
        } else {
            *chance.pick(&known)
        })
    });
    request.subject = "施工扰民".to_owned();
    request.personal = PersonalData {
        name: chance.maybe(80, |_| name.to_owned()),
        phone: Some(phone.to_owned()),
        id_number: chance.maybe(30, |_| "44010619900101123X".to_owned()),
        account: None,
        address: None,
    };
    request.source = chance.maybe(40, |_| format!("portal:{number}"));
    request.real_name = chance.maybe(8, |chance| match chance.below(3) {
        0 => RealNameGround::OwnInformation,
        1 => RealNameGround::Dispute,
        _ => RealNameGround::OtherLaw {
            basis: "某条例".to_owned(),
        },
    });
    request.concealment = chance.maybe(8, concealment);
    request.consumer_mediation = chance.percent(8);
    request.against_unit = chance.maybe(8, some_unit);
    request.contact = chance.maybe(10, |_| format!("call-{number}"));
    request.missing = chance.maybe(20, |_| "缺少具体地点".to_owned());
    if !orders.is_empty() {
        request.refiled_from = chance.maybe(4, |chance| chance.pick(orders).clone());
    }
    request.registered_at = chance.maybe(8, |chance| {
        now - TimeDelta::minutes(chance.between(-1, 3000))
    });
    if chance.percent(2) {
        request.text = " ".to_owned();
    }
    request
}

pub(crate) fn concealment(chance: &mut Chance) -> Concealment {
    let fields = [
        ConcealedField::Name,
        ConcealedField::Phone,
        ConcealedField::Address,
    ];
    let scopes = [
        ConcealmentScope::ThirdParties,
        ConcealmentScope::HandlingUnits,
        ConcealmentScope::UnitsAndDistricts,
    ];
    Concealment {
        fields: chance
            .maybe(95, |chance| vec![*chance.pick(&fields)])
            .unwrap_or_default(),
        scope: *chance.pick(&scopes),
        warned: evidence(chance),
    }
}

/// A piece of evidence; at times none that can be found, or one that would give somebody away.
pub(crate) fn evidence(chance: &mut Chance) -> Evidence {
    let reference = match chance.below(60) {
        0 => " ".to_owned(),
        1 => PEOPLE[0].1.to_owned(),
        n => format!("rec-{n}"),
    };
    Evidence {
        kind: *chance.pick(&[
            EvidenceKind::Recording,
            EvidenceKind::CallLog,
            EvidenceKind::Document,
        ]),
        reference,
    }
}

/// A notice for 2027, as it might be announced, or as it might be corrected.
pub(crate) fn notice(chance: &mut Chance) -> YearNotice {
    let mut notice = Calendar::parse_year_json(
        r#"{
            "year": 2027,
            "notice": "国办发明电〔2026〕0号",
            "off": ["2027-01-01", "2027-01-02", "2027-01-03",
                    "2027-02-05", "2027-02-06", "2027-02-07", "2027-02-08",
                    "2027-04-05", "2027-05-01", "2027-05-02", "2027-06-09",
                    "2027-09-15", "2027-10-01", "2027-10-02", "2027-10-03"]
        }"#,
    )
    .unwrap();
    let more = [
        "2026-12-31",
        "2027-01-04",
        "2027-01-05",
        "2027-02-09",
        "2027-02-10",
        "2027-02-11",
        "2027-04-06",
    ];
    for day in more {
        if chance.percent(40) {
            notice.off.push(day.parse().unwrap());
        }
    }
    for day in ["2027-01-10", "2027-02-14", "2027-04-10"] {
        if chance.percent(30) {
            notice.work.push(day.parse().unwrap());
        }
    }
    if chance.percent(5) {
        notice.off.truncate(3);
    }
    notice
}
