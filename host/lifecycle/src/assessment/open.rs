//! The deadline of handling that runs on an order, and how far the unit has come: what a forecast of
//! overdue orders is made of.

use chrono::{DateTime, Utc};
use contract::types::OrderType;
use serde::{Deserialize, Serialize};

use crate::deadline::DeadlineKind;
use crate::ids::{DistrictCode, UnitCode};
use crate::order::{Stage, WorkOrder};

/// A deadline of handling that runs, or runs on if the report fails the review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenHandling {
    /// The unit.
    pub unit: UnitCode,
    /// The order's district, where known.
    pub district: Option<DistrictCode>,
    /// When it ends.
    pub due_at: DateTime<Utc>,
    /// Whether a year that is not announced yet may move it.
    pub provisional: bool,
    /// How far the unit has come.
    pub standing: Standing,
}

/// How far a unit has come with an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It has not replied to the requester yet, and not submitted.
    NoReply,
    /// It has replied, or need not, and has not submitted.
    NotSubmitted,
    /// Its application to return the order waits for the centre; the clock runs.
    ReturnRequested,
    /// The requester withdrew the order, and the unit has not ended it (R45).
    Withdrawn,
    /// The district's office looks at its report; the clock runs.
    UnderDistrictReview,
    /// The centre looks at its report; if it fails, the clock never stopped (R24).
    UnderReview,
}

impl OpenHandling {
    /// The one that runs on an order, or may run on.
    #[must_use]
    pub fn of(order: &WorkOrder) -> Option<Self> {
        let open = order.open_deadlines();
        let deadline = open
            .into_iter()
            .find(|it| it.kind == DeadlineKind::Handling)?;
        let assignment = order.assignment()?;
        let replied = assignment.reply.is_some() || order.order_type == OrderType::Commendation;
        let standing = match &order.stage {
            Stage::AwaitingVerification | Stage::InHandling if replied => Standing::NotSubmitted,
            Stage::AwaitingVerification | Stage::InHandling => Standing::NoReply,
            Stage::ReturnRequested => Standing::ReturnRequested,
            Stage::Withdrawn => Standing::Withdrawn,
            Stage::UnderDistrictReview { .. } => Standing::UnderDistrictReview,
            Stage::UnderReview { .. } => Standing::UnderReview,
            Stage::AwaitingInformation { .. }
            | Stage::AwaitingDispatch { .. }
            | Stage::InCoordination
            | Stage::AwaitingRatingOffer { .. }
            | Stage::AwaitingRating { .. }
            | Stage::AwaitingFollowUp { .. }
            | Stage::AwaitingStatement { .. }
            | Stage::Closed { .. } => return None,
        };
        Some(Self {
            unit: assignment.unit.clone(),
            district: order.district.clone(),
            due_at: deadline.due.due_at,
            provisional: deadline.due.provisional,
            standing,
        })
    }
}
