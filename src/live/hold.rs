//! Keeps most of a knowledge base from vanishing by mistake: an unmounted disk or a wrong branch
//! looks like a deletion of everything.

use std::{
    collections::{BTreeSet, VecDeque},
    time::{Duration, Instant},
};

/// Knowledge bases with fewer articles may be emptied at once.
const MIN_ARTICLES: usize = 20;
/// Removals within this time are judged together.
const WINDOW: Duration = Duration::from_secs(60);
/// Held ones are confirmed after this: what vanished just before a scan by the next one.
const CONFIRMED_AFTER: Duration = Duration::from_secs(59);

/// Judges removals.
#[derive(Debug, Default)]
pub(super) struct Hold {
    recent: VecDeque<(Instant, usize)>,
    held: BTreeSet<String>,
    since: Option<Instant>,
}

impl Hold {
    /// Number of articles kept although their files are gone.
    #[must_use]
    pub(super) fn len(&self) -> usize {
        self.held.len()
    }

    /// Whether this article is kept although its file is gone.
    #[must_use]
    pub(super) fn has(&self, path: &str) -> bool {
        self.held.contains(path)
    }

    /// Which of the `gone` paths may be removed now; the others are held.
    ///
    /// `n_articles` is the number served before. More than half of at least
    /// twenty articles within a minute are held until `is_full_scan` finds them still gone
    /// a minute later.
    pub(super) fn allow(
        &mut self,
        gone: Vec<String>,
        n_articles: usize,
        is_full_scan: bool,
        now: Instant,
    ) -> Vec<String> {
        let gone: BTreeSet<String> = gone.into_iter().collect();
        if is_full_scan {
            self.held.retain(|path| gone.contains(path));
        }
        self.recent.retain(|(at, _)| now.duration_since(*at) < WINDOW);
        let n_recent: usize = self.recent.iter().map(|(_, n)| n).sum();
        let n_before = n_articles + n_recent;
        // The last file of many that vanish is no better than the others.
        let n_held = self.held.difference(&gone).count();
        let is_most = n_before >= MIN_ARTICLES && (n_recent + n_held + gone.len()) * 2 > n_before;
        let is_confirmed = is_full_scan
            && self.since.is_some_and(|since| now.duration_since(since) >= CONFIRMED_AFTER)
            && gone.iter().all(|path| self.held.contains(path));
        if is_most && !is_confirmed {
            self.since.get_or_insert(now);
            self.held.extend(gone);
            return Vec::new();
        }
        for path in &gone {
            self.held.remove(path);
        }
        if self.held.is_empty() {
            self.since = None;
        }
        if !gone.is_empty() && !is_confirmed {
            self.recent.push_back((now, gone.len()));
        }
        gone.into_iter().collect()
    }

    /// A held file is back.
    pub(super) fn is_back(&mut self, path: &str) {
        self.held.remove(path);
        if self.held.is_empty() {
            self.since = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(n: usize) -> Vec<String> {
        (0..n).map(|i| format!("{i}.md")).collect()
    }

    #[test]
    fn a_few_removals_pass_and_most_are_held_until_confirmed() {
        let start = Instant::now();
        let mut hold = Hold::default();
        assert_eq!(hold.allow(paths(10), 20, false, start).len(), 10);

        let mut hold = Hold::default();
        assert!(hold.allow(paths(11), 20, true, start).is_empty());
        assert_eq!(hold.len(), 11);
        assert!(hold.allow(paths(11), 20, true, start + WINDOW / 2).is_empty());
        assert_eq!(hold.allow(paths(11), 20, true, start + WINDOW).len(), 11);
        assert_eq!(hold.len(), 0);
    }

    #[test]
    fn removals_that_trickle_in_are_judged_together() {
        let start = Instant::now();
        let mut hold = Hold::default();
        assert_eq!(hold.allow(paths(10), 20, false, start).len(), 10);
        assert!(hold.allow(vec!["x.md".into()], 10, false, start).is_empty());
    }

    #[test]
    fn the_last_one_of_those_that_are_held_is_held_too() {
        let start = Instant::now();
        let mut hold = Hold::default();
        assert!(hold.allow(paths(19), 20, false, start).is_empty());
        assert!(hold.allow(vec!["19.md".into()], 20, false, start).is_empty());
        assert_eq!(hold.len(), 20);
    }

    #[test]
    fn files_that_come_back_are_no_longer_held() {
        let start = Instant::now();
        let mut hold = Hold::default();
        hold.allow(paths(20), 20, true, start);
        assert!(hold.allow(Vec::new(), 20, true, start + WINDOW).is_empty());
        assert_eq!(hold.len(), 0);
    }

    #[test]
    fn small_knowledge_bases_may_be_emptied() {
        assert_eq!(Hold::default().allow(paths(19), 19, true, Instant::now()).len(), 19);
    }
}
