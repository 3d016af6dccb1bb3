//! What changed from revision to revision, as far back as is kept.
//!
//! ```text
//! oldest ──entry──▶ revision ──entry──▶ revision ──entry──▶ newest
//! ```
//!
//! Entries form a chain: each begins at the revision at which the one before it ends. Equal
//! content has an equal revision, so a revision may occur more than once in the chain; whoever
//! comes from it goes on from its last occurrence.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

/// How far back a log reaches: whichever is fewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogBound {
    /// Entries that are kept.
    pub revisions: usize,
    /// Changes of articles that are kept, over all entries.
    pub changes: usize,
}

impl Default for LogBound {
    fn default() -> Self {
        Self { revisions: 1_000, changes: 10_000 }
    }
}

/// What happened to an article.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// It is new under this id.
    Added,
    /// Its file has other content.
    Changed,
    /// No article has this id any more.
    Removed,
}

/// What happened to one article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Article id.
    pub id: String,
    /// What happened.
    #[serde(rename = "change")]
    pub kind: ChangeKind,
    /// BLAKE3 of the file, lower-case hex; of the last content where it is removed.
    pub hash: String,
    /// Title, the last one where it is removed.
    pub title: String,
}

/// The step from one revision to the next; without changes when only the vocabulary is another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// Revision before.
    pub from: String,
    /// Revision after.
    pub to: String,
    /// When the revision after was indexed, RFC 3339.
    pub at: String,
    /// What changed, by id, each id once.
    pub changes: Vec<Change>,
}

/// What became of an article over some entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetChange {
    /// The first state against the last one.
    pub change: Change,
    /// The revision in which it was last touched.
    pub revision: String,
    /// When that was indexed, RFC 3339.
    pub at: String,
}

/// Some of the changes since a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPage {
    /// The net changes from the revision that was asked for to `next`, each id once, those that
    /// were touched last at the end.
    pub changes: Vec<NetChange>,
    /// The revision that somebody has who makes these changes.
    pub next: String,
}

/// The chain of the last revisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeLog {
    bound: LogBound,
    oldest: String,
    entries: VecDeque<Arc<LogEntry>>,
    n_changes: usize,
}

impl ChangeLog {
    /// A log that reaches back to this revision and no further.
    #[must_use]
    pub fn starting_at(revision: &str, bound: LogBound) -> Self {
        Self { bound, oldest: revision.to_owned(), entries: VecDeque::new(), n_changes: 0 }
    }

    /// How far back it may reach.
    #[must_use]
    pub fn bound(&self) -> LogBound {
        self.bound
    }

    /// The first revision it knows.
    #[must_use]
    pub fn oldest(&self) -> &str {
        &self.oldest
    }

    /// The last revision it knows.
    #[must_use]
    pub fn newest(&self) -> &str {
        self.entries.back().map_or(&self.oldest, |entry| &entry.to)
    }

    /// Its entries, the oldest first.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &LogEntry> {
        self.entries.iter().map(AsRef::as_ref)
    }

    /// Changes of articles over all entries.
    #[must_use]
    pub fn n_changes(&self) -> usize {
        self.n_changes
    }

    /// Appends an entry and forgets what is beyond the bound; when it does not begin where the log
    /// ends, everything before it is forgotten.
    pub fn push(&mut self, entry: LogEntry) {
        if entry.from != self.newest() {
            *self = Self::starting_at(&entry.from, self.bound);
        }
        self.n_changes += entry.changes.len();
        self.entries.push_back(Arc::new(entry));
        while self.entries.len() > self.bound.revisions || self.n_changes > self.bound.changes {
            let Some(first) = self.entries.pop_front() else { return };
            self.n_changes -= first.changes.len();
            self.oldest.clone_from(&first.to);
        }
    }

    /// Forgets what came after this revision; all, when the log does not know it. Afterwards the
    /// log ends there.
    pub fn rewind(&mut self, revision: &str) {
        match self.position(revision) {
            Some(position) => self.entries.truncate(position),
            None => *self = Self::starting_at(revision, self.bound),
        }
        self.n_changes = self.entries.iter().map(|entry| entry.changes.len()).sum();
    }

    /// The net changes since a revision, from whole entries: as many as have no more than `limit`
    /// changes together, at least one. `None` when the log does not know the revision.
    #[must_use]
    pub fn page(&self, since: &str, limit: usize) -> Option<LogPage> {
        let mut page = Folded::default();
        let mut next = since;
        for entry in self.entries.range(self.position(since)?..) {
            if next != since && page.n_folded + entry.changes.len() > limit {
                break;
            }
            page.fold(entry);
            next = &entry.to;
        }
        Some(LogPage { changes: page.into_changes(), next: next.to_owned() })
    }

    /// Number of entries up to the last occurrence of a revision.
    fn position(&self, revision: &str) -> Option<usize> {
        let after = self.entries.iter().rposition(|entry| entry.to == revision);
        after.map(|at| at + 1).or((self.oldest == revision).then_some(0))
    }
}

