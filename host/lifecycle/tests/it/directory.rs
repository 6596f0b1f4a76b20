//! Reading the organisations file, and what is said about a bad one.

use expect_test::expect;
use lifecycle::directory::Directory;
use lifecycle::ids::{DistrictCode, UnitCode};

const GOOD: &str = r#"
[[districts]]
code = "440106"
name = "天河区"
office = "天河区热线工作机构"

[[units]]
code = "GZ-CGJ"
name = "市城市管理和综合执法局"

[[units]]
code = "GZ-PWR"
name = "广州供电局"
kind = "公共服务企业"
district = "440106"
by_reference = true
"#;

#[test]
fn good_file() {
    let directory: Directory = toml::from_str(GOOD).unwrap();
    let unit = directory.unit(&UnitCode::new("GZ-PWR")).unwrap();
    assert!(unit.by_reference);
    assert_eq!(unit.kind.as_deref(), Some("公共服务企业"));
    assert_eq!(directory.units().count(), 2);
    let district = directory.district(&DistrictCode::new("440106")).unwrap();
    assert_eq!(district.office, "天河区热线工作机构");
    let text = toml::to_string(&directory).unwrap();
    assert_eq!(toml::from_str::<Directory>(&text).unwrap(), directory);
}

#[track_caller]
fn bad(from: &str, to: &str, expected: &expect_test::Expect) {
    let text = GOOD.replacen(from, to, 1);
    assert_ne!(text, GOOD);
    let error = toml::from_str::<Directory>(&text).unwrap_err();
    expected.assert_eq(error.message());
}

#[test]
fn bad_files() {
    bad(
        "\"440106\"",
        "\"4401\"",
        &expect!["districts[0]: `code` is `4401`; a district code has six digits, such as 440106"],
    );
    bad(
        "\"GZ-PWR\"",
        "\"GZ-CGJ\"",
        &expect!["units[1]: the code `GZ-CGJ` is used before; codes are unique"],
    );
    bad(
        "district = \"440106\"",
        "district = \"440107\"",
        &expect![
            "units[1]: `GZ-PWR` belongs to district `440107`, which is not in `districts`; add the district or correct the code"
        ],
    );
    bad(
        "\"广州供电局\"",
        "\" \"",
        &expect!["units[1]: `name` is empty; fill it in"],
    );
    bad(
        "by_reference",
        "by_refrence",
        &expect![
            "unknown field `by_refrence`, expected one of `code`, `name`, `kind`, `district`, `by_reference`"
        ],
    );
    let twice = "[[districts]]\ncode = \"440106\"\nname = \"a\"\noffice = \"b\"\n\n[[units]]";
    bad(
        "[[units]]",
        twice,
        &expect!["districts[1]: the code `440106` is used before; codes are unique"],
    );
}
