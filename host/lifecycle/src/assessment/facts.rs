//! What happened to an order, and with each unit that had it, as far as it counts: R20, R24–R26,
//! R30, R31, R36, R45, R55–R57, R59.

use ::calendar::Calendar;
use chrono::{DateTime, TimeDelta, Utc};
use contract::types::Rating;

use super::{Measure, Tally};
use crate::command::ReturnDecision;
use crate::deadline::{Deadline, DeadlineKind};
use crate::event::{AssignmentRole, CloseCode};
use crate::ids::UnitCode;
use crate::order::{Assignment, Duty, Missed, Stage, SupersededBy, WorkOrder};

/// As finely as instants are kept.
const RESOLUTION: TimeDelta = TimeDelta::milliseconds(1);

/// The centre's own part of an order: nothing of it is ever charged to a unit (R20).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderFacts {
    /// When it was registered.
    pub registered_at: DateTime<Utc>,
    /// Whether it was answered from the knowledge base at once.
    pub answered: bool,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
    /// Whether it was dispatched or answered in time; none while that is open.
    pub dispatched_in_time: Option<bool>,
    /// Rating channels that were offered in time.
    pub offers_on_time: usize,
    /// Rating channels that were offered late, or were not in time.
    pub offers_late: usize,
    /// Reviews of reports that took no longer than their target.
    pub reviews_on_target: usize,
    /// Reviews that took longer.
    pub reviews_beyond_target: usize,
    /// How the requester rated the way in which the hotline took the request.
    pub service: Option<Rating>,
}

impl OrderFacts {
    /// The centre's part; none while the matter is not registered, for lack of information.
    #[must_use]
    pub fn of(order: &WorkOrder) -> Option<Self> {
        order.dispatch_by.as_ref()?;
        let missed = |kind| order.missed.iter().filter(move |it| it.deadline == kind);
        let done = order.direct_answer.is_some() || !order.assignments.is_empty();
        let late = missed(DeadlineKind::Dispatch).next().is_some();
        let offers_late = missed(DeadlineKind::RatingOffer).count();
        let reviews = order.assignments.iter().flat_map(|it| &it.reviews);
        let all_reviews = reviews.clone().count();
        let reviews_on_target = reviews.filter(|review| review.on_target).count();
        Some(Self {
            registered_at: order.registered_at,
            answered: order.direct_answer.is_some(),
            withdrawn: order.withdrawn.is_some(),
            dispatched_in_time: (done || late).then_some(!late),
            offers_on_time: offers_made(order).saturating_sub(offers_late),
            offers_late,
            reviews_on_target,
            reviews_beyond_target: all_reviews.saturating_sub(reviews_on_target),
            service: order.service_rating.map(|it| it.overall),
        })
    }

    /// What it adds to the counts.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        tally.add(Measure::Orders, 1);
        tally.count(Measure::OrdersWithdrawn, self.withdrawn);
        tally.count(Measure::DirectAnswers, self.answered);
        let dispatched = self.dispatched_in_time;
        tally.count(Measure::DispatchesOnTime, dispatched == Some(true));
        tally.count(Measure::DispatchesLate, dispatched == Some(false));
        tally.add(Measure::RatingOffersOnTime, number(self.offers_on_time));
        tally.add(Measure::RatingOffersLate, number(self.offers_late));
        let beyond = number(self.reviews_beyond_target);
        tally.add(Measure::ReviewsOnTarget, number(self.reviews_on_target));
        tally.add(Measure::ReviewsBeyondTarget, beyond);
        if let Some(rating) = self.service {
            let measure = match rating {
                Rating::VerySatisfied | Rating::Satisfied | Rating::BasicallySatisfied => {
                    Measure::ServiceSatisfied
                }
                Rating::Dissatisfied | Rating::VeryDissatisfied => Measure::ServiceDissatisfied,
            };
            tally.add(measure, 1);
        }
        tally
    }
}