/// Changes by id, the later ones put together with the earlier ones.
#[derive(Default)]
struct Folded {
    /// With the number of the change that was the last to touch it.
    by_id: BTreeMap<String, (usize, NetChange)>,
    n_folded: usize,
}

impl Folded {
    fn fold(&mut self, entry: &LogEntry) {
        for change in &entry.changes {
            self.n_folded += 1;
            let before = self.by_id.remove(&change.id).map(|(_, net)| net.change.kind);
            let Some(kind) = together(before, change.kind) else { continue };
            let net = NetChange {
                change: Change { kind, ..change.clone() },
                revision: entry.to.clone(),
                at: entry.at.clone(),
            };
            self.by_id.insert(change.id.clone(), (self.n_folded, net));
        }
    }

    fn into_changes(self) -> Vec<NetChange> {
        let mut changes: Vec<_> = self.by_id.into_values().collect();
        changes.sort_by_key(|(number, _)| *number);
        changes.into_iter().map(|(_, change)| change).collect()
    }
}

/// What two changes in a row come to; `None` when the second takes the first back.
fn together(before: Option<ChangeKind>, after: ChangeKind) -> Option<ChangeKind> {
    use ChangeKind as K;
    match (before, after) {
        (Some(K::Added), K::Removed) => None,
        (Some(K::Added), _) => Some(K::Added),
        (Some(K::Removed), K::Added) => Some(K::Changed),
        (_, after) => Some(after),
    }
}

#[cfg(test)]
mod tests {
    use super::{ChangeKind as K, *};

    const BOUND: LogBound = LogBound { revisions: 3, changes: 5 };

