//! Bindings of the escalation question, joined to the shared adapter.

use contract::escalation::Question;
use spin_sdk::http::{IntoResponse, Request};
use spin_sdk::http_service;

use self::bindings::about;
use self::bindings::kapok::plugin::{escalation, types};

mod bindings {
    //! Generated from the WIT.
    wit_bindgen::generate!({
        path: ["../../../wit", "../wit"],
        world: "kapok:http/escalation-adapter",
        generate_all,
    });
}

contract::types_bridge!(types);
contract::description_bridge!(about);
contract::escalation_bridge!(escalation);

#[http_service]
async fn answer(request: Request) -> impl IntoResponse {
    http_adapter::spin::answer(request, || about::describe().into(), ask).await
}

/// Asks the plugin.
fn ask(question: Question) -> Result<contract::escalation::Verdict, contract::types::Refusal> {
    escalation::escalate(&question.into())
        .map(Into::into)
        .map_err(Into::into)
}
