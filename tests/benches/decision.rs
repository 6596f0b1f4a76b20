//! A decision (fresh instance, limits, clock, random numbers, validation) against a bare pooled
//! instantiation and call of the same image.

use std::process::Command;
use std::sync::Arc;

use anyhow::Context as _;
use contract::routing::Question;
use contract::types::{Channel, Instant, OrderType};
use engine::ports::DecisionContext;
use plugins::{Image, Limits, Runtime};
use wasmtime::component::{Component, Linker};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store};

use crate::{fastest, report, root};

mod bindings {
    //! Bindings for the bare call.
    wasmtime::component::bindgen!({ path: "../wit", world: "routing-plugin" });
}

use bindings::RoutingPluginPre;
use bindings::exports::kapok::plugin::routing as wire;

contract::types_bridge!(types);
contract::routing_bridge!(wire);
use bindings::kapok::plugin::types;

/// Calls in one batch.
const BATCH: u32 = 500;

pub(crate) fn run() -> anyhow::Result<()> {
    let path = root().join("target/images/routing-city.wasm");
    let (image, _scope) = Image::load(&path).context("run `make images` first")?;
    let question = question();
    let ours = decision(&image, &question)?;
    let bare = bare(&image, &question)?;
    report("decision, fresh instance", ours, bare, "µs", "≤ 1.3");
    let (fresh, kept) = extism(&question)?;
    report(
        "decision, against Extism in a fresh instance",
        ours,
        fresh,
        "µs",
        "≤ 1",
    );
    report(
        "decision, against Extism in a kept instance",
        ours,
        kept,
        "µs",
        "none",
    );
    Ok(())
}

/// Extism's calls of the same rules with the same settings, in microseconds: in a fresh instance, as every
/// decision here has one, and in one that is kept.
fn extism(question: &Question) -> anyhow::Result<(f64, f64)> {
    let built = root().join("target/extism");
    let settings = plugins::settings_from_file(&root().join("plugins/routing/settings.toml"))?;
    let output = Command::new(built.join("release/extism-host"))
        .arg(built.join("wasm32-wasip2/plugin/extism_guest.wasm"))
        .arg(settings)
        .arg(serde_json::to_string(question)?)
        .output()
        .context("run `make extism` first")?;
    anyhow::ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout)?;
    let (kept, fresh) = text.trim().split_once(' ').context("two figures")?;
    Ok((fresh.parse()?, kept.parse()?))
}

fn decision(image: &Image, question: &Question) -> anyhow::Result<f64> {
    let runtime = Runtime::new(&Limits::shipped(), None)?;
    let rule = runtime.load(image)?;
    let context = DecisionContext {
        id: uuid::Uuid::from_u128(1),
        now: question.registered_at,
        key: "20260918-0000000001".to_owned(),
        scopes: vec!["440100".to_owned()],
    };
    let ask = || runtime.route_with("440100", &rule, &context, question);
    anyhow::ensure!(ask().1.is_some(), "the rule must answer the question");
    let time = fastest(BATCH, || drop(std::hint::black_box(ask())));
    Ok(time.as_secs_f64() * 1e6)
}

/// The least that wasmtime can do: pooled instance, typed call, nothing else.
fn bare(image: &Image, question: &Question) -> anyhow::Result<f64> {
    let mut config = Config::new();
    let mut pool = PoolingAllocationConfig::new();
    pool.linear_memory_keep_resident(2 << 20)
        .table_keep_resident(2 << 20)
        .pagemap_scan(wasmtime::Enabled::Auto);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    let engine = Engine::new(&config)?;
    let component = Component::new(&engine, &image.bytes)?;
    let mut linker: Linker<()> = Linker::new(&engine);
    // A baked rule calls none of them.
    linker.define_unknown_imports_as_traps(&component)?;
    let pre = Arc::new(RoutingPluginPre::new(linker.instantiate_pre(&component)?)?);
    let call = || -> anyhow::Result<wire::Verdict> {
        let mut store = Store::new(&engine, ());
        let plugin = pre.instantiate(&mut store)?;
        let verdict = plugin
            .kapok_plugin_routing()
            .call_route(&mut store, &question.clone().into())?;
        verdict.map_err(|refusal| anyhow::anyhow!("refused: {refusal:?}"))
    };
    anyhow::ensure!(
        matches!(call()?, wire::Verdict::Ranked(_)),
        "the rule must answer"
    );
    let time = fastest(BATCH, || drop(std::hint::black_box(call())));
    Ok(time.as_secs_f64() * 1e6)
}

/// An ordinary question.
pub(crate) fn question() -> Question {
    Question {
        order_type: OrderType::Complaint,
        channel: Channel::Phone,
        district: Some("440106".to_owned()),
        street: Some("员村街道".to_owned()),
        category: None,
        subject: "工地夜间施工噪声".to_owned(),
        text: "天河区员村街道某工地连续三晚凌晨一点还在打桩，影响孩子中考复习，要求停止夜间施工。"
            .repeat(8),
        registered_at: Instant {
            unix_ms: 1_789_718_400_000,
        },
        excluded_units: Vec::new(),
    }
}
