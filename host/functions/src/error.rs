//! What can keep an application from being served.

use std::path::PathBuf;

/// Why an application is not served.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A component's file is not there.
    #[error("component `{component}` has no file {}; run `make images`", path.display())]
    Missing {
        /// Name of the component in the manifest.
        component: String,
        /// The file that is not there.
        path: PathBuf,
    },
    /// The manifest is not TOML, or has a key that is not served.
    #[error("{} is not a manifest that can be served", path.display())]
    Syntax {
        /// The manifest.
        path: PathBuf,
        /// Where and what.
        #[source]
        source: toml::de::Error,
    },
    /// The manifest contradicts itself or asks for what is not served.
    #[error("{key}: {problem}")]
    Manifest {
        /// Path of the key, such as `component.routing-city.source`.
        key: String,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// A component and its dependencies do not fit together.
    #[error("component `{component}` cannot be composed: {problem}")]
    Compose {
        /// Name of the component in the manifest.
        component: String,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// A composed component cannot be compiled.
    #[error("component `{component}` cannot be compiled")]
    Compile {
        /// Name of the component in the manifest.
        component: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A composed component imports something that no function gets, or exports no `wasi:http`.
    #[error(
        "component `{component}` cannot be served: a function exports wasi:http/handler@0.3 and imports \
         nothing but WASI without outbound HTTP"
    )]
    Link {
        /// Name of the component in the manifest.
        component: String,
        /// Which import or export.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A list of tokens that cannot be used.
    #[error("the list of tokens, line {line}: {problem}")]
    Tokens {
        /// Line, from 1.
        line: usize,
        /// What is wrong and what would be right.
        problem: &'static str,
    },
    /// A certificate or key cannot be read.
    #[error("{} cannot be used for TLS: it wants {wanted} in PEM", path.display())]
    Pem {
        /// The file.
        path: PathBuf,
        /// What the file should hold.
        wanted: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Certificate, key and authority do not make a TLS server.
    #[error("the certificate, its key and the authority do not fit together")]
    Tls(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The OpenAPI document cannot be made, which is a mistake of the contract's files.
    #[error("the contract cannot be described: {0}")]
    Contract(String),
    /// The counters cannot be set up.
    #[error("the metrics cannot be set up")]
    Metrics(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The WebAssembly engine cannot be set up, usually for lack of address space.
    #[error("the WebAssembly engine cannot be set up")]
    Engine(#[source] Box<dyn std::error::Error + Send + Sync>),
}
