//! Reading images, activations, decisions, and what proves them. For the admin and auditors.

use contract::about::Kind;
use lifecycle::ids::{Actor, Role};
use rollout::{Activation, Digest, Policy, PushedImage, Rejection, Standing, State};
use serde::Serialize;
use uuid::Uuid;

use super::{ActivationView, Rollout, RolloutError};
use crate::Error;
use crate::ports::{
    AuditHead, AuditProgress, AuditReport, DecisionCursor, DecisionFilter, ImageFilter,
    ImageRecord, Page, StoredDecision,
};

/// Most decisions in one page.
const DECISIONS_MAX: u32 = 1000;

/// What a list of activations is narrowed to; every field that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActivationFilter {
    /// In which scope.
    pub scope: Option<String>,
    /// For which question.
    pub kind: Option<Kind>,
    /// Of which image.
    pub image: Option<Digest>,
    /// How it stands.
    pub standing: Option<Standing>,
}

/// What activating in a scope takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyView {
    /// In which scope.
    pub scope: String,
    /// For which question; none for all that have no policy of their own.
    pub kind: Option<Kind>,
    /// What it takes.
    pub policy: Policy,
    /// The number under which a second person approves it; none where it holds.
    pub waiting: Option<u64>,
    /// Who proposed it, where it waits.
    pub by: Option<Actor>,
}

