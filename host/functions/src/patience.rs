//! A connection that does not wait for ever.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// A stream that fails when nothing could be read, or nothing written, for some time.
pub(crate) struct Patience<S> {
    stream: S,
    reading: Patient,
    writing: Patient,
}

/// One direction.
struct Patient {
    limit: Duration,
    /// Runs while `waits`.
    clock: Pin<Box<Sleep>>,
    waits: bool,
}

impl<S> Patience<S> {
    /// Wraps a stream.
    pub(crate) fn new(stream: S, limit: Duration) -> Self {
        let patient = || Patient {
            limit,
            clock: Box::pin(tokio::time::sleep(limit)),
            waits: false,
        };
        Self {
            stream,
            reading: patient(),
            writing: patient(),
        }
    }
}

impl Patient {
    /// Passes on what the stream says, and fails when it has said "not yet" for too long.
    fn judge<T>(
        &mut self,
        context: &mut Context<'_>,
        poll: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if poll.is_ready() {
            self.waits = false;
            return poll;
        }
        if !self.waits {
            self.waits = true;
            self.clock.as_mut().reset(Instant::now() + self.limit);
        }
        ready!(self.clock.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patience<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let poll = Pin::new(&mut this.stream).poll_read(context, buffer);
        this.reading.judge(context, poll)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patience<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let poll = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.writing.judge(context, poll)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let poll = Pin::new(&mut this.stream).poll_write_vectored(context, parts);
        this.writing.judge(context, poll)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let poll = Pin::new(&mut this.stream).poll_flush(context);
        this.writing.judge(context, poll)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let poll = Pin::new(&mut this.stream).poll_shutdown(context);
        this.writing.judge(context, poll)
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::time::Duration;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::Patience;

    #[tokio::test]
    async fn standing_still_ends_either_direction() {
        let hour = Duration::from_secs(3600);
        for (limit, reads, writes) in [
            (hour, Ok(1), Ok(())),
            (
                Duration::from_millis(1),
                Err(ErrorKind::TimedOut),
                Err(ErrorKind::TimedOut),
            ),
        ] {
            let (near, mut far) = tokio::io::duplex(4);
            let mut near = Patience::new(near, limit);
            let mut byte = [0];
            if limit == hour {
                far.write_all(b"x").await.unwrap();
            }
            assert_eq!(
                near.read(&mut byte).await.map_err(|error| error.kind()),
                reads
            );
            let take = async {
                let mut five = [0; 5];
                far.read_exact(&mut five).await.unwrap();
            };
            let written = if limit == hour {
                tokio::join!(near.write_all(b"12345"), take).0
            } else {
                near.write_all(b"12345").await
            };
            assert_eq!(written.map_err(|error| error.kind()), writes);
        }
    }
}
