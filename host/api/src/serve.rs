//! Serving the interface on a socket, until it is told to stop.

use std::future::{IntoFuture as _, pending};
use std::io;

use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::{AppState, router};

/// Serves until `shutdown` is there. Then no connection is accepted any more, idle ones are closed, and
/// requests in work get [`crate::Limits::request_time`] to be answered.
///
/// # Errors
/// The listener failed for good.
pub async fn serve(
    listener: TcpListener,
    state: AppState,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let drain = state.limits.request_time;
    let listener = listener.tap_io(|stream| {
        // Without it an answer may wait 40 ms for the client's delayed acknowledgement.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY cannot be set");
        }
    });
    let (began, begins) = oneshot::channel::<()>();
    let server = axum::serve(listener, router(state)).with_graceful_shutdown(async move {
        shutdown.await;
        // Nobody listens only when the server has failed meanwhile.
        let _ = began.send(());
    });
    let too_long = async {
        match begins.await {
            Ok(()) => sleep(drain).await,
            Err(_) => pending().await,
        }
    };
    tokio::select! {
        ended = server.into_future() => ended,
        () = too_long => {
            tracing::warn!("requests still in work are broken off");
            Ok(())
        }
    }
}
