//! Why a command is refused: which field, what is wrong with it, and the way out.

use std::fmt;

use chrono::{DateTime, Utc};
use contract::about::Kind;

use crate::{Digest, Standing};

const PUSH_IT: &str = "push it first, or take a digest from the list of images";
const KEPT_ALREADY: &str = "it is kept already: activate it by its digest";
const OF_THAT_KIND: &str = "choose an image of that kind";
const TO_COME: &str = "leave it out to activate at once, or give an instant to come";
const LISTED: &str = "take the number from the list of activations";
const NOTHING_LEFT: &str = "nothing is left to do";
const BY_HAND: &str = "activate the image by hand if the list is right";
const TRY_IT: &str = "try it on stored decisions for this scope and kind, then propose it again";
const TRY_IT_ALL: &str =
    "try it on so many days up to now, for this scope and kind, then propose or approve it again";
const ACTIVATE_SOMETHING: &str = "activate an image, or no image to leave it to the wider scope";
const SAY_WHERE_TO: &str = "name the activation to return to, if it is to be an earlier one";
const ACTIVATE_IT: &str = "activate the image anew, as the scope's policy asks for it";
const MEND_IT: &str = "mend the rule and try it anew, or have the scope's policy changed";
const ONLY_WAITING: &str = "only what waits for approval is approved; look at its standing";
const ANOTHER_ADMIN: &str = "have another admin approve it";
const GO_BACK: &str = "roll back to an earlier activation, or end the candidate";
const FROM_HISTORY: &str =
    "take one from the history of this scope and kind that was in effect before";
const ONLY_RUNNING: &str =
    "end a candidate that runs; withdraw what is to come, roll back what is active";

/// A rejection. Variants stand in order of precedence: permission first, then what was given, then
/// what the log says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// The actor's role may not do this.
    NotPermitted {
        /// What was asked.
        command: &'static str,
        /// Who may.
        who: &'static str,
    },
    /// A field is empty, too long, or not of the form that it must have.
    BadField {
        /// Which field.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
        /// What would be right.
        way_out: &'static str,
    },
    /// There is no such image.
    UnknownImage {
        /// The digest that was given.
        image: Digest,
    },
    /// The image is known already.
    AlreadyPushed {
        /// The image.
        image: Digest,
    },
    /// The image answers another question.
    WrongKind {
        /// The kind that was asked for.
        asked: Kind,
        /// The image's kind.
        found: Kind,
    },
    /// The instant lies in the past.
    InThePast {
        /// The instant that was given.
        from: DateTime<Utc>,
        /// The present one.
        now: DateTime<Utc>,
    },
    /// There is no such activation or policy.
    UnknownActivation {
        /// The field that named it.
        field: &'static str,
        /// The id that was given.
        id: u64,
    },
    /// Exactly this is in effect, or waits to be.
    AlreadyThere {
        /// The activation.
        activation: u64,
        /// How it stands.
        standing: Standing,
    },
    /// A person decides in this scope; the list of rules does not undo it.
    LeftToPerson {
        /// The person's activation.
        activation: u64,
    },
    /// The list activated this last; what came after stays.
    ListUnchanged {
        /// The list's activation.
        activation: u64,
    },
    /// The scope asks for a trial first.
    NotTried {
        /// On how many days of decisions.
        days: u16,
    },
    /// The trial left out some of the decisions that the scope asks for, or is old.
    TrialTooNarrow {
        /// On how many days of decisions, and how old it may be.
        days: u16,
    },
    /// The trial changed more, or failed more often, than the scope allows.
    TrialBeyondLimit {
        /// What it did with the share: `changed` or `failed in`.
        did: &'static str,
        /// The share, in thousandths.
        permille: u16,
        /// The share that is allowed, in thousandths.
        permille_max: u16,
    },
    /// Nothing answered in this scope before.
    NothingBefore,
    /// The scope was returned to what answered before already.
    ReturnedAlready {
        /// The rollback.
        activation: u64,
    },
    /// A rollback returned from this image, and nobody has activated it anew since.
    LeftByRollback {
        /// The activation that was to be returned to.
        activation: u64,
        /// The rollback.
        rollback: u64,
    },
    /// It does not wait for approval.
    NotAwaitingApproval {
        /// The activation.
        activation: u64,
        /// How it stands.
        standing: Standing,
    },
    /// Whoever proposed it cannot be the second person.
    SamePerson {
        /// The person's name.
        name: String,
    },
    /// It cannot be withdrawn any more.
    TooLateToWithdraw {
        /// The activation.
        activation: u64,
        /// How it stands.
        standing: Standing,
    },
    /// One cannot return to this activation.
    NotEarlier {
        /// The activation.
        activation: u64,
        /// Why not.
        problem: &'static str,
    },
    /// It is no candidate that runs.
    NotACandidate {
        /// The activation.
        activation: u64,
        /// Why not.
        problem: &'static str,
    },
}