/// Rating channels whose offer is settled: made, or missed and still owed. A withdrawn order owes none
/// any more (Art. 27(2)).
fn offers_made(order: &WorkOrder) -> usize {
    let owed = order.assignments.iter();
    let owed = owed.filter(|it| it.completed_at.is_some()).count();
    let open = match &order.stage {
        Stage::AwaitingRatingOffer { offer_by } => !order.has_missed(offer_by),
        Stage::Closed { .. } => order.withdrawn.is_some() && order.ratings.len() < owed,
        Stage::AwaitingInformation { .. }
        | Stage::AwaitingDispatch { .. }
        | Stage::AwaitingVerification
        | Stage::ReturnRequested
        | Stage::InCoordination
        | Stage::InHandling
        | Stage::UnderDistrictReview { .. }
        | Stage::UnderReview { .. }
        | Stage::Withdrawn
        | Stage::AwaitingRating { .. }
        | Stage::AwaitingFollowUp { .. }
        | Stage::AwaitingStatement { .. } => false,
    };
    owed.saturating_sub(usize::from(open))
}

/// One dispatch to one unit, as far as it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignmentFacts {
    /// The unit.
    pub unit: UnitCode,
    /// Whether it is the second handling (R59).
    pub second: bool,
    /// When it was dispatched.
    pub dispatched_at: DateTime<Utc>,
    /// By when the unit must, or had to, submit.
    pub due_at: DateTime<Utc>,
    /// When the report that passed was submitted.
    pub completed_at: Option<DateTime<Utc>>,
    /// When it ended for the unit: completed, read, returned, or withdrawn.
    pub ended_at: Option<DateTime<Utc>>,
    /// Whether the unit was in time.
    pub timeliness: Timeliness,
    /// Whether the unit applied to return it, and what the centre decided: approved or not.
    pub returned: Option<Option<bool>>,
    /// Whether the unit verified in time; none where it need not, or has not and still may.
    pub verified_in_time: Option<bool>,
    /// Extensions.
    pub extensions: usize,
    /// Working time used, in seconds; none unless completed.
    pub working_seconds: Option<i64>,
    /// Whether the order was withdrawn while it was with the unit.
    pub withdrawn: bool,
    /// Whether a second handling followed.
    pub rehandled: bool,
    /// How the handling was rated.
    pub rated: Rated,
}

/// Whether a unit was in time, by instants (R25).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timeliness {
    /// Not settled.
    Open,
    /// It was.
    OnTime,
    /// It was not. That stays, whatever began anew later.
    Late {
        /// The first due instant that it missed.
        due_at: DateTime<Utc>,
        /// Whether that was provisional when it passed.
        provisional: bool,
        /// Whether it would be in time without the reviews that failed.
        excused: bool,
    },
    /// Left out: returned with approval (R30), withdrawn without a miss (R45), or overtaken by a
    /// corrected type.
    LeftOut,
}

/// How a handling was rated (R56, R57).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rated {
    /// It is not rated: not completed, or withdrawn by the requester (Art. 27(2)).
    Excluded,
    /// It may still be rated.
    Open,
    /// It was not rated in time.
    Unrated,
    /// It was.
    As(Rating),
}

impl AssignmentFacts {
    /// Those of every dispatch, oldest first.
    #[must_use]
    pub fn all(order: &WorkOrder, calendar: &Calendar) -> Vec<Self> {
        let all = &order.assignments;
        let following = all.iter().skip(1).map(Some).chain([None]);
        let mut completed: usize = 0;
        let mut facts = Vec::with_capacity(all.len());
        for (assignment, next) in all.iter().zip(following) {
            let round = completed;
            completed = completed.saturating_add(usize::from(assignment.completed_at.is_some()));
            facts.push(
                Part {
                    order,
                    assignment,
                    next,
                }
                .facts(round, calendar),
            );
        }
        facts
    }

    /// When it was settled whether the unit was in time; none while it is open. A late one counts when
    /// it became late, so that not ending it does not keep it out: on the last day that was in time, to
    /// which 24:00 belongs.
    #[must_use]
    pub fn counted_at(&self) -> Option<DateTime<Utc>> {
        match self.timeliness {
            Timeliness::Open => None,
            Timeliness::Late { due_at, .. } => due_at.checked_sub_signed(RESOLUTION),
            Timeliness::OnTime | Timeliness::LeftOut => self.ended_at,
        }
    }

