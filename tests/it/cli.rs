//! The command line, through the real binary: what it prints, its exit codes, and that it does what it
//! says to real data directories and a real server.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::artefacts::{root, target};

fn kapok(arguments: &[&str]) -> Command {
    let binary = target().join("release/kapok");
    assert!(
        binary.is_file(),
        "{} is missing: run `make images`",
        binary.display()
    );
    let mut command = Command::new(binary);
    command.current_dir(root()).args(arguments);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("KAPOK_")) {
        command.env_remove(name);
    }
    // One cache for all tests: each would compile the same images otherwise.
    command.env("KAPOK_CACHE", target().join("tmp/cli-cache"));
    command
}

#[track_caller]
fn run(arguments: &[&str], code: i32) -> String {
    let output = kapok(arguments).output().unwrap();
    expect(&output, code, &format!("kapok {}", arguments.join(" ")))
}

#[track_caller]
fn expect(output: &Output, code: i32, what: &str) -> String {
    let stdout = String::from_utf8(output.stdout.clone()).unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        output.status.code(),
        Some(code),
        "{what}\n{stdout}\n{stderr}"
    );
    if code == 0 || code == 3 {
        stdout
    } else {
        stderr.into_owned()
    }
}

/// The JSON lines that a command prints.
#[track_caller]
fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[track_caller]
fn last(text: &str) -> Value {
    lines(text).pop().unwrap()
}

/// Some fields of an object.
fn pick(value: &Value, fields: &[&str]) -> Value {
    fields
        .iter()
        .map(|field| ((*field).to_owned(), value[field].clone()))
        .collect()
}

const FIGURES: [&str; 3] = ["imported", "skipped", "refused"];
const SAMPLES: &str = "host/kapok/demo/requests.jsonl";

struct Data(TempDir);

