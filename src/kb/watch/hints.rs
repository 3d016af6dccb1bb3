//! Hints wait here until someone has time for them.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use super::events::Sign;

/// How long hints gather after the first: one save makes several events.
const SETTLE: Duration = Duration::from_millis(10);

/// How long a file counts as being written after the first writing. Some program may keep a file
/// open for ever.
const WRITTEN_FOR: Duration = Duration::from_secs(10);

/// From this many files on, one full scan is less work than a look at each of them.
const MAX_FILE_HINTS: usize = 1024;

/// What may have changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hint {
    /// The article file at this path in the knowledge base was written, moved or deleted.
    File(String),
    /// An article file appeared at this path. It may be complete, as a link is, or about to be
    /// written.
    New(String),
    /// A vocabulary file changed.
    Vocabulary,
    /// Anything: folders moved, events were lost. Only a scan tells.
    Rescan,
}

/// The hints nobody has looked after yet, each once, in bounded space.
#[derive(Debug, Default)]
pub struct Hints {
    pending: Mutex<Pending>,
    arrived: Condvar,
}

#[derive(Debug, Default)]
struct Pending {
    hints: BTreeSet<Hint>,
    /// Names that were moved away and may have been folders full of articles.
    moved_away: BTreeSet<PathBuf>,
    /// Articles that were written to and not closed yet, and since when.
    writing: BTreeMap<String, Instant>,
}

impl Hints {
    /// Adds a hint and wakes who waits; for those too who know of a change from elsewhere.
    pub fn add(&self, hint: Hint) {
        self.note(Sign::Hint(hint));
    }

    /// Waits up to `timeout` for hints and takes them all, sorted, without duplicates; empty when
    /// none came.
    ///
    /// The first hint is held back for at most 10 ms so that those of the same save come along.
    /// A [`Hint::Rescan`] replaces all hints at single files.
    pub fn wait(&self, timeout: Duration) -> Vec<Hint> {
        let is_empty = |pending: &mut Pending| pending.is_empty();
        let (pending, _) = self
            .arrived
            .wait_timeout_while(self.lock(), timeout, is_empty)
            .unwrap_or_else(PoisonError::into_inner);
        if pending.is_empty() {
            return Vec::new();
        }
        drop(pending);
        thread::sleep(SETTLE);
        self.lock().take()
    }

    /// Whether somebody is about to write the file at `path`, so that it may be half a file. Says
    /// no where the system tells nothing.
    #[must_use]
    pub fn is_being_written(&self, path: &str) -> bool {
        self.lock().writing.get(path).is_some_and(|since| since.elapsed() < WRITTEN_FOR)
    }

    pub(super) fn note(&self, sign: Sign) {
        self.lock().note(sign);
        self.arrived.notify_one();
    }

