//! Why an order stands as it does: what set and moved its clocks, and what can be done about it now,
//! with the article against everything that cannot (Art. 13–30).

mod course;

use chrono::{DateTime, Utc};
use lifecycle::command::CommandKind;
use lifecycle::ids::{Actor, DistrictCode, OrderId, Role, UnitCode};
use lifecycle::order::WorkOrder;
use lifecycle::rejection::Rejection;

use crate::explain::Explanation;
use crate::view::DeadlineView;
use crate::{Engine, Error};

/// Why an order stands as it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderExplanation {
    /// The order.
    pub order: OrderId,
    /// Its version.
    pub version: u64,
    /// Where it stands.
    pub stage: &'static str,
    /// When it was explained.
    pub now: DateTime<Utc>,
    /// Version of the calendar in force.
    pub calendar_version: String,
    /// Rule set in force.
    pub rule_set: String,
    /// Every deadline that it has or had, each with how it came about.
    pub deadlines: Vec<DeadlineView>,
    /// What set the clocks, moved them, or left them alone although somebody may think otherwise.
    pub course: Vec<CourseStep>,
    /// What can be done now, and by what everything else is forbidden.
    pub commands: Vec<CommandStanding>,
}

/// Something that happened to the clocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourseStep {
    /// Position in the journal.
    pub seq: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// The article that says so.
    pub article: &'static str,
    /// What it did to the clocks.
    pub explanation: Explanation,
}

/// Whether a command can be given now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandStanding {
    /// Who gives it: `operator`, `unit`, `district`, `channel`.
    pub role: &'static str,
    /// The command.
    pub command: CommandKind,
    /// What forbids it whatever it carries; nothing where it can be given.
    pub forbidden_by: Option<Rejection>,
}

impl Engine {
    /// Explains an order to whoever may read it.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Rejected`] for an order of others, [`Error::Store`].
    pub fn explain(&self, order: &OrderId, by: &Actor) -> Result<OrderExplanation, Error> {
        let view = self.view(order, by)?;
        let calendar = self.calendar();
        let now = self.now();
        let context = self.context(now, &calendar);
        let order = view.order;
        let mut commands = Vec::new();
        for (name, role) in roles(&order) {
            let actor = Actor {
                role,
                name: name.to_owned(),
            };
            let standing = lifecycle::forbidden(&order, &actor, &context);
            commands.extend(
                standing
                    .into_iter()
                    // The order is there: nobody asks whether it can be registered.
                    .filter(|(command, _)| *command != CommandKind::Register)
                    .map(|(command, forbidden_by)| CommandStanding {
                        role: name,
                        command,
                        forbidden_by,
                    }),
            );
        }
        Ok(OrderExplanation {
            version: order.version,
            stage: order.stage.name(),
            now,
            calendar_version: calendar.version().to_owned(),
            rule_set: context.rules().version.clone(),
            deadlines: view.deadlines,
            course: course::course(&view.history),
            commands,
            order: order.id,
        })
    }
}

/// Whoever has a part in the order by role.
fn roles(order: &WorkOrder) -> Vec<(&'static str, Role)> {
    let unit = order.assignment().map(|it| it.unit.clone());
    let district = order.district.clone();
    [
        Some(("operator", Role::Operator)),
        // What its staff may do its leader may, and more where staff is complained of (R7).
        unit.map(|unit: UnitCode| ("unit", Role::Leader(unit))),
        district.map(|district: DistrictCode| ("district", Role::District(district))),
        Some(("channel", Role::Channel)),
    ]
    .into_iter()
    .flatten()
    .collect()
}