    /// Revision before, revision after, and what changed.
    type Step<'a> = (&'a str, &'a str, &'a [(&'a str, K)]);

    fn entry(from: &str, to: &str, changes: &[(&str, K)]) -> LogEntry {
        let change = |(id, kind): &(&str, K)| Change {
            id: (*id).to_owned(),
            kind: *kind,
            hash: format!("{id}{to}"),
            title: (*id).to_owned(),
        };
        let changes = changes.iter().map(change).collect();
        LogEntry { from: from.into(), to: to.into(), at: format!("at {to}"), changes }
    }

    fn log(entries: &[Step<'_>]) -> ChangeLog {
        let mut log = ChangeLog::starting_at("0", BOUND);
        for (from, to, changes) in entries {
            log.push(entry(from, to, changes));
        }
        log
    }

    /// Ids and kinds of a page, and where it ends.
    fn page(log: &ChangeLog, since: &str, limit: usize) -> Option<(Vec<(String, K)>, String)> {
        let page = log.page(since, limit)?;
        let changes = page.changes.into_iter().map(|net| (net.change.id, net.change.kind));
        Some((changes.collect(), page.next))
    }

    #[test]
    fn a_page_has_the_net_changes() {
        let table: &[(&[K], Option<K>)] = &[
            (&[K::Added], Some(K::Added)),
            (&[K::Added, K::Changed], Some(K::Added)),
            (&[K::Added, K::Removed], None),
            (&[K::Added, K::Removed, K::Added], Some(K::Added)),
            (&[K::Changed, K::Changed], Some(K::Changed)),
            (&[K::Changed, K::Removed], Some(K::Removed)),
            (&[K::Removed, K::Added], Some(K::Changed)),
            (&[K::Removed, K::Added, K::Removed], Some(K::Removed)),
        ];
        for (kinds, expected) in table {
            let mut log = ChangeLog::starting_at("0", BOUND);
            for (n, kind) in kinds.iter().enumerate() {
                log.push(entry(&n.to_string(), &(n + 1).to_string(), &[("a", *kind)]));
            }
            let (changes, next) = page(&log, "0", 9).unwrap();
            let kinds_of: Vec<_> = changes.into_iter().map(|(_, kind)| kind).collect();
            assert_eq!(kinds_of, expected.iter().copied().collect::<Vec<_>>(), "{kinds:?}");
            assert_eq!(next, kinds.len().to_string());
        }
    }

    #[test]
    fn a_change_has_the_content_and_the_revision_that_touched_it_last() {
        let log = log(&[
            ("0", "1", &[("a", K::Added), ("b", K::Changed)]),
            ("1", "2", &[]),
            ("2", "3", &[("a", K::Changed)]),
        ]);
        let changes = log.page("0", 9).unwrap().changes;
        let shown = changes.iter().map(|net| (&*net.change.hash, &*net.revision, &*net.at));
        assert_eq!(shown.collect::<Vec<_>>(), [("b1", "1", "at 1"), ("a3", "3", "at 3")]);
    }

    #[test]
    fn a_page_ends_with_a_revision_and_is_never_without_progress() {
        let log = log(&[
            ("0", "1", &[("a", K::Added), ("b", K::Added), ("c", K::Added)]),
            ("1", "2", &[("a", K::Changed)]),
            ("2", "3", &[("d", K::Added)]),
        ]);
        let ends: Vec<_> = [1, 3, 4, 5].map(|limit| page(&log, "0", limit).unwrap().1).into();
        assert_eq!(ends, ["1", "1", "2", "3"]);
        let changed = ("a".to_owned(), K::Changed);
        assert_eq!(page(&log, "1", 1), Some((vec![changed], "2".into())));
        assert_eq!(page(&log, "3", 1), Some((vec![], "3".into())));
        assert_eq!(page(&log, "4", 1), None);
    }

    #[test]
    fn a_revision_that_comes_again_is_gone_on_from_at_its_last_occurrence() {
        let log = log(&[
            ("0", "1", &[("a", K::Added)]),
            ("1", "0", &[("a", K::Removed)]),
            ("0", "2", &[("b", K::Added)]),
        ]);
        assert_eq!(page(&log, "0", 9), Some((vec![("b".into(), K::Added)], "2".into())));
    }

    #[test]
    fn what_is_beyond_the_bound_is_forgotten() {
        let long = log(&[("0", "1", &[]), ("1", "2", &[]), ("2", "3", &[]), ("3", "4", &[])]);
        assert_eq!((long.oldest(), long.newest(), long.entries().count()), ("1", "4", 3));
        let many: &[(&str, K)] = &[("a", K::Added), ("b", K::Added), ("c", K::Added)];
        let wide = log(&[("0", "1", many), ("1", "2", many)]);
        assert_eq!((wide.oldest(), wide.newest(), wide.n_changes()), ("1", "2", 3));
        assert_eq!(wide.page("0", 9), None);
        let all = [many, many].concat();
        let too_wide = log(&[("0", "1", many), ("1", "2", &all)]);
        assert_eq!((too_wide.oldest(), too_wide.newest(), too_wide.n_changes()), ("2", "2", 0));
    }

    #[test]
    fn a_gap_cuts_the_chain() {
        let cut = log(&[("0", "1", &[("a", K::Added)]), ("5", "6", &[("b", K::Added)])]);
        assert_eq!((cut.oldest(), cut.newest(), cut.n_changes()), ("5", "6", 1));
    }

    #[test]
    fn rewinding_ends_the_log_at_a_revision() {
        let mut known = log(&[("0", "1", &[("a", K::Added)]), ("1", "2", &[("b", K::Added)])]);
        known.rewind("1");
        assert_eq!((known.oldest(), known.newest(), known.n_changes()), ("0", "1", 1));
        known.rewind("0");
        assert_eq!((known.oldest(), known.newest(), known.n_changes()), ("0", "0", 0));
        known.rewind("9");
        assert_eq!((known.oldest(), known.newest()), ("9", "9"));
    }
}
