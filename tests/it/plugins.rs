//! The real plugins in the real runtime: scopes, swapping, replaying, and the compile cache.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread;

use contract::about::Kind;
use contract::routing::Question;
use contract::{escalation, knowledge};
use engine::ports::Advisor as _;
use lifecycle::advice::Outcome;
use plugins::{Force, Limits, Origin, Rule, RuleList, Runtime};

use crate::artefacts::{NOW, component, decision, guest, outcomes, question, root, shipped_rules};

/// A runtime with every shipped rule active, for tests that only ask.
fn shared_city() -> &'static Runtime {
    static CITY: LazyLock<Runtime> = LazyLock::new(city);
    &CITY
}

/// A runtime of its own with every shipped rule active.
fn city() -> Runtime {
    let runtime = Runtime::new(&Limits::shipped(), None).unwrap();
    for (scope, _, image) in shipped_rules() {
        let rule = runtime.load(&image).unwrap();
        assert!(runtime.activate(&scope, &rule).is_none());
    }
    runtime
}

#[test]
fn shipped_rules_load_and_describe_themselves() {
    let runtime = shared_city();
    let active = runtime.active();
    let rules: Vec<(Kind, &str)> = active
        .iter()
        .map(|rule| (rule.kind, rule.scope.as_str()))
        .collect();
    assert_eq!(
        rules,
        [
            (Kind::Routing, "440100"),
            (Kind::Routing, "440106"),
            (Kind::Escalation, "440100"),
            (Kind::Escalation, "440115"),
            (Kind::Knowledge, "440100"),
            (Kind::Knowledge, "440100/citations"),
            (Kind::Knowledge, "440104"),
        ]
    );
    for rule in active {
        assert!(!rule.summary.is_empty());
        assert_eq!(rule.rule.image.len(), 64);
        assert_eq!(rule.rule.engine, plugins::ENGINE);
    }
}

#[test]
fn narrowest_scope_is_asked_first() {
    let runtime = shared_city();
    let ask = |scopes: &[&str], question: &Question| {
        let advice = runtime.route(&decision(1, scopes), question);
        let scopes: Vec<String> = outcomes(&advice)
            .into_iter()
            .map(|(scope, _)| scope.to_owned())
            .collect();
        (scopes, advice.verdict)
    };
    let noise = question("夜间施工噪声");
    let (scopes, verdict) = ask(&["440106", "440100"], &noise);
    assert_eq!(scopes.first().map(String::as_str), Some("440106"));
    assert!(verdict.is_some());
    let (scopes, verdict) = ask(&["440103", "440100"], &noise);
    assert_eq!(
        scopes,
        ["440100"],
        "a scope without a rule is skipped without an attempt"
    );
    assert!(verdict.is_some());
    let (scopes, verdict) = ask(&["440103"], &noise);
    assert_eq!((scopes.len(), verdict), (0, None));
}

#[test]
fn every_question_is_answered_by_its_plugin() {
    let runtime = shared_city();
    let overdue = escalation::Question {
        trigger: escalation::Trigger::Overdue(3),
        order_type: contract::types::OrderType::Complaint,
        district: Some("440115".to_owned()),
        street: None,
        category: None,
        unit: Some("GZ-CGJ".to_owned()),
        now: NOW,
        registered_at: NOW,
        due_at: Some(NOW),
        extension_count: 0,
        return_count: 0,
        supervised: false,
        priority: escalation::Priority::Normal,
    };
    let advice = runtime.escalate(&decision(1, &["440115", "440100"]), &overdue);
    assert!(
        advice
            .verdict
            .is_some_and(|proposals| !proposals.is_empty())
    );
    let day = |year| contract::types::CivilDate {
        year,
        month: 1,
        day: 1,
    };
    let point = knowledge::Point {
        owner: "GZ-GJJ".to_owned(),
        kind: knowledge::PointKind::AnswerScript,
        title: "公积金提取".to_owned(),
        body: "正文".to_owned(),
        legal_basis: Vec::new(),
        scope: String::new(),
        districts: Vec::new(),
        subjects: Vec::new(),
        conditions: Vec::new(),
        relations: Vec::new(),
        faqs: Vec::new(),
        attachments: Vec::new(),
        english: None,
        valid_from: day(2026),
        valid_until: day(2036),
        longer_validity_reason: None,
        today: day(2026),
    };
    let checked = runtime.check(&decision(1, &["440106", "440100"]), &point);
    let [(attempt, findings), (beside, _)] = checked.as_slice() else {
        panic!("{checked:?}")
    };
    assert_eq!(attempt.outcome, Outcome::Answered);
    assert_eq!(beside.outcome, Outcome::Answered);
    assert!(
        findings
            .iter()
            .any(|finding| finding.field == knowledge::Field::ValidUntil),
        "{findings:?}"
    );
}

