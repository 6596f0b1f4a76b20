//! How the platform stands: what answers where and how it does, and what waits.

use contract::about::Kind;
use lifecycle::ids::Actor;
use rollout::{Digest, Place, Standing};
use serde::Serialize;

use crate::ports::{BreakerState, PlacementHealth};
use crate::rollout::{ActivationFilter, PolicyView};
use crate::{ActivationView, Engine, Error};

/// What answers one question in one scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlacementView {
    /// The scope.
    pub scope: String,
    /// The question.
    pub kind: Kind,
    /// The activation that is in effect.
    pub activation: u64,
    /// Its image.
    pub image: Digest,
    /// The plugin's name and version.
    pub name: Option<String>,
    /// Where it is asked.
    #[serde(rename = "placement", skip_serializing_if = "Place::is_embedded")]
    pub place: Place,
    /// Whether it is loaded. Where it is not, what answered before goes on while it is being loaded, and
    /// the wider scope answers once it has failed to.
    pub loaded: bool,
    /// Why it does not load.
    pub problem: Option<String>,
    /// Whether it is asked; nothing where it does not answer yet.
    #[serde(flatten)]
    pub breaker: Option<BreakerState>,
    /// Decisions that it was asked in since it was put there or the process began.
    pub asked: u64,
    /// Of these, failed.
    pub failed: u64,
}

/// How the platform stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlatformStatus {
    /// What answers, by question and scope.
    pub placements: Vec<PlacementView>,
    /// What is in effect, to come, or waits for a second person, the newest first.
    pub activations: Vec<ActivationView>,
    /// Policies that wait for a second person.
    pub policies: Vec<PolicyView>,
    /// Shadows and canaries with their counts.
    pub candidates: Vec<serde_json::Value>,
}

impl Engine {
    /// How the platform stands.
    ///
    /// # Errors
    /// [`Error::Rejected`] for whoever may not read the rollout log, [`crate::RolloutError::NoWorkshop`],
    /// [`Error::Store`].
    pub fn platform_status(&self, by: &Actor) -> Result<PlatformStatus, Error> {
        let rollout = self.rollout();
        let all = rollout.activations(&ActivationFilter::default(), by)?;
        let now = |it: &ActivationView| match it.standing {
            Standing::InEffect | Standing::Scheduled | Standing::AwaitingApproval => true,
            Standing::Superseded | Standing::Ended | Standing::Withdrawn => false,
        };
        let policies = rollout.policies(by)?;
        let candidates = self.running_candidates(by)?;
        Ok(PlatformStatus {
            placements: self.placements(by)?,
            activations: all.into_iter().filter(now).collect(),
            policies: policies
                .into_iter()
                .filter(|it| it.waiting.is_some())
                .collect(),
            candidates: candidates.into_iter().map(|it| it.counts).collect(),
        })
    }

    /// What answers, by question and scope.
    ///
    /// # Errors
    /// As [`Engine::platform_status`].
    pub fn placements(&self, by: &Actor) -> Result<Vec<PlacementView>, Error> {
        crate::rollout::may_read(by)?;
        let state = self.rollout().state()?;
        let healths = self.workshop()?.placements();
        let table = state.table(state.instant(self.now()));
        let views = table.placements.into_iter().filter_map(|(key, row)| {
            let (kind, scope) = key;
            let (activation, image) = row.active?;
            let its = |it: &&PlacementHealth| {
                it.kind == kind && it.scope == scope && it.activation == activation
            };
            let health = healths.iter().find(its);
            let readiness = self.platform.following.readiness(&image);
            Some(PlacementView {
                activation,
                name: state.image(&image).map(|it| it.rule.name.clone()),
                place: row.place,
                loaded: readiness.loaded,
                problem: readiness.problem,
                breaker: health.map(|it| it.breaker),
                asked: health.map_or(0, |it| it.asked),
                failed: health.map_or(0, |it| it.failed),
                image,
                kind,
                scope,
            })
        });
        Ok(views.collect())
    }
}
