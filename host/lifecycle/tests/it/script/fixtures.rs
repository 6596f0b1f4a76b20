//! Who there is, and the calendar with a notice for 2027.

use calendar::{Calendar, YearNotice};
use lifecycle::directory::{Directory, District, Unit};
use lifecycle::ids::{DistrictCode, UnitCode};

/// Three districts, of which Nansha's office reviews its units' reports first; units of the city and of
/// districts, and the authorities that are asked for opinions.
pub(crate) fn directory() -> Directory {
    let district = |code: &str, name: &str| District {
        code: DistrictCode::new(code),
        name: name.to_owned(),
        office: format!("{name}热线工作机构"),
        reviews: code == "440115",
    };
    let unit = |(code, name, district): (&str, &str, Option<&str>)| Unit {
        code: UnitCode::new(code),
        name: name.to_owned(),
        kind: None,
        district: district.map(DistrictCode::new),
        by_reference: false,
    };
    let districts = [
        district("440106", "天河区"),
        district("440111", "白云区"),
        district("440115", "南沙区"),
    ];
    let units = [
        ("GZ-CGJ", "市城市管理和综合执法局", None),
        ("GZ-GAJ", "市公安局", None),
        ("GZ-SWJ", "市水务局", None),
        ("GZ-JTJ", "市交通运输局", None),
        ("GZ-BB", "市委编办", None),
        ("GZ-SJJ", "市司法局", None),
        ("GZ-D106", "天河区人民政府", Some("440106")),
        ("GZ-D111", "白云区人民政府", Some("440111")),
        ("GZ-D115", "南沙区人民政府", Some("440115")),
    ];
    Directory::new(districts, units.map(unit)).unwrap()
}

/// The calendar with a notice for 2027, made up for the tests.
pub(crate) fn calendar_2027(calendar: &Calendar, notice: &str) -> Calendar {
    let (off, work): (&[&str], &[&str]) = match notice {
        "2027" => (
            &[
                "2026-12-31",
                "2027-01-01",
                "2027-01-02",
                "2027-01-03",
                "2027-01-04",
            ],
            &["2027-01-10"],
        ),
        "2027b" => (&["2027-01-01"], &["2027-01-09", "2027-01-10"]),
        other => panic!("`{other}` is no notice of the tests"),
    };
    let days = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
    let notice = YearNotice {
        year: 2027,
        notice: "made up for tests".to_owned(),
        off: days(off),
        work: days(work),
    };
    calendar.with_year(notice).unwrap()
}
