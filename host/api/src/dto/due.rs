//! What fell due and could not be carried out.

use engine::ports::{DueItem, StuckItem as CoreStuckItem};
use knowledge_base::Moment;
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
    /// About which order; null where it is about something else.
    pub order: Option<String>,
    /// About which dossier; null where it is about something else.
    pub dossier: Option<String>,
    /// About which entry of the knowledge base; null where it is about something else.
    pub knowledge: Option<String>,
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
            DueItem::KnowledgeTimer(timer) => (DueKind::Timer, moment(timer.moment)),
            DueItem::Effect { .. } => (DueKind::Effect, None),
            DueItem::Recomputation(_) => (DueKind::Recomputation, None),
        };
        let subject = stuck.item.subject();
        Self {
            attempts: stuck.item.attempts(),
            id: stuck.id,
            kind,
            order: subject.order().map(ToString::to_string),
            dossier: subject.dossier().map(ToString::to_string),
            knowledge: subject.knowledge().map(ToString::to_string),
            deadline,
            since: stuck.since.into(),
            last_error: stuck.problem,
            next_at: stuck.next_at.map(Into::into),
        }
    }
}

/// What a timer of the knowledge base is for: its deadline, or what happens at its instant.
fn moment(moment: Moment) -> Option<String> {
    match moment {
        Moment::Deadline { deadline } => Some(deadline.name().to_owned()),
        Moment::Remind { .. } => Some("reminder".to_owned()),
        Moment::ChangeTakesEffect => Some("change_takes_effect".to_owned()),
        Moment::SecondStage => Some("second_stage".to_owned()),
    }
}

/// The name of a kind of deadline, as the rest of the interface has it.
fn named(kind: &impl Serialize) -> Option<String> {
    let name = serde_json::to_value(kind).ok()?;
    name.as_str().map(str::to_owned)
}
