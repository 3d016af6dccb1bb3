//! A budget for each client, in a table that cannot grow without bound.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    state::keyed::HashMapStateStore,
};

use super::client::Client;

/// Clients that are counted one by one.
const MAX_CLIENTS: usize = 10_000;

/// A full table is gone through at most once in this time.
const SWEEP_PAUSE: Duration = Duration::from_secs(1);

/// What each client has left. The algorithm is GCRA: a budget fills evenly, up to its burst.
pub(super) struct Budgets {
    limiter: RateLimiter<Client, HashMapStateStore<Client>, DefaultClock>,
    max_clients: usize,
    swept: Mutex<Option<Instant>>,
}

impl fmt::Debug for Budgets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budgets").field("clients", &self.limiter.len()).finish_non_exhaustive()
    }
}

impl Budgets {
    pub(super) fn new(quota: Quota) -> Self {
        Self {
            limiter: RateLimiter::hashmap_with_clock(quota, DefaultClock::default()),
            max_clients: MAX_CLIENTS,
            swept: Mutex::new(None),
        }
    }

    /// Takes one from what the client has left.
    ///
    /// # Errors
    /// Nothing is left; the whole seconds until something is.
    pub(super) fn spend(&self, client: Client) -> Result<(), u32> {
        let client = if self.has_room() { client } else { Client::Others };
        self.limiter.check_key(&client).map_err(|refused| {
            let wait = refused.wait_time_from(self.limiter.clock().now());
            let seconds = wait.as_nanos().div_ceil(1_000_000_000);
            u32::try_from(seconds.max(1)).unwrap_or(u32::MAX)
        })
    }

    /// Whether another client can be told apart, after forgetting those whose budget is full again.
    fn has_room(&self) -> bool {
        if self.limiter.len() < self.max_clients {
            return true;
        }
        let mut swept = self.swept.lock().unwrap_or_else(PoisonError::into_inner);
        if swept.is_none_or(|at| at.elapsed() >= SWEEP_PAUSE) {
            self.limiter.retain_recent();
            *swept = Some(Instant::now());
        }
        self.limiter.len() < self.max_clients
    }
}

#[cfg(test)]
mod tests {
    use std::{net::Ipv4Addr, num::NonZeroU32};

    use super::*;

    fn client(n: u32) -> Client {
        Client::V4(Ipv4Addr::from(n))
    }

    /// `n` at once, then one an hour.
    fn hourly(n: u32) -> Budgets {
        let quota = Quota::with_period(Duration::from_secs(3600)).unwrap();
        Budgets::new(quota.allow_burst(NonZeroU32::new(n).unwrap()))
    }

    #[test]
    fn each_client_has_a_budget_of_its_own() {
        let budgets = hourly(3);
        for _ in 0..3 {
            assert_eq!(budgets.spend(client(1)), Ok(()));
        }
        let wait = budgets.spend(client(1)).unwrap_err();
        assert!((3500..=3600).contains(&wait), "{wait}");
        assert_eq!(budgets.spend(client(2)), Ok(()));
        assert_eq!(budgets.spend(Client::Unknown), Ok(()));
    }

    #[test]
    fn parts_of_a_second_are_waited_for_as_whole_ones() {
        let spent = |period: Duration| {
            let budgets = Budgets::new(Quota::with_period(period).unwrap());
            budgets.spend(client(1)).unwrap();
            budgets.spend(client(1)).unwrap_err()
        };
        // A little of the time has passed when the second one asks.
        assert_eq!(spent(Duration::from_secs(3600)), 3600);
        assert_eq!(spent(Duration::from_millis(900)), 1);
    }

    #[test]
    fn clients_without_room_share_one_budget() {
        let budgets = Budgets { max_clients: 5, ..hourly(1) };
        let admitted = (0..1000).filter(|n| budgets.spend(client(*n)).is_ok()).count();
        assert_eq!(admitted, 5 + 1, "five of their own and one of all others");
        assert_eq!(budgets.limiter.len(), 6);
    }

    #[test]
    fn clients_that_have_all_again_are_forgotten() {
        let quota = Quota::with_period(Duration::from_nanos(1)).unwrap();
        let budgets = Budgets { max_clients: 5, ..Budgets::new(quota) };
        for n in 0..5 {
            budgets.spend(client(n)).unwrap();
        }
        assert!(budgets.has_room(), "{budgets:?}");
        assert_eq!(budgets.limiter.len(), 0);
    }

    #[test]
    fn a_full_table_is_gone_through_once_in_a_while() {
        let quota = Quota::with_period(Duration::from_nanos(1)).unwrap();
        let budgets = Budgets { max_clients: 1, ..Budgets::new(quota) };
        budgets.spend(client(0)).unwrap();
        let swept = |age| *budgets.swept.lock().unwrap() = Instant::now().checked_sub(age);
        swept(Duration::ZERO);
        assert!(!budgets.has_room(), "it was gone through just now");
        swept(SWEEP_PAUSE);
        assert!(budgets.has_room());
    }
}
