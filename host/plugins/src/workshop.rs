//! The engine's workshop: everything about rule images that takes WebAssembly to be run.

use std::path::Path;
use std::sync::Arc;

use contract::about::Kind;
use contract::knowledge;
use contract::types::Instant;
use engine::ports::{
    Checked, DecisionContext, Draft, KeptImage, Made, PlacementHealth, Plan, ReadyImage,
    Repetition, RunningCandidate, StoreError, StoredDecision, TrialOrder, TrialOutcome, Workshop,
    WorkshopError,
};
use lifecycle::advice::{Attempt, Outcome};
use rollout::Digest;
use serde_json::Value;

use crate::examine::Question;
use crate::fixtures::Case;
use crate::replay::replay;
use crate::report::{Push, report};
use crate::trial::{Trial, TrialError};
use crate::{Baker, Counts, Error, Image, Rule, Runtime, Table, fixtures};

/// Samples of each kind of difference that a trial shows.
const SAMPLES_MAX: usize = 50;

/// A runtime with what it takes to bake.
pub struct RuleWorkshop {
    runtime: Arc<Runtime>,
    baker: Baker,
}

impl RuleWorkshop {
    /// A workshop for the images of this runtime.
    ///
    /// # Errors
    ///
    /// The engine for baking does not start.
    pub fn new(runtime: Arc<Runtime>) -> Result<Self, Error> {
        Ok(Self {
            baker: Baker::new(runtime.limits())?,
            runtime,
        })
    }

    fn ready(&self, kept: &KeptImage) -> Result<Arc<Rule>, Error> {
        match self.runtime.warm(kept.record.image.as_str()) {
            Some(rule) => Ok(rule),
            None => self.runtime.load(&image_of(kept)),
        }
    }
}

impl Workshop for RuleWorkshop {
    fn check_draft(&self, draft: &Draft<'_>) -> Result<Checked, WorkshopError> {
        let cases = |kind: Kind| -> Result<Vec<Case>, Error> {
            let text = draft.fixtures;
            text.map_or(Ok(Vec::new()), |text| {
                fixtures::from_text(Path::new("fixtures"), text, kind)
            })
        };
        let push = Push {
            component: draft.component,
            settings: draft.settings,
            fixtures: &cases,
        };
        let (report, image) = report(&self.baker, &self.runtime, &push);
        let made = image.map(|image| {
            // The report baked it with exactly these; its digest of them is the same.
            let settings = crate::settings_from_json(draft.settings).map_err(told)?;
            Ok(Made {
                image: image.bytes,
                settings,
                description: image.description,
                engine: image.engine,
            })
        });
        Ok(Checked {
            report: serde_json::to_value(&report).map_err(told)?,
            made: made.transpose()?,
        })
    }

    fn load(&self, image: &KeptImage) -> Result<ReadyImage, WorkshopError> {
        self.ready(image).map(ReadyImage::new).map_err(told)
    }

    fn follow(&self, plan: &Plan<'_>) -> Result<(), WorkshopError> {
        let rule = |image: &Digest| (plan.images)(image)?.made::<Rule>();
        let done = |activation| {
            let counts = (plan.counts)(activation)?;
            serde_json::from_value::<Counts>(counts).ok()
        };
        let table = |table| Table::going_on(table, rule, done).map_err(told);
        let mut to_come: Option<(Instant, Table)> = None;
        for (at, later) in plan.to_come.iter().rev() {
            let later = followed_by(table(later)?, to_come.take());
            to_come = Some(((*at).into(), later));
        }
        let now = followed_by(table(plan.now)?, to_come);
        self.runtime.follow(&now);
        Ok(())
    }

    fn placements(&self) -> Vec<PlacementHealth> {
        self.runtime.placements()
    }

    fn running_candidates(&self) -> Vec<RunningCandidate> {
        let counts = self.runtime.candidates();
        counts
            .into_iter()
            .map(|candidate| RunningCandidate {
                activation: candidate.activation,
                ended: candidate.ended.clone(),
                // Its fields all have a JSON form.
                counts: serde_json::to_value(&candidate).unwrap_or(Value::Null),
            })
            .collect()
    }

    fn try_out(&self, order: TrialOrder<'_>) -> Result<TrialOutcome, WorkshopError> {
        let rule = self.ready(order.image).map_err(told)?;
        let trial = Trial {
            runtime: &self.runtime,
            candidate: &rule,
            scope: order.scope,
            threads: self.runtime.limits().background,
            samples_max: SAMPLES_MAX,
        };
        let report = match trial.run(order.decisions, order.progress) {
            Ok(report) => report,
            Err(TrialError::Decisions(error)) => return Err(told(error)),
            Err(TrialError::Runtime(error)) => return Err(told(error)),
        };
        Ok(TrialOutcome {
            decisions: report.asked,
            changed_permille: report.changed_permille,
            failed_permille: report.failed_permille,
            page: report.html(),
            report: serde_json::to_value(&report).map_err(told)?,
        })
    }

    fn repeat(
        &self,
        decision: &StoredDecision,
        image: &dyn Fn(&Digest) -> Result<Option<KeptImage>, StoreError>,
    ) -> Result<Repetition, WorkshopError> {
        let find = |digest: &str| -> Result<Option<Image>, WorkshopError> {
            let digest = digest.parse().map_err(told)?;
            Ok(image(&digest).map_err(told)?.as_ref().map(image_of))
        };
        let again = replay(&self.runtime, decision, find).map_err(told)?;
        Ok(Repetition {
            same: again.same,
            report: serde_json::to_value(&again).map_err(told)?,
        })
    }

    fn check_point(
        &self,
        image: &KeptImage,
        scope: &str,
        context: &DecisionContext,
        point: &knowledge::Point,
    ) -> Result<(Attempt, Vec<knowledge::Finding>), WorkshopError> {
        let rule = self.ready(image).map_err(told)?;
        if rule.kind() != Kind::Knowledge {
            return Err(WorkshopError {
                detail: format!(
                    "the image answers `{}`, not `knowledge`; give one that checks knowledge points",
                    rule.kind().name()
                ),
            });
        }
        let question = Question::Knowledge(point.clone());
        let examined = self.runtime.examine_as(scope, &rule, context, &question);
        let findings = if examined.attempt.outcome == Outcome::Answered {
            serde_json::from_value(examined.answer).map_err(told)?
        } else {
            Vec::new()
        };
        Ok((examined.attempt, findings))
    }
}

fn followed_by(table: Table, next: Option<(Instant, Table)>) -> Table {
    match next {
        Some((at, next)) => table.until(at, next),
        None => table,
    }
}

fn image_of(kept: &KeptImage) -> Image {
    let record = &kept.record;
    Image {
        bytes: kept.bytes.clone(),
        image: record.image.to_string(),
        component: record.component.to_string(),
        settings: record.settings_digest.to_string(),
        description: record.description.clone(),
        engine: record.engine.clone(),
    }
}

/// The error with all its causes.
fn told(error: impl std::error::Error) -> WorkshopError {
    let mut detail = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        detail.push_str(": ");
        detail.push_str(&cause.to_string());
        source = cause.source();
    }
    WorkshopError { detail }
}
