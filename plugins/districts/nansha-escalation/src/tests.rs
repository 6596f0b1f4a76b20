//! The district's own settings, order by order.

use sdk::escalation::{Action, Audience, Priority, Question, Trigger, Verdict};
use sdk::{Instant, OrderType, Rating, read_json, testing};

use crate::{Settings, escalate};

const SETTINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/settings.toml");

/// A complaint that a unit in Nansha has.
fn question(trigger: Trigger, category: &str) -> Question {
    Question {
        trigger,
        order_type: OrderType::Complaint,
        district: Some("440115".to_owned()),
        category: Some(category.to_owned()),
        street: None,
        unit: Some("GZ-D115".to_owned()),
        now: Instant { unix_ms: 0 },
        registered_at: Instant { unix_ms: 0 },
        due_at: None,
        extension_count: 0,
        return_count: 0,
        supervised: false,
        priority: Priority::Normal,
    }
}

/// The actions, separated by spaces; `nothing` or `no opinion` otherwise.
#[track_caller]
fn check(question: &Question, expected: &str, named: &[&str]) {
    let rules = testing::settings::<Settings>(SETTINGS).unwrap();
    let (got, reasons) = match escalate(&rules, question).unwrap() {
        Verdict::Actions(list) => {
            let short = |action| match action {
                Action::Notify(Audience::HandlingUnit) => "unit",
                Action::Notify(Audience::LeaderInCharge) => "leader",
                Action::Notify(Audience::DistrictOffice) => "district",
                Action::RaisePriority(Priority::High) => "high",
                Action::Notify(Audience::HotlineCenter)
                | Action::Supervise
                | Action::RaisePriority(Priority::Normal | Priority::Urgent)
                | Action::OpenCoordination
                | Action::ListLongTerm => "something else",
            };
            let actions: Vec<_> = list.iter().map(|proposal| short(proposal.action)).collect();
            (
                actions.join(" "),
                list.iter().map(|p| p.reason.as_str()).collect::<String>(),
            )
        }
        Verdict::Nothing => ("nothing".to_owned(), String::new()),
        Verdict::NoOpinion => ("no opinion".to_owned(), String::new()),
    };
    assert_eq!(got, expected, "{:?}", question.trigger);
    for body in [
        "广州港务局",
        "南沙海事处",
        "南沙海关",
        "边防检查站",
        "南沙港务有限公司",
    ] {
        assert_eq!(
            reasons.contains(body),
            named.contains(&body),
            "{body} in {reasons}"
        );
    }
}

#[test]
fn triggers() {
    use Trigger::{DueSoon, OneOfMany, Overdue, RatedBadly, Returned};
    check(&question(DueSoon(5), "噪声"), "nothing", &[]);
    check(&question(DueSoon(4), "噪声"), "unit", &[]);
    check(&question(DueSoon(0), "噪声"), "unit leader high", &[]);
    check(
        &question(Overdue(0), "噪声"),
        "unit leader district high",
        &[],
    );
    check(
        &question(Overdue(2), "噪声"),
        "unit leader district high",
        &[],
    );
    check(&question(Overdue(3), "噪声"), "no opinion", &[]);
    check(&question(Returned(3), "噪声"), "no opinion", &[]);
    check(
        &question(RatedBadly(Rating::Dissatisfied), "噪声"),
        "no opinion",
        &[],
    );
    check(&question(OneOfMany(50), "噪声"), "no opinion", &[]);
}

#[test]
fn port() {
    use Trigger::{DueSoon, Overdue};
    check(&question(DueSoon(7), "港口经营"), "nothing", &[]);
    check(
        &question(DueSoon(6), "港口经营"),
        "unit district",
        &["广州港务局"],
    );
    check(
        &question(DueSoon(0), "船舶污染"),
        "unit district leader high",
        &["南沙海事处"],
    );
    check(
        &question(Overdue(1), "码头集装箱堆场"),
        "unit leader district high",
        &["广州港务局", "南沙港务有限公司"],
    );
    check(
        &question(DueSoon(3), "口岸通关"),
        "unit district",
        &["南沙海关", "边防检查站"],
    );
}

#[test]
fn circumstances() {
    let due = || question(Trigger::DueSoon(2), "噪声");
    check(
        &Question {
            order_type: OrderType::Consultation,
            ..due()
        },
        "nothing",
        &[],
    );
    check(
        &Question {
            district: Some("440106".to_owned()),
            ..due()
        },
        "no opinion",
        &[],
    );
    check(
        &Question {
            district: None,
            ..due()
        },
        "no opinion",
        &[],
    );
    check(
        &Question {
            unit: None,
            ..due()
        },
        "nothing",
        &[],
    );
    check(
        &Question {
            category: None,
            ..due()
        },
        "unit",
        &[],
    );
    let late = question(Trigger::Overdue(0), "噪声");
    check(&Question { unit: None, ..late }, "district high", &[]);
}

#[test]
fn settings() {
    let json = testing::settings_json(SETTINGS).unwrap();
    let rows = [
        (r#""district":"440115""#, r#""district":"南沙""#, "district"),
        (
            r#""name":"广州港务局""#,
            r#""name":"""#,
            "port_bodies[0].name",
        ),
        (
            r#""port_extra":2"#,
            r#""port_extra":-2"#,
            "warn_days.port_extra",
        ),
        (r#"["边检","口岸"]"#, "[]", "port_bodies[3]"),
        (r#""边检""#, r#""""#, "port_bodies[3].category_words[0]"),
    ];
    for (from, to, path) in rows {
        assert!(json.contains(from), "{from} does not stand in the settings");
        let problems = read_json::<Settings>(&json.replacen(from, to, 1))
            .map(|_| ())
            .unwrap_err();
        let paths: Vec<_> = problems
            .iter()
            .map(|problem| problem.path.as_str())
            .collect();
        assert_eq!(paths, [path], "{problems:?}");
    }
}
