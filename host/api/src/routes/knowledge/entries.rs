//! Commands on feedback (Art. 36, R68), on notices of changes (Art. 37, R69) and on outages (Art. 38,
//! R70), one route each.

use axum::extract::State;
use axum::response::Response;
use knowledge_base::{change, feedback, outage};

use super::reading::{ChangeNumber, FeedbackNumber, OutageNumber};
use super::{command, open, opening, perform};
use crate::auth::Caller;
use crate::dto::knowledge::{
    ChangeAcknowledgement, ChangeAmendment, ChangeCancellation, ChangeClosing, ChangePassedOn,
    FeedbackAnswer, FeedbackWithdrawal, NewChange, NewFeedback, NewMeasure, NewOutage, OutageEnd,
    OutageNotice, OutageProgress, OutageScript, OutageState,
};
use crate::extract::{Body, Path};
use crate::headers::{Conditions, IdempotencyHeader};
use crate::openapi::{
    CommandParameters, IdempotencyParameter, KnowledgeDone, KnowledgeErrors, KnowledgeOpened,
    OpenKnowledgeErrors,
};
use crate::problem::Problem;
use crate::state::AppState;

opening! {
    /// Ask a unit to see to a point, or to write one.
    ///
    /// It answers within two working days, or one in an emergency (Art. 36, R68). For the centre.
    open_feedback, "/knowledge/feedback", feedback::CommandKind::Open, NewFeedback
}

command! {
    /// Answer a feedback.
    ///
    /// What was done must be there: a new version, a confirmation, a new point. That nothing is to be done
    /// is an answer too, and says why. A late answer is taken, and marked as late (Art. 36(2), R68). For
    /// the unit.
    answer_feedback, "/knowledge/feedback/{number}/answer", FeedbackNumber,
    feedback::CommandKind::Answer, FeedbackAnswer
}

command! {
    /// Take a feedback back.
    ///
    /// It was a mistake (Art. 36, R68). For the centre.
    withdraw_feedback, "/knowledge/feedback/{number}/withdrawal", FeedbackNumber,
    feedback::CommandKind::Withdraw, FeedbackWithdrawal
}

opening! {
    /// Announce a change of policy or business.
    ///
    /// Before it takes effect, with the joint measures that were agreed on; how long before is a fact, and
    /// a short time is a warning (Art. 37, R69). For units, and for the centre where it was told
    /// otherwise.
    announce_change_notice, "/knowledge/changes", change::CommandKind::Announce, NewChange
}

command! {
    /// Amend the notice of a change.
    ///
    /// Another day, or another change (Art. 37, R69). For the unit and the centre.
    amend_change_notice, "/knowledge/changes/{number}/amendment", ChangeNumber,
    change::CommandKind::Amend, ChangeAmendment
}

command! {
    /// Say that the centre has seen the notice.
    ///
    /// (Art. 37, R69). For the centre.
    acknowledge_change_notice, "/knowledge/changes/{number}/acknowledgement", ChangeNumber,
    change::CommandKind::Acknowledge, Option<ChangeAcknowledgement>
}

command! {
    /// Record that the centre told others of the change.
    ///
    /// Agents, districts' offices, other units (Art. 37, R69). For the centre.
    pass_on_change_notice, "/knowledge/changes/{number}/passing-on", ChangeNumber,
    change::CommandKind::PassOn, ChangePassedOn
}

command! {
    /// Record a joint measure that was taken.
    ///
    /// One of the five of Art. 37(1) (R69). For the unit and the centre.
    record_measure, "/knowledge/changes/{number}/measures", ChangeNumber,
    change::CommandKind::RecordMeasure, NewMeasure
}

command! {
    /// Close the notice of a change.
    ///
    /// Nothing more is to be done (Art. 37, R69). For the unit and the centre.
    close_change_notice, "/knowledge/changes/{number}/closing", ChangeNumber,
    change::CommandKind::Close, ChangeClosing
}

command! {
    /// Say that the announced change does not come.
    ///
    /// (Art. 37, R69). For the unit and the centre.
    cancel_change_notice, "/knowledge/changes/{number}/cancellation", ChangeNumber,
    change::CommandKind::Cancel, ChangeCancellation
}

opening! {
    /// Report that a site or app is down.
    ///
    /// From then on the answer script is due within one calendar day (Art. 38, R70). For units, and for
    /// the centre where it notices first.
    report_outage, "/knowledge/outages", outage::CommandKind::Report, NewOutage
}

command! {
    /// Correct what is known of an outage.
    ///
    /// Cause, affected scope, expected recovery (Art. 38, R70). For the unit and the centre.
    correct_outage, "/knowledge/outages/{number}/correction", OutageNumber,
    outage::CommandKind::Correct, OutageState
}

command! {
    /// Record what was published on the home page.
    ///
    /// Cause, time, affected scope and recovery, as they stand there (Art. 38, R70). For the unit.
    publish_outage_notice, "/knowledge/outages/{number}/notices", OutageNumber,
    outage::CommandKind::PublishNotice, OutageNotice
}

command! {
    /// Give the answer script of an outage.
    ///
    /// The first within one calendar day; later ones replace it (Art. 38, R70). For the unit.
    provide_outage_script, "/knowledge/outages/{number}/scripts", OutageNumber,
    outage::CommandKind::ProvideScript, OutageScript
}

command! {
    /// Tell the centre how a long outage goes.
    ///
    /// In its second stage, with a new script or with staff beside the agents (Art. 38, R70). For the
    /// unit.
    tell_outage_progress, "/knowledge/outages/{number}/progress", OutageNumber,
    outage::CommandKind::TellProgress, OutageProgress
}

command! {
    /// Say that the service works again.
    ///
    /// (Art. 38, R70). For the unit and the centre.
    end_outage, "/knowledge/outages/{number}/end", OutageNumber, outage::CommandKind::End, OutageEnd
}
