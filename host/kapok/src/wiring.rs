//! Puts the parts together: store, rule images, clock and engine, and the threads that keep them
//! going.

mod background;
mod deliverer;
mod embedded;
mod indexer;
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

/// A calendar, and the version that whoever has it calls it by.
pub(crate) struct KnownCalendar {
    /// The calendar.
    pub(crate) calendar: Calendar,
    /// Its version.
    pub(crate) version: String,
}

impl From<Calendar> for KnownCalendar {
    fn from(calendar: Calendar) -> Self {
        Self {
            version: calendar.version().to_owned(),
            calendar,
        }
    }
}

/// The calendar of a server, of a data directory, or as it ships.
pub(crate) fn calendar(
    data: Option<&Path>,
    server: &ServerOptions,
) -> anyhow::Result<KnownCalendar> {
    if let Some(client) = Client::of(server)? {
        let answer = client.get("/api/v1/calendar")?;
        return calendar_of(&answer).context("the server's calendar cannot be read");
    }
    match data {
        Some(data) => {
            let embedded = Embedded::look(&DataOptions {
                data: data.to_owned(),
            })?;
            Ok(Calendar::clone(&embedded.engine.calendar()).into())
        }
        None => Ok(Calendar::shipped().into()),
    }
}

/// The calendar behind the list of years that a server shows. The server lists the days of each year
/// and not the notices, whose digest makes the version, so the version is the server's word.
fn calendar_of(answer: &Value) -> anyhow::Result<KnownCalendar> {
    #[derive(Deserialize)]
    struct Summary {
        version: String,
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
    let Summary { version, years } = Summary::deserialize(answer)?;
    let known = years.into_iter().filter(|year| year.known);
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
    Ok(KnownCalendar {
        calendar: Calendar::new(notices)?,
        version,
    })
}

/// Runs the asynchronous part of a command to its end.
pub(crate) fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the system gives no threads or sockets")?
        .block_on(work)
}

/// Listens for SIGINT and SIGTERM from now on; what it gives back is there when one comes.
///
/// Called before anybody is told that the process is ready: a signal that comes sooner would end it at
/// once.
pub(crate) fn stop_signal() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| signal(kind).context("the system delivers no signals");
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => tracing::info!("SIGINT: stopping"),
            _ = terminate.recv() => tracing::info!("SIGTERM: stopping"),
        }
    })
}
