//! Rule images and who answers where: what is asked of the plugin platform.

use rollout::{Limits, Mode, Place, Policy, Proposal, Rejection, TrialPolicy};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::dto::{Question, Time};

/// A plugin that is pushed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PushRequest {
    /// The component, in base64. Compiled code is never accepted.
    pub component: String,
    /// Its settings; they must keep to the plugin's own schema.
    #[schema(value_type = Object)]
    pub settings: Value,
    /// Its fixtures: cases, each a question with the verdict that is expected.
    #[schema(value_type = Option<Vec<Object>>)]
    pub fixtures: Option<Vec<Value>>,
    /// Where it comes from: a file's name or an address.
    #[schema(example = "tianhe-routing.wasm")]
    pub source: String,
    /// Only check, and keep nothing.
    #[serde(default)]
    pub check_only: bool,
}

/// What came of a push.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PushAnswer {
    /// Whether every check passed.
    pub passed: bool,
    /// Every check in its order: `name`, `state`, `what`, and `way_out` where it failed.
    #[schema(value_type = Object)]
    pub report: Value,
    /// What is kept of the image; null where a check failed or nothing was to be kept.
    #[schema(value_type = Option<Object>)]
    pub image: Option<Value>,
    /// Whether the image is new; one that is known is left as it is.
    pub new: bool,
}

/// Which images are listed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImageParameters {
    /// Which question they answer.
    pub kind: Option<Question>,
    /// The plugin's name.
    pub name: Option<String>,
    /// Where the page begins: `next` of the page before.
    pub after: Option<String>,
    /// Images on a page, 1 to 200; 50 if not given.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
}

/// A page of what the platform keeps.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlatformPage {
    /// The items.
    #[schema(value_type = Vec<Object>)]
    pub items: Vec<Value>,
    /// `after` of the next page, if there is one.
    pub next: Option<String>,
}

/// How the platform stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlatformAnswer {
    /// What answers, by question and scope: `scope`, `kind`, `activation`, `image`, `name`, `loaded`,
    /// `problem`, `breaker` (`closed`, `open` with `rests_ms`, or `half_open`), `asked`, `failed`.
    #[schema(value_type = Vec<Object>)]
    pub placements: Vec<Value>,
    /// Activations in effect, to come, or awaiting approval, the newest first.
    #[schema(value_type = Vec<Object>)]
    pub activations: Vec<Value>,
    /// Policies that wait for a second person.
    #[schema(value_type = Vec<Object>)]
    pub policies: Vec<Value>,
    /// Shadows and canaries with their counts.
    #[schema(value_type = Vec<Object>)]
    pub candidates: Vec<Value>,
}

/// Which activations are listed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ActivationParameters {
    /// In which scope: `440100`, a district's or a unit's code; a further check of knowledge points has a
    /// name after it, such as `440100/citations`.
    pub scope: Option<String>,
    /// For which question.
    pub kind: Option<Question>,
}

/// Who answers from when on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewActivation {
    /// `440100`, a district's or a unit's code; a further check of knowledge points has a name after it,
    /// such as `440100/citations`.
    #[schema(example = "440106")]
    pub scope: String,
    /// Which question.
    pub kind: Question,
    /// The image's digest, or its first digits where they name one image; null leaves the scope without
    /// a rule, so that the next wider one answers.
    pub image: Option<String>,
    /// How it takes part; it answers, if not given.
    #[serde(default)]
    pub mode: ModeWanted,
    /// Where it is asked; in the host, if not given.
    #[serde(default)]
    pub placement: PlacementWanted,
    /// From when; at once, if not given.
    pub from: Option<Time>,
    /// Why.
    pub note: String,
}

/// How an image takes part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "mode", deny_unknown_fields)]
pub enum ModeWanted {
    /// It answers.
    #[default]
    Active,
    /// It is asked beside the active one, without effect.
    Shadow,
    /// It answers for a stable share of the orders, by the hash of their number.
    Canary {
        /// The share, in thousandths.
        #[schema(minimum = 1, maximum = 1000)]
        share_permille: u16,
        /// Most failures, in thousandths of its decisions, before it ends by itself.
        #[serde(default = "fifty")]
        failures_permille_max: u16,
        /// Most decisions that differ from the active image's, in thousandths, before it ends by itself.
        #[serde(default = "thousand")]
        divergence_permille_max: u16,
        /// So many decisions are waited for before either counts.
        #[serde(default = "hundred")]
        decisions_min: u32,
    },
}

