//! The city's own settings, trigger by trigger.

use sdk::escalation::{Action, Audience, Priority, Question, Trigger, Verdict};
use sdk::{Instant, OrderType, Rating, read_json, testing};

use crate::{Settings, escalate};

const SETTINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/settings.toml");

/// A complaint that a unit in Tianhe has.
fn question(trigger: Trigger) -> Question {
    Question {
        trigger,
        order_type: OrderType::Complaint,
        district: Some("440106".to_owned()),
        category: Some("噪声".to_owned()),
        street: None,
        unit: Some("GZ-D106".to_owned()),
        now: Instant { unix_ms: 0 },
        registered_at: Instant { unix_ms: 0 },
        due_at: Some(Instant { unix_ms: 0 }),
        extension_count: 0,
        return_count: 0,
        supervised: false,
        priority: Priority::Normal,
    }
}

/// A short form of an action for the tables.
fn short(action: Action) -> &'static str {
    match action {
        Action::Notify(Audience::HandlingUnit) => "unit",
        Action::Notify(Audience::LeaderInCharge) => "leader",
        Action::Notify(Audience::DistrictOffice) => "district",
        Action::Notify(Audience::HotlineCenter) => "centre",
        Action::Supervise => "supervise",
        Action::RaisePriority(Priority::Normal) => "normal",
        Action::RaisePriority(Priority::High) => "high",
        Action::RaisePriority(Priority::Urgent) => "urgent",
        Action::OpenCoordination => "coordinate",
        Action::ListLongTerm => "long-term",
    }
}

/// The actions, separated by spaces, and the first reason; `nothing` or `no opinion` otherwise.
#[track_caller]
fn check(question: &Question, expected: &str, reason: &str) {
    let settings = testing::settings::<Settings>(SETTINGS).unwrap();
    let (got, first) = match escalate(&settings, question).unwrap() {
        Verdict::Actions(list) => (
            list.iter()
                .map(|proposal| short(proposal.action))
                .collect::<Vec<_>>()
                .join(" "),
            list[0].reason.clone(),
        ),
        Verdict::Nothing => ("nothing".to_owned(), String::new()),
        Verdict::NoOpinion => ("no opinion".to_owned(), String::new()),
    };
    assert_eq!(
        (got.as_str(), first.as_str()),
        (expected, reason),
        "{:?}",
        question.trigger
    );
}

#[test]
fn triggers() {
    use Trigger::{DueSoon, OneOfMany, Overdue, RatedBadly, Returned};
    let rows = [
        (DueSoon(3), "nothing", ""),
        (
            DueSoon(2),
            "unit",
            "距办理期限届满还有2个工作日，提醒承办单位按期办结",
        ),
        (
            DueSoon(1),
            "unit",
            "距办理期限届满还有1个工作日，提醒承办单位按期办结",
        ),
        (
            DueSoon(0),
            "unit leader high",
            "办理期限今日24时届满，提醒承办单位按期办结",
        ),
        (
            Overdue(0),
            "unit leader",
            "已逾期，今日为逾期第1个工作日，请承办单位尽快办结并说明逾期原因",
        ),
        (
            Overdue(4),
            "supervise leader centre high",
            "已逾期，今日为逾期第5个工作日，建议列为督办事项，限期办结（第二十五条）",
        ),
        (
            Overdue(u16::MAX),
            "supervise leader district centre urgent",
            "已逾期，今日为逾期第65536个工作日，建议列为督办事项，限期办结（第二十五条）",
        ),
        (Returned(1), "nothing", ""),
        (
            Returned(2),
            "centre high",
            "工单已被退回2次，请热线中心关注",
        ),
        (
            Returned(3),
            "coordinate centre high",
            "工单已被退回3次，建议启动疑难工单协调办理机制（第十八条）",
        ),
        (RatedBadly(Rating::BasicallySatisfied), "nothing", ""),
        (
            RatedBadly(Rating::Dissatisfied),
            "centre unit",
            "诉求人评价为“不满意”，请热线中心回访并登记原因",
        ),
        (
            RatedBadly(Rating::VeryDissatisfied),
            "centre unit leader high",
            "诉求人评价为“非常不满意”，请热线中心回访并登记原因",
        ),
        (OneOfMany(4), "nothing", ""),
        (
            OneOfMany(19),
            "centre",
            "同一事项现有19件未办结工单，请热线中心关注",
        ),
        (
            OneOfMany(300),
            "long-term centre leader",
            "同一事项现有300件未办结工单，建议列为长期推进事项（第二十六条）",
        ),
    ];
    for (trigger, expected, reason) in rows {
        check(&question(trigger), expected, reason);
    }
}

#[test]
fn circumstances() {
    let consultation = |trigger| Question {
        order_type: OrderType::Consultation,
        ..question(trigger)
    };
    check(&consultation(Trigger::DueSoon(2)), "nothing", "");
    check(
        &consultation(Trigger::DueSoon(1)),
        "unit",
        "距办理期限届满还有1个工作日，提醒承办单位按期办结",
    );
    let praise = Question {
        order_type: OrderType::Commendation,
        ..question(Trigger::Overdue(9))
    };
    check(
        &praise,
        "unit",
        "已逾期，今日为逾期第10个工作日，请承办单位尽快办结并说明逾期原因",
    );
    let supervised = Question {
        supervised: true,
        ..question(Trigger::Overdue(3))
    };
    check(
        &supervised,
        "leader centre high",
        "已逾期，今日为逾期第4个工作日，请分管领导督促办理",
    );
    let extended = Question {
        extension_count: 2,
        ..question(Trigger::DueSoon(1))
    };
    check(
        &extended,
        "unit",
        "距办理期限届满还有1个工作日（已延期2次），提醒承办单位按期办结",
    );
    let nowhere = Question {
        unit: None,
        district: None,
        ..question(Trigger::Overdue(9))
    };
    check(
        &nowhere,
        "centre urgent",
        "已逾期，今日为逾期第10个工作日，请热线中心关注",
    );
    let nobody = Question {
        unit: None,
        ..question(Trigger::DueSoon(2))
    };
    check(&nobody, "nothing", "");
}

#[test]
fn settings() {
    let problems = |json: &str| -> Vec<String> {
        match read_json::<Settings>(json) {
            Ok(_) => Vec::new(),
            Err(problems) => problems.into_iter().map(|problem| problem.path).collect(),
        }
    };
    assert_eq!(problems("{}"), [""; 0]);
    let empty = read_json::<Settings>("{}").unwrap();
    assert_eq!(
        escalate(&empty, &question(Trigger::DueSoon(0))),
        Ok(Verdict::NoOpinion)
    );
    let rows = [
        (
            r#"{"overdue":[{"at":1,"measures":[]},{"at":1,"measures":[]}]}"#,
            "overdue[1].at",
        ),
        (
            r#"{"overdue":[{"at":1,"measures":["supervise","supervise"]}]}"#,
            "overdue[0].measures",
        ),
        (
            r#"{"overdue":[{"at":1,"measures":["superwise"]}]}"#,
            "overdue[0].measures[0]",
        ),
        (
            r#"{"rated_badly":[{"at":3,"measures":[]}]}"#,
            "rated_badly[0].at",
        ),
        (
            r#"{"returned":[{"at":2,"measures":["open_coordination"]}]}"#,
            "returned[0].at",
        ),
        (r#"{"due_sooon":[]}"#, "due_sooon"),
    ];
    for (json, path) in rows {
        assert_eq!(problems(json), [path], "{json}");
    }
}
