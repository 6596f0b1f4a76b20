//! The district's own settings, request by request.

use sdk::routing::{Question, Verdict};
use sdk::{Channel, Instant, OrderType, read_json, testing};

use crate::{Settings, route};

const SETTINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/settings.toml");

/// A complaint in Tianhe.
fn complaint(text: &str) -> Question {
    Question {
        order_type: OrderType::Complaint,
        channel: Channel::Phone,
        district: Some("440106".to_owned()),
        street: None,
        category: None,
        subject: String::new(),
        text: text.to_owned(),
        registered_at: Instant { unix_ms: 0 },
        excluded_units: Vec::new(),
    }
}

/// The units with their scores, best first; nothing for no opinion.
#[track_caller]
fn check(question: &Question, expected: &[(&str, u16)]) {
    let rules = testing::settings::<Settings>(SETTINGS).unwrap();
    let candidates = match route(&rules, question).unwrap() {
        Verdict::Ranked(candidates) => {
            assert!(!candidates.is_empty());
            candidates
        }
        Verdict::NoOpinion => Vec::new(),
    };
    let got: Vec<_> = candidates
        .iter()
        .map(|c| (c.unit.as_str(), c.score_permille))
        .collect();
    assert_eq!(got, expected, "{}\n{candidates:#?}", question.text);
}

#[test]
fn matters() {
    let whole = ("GZ-D106", 500);
    check(
        &complaint("员村街道某工地连续三晚凌晨一点还在打桩，影响孩子中考复习，要求停止夜间施工。"),
        &[("GZ-D106-CG", 950), whole],
    );
    check(
        &complaint("小区旁夜间施工，吵得睡不着"),
        &[("GZ-D106-CG", 950), whole],
    );
    // By day it is no night construction.
    check(&complaint("员村街道工地白天打桩"), &[]);
    check(&complaint("工地晚上加班，拖欠工资两个月"), &[]);
    check(
        &complaint("车陂有人占道经营"),
        &[("GZ-D106-CHEBEI", 850), whole],
    );
    check(&complaint("楼下有人占道经营"), &[whole]);
    check(
        &complaint("石牌村出租屋有消防隐患，楼道堆放杂物"),
        &[("GZ-D106-SHIPAI", 820), whole],
    );
    check(
        &complaint("林和西路口占道经营，旁边工地半夜打桩"),
        &[("GZ-D106-CG", 950), ("GZ-D106-LINHE", 850), whole],
    );
    check(&complaint("冼村街道的公积金怎么取"), &[]);
    check(&complaint(""), &[]);
}

#[test]
fn place_and_kind() {
    let whole = ("GZ-D106", 500);
    let vendors = || complaint("有人占道经营");
    let street = Some("棠下街道".to_owned());
    check(
        &Question {
            street: street.clone(),
            ..vendors()
        },
        &[("GZ-D106-TANGXIA", 850), whole],
    );
    check(
        &Question {
            street: street.clone(),
            ..complaint("车陂有人占道经营")
        },
        &[("GZ-D106-TANGXIA", 850), whole],
    );
    // Without a district only a street of ours makes it ours.
    check(
        &Question {
            district: None,
            street,
            ..vendors()
        },
        &[("GZ-D106-TANGXIA", 850), whole],
    );
    check(
        &Question {
            district: None,
            ..vendors()
        },
        &[],
    );
    check(
        &Question {
            district: Some("440111".to_owned()),
            ..complaint("车陂占道经营")
        },
        &[],
    );
    check(
        &Question {
            order_type: OrderType::Consultation,
            ..vendors()
        },
        &[],
    );
    let excluded_units = vec!["GZ-D106-CHEBEI".to_owned()];
    check(
        &Question {
            excluded_units,
            ..complaint("车陂有人占道经营")
        },
        &[whole],
    );
    let excluded_units = vec!["GZ-D106".to_owned()];
    check(
        &Question {
            excluded_units,
            ..vendors()
        },
        &[],
    );
}

#[test]
fn reasons() {
    let rules = testing::settings::<Settings>(SETTINGS).unwrap();
    let reason = |text: &str| match route(&rules, &complaint(text)).unwrap() {
        Verdict::Ranked(candidates) => candidates[0].reason.clone(),
        Verdict::NoOpinion => String::new(),
    };
    let rows = [
        (
            "凌晨还在打桩",
            "命中“凌晨”“打桩”，属夜间施工噪声，由天河区城市管理和综合执法局负责",
        ),
        ("车陂有走鬼", "命中“走鬼”，属占道经营，由车陂街道办事处负责"),
        (
            "有走鬼",
            "命中“走鬼”，属占道经营，街道不明，由天河区人民政府转派",
        ),
    ];
    for (text, expected) in rows {
        assert_eq!(reason(text), expected);
    }
}

#[test]
fn settings() {
    let json = testing::settings_json(SETTINGS).unwrap();
    let rows = [
        (r#""district":"440106""#, r#""district":"天河""#, "district"),
        (r#""whole_score":500"#, r#""whole_score":0"#, "whole_score"),
        (r#""score":950"#, r#""score":1001"#, "matters[0].score"),
        (
            r#""夜间施工","凌晨施工""#,
            r#""","凌晨施工""#,
            "matters[0].groups[0][0]",
        ),
        (
            r#""unit":"GZ-D106-WUSHAN""#,
            r#""unit":"五山""#,
            "streets[0].unit",
        ),
        (
            r#""code":"GZ-D106-CG""#,
            r#""code":"""#,
            "matters[0].unit.code",
        ),
        (r#""unless":["#, r#""except":["#, "matters[0].except"),
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
