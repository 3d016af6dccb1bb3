//! Admission: how many searches run at the same time, who waits, and who is sent away at once.
//!
//! A burst is let wait: in turn, and for as long as [`Limits::queue_wait`]. A queue that has not
//! been empty for [`STANDING`] is no burst but overload, and waiting would only make everybody
//! late. Then the newest goes first, only half of the places are used, one for each processor, and
//! whoever has not got one after [`BRIEF`] is told to come back: those who are admitted are
//! answered about as fast as ever, the others know at once.
//!
//! Source: Nichols and Jacobson, “Controlling queue delay” (2012), as simplified for servers in
//! Maurer, “Fail at scale” (2015): controlled delay and adaptive last-in, first-out.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{sync::oneshot, time::timeout};

use super::{
    limits::Limits,
    problem::{Code, Problem},
};

/// A queue that has not been empty for so long is one that does not go away.
const STANDING: Duration = Duration::from_millis(100);

/// How long a request waits in such a queue.
const BRIEF: Duration = Duration::from_millis(10);

/// Seconds after which those who are sent away may come back: from one to this many.
const MAX_RETRY_S: u32 = 5;

/// Places for searches, shared by all connections.
#[derive(Debug)]
pub(crate) struct Gate {
    shared: Arc<Mutex<Queue>>,
    max_waiting: usize,
    wait: Duration,
    turn: AtomicU32,
}

/// Who waits. Nobody does while a place is free, except in overload.
#[derive(Debug)]
struct Queue {
    n_free: usize,
    /// Places that stay free in overload.
    n_spare: usize,
    waiting: VecDeque<Waiting>,
    /// When it was last seen empty.
    emptied: Instant,
    /// How long after that it stands.
    standing: Duration,
    next_id: u64,
}

#[derive(Debug)]
struct Waiting {
    id: u64,
    place: oneshot::Sender<Place>,
}

/// A place, given to the next one when it is dropped.
#[derive(Debug)]
pub(crate) struct Place(Arc<Mutex<Queue>>);

impl Drop for Place {
    fn drop(&mut self) {
        let next = lock(&self.0).take_next();
        if let Some(next) = next {
            // Whoever does not wait any more sends it back, and it is dropped again.
            let _ = next.place.send(Self(Arc::clone(&self.0)));
        }
    }
}

/// Where one request stands in the queue. It leaves when this is dropped, also when the client
/// goes away.
struct Ticket<'a> {
    shared: &'a Mutex<Queue>,
    id: u64,
    place: oneshot::Receiver<Place>,
    wait: Duration,
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut queue = lock(self.shared);
        queue.waiting.retain(|waiting| waiting.id != self.id);
    }
}

enum Entry<'a> {
    Place(Place),
    Queue(Ticket<'a>),
    Full,
}

impl Queue {
    fn is_standing(&self, now: Instant) -> bool {
        !self.waiting.is_empty() && now.duration_since(self.emptied) > self.standing
    }

    /// Whether one of the free places may be used.
    fn has_free(&self, now: Instant) -> bool {
        self.n_free > if self.is_standing(now) { self.n_spare } else { 0 }
    }

    /// Who gets a place that has become free; nobody when nobody waits, or when it stays free.
    fn take_next(&mut self) -> Option<Waiting> {
        let is_standing = self.is_standing(Instant::now());
        let next = match is_standing {
            true if self.n_free < self.n_spare => None,
            true => self.waiting.pop_back(),
            false => self.waiting.pop_front(),
        };
        self.n_free += usize::from(next.is_none());
        next
    }
}

impl Gate {
    pub(crate) fn new(limits: &Limits) -> Self {
        let queue = Queue {
            n_free: limits.searches,
            n_spare: limits.searches / 2,
            waiting: VecDeque::new(),
            emptied: Instant::now(),
            standing: STANDING,
            next_id: 0,
        };
        Self {
            shared: Arc::new(Mutex::new(queue)),
            max_waiting: limits.queue,
            wait: limits.queue_wait,
            turn: AtomicU32::new(0),
        }
    }

