//! The HTTP adapter in front of a routing plugin: a Spin component that imports the plugin's question and
//! exports `wasi:http`. What it does is in `http-adapter`; here are only the bindings.

#[cfg(target_arch = "wasm32")]
mod adapter;
