//! The state of a dossier: folded from its events, never stored as the truth.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::contact::Contact;
use super::deadline::{DossierDeadline, DossierDeadlineKind, Force};
use super::matter::LongTermMatter;
use super::register::{Conference, LiaisonFiling, OwnMechanism, Publication, Training};
use crate::ids::{DistrictCode, OrderId, UnitCode};

/// Number of a dossier, such as `D-20261124-K7Q2M4X9PA`, or `JC-2026` for the joint conference's
/// register of a year. No order has such a number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DossierId(String);

impl DossierId {
    /// Takes the number as it stands.
    #[must_use]
    pub fn new(number: impl Into<String>) -> Self {
        Self(number.into())
    }

    /// The register of the joint conference for a year.
    #[must_use]
    pub fn conference_of(year: i32) -> Self {
        Self(format!("JC-{year}"))
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DossierId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Kinds of dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DossierKind {
    /// See [`LongTermMatter`].
    LongTermMatter,
    /// See [`LiaisonFiling`].
    LiaisonFiling,
    /// See [`Conference`].
    JointConference,
    /// See [`Training`].
    Training,
    /// See [`Contact`].
    Contact,
    /// See [`OwnMechanism`].
    OwnMechanism,
    /// See [`Publication`].
    Publication,
}

impl DossierKind {
    /// Stable name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LongTermMatter => "long_term_matter",
            Self::LiaisonFiling => "liaison_filing",
            Self::JointConference => "joint_conference",
            Self::Training => "training",
            Self::Contact => "contact",
            Self::OwnMechanism => "own_mechanism",
            Self::Publication => "publication",
        }
    }
}

impl fmt::Display for DossierKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dossier {
    /// Its number.
    pub id: DossierId,
    /// Number of events so far; the version that a command may be made against.
    pub version: u64,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// What it is.
    pub content: Content,
    /// Deadlines that were missed, with the due instant that was missed. Facts; they survive.
    pub missed: Vec<Missed>,
}

/// What a dossier is, with where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Content {
    /// A matter that needs long-term work.
    LongTermMatter(LongTermMatter),
    /// A change of a unit's hotline staff.
    LiaisonFiling(LiaisonFiling),
    /// The joint conference's register of a year.
    JointConference(Conference),
    /// An entry of a unit's training log.
    Training(Training),
    /// A contact with the hotline.
    Contact(Contact),
    /// Something submitted by a mechanism for difficult orders.
    OwnMechanism(OwnMechanism),
    /// Something published, or a suggestion that came in.
    Publication(Publication),
}

/// A missed deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missed {
    /// Which.
    pub deadline: DossierDeadlineKind,
    /// The unit that missed it, or none where it was the centre.
    pub unit: Option<UnitCode>,
    /// The due instant that was missed.
    pub due_at: DateTime<Utc>,
    /// How strictly it binds: only [`Force::Law`] counts as overdue.
    pub force: Force,
    /// Whether the due instant was provisional when it passed.
    pub provisional: bool,
}

impl Dossier {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> DossierKind {
        match &self.content {
            Content::LongTermMatter(_) => DossierKind::LongTermMatter,
            Content::LiaisonFiling(_) => DossierKind::LiaisonFiling,
            Content::JointConference(_) => DossierKind::JointConference,
            Content::Training(_) => DossierKind::Training,
            Content::Contact(_) => DossierKind::Contact,
            Content::OwnMechanism(_) => DossierKind::OwnMechanism,
            Content::Publication(_) => DossierKind::Publication,
        }
    }