    /// What it adds to the counts.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        let completed = self.completed_at.is_some();
        tally.add(Measure::Assignments, 1);
        tally.count(Measure::AssignmentsWithdrawn, self.withdrawn);
        tally.count(Measure::Completed, completed);
        match self.timeliness {
            Timeliness::Open | Timeliness::LeftOut => {}
            Timeliness::OnTime => tally.add(Measure::OnTime, 1),
            Timeliness::Late {
                provisional,
                excused,
                ..
            } => {
                tally.count(Measure::LateExcused, excused);
                tally.count(Measure::LateUnexcused, !excused);
                tally.count(Measure::LateProvisional, provisional);
                tally.count(Measure::OverdueOpen, self.ended_at.is_none());
            }
        }
        tally.count(Measure::ReturnsPending, self.returned == Some(None));
        tally.count(Measure::ReturnsApproved, self.returned == Some(Some(true)));
        tally.count(Measure::ReturnsRejected, self.returned == Some(Some(false)));
        tally.count(Measure::VerifiedOnTime, self.verified_in_time == Some(true));
        tally.count(Measure::VerifiedLate, self.verified_in_time == Some(false));
        tally.count(Measure::Extended, self.extensions > 0);
        tally.add(Measure::Extensions, number(self.extensions));
        tally.add(Measure::WorkingSeconds, self.working_seconds.unwrap_or(0));
        tally.count(Measure::FirstHandlings, completed && !self.second);
        tally.count(Measure::Rehandled, self.rehandled);
        if let Some(measure) = self.rated.measure(self.second) {
            tally.add(measure, 1);
        }
        tally
    }
}

impl Rated {
    const fn measure(self, second: bool) -> Option<Measure> {
        use Measure as M;
        let (first, again) = match self {
            Self::Excluded => return None,
            Self::Open => return Some(M::RatingOpen),
            Self::Unrated => (M::Unrated1, M::Unrated2),
            Self::As(Rating::VerySatisfied) => (M::VerySatisfied1, M::VerySatisfied2),
            Self::As(Rating::Satisfied) => (M::Satisfied1, M::Satisfied2),
            Self::As(Rating::BasicallySatisfied) => {
                (M::BasicallySatisfied1, M::BasicallySatisfied2)
            }
            Self::As(Rating::Dissatisfied) => (M::Dissatisfied1, M::Dissatisfied2),
            Self::As(Rating::VeryDissatisfied) => (M::VeryDissatisfied1, M::VeryDissatisfied2),
        };
        Some(if second { again } else { first })
    }
}

/// A dispatch within its order.
struct Part<'a> {
    order: &'a WorkOrder,
    assignment: &'a Assignment,
    next: Option<&'a Assignment>,
}

