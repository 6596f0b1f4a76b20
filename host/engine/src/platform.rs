//! The plugin platform: pushing images, following the rollout log, trying, repeating. The log and the
//! store are behind [`Engine::rollout`]; what runs WebAssembly is behind [`Workshop`].

mod candidates;

mod follow;

mod plan;

mod status;

mod trials;

use lifecycle::ids::{Actor, Role};
use lifecycle::rejection::Rejection;
use rollout::Digest;
use serde_json::Value;
use uuid::Uuid;

pub use follow::Follow;
pub(crate) use follow::Following;
pub use status::{PlacementView, PlatformStatus};
pub(crate) use trials::Trials;
pub use trials::{Trial, TrialRequest, TrialState};

use crate::ports::{
    CITY, Checked, Draft, KeptImage, Repetition, SharedWorkshop, StoreError, Workshop,
};
use crate::rollout::{Push, Pushed, RolloutError};
use crate::{Engine, Error};

/// What the platform knows of itself while it runs.
#[derive(Default)]
pub(crate) struct Platform {
    pub(crate) workshop: Option<SharedWorkshop>,
    pub(crate) trials: Trials,
    pub(crate) following: Following,
}

/// What came of a push.
#[derive(Debug, Clone)]
pub struct PushOutcome {
    /// Whether every check passed.
    pub passed: bool,
    /// Every check, as JSON.
    pub report: Value,
    /// What is kept; nothing where a check failed.
    pub pushed: Option<Pushed>,
}

impl Engine {
    /// The same engine, with a workshop for rule images.
    #[must_use]
    pub fn with_workshop(mut self, workshop: SharedWorkshop) -> Self {
        self.platform.workshop = Some(workshop);
        self
    }

    pub(crate) fn workshop(&self) -> Result<&dyn Workshop, Error> {
        let workshop = self.platform.workshop.as_deref();
        workshop.ok_or_else(|| RolloutError::NoWorkshop.into())
    }

    /// Checks a component with its settings and keeps the image if nothing stands in the way. With `keep`
    /// off, only the report is made.
    ///
    /// # Errors
    /// [`Error::Rejected`] for anybody but the admin and districts, [`RolloutError`], [`Error::Store`].
    pub fn push_plugin(
        &self,
        draft: &Draft<'_>,
        source: &str,
        keep: bool,
        by: &Actor,
    ) -> Result<PushOutcome, Error> {
        self.may_push(by)?;
        let Checked { report, made } = self.workshop()?.check_draft(draft).map_err(broken)?;
        let passed = made.is_some();
        let pushed = match made {
            Some(made) if keep => {
                let push = Push {
                    image: made.image,
                    component: draft.component.to_vec(),
                    settings: made.settings,
                    description: made.description,
                    engine: made.engine,
                    source: source.to_owned(),
                    report: report.to_string(),
                };
                Some(self.rollout().push(push, by)?)
            }
            Some(_) | None => None,
        };
        Ok(PushOutcome {
            passed,
            report,
            pushed,
        })
    }

    /// Before a component is compiled for somebody: the compiler costs more than a refusal.
    fn may_push(&self, by: &Actor) -> Result<(), Error> {
        match by.role {
            Role::Admin | Role::System | Role::District(_) => Ok(()),
            Role::Operator | Role::Unit(_) | Role::Leader(_) | Role::Channel | Role::Auditor => {
                Err(Rejection::NotPermitted {
                    command: "push a plugin",
                }
                .into())
            }
        }
    }

    /// An image with what is kept about it.
    pub(crate) fn kept_image(&self, image: &Digest) -> Result<Option<KeptImage>, StoreError> {
        let record = self.store.image(image)?;
        let bytes = self.store.image_bytes(image)?;
        Ok(record
            .zip(bytes)
            .map(|(record, bytes)| KeptImage { record, bytes }))
    }

    /// Makes a decision of the journal again.
    ///
    /// # Errors
    /// [`RolloutError::NoDecision`], [`RolloutError::Workshop`] where its question or an image is not
    /// there, [`Error::Store`].
    pub fn repeat_decision(&self, id: Uuid, by: &Actor) -> Result<Repetition, Error> {
        let decision = self.rollout().decision(id, by)?;
        let image = |image: &Digest| self.kept_image(image);
        self.workshop()?.repeat(&decision, &image).map_err(broken)
    }
}

pub(crate) fn broken(error: crate::ports::WorkshopError) -> Error {
    RolloutError::Workshop {
        detail: error.detail,
    }
    .into()
}

/// The scope as the decisions of a district or of the whole city are chosen by.
pub(crate) fn scope_filter(scope: &str) -> Option<String> {
    let code = rollout::scope_code(scope);
    (code != CITY).then(|| code.to_owned())
}
