//! What people read: a text for everything and everybody, with nothing in it that is not theirs.

use lifecycle::deadline::DeadlineKind;
use lifecycle::effect::{Notice, Recipient};
use lifecycle::ids::{DistrictCode, UnitCode};
use notify::text;
use serde_json::{Value, json};

use crate::world::{ACCOUNT, PHONE, WORDS, at, outgoing};

/// A rule's words; they may be about anybody.
const REASON: &str = "陈女士反映三次";

/// Every notice, as JSON so that a new one is a line here.
fn notices() -> Vec<Notice> {
    let plain = [
        "dispatched",
        "awaits_routing",
        "awaits_review",
        "review_failed",
        "awaits_follow_up",
        "rating_offered",
        "closed",
        "awaits_assessment",
        "information_stayed_missing",
        "concealment_warning",
        "complaint_against_staff",
        "awaits_return_decision",
        "return_approved",
        "return_rejected",
        "assistance_given",
        "assistance_objected",
        "objection_decided",
        "coordination_suggested",
        "coordination_opened",
        "opinion_given",
        "statement_added",
        "withdrawn",
        "may_file_statement",
        "supervision_answered",
        "supervision_accepted",
        "supervision_rejected",
    ];
    let text = "0190a1b2-0000-7000-8000-000000000000";
    let due_at = "2026-10-30T16:00:00Z";
    let full = [
        json!({"notice": "due_soon", "deadline": "handling"}),
        json!({"notice": "overdue", "deadline": "verification"}),
        json!({"notice": "deadline_recomputed", "deadline": "handling"}),
        json!({"notice": "attention", "reason": REASON}),
        json!({"notice": "escalation_proposed", "action": "supervise", "reason": REASON}),
        json!({"notice": "information_needed", "missing": text}),
        json!({"notice": "assistance_asked", "part": text}),
        json!({"notice": "opinion_asked", "question": text}),
        json!({"notice": "extended", "reason": text, "due_at": due_at}),
        json!({"notice": "handling_restarted", "due_at": due_at}),
        json!({"notice": "restarted_often", "times": 3}),
        json!({"notice": "called_at_unusual_hour", "started_at": due_at}),
        json!({"notice": "sent_back", "reason": text}),
        json!({"notice": "supervised", "requirement": text}),
    ];
    let dossiers = [
        json!({"occasion": "progress", "unit": "GZ-D106", "content": text}),
        json!({"occasion": "fed_back", "unit": "GZ-D106", "content": text}),
        json!({"occasion": "listed"}),
        json!({"occasion": "overdue", "deadline": "plan", "unit": "GZ-D106"}),
    ]
    .map(|mut notice| {
        notice["notice"] = json!("dossier");
        notice["dossier"] = json!("D-20261124-K7Q2M4X9PA");
        notice
    });
    plain
        .iter()
        .map(|name| json!({ "notice": name }))
        .chain(full)
        .chain(dossiers)
        .chain(of_knowledge(text))
        .map(|notice| serde_json::from_value(notice).unwrap())
        .collect()
}

/// Notices about the knowledge base; the texts in them are nobody's business.
fn of_knowledge(text: &str) -> Vec<Value> {
    let until = "2026-12-25T00:00:00+08:00";
    [
        json!({"occasion": "awaits_review"}),
        json!({"occasion": "review_failed", "reason": text}),
        json!({"occasion": "published", "version": 1, "until": until}),
        json!({"occasion": "published_blocked", "version": 1, "findings": 2}),
        json!({"occasion": "awaits_approval"}),
        json!({"occasion": "longer_refused", "reason": text}),
        json!({"occasion": "validity_renewed", "until": until}),
        json!({"occasion": "expires_soon", "days": 7, "until": until}),
        json!({"occasion": "expired"}),
        json!({"occasion": "taken_down", "reason": text}),
        json!({"occasion": "restored"}),
        json!({"occasion": "feedback_opened", "due_at": until}),
        json!({"occasion": "emergency_feedback_opened", "due_at": until}),
        json!({"occasion": "feedback_answered", "late": true}),
        json!({"occasion": "feedback_withdrawn"}),
        json!({"occasion": "change_announced", "effective_on": "2026-12-25"}),
        json!({"occasion": "change_amended", "effective_on": "2026-12-25"}),
        json!({"occasion": "change_acknowledged"}),
        json!({"occasion": "change_takes_effect", "open_measures": 1}),
        json!({"occasion": "change_cancelled"}),
        json!({"occasion": "outage_reported", "script_by": until}),
        json!({"occasion": "script_provided"}),
        json!({"occasion": "second_stage"}),
        json!({"occasion": "outage_updated"}),
        json!({"occasion": "outage_ended"}),
        json!({"occasion": "overdue", "deadline": "feedback"}),
        json!({"occasion": "reminder", "deadline": "outage_update"}),
        json!({"occasion": "deadline_recomputed", "deadline": "outage_script"}),
    ]
    .map(|mut notice| {
        notice["notice"] = json!("knowledge");
        notice["id"] = json!({"entry": "point", "number": "K-20261124-K7Q2M4X9PA"});
        notice
    })
    .into()
}

