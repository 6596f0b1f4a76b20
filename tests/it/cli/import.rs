//! `kapok import`, `order` and `clock` on data directories.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::{Data, SAMPLES, check_contains, check_figures, expect, kapok, last, lines, run};

#[test]
fn samples_are_imported_once() {
    let data = Data::new();
    let path = data.path();
    let import = format!("import {SAMPLES} --data {path}");
    let summary = last(&import);
    check_figures(&summary, [30, 0, 0]);
    assert_eq!(summary["default_type"], json!(0));
    let figure = |name: &str| usize::try_from(summary[name].as_u64().unwrap()).unwrap();
    assert_eq!(figure("dispatched") + figure("person_queue"), 30);
    assert!(figure("routed") > 0, "{summary}");
    check_figures(&last(&import), [0, 30, 0]);
    let list = format!("order list --data {path} --limit 100");
    assert_eq!(lines(&list, 0).len(), 30);
    let queued = lines(&format!("{list} --stage awaiting_dispatch"), 0);
    assert_eq!(queued.len(), figure("person_queue"));
    // The same id with other words is somebody's mistake.
    let changed = data.file("changed.jsonl", r#"{"id":"Q19","type":"意见建议","category":"公园","subject":"公园增加无障碍设施","text":"不一样的内容"}"#);
    let refused = lines(&format!("import {changed} --data {path}"), 3);
    assert_eq!(places(&refused[..1]), [(1, "text".to_owned())]);
    assert_eq!(refused[0]["id"], json!("Q19"));
}

#[test]
fn an_order_is_shown_with_its_reasons_and_without_personal_data() {
    let data = Data::new();
    let path = data.path();
    run(&format!("import {SAMPLES} --data {path}"), 0);
    let listed = last(&format!("order list --data {path} --source import:Q05"));
    let id = listed["id"].as_str().unwrap();
    let text = run(&format!("order show {id} --data {path}"), 0);
    check_contains(
        &text,
        &[id, "凌晨一点", "R20", "第十三条", "440106", "image"],
    );
    let whole = last(&format!("order show {id} --data {path}"));
    assert_eq!(
        whole["decisions"][0]["attempts"][0]["scope"],
        json!("440106")
    );
    let whole = whole.to_string();
    assert!(
        !whole.contains("13800000005") && !text.contains("13800000005"),
        "{whole}"
    );
    let missing = run(&format!("order show 20260101-0000000000 --data {path}"), 1);
    check_contains(&missing, &["there is no order 20260101-0000000000"]);
}

/// Line and field of refusals.
fn places(refused: &[Value]) -> Vec<(u64, String)> {
    let place = |refusal: &Value| {
        assert!(
            !refusal["way_out"].as_str().unwrap().is_empty(),
            "{refusal}"
        );
        (
            refusal["line"].as_u64().unwrap(),
            refusal["field"].as_str().unwrap().to_owned(),
        )
    };
    refused.iter().map(place).collect()
}

#[test]
fn bad_lines_are_refused_and_the_rest_is_imported() {
    let too_long = vec![b'z'; 2 << 20];
    let long_text = format!(r#"{{"id":"e","text":"{}"}}"#, "长".repeat(20_001));
    // What stands in each line, and the field that it is refused for.
    let input: [(&[u8], Option<&str>); 11] = [
        (r#"{"id":"a","text":"路灯不亮","likes":3}"#.as_bytes(), None),
        (b"", None),
        (b"not json", Some(".")),
        (br#"{"id":"b"}"#, Some("text")),
        (b"\xff", Some(".")),
        (br#"{"id":"c","text":"x","type":"praise"}"#, Some("type")),
        (
            br#"{"id":"d","text":"x","district":"440107"}"#,
            Some("district"),
        ),
        (&too_long, Some(".")),
        (r#"{"id":"a","text":"路灯不亮","likes":3}"#.as_bytes(), None),
        (long_text.as_bytes(), Some("text")),
        (r#"{"id":"f","text":"最后一行没有换行"}"#.as_bytes(), None),
    ];
    let data = Data::new();
    let file = data.file("bad.jsonl", input.map(|(line, _)| line).join(&b'\n'));
    let report = data.0.path().join("report.jsonl").display().to_string();
    let mut printed = lines(
        &format!("import {file} --data {} --report {report}", data.path()),
        3,
    );
    let summary = printed.pop().unwrap();
    check_figures(&summary, [2, 1, 7]);
    assert_eq!(summary["ignored_fields"], json!({"likes": 2}));
    assert_eq!(summary["default_type"], json!(2));
    let expected: Vec<(u64, String)> = (1..)
        .zip(input)
        .filter_map(|(number, (_, field))| Some((number, field?.to_owned())))
        .collect();
    assert_eq!(places(&printed), expected);
    let reported = fs::read_to_string(report).unwrap();
    assert_eq!(reported.lines().count(), printed.len() + 1);
    assert_eq!(
        serde_json::from_str::<Value>(reported.lines().last().unwrap()).unwrap(),
        summary
    );
}

#[test]
fn orders_are_registered_at_their_own_instants_under_a_manual_clock() {
    let data = Data::new();
    let path = data.path();
    check_figures(
        &last(&format!("import {SAMPLES} --data {path} --at received")),
        [30, 0, 0],
    );
    let newest = last(&format!("order list --data {path} --limit 1"));
    assert_eq!(newest["registered_at"], json!("2026-09-18T16:00:00+08:00"));
    assert!(newest["id"].as_str().unwrap().starts_with("20260918-"));
    let clock = last(&format!("clock show --data {path}"));
    assert_eq!(
        clock,
        json!({"now": "2026-09-18T16:00:00+08:00", "kind": "manual"})
    );
    let clock = last(&format!("clock advance 2026-10-20 --data {path}"));
    assert_eq!(clock["now"], json!("2026-10-20T00:00:00+08:00"));
    // Dispatched on 18 September at the latest, so that ten working days ended on 9 October.
    assert!(!lines(&format!("order list --data {path} --overdue true"), 0).is_empty());
    let back = run(&format!("clock advance 2026-10-19 --data {path}"), 1);
    check_contains(&back, &["time never runs back"]);
    let system = run(
        &format!("serve --data {path} --clock system --listen 127.0.0.1:0"),
        1,
    );
    check_contains(&system, &["stands on a manual clock"]);
}

/// On the machine's time, an import at received instants would rewrite the past.
#[test]
fn orders_on_the_machines_time_keep_it() {
    let data = Data::new();
    let path = data.path();
    run(&format!("import {SAMPLES} --data {path}"), 0);
    let refused = run(&format!("import {SAMPLES} --data {path} --at received"), 1);
    check_contains(&refused, &["--at now"]);
}

#[test]
fn a_damaged_cache_entry_is_rebuilt() {
    let data = Data::new();
    let cache = data.0.path().join("cache");
    let import = |id: &str| {
        let message =
            format!(r#"{{"id":"{id}","type":"投诉","category":"噪声","text":"工地夜间施工噪声"}}"#);
        let file = data.file("message.jsonl", message);
        let line = format!("import {file} --data {} --json", data.path());
        let output = kapok(&line).env("KAPOK_CACHE", &cache).output().unwrap();
        let printed = expect(&output, 0, &line);
        let summary: Value = serde_json::from_str(printed.lines().last().unwrap()).unwrap();
        assert_eq!(
            (&summary["imported"], &summary["routed"]),
            (&json!(1), &json!(1))
        );
    };
    import("1");
    let mut files: Vec<PathBuf> = fs::read_dir(&cache)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.retain(|file| fs::metadata(file).unwrap().len() > 4096);
    assert!(!files.is_empty());
    let damage = |file: &PathBuf| {
        let mut bytes = fs::read(file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0xff;
        fs::write(file, &bytes).unwrap();
        bytes
    };
    let damaged: Vec<Vec<u8>> = files.iter().map(damage).collect();
    import("2");
    for (file, damaged) in files.iter().zip(damaged) {
        assert!(
            fs::read(file).unwrap() != damaged,
            "{} is still damaged",
            file.display()
        );
    }
}
