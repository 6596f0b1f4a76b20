//! Why a command on a dossier is refused. Variants stand in order of precedence: permission first, so
//! that no later answer leaks what the caller may not know. Each names its article and the way out.

use serde::Serialize;

use super::state::{DossierId, DossierKind};
use crate::ids::{DistrictCode, OrderId, UnitCode};

/// A rejection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "rejection")]
pub enum Rejection {
    /// The actor's role may not do this.
    #[error("this role may not {command}")]
    NotPermitted {
        /// The command.
        command: &'static str,
    },
    /// The dossier concerns others.
    #[error("the dossier does not concern {party}")]
    NotAParty {
        /// Code of the unit or district that asked.
        party: String,
    },
    /// There is no such dossier yet.
    #[error("the dossier does not exist")]
    NotOpened,
    /// A dossier of that number exists.
    #[error("the dossier exists already")]
    AlreadyOpened,
    /// The command is for dossiers of another kind.
    #[error("the dossier is a {kind}; the command is for a {needed}")]
    WrongKind {
        /// What the dossier is.
        kind: DossierKind,
        /// What the command needs.
        needed: DossierKind,
    },
    /// The dossier has ended; nothing but reading is possible.
    #[error("the dossier {dossier} is closed")]
    Closed {
        /// The dossier.
        dossier: DossierId,
    },
    /// The stage does not allow the command.
    #[error("not possible in stage {stage}; it needs {needed}")]
    WrongStage {
        /// The stage of the dossier, or of the unit in it.
        stage: &'static str,
        /// Which stage the command needs.
        needed: &'static str,
    },
    /// A field is empty.
    #[error("{field} must not be empty")]
    Missing {
        /// Which field.
        field: &'static str,
    },
    /// A list is too long.
    #[error("{field} has more than {max} entries")]
    TooMany {
        /// Which field.
        field: &'static str,
        /// How many it may have.
        max: usize,
    },
    /// The unit is not in the directory.
    #[error("unit {unit} is not in the directory of handling units")]
    UnknownUnit {
        /// The code.
        unit: UnitCode,
    },
    /// The district is not in the directory.
    #[error("district {district} is not in the directory")]
    UnknownDistrict {
        /// The code.
        district: DistrictCode,
    },
    /// There is no such order.
    #[error("there is no order {order}")]
    UnknownOrder {
        /// The number.
        order: OrderId,
    },
    /// A day lies in the future, or where it cannot.
    #[error("{field} {problem}")]
    ImpossibleTime {
        /// Which field.
        field: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The unit is listed with the matter already.
    #[error("unit {unit} is listed with the matter already")]
    UnitListed {
        /// The unit.
        unit: UnitCode,
    },
    /// The unit is not listed with the matter.
    #[error("unit {unit} is not listed with the matter")]
    UnitNotListed {
        /// The unit.
        unit: UnitCode,
    },
    /// A matter without a unit would be nobody's.
    #[error("unit {unit} is the only one that the matter is listed with")]
    LastUnit {
        /// The unit.
        unit: UnitCode,
    },
    /// The order belongs to a matter already, to this one or another.
    #[error("order {order} belongs to a long-term matter already")]
    OrderListed {
        /// The order.
        order: OrderId,
    },
    /// The order does not belong to the matter.
    #[error("order {order} does not belong to the matter")]
    OrderNotListed {
        /// The order.
        order: OrderId,
    },
    /// A unit has not fed back yet (Art. 26(3)).
    #[error("unit {unit} has not told requesters and centre the outcome; it is {stage}")]
    UnitUnfinished {
        /// The first such unit.
        unit: UnitCode,
        /// Where it stands.
        stage: &'static str,
    },
    /// The deadline is not one that runs, has not passed, or was marked before. Timers get this when a
    /// dossier has moved on; it is no error.
    #[error("nothing is due")]
    NothingDue,
    /// A period runs past the years that can be computed.
    #[error("the period cannot be computed: {problem}")]
    PeriodOutOfRange {
        /// What the calendar said.
        problem: String,
    },
}

impl Rejection {
    /// A period that the calendar cannot compute.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "used as the function of map_err"
    )]
    pub(super) fn out_of_range(error: calendar::Error) -> Self {
        Self::PeriodOutOfRange {
            problem: error.to_string(),
        }
    }

    /// Stable code for machines.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.facts().0
    }

    /// The article that forbids it, or an empty string where it is not the law.
    #[must_use]
    pub const fn article(&self) -> &'static str {
        self.facts().1
    }

    /// What to do instead.
    #[must_use]
    pub const fn way_out(&self) -> &'static str {
        self.facts().2
    }

    /// The table behind [`Self::code`], [`Self::article`] and [`Self::way_out`].
    const fn facts(&self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::NotPermitted { .. } => (
                "not-permitted",
                "第五条、第六条",
                "use a token of a role that may do this",
            ),
            Self::NotAParty { .. } => (
                "not-a-party",
                "第四十三条",
                "only the units and districts that the dossier concerns may read it or act on it",
            ),
            Self::NotOpened => ("dossier-not-found", "", "check the dossier's number"),
            Self::AlreadyOpened => ("dossier-exists", "", "read the existing dossier"),
            Self::WrongKind { .. } => (
                "wrong-dossier-kind",
                "",
                "read the dossier's kind and give a command of that kind",
            ),
            Self::Closed { .. } => ("dossier-closed", "", "list the matter anew"),
            Self::WrongStage { .. } => (
                "wrong-dossier-stage",
                "",
                "read where the dossier stands and act on it",
            ),
            Self::Missing { .. } => ("missing-field", "", "fill in the field"),
            Self::TooMany { .. } => ("too-many-entries", "", "send them in several requests"),
            Self::UnknownUnit { .. } => {
                ("unknown-unit", "第六条", "choose a unit of the directory")
            }
            Self::UnknownDistrict { .. } => {
                ("unknown-district", "第三条", "give a district of the city")
            }
            Self::UnknownOrder { .. } => ("unknown-order", "", "check the order number"),
            Self::ImpossibleTime { .. } => {
                ("impossible-time", "", "give the day on which it took place")
            }
            Self::UnitListed { .. } => ("unit-listed", "第二十六条第一款", "nothing; it is listed"),
            Self::UnitNotListed { .. } => (
                "unit-not-listed",
                "第二十六条第一款",
                "choose a unit that the matter is listed with",
            ),
            Self::LastUnit { .. } => ("last-unit", "第二十六条第一款", "add another unit first"),
            Self::OrderListed { .. } => (
                "order-listed",
                "",
                "leave it out, or take it off the matter that it belongs to",
            ),
            Self::OrderNotListed { .. } => ("order-not-listed", "", "leave it out"),
            Self::UnitUnfinished { .. } => (
                "unit-unfinished",
                "第二十六条第三款",
                "wait for its feedback, or take the unit off the matter with a reason",
            ),
            Self::NothingDue => ("nothing-due", "", "nothing"),
            Self::PeriodOutOfRange { .. } => (
                "period-out-of-range",
                "",
                "give a day within the years of the calendar",
            ),
        }
    }
}