/// Where an image is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "at", deny_unknown_fields)]
pub enum PlacementWanted {
    /// In the host.
    #[default]
    Embedded,
    /// By an HTTP function that runs the same image. Only for what answers alone, not for candidates.
    Function {
        /// Its address, without user, password, query and fragment.
        #[schema(example = "https://tianhe.example.org/routing/440106")]
        url: String,
    },
}

impl PlacementWanted {
    fn place(self) -> Result<Place, Rejection> {
        match self {
            Self::Embedded => Ok(Place::Embedded),
            Self::Function { url } => match url.parse() {
                Ok(url) => Ok(Place::Function { url }),
                Err(problem) => Err(Rejection::BadField {
                    field: "placement.url",
                    problem: format!("it is no address of a function: {problem}"),
                    way_out: "write https://HOST/PATH, or http://HOST:PORT/PATH",
                }),
            },
        }
    }
}

const fn fifty() -> u16 {
    50
}

const fn thousand() -> u16 {
    1000
}

const fn hundred() -> u32 {
    100
}

impl From<ModeWanted> for Mode {
    fn from(wanted: ModeWanted) -> Self {
        match wanted {
            ModeWanted::Active => Self::Active,
            ModeWanted::Shadow => Self::Shadow,
            ModeWanted::Canary {
                share_permille,
                failures_permille_max,
                divergence_permille_max,
                decisions_min,
            } => Self::Canary {
                share_permille,
                limits: Limits {
                    failures_permille_max,
                    divergence_permille_max,
                    decisions_min,
                },
            },
        }
    }
}

impl NewActivation {
    /// As the log takes it, with the image that was found.
    pub(crate) fn proposal(self, image: Option<rollout::Digest>) -> Result<Proposal, Rejection> {
        Ok(Proposal {
            scope: self.scope,
            kind: self.kind.into(),
            image,
            mode: self.mode.into(),
            place: self.placement.place()?,
            from: self.from.map(Into::into),
            note: self.note,
        })
    }
}

/// Why something is taken back or ended.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteGiven {
    /// Why.
    pub note: String,
}

/// A return to an earlier activation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRollback {
    /// `440100`, a district's or a unit's code.
    pub scope: String,
    /// Which question.
    pub kind: Question,
    /// The number of the earlier activation; what answered before the present one, if not given.
    pub to: Option<u64>,
    /// Why.
    pub note: String,
}

/// What activating in a scope takes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPolicy {
    /// `440100`, a district's or a unit's code.
    pub scope: String,
    /// For which question; for all that have no policy of their own, if not given.
    pub kind: Option<Question>,
    /// A second admin must approve what has an effect.
    pub approval: bool,
    /// What has an effect must have been tried, and shown no more than this; no trial is needed, if not
    /// given.
    pub trial: Option<NewTrialPolicy>,
    /// Why.
    pub note: String,
}

impl NewPolicy {
    pub(crate) const fn policy(&self) -> Policy {
        Policy {
            approval: self.approval,
            trial: match &self.trial {
                None => None,
                Some(asked) => Some(TrialPolicy {
                    changed_permille_max: asked.changed_permille_max,
                    failed_permille_max: asked.failed_permille_max,
                    days: asked.days,
                }),
            },
        }
    }
}

/// What a trial must show before an activation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTrialPolicy {
    /// At most this share of the decisions may change, in thousandths.
    #[schema(minimum = 0, maximum = 1000)]
    pub changed_permille_max: u16,
    /// It may fail in at most this share of them, in thousandths.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1000)]
    pub failed_permille_max: u16,
    /// It must have been tried on at least all decisions of so many days before the trial, and so long
    /// does the trial count.
    #[serde(default = "a_week")]
    #[schema(minimum = 1)]
    pub days: u16,
}

const fn a_week() -> u16 {
    7
}

/// A trial on decisions of the past.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTrial {
    /// The image's digest, or its first digits.
    pub image: String,
    /// The scope that it would be active in.
    pub scope: String,
    /// Decisions from this instant on; all, if not given.
    pub since: Option<Time>,
    /// Decisions before this instant; all, if not given.
    pub until: Option<Time>,
}
