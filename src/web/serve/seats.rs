//! Who holds a connection, and who gives one up when all are taken.
//!
//! While seats are free nobody is hurried. When none is, the client that has kept us waiting
//! longest, for a request, for the rest of one or to read, makes room for whoever comes: so a
//! thousand slow or idle connections keep nobody out, and a probe of `/livez` always gets in.
//! Only when every seat is really worked for is a newcomer refused.
//!
//! There is no limit per address: everybody behind one proxy has the same one, and would share it.
//! An address counts only when the seats are scarce, and only against one that has more than its
//! share of them: such a crowd is not given the usual patience in favour of somebody else.

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio::task::{self, AbortHandle};

use super::turn::{Moment, Turn};
use crate::web::access::Client;

/// One address may hold this part of all seats before it counts as a crowd.
const SHARE: usize = 4;

/// One connection.
#[derive(Debug)]
struct Seat {
    client: Client,
    turn: Arc<Turn>,
    task: AbortHandle,
}

/// All connections.
#[derive(Debug)]
pub(super) struct Seats {
    max: usize,
    patience: Duration,
    taken: HashMap<task::Id, Seat>,
}

impl Seats {
    /// So many seats; whoever waits for less than `patience` keeps one.
    pub(super) fn new(max: usize, patience: Duration) -> Self {
        Self { max, patience, taken: HashMap::new() }
    }

    /// Whether there is room for a newcomer, if need be because somebody else has to go.
    pub(super) fn make_room(&mut self, newcomer: Client) -> bool {
        if self.taken.len() < self.max {
            return true;
        }
        let id = self.least_missed(newcomer);
        self.close(id)
    }

    /// Closes the connection that has waited longest for its client, however short that is.
    pub(super) fn close_one(&mut self) -> bool {
        let id = self.longest(|_| true).map(|(_, id)| id);
        self.close(id)
    }

    fn close(&mut self, id: Option<task::Id>) -> bool {
        let seat = id.and_then(|id| self.taken.remove(&id));
        seat.map(|seat| {
            seat.turn.dismiss();
            seat.task.abort();
        })
        .is_some()
    }

    /// A connection that has begun.
    pub(super) fn take(&mut self, client: Client, turn: Arc<Turn>, task: AbortHandle) {
        self.taken.insert(task.id(), Seat { client, turn, task });
    }

    /// A connection that has ended.
    pub(super) fn free(&mut self, id: task::Id) {
        self.taken.remove(&id);
    }

    /// The connection that has waited longest for its client, if that is long enough; else the
    /// one of a crowd that the newcomer is not part of.
    fn least_missed(&self, newcomer: Client) -> Option<task::Id> {
        let (since, id) = self.longest(|_| true)?;
        if since.elapsed() >= self.patience {
            return Some(id);
        }
        let crowd = self.crowd().filter(|crowd| *crowd != newcomer)?;
        self.longest(|client| client == crowd).map(|(_, id)| id)
    }

    /// The clock is left alone here: every newcomer to a full house goes through all seats.
    fn longest(&self, of: impl Fn(Client) -> bool) -> Option<(Moment, task::Id)> {
        let seats = self.taken.iter().filter(|(_, seat)| of(seat.client));
        let waiting = seats.filter_map(|(id, seat)| Some((seat.turn.waits_since()?, *id)));
        waiting.min_by_key(|(since, _)| *since)
    }

    /// The client with more seats than its share, the one with the most.
    fn crowd(&self) -> Option<Client> {
        let mut counts = HashMap::<Client, usize>::new();
        for seat in self.taken.values() {
            *counts.entry(seat.client).or_default() += 1;
        }
        let (client, n) = counts.into_iter().max_by_key(|(_, n)| *n)?;
        (n > self.max / SHARE).then_some(client)
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const LONG: Duration = Duration::from_secs(3600);
    const SHORT: Duration = Duration::from_millis(20);

    fn client(n: u8) -> Client {
        Client::V4(Ipv4Addr::new(10, 0, 0, n))
    }

    /// A connection of this client, whose turn it is.
    fn seated(seats: &mut Seats, of: Client) -> task::Id {
        let task = tokio::spawn(std::future::pending::<()>()).abort_handle();
        let id = task.id();
        seats.take(of, Arc::new(Turn::new()), task);
        id
    }

    fn full(clients: &[u8], patience: Duration) -> (Seats, Vec<task::Id>) {
        let mut seats = Seats::new(clients.len(), patience);
        let ids = clients.iter().map(|n| seated(&mut seats, client(*n))).collect();
        (seats, ids)
    }

    #[tokio::test]
    async fn nobody_goes_while_there_is_room_or_while_patience_lasts() {
        let (mut seats, ids) = full(&[1, 2, 3, 4], LONG);
        assert!(!seats.make_room(client(9)), "all have just come");
        seats.free(ids[2]);
        assert!(seats.make_room(client(9)));
        assert_eq!(seats.taken.len(), 3, "nobody had to go");
    }

    #[tokio::test]
    async fn whoever_waits_longest_goes_first() {
        let (mut seats, ids) = full(&[1, 2], SHORT);
        tokio::time::sleep(SHORT).await;
        seats.free(ids[0]);
        let young = seated(&mut seats, client(1));
        assert!(seats.make_room(client(1)));
        assert_eq!(seats.taken.keys().collect::<Vec<_>>(), [&young]);
    }

    #[tokio::test]
    async fn without_file_descriptors_somebody_who_waits_goes_at_once() {
        let (mut seats, ids) = full(&[1, 2], LONG);
        seats.taken[&ids[0]].turn.work();
        assert!(seats.close_one());
        assert_eq!(seats.taken.keys().collect::<Vec<_>>(), [&ids[0]]);
        assert!(!seats.close_one(), "the other one is worked for");
    }

    #[tokio::test]
    async fn a_connection_that_is_worked_for_stays() {
        let (mut seats, ids) = full(&[1, 1, 1, 1], SHORT);
        tokio::time::sleep(SHORT).await;
        ids.iter().for_each(|id| seats.taken[id].turn.work());
        assert!(!seats.make_room(client(9)));
        assert_eq!(seats.taken.len(), 4);
    }

    #[tokio::test]
    async fn a_crowd_makes_room_for_others_at_once_and_not_for_itself() {
        let (mut seats, _) = full(&[1, 1, 2, 3], LONG);
        assert!(!seats.make_room(client(1)));
        assert!(seats.make_room(client(9)));
        let of_crowd = seats.taken.values().filter(|seat| seat.client == client(1)).count();
        assert_eq!((seats.taken.len(), of_crowd), (3, 1));
        let (mut seats, _) = full(&[1, 2, 3, 4], LONG);
        assert!(!seats.make_room(client(9)), "nobody is a crowd");
    }
}
