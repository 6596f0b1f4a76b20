//! `kapok deadline` and `kapok calendar`.

use serde_json::json;

use super::{Data, check_contains, last, lines, run};

/// The vectors of the rule catalogue: what is asked, the rule, the counted days, and the day after
/// the last one, at whose beginning the limit ends. V10 and V12 are two working days from a dispatch, as
/// verification is.
#[rustfmt::skip]
const VECTORS: [(&str, &str, &str, &str); 12] = [
    // V01 to V03: registered, to be dispatched.
    ("complaint --registered 2026-02-13", "R20", "2026-02-14", "2026-02-15"),
    ("complaint --registered 2026-02-14T23:59:59+08:00", "R20", "2026-02-24", "2026-02-25"),
    ("complaint --registered 2026-10-03", "R20", "2026-10-08", "2026-10-09"),
    // V04 and V05: a consultation.
    ("咨询 --dispatched 2026-02-14", "R21", "2026-02-24 2026-02-25", "2026-02-26"),
    ("consultation --dispatched 2026-09-24T16:00", "R21", "2026-09-28 2026-09-29", "2026-09-30"),
    // V06 to V09 and V11: anything else.
    ("complaint --dispatched 2026-09-18T16:00:00+08:00", "R22",
     "2026-09-20 2026-09-21 2026-09-22 2026-09-23 2026-09-24 2026-09-28 2026-09-29 2026-09-30 2026-10-08 2026-10-09",
     "2026-10-10"),
    ("投诉 --dispatched 2026-09-16", "R22",
     "2026-09-17 2026-09-18 2026-09-20 2026-09-21 2026-09-22 2026-09-23 2026-09-24 2026-09-28 2026-09-29 2026-09-30",
     "2026-10-01"),
    ("举报 --dispatched 2025-12-24T00:00:00Z", "R22",
     "2025-12-25 2025-12-26 2025-12-29 2025-12-30 2025-12-31 2026-01-04 2026-01-05 2026-01-06 2026-01-07 2026-01-08",
     "2026-01-09"),
    ("help_request --dispatched 2026-04-30", "R22",
     "2026-05-06 2026-05-07 2026-05-08 2026-05-09 2026-05-11 2026-05-12 2026-05-13 2026-05-14 2026-05-15 2026-05-18",
     "2026-05-19"),
    ("意见建议 --dispatched 2026-05-11", "R22",
     "2026-05-12 2026-05-13 2026-05-14 2026-05-15 2026-05-18 2026-05-19 2026-05-20 2026-05-21 2026-05-22 2026-05-25",
     "2026-05-26"),
    // V10 and V12.
    ("complaint --limit verification --dispatched 2026-04-30", "R26", "2026-05-06 2026-05-07", "2026-05-08"),
    ("complaint --limit verification --dispatched 2026-05-11", "R26", "2026-05-12 2026-05-13", "2026-05-14"),
];

#[test]
fn deadlines_count_the_days_of_the_law() {
    for (asked, rule, counted, day_after) in VECTORS {
        let counted: Vec<&str> = counted.split(' ').collect();
        let expected = json!({
            "due": format!("{day_after}T00:00:00+08:00"),
            "clock_start": format!("{}T00:00:00+08:00", counted[0]),
            "counted": counted,
            "provisional": false,
            "rule": rule,
        });
        let computed = last(&format!("deadline --type {asked}"));
        assert_eq!(computed, expected, "{asked}");
        let fields: Vec<&String> = computed.as_object().unwrap().keys().collect();
        assert_eq!(
            fields,
            ["due", "clock_start", "counted", "provisional", "rule"]
        );
    }
}

#[test]
fn a_deadline_in_a_year_without_notice_is_provisional() {
    let late = last("deadline --type complaint --dispatched 2026-12-18");
    assert_eq!(late["provisional"], json!(true));
    let complete = last("deadline --type complaint --dispatched 2026-12-17");
    assert_eq!(complete["provisional"], json!(false));
    assert_eq!(complete["due"], json!("2027-01-01T00:00:00+08:00"));
}

#[test]
fn a_deadline_is_explained_to_people() {
    let text = run("deadline --type complaint --dispatched 2026-09-18", 0);
    check_contains(
        &text,
        &[
            "R22 第十四条第二项",
            "2026-09-20 Sun make-up working day",
            "due      2026-10-09 24:00",
        ],
    );
}

/// A notice for 2027 that swaps no weekends, with four days off at the new year.
const NOTICE_2027: &str = r#"{"year": 2027, "notice": "test",
    "off": ["2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04",
            "2027-02-05", "2027-02-06", "2027-02-07", "2027-02-08", "2027-04-05", "2027-05-01",
            "2027-05-02", "2027-06-09", "2027-09-15", "2027-10-01", "2027-10-02", "2027-10-03"], "work": []}"#;

#[test]
fn a_holiday_notice_moves_provisional_deadlines() {
    let data = Data::new();
    let path = data.path();
    let late = data.file(
        "late.jsonl",
        r#"{"id":"1","type":"投诉","text":"夜间施工噪声扰民","received_at":"2026-12-31T10:00"}"#,
    );
    run(&format!("import {late} --data {path} --at received"), 0);
    let notice = data.file("2027.json", NOTICE_2027);
    let preview = format!("calendar import {notice} --data {path} --dry-run");
    let change = last(&preview);
    let moves = change["changes"].as_array().unwrap().len();
    assert!(moves > 0, "{change}");
    let january = format!("calendar show --month 2027-01 --data {path}");
    check_contains(&run(&january, 0), &["4?"]);
    let applied = last(&format!("calendar import {notice} --data {path}"));
    assert_eq!(applied["changes"], change["changes"]);
    let after = run(&january, 0);
    assert!(after.contains("[4]") && !after.contains('?'), "{after}");
    assert_eq!(last(&preview)["changes"], json!([]));
    let due = "deadline --type complaint --registered 2026-12-31";
    assert_eq!(last(due)["due"], json!("2027-01-05T00:00:00+08:00"));
    let with_notice = last(&format!("{due} --data {path}"));
    assert_eq!(with_notice["due"], json!("2027-01-06T00:00:00+08:00"));
    let broken = data.file("broken.json", r#"{"year": 2027, "notice": "", "off": []}"#);
    let refused = run(&format!("calendar import {broken} --data {path}"), 1);
    check_contains(&refused, &["broken.json", "caused by"]);
}

#[test]
fn the_calendar_shows_make_up_days_and_holidays() {
    let october = run("calendar show --month 2026-10", 0);
    check_contains(&october, &["[1]", "10+", "(11)", "18 working days"]);
    let year = lines("calendar show 2026", 0);
    assert_eq!(year.len(), 365);
    let working = year
        .iter()
        .filter(|day| day["working"] == json!(true))
        .count();
    assert_eq!(working, 248);
}