impl Data {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self) -> String {
        self.0.path().join("data").display().to_string()
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

/// The vectors of the rule catalogue, §11.
#[test]
fn deadlines_count_the_days_of_the_law() {
    let check = |arguments: &[&str], rule: &str, due: &str, clock_start: &str, counted: &str| {
        let arguments = [&["deadline", "--json"], arguments].concat();
        let counted: Vec<&str> = counted.split(' ').collect();
        let expected = json!({
            "due": format!("{due}T00:00:00+08:00"),
            "clock_start": format!("{clock_start}T00:00:00+08:00"),
            "counted": counted,
            "provisional": false,
            "rule": rule,
        });
        assert_eq!(last(&run(&arguments, 0)), expected, "{arguments:?}");
    };
    let registered = |date: &str, due: &str, counted: &str| {
        let arguments = ["--type", "complaint", "--registered", date];
        check(&arguments, "R20", due, counted, counted);
    };
    registered("2026-02-13", "2026-02-15", "2026-02-14"); // V01
    registered("2026-02-14T23:59:59+08:00", "2026-02-25", "2026-02-24"); // V02
    registered("2026-10-03", "2026-10-09", "2026-10-08"); // V03
    let consultation = |date: &str, due: &str, counted: &str| {
        let arguments = ["--type", "咨询", "--dispatched", date];
        check(
            &arguments,
            "R21",
            due,
            counted.split(' ').next().unwrap(),
            counted,
        );
    };
    consultation("2026-02-14", "2026-02-26", "2026-02-24 2026-02-25"); // V04
    consultation("2026-09-24T16:00", "2026-09-30", "2026-09-28 2026-09-29"); // V05
    let other = |order_type: &str, date: &str, due: &str, counted: &str| {
        let year = &due[..5];
        let mut days: Vec<String> = Vec::new();
        for day in counted.split(' ') {
            // Days of the year before are written in full.
            days.push(if day.len() == 5 {
                format!("{year}{day}")
            } else {
                day.to_owned()
            });
        }
        let arguments = ["--type", order_type, "--dispatched", date];
        check(&arguments, "R22", due, &days[0], &days.join(" "));
    };
    let v06 = "09-20 09-21 09-22 09-23 09-24 09-28 09-29 09-30 10-08 10-09";
    other("complaint", "2026-09-18T16:00:00+08:00", "2026-10-10", v06);
    let v07 = "09-17 09-18 09-20 09-21 09-22 09-23 09-24 09-28 09-29 09-30";
    other("投诉", "2026-09-16", "2026-10-01", v07);
    let v08 =
        "2025-12-25 2025-12-26 2025-12-29 2025-12-30 2025-12-31 01-04 01-05 01-06 01-07 01-08";
    other("举报", "2025-12-24T00:00:00Z", "2026-01-09", v08);
    let v09 = "05-06 05-07 05-08 05-09 05-11 05-12 05-13 05-14 05-15 05-18";
    other("help_request", "2026-04-30", "2026-05-19", v09);
    let v11 = "05-12 05-13 05-14 05-15 05-18 05-19 05-20 05-21 05-22 05-25";
    other("意见建议", "2026-05-11 09:30:00", "2026-05-26", v11);
    // V10 and V12 are two working days from a dispatch, as verification is.
    let two_days = |date: &str, due: &str, counted: &str| {
        let arguments = [
            "--type",
            "complaint",
            "--dispatched",
            date,
            "--limit",
            "verification",
        ];
        check(
            &arguments,
            "R26",
            due,
            counted.split(' ').next().unwrap(),
            counted,
        );
    };
    two_days("2026-04-30", "2026-05-08", "2026-05-06 2026-05-07");
    two_days("2026-05-11", "2026-05-14", "2026-05-12 2026-05-13");
}

#[test]
fn a_deadline_in_a_year_without_notice_is_provisional() {
    let arguments = [
        "deadline",
        "--type",
        "complaint",
        "--dispatched",
        "2026-12-18",
        "--json",
    ];
    assert_eq!(last(&run(&arguments, 0))["provisional"], json!(true));
    let arguments = [
        "deadline",
        "--type",
        "complaint",
        "--dispatched",
        "2026-12-17",
        "--json",
    ];
    assert_eq!(
        last(&run(&arguments, 0))["due"],
        json!("2027-01-01T00:00:00+08:00")
    );
    let text = run(
        &[
            "deadline",
            "--type",
            "complaint",
            "--dispatched",
            "2026-09-18",
        ],
        0,
    );
    for part in [
        "R22 第十四条第二项",
        "2026-09-20 Sun make-up working day",
        "due      2026-10-09 24:00",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn errors_say_what_is_wrong_and_what_to_do() {
    let check = |arguments: &[&str], code: i32, parts: &[&str]| {
        let text = run(arguments, code);
        for part in parts {
            assert!(text.contains(part), "{arguments:?}: {part}\n{text}");
        }
    };
    check(
        &["deadline", "--type", "praise", "--dispatched", "2026-01-01"],
        2,
        &["commendation (表扬)"],
    );
    check(
        &["deadline", "--type", "complaint", "--dispatched", "soon"],
        2,
        &["2026-09-18T16:00:00+08:00"],
    );
    check(&["deadline", "--type", "complaint"], 2, &["--dispatched"]);
    check(
        &[
            "deadline",
            "--type",
            "complaint",
            "--dispatched",
            "1999-01-01",
        ],
        1,
        &["error:", "2000"],
    );
    check(
        &["order", "list", "--data", "/nonexistent"],
        1,
        &["holds no data", "kapok serve"],
    );
    check(&["import", "/nonexistent.jsonl"], 1, &["is no file"]);
    check(
        &[
            "order",
            "list",
            "--server",
            "http://127.0.0.1:9",
            "--token",
            "x",
        ],
        1,
        &["not reached", "caused by"],
    );
    check(
        &["bake", "--rules", "/nonexistent/rules.toml"],
        1,
        &["/nonexistent/rules.toml"],
    );
    for command in [
        "serve",
        "bake",
        "import",
        "order",
        "deadline",
        "calendar",
        "functions",
        "clock",
    ] {
        let text = run(&[command, "--help"], 0);
        assert!(text.contains("Usage: kapok"), "{text}");
    }
    for command in [
        ["order", "show"],
        ["order", "list"],
        ["calendar", "show"],
        ["calendar", "import"],
    ] {
        let text = run(&[command[0], command[1], "--help"], 0);
        assert!(
            text.contains("Exit codes:") && text.contains("Examples:"),
            "{text}"
        );
    }
}

#[test]
fn samples_are_imported_once() {
    let data = Data::new();
    let path = data.path();
    let summary = last(&run(&["import", SAMPLES, "--data", &path, "--json"], 0));
    assert_eq!(
        pick(&summary, &FIGURES),
        json!({"imported": 30, "skipped": 0, "refused": 0})
    );
    assert_eq!(summary["default_type"], json!(0));
    let figure = |name: &str| summary[name].as_u64().unwrap();
    assert_eq!(figure("dispatched") + figure("person_queue"), 30);
    assert!(figure("routed") > 0, "{summary}");
    let again = last(&run(&["import", SAMPLES, "--data", &path, "--json"], 0));
    assert_eq!(
        pick(&again, &FIGURES),
        json!({"imported": 0, "skipped": 30, "refused": 0})
    );
    // The same id with other words is somebody's mistake.
    let changed = data.file("changed.jsonl", r#"{"id":"Q19","type":"意见建议","channel":"网络","category":"公园","subject":"公园增加无障碍设施","text":"不一样的内容"}"#);
    let refused = lines(&run(&["import", &changed, "--data", &path, "--json"], 3));
    assert_eq!(
        pick(&refused[0], &["line", "id", "field"]),
        json!({"line": 1, "id": "Q19", "field": "text"})
    );

    let listed = lines(&run(
        &["order", "list", "--data", &path, "--limit", "100", "--json"],
        0,
    ));
    assert_eq!(listed.len(), 30);
    let queued = run(
        &[
            "order",
            "list",
            "--data",
            &path,
            "--stage",
            "awaiting_dispatch",
            "--limit",
            "100",
            "--json",
        ],
        0,
    );
    assert_eq!(
        u64::try_from(lines(&queued).len()).unwrap(),
        figure("person_queue")
    );
    let noise = run(
        &[
            "order",
            "list",
            "--data",
            &path,
            "--source",
            "import:Q05",
            "--json",
        ],
        0,
    );
    let noise = last(&noise);
    let id = noise["id"].as_str().unwrap();
    let shown = run(&["order", "show", id, "--data", &path], 0);
    for part in [id, "凌晨一点", "R20", "第十三条", "440106"] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
    let shown = last(&run(&["order", "show", id, "--data", &path, "--json"], 0));
    assert!(
        !shown.to_string().contains("13800000005"),
        "personal data is not shown: {shown}"
    );
    let missing = run(
        &["order", "show", "20260101-0000000000", "--data", &path],
        1,
    );
    assert!(
        missing.contains("there is no order 20260101-0000000000"),
        "{missing}"
    );
}

#[test]
fn bad_lines_are_refused_and_the_rest_is_imported() {
    let data = Data::new();
    let good = r#"{"id":"a","text":"路灯不亮","likes":3}"#;
    let mut text = format!("{good}\n\nnot json\n{{\"id\":\"b\"}}\n").into_bytes();
    text.extend_from_slice(b"\xff\n");
    text.extend_from_slice(r#"{"id":"c","text":"x","type":"praise"}"#.as_bytes());
    text.push(b'\n');
    text.extend_from_slice(r#"{"id":"d","text":"x","district":"440107"}"#.as_bytes());
    text.push(b'\n');
    text.extend(std::iter::repeat_n(b'z', 2 << 20));
    text.extend_from_slice(
        format!(
            "\n{good}\n{{\"id\":\"e\",\"text\":\"{}\"}}\n",
            "长".repeat(20_001)
        )
        .as_bytes(),
    );
    text.extend_from_slice(r#"{"id":"f","text":"最后一行没有换行"}"#.as_bytes());
    let file = data.file("bad.jsonl", text);
    let report = data.0.path().join("report.jsonl").display().to_string();
    let printed = run(
        &[
            "import",
            &file,
            "--data",
            &data.path(),
            "--json",
            "--report",
            &report,
        ],
        3,
    );
    let mut printed_lines = lines(&printed);
    let summary = printed_lines.pop().unwrap();
    assert_eq!(
        pick(&summary, &FIGURES),
        json!({"imported": 2, "skipped": 1, "refused": 7})
    );
    assert_eq!(summary["ignored_fields"], json!({"likes": 2}));
    assert_eq!(summary["default_type"], json!(2));
    let found: Vec<(u64, &str)> = printed_lines
        .iter()
        .map(|line| {
            (
                line["line"].as_u64().unwrap(),
                line["field"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [
        (3, "."),
        (4, "text"),
        (5, "."),
        (6, "type"),
        (7, "district"),
        (8, "."),
        (10, "text"),
    ];
    assert_eq!(found, expected);
    for line in &printed_lines {
        assert!(!line["way_out"].as_str().unwrap().is_empty(), "{line}");
    }
    assert_eq!(fs::read_to_string(report).unwrap(), printed);
}

#[test]
fn orders_are_registered_at_their_own_instants_under_a_manual_clock() {
    let data = Data::new();
    let path = data.path();
    let summary = last(&run(
        &[
            "import", SAMPLES, "--data", &path, "--at", "received", "--json",
        ],
        0,
    ));
    assert_eq!(
        pick(&summary, &FIGURES),
        json!({"imported": 30, "skipped": 0, "refused": 0})
    );
    let listed = lines(&run(
        &["order", "list", "--data", &path, "--limit", "100", "--json"],
        0,
    ));
    let newest = &listed[0];
    assert_eq!(newest["registered_at"], json!("2026-09-18T16:00:00+08:00"));
    assert!(newest["id"].as_str().unwrap().starts_with("20260918-"));
    let clock = last(&run(&["clock", "show", "--data", &path, "--json"], 0));
    assert_eq!(
        clock,
        json!({"now": "2026-09-18T16:00:00+08:00", "kind": "manual"})
    );
    let clock = run(
        &["clock", "advance", "2026-10-20", "--data", &path, "--json"],
        0,
    );
    assert_eq!(last(&clock)["now"], json!("2026-10-20T00:00:00+08:00"));
    // Dispatched on 18 September at the latest, so that ten working days ended on 9 October.
    let overdue = run(
        &[
            "order",
            "list",
            "--data",
            &path,
            "--overdue",
            "true",
            "--limit",
            "100",
            "--json",
        ],
        0,
    );
    assert!(!lines(&overdue).is_empty());
    let back = run(&["clock", "advance", "2026-10-19", "--data", &path], 1);
    assert!(back.contains("time never runs back"), "{back}");
    let system = run(
        &[
            "serve",
            "--data",
            &path,
            "--clock",
            "system",
            "--listen",
            "127.0.0.1:0",
        ],
        1,
    );
    assert!(system.contains("stands on a manual clock"), "{system}");
    // On the machine's time, an import at received instants would rewrite the past.
    let other = Data::new();
    run(&["import", SAMPLES, "--data", &other.path(), "--json"], 0);
    let refused = run(
        &[
            "import",
            SAMPLES,
            "--data",
            &other.path(),
            "--at",
            "received",
        ],
        1,
    );
    assert!(refused.contains("--at now"), "{refused}");
}

/// A notice for 2027 that swaps no weekends, with three days off at the new year.
const NOTICE_2027: &str = r#"{"year": 2027, "notice": "test",
    "off": ["2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04"], "work": []}"#;

#[test]
fn a_holiday_notice_moves_provisional_deadlines() {
    let data = Data::new();
    let path = data.path();
    let late = data.file(
        "late.jsonl",
        r#"{"id":"1","type":"投诉","text":"夜间施工噪声扰民","received_at":"2026-12-31T10:00"}"#,
    );
    run(&["import", &late, "--data", &path, "--at", "received"], 0);
    let notice = data.file("2027.json", NOTICE_2027);
    let preview = [
        "calendar",
        "import",
        &notice,
        "--data",
        &path,
        "--dry-run",
        "--json",
    ];
    let change = last(&run(&preview, 0));
    assert!(
        !change["changes"].as_array().unwrap().is_empty(),
        "{change}"
    );
    let before = run(
        &["calendar", "show", "--month", "2027-01", "--data", &path],
        0,
    );
    assert!(before.contains("4?"), "{before}");
    let applied = last(&run(
        &["calendar", "import", &notice, "--data", &path, "--json"],
        0,
    ));
    assert_eq!(applied["changes"], change["changes"]);
    let after = run(
        &["calendar", "show", "--month", "2027-01", "--data", &path],
        0,
    );
    assert!(after.contains("[4]") && !after.contains('?'), "{after}");
    let again = last(&run(&preview, 0));
    assert_eq!(again["changes"], json!([]));
    let due = [
        "deadline",
        "--type",
        "complaint",
        "--registered",
        "2026-12-31",
        "--json",
    ];
    assert_eq!(
        last(&run(&due, 0))["due"],
        json!("2027-01-05T00:00:00+08:00")
    );
    let due = [&due[..], &["--data", &path]].concat();
    assert_eq!(
        last(&run(&due, 0))["due"],
        json!("2027-01-06T00:00:00+08:00")
    );
    let broken = data.file("broken.json", r#"{"year": 2027, "notice": "", "off": []}"#);
    let refused = run(&["calendar", "import", &broken, "--data", &path], 1);
    assert!(refused.contains("caused by"), "{refused}");
}

#[test]
fn the_calendar_shows_make_up_days_and_holidays() {
    let october = run(&["calendar", "show", "--month", "2026-10"], 0);
    for part in ["[1]", "10+", "(11)", "18 working days"] {
        assert!(october.contains(part), "{part}\n{october}");
    }
    let year = lines(&run(&["calendar", "show", "2026", "--json"], 0));
    assert_eq!(year.len(), 365);
    let working = year
        .iter()
        .filter(|day| day["working"] == json!(true))
        .count();
    assert_eq!(working, 248);
}

struct Server {
    child: Child,
    address: String,
    tokens: Value,
}

impl Server {
    fn start(data: &str, arguments: &[&str]) -> Self {
        let arguments = [
            &["serve", "--listen", "127.0.0.1:0", "--data", data, "--json"],
            arguments,
        ]
        .concat();
        let mut child = kapok(&arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready: Value = serde_json::from_str(&line)
            .unwrap_or_else(|error| panic!("no address from kapok serve: {error}: {line:?}"));
        Self {
            child,
            address: ready["address"].as_str().unwrap().to_owned(),
            tokens: ready["tokens"].clone(),
        }
    }

    fn token(&self, role: &str) -> String {
        self.tokens[role].as_str().unwrap().to_owned()
    }

    fn get(&self, path: &str) -> u16 {
        let url = format!("{}{path}", self.address);
        match ureq::get(&url).call() {
            Ok(response) => response.status().as_u16(),
            Err(ureq::Error::StatusCode(status)) => status,
            Err(error) => panic!("{url}: {error}"),
        }
    }

    /// Ends it as a service manager does.
    fn stop(mut self) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_server_starts_works_and_stops() {
    let data = Data::new();
    let path = data.path();
    let server = Server::start(&path, &[]);
    assert_eq!(server.get("/healthz"), 200);
    assert_eq!(server.get("/readyz"), 200);
    assert_eq!(server.get("/api/v1/orders"), 401);
    for role in [
        "admin", "operator", "unit", "district", "channel", "auditor",
    ] {
        assert!(server.token(role).starts_with("kapok_"), "{role}");
    }
    let mode = fs::metadata(format!("{path}/tokens.json"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let at = [
        "--server",
        &server.address,
        "--token",
        &server.token("operator"),
    ];
    let import = [&["import", SAMPLES, "--json"], &at[..]].concat();
    let summary = last(&run(&import, 0));
    assert_eq!(
        pick(&summary, &FIGURES),
        json!({"imported": 30, "skipped": 0, "refused": 0})
    );
    assert!(summary["routed"].as_u64().unwrap() > 0, "{summary}");
    let again = last(&run(&import, 0));
    assert_eq!(
        pick(&again, &FIGURES),
        json!({"imported": 0, "skipped": 30, "refused": 0})
    );
    let changed = data.file(
        "changed.jsonl",
        r#"{"id":"Q16","type":"求助","text":"不一样的内容","district":"999999"}"#,
    );
    let refused = lines(&run(
        &[&["import", &changed, "--json"], &at[..]].concat(),
        3,
    ));
    assert_eq!(refused[0]["id"], json!("Q16"), "{refused:?}");
    let list = [
        &["order", "list", "--json", "--source", "import:Q05"],
        &at[..],
    ]
    .concat();
    let id = last(&run(&list, 0))["id"].as_str().unwrap().to_owned();
    let shown = run(&[&["order", "show", &id], &at[..]].concat(), 0);
    assert!(
        shown.contains("凌晨一点") && shown.contains("R20"),
        "{shown}"
    );
    // Looking is possible meanwhile; the store has one writer, and the error says how to reach it.
    let listed = run(
        &["order", "list", "--data", &path, "--limit", "100", "--json"],
        0,
    );
    assert_eq!(lines(&listed).len(), 30);
    let locked = run(&["import", SAMPLES, "--data", &path], 1);
    assert!(locked.contains("--server"), "{locked}");
    let tokens = server.tokens.clone();
    server.stop();
    let server = Server::start(&path, &[]);
    assert_eq!(server.tokens, tokens);
    server.stop();
    let listed = lines(&run(
        &["order", "list", "--data", &path, "--limit", "100", "--json"],
        0,
    ));
    assert_eq!(listed.len(), 30);
}

#[test]
fn an_admin_sets_a_servers_manual_clock() {
    let data = Data::new();
    let server = Server::start(&data.path(), &["--clock", "manual"]);
    let (operator, admin) = (server.token("operator"), server.token("admin"));
    let import = [
        "import",
        SAMPLES,
        "--server",
        &server.address,
        "--token",
        &operator,
        "--admin-token",
        &admin,
        "--at",
        "received",
        "--json",
    ];
    // A new manual clock stands at the machine's time, later than the samples or earlier.
    let summary = last(&run(&import, 0));
    assert_eq!(summary["imported"], json!(30), "{summary}");
    let list = [
        "order",
        "list",
        "--server",
        &server.address,
        "--token",
        &operator,
        "--limit",
        "1",
        "--json",
    ];
    let newest = last(&run(&list, 0));
    assert_eq!(newest["registered_at"], json!("2026-09-18T16:00:00+08:00"));
    let advance = [
        "clock",
        "advance",
        "2030-01-01",
        "--server",
        &server.address,
        "--token",
    ];
    let clock = run(&[&advance[..], &[&admin, "--json"]].concat(), 0);
    assert_eq!(last(&clock)["now"], json!("2030-01-01T00:00:00+08:00"));
    let refused = run(&[&advance[..], &[&operator]].concat(), 1);
    assert!(refused.contains("not-permitted"), "{refused}");
    server.stop();
}

#[test]
fn a_damaged_cache_entry_is_rebuilt() {
    let data = Data::new();
    let path = data.path();
    let cache = data.0.path().join("cache");
    let import = |file: &str| {
        let output = kapok(&["import", file, "--data", &path, "--json"])
            .env("KAPOK_CACHE", &cache)
            .output()
            .unwrap();
        last(&expect(&output, 0, "import"))
    };
    let first = data.file(
        "1.jsonl",
        r#"{"id":"1","type":"投诉","category":"噪声","text":"工地夜间施工噪声"}"#,
    );
    assert_eq!(import(&first)["imported"], json!(1));
    let entries = || {
        let mut files: Vec<PathBuf> = fs::read_dir(&cache)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.retain(|file| file.is_file() && fs::metadata(file).unwrap().len() > 4096);
        files.sort();
        files
    };
    let files = entries();
    assert!(!files.is_empty());
    for file in &files {
        let mut bytes = fs::read(file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0xff;
        fs::write(file, bytes).unwrap();
    }
    let damaged: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    let second = data.file(
        "2.jsonl",
        r#"{"id":"2","type":"投诉","category":"噪声","text":"工地夜间施工噪声"}"#,
    );
    let summary = import(&second);
    assert_eq!(
        pick(&summary, &["imported", "routed"]),
        json!({"imported": 1, "routed": 1})
    );
    for (file, damaged) in files.iter().zip(damaged) {
        assert_ne!(
            fs::read(file).unwrap(),
            damaged,
            "{} is still damaged",
            file.display()
        );
    }
}

#[test]
fn images_are_baked_once() {
    let baked = lines(&run(&["bake", "--json"], 0));
    assert_eq!(baked.len(), 5);
    let again = lines(&run(&["bake", "--json"], 0));
    for (before, after) in baked.iter().zip(&again) {
        assert_eq!(before["digest"], after["digest"]);
        assert_eq!(after["state"], json!("up to date"));
    }
}