    /// Where it stands, by name: `open`, `closed`, `announced`, `filed`, `submitted`, `ruled` or
    /// `recorded`. Each unit of a long-term matter has a stage of its own besides.
    #[must_use]
    pub const fn stage(&self) -> &'static str {
        match &self.content {
            Content::LongTermMatter(matter) if matter.closed_at.is_some() => "closed",
            Content::LongTermMatter(_) | Content::JointConference(_) => "open",
            Content::LiaisonFiling(filing) if filing.filed.is_some() => "filed",
            Content::LiaisonFiling(_) => "announced",
            Content::OwnMechanism(mechanism) if mechanism.ruling.is_some() => "ruled",
            Content::OwnMechanism(_) => "submitted",
            Content::Training(_) | Content::Contact(_) | Content::Publication(_) => "recorded",
        }
    }

    /// Every deadline that runs now, also those that have passed.
    #[must_use]
    pub fn running_deadlines(&self) -> Vec<&DossierDeadline> {
        match &self.content {
            Content::LongTermMatter(matter) => matter.running_deadlines(),
            Content::LiaisonFiling(filing) if filing.filed.is_none() => vec![&filing.file_by],
            Content::JointConference(conference) if !conference.has_plenary() => {
                vec![&conference.plenary_by]
            }
            Content::LiaisonFiling(_)
            | Content::JointConference(_)
            | Content::Training(_)
            | Content::Contact(_)
            | Content::OwnMechanism(_)
            | Content::Publication(_) => Vec::new(),
        }
    }

    /// Whether this deadline was recorded as missed.
    #[must_use]
    pub fn has_missed(&self, deadline: &DossierDeadline) -> bool {
        let is_it = |missed: &Missed| {
            missed.deadline == deadline.kind
                && missed.unit == deadline.unit
                && missed.due_at == deadline.due.due_at
        };
        self.missed.iter().any(is_it)
    }

    /// Whether a limit of the law was missed.
    #[must_use]
    pub fn is_overdue(&self) -> bool {
        self.missed.iter().any(|missed| missed.force == Force::Law)
    }

    /// Codes of the units and districts that it concerns or concerned: who of them may read it.
    #[must_use]
    pub fn parties(&self) -> BTreeSet<String> {
        let mut units: Vec<&UnitCode> = Vec::new();
        let mut districts: Vec<&DistrictCode> = Vec::new();
        match &self.content {
            Content::LongTermMatter(matter) => {
                units.extend(matter.tasks.iter().map(|task| &task.unit));
            }
            Content::LiaisonFiling(filing) => units.push(&filing.change.unit),
            Content::JointConference(conference) => {
                for meeting in &conference.meetings {
                    units.extend(&meeting.members);
                    districts.extend(&meeting.district);
                }
            }
            Content::Training(training) => units.push(&training.unit),
            Content::OwnMechanism(mechanism) => {
                units.extend(&mechanism.submission.unit);
                districts.extend(&mechanism.submission.district);
            }
            Content::Contact(_) | Content::Publication(_) => {}
        }
        let units = units.into_iter().map(ToString::to_string);
        units
            .chain(districts.into_iter().map(ToString::to_string))
            .collect()
    }

    /// Orders that belong to it or that it is about.
    #[must_use]
    pub fn orders(&self) -> BTreeSet<OrderId> {
        match &self.content {
            Content::LongTermMatter(matter) => matter
                .members
                .iter()
                .map(|member| member.order.clone())
                .collect(),
            Content::JointConference(conference) => {
                let orders = conference.meetings.iter().flat_map(|it| &it.orders);
                orders.cloned().collect()
            }
            Content::OwnMechanism(mechanism) => {
                mechanism.submission.orders.iter().cloned().collect()
            }
            Content::Contact(contact) => contact.orders().cloned().collect(),
            Content::LiaisonFiling(_) | Content::Training(_) | Content::Publication(_) => {
                BTreeSet::new()
            }
        }
    }

    /// Running deadlines that have passed at `now` and were not marked yet (T8), earliest first.
    pub(super) fn lapsed_deadlines(&self, now: DateTime<Utc>) -> Vec<&DossierDeadline> {
        let mut running = self.running_deadlines();
        running.retain(|deadline| deadline.is_late(now) && !self.has_missed(deadline));
        running.sort_by_key(|deadline| deadline.due.due_at);
        running
    }
}