impl Rollout<'_> {
    /// A page of images, newest first; `after` is the `next` of the page before.
    ///
    /// # Errors
    /// [`RolloutError::Rejected`] for anybody but the admin and auditors, [`Error::InvalidInput`] for a
    /// cursor that is none, [`Error::Store`].
    pub fn images(
        &self,
        filter: &ImageFilter,
        after: Option<&str>,
        limit: u32,
        by: &Actor,
    ) -> Result<Page<ImageRecord>, Error> {
        may_read(by)?;
        Ok(self.engine.store.images(filter, after, limit)?)
    }

    /// The image of a digest, or of its first digits where they name one image only.
    ///
    /// # Errors
    /// [`RolloutError::NoImage`], [`RolloutError::AmbiguousImage`].
    pub fn find(&self, digits: &str) -> Result<PushedImage, Error> {
        let state = self.state()?;
        let image = digits.to_ascii_lowercase();
        let mut found = state
            .images()
            .filter(|it| it.rule.image.starts_with(&image));
        match (found.next(), found.next()) {
            (Some(one), None) if !image.is_empty() => Ok(one.clone()),
            (Some(_), _) => Err(RolloutError::AmbiguousImage { image }.into()),
            (None, _) => Err(RolloutError::NoImage { image }.into()),
        }
    }

    /// What is kept about an image, and every activation of it.
    ///
    /// # Errors
    /// [`RolloutError::Rejected`], [`RolloutError::NoImage`], [`Error::Store`].
    pub fn image(
        &self,
        image: &Digest,
        by: &Actor,
    ) -> Result<(ImageRecord, Vec<ActivationView>), Error> {
        may_read(by)?;
        let filter = ActivationFilter {
            image: Some(image.clone()),
            ..ActivationFilter::default()
        };
        Ok((self.kept(image)?, self.activations(&filter, by)?))
    }

    /// An image itself.
    ///
    /// # Errors
    /// [`RolloutError::Rejected`], [`RolloutError::NoImage`], [`Error::Store`].
    pub fn image_bytes(&self, image: &Digest, by: &Actor) -> Result<Vec<u8>, Error> {
        may_read(by)?;
        let bytes = self.engine.store.image_bytes(image)?;
        bytes.ok_or_else(|| no_image(image))
    }

    /// A component that images were baked from, by its own digest.
    ///
    /// # Errors
    /// [`RolloutError::Rejected`], [`RolloutError::NoComponent`], [`Error::Store`].
    pub fn component_bytes(&self, component: &Digest, by: &Actor) -> Result<Vec<u8>, Error> {
        may_read(by)?;
        let bytes = self.engine.store.component_bytes(component)?;
        let component = component.clone();
        bytes.ok_or_else(|| RolloutError::NoComponent { component }.into())
    }

    /// Activations, newest first.
    ///
    /// # Errors
    /// [`RolloutError::Rejected`], [`Error::Store`].
    pub fn activations(
        &self,
        filter: &ActivationFilter,
        by: &Actor,
    ) -> Result<Vec<ActivationView>, Error> {
        may_read(by)?;
        let state = self.state()?;
        let fits = |it: &&Activation| {
            filter.scope.as_ref().is_none_or(|scope| it.scope == *scope)
                && filter.kind.is_none_or(|kind| it.kind == kind)
                && (filter.image.is_none() || it.image == filter.image)
        };
        let views = state.activations().rev().filter(fits);
        Ok(views
            .map(|it| self.view(&state, it))
            .filter(|it| {
                filter
                    .standing
                    .is_none_or(|standing| it.standing == standing)
            })
            .collect())
    }

    /// One activation.
    ///
    /// # Errors
    /// [`RolloutError::Rejected`], [`RolloutError::NoActivation`], [`Error::Store`].
    pub fn activation(&self, id: u64, by: &Actor) -> Result<ActivationView, Error> {
        may_read(by)?;
        self.view_of(id)
    }

    /// Policies that hold and policies that wait for a second person, by scope.
    ///
    /// # Errors
    /// [`RolloutError::Rejected`], [`Error::Store`].
    pub fn policies(&self, by: &Actor) -> Result<Vec<PolicyView>, Error> {
        may_read(by)?;
        let state = self.state()?;
        let hold = state.policies().map(|(scope, kind, policy)| PolicyView {
            scope: scope.to_owned(),
            kind,
            policy,
            waiting: None,
            by: None,
        });
        let wait = state.policy_proposals().map(|it| PolicyView {
            scope: it.scope.clone(),
            kind: it.kind,
            policy: it.policy,
            waiting: Some(it.id),
            by: Some(it.by.clone()),
        });
        Ok(hold.chain(wait).collect())
    }

    /// Decisions after a position, oldest first, at most a thousand. The next page begins after the
    /// last one's `cursor`; an empty page is the end.
    ///
    /// # Errors
    /// [`RolloutError::Rejected`], [`Error::Store`].
    pub fn decisions(
        &self,
        filter: &DecisionFilter,
        after: Option<DecisionCursor>,
        limit: u32,
        by: &Actor,
    ) -> Result<Vec<StoredDecision>, Error> {
        may_audit(by)?;
        let limit = limit.clamp(1, DECISIONS_MAX);
        Ok(self.engine.store.decisions(filter, after, limit)?)
    }

    /// How many decisions a filter finds.
    ///
    /// # Errors
    /// [`RolloutError::Rejected`], [`Error::Store`].
    pub fn count_decisions(&self, filter: &DecisionFilter, by: &Actor) -> Result<u64, Error> {
        may_audit(by)?;
        Ok(self.engine.store.count_decisions(filter)?)
    }

    /// One decision with its question, to run it again.
    ///
    /// # Errors
    /// [`RolloutError::Rejected`], [`RolloutError::NoDecision`], [`Error::Store`].
    pub fn decision(&self, id: Uuid, by: &Actor) -> Result<StoredDecision, Error> {
        may_audit(by)?;
        let found = self.engine.store.decision(id)?;
        found.ok_or_else(|| RolloutError::NoDecision { id }.into())
    }

    /// The end of the audit chain, to be noted elsewhere.
    ///
    /// # Errors
    /// [`RolloutError::Rejected`], [`Error::Store`].
    pub fn audit_head(&self, by: &Actor) -> Result<Option<AuditHead>, Error> {
        may_audit(by)?;
        Ok(self.engine.store.audit_head()?)
    }

    /// Walks the audit chain and recomputes every link and digest.
    ///
    /// # Errors
    /// [`RolloutError::Rejected`], [`Error::Store`].
    pub fn verify_audit(
        &self,
        noted: Option<&AuditHead>,
        progress: AuditProgress<'_>,
        by: &Actor,
    ) -> Result<AuditReport, Error> {
        may_audit(by)?;
        Ok(self.engine.store.verify_audit(noted, progress)?)
    }

    pub(super) fn kept(&self, image: &Digest) -> Result<ImageRecord, Error> {
        let record = self.engine.store.image(image)?;
        record.ok_or_else(|| no_image(image))
    }

    pub(super) fn view_of(&self, id: u64) -> Result<ActivationView, Error> {
        let view = self.view_of_any(id)?;
        view.ok_or_else(|| RolloutError::NoActivation { id }.into())
    }

    /// Nothing where the number is a policy's.
    pub(super) fn view_of_any(&self, id: u64) -> Result<Option<ActivationView>, Error> {
        let state = self.state()?;
        Ok(state.activation(id).map(|it| self.view(&state, it)))
    }

    fn view(&self, state: &State, activation: &Activation) -> ActivationView {
        let now = state.instant(self.engine.now());
        let image = activation.image.as_ref().and_then(|it| state.image(it));
        let readiness = activation
            .image
            .as_ref()
            .filter(|_| self.engine.platform.workshop.is_some())
            .map(|it| self.engine.platform.following.readiness(it));
        ActivationView {
            standing: state
                .standing(activation.id, now)
                .unwrap_or(Standing::Withdrawn),
            effective_from: activation.effective_from(),
            name: image.map(|it| it.rule.name.clone()),
            loaded: readiness.as_ref().map(|it| it.loaded),
            problem: readiness.and_then(|it| it.problem),
            activation: activation.clone(),
        }
    }
}

/// Images and who answers where: the districts write plugins, so they see what there is.
pub(crate) fn may_read(by: &Actor) -> Result<(), Rejection> {
    match by.role {
        Role::System | Role::Admin | Role::Auditor | Role::District(_) => Ok(()),
        Role::Operator | Role::Unit(_) | Role::Leader(_) | Role::Channel => {
            Err(Rejection::NotPermitted {
                command: "read images and activations",
                who: "ask the platform admin or an auditor",
            })
        }
    }
}

/// Decisions and what proves them, across all districts.
fn may_audit(by: &Actor) -> Result<(), Rejection> {
    match by.role {
        Role::System | Role::Admin | Role::Auditor => Ok(()),
        Role::Operator | Role::Unit(_) | Role::Leader(_) | Role::District(_) | Role::Channel => {
            Err(Rejection::NotPermitted {
                command: "read decisions",
                who: "ask the platform admin or an auditor",
            })
        }
    }
}

fn no_image(image: &Digest) -> Error {
    let image = image.to_string();
    RolloutError::NoImage { image }.into()
}
