//! Every rejection is met by a script, has a code of its own, an article where it is the law, and a way
//! out.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use expect_test::expect_file;
use lifecycle::rejection::Rejection;
use lifecycle::ruleset::{
    Anonymous, EarlyEndWindow, ExtensionApproval, LateReturn, RuleSet, SendBackDuty,
};

use crate::script::World;

/// All variants by name, and the name of one: a new variant does not compile before it is here, and
/// fails the test before a script meets it.
macro_rules! variants {
    ($($name:ident)+) => {
        const VARIANTS: &[&str] = &[$(stringify!($name)),+];

        const fn variant(rejection: &Rejection) -> &'static str {
            match rejection {
                $(Rejection::$name { .. } => stringify!($name)),+
            }
        }
    };
}

variants! {
    NotPermitted NotTheHandlingUnit NotRegistered AlreadyRegistered Closed WrongStage NotAConsultation
    Commendation UnknownUnit UnknownDistrict SpecialLimitWithoutBasis ImpossibleTime Missing
    ReplyWithoutEvidence ReplyMissing AlreadyReplied TooFewContactAttempts RequesterWasReached
    RatingTooLate WithdrawnNotRated AlreadyRated FollowUpMissing RealNameRequired NotTheRequester
    ConcealmentWithoutFields NothingMissing InformationTooLate WrongChannel ReturnTooLate
    ReturnNotAllowed ReturnRejectedBefore ReturnProofMissing AlreadyReturnedByUnit
    JointOnlyAfterReturn NotALeadUnit UnitNamedTwice NoAssistingUnit NoObjection AssistingUnitsMissing
    CoordinationRequired NotReturned
    NotLinkable
    OpinionMissing NoOpinionAsked ExtensionTooLate ExtensionLimitReached ExtensionTooLong
    ExtensionNotAllowed ExtensionNoticeMissing NoExtensionToTell StatementTooLate StatementUnjudged
    NoSuchStatement NothingToJudge ContentMissing MediationMissing UnknownGround GroundNeedsEvidence ExtensionNeedsApproval
    MustBeSentBack NameRequired EarlyEndTooLate
    RepeatStatementMissing NotARepeat NotRefilable AlreadyWithdrawn GoesOnOnlyReports RehandledBefore TypeFixed
    ExclusionNotProven AlreadyFollowedUp StatementWindowOver ServiceRatedBefore SupervisionUnfounded
    NoSuchSupervision NoSupervisionWaits DelayUnexplained NoSuchProposal Unchanged NothingDue PeriodOutOfRange
}

/// With unit GZ-CGJ since 09:05.
pub(crate) const DISPATCHED: &str = "
    2026-05-11 09:00 register complaint
    2026-05-11 09:05 dispatch GZ-CGJ";
/// Returned by unit GZ-GAJ.
pub(crate) const RETURNED: &str = "
    2026-05-11 09:00 register complaint
    2026-05-11 09:05 dispatch GZ-GAJ
    2026-05-11 09:10 return duty
    2026-05-11 09:15 approve";
/// Returned by three units, so coordinated.
pub(crate) const COORDINATED: &str = "
    2026-05-11 09:00 register complaint
    2026-05-11 09:05 dispatch GZ-GAJ
    2026-05-11 09:10 return duty
    2026-05-11 09:15 approve
    2026-05-11 09:20 dispatch GZ-SWJ
    2026-05-11 09:25 return facility
    2026-05-11 09:30 approve
    2026-05-11 09:35 dispatch GZ-JTJ
    2026-05-11 09:40 return area
    2026-05-11 09:45 approve";
/// Rated dissatisfied after the first handling.
pub(crate) const DISSATISFIED: &str = "
    2026-05-11 09:00 register complaint
    2026-05-11 09:05 dispatch GZ-CGJ
    2026-05-11 10:00 reply
    2026-05-11 10:01 submit
    2026-05-11 10:02 pass
    2026-05-11 10:03 offer
    2026-05-11 10:04 rate dissatisfied";
