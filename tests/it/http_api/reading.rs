//! Lists, deadlines, calendar, clock, questions, health.

use std::collections::BTreeSet;

use api::Limits;
use expect_test::expect_file;
use serde_json::{Value, json};

use super::server::{Call, Server, UNIT, noise, unclear};

/// Twenty orders for a unit and five that wait for a person, a minute apart; their numbers.
async fn twenty_five(server: &Server) -> Vec<String> {
    let mut registered = Vec::new();
    for number in 0..25 {
        let mut request = if number % 5 == 0 { unclear() } else { noise() };
        request["source"] = json!(format!("test:{number}"));
        registered.push(server.register(request).await);
        let minute = number + 1;
        server
            .advance_to(&format!("2026-09-18T09:{minute:02}:00+08:00"))
            .await;
    }
    registered
}

#[tokio::test]
async fn a_list_is_read_page_by_page() {
    let server = Server::new();
    let registered = twenty_five(&server).await;
    let mut path = "/api/v1/orders?limit=10".to_owned();
    let mut pages = Vec::new();
    loop {
        let answer = server.get("operator", &path).await;
        let page = answer.json();
        let items = page["items"].as_array().expect("orders").clone();
        pages.push(items);
        let Some(link) = answer.header("link") else {
            assert_eq!(page["next"], Value::Null);
            break;
        };
        let next = link
            .strip_prefix('<')
            .and_then(|link| link.strip_suffix(">; rel=\"next\""));
        path = next.expect("a link to the next page").to_owned();
    }
    let sizes: Vec<usize> = pages.iter().map(Vec::len).collect();
    assert_eq!(sizes, [10, 10, 5]);
    let ids: Vec<&str> = pages
        .iter()
        .flatten()
        .filter_map(|order| order["id"].as_str())
        .collect();
    let newest_first: Vec<&str> = registered.iter().rev().map(String::as_str).collect();
    assert_eq!(ids, newest_first);
}

