//! The journal's JSON, which is kept for ever, and journals that cannot be.

use expect_test::expect;
use lifecycle::event::{Event, Recorded};
use lifecycle::ids::Actor;
use lifecycle::{Corrupt, apply, replay};

use crate::script::{World, at};

const STORY: &str = "
    2026-05-11 09:00 register help_request district=440115 street=龙穴街道 category=路面 source=import:1 advice=GZ-CGJ:950,GZ-GAJ:300
    2026-05-11 10:00 accept
    2026-05-12 09:00 call 08:59..09:00 unanswered
    2026-05-12 10:00 reply
    2026-05-12 11:00 submit office=太和镇
    2026-05-13 10:00 fail
    2026-05-13 11:00 submit
    2026-05-13 12:00 pass
    2026-05-13 12:01 offer delivered=12:01
    2026-05-14 09:00 rate 还行
    2026-05-14 10:00 rate very_dissatisfied escalate=notify_leader
    2026-05-15 10:00 follow_up
    2026-05-15 11:00 close";

#[test]
fn json_of_events() {
    // A change here changes what old journals mean: only ever add.
    let mut world = World::new();
    assert!(world.run(STORY).result.is_ok());
    let lines: Vec<String> = world
        .journal
        .iter()
        .map(|recorded| serde_json::to_string(recorded).unwrap())
        .collect();
    let read: Vec<Recorded> = lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(read, world.journal);
    assert_eq!(replay(&read).unwrap(), world.order);
    expect![[r#"
        {"seq":1,"at":"2026-05-11T01:00:00Z","by":{"role":"operator","name":"tester"},"event":"registered","data":{"registration":{"order":"20260918-TESTTESTTE","order_type":"help_request","channel":"phone","district":"440115","street":"龙穴街道","category":"路面","requester":"00000000-0000-0000-0000-000000000001","request":"00000000-0000-0000-0000-000000000001","source":"import:1","identification":{"name":false,"id_number":false,"contact":false}},"dispatch_by":{"kind":"dispatch","rule":"R20","article":"第十三条第二项","trigger_seq":1,"trigger_at":"2026-05-11T01:00:00Z","period":{"working_days":1},"due_at":"2026-05-12T16:00:00Z","clock_start":"2026-05-11T16:00:00Z","counted":["2026-05-12"],"provisional":false,"calendar_version":"2023-2026+271c0387","rule_set":"穗政数规字〔2023〕1号","rule_set_in_force":true}}}
        {"seq":2,"at":"2026-05-11T01:00:00Z","by":{"role":"operator","name":"tester"},"event":"routing_advised","data":{"advice":{"decision":"00000000-0000-0000-0000-000000000007","question":"44","attempts":[{"scope":"440100","rule":{"image":"11","component":"22","settings":"33","name":"routing 0.1.0","engine":"wasmtime 48.0.8"},"outcome":"answered","fuel":1000,"duration_us":20}],"verdict":[{"unit":"GZ-CGJ","score_permille":950,"reason":"关键词：占道经营"},{"unit":"GZ-GAJ","score_permille":300,"reason":"关键词：占道经营"}]},"consequence":{"kind":"dispatch","unit":"GZ-CGJ"}}}
        {"seq":3,"at":"2026-05-11T01:00:00Z","by":{"role":"operator","name":"tester"},"event":"dispatched","data":{"unit":"GZ-CGJ","chosen_by":"advice","special_limit":null,"verify_by":{"kind":"verification","rule":"R26","article":"第十六条","trigger_seq":3,"trigger_at":"2026-05-11T01:00:00Z","period":{"working_days":2},"due_at":"2026-05-13T16:00:00Z","clock_start":"2026-05-11T16:00:00Z","counted":["2026-05-12","2026-05-13"],"provisional":false,"calendar_version":"2023-2026+271c0387","rule_set":"穗政数规字〔2023〕1号","rule_set_in_force":true},"handle_by":{"kind":"handling","rule":"R22","article":"第十四条第二项","trigger_seq":3,"trigger_at":"2026-05-11T01:00:00Z","period":{"working_days":10},"due_at":"2026-05-25T16:00:00Z","clock_start":"2026-05-11T16:00:00Z","counted":["2026-05-12","2026-05-13","2026-05-14","2026-05-15","2026-05-18","2026-05-19","2026-05-20","2026-05-21","2026-05-22","2026-05-25"],"provisional":false,"calendar_version":"2023-2026+271c0387","warn_at":"2026-05-14T16:00:00Z","rule_set":"穗政数规字〔2023〕1号","rule_set_in_force":true},"role":"ordinary"}}
        {"seq":4,"at":"2026-05-11T02:00:00Z","by":{"role":{"unit":"GZ-CGJ"},"name":"tester"},"event":"duty_accepted"}
        {"seq":5,"at":"2026-05-12T01:00:00Z","by":{"role":{"unit":"GZ-CGJ"},"name":"tester"},"event":"contact_attempted","data":{"started_at":"2026-05-12T00:59:00Z","ended_at":"2026-05-12T01:00:00Z","result":"unanswered","evidence":"CALL-1"}}
        {"seq":6,"at":"2026-05-12T02:00:00Z","by":{"role":{"unit":"GZ-CGJ"},"name":"tester"},"event":"replied","data":{"replied_at":"2026-05-12T02:00:00Z","method":"phone","content":"00000000-0000-0000-0000-000000000003","evidence":[{"kind":"recording","reference":"REC-1"}]}}
        {"seq":7,"at":"2026-05-12T03:00:00Z","by":{"role":{"unit":"GZ-CGJ"},"name":"tester"},"event":"submitted","data":{"handled_from":"2026-05-12T03:00:00Z","handled_until":"2026-05-12T03:00:00Z","handling_office":"太和镇","course":"00000000-0000-0000-0000-000000000004","result":"00000000-0000-0000-0000-000000000005","reply_exception":null,"remarks":null,"conclusion":{"conclusion":"handled"},"content":{"type":"help_request","measures":"00000000-0000-0000-0000-00000000005d"}}}
        {"seq":8,"at":"2026-05-13T02:00:00Z","by":{"role":"operator","name":"tester"},"event":"review_failed","data":{"reason":"00000000-0000-0000-0000-000000000006","on_target":true}}
        {"seq":9,"at":"2026-05-13T03:00:00Z","by":{"role":{"unit":"GZ-CGJ"},"name":"tester"},"event":"submitted","data":{"handled_from":"2026-05-13T03:00:00Z","handled_until":"2026-05-13T03:00:00Z","handling_office":null,"course":"00000000-0000-0000-0000-000000000004","result":"00000000-0000-0000-0000-000000000005","reply_exception":null,"remarks":null,"conclusion":{"conclusion":"handled"},"content":{"type":"help_request","measures":"00000000-0000-0000-0000-00000000005d"}}}
        {"seq":10,"at":"2026-05-13T04:00:00Z","by":{"role":"operator","name":"tester"},"event":"review_passed","data":{"offer_by":{"kind":"rating_offer","rule":"R56","article":"第二十七条第二项","trigger_seq":10,"trigger_at":"2026-05-13T04:00:00Z","period":{"hours":24},"due_at":"2026-05-14T04:00:00Z","clock_start":"2026-05-13T04:00:00Z","counted":[],"provisional":false,"calendar_version":"2023-2026+271c0387","rule_set":"穗政数规字〔2023〕1号","rule_set_in_force":true},"on_target":true}}
        {"seq":11,"at":"2026-05-13T04:01:00Z","by":{"role":"system","name":"kapok"},"event":"rating_offered","data":{"offer":{"sent_at":"2026-05-13T04:01:00Z","delivered_at":"2026-05-13T04:01:00Z"},"rate_by":{"kind":"rating","rule":"R57","article":"第二十七条第三项","trigger_seq":11,"trigger_at":"2026-05-13T04:01:00Z","period":{"calendar_days":5},"due_at":"2026-05-18T16:00:00Z","clock_start":"2026-05-13T16:00:00Z","counted":["2026-05-14","2026-05-15","2026-05-16","2026-05-17","2026-05-18"],"provisional":false,"calendar_version":"2023-2026+271c0387","rule_set":"穗政数规字〔2023〕1号","rule_set_in_force":true}}}
        {"seq":12,"at":"2026-05-14T01:00:00Z","by":{"role":"channel","name":"tester"},"event":"invalid_rating_received","data":{"answer":"00000000-0000-0000-0000-000000000007"}}
        {"seq":13,"at":"2026-05-14T02:00:00Z","by":{"role":"channel","name":"tester"},"event":"rated","data":{"rating":"very_dissatisfied"}}
        {"seq":14,"at":"2026-05-14T02:00:00Z","by":{"role":"channel","name":"tester"},"event":"escalation_advised","data":{"advice":{"decision":"00000000-0000-0000-0000-000000000007","question":"44","attempts":[{"scope":"440100","rule":{"image":"11","component":"22","settings":"33","name":"routing 0.1.0","engine":"wasmtime 48.0.8"},"outcome":"answered","fuel":1000,"duration_us":20}],"verdict":[{"action":{"notify":"leader_in_charge"},"reason":"即将到期"}]}}}
        {"seq":15,"at":"2026-05-15T02:00:00Z","by":{"role":"operator","name":"tester"},"event":"followed_up","data":{"contacted_at":"2026-05-15T02:00:00Z","method":"phone","reasons":"00000000-0000-0000-0000-000000000008"}}
        {"seq":16,"at":"2026-05-15T03:00:00Z","by":{"role":"operator","name":"tester"},"event":"closed","data":{"code":"CR15","note":"00000000-0000-0000-0000-000000000009"}}"#]].assert_eq(&lines.join("\n"));
}

#[test]
fn json_of_an_order() {
    let mut world = World::new();
    assert!(world.run(STORY).result.is_ok());
    let text = serde_json::to_string(world.order()).unwrap();
    assert_eq!(
        &serde_json::from_str::<lifecycle::order::WorkOrder>(&text).unwrap(),
        world.order()
    );
}

#[test]
fn journals_that_cannot_be() {
    let mut world = World::new();
    world.run("2026-05-11 09:00 register complaint\n2026-05-11 10:00 dispatch GZ-CGJ");
    let event = |seq, event| Recorded {
        seq,
        at: at("2026-05-11 12:00"),
        by: Actor::system(),
        event,
    };
    let gap = event(4, Event::DutyAccepted);
    let expected = Corrupt::Sequence {
        expected: 3,
        found: 4,
    };
    assert_eq!(apply(world.order.clone(), &gap), Err(expected));
    let begun_late = event(1, Event::DutyAccepted);
    let expected = Corrupt::NotRegistered {
        event: "duty_accepted",
    };
    assert_eq!(apply(None, &begun_late), Err(expected));
    let misplaced = event(3, Event::RatingLapsed);
    let stage = "awaiting_verification";
    let expected = Corrupt::Misplaced {
        seq: 3,
        event: "rating_lapsed",
        stage,
    };
    assert_eq!(apply(world.order.clone(), &misplaced), Err(expected));
    let registered_again = Recorded {
        seq: 3,
        ..world.journal[0].clone()
    };
    let expected = Corrupt::Misplaced {
        seq: 3,
        event: "registered",
        stage,
    };
    assert_eq!(apply(world.order, &registered_again), Err(expected));
    assert_eq!(replay([]), Ok(None));
}
