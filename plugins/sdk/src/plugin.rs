//! The state behind a plugin's exports, and the macros that make them.

use std::sync::OnceLock;

use contract::about::{Description, Kind, Problem};
use contract::types::Refusal;
use contract::{escalation, knowledge, routing};

use crate::settings::{Settings, problem, read_json};

/// A plugin's rules: empty until `configure`, the same ever after.
#[derive(Debug)]
pub struct Plugin<S: Settings> {
    rules: OnceLock<S::Rules>,
}

impl<S: Settings> Plugin<S> {
    /// A plugin that is not configured yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            rules: OnceLock::new(),
        }
    }

    /// Takes the settings, once.
    ///
    /// # Errors
    ///
    /// What is wrong with the settings, or that the plugin has some already.
    pub fn configure(&self, json: &str) -> Result<(), Vec<Problem>> {
        let rules = read_json::<S>(json)?;
        self.rules.set(rules).map_err(|_rules| {
            vec![problem(
                ".",
                "the plugin is configured already; bake a new image instead",
            )]
        })
    }

    /// Answers by `answer` from the rules.
    ///
    /// # Errors
    ///
    /// The refusal of `answer`, or [`Refusal::Internal`] before `configure`.
    pub fn ask<V>(
        &self,
        answer: impl FnOnce(&S::Rules) -> Result<V, Refusal>,
    ) -> Result<V, Refusal> {
        self.rules.get().map_or_else(
            || {
                Err(Refusal::Internal(
                    "not configured: settings.configure must run first".to_owned(),
                ))
            },
            answer,
        )
    }
}

impl<S: Settings> Default for Plugin<S> {
    fn default() -> Self {
        Self::new()
    }
}

/// What every plugin is; the macros implement it.
pub trait Author {
    /// Type of the settings.
    type Settings: Settings;
    /// What the plugin answers.
    const KIND: Kind;
    /// Short name.
    const NAME: &'static str;
    /// Version of the author's crate.
    const VERSION: &'static str;
    /// One sentence.
    const SUMMARY: &'static str;

    /// The one state of the component.
    fn plugin() -> &'static Plugin<Self::Settings>;

    /// The description, configured or not.
    #[must_use]
    fn describe() -> Description {
        Description {
            name: Self::NAME.to_owned(),
            version: Self::VERSION.to_owned(),
            kind: Self::KIND,
            summary: Self::SUMMARY.to_owned(),
            settings_schema: schemars::schema_for!(Self::Settings).to_value().to_string(),
        }
    }
}

/// The rules of an author's plugin.
type RulesOf<A> = <<A as Author>::Settings as Settings>::Rules;

/// A routing plugin.
pub trait Router: Author {
    /// Advises on one order.
    ///
    /// # Errors
    ///
    /// Why the plugin gives no verdict.
    fn route(
        rules: &RulesOf<Self>,
        question: &routing::Question,
    ) -> Result<routing::Verdict, Refusal>;
}

/// An escalation plugin.
pub trait Escalator: Author {
    /// Advises on one order.
    ///
    /// # Errors
    ///
    /// Why the plugin gives no verdict.
    fn escalate(
        rules: &RulesOf<Self>,
        question: &escalation::Question,
    ) -> Result<escalation::Verdict, Refusal>;
}

/// A knowledge plugin.
pub trait Checker: Author {
    /// Checks one knowledge point.
    ///
    /// # Errors
    ///
    /// Why the plugin gives no verdict.
    fn check(
        rules: &RulesOf<Self>,
        point: &knowledge::Point,
    ) -> Result<Vec<knowledge::Finding>, Refusal>;
}

/// Makes a component of the world `routing-plugin` from a settings type and a function
/// `fn(&Rules, &routing::Question) -> Result<routing::Verdict, Refusal>`.
#[macro_export]
macro_rules! routing {
    (name: $name:expr, summary: $summary:expr, settings: $settings:ty, route: $route:path $(,)?) => {
        $crate::__plugin! {
            routing, Routing, $name, $summary, $settings,
            Router::route($crate::routing::Question) -> $crate::routing::Verdict = $route
        }
    };
}

/// Makes a component of the world `escalation-plugin` from a settings type and a function
/// `fn(&Rules, &escalation::Question) -> Result<escalation::Verdict, Refusal>`.
#[macro_export]
macro_rules! escalation {
    (
        name: $name:expr, summary: $summary:expr, settings: $settings:ty,
        escalate: $escalate:path $(,)?
    ) => {
        $crate::__plugin! {
            escalation, Escalation, $name, $summary, $settings,
            Escalator::escalate($crate::escalation::Question)
                -> $crate::escalation::Verdict = $escalate
        }
    };
}

/// Makes a component of the world `knowledge-plugin` from a settings type and a function
/// `fn(&Rules, &knowledge::Point) -> Result<Vec<knowledge::Finding>, Refusal>`.
#[macro_export]
macro_rules! knowledge {
    (name: $name:expr, summary: $summary:expr, settings: $settings:ty, check: $check:path $(,)?) => {
        $crate::__plugin! {
            knowledge, Knowledge, $name, $summary, $settings,
            Checker::check($crate::knowledge::Point) -> Vec<$crate::knowledge::Finding> = $check
        }
    };
}

/// What the three macros have in common. Only the exports are WebAssembly's own; the rest compiles
/// natively too, so that the function's type is checked and the crate's tests run.
#[doc(hidden)]
#[macro_export]
macro_rules! __plugin {
    (
        $world:ident, $kind:ident, $name:expr, $summary:expr, $settings:ty,
        $role:ident::$function:ident($question:ty) -> $verdict:ty = $answer:path
    ) => {
        const _: () = {
            static PLUGIN: $crate::__private::Plugin<$settings> = $crate::__private::Plugin::new();

            struct Component;

            impl $crate::__private::Author for Component {
                type Settings = $settings;
                const KIND: $crate::__private::Kind = $crate::__private::Kind::$kind;
                const NAME: &'static str = $name;
                const VERSION: &'static str = env!("CARGO_PKG_VERSION");
                const SUMMARY: &'static str = $summary;

                fn plugin() -> &'static $crate::__private::Plugin<$settings> {
                    &PLUGIN
                }
            }

            impl $crate::__private::$role for Component {
                fn $function(
                    rules: &<$settings as $crate::Settings>::Rules,
                    question: &$question,
                ) -> Result<$verdict, $crate::Refusal> {
                    $answer(rules, question)
                }
            }

            // Natively nothing exports the function; this is its use.
            const _: fn(
                &<$settings as $crate::Settings>::Rules,
                &$question,
            ) -> Result<$verdict, $crate::Refusal> =
                <Component as $crate::__private::$role>::$function;

            #[cfg(target_arch = "wasm32")]
    $crate::__private::base::export!(Component with_types_in $crate::__private::base);
            #[cfg(target_arch = "wasm32")]
    $crate::__private::$world::export!(Component with_types_in $crate::__private::$world);
        };
    };
}
