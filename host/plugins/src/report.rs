//! What is to be known of a component and its settings before they are taken: every check in its order,
//! in plain words, each problem with its way out.

mod baked;
mod schema;
mod smoke;
mod words;

use std::fmt;

use contract::about::{Description, Kind};
use lifecycle::advice::Outcome;
use serde::{Deserialize, Serialize};

pub use baked::report_baked;

use crate::bake::Prepared;
use crate::check::{Checked, check};
use crate::fixtures::{Case, Judged, Judgement};
use crate::{Baker, Error, Image, Limits, Refused, Rule, Runtime, fixtures, settings_from_json};
use words::{PROBLEMS_MAX, explain, listed};

/// What is pushed.
#[derive(Clone, Copy)]
pub struct Push<'a> {
    /// The component.
    pub component: &'a [u8],
    /// Its settings, as JSON text.
    pub settings: &'a str,
    /// Its fixtures, read once it is known which question it answers.
    pub fixtures: &'a dyn Fn(Kind) -> Result<Vec<Case>, Error>,
}

/// What was found out about a push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Every check, in order. Questions come last, one check for each.
    pub checks: Vec<Check>,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Its name, such as `imports`.
    pub name: String,
    /// How it went.
    pub state: CheckState,
    /// What was found.
    pub what: String,
    /// What to do about it, if it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way_out: Option<String>,
}

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// It is as it should be.
    Passed,
    /// It is not.
    Failed,
    /// An earlier check makes it impossible.
    NotRun,
}

/// Checks a component with its settings, and gives the image if it passes everything.
///
/// Takes as long as the compiler does, three times over, so it stays off the path of any decision.
#[must_use]
pub fn report(baker: &Baker, runtime: &Runtime, push: &Push<'_>) -> (Report, Option<Image>) {
    let mut review = Review::default();
    let image = review.run(baker, runtime, push);
    let report = review.finish();
    let image = image.filter(|_| report.passed());
    (report, image)
}

impl Report {
    /// Whether nothing stands in the way.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.checks
            .iter()
            .all(|check| check.state == CheckState::Passed)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Check {
            name,
            state,
            what,
            way_out,
        } in &self.checks
        {
            let sign = match state {
                CheckState::Passed => "ok     ",
                CheckState::Failed => "FAILED ",
                CheckState::NotRun => "not run",
            };
            writeln!(f, "{sign} {name}: {what}")?;
            if let Some(way_out) = way_out {
                writeln!(f, "        {way_out}")?;
            }
        }
        Ok(())
    }
}

/// The checks of every push. Questions follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Size,
    Component,
    Imports,
    Contract,
    Settings,
    Compile,
    Description,
    Schema,
    Configure,
    Image,
    Memory,
    Load,
    SmokeQuestion,
    Fixtures,
}

impl Step {
    const ALL: [Self; 14] = [
        Self::Size,
        Self::Component,
        Self::Imports,
        Self::Contract,
        Self::Settings,
        Self::Compile,
        Self::Description,
        Self::Schema,
        Self::Configure,
        Self::Image,
        Self::Memory,
        Self::Load,
        Self::SmokeQuestion,
        Self::Fixtures,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Size => "size",
            Self::Component => "component",
            Self::Imports => "imports",
            Self::Contract => "contract",
            Self::Settings => "settings",
            Self::Compile => "compile",
            Self::Description => "description",
            Self::Schema => "settings schema",
            Self::Configure => "configure",
            Self::Image => "image",
            Self::Memory => "memory",
            Self::Load => "load",
            Self::SmokeQuestion => "smoke question",
            Self::Fixtures => "fixtures",
        }
    }

    /// What a refusal is about.
    const fn of(refused: &Refused) -> Self {
        match refused {
            Refused::TooLarge { .. } => Self::Size,
            Refused::Precompiled
            | Refused::NativeCode { .. }
            | Refused::CoreModule
            | Refused::Malformed { .. } => Self::Component,
            Refused::ForbiddenImport { .. } => Self::Imports,
            Refused::ContractVersion { .. }
            | Refused::MissingExport { .. }
            | Refused::MissingFunction { .. }
            | Refused::NoQuestion
            | Refused::SeveralQuestions { .. }
            | Refused::Mismatch { .. } => Self::Contract,
            Refused::TooHungry { .. } => Self::Memory,
        }
    }
}

/// The checks so far.
#[derive(Default)]
struct Review {
    done: Vec<(Step, Check)>,
}

