//! HTTP/1.1 and HTTP/2 without TLS on a listener.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use crate::patience::Patience;
use crate::{Application, Config};

/// Bytes of a request's head.
const HEAD_BYTES: usize = 32 * 1024;
/// Headers of a request.
const HEADERS: usize = 64;
/// Requests at the same time on one HTTP/2 connection.
const STREAMS: u32 = 64;
/// How long to wait after the system could give no connection, which is mostly for lack of file
/// descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves an application until `shutdown` is there. Then no connection is accepted any more, idle ones
/// are closed, and requests in work get [`Config::drain_time`] to be answered.
pub async fn serve(
    application: Arc<Application>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) {
    let config = *application.config();
    let builder = Arc::new(builder(&config));
    let slots = Arc::new(Semaphore::new(config.connections));
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = accept(&listener, &slots) => accepted,
        };
        let Some((stream, slot)) = accepted else {
            continue;
        };
        while connections.try_join_next().is_some() {}
        let watcher = graceful.watcher();
        let (application, builder) = (application.clone(), builder.clone());
        connections.spawn(async move {
            let service = service_fn(move |request| {
                let application = application.clone();
                async move { Ok::<_, Infallible>(application.handle(request).await) }
            });
            let stream = TokioIo::new(Patience::new(stream, config.idle_time));
            let connection = builder.serve_connection(stream, service).into_owned();
            // A client that leaves or is cut off is no failure of the server.
            if let Err(error) = watcher.watch(connection).await {
                tracing::debug!(error, "a connection broke off");
            }
            drop(slot);
        });
    }
    drop(listener);
    if tokio::time::timeout(config.drain_time, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("requests still in work are broken off");
    }
    connections.shutdown().await;
}

/// The next connection, as soon as there may be one more.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let slot = slots.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => {
            // Without it an answer may wait 40 ms for the client's delayed acknowledgement.
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "TCP_NODELAY cannot be set");
            }
            Some((stream, slot))
        }
        Err(error) => {
            tracing::warn!(%error, "no connection could be accepted");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

fn builder(config: &Config) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(config.body_time)
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEADERS);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(u32::try_from(HEAD_BYTES).unwrap_or(u32::MAX))
        .keep_alive_interval(config.idle_time / 2)
        .keep_alive_timeout(config.body_time);
    builder
}
