//! Why a command is refused. Variants stand in order of precedence: permission first, so that no later
//! answer leaks what the caller may not know. Each names its article and the way out.

use chrono::NaiveDate;
use lifecycle::ids::{DistrictCode, UnitCode};
use serde::Serialize;

use crate::ids::PointId;

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
    /// The entry is another unit's.
    #[error("the entry is not {unit}'s")]
    NotAParty {
        /// The unit that asked.
        unit: UnitCode,
    },
    /// There is no such entry yet.
    #[error("there is no such entry of the knowledge base")]
    NotFound,
    /// An entry of that number exists.
    #[error("the entry exists already")]
    AlreadyExists,
    /// The command is for entries of another kind.
    #[error("the entry is a {kind}; the command is for a {needed}")]
    WrongKind {
        /// What the entry is.
        kind: &'static str,
        /// What the command needs.
        needed: &'static str,
    },
    /// The stage does not allow the command.
    #[error("not possible in stage {stage}; it needs {needed}")]
    WrongStage {
        /// The stage.
        stage: &'static str,
        /// Which stage the command needs.
        needed: &'static str,
    },
    /// The validity has ended.
    #[error("the point is not valid any more since the end of {last_day}")]
    Expired {
        /// The last day on which it was valid.
        last_day: NaiveDate,
    },
    /// The version is not the one that is published.
    #[error("version {given} is not the published one; that is {published}")]
    Superseded {
        /// The version that was asked for.
        given: u32,
        /// The published one.
        published: u32,
    },
    /// The draft has changed since.
    #[error("the draft is at revision {revision}, not {given}")]
    StaleRevision {
        /// The revision of the draft now.
        revision: u32,
        /// The one that was looked at.
        given: u32,
    },
    /// The person did an earlier step that another one has to check.
    #[error("the same person {did}")]
    SamePerson {
        /// What the person did.
        did: &'static str,
    },
    /// A field is empty.
    #[error("{field} must not be empty")]
    Missing {
        /// Which field.
        field: &'static str,
    },
    /// A text is too long.
    #[error("{field} has more than {max} characters")]
    TooLong {
        /// Which field.
        field: &'static str,
        /// How many it may have.
        max: usize,
    },
    /// A list is too long.
    #[error("{field} has more than {max} entries")]
    TooMany {
        /// Which field.
        field: &'static str,
        /// How many it may have.
        max: usize,
    },
    /// A field is not of its form.
    #[error("{field} {problem}")]
    Malformed {
        /// Which field.
        field: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// An instant or a day lies where it cannot.
    #[error("{field} {problem}")]
    ImpossibleTime {
        /// Which field.
        field: &'static str,
        /// What is wrong with it.
        problem: &'static str,
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
    /// There is no such point.
    #[error("there is no knowledge point {point}")]
    UnknownPoint {
        /// The number.
        point: PointId,
    },
    /// The point is another unit's.
    #[error("the point is {owner}'s, not {unit}'s")]
    NotOwner {
        /// The unit that was named.
        unit: UnitCode,
        /// Whose it is.
        owner: UnitCode,
    },
    /// Nothing differs.
    #[error("nothing differs from what is there")]
    Unchanged,
    /// The draft was not checked as it stands.
    #[error("revision {revision} of the draft was not checked")]
    NotChecked {
        /// The revision.
        revision: u32,
    },
    /// Plugins find something that blocks.
    #[error("the check found what blocks the draft: {first} ({findings} in all)")]
    Blocked {
        /// How many blocking findings.
        findings: usize,
        /// The first one, in the plugin's words, with the scope and name of its rule.
        first: String,
    },
    /// The validity is longer than the law allows in principle.
    #[error("the validity ends after {latest}, the latest day for this kind of point")]
    ValidityTooLong {
        /// The latest last day without the centre's approval.
        latest: NaiveDate,
    },
    /// The validity is no longer than the law allows anyway.
    #[error("the validity ends no later than {latest}, so nobody has to approve it")]
    NotLonger {
        /// The latest last day without the centre's approval.
        latest: NaiveDate,
    },
    /// What a unit says it did is not there.
    #[error("the point was not {action} since the feedback was opened")]
    NotDone {
        /// What it should have been.
        action: &'static str,
    },
    /// Nothing has become due. Timers get this when an entry has moved on; it is no error.
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
    pub(crate) fn out_of_range(error: calendar::Error) -> Self {
        Self::PeriodOutOfRange {
            problem: error.to_string(),
        }
    }

    /// The field that is wrong, where it is one field.
    #[must_use]
    pub const fn field(&self) -> Option<&'static str> {
        if let Self::Missing { field }
        | Self::TooLong { field, .. }
        | Self::TooMany { field, .. }
        | Self::Malformed { field, .. }
        | Self::ImpossibleTime { field, .. } = self
        {
            Some(field)
        } else if let Self::UnknownDistrict { .. } = self {
            Some("districts")
        } else if let Self::ValidityTooLong { .. } | Self::NotLonger { .. } = self {
            Some("validity")
        } else {
            None
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
    #[expect(clippy::too_many_lines, reason = "a table with a row for each variant")]
    const fn facts(&self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::NotPermitted { .. } => (
                "not-permitted",
                "第三十三条、第三十四条",
                "use a token of a role that may do this",
            ),
            Self::NotAParty { .. } => (
                "not-a-party",
                "第三十四条",
                "only the unit that owns the entry may act on it; others open a feedback through the \
                 centre",
            ),
            Self::NotFound => ("knowledge-not-found", "", "check the number"),
            Self::AlreadyExists => ("knowledge-exists", "", "read the existing entry"),
            Self::WrongKind { .. } => (
                "wrong-knowledge-kind",
                "",
                "read the entry's kind and give a command of that kind",
            ),
            Self::WrongStage { .. } => (
                "wrong-knowledge-stage",
                "",
                "read where the entry stands and act on it",
            ),
            Self::Expired { .. } => (
                "point-expired",
                "第三十五条",
                "revise the point and publish a new version; until then dispatch the consultation",
            ),
            Self::Superseded { .. } => (
                "point-superseded",
                "第十三条第一项",
                "answer from the published version",
            ),
            Self::StaleRevision { .. } => (
                "stale-revision",
                "第三十四条",
                "read the draft as it stands now and decide about that",
            ),
            Self::SamePerson { .. } => (
                "same-person",
                "第三十四条",
                "have a second person of the responsible body do it",
            ),
            Self::Missing { .. } => ("missing-field", "第三十四条", "fill in the field"),
            Self::TooLong { .. } => (
                "text-too-long",
                "",
                "shorten it, or make several points that relate to each other",
            ),
            Self::TooMany { .. } => ("too-many-entries", "", "make several points"),
            Self::Malformed { .. } => ("malformed-field", "", "give it in the form that is named"),
            Self::ImpossibleTime { .. } => (
                "impossible-time",
                "",
                "give the instant at which it takes place",
            ),
            Self::UnknownUnit { .. } => {
                ("unknown-unit", "第六条", "choose a unit of the directory")
            }
            Self::UnknownDistrict { .. } => (
                "unknown-district",
                "",
                "give a district of the city, or none for the whole city",
            ),
            Self::UnknownPoint { .. } => ("unknown-point", "", "check the point's number"),
            Self::NotOwner { .. } => (
                "not-owner",
                "第三十四条",
                "name the unit that owns the point",
            ),
            Self::Unchanged => ("unchanged", "", "nothing; or confirm the validity as it is"),
            Self::NotChecked { .. } => (
                "not-checked",
                "第三十四条",
                "check the draft, then submit it",
            ),
            Self::Blocked { .. } => (
                "check-blocks",
                "第三十四条",
                "edit the draft as the findings say, and check it again",
            ),
            Self::ValidityTooLong { .. } => (
                "validity-too-long",
                "第三十五条",
                "shorten the validity, or give the reason for a longer one and ask the centre to \
                 approve it",
            ),
            Self::NotLonger { .. } => (
                "validity-not-longer",
                "第三十五条",
                "confirm the validity; nothing has to be approved",
            ),
            Self::NotDone { .. } => (
                "action-not-done",
                "第三十六条第二款",
                "publish, confirm or take the point down first, or answer that nothing is to be done \
                 and why",
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
