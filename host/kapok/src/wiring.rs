//! Puts the parts together: store, rule images, clock and engine, and the threads that keep them
//! going.

mod embedded;
mod rules;
mod ticker;

pub(crate) use embedded::{Clock, Embedded};
pub(crate) use rules::retake_on_hangup;
pub(crate) use ticker::settle;

use std::path::Path;

use anyhow::Context as _;
use calendar::{Calendar, YearNotice};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;

use crate::client::Client;
use crate::config::{DataOptions, ServerOptions};

/// The calendar of a server, of a data directory, or as it ships.
pub(crate) fn calendar(data: Option<&Path>, server: &ServerOptions) -> anyhow::Result<Calendar> {
    if let Some(client) = Client::of(server)? {
        let answer = client.get("/api/v1/calendar")?;
        return calendar_of(&answer).context("the server's calendar cannot be read");
    }
    match data {
        Some(data) => {
            let embedded = Embedded::look(&DataOptions {
                data: data.to_owned(),
            })?;
            Ok(Calendar::clone(&embedded.engine.calendar()))
        }
        None => Ok(Calendar::shipped()),
    }
}

/// The calendar behind the list of years that a server shows.
fn calendar_of(answer: &Value) -> anyhow::Result<Calendar> {
    #[derive(Deserialize)]
    struct Summary {
        years: Vec<Year>,
    }
    #[derive(Deserialize)]
    struct Year {
        year: i32,
        known: bool,
        notice: Option<String>,
        off: Vec<NaiveDate>,
        work: Vec<NaiveDate>,
    }
    let summary = Summary::deserialize(answer)?;
    let known = summary.years.into_iter().filter(|year| year.known);
    let notices = known.map(
        |Year {
             year,
             known: _,
             notice,
             off,
             work,
         }| YearNotice {
            year,
            notice: notice.unwrap_or_default(),
            off,
            work,
        },
    );
    Ok(Calendar::new(notices)?)
}

/// Runs the asynchronous part of a command to its end.
pub(crate) fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the system gives no threads or sockets")?
        .block_on(work)
}

/// Is there when SIGINT or SIGTERM comes.
pub(crate) async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupt = signal(SignalKind::interrupt());
    let terminate = signal(SignalKind::terminate());
    let (Ok(mut interrupt), Ok(mut terminate)) = (interrupt, terminate) else {
        tracing::warn!("signals cannot be received; stop the process by SIGKILL");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => tracing::info!("SIGINT: stopping"),
        _ = terminate.recv() => tracing::info!("SIGTERM: stopping"),
    }
}
