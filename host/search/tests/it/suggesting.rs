//! Points for the text of an order, as it is typed.

use search::Suggestion;

use crate::{filled, ids, points};

const ORDERS: &[(&str, &str)] = &[
    (
        "市民来电反映，其居住在员村附近，旁边工地连续三个晚上凌晨一点多还在打桩，噪音非常大，\
         老人小孩都睡不着，多次和工地负责人沟通没有效果，要求相关部门尽快处理并回复，谢谢！",
        "noise-build",
    ),
    (
        "您好，我去年从公司离职，公司一直没有给我交公积金，我问了人事，人事说试用期不交，请问这样合法吗，\
         我应该去哪里反映，需要什么材料",
        "fund-stop",
    ),
    (
        "我在健身房办了一张会员卡，花了五千多元，现在健身房突然关门了，老板电话也打不通，怎么退钱",
        "prepaid-card",
    ),
    (
        "小区的电梯坏了半个月了，物业说没有钱修，能不能用维修",
        "housing-repair",
    ),
    ("妈妈今年八十岁了，听说有高龄", "elder-allow"),
    (
        "<p>超市买的牛奶&nbsp;过期了</p>\n\n\t 要求赔偿",
        "food-safety",
    ),
];

#[test]
fn orders_get_their_points() {
    let index = filled();
    let mut wrong = Vec::new();
    for (text, wanted) in ORDERS {
        let order = Suggestion {
            text: (*text).to_owned(),
            district: None,
            at: points::spring(),
            limit: 3,
        };
        let hits = index.suggest(&order).unwrap();
        assert!(hits.hits.len() <= 3);
        if ids(&hits).first() != Some(wanted) {
            wrong.push(format!("{text}: {:?}", ids(&hits)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn expired_points_are_never_suggested() {
    let index = filled();
    let order = |at: &str| Suggestion {
        text: "中考报名时间是几月，初中毕业生几月报名".into(),
        district: None,
        at: at.parse().unwrap(),
        limit: 60,
    };
    let before = index.suggest(&order("2026-06-30T23:59:59+08:00")).unwrap();
    assert_eq!(ids(&before).first(), Some(&"school-exam"));
    let after = index.suggest(&order("2026-07-01T00:00:00+08:00")).unwrap();
    assert!(!ids(&after).contains(&"school-exam") && after.total > 0);
}

#[test]
fn nothing_for_nothing() {
    let index = filled();
    for text in ["", "  ？！", "😀😀"] {
        let order = Suggestion {
            text: text.into(),
            district: None,
            at: points::spring(),
            limit: 5,
        };
        assert_eq!(index.suggest(&order).unwrap().total, 0, "{text:?}");
    }
}