/// Called back after the second dissatisfied rating.
pub(crate) const TWICE: &str = "
    2026-05-11 09:00 register complaint
    2026-05-11 09:05 dispatch GZ-CGJ
    2026-05-11 10:00 reply
    2026-05-11 10:01 submit
    2026-05-11 10:02 pass
    2026-05-11 10:03 offer
    2026-05-11 10:04 rate dissatisfied
    2026-05-11 10:05 follow_up
    2026-05-11 10:06 send_back
    2026-05-11 10:07 reply
    2026-05-11 10:08 submit
    2026-05-11 10:09 pass
    2026-05-11 10:10 offer
    2026-05-11 10:11 rate very_dissatisfied";

/// What leads up to the rejection, under which rule set, and the line that meets it.
struct Met {
    past: &'static str,
    rules: fn(&mut RuleSet),
    line: &'static str,
}

const fn met(past: &'static str, line: &'static str) -> Met {
    const fn as_they_are(_: &mut RuleSet) {}
    Met {
        past,
        rules: as_they_are,
        line,
    }
}

fn documents_wanted(rules: &mut RuleSet) {
    for ground in &mut rules.statutory_grounds {
        ground.evidence_required = true;
    }
}

fn early_ends_while_verifying(rules: &mut RuleSet) {
    rules.options.early_end_window = EarlyEndWindow::Verification;
}

fn extensions_approved(rules: &mut RuleSet) {
    rules.options.extension_approval = ExtensionApproval::Center;
}

fn sent_back_always(rules: &mut RuleSet) {
    rules.options.send_back = SendBackDuty::UnlessExcluded;
}

fn by_name_only(rules: &mut RuleSet) {
    rules.options.anonymous = Anonymous::Refused;
}

fn no_late_returns(rules: &mut RuleSet) {
    rules.options.late_return = LateReturn::Refused;
}

/// At least one script for each; several where different rules give the same rejection.
fn all() -> impl Iterator<Item = &'static Met> {
    INTAKE.iter().chain(HANDLING).chain(ENDS)
}

const COMPLAINT: &str = "2026-05-11 09:00 register complaint";
const CONSULTATION: &str = "2026-05-11 09:00 register consultation";
const COMMENDATION: &str =
    "2026-05-11 09:00 register commendation\n2026-05-11 09:05 dispatch GZ-CGJ";
const ONLINE: &str =
    "2026-05-11 09:00 register complaint channel=online missing=yes\n2026-05-11 09:01 notice";
const BY_PHONE: &str = "2026-05-11 09:00 register complaint missing=yes";

#[rustfmt::skip]
const INTAKE: &[Met] = &[
    met(COMPLAINT, "2026-05-11 09:01 dispatch GZ-CGJ as=channel"),
    met(DISPATCHED, "2026-05-11 09:06 accept as=unit:GZ-GAJ"),
    met("", "2026-05-11 09:00 dispatch GZ-CGJ"),
    met(COMPLAINT, "2026-05-11 09:01 register complaint"),
    met("2026-05-11 09:00 register consultation\n2026-05-11 09:01 answer", "2026-05-11 09:02 route"),
    met(COMPLAINT, "2026-05-11 09:01 pass"),
    met(COMPLAINT, "2026-05-11 09:01 answer"),
    met(COMMENDATION, "2026-05-11 09:06 reply"),
    met(COMPLAINT, "2026-05-11 09:01 dispatch GZ-XXX"),
    met("", "2026-05-11 09:00 register complaint against=GZ-XXX"),
    met("", "2026-05-11 09:00 register complaint district=440107"),
    met(COMPLAINT, "2026-05-11 09:01 dispatch GZ-CGJ limit=5nd"),
    met(COMPLAINT, "2026-05-11 09:01 add at=08:59"),
    met(CONSULTATION, "2026-05-11 09:01 answer point="),
    met("", "2026-05-11 09:00 register complaint real_name=dispute given=name,contact"),
    met("", "2026-05-11 09:00 register complaint real_name=own given=name,id,contact conceal=phone"),
    met("2026-05-11 09:00 register complaint real_name=dispute given=name,id,contact",
        "2026-05-11 09:01 conceal phone"),
    met(BY_PHONE, "2026-05-11 09:01 supply who=other"),
    met(COMPLAINT, "2026-05-11 09:01 withdraw who=verified"),
    met(COMPLAINT, "2026-05-11 09:01 conceal nothing"),
    met(BY_PHONE, "2026-05-11 09:01 assess sufficient"),
    met(ONLINE, "2026-05-15 00:00:01 supply"),
    met(BY_PHONE, "2026-05-11 09:01 notice"),
    met(ONLINE, "2026-05-11 09:02 close_incomplete unreachable"),
    met(BY_PHONE, "2026-05-11 09:01 close_incomplete unreachable"),
    met("", "2026-05-11 09:00 register complaint refiled=20260501-EARLIERXXX related=same"),
    met(COMPLAINT, "2026-05-11 09:01 reclassify complaint"),
    met(COMPLAINT, "2026-05-11 09:01 due dispatch"),
    met(COMPLAINT, "2026-05-11 09:01 dispatch GZ-CGJ limit=0wd basis=文件"),
];

