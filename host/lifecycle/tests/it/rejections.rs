//! Each rejection has a code of its own, a way out, an article where it is the law, and can be met.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use expect_test::expect;
use lifecycle::ids::{DistrictCode, UnitCode};
use lifecycle::rejection::Rejection;

use crate::script::at;

/// One of each, in order of precedence. The match below keeps the list complete.
fn all() -> Vec<Rejection> {
    let unit = UnitCode::new("GZ-CGJ");
    vec![
        Rejection::NotPermitted { command: "rate" },
        Rejection::NotTheHandlingUnit { unit: unit.clone() },
        Rejection::NotRegistered,
        Rejection::AlreadyRegistered,
        Rejection::Closed,
        Rejection::WrongStage {
            stage: "in_handling",
            needed: "under_review",
        },
        Rejection::NotAConsultation,
        Rejection::Commendation,
        Rejection::UnknownUnit { unit },
        Rejection::UnknownDistrict {
            district: DistrictCode::new("440107"),
        },
        Rejection::SpecialLimitWithoutBasis,
        Rejection::ImpossibleTime {
            field: "ended_at",
            problem: "lies in the future",
        },
        Rejection::Missing { field: "evidence" },
        Rejection::ReplyWithoutEvidence,
        Rejection::ReplyMissing,
        Rejection::AlreadyReplied,
        Rejection::TooFewContactAttempts {
            counted: 2,
            needed: 3,
            next_from: Some(at("2026-05-25 21:30")),
        },
        Rejection::RequesterWasReached,
        Rejection::RatingTooLate {
            due_at: at("2026-05-25 00:00"),
        },
        Rejection::AlreadyRated,
        Rejection::FollowUpMissing,
        Rejection::NothingDue,
        Rejection::PeriodOutOfRange {
            problem: "too long".to_owned(),
        },
    ]
}

/// Whether the law forbids it, so that it must name an article.
fn is_law(rejection: &Rejection) -> bool {
    match rejection {
        Rejection::NotPermitted { .. }
        | Rejection::NotTheHandlingUnit { .. }
        | Rejection::AlreadyRegistered
        | Rejection::NotAConsultation
        | Rejection::Commendation
        | Rejection::UnknownUnit { .. }
        | Rejection::UnknownDistrict { .. }
        | Rejection::SpecialLimitWithoutBasis
        | Rejection::ReplyWithoutEvidence
        | Rejection::ReplyMissing
        | Rejection::AlreadyReplied
        | Rejection::TooFewContactAttempts { .. }
        | Rejection::RequesterWasReached
        | Rejection::RatingTooLate { .. }
        | Rejection::AlreadyRated
        | Rejection::FollowUpMissing => true,
        Rejection::NotRegistered
        | Rejection::Closed
        | Rejection::WrongStage { .. }
        | Rejection::ImpossibleTime { .. }
        | Rejection::Missing { .. }
        | Rejection::NothingDue
        | Rejection::PeriodOutOfRange { .. } => false,
    }
}

#[test]
fn each_has_code_article_and_way_out() {
    let mut codes = BTreeSet::new();
    let mut table = String::new();
    for rejection in all() {
        let (code, article) = (rejection.code(), rejection.article());
        assert!(codes.insert(code), "{code} is used twice");
        assert!(!rejection.way_out().is_empty(), "{code} shows no way out");
        assert_eq!(!article.is_empty(), is_law(&rejection), "{code}");
        let way_out = rejection.way_out();
        writeln!(table, "{code} | {article} | {rejection} | {way_out}").unwrap();
    }
    expect![[r#"
        not-permitted | 第五条、第六条 | this role may not rate | use a token of a role that may do this
        not-the-handling-unit | 第四十三条 | the order is not with unit GZ-CGJ | only the unit that has the order may act on it
        order-not-found |  | the order does not exist | check the order number
        already-registered | 第十一条 | the order exists already | read the existing order
        order-closed |  | the order is closed | file a new request
        wrong-stage |  | not possible in stage in_handling; it needs under_review | read the order's stage and act on it
        not-a-consultation | 第十三条第二项 | only a consultation is answered directly | dispatch the order
        commendation | 第二十三条第一项 | a commendation is closed after reading, without report, review and rating | accept duty to close it as read
        unknown-unit | 第十三条 | unit GZ-CGJ is not in the directory of handling units | choose a unit of the directory
        unknown-district | 第二条 | district 440107 is not in the directory | give a district of the city, or none where it is not known
        special-limit-without-basis | 第十四条第三项 | a special limit must name the document that sets it | give title and number of the document
        impossible-time |  | ended_at lies in the future | give the time at which it took place
        missing-field |  | evidence must not be empty | fill in the field
        reply-without-evidence | 第二十一条第一款 | a reply needs at least one recording, call log, message log or document as evidence | attach the reference of the evidence
        reply-missing | 第二十一条第二款 | the requester must be told the result before the report is submitted | record the reply, or state an exception
        already-replied | 第二十一条 | a reply is recorded, so the report cannot say that there was none | submit the report without the exception
        too-few-contact-attempts | 第二十一条第一款 | 2 of 3 calls count; a further one from 2026-05-25 21:30:00 | call again, at least 15 minutes apart
        requester-was-reached | 第二十一条第一款 | a call was answered, so the requester is not unreachable | record the reply
        rating-too-late | 第二十七条第三项 | the rating came after 2026-05-24 24:00; the order counts as unrated | nothing; the time is over
        already-rated | 第二十七条第三项 | the order is rated already | nothing; the first choice stands
        follow-up-missing | 第二十八条 | the requester must be called back before the order is ended | record the call-back first
        nothing-due |  | nothing is due | nothing
        period-out-of-range |  | the period cannot be computed: too long | give a period that ends after it begins, within the years of the calendar
    "#]].assert_eq(&table);
}