/// Every check of every scope says its own, under the image that found it; none hides another.
#[test]
fn all_checks_of_knowledge_points_are_asked() {
    let runtime = shared_city();
    let point: knowledge::Point = serde_json::from_value(serde_json::json!({
        "owner": "GZ-D104", "kind": "service_guide", "title": "外国人住宿登记指南",
        "body": "依照《信访条例》登记。", "legal_basis": ["《中华人民共和国出境入境管理法》"],
        "scope": "", "districts": ["440104"], "subjects": ["来穗人员"],
        "valid_from": "2026-03-01", "valid_until": "2027-02-28", "today": "2026-03-01",
    }))
    .unwrap();
    let ask = |scopes: &[&str]| {
        let checked = runtime.check(&decision(1, scopes), &point);
        let told = checked.into_iter().map(|(attempt, findings)| {
            assert_eq!(attempt.outcome, Outcome::Answered);
            let blocks = |it: &&knowledge::Finding| it.severity == knowledge::Severity::Block;
            let codes: Vec<String> = findings
                .iter()
                .filter(blocks)
                .map(|it| it.code.clone())
                .collect();
            let rule = runtime.rule(&attempt.scope, Kind::Knowledge).unwrap();
            assert_eq!(attempt.rule.image, rule.identity().image);
            format!("{}: {}", attempt.scope, codes.join(" "))
        });
        told.collect::<Vec<_>>()
    };
    let yuexiu = "440104: missing";
    let city = ["440100: missing", "440100/citations: repealed"];
    assert_eq!(ask(&["440104", "440100"]), [yuexiu, city[0], city[1]]);
    assert_eq!(ask(&["440100"]), city);
    assert_eq!(ask(&["440104"]), [yuexiu]);
    assert_eq!(ask(&["440100/citations"]), [city[1]]);
    // A code that another begins with is another scope.
    assert_eq!(ask(&["4401", "44010"]), [""; 0]);
}

/// The whole advice, apart from the time that it took.
fn bytes(runtime: &Runtime, id: u128, question: &Question) -> Vec<u8> {
    let mut advice = runtime.route(&decision(id, &["440106", "440100"]), question);
    for attempt in &mut advice.attempts {
        attempt.duration_us = 0;
    }
    serde_json::to_vec(&advice).unwrap()
}

#[test]
fn stored_question_replays_to_the_same_bytes() {
    let question = question("夜间施工噪声");
    let stored = serde_json::to_vec(&question).unwrap();
    let then = bytes(shared_city(), 7, &question);
    let again: Question = serde_json::from_slice(&stored).unwrap();
    // Another runtime stands for another process.
    let now = bytes(&city(), 7, &again);
    assert_eq!(
        String::from_utf8(then).unwrap(),
        String::from_utf8(now).unwrap()
    );
}

/// Copies what is needed to bake the city's routing rule into a folder of its own.
fn copied_list() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path);
    fs::create_dir(at("plugins")).unwrap();
    fs::write(at("routing.wasm"), component("routing")).unwrap();
    fs::copy(
        root().join("plugins/routing/settings.toml"),
        at("settings.toml"),
    )
    .unwrap();
    fs::write(
        at("plugins/rules.toml"),
        "[[rule]]\nkind = \"routing\"\nscope = \"440100\"\ncomponent = \"routing.wasm\"\n\
         settings = \"settings.toml\"\nimage = \"images/routing-city.wasm\"\n",
    )
    .unwrap();
    folder
}