const LEAD: &str = "
    2026-05-11 09:00 register complaint
    2026-05-11 09:05 dispatch GZ-GAJ
    2026-05-11 09:10 return duty
    2026-05-11 09:15 approve
    2026-05-11 09:20 dispatch GZ-CGJ joint=yes";
const OBJECTED: &str = "
    2026-05-11 09:00 register complaint
    2026-05-11 09:05 dispatch GZ-GAJ
    2026-05-11 09:10 return duty
    2026-05-11 09:15 approve
    2026-05-11 09:20 dispatch GZ-CGJ joint=yes
    2026-05-11 09:25 assist GZ-GAJ,GZ-SWJ
    2026-05-11 09:26 object";
const EXTENDED_TWICE: &str = "
    2026-05-11 09:00 register complaint
    2026-05-11 09:05 dispatch GZ-CGJ
    2026-05-11 09:10 extend 10wd
    2026-05-11 09:11 told
    2026-05-11 09:12 extend 10wd
    2026-05-11 09:13 told";
const EXTENDED: &str = "
    2026-05-11 09:00 register complaint
    2026-05-11 09:05 dispatch GZ-CGJ
    2026-05-11 09:10 extend 10wd";
const ADDED: &str = "
    2026-05-11 09:00 register complaint
    2026-05-11 09:05 dispatch GZ-CGJ
    2026-05-11 09:10 add
    2026-05-11 09:15 reply";
const REPLIED: &str = "
    2026-05-11 09:00 register complaint
    2026-05-11 09:05 dispatch GZ-CGJ
    2026-05-11 09:15 reply";
const MEDIATION: &str = "
    2026-05-11 09:00 register complaint mediation=yes
    2026-05-11 09:05 dispatch GZ-CGJ
    2026-05-11 09:15 reply";
const ANSWERED_CALL: &str = "
    2026-05-11 09:00 register complaint
    2026-05-11 09:05 dispatch GZ-CGJ
    2026-05-11 09:15 call 09:14..09:15 answered";
const RETURN_REFUSED: &str = "
    2026-05-11 09:00 register complaint
    2026-05-11 09:05 dispatch GZ-CGJ
    2026-05-11 09:10 return duty
    2026-05-11 09:15 reject";
const SENT_BACK: &str = "
    2026-05-11 09:00 register complaint
    2026-05-11 09:05 dispatch GZ-CGJ
    2026-05-11 10:00 reply
    2026-05-11 10:01 submit
    2026-05-11 10:02 pass
    2026-05-11 10:03 offer
    2026-05-11 10:04 rate dissatisfied
    2026-05-11 10:05 follow_up
    2026-05-11 10:06 send_back";
const SUBMITTED: &str = "
    2026-05-11 09:00 register complaint
    2026-05-11 09:05 dispatch GZ-CGJ
    2026-05-11 09:15 submit not_wanted";
const DETERMINED: &str = "
    2026-05-11 09:00 register complaint
    2026-05-11 09:05 dispatch GZ-GAJ
    2026-05-11 09:10 return duty
    2026-05-11 09:15 approve
    2026-05-11 09:20 dispatch GZ-SWJ
    2026-05-11 09:25 return facility
    2026-05-11 09:30 approve
    2026-05-11 09:35 dispatch GZ-JTJ
    2026-05-11 09:40 return area
    2026-05-11 09:45 approve
    2026-05-11 09:50 ask_opinion duty_division GZ-BB
    2026-05-11 09:55 opinion
    2026-05-11 10:00 dispatch GZ-GAJ";

