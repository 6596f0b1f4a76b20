//! The numbers of the law for dossiers, and the choices that it leaves open.

use calendar::Period;
use serde::{Deserialize, Serialize};

use super::deadline::DossierDeadlineKind;

/// Limits for dossiers, part of a rule set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DossierRules {
    /// R5, Art. 7: a change of staff is filed within this time from its completion.
    pub filing: Period,
    /// R52, Art. 26(1): the units are told of the listed matters at least so often. The text says
    /// "periodically" 定期 and no more; the centre sets it.
    pub bulletin: Period,
    /// R53, Art. 26(2): a unit makes its plan within this time from the listing.
    pub plan: Period,
    /// R53, Art. 26(2): from one progress notice to the next, "in principle" 原则上 no more than this.
    pub progress: Period,
    /// R54, Art. 26(3): the final situation is reported upward within this time from the end of the
    /// statutory procedure.
    pub final_report: Period,
    /// R54, Art. 26(3): requester and centre are told after the opinion. The text names no time; this
    /// is a target of the centre's own, not law.
    pub feedback: Period,
}

impl DossierRules {
    /// Guangzhou's implementing rules of 2023, with the defaults for what they leave open.
    #[must_use]
    pub fn guangzhou_2023() -> Self {
        Self {
            filing: Period::WorkingDays(10),
            bulletin: Period::Months(1),
            plan: Period::WorkingDays(10),
            progress: Period::Months(1),
            final_report: Period::WorkingDays(3),
            feedback: Period::WorkingDays(1),
        }
    }

    /// The period of a kind of deadline; none for the plenary, which ends with its year.
    #[must_use]
    pub const fn period(&self, kind: DossierDeadlineKind) -> Option<Period> {
        match kind {
            DossierDeadlineKind::Filing => Some(self.filing),
            DossierDeadlineKind::Bulletin => Some(self.bulletin),
            DossierDeadlineKind::Plan => Some(self.plan),
            DossierDeadlineKind::Progress => Some(self.progress),
            DossierDeadlineKind::FinalReport => Some(self.final_report),
            DossierDeadlineKind::Feedback => Some(self.feedback),
            DossierDeadlineKind::Plenary => None,
        }
    }
}
