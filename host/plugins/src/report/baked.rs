//! The report of an image that was baked before, such as one of a list of rules. Nothing is baked again: the
//! file beside the image says what it was made from, and whoever read it has compared the digests.

use super::{CONFIGURED, Push, Report, Review, Step};
use crate::{Image, Runtime, settings_from_json};

/// Checks an image with the component and the settings that it was made from: every check of
/// [`super::report`] that needs no baking, and the rest as the baking has shown it.
///
/// Compiles at most once, and nothing that is loaded.
#[must_use]
pub fn report_baked(runtime: &Runtime, image: &Image, push: &Push<'_>) -> Report {
    let mut review = Review::default();
    // Where this gives nothing, a check before has told why.
    let _ = review.look_over(runtime, image, push);
    review.finish()
}

impl Review {
    fn look_over(&mut self, runtime: &Runtime, image: &Image, push: &Push<'_>) -> Option<()> {
        let checked = self.look(push.component, runtime.limits())?;
        let settings = self.note(Step::Settings, settings_from_json(push.settings), |json| {
            format!("{} bytes of JSON", json.len())
        })?;
        let baked = |what: &str| format!("{what}, when it was baked by {}", image.engine);
        self.pass(Step::Compile, baked("it was prepared and compiled"));
        let said = &image.description;
        if said.kind == checked.kind {
            let what = format!("{} {}: {}", said.name, said.version, said.summary);
            self.pass(Step::Description, what);
        } else {
            self.fail(
                Step::Description,
                format!(
                    "the image is described as `{}`, and answers `{}`",
                    said.kind, checked.kind
                ),
                "bake it anew: `kapok bake`",
            );
        }
        self.keeps_to_schema(said, &settings);
        self.pass(Step::Configure, baked(CONFIGURED));
        let what = format!("{} bytes, {}", image.bytes.len(), image.image);
        self.pass(Step::Image, what);
        self.pass(Step::Memory, baked("a decision has room for it"));
        let rule = self.note(Step::Load, runtime.load(image), |rule| {
            format!("compiled for decisions as {}", rule.short())
        })?;
        self.ask(runtime, &rule, push);
        Some(())
    }
}
