//! What fell due and could not be carried out.

use engine::ports::{DueItem, StuckItem as CoreStuckItem, Subject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::dto::Time;

/// What kind of thing is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DueKind {
    /// A deadline that passed or comes near, to be marked and told.
    Timer,
    /// Something that follows from a command, such as a message or a rating offer.
    Effect,
    /// Deadlines under a new holiday notice.
    Recomputation,
}

/// Something due that could not be carried out. It is tried again until it is done, with growing pauses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StuckItem {
    /// What it is known by, as long as it is stuck.
    #[schema(example = "effect-1742")]
    pub id: String,
    /// What it is.
    pub kind: DueKind,
    /// About which order; null where it is about a dossier.
    pub order: Option<String>,
    /// About which dossier; null where it is about an order.
    pub dossier: Option<String>,
    /// For which deadline, where it is a timer.
    #[schema(example = "handling")]
    pub deadline: Option<String>,
    /// Since when it is due; a recomputation, since it failed first.
    pub since: Time,
    /// So often it was tried.
    pub attempts: u32,
    /// Why the last attempt failed.
    pub last_error: String,
    /// When it is tried next; null where that is at once.
    pub next_at: Option<Time>,
}

/// A page of what is stuck, longest due first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StuckPage {
    /// What is stuck.
    pub items: Vec<StuckItem>,
    /// `after` of the next page, if there is one.
    pub next: Option<String>,
}

/// Which page is shown.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StuckParameters {
    /// Where the page begins: `next` of the page before.
    pub after: Option<String>,
    /// Items on a page, 1 to 200; 50 if not given.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
}

impl From<CoreStuckItem> for StuckItem {
    fn from(stuck: CoreStuckItem) -> Self {
        let (kind, deadline) = match &stuck.item {
            DueItem::Timer(timer) => (DueKind::Timer, named(&timer.deadline)),
            DueItem::DossierTimer(timer) => (DueKind::Timer, named(&timer.deadline)),
            DueItem::Effect { .. } => (DueKind::Effect, None),
            DueItem::Recomputation(_) => (DueKind::Recomputation, None),
        };
        let (order, dossier) = match stuck.item.subject() {
            Subject::Order(order) => (Some(order.to_string()), None),
            Subject::Dossier(dossier) => (None, Some(dossier.to_string())),
        };
        Self {
            attempts: stuck.item.attempts(),
            id: stuck.id,
            kind,
            order,
            dossier,
            deadline,
            since: stuck.since.into(),
            last_error: stuck.problem,
            next_at: stuck.next_at.map(Into::into),
        }
    }
}

/// The name of a kind of deadline, as the rest of the interface has it.
fn named(kind: &impl Serialize) -> Option<String> {
    let name = serde_json::to_value(kind).ok()?;
    name.as_str().map(str::to_owned)
}
