//! The canonical JSON form: what the journal keeps and what functions answer may never change by
//! accident.
#![cfg(test)]

use contract::escalation;
use contract::escalation::{Action, Audience, Proposal, Trigger};
use contract::knowledge::{Field, Point};
use contract::routing::{Candidate, Question, Verdict};
use contract::types::{CivilDate, Instant, Rating, Refusal};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Written so, and read back as the same.
#[track_caller]
fn check<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T, json: &str) {
    assert_eq!(serde_json::to_string(value).unwrap(), json);
    assert_eq!(&serde_json::from_str::<T>(json).unwrap(), value);
}

const INSTANT: Instant = Instant {
    unix_ms: 1_789_718_400_000,
};

#[test]
fn instants_and_dates() {
    check(&INSTANT, r#""2026-09-18T16:00:00.000+08:00""#);
    check(
        &CivilDate {
            year: 2026,
            month: 2,
            day: 28,
        },
        r#""2026-02-28""#,
    );
    let utc: Instant = serde_json::from_str(r#""2026-09-18T08:00:00Z""#).unwrap();
    assert_eq!(utc, INSTANT, "any offset is read");
    for wrong in [
        r#""2026-09-18""#,
        r#""2026-09-18T16:00:00""#,
        "1789718400000",
    ] {
        assert!(serde_json::from_str::<Instant>(wrong).is_err(), "{wrong}");
    }
    assert!(serde_json::from_str::<CivilDate>(r#""2026-02-30""#).is_err());
}

#[test]
fn questions_in_the_order_of_declaration() {
    let json = concat!(
        r#"{"order_type":"violation_report","channel":"phone","district":"440106","street":null,"#,
        r#""category":null,"subject":"s","text":"t","#,
        r#""registered_at":"2026-09-18T16:00:00.000+08:00","excluded_units":["GZ-GAJ"]}"#
    );
    let question: Question = serde_json::from_str(json).unwrap();
    check(&question, json);
    let unknown = json.replace("\"street\"", "\"road\"");
    let error = serde_json::from_str::<Question>(&unknown)
        .unwrap_err()
        .to_string();
    assert!(error.contains("`road`"), "{error}");
}

/// What came last to the contract may be left out of a question, and is always written.
#[test]
fn knowledge_points() {
    let json = concat!(
        r#"{"owner":"GZ-D104","kind":"service_guide","title":"t","body":"b","legal_basis":["l"],"#,
        r#""scope":"s","districts":["440104"],"subjects":["u"],"conditions":["c"],"relations":["r"],"#,
        r#""faqs":[{"question":"q","answer":"a"}],"attachments":["x.pdf"],"#,
        r#""english":{"title":"T","summary":"S"},"valid_from":"2026-01-01","#,
        r#""valid_until":"2026-12-31","longer_validity_reason":null,"today":"2026-01-01"}"#
    );
    let point: Point = serde_json::from_str(json).unwrap();
    check(&point, json);
    let texts: Vec<_> = point.texts().collect();
    let expected = [
        (Field::Title, None, "t"),
        (Field::Body, None, "b"),
        (Field::Scope, None, "s"),
        (Field::LegalBasis, Some(0), "l"),
        (Field::Subjects, Some(0), "u"),
        (Field::Conditions, Some(0), "c"),
        (Field::Relations, Some(0), "r"),
        (Field::Faqs, Some(0), "q"),
        (Field::Faqs, Some(0), "a"),
        (Field::Attachments, Some(0), "x.pdf"),
        (Field::EnglishTitle, None, "T"),
        (Field::EnglishSummary, None, "S"),
    ];
    assert_eq!(texts, expected);
    let least = concat!(
        r#"{"owner":"GZ-D104","kind":"policy","title":"t","body":"b","#,
        r#""valid_from":"2026-01-01","valid_until":"2026-12-31","today":"2026-01-01"}"#
    );
    let point: Point = serde_json::from_str(least).unwrap();
    assert_eq!((point.districts.len(), point.attachments.len()), (0, 0));
    assert_eq!(point.english, None);
    check(&Field::EnglishSummary, r#""english_summary""#);
    check(&Field::LongerValidityReason, r#""longer_validity_reason""#);
}

#[test]
fn verdicts_name_themselves() {
    let candidate = Candidate {
        unit: "GZ-SCJG".to_owned(),
        score_permille: 900,
        reason: "r".to_owned(),
    };
    check(
        &Verdict::Ranked(vec![candidate]),
        r#"{"verdict":"ranked","candidates":[{"unit":"GZ-SCJG","score_permille":900,"reason":"r"}]}"#,
    );
    check(&Verdict::NoOpinion, r#"{"verdict":"no_opinion"}"#);
    check(&escalation::Verdict::Nothing, r#"{"verdict":"nothing"}"#);
    let action = Action::Notify(Audience::LeaderInCharge);
    check(
        &escalation::Verdict::Actions(vec![Proposal {
            action,
            reason: "r".to_owned(),
        }]),
        r#"{"verdict":"actions","proposals":[{"action":{"notify":"leader_in_charge"},"reason":"r"}]}"#,
    );
    check(&Trigger::DueSoon(2), r#"{"due_soon":2}"#);
    check(
        &Trigger::RatedBadly(Rating::VeryDissatisfied),
        r#"{"rated_badly":"very_dissatisfied"}"#,
    );
    check(
        &Refusal::Unsupported("d".to_owned()),
        r#"{"refusal":"unsupported","detail":"d"}"#,
    );
}
