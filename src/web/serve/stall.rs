//! A stream that gives up on a peer that does not read, or hardly.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep, sleep_until},
};

use super::{refusal, turn::Turn};

/// How slowly a peer may read what is ready for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// How long it may read nothing.
    pub(super) pause: Duration,
    /// Bytes per second that it must have read at least after such a pause, on average.
    pub(super) rate: u64,
}

/// How a stream can end.
pub(super) trait End {
    /// Throws away what the peer has not taken when the stream is closed. Otherwise the system
    /// keeps it, and the connection, for as long as the peer likes.
    fn tear(&self);

    /// Tells a peer that was told nothing so far to come back later.
    fn refuse(&self);
}

impl End for TcpStream {
    fn tear(&self) {
        let _ = self.set_zero_linger();
    }

    fn refuse(&self) {
        refusal::refuse(self);
    }
}

/// Fails writes to a peer that is slower than `pace`; reads are passed on as they are.
pub(super) struct WriteDeadline<S: End> {
    stream: S,
    pace: Pace,
    turn: Arc<Turn>,
    /// The peer has got something.
    has_written: bool,
    /// What has been waiting since the last complete flush.
    backlog: Option<Backlog>,
    /// Set while a write waits for the peer.
    waiting: Option<Pin<Box<Sleep>>>,
}

/// Bytes the peer took since it first kept us waiting.
#[derive(Debug, Clone, Copy)]
struct Backlog {
    since: Instant,
    n_bytes: u64,
}

impl Backlog {
    /// When it is too much: after a pause, or when the peer falls behind the rate.
    fn deadline(self, pace: Pace) -> Instant {
        let micros = self.n_bytes.saturating_mul(1_000_000).checked_div(pace.rate);
        let earned = Duration::from_micros(micros.unwrap_or(0));
        let on_average = self.since + pace.pause + earned;
        on_average.min(Instant::now() + pace.pause)
    }
}

impl<S: End> Drop for WriteDeadline<S> {
    fn drop(&mut self) {
        if self.backlog.is_some() {
            self.stream.tear();
        } else if self.turn.is_dismissed() && !self.has_written {
            // On a connection that has served before, closing without a word is the better sign:
            // clients expect it there, and send again by themselves what was under way.
            self.stream.refuse();
        }
    }
}

impl<S: End> WriteDeadline<S> {
    pub(super) fn new(stream: S, pace: Pace, turn: Arc<Turn>) -> Self {
        Self { stream, pace, turn, has_written: false, backlog: None, waiting: None }
    }

    /// Passes progress on; turns waiting into an error when it has lasted too long.
    fn watch<T>(
        &mut self,
        cx: &mut Context<'_>,
        polled: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            self.waiting = None;
            return polled;
        }
        self.turn.blocked();
        let new = || Backlog { since: Instant::now(), n_bytes: 0 };
        let backlog = *self.backlog.get_or_insert_with(new);
        let sleep = || Box::pin(sleep_until(backlog.deadline(self.pace)));
        ready!(self.waiting.get_or_insert_with(sleep).as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// The same for bytes, which the peer has earned time with.
    fn count(
        &mut self,
        cx: &mut Context<'_>,
        polled: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        self.has_written |= polled.is_ready();
        if let (Poll::Ready(Ok(n)), Some(backlog)) = (&polled, &mut self.backlog) {
            backlog.n_bytes = backlog.n_bytes.saturating_add(*n as u64);
        }
        self.watch(cx, polled)
    }
}

impl<S: AsyncRead + End + Unpin> AsyncRead for WriteDeadline<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + End + Unpin> AsyncWrite for WriteDeadline<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.count(cx, polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.count(cx, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Called with nothing left to write only, so that the peer has caught up when it is done.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(cx);
        if matches!(polled, Poll::Ready(Ok(()))) {
            self.backlog = None;
            self.turn.flushed();
        }
        self.watch(cx, polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.watch(cx, polled)
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
        time::sleep,
    };

    use super::*;

    impl End for DuplexStream {
        fn tear(&self) {}

        fn refuse(&self) {}
    }

    const PACE: Pace = Pace { pause: Duration::from_millis(200), rate: 10_000 };
    const STEP: Duration = Duration::from_millis(20);

    /// How long a peer that reads `n` bytes in each step is borne with; `None` when it got all.
    async fn cut_after(n: usize) -> Option<Duration> {
        let (ours, theirs) = duplex(64);
        let reader = tokio::spawn(read_slowly(theirs, n));
        let start = Instant::now();
        let mut stream = WriteDeadline::new(ours, PACE, Arc::new(Turn::new()));
        let written = stream.write_all(&vec![b'x'; 50_000]).await;
        let elapsed = start.elapsed();
        reader.abort();
        written.is_err().then_some(elapsed)
    }

    async fn read_slowly(mut stream: DuplexStream, n: usize) {
        let mut bytes = vec![0; n];
        loop {
            sleep(STEP).await;
            if n > 0 && stream.read_exact(&mut bytes).await.is_err() {
                return;
            }
        }
    }

    #[tokio::test]
    async fn a_peer_that_reads_nothing_or_hardly_is_given_up_and_a_slow_one_is_not() {
        assert!(cut_after(0).await.unwrap() >= PACE.pause);
        // Half the rate: never idle for long, and given up all the same, long before the end.
        let trickled = cut_after(100).await.expect("it may trickle for ever");
        assert!(trickled >= PACE.pause && trickled < Duration::from_secs(5), "{trickled:?}");
        assert_eq!(cut_after(5_000).await, None);
    }

    #[test]
    fn time_is_earned_with_bytes() {
        let since = Instant::now();
        let after = |n_bytes| Backlog { since, n_bytes }.deadline(PACE) - since;
        assert_eq!(after(0), PACE.pause);
        // A pause from now is less than what was earned.
        assert!(after(1_000_000) < PACE.pause * 2);
        let long_ago = since.checked_sub(Duration::from_secs(9)).unwrap();
        let earned = Backlog { since: long_ago, n_bytes: 89_000 }.deadline(PACE);
        assert_eq!(earned - long_ago, PACE.pause + Duration::from_millis(8_900));
    }
}