    /// Requests that wait for a place.
    pub(crate) fn n_waiting(&self) -> usize {
        lock(&self.shared).waiting.len()
    }

    /// A place, held until it is dropped.
    ///
    /// # Errors
    /// A busy problem when too many wait already or none gets free in time.
    pub(crate) async fn enter(&self) -> Result<Place, Problem> {
        match self.ask() {
            Entry::Place(place) => Ok(place),
            Entry::Full => Err(self.busy()),
            Entry::Queue(mut ticket) => match timeout(ticket.wait, &mut ticket.place).await {
                Ok(Ok(place)) => Ok(place),
                _ => Err(self.busy()),
            },
        }
    }

    fn ask(&self) -> Entry<'_> {
        let mut queue = lock(&self.shared);
        let now = Instant::now();
        if queue.has_free(now) {
            queue.n_free -= 1;
            return Entry::Place(Place(Arc::clone(&self.shared)));
        }
        if queue.waiting.len() >= self.max_waiting {
            return Entry::Full;
        }
        if queue.waiting.is_empty() {
            queue.emptied = now;
        }
        let wait = if queue.is_standing(now) { BRIEF.min(self.wait) } else { self.wait };
        let (sender, place) = oneshot::channel();
        let id = queue.next_id;
        queue.next_id += 1;
        queue.waiting.push_back(Waiting { id, place: sender });
        Entry::Queue(Ticket { shared: &self.shared, id, place, wait })
    }

    /// Asks clients to come back at different times, so that they do not all come at once.
    fn busy(&self) -> Problem {
        let seconds = 1 + self.turn.fetch_add(1, Ordering::Relaxed) % MAX_RETRY_S;
        Problem::new(Code::Busy, "同时查询的人太多，请稍后再试。").retry_after(seconds)
    }
}

