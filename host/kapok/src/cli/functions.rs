//! `kapok functions`: serves the plugins of a spin.toml as HTTP functions, without Spin.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use functions::Config;
use plugins::Cache;
use tokio::net::TcpListener;

use crate::{output, wiring};

/// Serve the plugins of a spin.toml as HTTP functions, without Spin.
///
/// The same file and the same components that Spin serves: each plugin image stands behind an adapter
/// that speaks HTTP. POST on a route takes the question as JSON and gives the verdict as JSON; GET
/// says what the plugin is. Every request runs in a fresh instance without network, files and
/// environment.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok functions
  kapok functions --from spin.toml --listen 127.0.0.1:3000
  curl -s http://127.0.0.1:3000/routing/city
  curl -s http://127.0.0.1:3000/routing/city -H 'content-type: application/json' -d '{\"order_type\":\"complaint\",\"channel\":\"phone\",
    \"text\":\"工地凌晨打桩\",\"registered_at\":\"2026-09-08T01:25:30+08:00\"}'

Answers: 200 verdict, 400 malformed question with the field, 405 wrong method, 413 too large,
422 the plugin refuses, 503 busy

Exit codes: 0 stopped by SIGINT or SIGTERM, 1 the application cannot be served, 2 usage")]
pub(crate) struct Arguments {
    /// The Spin manifest (version 2).
    #[arg(
        long,
        env = "KAPOK_SPIN_TOML",
        value_name = "FILE",
        default_value = "spin.toml"
    )]
    from: PathBuf,
    /// Address to listen on; port 0 takes a free one.
    #[arg(
        long,
        env = "KAPOK_FUNCTIONS_LISTEN",
        value_name = "ADDR",
        default_value = "127.0.0.1:3000"
    )]
    listen: SocketAddr,
    /// Where compiled functions are kept; can be removed at any time.
    #[arg(
        long,
        env = "KAPOK_CACHE",
        value_name = "DIR",
        default_value = ".kapok/cache"
    )]
    cache: PathBuf,
    /// Print address and routes as one JSON object when ready.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let cache = Cache::open(&arguments.cache)?;
    let application = functions::load_with(&arguments.from, Config::STANDARD, &|engine, bytes| {
        Ok(cache.compile(engine, bytes)?)
    })?;
    let application = Arc::new(application);
    wiring::block_on(async {
        let stop = wiring::stop_signal()?;
        let listener = TcpListener::bind(arguments.listen).await.with_context(|| {
            format!("cannot listen on {}; is the port taken?", arguments.listen)
        })?;
        let address = listener
            .local_addr()
            .context("the listener has no address")?;
        let routes: Vec<(String, &str)> = application
            .routes()
            .iter()
            .map(|function| (function.route().to_string(), function.component()))
            .collect();
        if arguments.json {
            output::json(&serde_json::json!({
                "address": format!("http://{address}"),
                "routes": routes.iter().map(|(route, _)| route).collect::<Vec<_>>(),
            }))?;
        } else {
            let mut lines = vec![format!("{} on http://{address}", application.name())];
            for (route, component) in &routes {
                lines.push(format!("  http://{address}{route}  {component}"));
            }
            output::line(&lines.join("\n"))?;
        }
        functions::serve(application.clone(), listener, stop).await;
        Ok(())
    })
}
