//! HTTP/1.1 and HTTP/2 on a listener, with TLS or without.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use crate::patience::Patience;
use crate::{Config, Service, Tls};

/// Bytes of a request's head.
const HEAD_BYTES: usize = 32 * 1024;
/// Headers of a request.
const HEADERS: usize = 64;
/// Requests at the same time on one HTTP/2 connection.
const STREAMS: u32 = 64;
/// How long to wait after the system could give no connection, which is mostly for lack of file
/// descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until `shutdown` is there. Then no connection is accepted any more, idle ones are closed, and
/// requests in work get [`Config::drain_time`] to be answered.
pub async fn serve(
    service: Arc<Service>,
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    shutdown: impl Future<Output = ()>,
) {
    let config = *service.config();
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
        let connection = Connection {
            service: service.clone(),
            builder: builder.clone(),
            watcher: graceful.watcher(),
        };
        let stream = Patience::new(stream, config.idle_time);
        match &tls {
            None => connections.spawn(async move {
                connection.serve(stream).await;
                drop(slot);
            }),
            Some(tls) => {
                let handshake = tls.acceptor().accept(stream);
                connections.spawn(async move {
                    match tokio::time::timeout(config.body_time, handshake).await {
                        Ok(Ok(stream)) => connection.serve(stream).await,
                        Ok(Err(error)) => tracing::debug!(%error, "no TLS with a client"),
                        Err(_elapsed) => tracing::debug!("a client was too slow with TLS"),
                    }
                    drop(slot);
                })
            }
        };
    }
    service.stop();
    drop(listener);
    if tokio::time::timeout(config.drain_time, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("requests still in work are broken off");
    }
    connections.shutdown().await;
}

/// What serves one connection.
struct Connection {
    service: Arc<Service>,
    builder: Arc<Builder<TokioExecutor>>,
    watcher: Watcher,
}

impl Connection {
    async fn serve(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let Self {
            service,
            builder,
            watcher,
        } = self;
        let handle = service_fn(move |request| {
            let service = service.clone();
            async move { Ok::<_, Infallible>(service.handle(request).await) }
        });
        let connection = builder.serve_connection(TokioIo::new(stream), handle);
        // A client that leaves or is cut off is no failure of the server.
        if let Err(error) = watcher.watch(connection.into_owned()).await {
            tracing::debug!(error, "a connection broke off");
        }
    }
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
