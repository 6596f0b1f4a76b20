//! The import format of a year and what is refused, with the field and the date in the message.

use std::error::Error as _;

use calendar::Calendar;
use expect_test::{Expect, expect};

use crate::invented_2027;

fn check(text: &str, expected: &Expect) {
    let found = match Calendar::parse_year_json(text) {
        Ok(notice) => format!(
            "{} {} off {} work {}",
            notice.year,
            notice.notice,
            notice.off.len(),
            notice.work.len()
        ),
        Err(error) => match error.source() {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        },
    };
    expected.assert_eq(&found);
}

/// A year with one part replaced.
fn year_with(field: &str, value: &str) -> String {
    let mut fields = vec![
        ("year", "2027"),
        ("notice", r#""国办发明电〔2026〕1号""#),
        ("off", r#"["2027-01-01"]"#),
        ("work", r#"["2027-01-10"]"#),
    ];
    match fields.iter_mut().find(|(name, _)| *name == field) {
        Some(found) => found.1 = value,
        None => fields.push((field, value)),
    }
    fields.retain(|(_, value)| !value.is_empty());
    let fields = fields
        .iter()
        .map(|(name, value)| format!(r#""{name}": {value}"#));
    format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
}

#[test]
fn accepted() {
    check(
        &year_with("year", "2027"),
        &expect!["2027 国办发明电〔2026〕1号 off 1 work 1"],
    );
    check(
        &year_with("work", ""),
        &expect!["2027 国办发明电〔2026〕1号 off 1 work 0"],
    );
    check(
        &year_with("work", r#"["2026-12-26"]"#),
        &expect!["2027 国办发明电〔2026〕1号 off 1 work 1"],
    );
    let papers = r#"{"year": 2027, "papers": ["a", "b"], "off": ["2027-01-01"], "work": []}"#;
    check(papers, &expect!["2027 a; b off 1 work 0"]);
}

#[test]
fn round_trip() {
    let text = serde_json::to_string(&invented_2027()).unwrap();
    assert_eq!(Calendar::parse_year_json(&text).unwrap(), invented_2027());
}

#[test]
fn refused_form() {
    check(
        "",
        &expect![[
            r#"calendar year: `.` is not as expected; a year is {"year": 2027, "notice": "…", "off": ["YYYY-MM-DD", …], "work": […]}: EOF while parsing a value at line 1 column 0"#
        ]],
    );
    check(
        "[]",
        &expect![[
            r#"calendar year: `.` is not as expected; a year is {"year": 2027, "notice": "…", "off": ["YYYY-MM-DD", …], "work": […]}: invalid length 0, expected struct YearNotice with 4 elements at line 1 column 2"#
        ]],
    );
    check(
        &year_with("year", r#""2027""#),
        &expect![[
            r#"calendar year: `year` is not as expected; a year is {"year": 2027, "notice": "…", "off": ["YYYY-MM-DD", …], "work": […]}: invalid type: string "2027", expected i32 at line 1 column 15"#
        ]],
    );
    check(
        &year_with("notice", ""),
        &expect![[
            r#"calendar year: `.` is not as expected; a year is {"year": 2027, "notice": "…", "off": ["YYYY-MM-DD", …], "work": […]}: missing field `notice` at line 1 column 61"#
        ]],
    );
    check(
        &year_with("notice", "7"),
        &expect![[
            r#"calendar year: `notice` is not as expected; a year is {"year": 2027, "notice": "…", "off": ["YYYY-MM-DD", …], "work": […]}: a URL or document number, or a list of them at line 1 column 26"#
        ]],
    );
    check(
        &year_with("off", r#"["2027-01-01", "2027-02-30"]"#),
        &expect![[
            r#"calendar year: `off[1]` is not as expected; a year is {"year": 2027, "notice": "…", "off": ["YYYY-MM-DD", …], "work": […]}: input is out of range at line 1 column 92"#
        ]],
    );
    check(
        &year_with("work", r#"[20270110]"#),
        &expect![[
            r#"calendar year: `work[0]` is not as expected; a year is {"year": 2027, "notice": "…", "off": ["YYYY-MM-DD", …], "work": […]}: invalid type: integer `20270110`, expected a formatted date string at line 1 column 98"#
        ]],
    );
    check(
        &year_with("holidays", "[]"),
        &expect![[
            r#"calendar year: `holidays` is not as expected; a year is {"year": 2027, "notice": "…", "off": ["YYYY-MM-DD", …], "work": […]}: unknown field `holidays`, expected one of `year`, `notice`, `papers`, `off`, `work` at line 1 column 115"#
        ]],
    );
    check(
        &format!("{} x", year_with("year", "2027")),
        &expect![[
            r#"calendar year: `.` is not as expected; a year is {"year": 2027, "notice": "…", "off": ["YYYY-MM-DD", …], "work": […]}: trailing characters at line 1 column 106"#
        ]],
    );
}

#[test]
fn refused_content() {
    check(
        &year_with("year", "2000"),
        &expect!["calendar year 2000: `year` must lie between 2001 and 2099"],
    );
    check(
        &year_with("year", "2100"),
        &expect!["calendar year 2100: `year` must lie between 2001 and 2099"],
    );
    check(
        &year_with("notice", r#""  ""#),
        &expect![
            "calendar year 2027: `notice` is empty; give the URL or the document number of the State Council notice"
        ],
    );
    check(
        &year_with("notice", "[]"),
        &expect![
            "calendar year 2027: `notice` is empty; give the URL or the document number of the State Council notice"
        ],
    );
    check(
        &year_with("off", "[]"),
        &expect!["calendar year 2027: `off` is empty; list every day off that the notice names"],
    );
    check(
        &year_with("off", r#"["2027-01-01", "2028-01-01"]"#),
        &expect![
            "calendar year 2027: `off` has 2028-01-01; a notice sets days of its own year and of the December before"
        ],
    );
    check(
        &year_with("off", r#"["2027-01-01", "2026-11-30"]"#),
        &expect![
            "calendar year 2027: `off` has 2026-11-30; a notice sets days of its own year and of the December before"
        ],
    );
    check(
        &year_with("work", r#"["2025-12-27"]"#),
        &expect![
            "calendar year 2027: `work` has 2025-12-27; a notice sets days of its own year and of the December before"
        ],
    );
    check(
        &year_with("off", r#"["2027-01-01", "2027-01-01"]"#),
        &expect!["calendar year 2027: `off` has 2027-01-01 twice; remove one"],
    );
    check(
        &year_with("work", r#"["2027-01-10", "2027-01-10"]"#),
        &expect!["calendar year 2027: `work` has 2027-01-10 twice; remove one"],
    );
    check(
        &year_with("off", r#"["2027-01-01", "2027-01-10"]"#),
        &expect![
            "calendar year 2027: 2027-01-10 is in `off` and in `work`; keep it in one of them"
        ],
    );
    check(
        &year_with("work", r#"["2027-01-11"]"#),
        &expect![
            "calendar year 2027: `work` has 2027-01-11, a weekday; only Saturdays and Sundays are made working days"
        ],
    );
}

#[test]
fn a_bad_year_does_not_enter_a_calendar() {
    let mut notice = invented_2027();
    notice.notice.clear();
    assert!(Calendar::shipped().with_year(notice.clone()).is_err());
    assert!(Calendar::new([notice]).is_err());
}