#[tokio::test]
async fn a_list_is_narrowed_to_what_is_asked_for_and_what_is_the_callers() {
    let server = Server::new();
    let registered = twenty_five(&server).await;
    let count = async |actor, query: &str| {
        let page = server
            .get(actor, &format!("/api/v1/orders?limit=200&{query}"))
            .await
            .json();
        page["items"].as_array().expect("orders").len()
    };
    assert_eq!(count("operator", "stage=awaiting_dispatch").await, 5);
    assert_eq!(count("operator", &format!("unit={UNIT}")).await, 20);
    assert_eq!(
        count("operator", "order_type=help_request&district=440106").await,
        0
    );
    assert_eq!(count("operator", "source=test:7").await, 1);
    assert_eq!(count("operator", "overdue=true").await, 0);
    // Everybody sees what is theirs.
    assert_eq!(count("unit", "").await, 20);
    assert_eq!(count("other-unit", "").await, 0);
    assert_eq!(count("district", "").await, 20);
    assert_eq!(count("other-district", "").await, 0);
    assert_eq!(count("channel", "").await, 0);
    assert_eq!(count("auditor", "").await, 25);
    for (query, field) in [
        ("after=nonsense", "after"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("stages=closed", "stages"),
        ("order_type=咨询", "order_type"),
    ] {
        let query = query.replace("咨询", "%E5%92%A8");
        let answer = server
            .get("operator", &format!("/api/v1/orders?{query}"))
            .await;
        assert_eq!(answer.outcome(), "400 invalid-parameter", "{query}");
        assert_eq!(answer.json()["errors"][0]["field"], field);
    }
    let again =
        json!({"order_type": "complaint", "channel": "phone", "text": "x", "source": "test:7"});
    let again = server.post("operator", "/api/v1/orders", again).await;
    assert_eq!(again.outcome(), "409 source-exists");
    assert_eq!(again.json()["order"], *registered[7]);
}

/// Vectors of the rule catalogue.
#[tokio::test]
async fn a_deadline_is_computed_with_its_explanation() {
    let server = Server::new();
    let rows = [
        (
            "consultation",
            "2026-02-14T09:00:00+08:00",
            "R21",
            "2026-02-26T00:00:00+08:00",
            false,
        ),
        (
            "complaint",
            "2026-09-18T16:00:00+08:00",
            "R22",
            "2026-10-10T00:00:00+08:00",
            false,
        ),
        (
            "help_request",
            "2025-12-24T10:00:00+08:00",
            "R22",
            "2026-01-09T00:00:00+08:00",
            false,
        ),
        (
            "complaint",
            "2026-12-24T10:00:00+08:00",
            "R22",
            "2027-01-09T00:00:00+08:00",
            true,
        ),
    ];
    for (order_type, dispatched, rule, due, provisional) in rows {
        let dispatched = dispatched.replace('+', "%2B");
        let path = format!("/api/v1/deadline?type={order_type}&dispatched={dispatched}");
        let deadline = server.get("auditor", &path).await.json();
        let got = (
            &deadline["rule"],
            &deadline["due"],
            &deadline["provisional"],
        );
        assert_eq!(
            got,
            (&json!(rule), &json!(due), &json!(provisional)),
            "{path}"
        );
    }
    // A bare plus sign, as people type it.
    let path = "/api/v1/deadline?type=complaint&dispatched=2026-09-18T16:00:00+08:00";
    let deadline = server.get("auditor", path).await.json();
    let shown = serde_json::to_string_pretty(&deadline).expect("JSON");
    expect_file!["deadline.json"].assert_eq(&shown);
    let path = "/api/v1/deadline?type=complaint&dispatched=2500-01-01T00:00:00Z";
    assert_eq!(
        server.get("auditor", path).await.outcome(),
        "422 invalid-input"
    );
}

#[tokio::test]
async fn a_holiday_notice_is_looked_at_and_then_imported() {
    let server = Server::at("2026-12-24T10:00:00+08:00");
    let id = server.register(noise()).await;
    let order = format!("/api/v1/orders/{id}");
    let before = server.get("operator", &order).await.json();
    assert_eq!(before["provisional"], true);
    let notice = json!({
        "year": 2027,
        "notice": "国办发明电〔2026〕99号",
        "off": ["2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04",
            "2027-02-05", "2027-02-06", "2027-02-07", "2027-02-08", "2027-04-05", "2027-05-01",
            "2027-05-02", "2027-06-09", "2027-09-15", "2027-10-01", "2027-10-02", "2027-10-03"],
        "work": ["2027-01-09"],
    });
    let dry = server
        .post(
            "operator",
            "/api/v1/calendar/years?dry_run=true",
            notice.clone(),
        )
        .await;
    let dry = dry.json();
    assert_eq!(dry["applied"], false);
    assert_eq!(dry["changes"][0]["order"], *id);
    assert_eq!(server.get("operator", &order).await.json(), before);
    assert_eq!(
        server.get("operator", "/api/v1/calendar/2027").await.json()["known"],
        false
    );

    let imported = server
        .post("admin", "/api/v1/calendar/years", notice)
        .await
        .json();
    assert_eq!(imported["applied"], true);
    assert_eq!(imported["changes"], dry["changes"]);
    let after = server.get("operator", &order).await.json();
    assert_eq!(after["provisional"], false);
    assert_eq!(
        after["assignments"][0]["handle_by"]["due_at"],
        dry["changes"][0]["after"]
    );
    let year = server.get("unit", "/api/v1/calendar/2027").await.json();
    assert_eq!(year["known"], true);
    assert_eq!(year["work"], json!(["2027-01-09"]));
    let calendar = server.get("unit", "/api/v1/calendar").await.json();
    assert_eq!(calendar["version"], imported["version"]);
    let years = calendar["years"].as_array().expect("years").iter();
    let years: Vec<i64> = years.filter_map(|year| year["year"].as_i64()).collect();
    assert_eq!(years, [2023, 2024, 2025, 2026, 2027]);
}

#[tokio::test]
async fn a_bad_holiday_notice_is_refused() {
    let server = Server::new();
    for (body, outcome) in [
        (
            json!({"year": 2027, "notice": "", "off": ["2027-01-01"]}),
            "422 invalid-input",
        ),
        (
            json!({"year": 2026, "notice": "other", "off": ["2026-01-01"], "work": []}),
            "422 invalid-input",
        ),
        (
            json!({"year": 2027, "notice": "x", "off": ["2026-01-01"]}),
            "422 invalid-input",
        ),
        (
            json!({"year": 2027, "notice": "x", "off": ["2027-02-30"]}),
            "400 invalid-field",
        ),
        (json!({"year": 2027, "off": []}), "400 invalid-field"),
    ] {
        let answer = server
            .post("admin", "/api/v1/calendar/years", body.clone())
            .await;
        assert_eq!(answer.outcome(), outcome, "{body}");
    }
    assert_eq!(
        server.get("unit", "/api/v1/calendar/2500").await.outcome(),
        "404 not-found"
    );
    assert_eq!(
        server.get("unit", "/api/v1/calendar/now").await.outcome(),
        "400 invalid-path"
    );
}

#[tokio::test]
async fn a_clock_stands_or_is_the_systems() {
    let server = Server::new();
    let clock = server.get("unit", "/api/v1/clock").await.json();
    assert_eq!(
        clock,
        json!({"now": "2026-09-18T09:00:00+08:00", "kind": "manual"})
    );
    let set = async |server: &Server, actor: &str, now: &str| {
        let call = Call::put("/api/v1/clock")
            .by(actor)
            .json(&json!({ "now": now }));
        server.send(call).await.outcome()
    };
    assert_eq!(
        set(&server, "operator", "2026-09-19T09:00:00+08:00").await,
        "403 not-permitted"
    );
    assert_eq!(
        set(&server, "admin", "2026-09-18T08:59:59+08:00").await,
        "422 invalid-input"
    );
    assert_eq!(set(&server, "admin", "tomorrow").await, "400 invalid-field");
    // The unit says nothing for two working days; a timer notices and the duty counts as accepted.
    let id = server.register(noise()).await;
    server.advance_to("2026-09-22T00:00:00+08:00").await;
    let stage = async || {
        server
            .get("unit", &format!("/api/v1/orders/{id}"))
            .await
            .json()["stage"]
            .clone()
    };
    assert_eq!(stage().await, "awaiting_verification");
    let advanced = server.advance_to("2026-09-22T00:00:01+08:00").await;
    assert_eq!(advanced["timers"], 1);
    assert_eq!(stage().await, "in_handling");

    let server = Server::with_system_clock();
    assert_eq!(
        server.get("unit", "/api/v1/clock").await.json()["kind"],
        "system"
    );
    let now = "2126-09-19T09:00:00+08:00";
    assert_eq!(set(&server, "admin", now).await, "409 clock-is-the-systems");
    assert_eq!(set(&server, "operator", now).await, "403 not-permitted");
}

#[tokio::test]
async fn kapok_says_whether_it_is_well_also_when_all_slots_are_taken() {
    let limits = Limits {
        requests_max: 0,
        ..Limits::standard()
    };
    let server = Server::with_limits(limits);
    let refused = server.get("operator", "/api/v1/orders").await;
    assert_eq!(refused.outcome(), "503 overloaded");
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(
        server.send(Call::get("/healthz")).await.json(),
        json!({"status": "ok"})
    );
    assert_eq!(server.send(Call::get("/readyz")).await.outcome(), "200");

    let limits = Limits {
        engine_calls_max: 0,
        engine_wait: std::time::Duration::ZERO,
        ..Limits::standard()
    };
    let server = Server::with_limits(limits);
    let refused = server.get("operator", "/api/v1/orders").await;
    assert_eq!(refused.outcome(), "503 overloaded");
    assert_eq!(
        server.get("operator", "/api/v1/clock").await.outcome(),
        "200"
    );
    assert_eq!(
        server.send(Call::get("/readyz")).await.outcome(),
        "503 overloaded"
    );
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_told_so() {
    // No engine call can ever begin, so only the limit ends the request.
    let limits = Limits {
        engine_calls_max: 0,
        engine_wait: std::time::Duration::from_secs(3600),
        request_time: std::time::Duration::from_millis(1),
        ..Limits::standard()
    };
    let server = Server::with_limits(limits);
    let answer = server.post("operator", "/api/v1/orders", noise()).await;
    assert_eq!(answer.outcome(), "503 timed-out");
    assert_eq!(answer.header("retry-after"), Some("1"));
}

#[tokio::test]
async fn the_directory_lists_who_orders_go_to() {
    let server = Server::new();
    let directory = server.get("unit", "/api/v1/directory").await.json();
    let codes = |list: &str| -> BTreeSet<String> {
        let list = directory[list].as_array().expect("a list").iter();
        list.filter_map(|entry| entry["code"].as_str().map(str::to_owned))
            .collect()
    };
    assert_eq!(codes("districts").len(), 11);
    assert!(codes("units").contains(UNIT));
    let document = server.send(Call::get("/api/v1/openapi.json")).await;
    assert_eq!(document.json()["openapi"], "3.1.0");
}
