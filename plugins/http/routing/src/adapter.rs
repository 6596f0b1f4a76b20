//! Bindings of the routing question, joined to the shared adapter.

use contract::routing::Question;
use spin_sdk::http::{IntoResponse, Request};
use spin_sdk::http_service;

use self::bindings::about;
use self::bindings::kapok::plugin::{routing, types};

mod bindings {
    //! Generated from the WIT.
    wit_bindgen::generate!({
        path: ["../../../wit", "../wit"],
        world: "kapok:http/routing-adapter",
        generate_all,
    });
}

contract::types_bridge!(types);
contract::description_bridge!(about);
contract::routing_bridge!(routing);

#[http_service]
async fn answer(request: Request) -> impl IntoResponse {
    http_adapter::spin::answer(request, || about::describe().into(), ask).await
}

/// Asks the plugin.
fn ask(question: Question) -> Result<contract::routing::Verdict, contract::types::Refusal> {
    routing::route(&question.into())
        .map(Into::into)
        .map_err(Into::into)
}
