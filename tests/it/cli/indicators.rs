//! `kapok indicators` and `kapok forecast`, on a data directory and on a server alike.

use serde_json::{Value, json};

use super::server::Server;
use super::{Data, SAMPLES, check_contains, last, run};

const YEAR: &str = "indicators --from 2026-01-01 --until 2026-12-31";

#[test]
fn figures_of_a_data_directory_and_of_its_server_are_the_same() {
    let data = Data::new();
    let path = data.path();
    run(&format!("import {SAMPLES} --data {path}"), 0);
    let on_data = format!("--data {path}");
    let own = last(&format!("{YEAR} {on_data}"));
    assert_eq!(own["rows"][0]["counts"]["orders"], json!(30), "{own}");
    let table = run(&format!("{YEAR} {on_data} --by all --csv"), 0);
    check_contains(
        &table,
        &[
            "\u{feff}key 代码,name 名称,by_reference 参照适用,from 起始日期,until 截止日期,formulas 公式版本,",
            "on_time.permille 按时办结率（‰）,on_time.numerator 按时办结率分子,",
            "\r\n,合计,false,2026-01-01,2026-12-31,2026-2,",
        ],
    );
    let text = run(&format!("{YEAR} {on_data} --by order-type"), 0);
    check_contains(
        &text,
        &[
            "by formulas 2026-2",
            "complaint",
            "投诉",
            "dispatch 热线按时转派率 = 按时转派 ÷",
        ],
    );
    let ahead = last(&format!("forecast {on_data}"));
    let shown = run(&format!("forecast {on_data}"), 0);
    check_contains(&shown, &["deadlines of handling as of", "not submitted"]);
    let server = Server::start(&format!("{on_data} --clock manual"));
    let by = server.by("operator");
    assert_eq!(last(&format!("{YEAR} {by}")), own);
    let table_of_server = run(&format!("{YEAR} {by} --by all --csv"), 0);
    assert_eq!(table_of_server, table);
    // The two were asked one after the other.
    let days = |forecast: &Value| forecast.get("days").cloned();
    assert_eq!(days(&last(&format!("forecast {by}"))), days(&ahead));
    server.stop();
}

#[test]
fn what_makes_no_sense_is_refused_with_what_would() {
    let data = Data::new();
    let path = data.path();
    run(&format!("import {SAMPLES} --data {path}"), 0);
    let check = |line: &str, code: i32, parts: &[&str]| {
        check_contains(&run(&format!("{line} --data {path}"), code), parts);
    };
    check(
        "indicators --from 2026-09-01 --until 2026-08-31",
        1,
        &["until", "last day"],
    );
    check(
        "indicators --from 2026-09-01 --until 2026-09-30 --by street",
        2,
        &["unit, district, order_type, month, all"],
    );
    check("indicators --from 2026-09-01", 2, &["--until"]);
    check("forecast --days 61", 2, &["1..=60"]);
}
