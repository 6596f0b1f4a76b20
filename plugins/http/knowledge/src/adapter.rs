//! Bindings of the knowledge question, joined to the shared adapter.

use contract::knowledge::Point;
use spin_sdk::http::{IntoResponse, Request};
use spin_sdk::http_service;

use self::bindings::about;
use self::bindings::kapok::plugin::{knowledge, types};

mod bindings {
    //! Generated from the WIT.
    wit_bindgen::generate!({
        path: ["../../../wit", "../wit"],
        world: "kapok:http/knowledge-adapter",
        generate_all,
    });
}

contract::types_bridge!(types);
contract::description_bridge!(about);
contract::knowledge_bridge!(knowledge);

#[http_service]
async fn answer(request: Request) -> impl IntoResponse {
    http_adapter::spin::answer(request, || about::describe().into(), ask).await
}

/// Asks the plugin.
fn ask(point: Point) -> Result<Vec<contract::knowledge::Finding>, contract::types::Refusal> {
    knowledge::check(&point.into())
        .map(|findings| findings.into_iter().map(Into::into).collect())
        .map_err(Into::into)
}