#[rustfmt::skip]
const HANDLING: &[Met] = &[
    met(DISPATCHED, "2026-05-11 09:10 reply evidence=none"),
    met(DISPATCHED, "2026-05-11 09:10 submit"),
    met(REPLIED, "2026-05-11 09:20 submit not_wanted"),
    met(DISPATCHED, "2026-05-11 09:10 submit unreachable"),
    met(DISPATCHED, "2026-05-11 09:10 submit end=unreachable"),
    met(ANSWERED_CALL, "2026-05-11 09:20 submit unreachable"),
    met(DISPATCHED, "2026-05-14 00:00:01 return duty"),
    Met {
        past: DISPATCHED,
        rules: no_late_returns,
        line: "2026-05-14 00:00:01 allow_late",
    },
    met(SENT_BACK, "2026-05-11 10:07 return duty"),
    met(DETERMINED, "2026-05-11 10:07 return duty"),
    met(RETURN_REFUSED, "2026-05-11 09:20 return area"),
    met(DISPATCHED, "2026-05-11 09:20 return facility proof=none"),
    met(RETURNED, "2026-05-11 09:20 dispatch GZ-GAJ"),
    met("2026-05-11 09:00 register complaint", "2026-05-11 09:20 dispatch GZ-GAJ joint=yes"),
    met(DISPATCHED, "2026-05-11 09:20 assist GZ-GAJ"),
    met(LEAD, "2026-05-11 09:30 assist GZ-GAJ,GZ-CGJ"),
    met(LEAD, "2026-05-11 09:30 release GZ-SWJ"),
    met(OBJECTED, "2026-05-11 09:30 release GZ-JTJ"),
    met(LEAD, "2026-05-11 09:30 submit not_wanted"),
    met(COORDINATED, "2026-05-11 09:50 route"),
    met("2026-05-11 09:00 register complaint", "2026-05-11 09:20 coordinate"),
    met(DISPATCHED, "2026-05-11 09:20 link to=20260918-TESTTESTTE"),
    met(COORDINATED, "2026-05-11 09:50 dispatch GZ-GAJ"),
    met(COORDINATED, "2026-05-11 09:50 opinion"),
    met(DISPATCHED, "2026-05-26 00:00:00 extend 10wd"),
    met(EXTENDED_TWICE, "2026-05-11 09:20 extend 1wd"),
    met(DISPATCHED, "2026-05-11 09:20 extend 11wd"),
    met(SENT_BACK, "2026-05-11 10:07 extend 1wd"),
    met(EXTENDED, "2026-05-11 09:20 extend 1wd"),
    met(EXTENDED, "2026-05-11 09:20 submit not_wanted"),
    met(DISPATCHED, "2026-05-11 09:20 told"),
    met(SUBMITTED, "2026-05-11 09:20 add"),
    met(ADDED, "2026-05-11 09:20 submit"),
    met(ADDED, "2026-05-11 09:20 judge affects statement=2"),
    met(DISPATCHED, "2026-05-11 09:20 judge affects statement=2"),
    met(SENT_BACK, "2026-05-11 10:07 reclassify help_request"),
    met(REPLIED, "2026-05-11 09:20 submit content=none"),
    met(MEDIATION, "2026-05-11 09:20 submit"),
    met(REPLIED, "2026-05-11 09:20 submit end=statutory ground=P11_2_9"),
    Met {
        past: REPLIED,
        rules: documents_wanted,
        line: "2026-05-11 09:20 submit end=statutory",
    },
    Met {
        past: DISPATCHED,
        rules: extensions_approved,
        line: "2026-05-11 09:20 extend 5wd",
    },
    Met {
        past: CALLED_BACK,
        rules: sent_back_always,
        line: "2026-05-11 10:20 close",
    },
    Met {
        past: "",
        rules: by_name_only,
        line: COMPLAINT,
    },
    Met {
        past: REPLIED,
        rules: early_ends_while_verifying,
        line: "2026-05-14 00:00:01 submit end=statutory",
    },
    met(REPLIED, "2026-05-11 09:20 submit end=repeat statement=none earlier=A related=same,finished"),
    met(REPLIED, "2026-05-11 09:20 submit end=repeat earlier=A related=same"),
    met(REPLIED, "2026-05-11 09:20 submit end=progress earlier=A related=same,finished"),
];

