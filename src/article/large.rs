//! Large articles are read one at a time, so that what they cost is paid once.
//!
//! Entry point: [`apart`].

use std::{
    panic::resume_unwind,
    sync::{Mutex, PoisonError},
    thread,
};

/// Shortest body that waits for its turn, in bytes. The Markdown parser takes up to 60 times as much
/// memory as the text has, and the sanitiser up to 50 times: 10 MiB for what is shorter.
const LARGE_BYTES: usize = 128 << 10;

static TURN: Mutex<()> = Mutex::new(());

/// What `read` makes of `body`; when it is large, with no other large one in hand.
///
/// Large ones are read in a thread of their own: a C library keeps freed memory for the thread
/// that had it, and several threads read articles. All of the threads made here get the same.
pub(super) fn apart<T: Send>(body: &str, read: impl Fn() -> T + Send + Sync) -> T {
    if body.len() < LARGE_BYTES {
        return read();
    }
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    thread::scope(|scope| {
        match thread::Builder::new().name("large-article".to_owned()).spawn_scoped(scope, &read) {
            Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
            // No thread is to be had, and the article is wanted all the same.
            Err(_) => read(),
        }
    })
}

#[cfg(test)]
mod tests {
    use std::{
        panic::catch_unwind,
        sync::atomic::{AtomicUsize, Ordering::SeqCst},
        time::Duration,
    };

    use super::*;

    /// Most bodies of `n_bytes` that four threads have in hand at the same time.
    fn most_at_once(n_bytes: usize) -> usize {
        let body = "a".repeat(n_bytes);
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let read = || {
            most.fetch_max(now.fetch_add(1, SeqCst) + 1, SeqCst);
            thread::sleep(Duration::from_millis(100));
            now.fetch_sub(1, SeqCst);
        };
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| apart(&body, read));
            }
        });
        most.into_inner()
    }

    #[test]
    fn only_large_ones_wait_for_each_other() {
        assert_eq!(most_at_once(LARGE_BYTES), 1);
        assert!(most_at_once(LARGE_BYTES - 1) > 1);
    }

    #[test]
    fn a_panic_reaches_who_asked_and_nobody_else() {
        let body = "a".repeat(LARGE_BYTES);
        let failed = catch_unwind(|| apart(&body, || panic!("broken")));
        assert_eq!(failed.unwrap_err().downcast_ref(), Some(&"broken"));
        assert_eq!(apart(&body, || 7), 7);
    }
}