impl Review {
    fn run(&mut self, baker: &Baker, runtime: &Runtime, push: &Push<'_>) -> Option<Image> {
        let checked = self.look(push.component, runtime.limits())?;
        let settings = self.note(Step::Settings, settings_from_json(push.settings), |json| {
            format!("{} bytes of JSON", json.len())
        });
        let prepared = self.note(
            Step::Compile,
            baker.prepare(push.component, checked),
            |_| "it can be prepared and compiled".to_owned(),
        )?;
        let description = self.note(Step::Description, described(&prepared), |it| {
            format!("{} {}: {}", it.name, it.version, it.summary)
        });
        let settings = settings?;
        if let Some(description) = &description {
            self.keeps_to_schema(description, &settings);
        }
        let image = self.bake(&prepared, &settings)?;
        let loaded = runtime.load(&image);
        let rule = self.note(Step::Load, loaded, |rule| {
            format!("compiled for decisions as {}", rule.short())
        })?;
        self.ask(runtime, &rule, push);
        Some(image)
    }

    fn keeps_to_schema(&mut self, description: &Description, settings: &str) {
        match schema::problems(&description.settings_schema, settings) {
            Ok(problems) if problems.is_empty() => {
                let what = "the settings keep to the plugin's own schema";
                self.pass(Step::Schema, what.to_owned());
            }
            Ok(problems) => self.fail(
                Step::Schema,
                listed(&problems),
                "correct these settings; `about.describe` of the plugin says the schema that they must keep to, and \
                 `kapok plugin show` prints it of every image that is kept",
            ),
            Err(detail) => self.fail(
                Step::Schema,
                format!("the plugin's own schema is no JSON Schema: {detail}"),
                "correct `settings-schema` in what `about.describe` answers",
            ),
        }
    }

    /// Everything that is to be seen without running anything.
    fn look(&mut self, component: &[u8], limits: &Limits) -> Option<Checked> {
        let size = format!(
            "{} bytes, of at most {}",
            component.len(),
            limits.component_bytes
        );
        let mut fine = vec![
            (Step::Size, size),
            (Step::Component, "a valid WebAssembly component".to_owned()),
            (
                Step::Imports,
                "nothing but WASI 0.2, without power".to_owned(),
            ),
        ];
        match check(component, limits) {
            Ok(checked) => {
                let what = format!("`{}` of version {}", checked.kind, checked.contract);
                fine.push((Step::Contract, what));
                for (step, what) in fine {
                    self.pass(step, what);
                }
                Some(checked)
            }
            Err(refused) => {
                // Names are looked at before the rest of the component.
                let failed = Step::of(&refused);
                for (step, what) in fine.into_iter().take_while(|(step, _)| *step < failed) {
                    self.pass(step, what);
                }
                self.fail_with(failed, &Error::Refused(refused));
                None
            }
        }
    }

    fn bake(&mut self, prepared: &Prepared<'_>, settings: &str) -> Option<Image> {
        let bytes = match prepared.freeze(settings) {
            Ok(bytes) => bytes,
            Err(error) => {
                let step = if matches!(error, Error::Bake { .. }) {
                    Step::Image
                } else {
                    Step::Configure
                };
                if step == Step::Image {
                    self.pass(Step::Configure, CONFIGURED.to_owned());
                }
                self.fail_with(step, &error);
                return None;
            }
        };
        self.pass(Step::Configure, CONFIGURED.to_owned());
        match prepared.finish(bytes, settings) {
            Ok(image) => {
                let what = format!("{} bytes, {}", image.bytes.len(), image.image);
                self.pass(Step::Image, what);
                self.pass(Step::Memory, "a decision has room for it".to_owned());
                Some(image)
            }
            Err(error) => {
                let step = if matches!(error, Error::Refused(Refused::TooHungry { .. })) {
                    Step::Memory
                } else {
                    Step::Image
                };
                if step == Step::Memory {
                    self.pass(Step::Image, "it can be made".to_owned());
                }
                self.fail_with(step, &error);
                None
            }
        }
    }