impl Rejection {
    /// A stable code for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.told().0
    }

    /// The field of the request that it is about.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        self.told().1
    }

    /// What to do instead.
    #[must_use]
    pub const fn way_out(&self) -> &'static str {
        self.told().2
    }

    /// Code, field and way out.
    const fn told(&self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::NotPermitted { who, .. } => ("not_permitted", "role", who),
            Self::BadField { field, way_out, .. } => ("bad_field", field, way_out),
            Self::UnknownImage { .. } => ("unknown_image", "image", PUSH_IT),
            Self::AlreadyPushed { .. } => ("already_pushed", "image", KEPT_ALREADY),
            Self::WrongKind { .. } => ("wrong_kind", "kind", OF_THAT_KIND),
            Self::InThePast { .. } => ("in_the_past", "from", TO_COME),
            Self::UnknownActivation { field, .. } => ("unknown_activation", field, LISTED),
            Self::AlreadyThere { .. } => ("already_there", "image", NOTHING_LEFT),
            Self::LeftToPerson { .. } => ("left_to_person", "scope", BY_HAND),
            Self::ListUnchanged { .. } => ("list_unchanged", "image", NOTHING_LEFT),
            Self::NotTried { .. } => ("not_tried", "image", TRY_IT),
            Self::TrialTooNarrow { .. } => ("trial_too_narrow", "image", TRY_IT_ALL),
            Self::TrialBeyondLimit { .. } => ("trial_beyond_limit", "image", MEND_IT),
            Self::NothingBefore => ("nothing_before", "to", ACTIVATE_SOMETHING),
            Self::ReturnedAlready { .. } => ("returned_already", "to", SAY_WHERE_TO),
            Self::LeftByRollback { .. } => ("left_by_rollback", "to", ACTIVATE_IT),
            Self::NotAwaitingApproval { .. } => ("not_awaiting_approval", "id", ONLY_WAITING),
            Self::SamePerson { .. } => ("same_person", "id", ANOTHER_ADMIN),
            Self::TooLateToWithdraw { .. } => ("too_late_to_withdraw", "id", GO_BACK),
            Self::NotEarlier { .. } => ("not_earlier", "to", FROM_HISTORY),
            Self::NotACandidate { .. } => ("not_a_candidate", "activation", ONLY_RUNNING),
        }
    }

    /// What is wrong.
    #[must_use]
    pub fn problem(&self) -> String {
        match self {
            Self::NotPermitted { command, .. } => format!("this role may not {command}"),
            Self::BadField { problem, .. } => problem.clone(),
            Self::UnknownImage { image } => format!("there is no image {image}"),
            Self::AlreadyPushed { image } => format!("the image {image} is known"),
            Self::WrongKind { asked, found } => {
                format!("the image answers `{found}`, not `{asked}`")
            }
            Self::InThePast { from, now } => format!("{from} lies before {now}"),
            Self::UnknownActivation { id, .. } => format!("there is no activation {id}"),
            Self::AlreadyThere {
                activation,
                standing,
            } => format!(
                "activation {activation} says exactly this and is {}",
                standing.name()
            ),
            Self::LeftToPerson { activation } => {
                format!("a person decided here, with activation {activation}")
            }
            Self::ListUnchanged { activation } => {
                format!("the list activated this last, with activation {activation}")
            }
            Self::NotTried { days } => format!(
                "it was not tried, and here it must have been, on the decisions of the last {days} days"
            ),
            Self::TrialTooNarrow { days } => format!(
                "its trial left out some decisions of the {days} days before it, or is older than that"
            ),
            Self::TrialBeyondLimit {
                did,
                permille,
                permille_max,
            } => format!(
                "its trial {did} {permille} ‰ of the decisions, and {permille_max} ‰ are allowed here"
            ),
            Self::NothingBefore => "nothing answered here before".to_owned(),
            Self::ReturnedAlready { activation } => {
                format!("rollback {activation} returned to what answered before already")
            }
            Self::LeftByRollback {
                activation,
                rollback,
            } => format!(
                "rollback {rollback} returned from the image of activation {activation}, and nobody has \
                 activated it since"
            ),
            Self::NotAwaitingApproval {
                activation,
                standing,
            } => format!("activation {activation} is {}", standing.name()),
            Self::SamePerson { name } => format!("{name} proposed it"),
            Self::TooLateToWithdraw {
                activation,
                standing,
            } => format!("activation {activation} is {}", standing.name()),
            Self::NotEarlier {
                activation,
                problem,
            }
            | Self::NotACandidate {
                activation,
                problem,
            } => format!("activation {activation} {problem}"),
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {}; {}",
            self.field(),
            self.problem(),
            self.way_out()
        )
    }
}

impl std::error::Error for Rejection {}
