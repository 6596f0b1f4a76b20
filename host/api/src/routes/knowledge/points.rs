//! Commands on knowledge points (Art. 33–35, R66, R67), one route each.

use axum::extract::State;
use axum::response::Response;
use knowledge_base::point::CommandKind;

use super::reading::PointNumber;
use super::{command, open, opening, perform};
use crate::auth::Caller;
use crate::dto::knowledge::{
    DraftDiscard, DraftEdit, LongerDecision, LongerValidity, NewPoint, PointCheck,
    PointConfirmation, PointReview, PointRevision, Restoration, Submission, TakeDown,
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
    /// Begin a knowledge point.
    ///
    /// As a draft, which may be unfinished; its unit owns it from now on (Art. 34, R66). For units, their
    /// own, and for the centre.
    draft_point, "/knowledge/points", CommandKind::Draft, NewPoint
}

command! {
    /// Change the draft.
    ///
    /// All of it is sent. One that is under review goes back to its writer (Art. 34, R66). For the unit
    /// and the centre.
    edit_point, "/knowledge/points/{number}/draft", PointNumber, CommandKind::Edit, DraftEdit
}

command! {
    /// Begin a new draft beside what is there.
    ///
    /// What is published stays as it is until the next version takes its place (Art. 34, R66). For the
    /// unit and the centre.
    revise_point, "/knowledge/points/{number}/revision", PointNumber, CommandKind::Revise, PointRevision
}

command! {
    /// Drop the draft.
    ///
    /// (Art. 34, R66). For the unit and the centre.
    discard_draft, "/knowledge/points/{number}/discard", PointNumber, CommandKind::Discard,
    Option<DraftDiscard>
}

command! {
    /// Ask the plugins about the draft or the published version.
    ///
    /// The checks of unit, district and city are all asked; what each found stands in the answer with its
    /// scope and image. A finding that blocks keeps a draft from its review; a plugin that fails blocks
    /// nothing (Art. 34, R66). For the unit and the centre.
    check_point, "/knowledge/points/{number}/check", PointNumber, CommandKind::Check, PointCheck
}

command! {
    /// Hand the draft to a second person.
    ///
    /// It must have been checked as it stands, without a finding that blocks, and have what Art. 34 asks
    /// of every point (R66). For the unit and the centre.
    submit_point, "/knowledge/points/{number}/submission", PointNumber, CommandKind::Submit,
    Option<Submission>
}

command! {
    /// Review the draft.
    ///
    /// By a person of the unit who has neither written it nor handed it in. `pass` publishes it as the
    /// next version, or hands it to the centre where its validity is longer than Art. 35 allows in
    /// principle (Art. 34, R66, R67). For the unit and its leader.
    review_point, "/knowledge/points/{number}/review", PointNumber, CommandKind::Review, PointReview
}

command! {
    /// Confirm that the published version is still right.
    ///
    /// Before it expires; a new validity of at most the same length begins (Art. 35, R67). For the unit.
    confirm_point, "/knowledge/points/{number}/confirmation", PointNumber, CommandKind::Confirm,
    Option<PointConfirmation>
}

command! {
    /// Ask for a longer validity of the published version.
    ///
    /// With the reason; the clock runs on until the centre has decided (Art. 35, R67). For the unit.
    request_longer_validity, "/knowledge/points/{number}/longer-validity", PointNumber,
    CommandKind::RequestLonger, LongerValidity
}

command! {
    /// Decide about a longer validity.
    ///
    /// Of a draft that passed its review, which the approval publishes, or of the published version
    /// (Art. 35, R67). For the centre.
    decide_longer_validity, "/knowledge/points/{number}/longer-validity-decision", PointNumber,
    CommandKind::DecideLonger, LongerDecision
}

command! {
    /// Take the published version down.
    ///
    /// From now on nothing is answered from it; the other side is told (Art. 33, 34, R66). For the unit
    /// and the centre.
    take_down_point, "/knowledge/points/{number}/take-down", PointNumber, CommandKind::TakeDown,
    TakeDown
}

command! {
    /// Let a point that was taken down answer again.
    ///
    /// While its validity lasts; what the centre took down, only the centre restores (Art. 33(2), R66).
    restore_point, "/knowledge/points/{number}/restoration", PointNumber, CommandKind::Restore,
    Option<Restoration>
}