const CALLED_BACK: &str = "
    2026-05-11 09:00 register complaint
    2026-05-11 09:05 dispatch GZ-CGJ
    2026-05-11 10:00 reply
    2026-05-11 10:01 submit
    2026-05-11 10:02 pass
    2026-05-11 10:03 offer
    2026-05-11 10:04 rate dissatisfied
    2026-05-11 10:05 follow_up";
const OFFERED: &str = "
    2026-05-11 09:00 register complaint
    2026-05-11 09:05 dispatch GZ-CGJ
    2026-05-11 10:00 reply
    2026-05-11 10:01 submit
    2026-05-11 10:02 pass
    2026-05-11 10:03 offer";
const CALLED_BACK_TWICE: &str = "
    2026-05-11 09:00 register complaint
    2026-05-11 09:05 dispatch GZ-CGJ
    2026-05-11 10:00 reply
    2026-05-11 10:01 submit
    2026-05-11 10:02 pass
    2026-05-11 10:03 offer
    2026-05-11 10:04 rate dissatisfied
    2026-05-11 10:05 follow_up
    2026-05-11 10:06 send_back
    2026-05-11 10:07 reply
    2026-05-11 10:08 submit
    2026-05-11 10:09 pass
    2026-05-11 10:10 offer
    2026-05-11 10:11 rate very_dissatisfied
    2026-05-11 10:12 follow_up";
const WITHDRAWN: &str = "
    2026-05-11 09:00 register complaint
    2026-05-11 09:05 dispatch GZ-CGJ
    2026-05-11 09:10 withdraw";
const LATE: &str = "
    2026-05-11 09:00 register complaint
    2026-05-11 09:05 dispatch GZ-CGJ
    2026-05-26 09:00 due handling
    2026-05-26 09:10 supervise overdue";

#[rustfmt::skip]
const ENDS: &[Met] = &[
    met(OFFERED, "2026-05-17 00:00:01 rate satisfied"),
    met(DISSATISFIED, "2026-05-11 10:05 rate satisfied"),
    met(DISSATISFIED, "2026-05-11 10:05 withdraw"),
    met(DISSATISFIED, "2026-05-11 10:05 close"),
    met(WITHDRAWN, "2026-05-11 09:15 rate satisfied"),
    met(WITHDRAWN, "2026-05-11 09:15 withdraw"),
    met(WITHDRAWN, "2026-05-11 09:15 close_withdrawn goes_on=yes"),
    met(TWICE, "2026-05-11 10:20 send_back"),
    met(CALLED_BACK, "2026-05-11 10:20 close exclusion=mediated"),
    met(CALLED_BACK_TWICE, "2026-05-11 10:20 follow_up"),
    met(CALLED_BACK_TWICE, "2026-05-19 00:00:01 statement"),
    met("2026-05-11 09:00 register complaint\n2026-05-11 09:01 service satisfied",
        "2026-05-11 09:02 service dissatisfied"),
    met(DISPATCHED, "2026-05-11 09:15 supervise overdue"),
    met(LATE, "2026-05-26 09:15 accept_answer"),
    met(LATE, "2026-05-26 09:15 answer_supervision supervision=1"),
    met(LATE, "2026-05-26 09:15 answer_supervision explained=no"),
    met(DISPATCHED, "2026-05-11 09:15 dismiss"),
];

#[test]
fn each_is_met_and_has_code_article_and_way_out() {
    let mut seen: BTreeMap<&str, Rejection> = BTreeMap::new();
    for Met { past, rules, line } in all() {
        let mut world = World::under(*rules);
        if !past.is_empty() {
            world.accept(past);
        }
        let rejection = world.step(line).result.expect_err(line);
        seen.entry(variant(&rejection)).or_insert(rejection);
    }
    let mut codes: BTreeMap<&str, &str> = BTreeMap::new();
    let mut table = String::new();
    for name in VARIANTS {
        let rejection = seen
            .get(name)
            .unwrap_or_else(|| panic!("no script meets {name}"));
        let (code, article, way_out) = (rejection.code(), rejection.article(), rejection.way_out());
        let other = codes.insert(code, name);
        assert_eq!(other, None, "{code} is used twice");
        assert!(!way_out.is_empty(), "{code} shows no way out");
        writeln!(table, "{code} | {article} | {rejection} | {way_out}").unwrap();
    }
    expect_file!["snapshots/rejections.txt"].assert_eq(&table);
}
