//! Deadlines computed without an order, for whoever asks what the law would give.

use chrono::{DateTime, Utc};
use contract::types::OrderType;
use lifecycle::deadline::{Deadline, DeadlineKind};

use crate::explain::{Explanation, explain};
use crate::{Engine, Error};

impl Engine {
    /// The handling deadline of an order of that type that is dispatched at that instant (Art. 14,
    /// 15), with its explanation.
    ///
    /// # Errors
    /// [`Error::Calendar`] outside the years that the calendar covers.
    pub fn handling_deadline(
        &self,
        order_type: OrderType,
        dispatched_at: DateTime<Utc>,
    ) -> Result<(Deadline, Explanation), Error> {
        let calendar = self.calendar();
        let context = self.context(dispatched_at, &calendar);
        let kind = DeadlineKind::Handling;
        let limit = (
            kind.rule(order_type),
            context.rules().handling_period(order_type),
        );
        let trigger = (0, dispatched_at);
        let deadline = Deadline::compute(kind, order_type, limit, trigger, &context)?;
        let explanation = explain(&deadline, None);
        Ok((deadline, explanation))
    }
}