#[test]
fn only_stale_images_are_baked() {
    let folder = copied_list();
    let bake = |force| {
        let list = RuleList::read(&folder.path().join("plugins/rules.toml")).unwrap();
        let baked = list.bake_all(&Limits::shipped(), force).unwrap();
        let [baked] = baked.as_slice() else {
            panic!("{baked:?}")
        };
        (baked.fresh, baked.image.clone())
    };
    let (fresh, first) = bake(Force::OnlyStale);
    assert!(fresh);
    assert_eq!(bake(Force::OnlyStale), (false, first.clone()));
    assert_eq!(
        bake(Force::Everything),
        (true, first.clone()),
        "baking again gives the same image"
    );
    let image = folder.path().join("images/routing-city.wasm");
    fs::write(&image, b"damaged").unwrap();
    assert_eq!(bake(Force::OnlyStale), (true, first.clone()));
    let settings = folder.path().join("settings.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, format!("# Only a remark\n{text}")).unwrap();
    assert_eq!(
        bake(Force::OnlyStale),
        (false, first.clone()),
        "the settings say the same"
    );
    fs::write(&settings, text.replacen("least = 300", "least = 301", 1)).unwrap();
    let (fresh, second) = bake(Force::OnlyStale);
    assert!(fresh);
    assert_ne!(first, second);
}

#[test]
fn compiled_images_are_cached_and_never_trusted_blindly() {
    let image = guest("state_keeper", "{}");
    let folder = tempfile::tempdir().unwrap();
    let origin = || {
        let runtime = Runtime::new(&Limits::shipped(), Some(folder.path())).unwrap();
        let rule = runtime.load(&image).unwrap();
        let (attempt, _) = runtime.route_with("440100", &rule, &decision(1, &[]), &question(""));
        assert_eq!(attempt.outcome, Outcome::Answered);
        rule.origin()
    };
    assert_eq!(origin(), Origin::Compiled);
    assert_eq!(origin(), Origin::Cached);
    let entry = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| {
            path.extension()
                .is_some_and(|extension| extension == "cwasm")
        })
        .unwrap();
    let mut native = fs::read(&entry).unwrap();
    let middle = native.len() / 2;
    native[middle] ^= 0xff;
    fs::write(&entry, &native).unwrap();
    assert_eq!(origin(), Origin::Compiled, "damaged");
    assert_eq!(origin(), Origin::Cached);
    fs::remove_file(folder.path().join("key")).unwrap();
    assert_eq!(origin(), Origin::Compiled, "made with another key");
    assert_eq!(origin(), Origin::Cached);
}

/// Two rules that answer with how many numbers their settings hold.
fn two_rules(runtime: &Runtime) -> [(Arc<Rule>, String); 2] {
    [("[2]", "1 numbers"), ("[2,4]", "2 numbers")].map(|(numbers, reason)| {
        let settings = format!(r#"{{"how":"fine","numbers":{numbers}}}"#);
        let image = guest("bad_configure", &settings);
        (runtime.load(&image).unwrap(), reason.to_owned())
    })
}

#[test]
fn swapping_under_load_drops_nothing_and_mixes_nothing() {
    let runtime = Runtime::new(&Limits::shipped(), None).unwrap();
    let rules = two_rules(&runtime);
    runtime.activate("440100", &rules[0].0);
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let askers: Vec<_> = (0..3)
            .map(|asker: u128| {
                let (runtime, rules, stop) = (&runtime, &rules, &stop);
                scope.spawn(move || {
                    let mut seen = [0_u64; 2];
                    let mut id = asker;
                    while !stop.load(Ordering::Relaxed) {
                        id += 3;
                        let advice = runtime.route(&decision(id, &["440100"]), &question(""));
                        let [attempt] = advice.attempts.as_slice() else {
                            panic!("a decision was dropped: {advice:?}")
                        };
                        assert_eq!(attempt.outcome, Outcome::Answered, "{attempt:?}");
                        let reason = &advice.verdict.as_ref().unwrap()[0].reason;
                        let rule = rules.iter().position(|(_, says)| says == reason).unwrap();
                        assert_eq!(attempt.rule.image, rules[rule].0.identity().image);
                        seen[rule] += 1;
                    }
                    seen
                })
            })
            .collect();
        for round in 1..=2000_usize {
            let before = runtime
                .activate("440100", &rules[round % 2].0)
                .expect("never empty");
            assert_eq!(before.identity(), rules[(round + 1) % 2].0.identity());
            thread::yield_now();
        }
        stop.store(true, Ordering::Relaxed);
        let seen = askers.into_iter().map(|asker| asker.join().unwrap());
        let total = seen.fold([0, 0], |sum, seen| [sum[0] + seen[0], sum[1] + seen[1]]);
        assert!(
            total[0] > 0 && total[1] > 0,
            "both rules answered: {total:?}"
        );
    });
}

#[test]
fn rolling_back_is_activating_the_older_rule() {
    let runtime = Runtime::new(&Limits::shipped(), None).unwrap();
    let [(old, _), (new, _)] = two_rules(&runtime);
    let says = || {
        let advice = runtime.route(&decision(1, &["440100"]), &question(""));
        advice
            .verdict
            .map(|candidates| candidates[0].reason.clone())
    };
    assert!(runtime.activate("440100", &old).is_none());
    let before = runtime.activate("440100", &new).unwrap();
    assert_eq!(says().as_deref(), Some("2 numbers"));
    runtime.activate("440100", &before);
    assert_eq!(says().as_deref(), Some("1 numbers"));
    assert!(runtime.deactivate("440100", Kind::Routing).is_some());
    assert_eq!(says(), None);
    assert!(runtime.deactivate("440100", Kind::Routing).is_none());
}
