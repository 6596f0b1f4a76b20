//! Types and calls generated from `wit/`, with their conversions to the contract's own types. One
//! world for all three questions, so that the shared types exist once; each plugin exports one.

mod generated {
    wasmtime::component::bindgen!({
        path: "../../wit",
        inline: "
            package kapok:host;
            world every-question {
                export kapok:plugin/settings@0.1.0;
                export kapok:plugin/about@0.1.0;
                export kapok:plugin/routing@0.1.0;
                export kapok:plugin/escalation@0.1.0;
                export kapok:plugin/knowledge@0.1.0;
            }
        ",
        world: "every-question",
    });
}

pub(crate) use generated::exports::kapok::plugin::{
    about, escalation, knowledge, routing, settings,
};
pub(crate) use generated::kapok::plugin::types;

contract::types_bridge!(types);
contract::about_bridge!(about, settings);
contract::routing_bridge!(routing);
contract::escalation_bridge!(escalation);
contract::knowledge_bridge!(knowledge);
