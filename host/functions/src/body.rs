//! Reads requests' bodies, and what is left of those that are not wanted.

use std::error::Error;
use std::time::Duration;

use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body, Bytes};
use hyper::header::EXPECT;
use hyper::{HeaderMap, Request};

use crate::Config;
use crate::problem::Problem;

/// Bytes of an unwanted body that are read and thrown away, so that a client which reads only after it
/// has written everything gets its answer.
const DISCARDED_BYTES: usize = 64 * 1024 * 1024;

/// A body that a request may have here.
pub trait Readable:
    Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + Unpin + 'static
{
}

impl<B> Readable for B where
    B: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + Unpin + 'static
{
}

/// Reads the whole body of a request. One that is too large is refused as soon as that is known, which
/// is before it is read where its length was announced.
pub(crate) async fn read<B: Readable>(
    request: Request<B>,
    config: &Config,
) -> Result<Request<Bytes>, Problem> {
    let (head, mut body) = request.into_parts();
    let limit = config.body_bytes;
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > limit {
        discard(&head.headers, body, config.body_time);
        return Err(Problem::BodyTooLarge);
    }
    let whole = Limited::new(&mut body, limit).collect();
    let whole = tokio::time::timeout(config.body_time, whole).await;
    match whole.map_err(|_elapsed| Problem::BodyTimeout)? {
        Ok(whole) => Ok(Request::from_parts(head, whole.to_bytes())),
        Err(error) if error.is::<LengthLimitError>() => {
            discard(&head.headers, body, config.body_time);
            Err(Problem::BodyTooLarge)
        }
        Err(_broken) => Err(Problem::UnreadableBody),
    }
}

/// Goes on reading an unwanted body while the answer is on its way, and throws it away, within the time
/// and size that there are for it. A client that asks before it sends is left to its answer.
pub(crate) fn discard<B: Readable>(headers: &HeaderMap, mut body: B, time: Duration) {
    if headers.contains_key(EXPECT) || body.is_end_stream() {
        return;
    }
    tokio::spawn(async move {
        let all = async {
            let mut left = DISCARDED_BYTES;
            while let Some(Ok(frame)) = body.frame().await {
                match left.checked_sub(frame.data_ref().map_or(0, Bytes::len)) {
                    Some(rest) => left = rest,
                    None => return,
                }
            }
        };
        // What then comes costs the client its connection.
        tokio::time::timeout(time, all).await.ok();
    });
}
