//! The plugin platform over HTTP: pushing, trying, activating by two persons, candidates, rolling back,
//! making a decision again, and the chain over all of it.

use std::fs;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lifecycle::ids::Actor;
use serde_json::{Value, json};

use super::server::{Answer, Call, Server, noise};
use crate::artefacts::{component, guest, root};

const TIANHE: &str = "440106";

/// A component of the shipped plugins, as a push takes it, with these settings.
fn push(component: &str, settings: &Value) -> Value {
    let path = root().join("target/wasm32-wasip2/plugin").join(component);
    let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    json!({
        "component": STANDARD.encode(bytes),
        "settings": settings,
        "source": component,
    })
}

fn settings(path: &str) -> Value {
    let text = plugins::settings_from_file(&root().join(path)).expect("readable");
    serde_json::from_str(&text).expect("JSON")
}

/// Pushes the city's routing rule and Tianhe's own; gives their digests.
pub(super) async fn two_images(server: &Server) -> [String; 2] {
    let city = push("routing.wasm", &settings("plugins/routing/settings.toml"));
    let own = settings("plugins/districts/tianhe-routing/settings.toml");
    let own = push("tianhe_routing.wasm", &own);
    let mut digests = Vec::new();
    for body in [city, own] {
        let answer = server.post("district", "/api/v1/plugins", body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        let digest = &answer.json()["image"]["image"];
        digests.push(digest.as_str().expect("a digest").to_owned());
    }
    digests.try_into().expect("two")
}

async fn activate(
    server: &Server,
    by: &'static str,
    scope: &str,
    image: &str,
    mode: Value,
) -> Answer {
    let body = json!({
        "scope": scope, "kind": "routing", "image": image, "mode": mode, "note": "a test",
    });
    server.post(by, "/api/v1/activations", body).await
}

/// The image that answered for a new order of Tianhe.
pub(super) async fn answering(server: &Server) -> (String, String) {
    let order = server.register(noise()).await;
    let history = server
        .get("operator", &format!("/api/v1/orders/{order}/history"))
        .await
        .json();
    let text = history.to_string();
    let at = text
        .find("\"attempts\"")
        .unwrap_or_else(|| panic!("nobody was asked: {text}"));
    let decision = found(&history, "decision").expect("a decision");
    let image = text
        .get(at..)
        .and_then(|rest| rest.split("\"image\":\"").nth(1));
    let image = image.and_then(|rest| rest.get(..64)).expect("a digest");
    (image.to_owned(), decision)
}

/// The first string under this key.
fn found(value: &Value, key: &str) -> Option<String> {
    match value {
        Value::Object(fields) => {
            let own = fields.get(key).and_then(Value::as_str).map(str::to_owned);
            own.or_else(|| fields.values().find_map(|value| found(value, key)))
        }
        Value::Array(items) => items.iter().find_map(|item| found(item, key)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

#[tokio::test]
async fn what_is_pushed_is_checked_kept_once_and_fetched() {
    let server = Server::with_platform();
    let [city, _] = two_images(&server).await;
    // Known already.
    let body = push("routing.wasm", &settings("plugins/routing/settings.toml"));
    let again = server.post("admin", "/api/v1/plugins", body.clone()).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(again.json()["new"], false);
    // Whoever writes no plugins pushes none, and nothing is compiled for them.
    let refused = server.post("unit", "/api/v1/plugins", body).await;
    assert_eq!(refused.outcome(), "403 not-permitted");
    // Shown by its first digits, fetched byte for byte.
    let path = format!("/api/v1/plugins/{}", &city[..12]);
    let shown = server.get("admin", &path).await.json();
    assert_eq!(shown["image"], city.as_str());
    assert_eq!(shown["pushed_by"]["name"], "district");
    assert!(shown["report"]["checks"].as_array().expect("checks").len() > 10);
    let image = server.get("district", &format!("{path}/wasm")).await;
    assert_eq!(image.header("content-type"), Some("application/wasm"));
    let list = server.get("auditor", "/api/v1/plugins?kind=routing").await;
    assert_eq!(list.json()["items"].as_array().expect("a list").len(), 2);
}

#[tokio::test]
async fn what_fails_a_check_is_told_with_its_way_out() {
    let server = Server::with_platform();
    let mut no_component = push("routing.wasm", &json!({}));
    no_component["component"] = json!(STANDARD.encode(b"\0asm\x01\0\0\0"));
    let wrong_settings = push("routing.wasm", &json!({ "rules": 7 }));
    for (body, check) in [
        (no_component, "component"),
        (wrong_settings, "settings schema"),
    ] {
        let answer = server.post("admin", "/api/v1/plugins", body).await;
        assert_eq!(answer.outcome(), "422 plugin-refused");
        let problem = answer.json();
        let checks = problem["params"]["report"]["checks"]
            .as_array()
            .expect("checks")
            .clone();
        let failed = checks
            .iter()
            .find(|it| it["name"] == check)
            .expect("the check");
        assert_eq!(failed["state"], "failed", "{failed}");
        assert!(
            failed["way_out"].as_str().is_some_and(|it| !it.is_empty()),
            "{failed}"
        );
    }
    let mut no_base64 = push("routing.wasm", &json!({}));
    no_base64["component"] = json!("***");
    let answer = server.post("admin", "/api/v1/plugins", no_base64).await;
    assert_eq!(answer.outcome(), "400 invalid-field");
    let list = server.get("admin", "/api/v1/plugins").await;
    assert_eq!(list.json()["items"], json!([]));
}

#[tokio::test]
async fn two_persons_activate_and_one_goes_back() {
    let server = Server::with_platform();
    let [city, own] = two_images(&server).await;
    let active = json!({ "mode": "active" });
    let first = activate(&server, "admin", "440100", &city, active.clone()).await;
    assert_eq!(first.json()["standing"], "in_effect", "{}", first.text());
    assert_eq!(answering(&server).await.0, city);
    // Nobody but the admin activates.
    let refused = activate(&server, "district", TIANHE, &own, active.clone()).await;
    assert_eq!(refused.outcome(), "403 not-permitted");
    // From now on two persons are needed in Tianhe.
    let policy = json!({
        "scope": TIANHE, "kind": "routing", "approval": true, "trial": null,
        "note": "four eyes",
    });
    let set = server
        .post("admin", "/api/v1/activation-policies", policy)
        .await;
    assert_eq!(set.status, StatusCode::CREATED, "{}", set.text());
    let proposed = activate(&server, "admin", TIANHE, &own, active)
        .await
        .json();
    assert_eq!(proposed["standing"], "awaiting_approval");
    assert_eq!(answering(&server).await.0, city);
    let approval = format!("/api/v1/activations/{}/approval", proposed["id"]);
    let same = server.post("admin", &approval, json!({})).await;
    assert_eq!(same.outcome(), "422 rollout-refused");
    assert_eq!(same.json()["params"]["reason"], "same_person");
    let second = server.post("second-admin", &approval, json!({})).await;
    assert_eq!(second.json()["standing"], "in_effect", "{}", second.text());
    assert_eq!(answering(&server).await.0, own);
    // Back to what answered before: nothing in Tianhe, so the city.
    let back = json!({ "scope": "440100", "kind": "routing", "note": "by mistake" });
    let nothing = server.post("admin", "/api/v1/rollbacks", back).await;
    assert_eq!(nothing.outcome(), "422 rollout-refused");
    let none = json!({
        "scope": TIANHE, "kind": "routing", "image": null, "note": "the city answers again",
    });
    let none = server
        .post("second-admin", "/api/v1/activations", none)
        .await
        .json();
    let approval = format!("/api/v1/activations/{}/approval", none["id"]);
    assert_eq!(
        server.post("admin", &approval, json!({})).await.status,
        StatusCode::OK
    );
    assert_eq!(answering(&server).await.0, city);
    let back = json!({ "scope": TIANHE, "kind": "routing", "note": "it was right" });
    let back = server.post("admin", "/api/v1/rollbacks", back).await;
    assert_eq!(back.json()["standing"], "in_effect", "{}", back.text());
    assert_eq!(answering(&server).await.0, own);
}

#[tokio::test]
async fn an_activation_to_come_comes() {
    let server = Server::with_platform();
    let [city, own] = two_images(&server).await;
    activate(
        &server,
        "admin",
        "440100",
        &city,
        json!({ "mode": "active" }),
    )
    .await;
    let body = json!({
        "scope": TIANHE, "kind": "routing", "image": &own[..16],
        "from": "2026-09-19T00:00:00+08:00", "note": "from tomorrow on",
    });
    let answer = server.post("admin", "/api/v1/activations", body).await;
    assert_eq!(answer.json()["standing"], "scheduled", "{}", answer.text());
    assert_eq!(answering(&server).await.0, city);
    server.advance_to("2026-09-19T00:00:00+08:00").await;
    server.engine().follow_rollout().expect("followed");
    assert_eq!(answering(&server).await.0, own);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn a_trial_tells_before_and_a_replay_after() {
    let server = Server::with_platform();
    let [city, own] = two_images(&server).await;
    activate(
        &server,
        "admin",
        "440100",
        &city,
        json!({ "mode": "active" }),
    )
    .await;
    let (_, decision) = answering(&server).await;
    for _ in 0..4 {
        server.register(noise()).await;
    }
    // Another district is none of Tianhe's business.
    let wanted = json!({ "image": &own[..10], "scope": TIANHE });
    let refused = server
        .post("other-district", "/api/v1/trials", wanted.clone())
        .await;
    assert_eq!(refused.outcome(), "403 not-permitted");
    let begun = server.post("district", "/api/v1/trials", wanted).await;
    assert_eq!(begun.status, StatusCode::ACCEPTED, "{}", begun.text());
    let id = begun.json()["id"]
        .as_str()
        .expect("an identifier")
        .to_owned();
    let path = format!("/api/v1/trials/{id}");
    let mut trial = server.get("district", &path).await.json();
    while trial["state"] == "running" {
        tokio::time::sleep(Duration::from_millis(20)).await;
        trial = server.get("district", &path).await.json();
    }
    assert_eq!(trial["state"], "done", "{trial}");
    let report = &trial["report"];
    assert_eq!(
        (&report["decisions"], &report["asked"]),
        (&json!(5), &json!(5))
    );
    // Tianhe's own rule sends night construction to the streets.
    assert_eq!(report["changed_permille"], 1000, "{report}");
    assert_eq!(report["by_district"][TIANHE]["changed"], 5);
    assert_eq!(report["samples"].as_array().expect("samples").len(), 5);
    let page = server.get("district", &format!("{path}/page")).await;
    let page = page.text();
    assert!(page.contains("1000‰") && page.contains("<svg"), "{page}");
    assert!(
        !page.contains("<script") && !page.contains("http"),
        "{page}"
    );
    // Who may cancel, and that there is nothing left to be cancelled.
    for (by, outcome) in [
        ("other-district", "403 not-permitted"),
        ("district", "409 rollout-conflict"),
    ] {
        let call = Call::new(Method::DELETE, &path).by(by);
        assert_eq!(server.send(call).await.outcome(), outcome);
    }
    // The same question to the same image gives the same bytes.
    let again = server
        .post(
            "auditor",
            &format!("/api/v1/decisions/{decision}/replay"),
            json!({}),
        )
        .await;
    let again = again.json();
    assert_eq!(again["same"], true, "{again}");
    assert_eq!(again["attempts"][0]["result"], "same");
    assert_eq!(again["attempts"][0]["then"], again["attempts"][0]["now"]);
    // And the chain over images, activations, trial and decisions is whole.
    let auditor = Actor::system();
    let rollout = server.engine().rollout();
    let audit = rollout
        .verify_audit(None, &|_, _| (), &auditor)
        .expect("walked");
    assert!(audit.is_whole(), "{audit}");
    assert_eq!(audit.decisions, 5);
    let head = server.get("auditor", "/api/v1/audit/head").await.json();
    assert_eq!(head["head"]["link"], audit.links);
}

/// A trial of an image that burns its whole budget in every decision.
#[tokio::test]
async fn a_trial_that_runs_is_told_and_can_be_cancelled() {
    let server = Server::with_platform();
    for _ in 0..12 {
        server.register(noise()).await;
    }
    let endless = guest("endless", "{}");
    let push = engine::Push {
        image: endless.bytes,
        component: component("examples/endless"),
        settings: "{}".to_owned(),
        description: endless.description,
        engine: endless.engine,
        source: "endless.wasm".to_owned(),
        report: "{}".to_owned(),
    };
    let rollout = server.engine().rollout();
    let image = rollout.push(push, &Actor::system()).expect("kept").record;
    let wanted = json!({ "image": image.image, "scope": TIANHE });
    let trials = "/api/v1/trials";
    let begun = server.post("district", trials, wanted.clone()).await;
    assert_eq!(begun.status, StatusCode::ACCEPTED, "{}", begun.text());
    let id = begun.json()["id"].clone();
    let refused = server.post("admin", trials, wanted.clone()).await;
    assert_eq!(refused.outcome(), "409 rollout-conflict");
    assert_eq!(refused.json()["params"]["trial"], id);
    assert_eq!(refused.json()["params"]["owner"], "district");
    let path = format!("{trials}/{}", id.as_str().expect("an identifier"));
    let cancelled = server
        .send(Call::new(Method::DELETE, &path).by("admin"))
        .await;
    assert_eq!(
        cancelled.json()["state"],
        "cancelled",
        "{}",
        cancelled.text()
    );
    assert_eq!(cancelled.json()["cancelled_by"]["name"], "admin");
    let next = server.post("admin", trials, wanted).await;
    assert_eq!(next.status, StatusCode::ACCEPTED, "{}", next.text());
    assert_ne!(next.json()["id"], id);
    let path = format!("{trials}/{}", next.json()["id"].as_str().expect("another"));
    server
        .send(Call::new(Method::DELETE, &path).by("admin"))
        .await;
}

#[tokio::test]
async fn whoever_watches_sees_how_what_answers_does() {
    let server = Server::with_platform();
    let [city, _] = two_images(&server).await;
    let active = json!({ "mode": "active" });
    let activated = activate(&server, "admin", "440100", &city, active).await;
    assert_eq!(activated.json()["loaded"], true, "{}", activated.text());
    assert_eq!(activated.json()["problem"], Value::Null);
    server.register(noise()).await;
    let status = server.get("auditor", "/api/v1/platform").await.json();
    let placement = &status["placements"][0];
    for (field, expected) in [
        ("scope", json!("440100")),
        ("image", json!(city)),
        ("loaded", json!(true)),
        ("breaker", json!("closed")),
        ("asked", json!(1)),
        ("failed", json!(0)),
    ] {
        assert_eq!(placement[field], expected, "{field}: {status}");
    }
    assert_eq!(status["policies"], json!([]));
    let refused = server.get("operator", "/api/v1/platform").await;
    assert_eq!(refused.outcome(), "403 not-permitted");
    let metrics = server.send(Call::get("/metrics")).await.text();
    for line in [
        r#"kapok_rule_asked_total{question="routing",scope="440100"} 1"#,
        r#"kapok_rule_failed_total{question="routing",scope="440100"} 0"#,
        r#"kapok_rule_breaker{question="routing",scope="440100"} 0"#,
        r#"kapok_rule_loaded{question="routing",scope="440100"} 1"#,
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }
}

#[tokio::test]
async fn candidates_run_beside_and_are_counted() {
    let server = Server::with_platform();
    let [city, own] = two_images(&server).await;
    activate(
        &server,
        "admin",
        "440100",
        &city,
        json!({ "mode": "active" }),
    )
    .await;
    let shadow = json!({ "mode": "shadow" });
    let shadow = activate(&server, "admin", "440100", &own, shadow)
        .await
        .json();
    assert_eq!(shadow["standing"], "in_effect", "{shadow}");
    for _ in 0..3 {
        assert_eq!(answering(&server).await.0, city);
    }
    let mut counts = Value::Null;
    for _ in 0..200 {
        let list = server.get("admin", "/api/v1/candidates").await.json();
        counts = list["items"][0].clone();
        if counts["compared"] == 3 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(
        (&counts["asked"], &counts["diverged"]),
        (&json!(3), &json!(3)),
        "{counts}"
    );
    let end = format!("/api/v1/activations/{}/end", shadow["id"]);
    let ended = server
        .post("admin", &end, json!({ "note": "seen enough" }))
        .await;
    assert_eq!(ended.json()["standing"], "ended", "{}", ended.text());
    // A canary of all orders answers, and the decision says so.
    let canary = json!({
        "mode": "canary", "share_permille": 1000, "divergence_permille_max": 500,
        "decisions_min": 2,
    });
    activate(&server, "admin", "440100", &own, canary).await;
    assert_eq!(answering(&server).await.0, own);
    // It differs every time, so it ends by itself.
    let mut image = own.clone();
    for _ in 0..200 {
        image = answering(&server).await.0;
        server.engine().follow_rollout().expect("followed");
        if image == city {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(image, city);
    let history = server
        .get("admin", "/api/v1/activations?scope=440100&kind=routing")
        .await;
    let newest = history.json()["items"][0].clone();
    assert_eq!(newest["standing"], "ended", "{newest}");
    assert_eq!(newest["ended"]["why"]["why"], "divergence", "{newest}");
}
