//! Whose turn it is on a connection: ours, or the client's, and since when.

use std::{
    pin::Pin,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};

/// Stands for no moment.
const NEVER: u64 = u64::MAX;

/// Moments are microseconds after this one.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// A point in time; earlier ones are smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(u64);

impl Moment {
    /// Time since then.
    pub(super) fn elapsed(self) -> Duration {
        Duration::from_micros(now().saturating_sub(self.0))
    }
}

/// What one connection waits for. Written by the connection, read by the loop that accepts.
#[derive(Debug)]
pub(super) struct Turn {
    /// Since when the client owes a request, or the rest of one; trickling does not change it.
    owes: AtomicU64,
    /// Since when an answer waits for the client to read what came before.
    reads: AtomicU64,
    /// The whole answer is with the connection, but not yet with the system.
    is_answered: AtomicBool,
    /// The connection has to make room for another.
    is_dismissed: AtomicBool,
}

impl Turn {
    /// A new connection: the client's turn.
    pub(super) fn new() -> Self {
        let (owes, reads) = (AtomicU64::new(now()), AtomicU64::new(NEVER));
        Self {
            owes,
            reads,
            is_answered: AtomicBool::default(),
            is_dismissed: AtomicBool::default(),
        }
    }

    /// Since when the client keeps us waiting; `None` while the turn is ours.
    pub(super) fn waits_since(&self) -> Option<Moment> {
        let since = self.owes.load(Ordering::Relaxed).min(self.reads.load(Ordering::Relaxed));
        (since != NEVER).then_some(Moment(since))
    }

    /// The head of a request is there; with a body, the client owes that from now on.
    pub(super) fn arrived(self: &Arc<Self>, body: Incoming) -> Body {
        self.is_answered.store(false, Ordering::Relaxed);
        if body.is_end_stream() {
            self.work();
            return Body::new(body);
        }
        self.owes.store(now(), Ordering::Relaxed);
        Body::new(Upload { body, turn: Arc::clone(self) })
    }

    /// The client has sent all that it owed, or we want no more of it.
    pub(super) fn work(&self) {
        self.owes.store(NEVER, Ordering::Relaxed);
    }

    /// The answer, which tells when it has been taken whole.
    pub(super) fn answered(self: Arc<Self>, body: Body) -> Download {
        Download { body, turn: self }
    }

    /// Something could not be written, because the client does not read.
    pub(super) fn blocked(&self) {
        // What was there first counts: whoever reads a byte now and then waits all the same.
        let _ = self.reads.compare_exchange(NEVER, now(), Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Everything so far is with the system; after a whole answer the next request is owed.
    pub(super) fn flushed(&self) {
        self.reads.store(NEVER, Ordering::Relaxed);
        if self.is_answered.swap(false, Ordering::Relaxed) {
            self.owes.store(now(), Ordering::Relaxed);
        }
    }

    /// The connection is about to be closed for a newcomer.
    pub(super) fn dismiss(&self) {
        self.is_dismissed.store(true, Ordering::Release);
    }

    /// Whether the connection is closed for a newcomer, and not for a reason of its own.
    pub(super) fn is_dismissed(&self) -> bool {
        self.is_dismissed.load(Ordering::Acquire)
    }
}

fn now() -> u64 {
    u64::try_from(START.elapsed().as_micros()).unwrap_or(NEVER - 1)
}

/// A body that the client still sends. It is our turn when it is complete, or given up.
struct Upload {
    body: Incoming,
    turn: Arc<Turn>,
}

impl HttpBody for Upload {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if frame.is_none() || self.body.is_end_stream() {
            self.turn.work();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        self.turn.work();
    }
}

/// The body of an answer.
pub(super) struct Download {
    body: Body,
    turn: Arc<Turn>,
}

impl HttpBody for Download {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Download {
    fn drop(&mut self) {
        self.turn.is_answered.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(turn: &Turn) -> bool {
        turn.waits_since().is_none()
    }

    #[test]
    fn the_turn_changes_with_the_request_and_with_the_answer() {
        let turn = Arc::new(Turn::new());
        assert!(!ours(&turn), "a request is owed");
        turn.work();
        assert!(ours(&turn));
        turn.flushed();
        assert!(ours(&turn), "nothing was answered yet");
        let answer = Arc::clone(&turn).answered(Body::from("x"));
        turn.flushed();
        assert!(ours(&turn), "the answer goes on");
        drop(answer);
        assert!(ours(&turn), "it is not with the system yet");
        turn.flushed();
        assert!(!ours(&turn), "the next request is owed");
    }

    #[test]
    fn whoever_reads_nothing_waits_until_all_is_read() {
        let turn = Turn::new();
        turn.work();
        turn.blocked();
        std::thread::sleep(Duration::from_millis(5));
        turn.blocked();
        assert!(
            turn.waits_since().unwrap().elapsed() >= Duration::from_millis(5),
            "the first time counts"
        );
        turn.flushed();
        assert!(ours(&turn));
    }
}