fn recipients() -> Vec<Recipient> {
    let unit = || UnitCode::new("GZ-D106");
    vec![
        Recipient::Requester,
        Recipient::Unit(unit()),
        Recipient::LeaderInCharge(unit()),
        Recipient::DistrictOffice(DistrictCode::new("440106")),
        Recipient::Center,
        Recipient::Adviser(unit()),
    ]
}

#[test]
fn every_text_names_the_order_and_nobody() {
    for about in notices() {
        for to in recipients() {
            let text = text(&outgoing("x", to.clone(), about.clone()));
            let whole = format!("{}\n{}", text.subject, text.body);
            let place = format!("{about:?} to {to:?}: {whole}");
            let staff = to != Recipient::Requester;
            let number = if staff && matches!(about, Notice::Dossier(_)) {
                "D-20261124-K7Q2M4X9PA"
            } else if staff && matches!(about, Notice::Knowledge(_)) {
                "K-20261124-K7Q2M4X9PA"
            } else {
                "20260918-K7Q2M4X9PA"
            };
            assert!(text.subject.ends_with(number), "{place}");
            assert!(text.body.contains(number), "{place}");
            let told = [PHONE, ACCOUNT, REASON];
            assert!(!told.iter().any(|told| whole.contains(told)), "{place}");
            // What the staff wrote to the requester is for the requester alone, and stands as it is.
            let without_words = whole.replace(WORDS, "");
            assert!(!without_words.contains(['{', '}']), "{place}");
            if to != Recipient::Requester {
                assert!(!whole.contains(WORDS), "{place}");
            }
            // What the staff is told to do is none of the requester's business.
            if to == Recipient::Requester {
                assert!(text.body.starts_with("【广州12345热线】您好，"), "{place}");
                assert!(!text.body.contains("请登录"), "{place}");
            }
        }
    }
}

#[test]
fn texts_tell_the_end_of_the_deadline_that_they_are_about() {
    let check = |to: Recipient, about: Notice, expected: &str| {
        assert_eq!(text(&outgoing("x", to, about)).body, expected);
    };
    let unit = || UnitCode::new("GZ-D106");
    let deadline = DeadlineKind::Handling;
    check(
        Recipient::Unit(unit()),
        Notice::Dispatched,
        "投诉工单20260918-K7Q2M4X9PA已转派至天河区人民政府。办理期限至2026-10-09 24:00。\
         请登录热线平台查看并办理。",
    );
    check(
        Recipient::LeaderInCharge(unit()),
        Notice::Overdue { deadline },
        "工单20260918-K7Q2M4X9PA的办理期限已过，请立即办理。办理期限至2026-10-09 24:00。\
         请天河区人民政府分管领导督促。",
    );
    // R67: the owner is told until when its point is valid.
    let knowledge = |occasion: Value| {
        let mut notice = occasion;
        notice["notice"] = serde_json::json!("knowledge");
        notice["id"] = serde_json::json!({"entry": "point", "number": "K-20261124-K7Q2M4X9PA"});
        serde_json::from_value(notice).unwrap()
    };
    check(
        Recipient::Unit(unit()),
        knowledge(serde_json::json!({
            "occasion": "expires_soon", "days": 7, "until": "2026-12-25T00:00:00+08:00"
        })),
        "知识点K-20261124-K7Q2M4X9PA的有效期至2026-12-24 24:00，请在到期前确认是否继续有效。\
         请登录热线平台查看并办理。",
    );
    // A deadline that does not run is not told.
    let deadline = DeadlineKind::Verification;
    check(
        Recipient::Center,
        Notice::Overdue { deadline },
        "工单20260918-K7Q2M4X9PA的核实期限已过，请立即办理。请热线中心在平台查看。",
    );
    check(
        Recipient::Requester,
        Notice::Closed,
        "【广州12345热线】您好，您的诉求已办结。工单号20260918-K7Q2M4X9PA。\
         可拨打12345或通过原渠道查询。",
    );
    // R36: the requester is told why and until when; R16: all that is missing, at once.
    let text_id = || lifecycle::ids::TextId(uuid::Uuid::nil());
    check(
        Recipient::Requester,
        Notice::Extended {
            reason: text_id(),
            due_at: at("2026-10-24T00:00:00+08:00"),
        },
        "【广州12345热线】您好，您的诉求的办理期限延长至2026-10-23 24:00，原因：具体门牌号{order}。\
         工单号20260918-K7Q2M4X9PA。可拨打12345或通过原渠道查询。",
    );
    check(
        Recipient::Requester,
        Notice::InformationNeeded { missing: text_id() },
        "【广州12345热线】您好，您的诉求还缺少以下信息，请补充：具体门牌号{order}。\
         工单号20260918-K7Q2M4X9PA。可拨打12345或通过原渠道查询。",
    );
    let mut erased = outgoing(
        "x",
        Recipient::Requester,
        Notice::InformationNeeded { missing: text_id() },
    );
    erased.requester.as_mut().unwrap().words = None;
    assert!(text(&erased).body.contains("请补充：详情请查询。"));
}