impl Part<'_> {
    fn facts(&self, round: usize, calendar: &Calendar) -> AssignmentFacts {
        let it = self.assignment;
        let rehandling = |it: &Assignment| it.role == AssignmentRole::Rehandling;
        AssignmentFacts {
            unit: it.unit.clone(),
            second: rehandling(it),
            dispatched_at: it.dispatched_at,
            due_at: it.handle_by.due.due_at,
            completed_at: it.completed_at,
            ended_at: self.ended_at(),
            timeliness: self.timeliness(),
            returned: self.returned(),
            verified_in_time: self.verified_in_time(),
            extensions: it.extensions.len(),
            working_seconds: it
                .completed_at
                .and_then(|at| calendar.working_time_used(clock_start(it), at).ok())
                .map(|used| used.num_seconds()),
            withdrawn: self.next.is_none() && !it.was_returned() && self.order.withdrawn.is_some(),
            rehandled: it.completed_at.is_some() && self.next.is_some_and(rehandling),
            rated: self.rated(round),
        }
    }

    /// Misses of this unit while it had the order: every due instant of a dispatch that is missed lies
    /// before the next one.
    fn misses(&self, kind: DeadlineKind) -> impl Iterator<Item = &Missed> {
        let (from, next) = (self.assignment.dispatched_at, self.next);
        self.order.missed.iter().filter(move |missed| {
            missed.deadline == kind
                && missed.unit.as_ref() == Some(&self.assignment.unit)
                && missed.due_at >= from
                && next.is_none_or(|next| missed.due_at < next.dispatched_at)
        })
    }

    /// When the order ended, if this is the dispatch that it ended with.
    fn closed(&self) -> Option<(CloseCode, DateTime<Utc>)> {
        match &self.order.stage {
            Stage::Closed { code, at } if self.next.is_none() => Some((*code, *at)),
            Stage::Closed { .. }
            | Stage::AwaitingInformation { .. }
            | Stage::AwaitingDispatch { .. }
            | Stage::AwaitingVerification
            | Stage::ReturnRequested
            | Stage::InCoordination
            | Stage::InHandling
            | Stage::UnderDistrictReview { .. }
            | Stage::UnderReview { .. }
            | Stage::Withdrawn
            | Stage::AwaitingRatingOffer { .. }
            | Stage::AwaitingRating { .. }
            | Stage::AwaitingFollowUp { .. }
            | Stage::AwaitingStatement { .. } => None,
        }
    }

    /// A return ends it at the application, whose decision the unit only waits for.
    fn ended_at(&self) -> Option<DateTime<Utc>> {
        let it = self.assignment;
        let returned = it.return_application.as_ref().filter(|_| it.was_returned());
        let overtaken = self.next.map(|next| next.dispatched_at);
        it.completed_at
            .or(returned.map(|application| application.at))
            .or(overtaken)
            .or(self.closed().map(|(_, at)| at))
    }

    fn timeliness(&self) -> Timeliness {
        let it = self.assignment;
        if it.was_returned() {
            return Timeliness::LeftOut;
        }
        let due = &it.handle_by.due;
        let completed_late = it.completed_at.is_some_and(|at| self.is_late(at));
        let in_time = it.completed_at.is_some_and(|at| !self.is_late(at));
        let misses = self.misses(DeadlineKind::Handling);
        let misses = misses.filter(|missed| !in_time || missed.due_at != due.due_at);
        let first = misses.min_by_key(|missed| missed.due_at);
        let first = first.map(|missed| (missed.due_at, missed.provisional));
        if let Some((due_at, provisional)) =
            first.or(completed_late.then_some((due.due_at, due.provisional)))
        {
            return Timeliness::Late {
                due_at,
                provisional,
                excused: self.is_excused(),
            };
        }
        let read = matches!(self.closed(), Some((CloseCode::CommendationRead, _)));
        if it.completed_at.is_some() || read {
            Timeliness::OnTime
        } else if self.ended_at().is_some() {
            Timeliness::LeftOut
        } else {
            Timeliness::Open
        }
    }

    /// Late, without what a refused return is excused.
    fn is_late(&self, at: DateTime<Utc>) -> bool {
        let excused = TimeDelta::seconds(self.assignment.return_review_seconds);
        let at = at.checked_sub_signed(excused).unwrap_or(at);
        self.assignment.handle_by.is_late(at)
    }

    /// in time without the reviews that failed. A miss before a restart is none of theirs.
    fn is_excused(&self) -> bool {
        let it = self.assignment;
        let due_at = it.handle_by.due.due_at;
        let waited = TimeDelta::seconds(it.failed_review_seconds);
        let own_time = it.completed_at.and_then(|at| at.checked_sub_signed(waited));
        own_time.is_some_and(|at| !it.handle_by.is_late(at))
            && self
                .misses(DeadlineKind::Handling)
                .all(|missed| missed.due_at == due_at)
    }

    fn returned(&self) -> Option<Option<bool>> {
        let application = self.assignment.return_application.as_ref()?;
        Some(application.decision.map(|decision| match decision {
            ReturnDecision::Approve { .. } => true,
            ReturnDecision::Reject { .. } => false,
        }))
    }

    /// R26: an application to return it, or a report, is a word too.
    fn verified_in_time(&self) -> Option<bool> {
        let it = self.assignment;
        it.verify_by.as_ref()?;
        let late = self.misses(DeadlineKind::Verification).next().is_some();
        let said = match it.duty {
            Duty::Accepted { .. } | Duty::DeemedAccepted { .. } => true,
            Duty::Unverified => it.return_application.is_some(),
        };
        (late || said).then_some(!late)
    }

    /// R56, P7: nobody rates a withdrawn order.
    fn rated(&self, round: usize) -> Rated {
        if self.assignment.completed_at.is_none() || self.order.withdrawn.is_some() {
            return Rated::Excluded;
        }
        let record = self.order.ratings.get(round);
        record.map_or(Rated::Open, |record| {
            record.rating.map_or(Rated::Unrated, Rated::As)
        })
    }
}

/// Where the clock of a handling started: anew with each restart by an addition (R38), not with an
/// extension (R37).
fn clock_start(assignment: &Assignment) -> DateTime<Utc> {
    let mut start: &Deadline = &assignment.handle_by;
    for superseded in assignment.superseded.iter().rev() {
        match superseded.by {
            SupersededBy::Restart | SupersededBy::Acceptance => break,
            SupersededBy::Extension => start = &superseded.deadline,
        }
    }
    start.due.clock_start
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
