//! Bindings generated from `wit/`, and how an author's plugin answers them.
//!
//! One world per interface and not one per plugin kind: `settings` and `about` are generated once,
//! and a component carries the type information of exactly the worlds whose `export!` it calls.
#![expect(missing_docs, reason = "generated")]

use crate::plugin::{Author, Checker, Escalator, Router};

pub mod base {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: "
            package kapok:sdk-base;
            world base {
                import kapok:plugin/types@0.1.0;
                export kapok:plugin/settings@0.1.0;
                export kapok:plugin/about@0.1.0;
            }
        ",
        pub_export_macro: true,
        generate_all,
    });
    use exports::kapok::plugin::{about, settings};
    use kapok::plugin::types;
    contract::types_bridge!(types);
    contract::about_bridge!(about, settings);
}

pub mod routing {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: "
            package kapok:sdk-routing;
            world only-routing { export kapok:plugin/routing@0.1.0; }
        ",
        with: { "kapok:plugin/types@0.1.0": super::base::kapok::plugin::types },
        pub_export_macro: true,
    });
    use exports::kapok::plugin::routing as interface;
    contract::routing_bridge!(interface);
}

pub mod escalation {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: "
            package kapok:sdk-escalation;
            world only-escalation { export kapok:plugin/escalation@0.1.0; }
        ",
        with: { "kapok:plugin/types@0.1.0": super::base::kapok::plugin::types },
        pub_export_macro: true,
    });
    use exports::kapok::plugin::escalation as interface;
    contract::escalation_bridge!(interface);
}

pub mod knowledge {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: "
            package kapok:sdk-knowledge;
            world only-knowledge { export kapok:plugin/knowledge@0.1.0; }
        ",
        with: { "kapok:plugin/types@0.1.0": super::base::kapok::plugin::types },
        pub_export_macro: true,
    });
    use exports::kapok::plugin::knowledge as interface;
    contract::knowledge_bridge!(interface);
}

impl<A: Author> base::exports::kapok::plugin::settings::Guest for A {
    fn configure(json: String) -> Result<(), Vec<base::exports::kapok::plugin::settings::Problem>> {
        A::plugin()
            .configure(&json)
            .map_err(|problems| problems.into_iter().map(Into::into).collect())
    }
}

impl<A: Author> base::exports::kapok::plugin::about::Guest for A {
    fn describe() -> base::exports::kapok::plugin::about::Description {
        <A as Author>::describe().into()
    }
}

impl<R: Router> routing::exports::kapok::plugin::routing::Guest for R {
    fn route(
        question: routing::exports::kapok::plugin::routing::Question,
    ) -> Result<
        routing::exports::kapok::plugin::routing::Verdict,
        base::kapok::plugin::types::Refusal,
    > {
        let question = question.into();
        R::plugin()
            .ask(|rules| <R as Router>::route(rules, &question))
            .map(Into::into)
            .map_err(Into::into)
    }
}

impl<E: Escalator> escalation::exports::kapok::plugin::escalation::Guest for E {
    fn escalate(
        question: escalation::exports::kapok::plugin::escalation::Question,
    ) -> Result<
        escalation::exports::kapok::plugin::escalation::Verdict,
        base::kapok::plugin::types::Refusal,
    > {
        let question = question.into();
        E::plugin()
            .ask(|rules| <E as Escalator>::escalate(rules, &question))
            .map(Into::into)
            .map_err(Into::into)
    }
}

impl<C: Checker> knowledge::exports::kapok::plugin::knowledge::Guest for C {
    fn check(
        point: knowledge::exports::kapok::plugin::knowledge::Point,
    ) -> Result<
        Vec<knowledge::exports::kapok::plugin::knowledge::Finding>,
        base::kapok::plugin::types::Refusal,
    > {
        let point = point.into();
        C::plugin()
            .ask(|rules| <C as Checker>::check(rules, &point))
            .map(|findings| findings.into_iter().map(Into::into).collect())
            .map_err(Into::into)
    }
}
