//! What can be asked of a point. Imperative names; each is one step of a person.

use lifecycle::ids::{TextId, UnitCode};
use serde::Serialize;

use super::content::Content;
use super::event::Subject;
use super::validity::{Span, Term};

/// A command on a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Begin a new point (R66).
    Draft(NewPoint),
    /// Change the draft. One that is under review goes back to its writer (R66).
    Edit {
        /// What it says now.
        content: Content,
        /// How long it is to be valid.
        term: Term,
    },
    /// Begin a new draft beside what is published, was taken down or has expired (R66).
    Revise {
        /// What it says.
        content: Content,
        /// How long it is to be valid.
        term: Term,
    },
    /// Drop the draft.
    Discard,
    /// Record what the plugins find; the shell has asked them and hands over what they said.
    Check {
        /// Of what.
        subject: Subject,
    },
    /// Hand the draft to a second person (R66).
    Submit,
    /// Review the draft, by a second person (R66).
    Review {
        /// The revision that was read.
        revision: u32,
        /// What came of it.
        verdict: Verdict,
    },
    /// The owner confirms that the published version is still right, before it expires (R67). A new
    /// validity begins with the confirmation.
    Confirm {
        /// How long from now; none for as long as the version was to be valid at first.
        span: Option<Span>,
    },
    /// Ask the centre for a longer validity of the published version (R67).
    RequestLonger {
        /// How long, from the approval.
        span: Span,
        /// Why.
        reason: String,
    },
    /// The centre decides about a longer validity (R67).
    DecideLonger {
        /// Of what.
        of: LongerFor,
        /// How.
        verdict: Verdict,
    },
    /// Take the published version down (R66).
    TakeDown {
        /// Why.
        reason: TextId,
    },
    /// Let a version that was taken down answer again, while its validity lasts (R66).
    Restore,
}

/// A new point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPoint {
    /// The unit that it will be owned by.
    pub owner: UnitCode,
    /// What it says.
    pub content: Content,
    /// How long it is to be valid.
    pub term: Term,
}

/// What came of a review or of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is right.
    Pass,
    /// It is not.
    Fail {
        /// Why.
        reason: TextId,
    },
}

/// What a longer validity is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LongerFor {
    /// A draft that passed its review and is published by the approval.
    Draft,
    /// The published version.
    Published,
}

/// The kinds of command, without what they carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CommandKind {
    /// See [`Command::Draft`].
    Draft,
    /// See [`Command::Edit`].
    Edit,
    /// See [`Command::Revise`].
    Revise,
    /// See [`Command::Discard`].
    Discard,
    /// See [`Command::Check`].
    Check,
    /// See [`Command::Submit`].
    Submit,
    /// See [`Command::Review`].
    Review,
    /// See [`Command::Confirm`].
    Confirm,
    /// See [`Command::RequestLonger`].
    RequestLonger,
    /// See [`Command::DecideLonger`].
    DecideLonger,
    /// See [`Command::TakeDown`].
    TakeDown,
    /// See [`Command::Restore`].
    Restore,
}

impl CommandKind {
    /// All kinds, in the order of their declaration.
    pub const ALL: [Self; 12] = [
        Self::Draft,
        Self::Edit,
        Self::Revise,
        Self::Discard,
        Self::Check,
        Self::Submit,
        Self::Review,
        Self::Confirm,
        Self::RequestLonger,
        Self::DecideLonger,
        Self::TakeDown,
        Self::Restore,
    ];

    /// Stable name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft_point",
            Self::Edit => "edit_point",
            Self::Revise => "revise_point",
            Self::Discard => "discard_draft",
            Self::Check => "check_point",
            Self::Submit => "submit_point",
            Self::Review => "review_point",
            Self::Confirm => "confirm_point",
            Self::RequestLonger => "request_longer_validity",
            Self::DecideLonger => "decide_longer_validity",
            Self::TakeDown => "take_down_point",
            Self::Restore => "restore_point",
        }
    }
}

impl Command {
    /// Which kind of command it is.
    #[must_use]
    pub const fn kind(&self) -> CommandKind {
        match self {
            Self::Draft(_) => CommandKind::Draft,
            Self::Edit { .. } => CommandKind::Edit,
            Self::Revise { .. } => CommandKind::Revise,
            Self::Discard => CommandKind::Discard,
            Self::Check { .. } => CommandKind::Check,
            Self::Submit => CommandKind::Submit,
            Self::Review { .. } => CommandKind::Review,
            Self::Confirm { .. } => CommandKind::Confirm,
            Self::RequestLonger { .. } => CommandKind::RequestLonger,
            Self::DecideLonger { .. } => CommandKind::DecideLonger,
            Self::TakeDown { .. } => CommandKind::TakeDown,
            Self::Restore => CommandKind::Restore,
        }
    }
}
