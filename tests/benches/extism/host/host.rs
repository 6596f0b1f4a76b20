//! Times Extism's calls of the city's routing rules, and prints microseconds: first of a call of an
//! instance that is kept, then of one in a fresh instance, whose settings are compiled anew.
//!
//! Arguments: the path of the module, the settings as JSON, the question as JSON.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use extism::{CompiledPlugin, Function, Manifest, Plugin, PluginBuilder, UserData, ValType, Wasm};
use wasmtime::{Engine, ExternType, Module};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().context("module, settings, question");
    let module = std::fs::read(next()?)?;
    let (settings, question) = (next()?, next()?);
    let manifest =
        Manifest::new([Wasm::data(module.clone())]).with_config_key("settings", settings);
    let builder = PluginBuilder::new(manifest).with_functions(stubs(&module)?);
    let compiled = CompiledPlugin::new(builder)?;
    let mut kept = Plugin::new_from_compiled(&compiled)?;
    let answer: String = kept.call("route", question.as_str())?;
    anyhow::ensure!(answer.contains("ranked"), "the rule must answer: {answer}");
    let kept = fastest(200, || {
        let answer: String = kept.call("route", question.as_str()).expect("answers");
        black_box(answer);
    });
    let fresh = fastest(20, || {
        let mut plugin = Plugin::new_from_compiled(&compiled).expect("starts");
        let answer: String = plugin.call("route", question.as_str()).expect("answers");
        black_box(answer);
    });
    println!("{:.1} {:.1}", micros(kept), micros(fresh));
    Ok(())
}

/// What the standard library imports and the rules never call.
fn stubs(module: &[u8]) -> anyhow::Result<Vec<Function>> {
    let module = Module::new(&Engine::default(), module)?;
    let stubs = module.imports().filter_map(|import| {
        let ExternType::Func(ty) = import.ty() else {
            return None;
        };
        if import.module().starts_with("extism:") {
            return None;
        }
        let stub = Function::new(
            import.name(),
            ty.params().map(|ty| of(&ty)),
            ty.results().map(|ty| of(&ty)),
            UserData::new(()),
            |_, _, _, _| Err(extism::Error::msg("not offered")),
        );
        Some(stub.with_namespace(import.module()))
    });
    Ok(stubs.collect())
}

fn of(ty: &wasmtime::ValType) -> ValType {
    match ty {
        wasmtime::ValType::I64 => ValType::I64,
        wasmtime::ValType::F32 => ValType::F32,
        wasmtime::ValType::F64 => ValType::F64,
        _ => ValType::I32,
    }
}

/// The fastest batch's time for one, of as many as fit into a second and a half.
fn fastest(batch: u32, mut work: impl FnMut()) -> Duration {
    let mut best = Duration::MAX;
    let end = Instant::now() + Duration::from_millis(1500);
    while Instant::now() < end {
        let begin = Instant::now();
        for _ in 0..batch {
            work();
        }
        best = best.min(begin.elapsed() / batch);
    }
    best
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
