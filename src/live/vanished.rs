//! Files that are not there, until it is sure that they are gone.
//!
//! Many programs save by taking the old file away first, and a folder is emptied file by file. So
//! files that vanish are judged together, when none has vanished any more for a moment.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

/// A file is believed to be gone when no other one has vanished for this time; the more of them
/// there are, the longer.
const BELIEVED_AFTER: Duration = Duration::from_millis(200);
/// From so many files on it does not get longer.
const MANY: usize = 10;

/// Files that were not there when they were looked for.
#[derive(Debug, Default)]
pub(super) struct Vanished {
    paths: BTreeSet<String>,
    last: Option<Instant>,
}

impl Vanished {
    /// Notes that this file is not there.
    pub(super) fn note(&mut self, path: String, now: Instant) {
        if self.paths.insert(path) {
            self.last = Some(now);
        }
    }

    /// The file is there again.
    pub(super) fn is_back(&mut self, path: &str) {
        self.paths.remove(path);
    }

    /// When to look for these files again.
    pub(super) fn due(&self) -> Option<Instant> {
        let n = u32::try_from(self.paths.len().min(MANY)).unwrap_or_default();
        self.last.filter(|_| n > 0).map(|last| last + BELIEVED_AFTER * n)
    }

    /// The files that are gone if they are not there now either.
    pub(super) fn take_due(&mut self, now: Instant) -> BTreeSet<String> {
        match self.due() {
            Some(due) if due <= now => std::mem::take(&mut self.paths),
            _ => BTreeSet::new(),
        }
    }

    /// The files of which it is known otherwise that they are gone.
    pub(super) fn take(&mut self, is_gone: impl Fn(&str) -> bool) -> Vec<String> {
        self.paths.extract_if(.., |path| is_gone(path)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_vanish_are_judged_together_when_none_vanishes_any_more() {
        let start = Instant::now();
        let at = |millis: u64| start + Duration::from_millis(millis);
        let mut vanished = Vanished::default();
        assert_eq!(vanished.due(), None);
        vanished.note("a.md".to_owned(), at(0));
        vanished.note("b.md".to_owned(), at(150));
        vanished.note("a.md".to_owned(), at(300));
        assert_eq!(vanished.due(), Some(at(550)));
        assert!(vanished.take_due(at(549)).is_empty());
        assert_eq!(vanished.take_due(at(550)).into_iter().collect::<Vec<_>>(), ["a.md", "b.md"]);
        assert_eq!(vanished.due(), None);
    }

    #[test]
    fn a_file_that_is_back_or_was_moved_is_not_waited_for() {
        let now = Instant::now();
        let mut vanished = Vanished::default();
        for path in ["a.md", "b.md", "c.md"] {
            vanished.note(path.to_owned(), now);
        }
        vanished.is_back("a.md");
        assert_eq!(vanished.take(|path| path == "b.md"), ["b.md"]);
        assert_eq!(
            vanished.take_due(now + BELIEVED_AFTER).into_iter().collect::<Vec<_>>(),
            ["c.md"]
        );
    }
}
