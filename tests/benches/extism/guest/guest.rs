//! The city's routing rules as an Extism plugin: the same function on the same settings, with JSON for
//! question and verdict, as Extism's plugins usually have it.

use std::sync::OnceLock;

use extism_pdk::{FnResult, Json, config, plugin_fn};
use sdk::routing::{Question, Verdict};

/// The settings compiled, once for each instance.
static RULES: OnceLock<routing::Rules> = OnceLock::new();

fn rules() -> Result<&'static routing::Rules, extism_pdk::Error> {
    if let Some(rules) = RULES.get() {
        return Ok(rules);
    }
    let settings = config::get("settings")?.unwrap_or_default();
    let rules = sdk::read_json::<routing::Settings>(&settings)
        .map_err(|problems| extism_pdk::Error::msg(format!("{problems:?}")))?;
    Ok(RULES.get_or_init(|| rules))
}

/// Which unit should handle this order?
#[plugin_fn]
pub fn route(Json(question): Json<Question>) -> FnResult<Json<Verdict>> {
    let verdict = routing::route(rules()?, &question)
        .map_err(|refusal| extism_pdk::Error::msg(format!("{refusal:?}")))?;
    Ok(Json(verdict))
}