fn lock(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use axum::{http::header, response::IntoResponse};
    use tokio::{task::yield_now, time::sleep};

    use super::*;

    /// One place and so many waiting.
    fn gate(queue: usize, queue_wait: Duration) -> Arc<Gate> {
        let limits = Limits { searches: 1, queue, queue_wait, ..Limits::default() };
        Arc::new(Gate::new(&limits))
    }

    /// Nobody waits so long, but for a place that is lost.
    const LONG: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn a_full_gate_says_when_to_come_back_and_opens_again() {
        let gate = gate(1, Duration::from_millis(20));
        let place = gate.enter().await.unwrap();
        let refused = gate.enter().await.unwrap_err().into_response();
        assert_eq!(refused.status(), 503);
        assert_eq!(refused.headers()[header::RETRY_AFTER], "1");
        assert_eq!(gate.n_waiting(), 0, "whoever gave up waits no more");
        drop(place);
        assert!(gate.enter().await.is_ok());
        assert_eq!(lock(&gate.shared).n_free, 1);
    }

    #[test]
    fn those_sent_away_come_back_at_different_times() {
        let gate = gate(0, LONG);
        let wait = |_| {
            let refused = gate.busy().into_response();
            refused.headers()[header::RETRY_AFTER].to_str().unwrap().parse::<u32>().unwrap()
        };
        let mut waits: Vec<_> = (0..MAX_RETRY_S).map(wait).collect();
        waits.sort_unstable();
        assert_eq!(waits, (1..=MAX_RETRY_S).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn a_waiting_request_gets_the_place_that_becomes_free() {
        let gate = gate(1, LONG);
        let place = gate.enter().await.unwrap();
        let (entered, ()) = tokio::join!(gate.enter(), async { drop(place) });
        assert!(entered.is_ok());
        drop(entered);
        assert_eq!(lock(&gate.shared).n_free, 1);
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once() {
        let gate = gate(0, LONG);
        let _place = gate.enter().await.unwrap();
        assert!(gate.enter().await.is_err());
    }

    /// Three requests that wait for a place, and the order in which they get it.
    async fn order(standing: Duration) -> Vec<usize> {
        let gate = gate(3, LONG);
        lock(&gate.shared).standing = standing;
        let place = gate.enter().await.unwrap();
        let order = Arc::new(Mutex::new(Vec::new()));
        let tasks: Vec<_> = (0..3)
            .map(|n| {
                let (gate, order) = (Arc::clone(&gate), Arc::clone(&order));
                tokio::spawn(async move {
                    let _place = gate.enter().await.unwrap();
                    order.lock().unwrap().push(n);
                })
            })
            .collect();
        while gate.n_waiting() < 3 {
            yield_now().await;
        }
        sleep(Duration::from_millis(1)).await;
        drop(place);
        for task in tasks {
            task.await.unwrap();
        }
        order.lock().unwrap().clone()
    }

    #[tokio::test]
    async fn a_burst_is_served_in_turn_and_a_standing_queue_from_its_end() {
        assert_eq!(order(LONG).await, [0, 1, 2]);
        assert_eq!(order(Duration::ZERO).await, [2, 1, 0]);
    }

    #[tokio::test]
    async fn nobody_waits_long_in_a_standing_queue() {
        let gate = gate(3, LONG);
        let place = gate.enter().await.unwrap();
        let early = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move { gate.enter().await.is_ok() }
        });
        while gate.n_waiting() < 1 {
            yield_now().await;
        }
        sleep(STANDING * 2).await;
        let late = timeout(Duration::from_secs(10), gate.enter()).await;
        assert!(late.expect("it waits for the place").is_err());
        drop(place);
        assert!(early.await.unwrap(), "who came in time waits on");
        let place = gate.enter().await.unwrap();
        assert!(timeout(STANDING, gate.enter()).await.is_err(), "the queue was empty: a burst");
        drop(place);
    }

    #[tokio::test]
    async fn half_of_the_places_are_used_while_the_queue_stands() {
        let limits = Limits { searches: 2, queue_wait: LONG, ..Limits::default() };
        let gate = Arc::new(Gate::new(&limits));
        lock(&gate.shared).standing = Duration::ZERO;
        let places = [gate.enter().await.unwrap(), gate.enter().await.unwrap()];
        let first = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move { gate.enter().await.map(drop).is_ok() }
        });
        while gate.n_waiting() < 1 {
            yield_now().await;
        }
        let [one, other] = places;
        sleep(Duration::from_millis(1)).await;
        drop(one);
        assert_eq!((gate.n_waiting(), lock(&gate.shared).n_free), (1, 1), "it stays free");
        assert!(gate.enter().await.is_err(), "for whoever comes as well");
        drop(other);
        assert!(first.await.unwrap());
        assert_eq!(lock(&gate.shared).n_free, 2);
        assert!(gate.enter().await.is_ok());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn no_place_is_lost_or_made_whoever_gives_up_when() {
        let limits = Limits {
            searches: 3,
            queue: 8,
            queue_wait: Duration::from_micros(300),
            ..Limits::default()
        };
        let gate = Arc::new(Gate::new(&limits));
        let inside = Arc::new(AtomicUsize::new(0));
        let tasks: Vec<_> = (0..16u64)
            .map(|n| {
                let (gate, inside) = (Arc::clone(&gate), Arc::clone(&inside));
                tokio::spawn(async move {
                    for k in 0..500 {
                        // Some clients go away while they wait.
                        let gone = Duration::from_micros((n * 7 + k) % 500);
                        let Ok(Ok(_place)) = timeout(gone, gate.enter()).await else { continue };
                        assert!(inside.fetch_add(1, Ordering::SeqCst) < 3);
                        yield_now().await;
                        inside.fetch_sub(1, Ordering::SeqCst);
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!((gate.n_waiting(), lock(&gate.shared).n_free), (0, 3));
    }
}