    /// The set is valid after every step, so a panic elsewhere does not spoil it.
    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pending {
    fn is_empty(&self) -> bool {
        self.hints.is_empty() && self.moved_away.is_empty()
    }

    fn note(&mut self, sign: Sign) {
        match &sign {
            // Of what happened to a file the last counts.
            Sign::Hint(Hint::File(path)) => {
                self.writing.remove(path);
                self.hints.remove(&Hint::New(path.clone()));
            }
            Sign::Hint(Hint::New(path)) => drop(self.hints.remove(&Hint::File(path.clone()))),
            _ => {}
        }
        match sign {
            Sign::Writing(path) => self.note_writing(path),
            Sign::Hint(Hint::File(_) | Hint::New(_)) if self.hints.contains(&Hint::Rescan) => {}
            Sign::Hint(hint) => drop(self.hints.insert(hint)),
            Sign::MovedAway(path) => drop(self.moved_away.insert(path)),
            Sign::WasFile(path) => drop(self.moved_away.remove(&path)),
            Sign::Lost => drop(self.hints.insert(Hint::Rescan)),
        }
        if self.hints.len() > MAX_FILE_HINTS || self.moved_away.len() > MAX_FILE_HINTS {
            self.hints.insert(Hint::Rescan);
        }
        if self.hints.contains(&Hint::Rescan) {
            self.hints.retain(|hint| !matches!(hint, Hint::File(_) | Hint::New(_)));
            self.moved_away.clear();
        }
    }

    fn note_writing(&mut self, path: String) {
        // So many at once are a copy or a checkout: forgetting them costs caution and no change.
        if self.writing.len() >= MAX_FILE_HINTS {
            self.writing.clear();
        }
        self.writing.entry(path).or_insert_with(Instant::now);
    }

    /// Takes what there is to do; who writes what is no part of it.
    fn take(&mut self) -> Vec<Hint> {
        let writing = std::mem::take(&mut self.writing);
        std::mem::replace(self, Self { writing, ..Self::default() }).into_hints()
    }

    fn into_hints(mut self) -> Vec<Hint> {
        if !self.moved_away.is_empty() {
            self.note(Sign::Hint(Hint::Rescan));
        }
        self.hints.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    fn file(path: &str) -> Hint {
        Hint::File(path.to_owned())
    }

    fn taken(signs: Vec<Sign>) -> Vec<Hint> {
        let hints = Hints::default();
        for sign in signs {
            hints.note(sign);
        }
        hints.wait(Duration::ZERO)
    }

    #[test]
    fn a_rescan_replaces_single_files_but_not_the_vocabulary() {
        let table: [(Vec<Sign>, Vec<Hint>); 6] = [
            (vec![], vec![]),
            (
                vec![Sign::Hint(file("b")), Sign::Hint(file("a")), Sign::Hint(file("b"))],
                vec![file("a"), file("b")],
            ),
            (
                vec![Sign::Hint(file("a")), Sign::Hint(Hint::Vocabulary), Sign::Hint(Hint::Rescan)],
                vec![Hint::Vocabulary, Hint::Rescan],
            ),
            (vec![Sign::Lost, Sign::Hint(file("a"))], vec![Hint::Rescan]),
            (vec![Sign::MovedAway("x".into()), Sign::Hint(file("a"))], vec![Hint::Rescan]),
            (vec![Sign::Hint(Hint::New("a".into())), Sign::Lost], vec![Hint::Rescan]),
        ];
        for (signs, expected) in table {
            let story = format!("{signs:?}");
            assert_eq!(taken(signs), expected, "{story}");
        }
    }

    #[test]
    fn of_what_happened_to_a_file_the_last_counts() {
        let (closed, made) = (|| file("a"), || Hint::New("a".to_owned()));
        for last in [closed(), made()] {
            let signs = [closed(), made(), closed(), made(), last.clone()];
            assert_eq!(taken(signs.map(Sign::Hint).into()), [last]);
        }
    }

    #[test]
    fn a_temporary_file_that_was_moved_is_no_reason_to_rescan() {
        let signs = vec![
            Sign::MovedAway("sedAbC".into()),
            Sign::Hint(file("a.md")),
            Sign::WasFile("sedAbC".into()),
        ];
        assert_eq!(taken(signs), [file("a.md")]);
    }

    #[test]
    fn a_file_is_being_written_from_the_first_writing_until_it_is_closed() {
        let hints = Hints::default();
        let writing = |path: &str| hints.note(Sign::Writing(path.to_owned()));
        writing("a.md");
        assert!(hints.is_being_written("a.md") && !hints.is_being_written("b.md"));
        assert_eq!(hints.wait(Duration::ZERO), [], "there is nothing to look at yet");
        hints.add(Hint::Rescan);
        hints.wait(Duration::ZERO);
        assert!(hints.is_being_written("a.md"), "it still is when hints are taken");
        hints.add(file("a.md"));
        assert!(!hints.is_being_written("a.md"));
        for number in 0..10_000 {
            writing(&number.to_string());
            assert!(hints.lock().writing.len() <= MAX_FILE_HINTS);
        }
    }

    #[test]
    fn any_number_of_hints_takes_bounded_space() {
        let hints = Hints::default();
        for number in 0..100_000 {
            hints.add(file(&number.to_string()));
            assert!(hints.lock().hints.len() <= MAX_FILE_HINTS);
        }
        assert_eq!(hints.wait(Duration::ZERO), [Hint::Rescan]);
        assert_eq!(hints.wait(Duration::ZERO), []);
    }

    #[test]
    fn a_hint_wakes_the_one_who_waits() {
        let hints = Hints::default();
        let started = Instant::now();
        let woken = thread::scope(|scope| {
            let waiting = scope.spawn(|| hints.wait(Duration::from_secs(60)));
            hints.add(Hint::Vocabulary);
            waiting.join().unwrap()
        });
        assert_eq!(woken, [Hint::Vocabulary]);
        assert!(started.elapsed() < Duration::from_secs(30));
    }
}