    /// The questions: one that is the same for every plugin of its kind, and each fixture.
    fn ask(&mut self, runtime: &Runtime, rule: &Rule, push: &Push<'_>) {
        let examined = runtime.examine("", rule, &smoke::question(rule.kind()));
        let used = format!(
            "{} of fuel, {} bytes of memory",
            examined.usage.fuel, examined.usage.memory_bytes
        );
        match &examined.attempt.outcome {
            Outcome::Answered => self.pass(Step::SmokeQuestion, format!("answered with {used}")),
            Outcome::NoOpinion => self.pass(Step::SmokeQuestion, format!("no opinion, with {used}")),
            Outcome::Refused { detail } => {
                let what = format!("refused with its reason ({detail}), with {used}");
                self.pass(Step::SmokeQuestion, what);
            }
            Outcome::Failed { kind, detail } => self.fail(
                Step::SmokeQuestion,
                format!("an ordinary question made it fail ({kind:?}): {detail}"),
                "ask it the same with `kapok plugin dev`, which shows what it writes to its log; every question must be answered, or answered with no opinion",
            ),
        }
        match (push.fixtures)(rule.kind()) {
            Err(error) => self.fail_with(Step::Fixtures, &error),
            Ok(cases) => {
                let what = format!("{} cases", cases.len());
                self.pass(Step::Fixtures, what);
                for judged in fixtures::run(runtime, rule, &cases) {
                    self.done.push((Step::Fixtures, of_case(&judged)));
                }
            }
        }
    }

    /// Notes a check by its result.
    fn note<T>(
        &mut self,
        step: Step,
        result: Result<T, Error>,
        what: impl FnOnce(&T) -> String,
    ) -> Option<T> {
        match result {
            Ok(value) => {
                self.pass(step, what(&value));
                Some(value)
            }
            Err(error) => {
                self.fail_with(step, &error);
                None
            }
        }
    }

    fn pass(&mut self, step: Step, what: String) {
        self.push(step, CheckState::Passed, what, None);
    }

    fn fail(&mut self, step: Step, what: String, way_out: &str) {
        self.push(step, CheckState::Failed, what, Some(way_out.to_owned()));
    }

    fn fail_with(&mut self, step: Step, error: &Error) {
        let (what, way_out) = explain(error);
        self.push(step, CheckState::Failed, what, Some(way_out));
    }

    fn push(&mut self, step: Step, state: CheckState, what: String, way_out: Option<String>) {
        let name = step.name().to_owned();
        self.done.push((
            step,
            Check {
                name,
                state,
                what,
                way_out,
            },
        ));
    }

    /// All checks, with those that were not run.
    fn finish(self) -> Report {
        let Self { mut done } = self;
        let failed: Vec<&str> = done
            .iter()
            .filter(|(_, check)| check.state == CheckState::Failed)
            .map(|(_, check)| check.name.as_str())
            .collect();
        let why = format!("not before this is put right: {}", failed.join(", "));
        for step in Step::ALL {
            if !done.iter().any(|(other, _)| *other == step) {
                let check = Check {
                    name: step.name().to_owned(),
                    state: CheckState::NotRun,
                    what: why.clone(),
                    way_out: None,
                };
                done.push((step, check));
            }
        }
        done.sort_by_key(|(step, _)| *step);
        Report {
            checks: done.into_iter().map(|(_, check)| check).collect(),
        }
    }
}

const CONFIGURED: &str = "the plugin took its settings";

/// What a plugin says about itself, if it says who it is.
fn described(prepared: &Prepared<'_>) -> Result<Description, Error> {
    let description = prepared.describe()?;
    for (field, text) in [
        ("name", &description.name),
        ("version", &description.version),
    ] {
        if text.trim().is_empty() {
            return Err(Error::Bake {
                detail: format!("the plugin's {field} is empty; say it in `about.describe`"),
            });
        }
    }
    Ok(description)
}

/// A fixture's check.
fn of_case(judged: &Judged<'_>) -> Check {
    let name = format!("fixture `{}`", judged.case.name);
    let usage = &judged.examined.usage;
    let used = format!(
        "{} of fuel, {} bytes of memory",
        usage.fuel, usage.memory_bytes
    );
    let (state, what, way_out) = match judged.judgement {
        Judgement::Passed => (
            CheckState::Passed,
            format!("as expected, with {used}"),
            None,
        ),
        Judgement::Open => {
            let what = format!("answered, and nothing is expected of it, with {used}");
            (CheckState::Passed, what, None)
        }
        Judgement::Failed => {
            let told = judged.differences.iter().take(PROBLEMS_MAX).map(|it| {
                let value = |value: &Option<serde_json::Value>| match value {
                    Some(value) => value.to_string(),
                    None => "nothing".to_owned(),
                };
                format!(
                    "{}: expected {}, found {}",
                    it.path,
                    value(&it.before),
                    value(&it.now)
                )
            });
            let mut told: Vec<String> = told.collect();
            if told.is_empty() {
                told.push(judged.examined.answer.to_string());
            }
            let way_out = "correct the plugin or its settings, or the fixture where it is wrong; \
                           `kapok plugin test` shows the same";
            (
                CheckState::Failed,
                told.join("; "),
                Some(way_out.to_owned()),
            )
        }
    };
    Check {
        name,
        state,
        what,
        way_out,
    }
}
