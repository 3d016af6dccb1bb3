//! The log of changes on disk, beside the generations: one JSON object a line.
//!
//! The file is derived and may be deleted: then whoever follows the changes starts over. Writes
//! are not forced to disk, and a write that fails never stops anything: what is on disk is then
//! behind, until the next write puts the whole log there anew.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use fs_err as fs;
use serde::{Deserialize, Serialize};

use super::{
    change_log::{ChangeLog, LogBound, LogEntry},
    disk::Disk,
};

const FILE: &str = "changes.jsonl";
/// A file above this size was not written by this program.
const MAX_FILE_BYTES: u64 = 64 << 20;
/// The file may hold so many times what the log may, before it is written anew.
const MAX_SURPLUS: usize = 2;
/// Hexadecimal digits of the check of a line.
const CHECK_CHARS: usize = 16;

/// A line of the file.
#[derive(Serialize, Deserialize)]
struct Line {
    #[serde(flatten)]
    entry: LogEntry,
    /// BLAKE3 of the entry as JSON, shortened: a damaged line must not be taken for another one.
    check: String,
}

/// The log of changes with its file.
#[derive(Debug)]
pub struct LogFile {
    disk: Arc<dyn Disk>,
    path: PathBuf,
    log: Arc<ChangeLog>,
    /// What the file holds, what the log has forgotten included.
    n_lines: usize,
    n_changes: usize,
    /// Whether the file is to be written anew.
    is_behind: bool,
    is_paused: bool,
}

impl LogFile {
    /// Reads the log in the folder of generations, as far as it leads to `revision`; nothing, when
    /// it does not. Lines that cannot be read cut off what is before them.
    #[must_use]
    pub fn open(disk: &Arc<dyn Disk>, dir: &Path, revision: &str, bound: LogBound) -> Self {
        let path = dir.join(FILE);
        let lines = read(&**disk, &path);
        let (n_lines, n_changes) = (lines.len(), changes_of(lines.iter().flatten()));
        let first = lines.iter().flatten().next();
        let mut log = ChangeLog::starting_at(first.map_or(revision, |entry| &entry.from), bound);
        let is_damaged = lines.iter().any(Option::is_none);
        for entry in lines.into_iter().flatten() {
            log.push(entry);
        }
        let is_behind = is_damaged || log.newest() != revision;
        log.rewind(revision);
        let (disk, log) = (Arc::clone(disk), Arc::new(log));
        Self { disk, path, log, n_lines, n_changes, is_behind, is_paused: false }
    }

    /// Whether to leave the file alone for now: it is not ours to write. It is brought up to date
    /// by the first write after that.
    pub fn pause(&mut self, is_paused: bool) {
        self.is_paused = is_paused;
    }

    /// The log.
    #[must_use]
    pub fn log(&self) -> &Arc<ChangeLog> {
        &self.log
    }

    /// Appends an entry to the log and to the file.
    pub fn append(&mut self, entry: LogEntry) {
        self.n_lines += 1;
        self.n_changes += entry.changes.len();
        let line = line(&entry);
        Arc::make_mut(&mut self.log).push(entry);
        self.write(line);
    }

    /// Forgets everything before this revision.
    pub fn start_over(&mut self, revision: &str) {
        self.log = Arc::new(ChangeLog::starting_at(revision, self.log.bound()));
        self.is_behind = true;
        self.write(String::new());
    }

    fn write(&mut self, line: String) {
        if self.is_paused {
            self.is_behind = true;
            return;
        }
        let bound = self.log.bound();
        let is_too_long = self.n_lines > MAX_SURPLUS * bound.revisions
            || self.n_changes > MAX_SURPLUS * bound.changes;
        let is_rewritten = self.is_behind || is_too_long;
        let written = if is_rewritten { self.rewrite() } else { self.add(&line) };
        self.is_behind = written.is_err();
        match written {
            Ok(()) if is_rewritten => {
                (self.n_lines, self.n_changes) = (self.log.entries().count(), self.log.n_changes());
            }
            Ok(()) => {}
            Err(error) => tracing::warn!(%error, "the log of changes could not be written"),
        }
    }

    fn add(&self, line: &str) -> std::io::Result<()> {
        self.disk.append(&self.path, line.as_bytes())
    }

    /// A reader sees the old file or the new one, never a part.
    fn rewrite(&self) -> std::io::Result<()> {
        let part = self.path.with_extension("part");
        let lines: String = self.log.entries().map(line).collect();
        self.disk.write(&part, lines.as_bytes())?;
        self.disk.rename(&part, &self.path)
    }
}

fn changes_of<'a>(entries: impl Iterator<Item = &'a LogEntry>) -> usize {
    entries.map(|entry| entry.changes.len()).sum()
}

/// The entries of a file, `None` for each line that cannot be read; no line for a file that is not
/// there or far too large.
fn read(disk: &dyn Disk, path: &Path) -> Vec<Option<LogEntry>> {
    let size = fs::metadata(path).map_or(0, |data| data.len());
    if !(1..=MAX_FILE_BYTES).contains(&size) {
        return if size == 0 { Vec::new() } else { vec![None] };
    }
    let Ok(bytes) = disk.read(path) else { return vec![None] };
    let mut lines: Vec<_> = bytes.split(|byte| *byte == b'\n').collect();
    // After the last line break there is nothing, or a line that was not written to its end.
    lines.pop_if(|rest| rest.is_empty());
    lines.into_iter().map(parsed).collect()
}

fn parsed(line: &[u8]) -> Option<LogEntry> {
    let Line { entry, check } = serde_json::from_slice(line).ok()?;
    (check == check_of(&entry)).then_some(entry)
}

fn line(entry: &LogEntry) -> String {
    let line = Line { entry: entry.clone(), check: check_of(entry) };
    serde_json::to_string(&line).unwrap_or_default() + "\n"
}

fn check_of(entry: &LogEntry) -> String {
    let text = serde_json::to_string(entry).unwrap_or_default();
    blake3::hash(text.as_bytes()).to_hex().chars().take(CHECK_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::{Change, ChangeKind, RealDisk};

    const BOUND: LogBound = LogBound { revisions: 3, changes: 100 };

    fn open(dir: &Path, revision: &str) -> LogFile {
        let disk: Arc<dyn Disk> = Arc::new(RealDisk);
        LogFile::open(&disk, dir, revision, BOUND)
    }

    fn entry(n: usize) -> LogEntry {
        let change = Change {
            id: format!("机房/{n}"),
            kind: ChangeKind::Added,
            hash: format!("{n:04x}"),
            title: "断“网”\n了".into(),
        };
        let (from, to) = (format!("r{n}"), format!("r{}", n + 1));
        LogEntry { from, to, at: "2026-11-23T00:00:00Z".into(), changes: vec![change] }
    }

    fn filled(dir: &Path, n: usize) -> LogFile {
        let mut file = open(dir, "r0");
        (0..n).for_each(|n| file.append(entry(n)));
        file
    }

    fn text(dir: &Path) -> String {
        fs::read_to_string(dir.join(FILE)).unwrap()
    }

    /// Oldest and newest revision of what is read again.
    fn reopened(dir: &Path, revision: &str) -> (String, String) {
        let file = open(dir, revision);
        (file.log().oldest().to_owned(), file.log().newest().to_owned())
    }

    #[test]
    fn what_was_written_is_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let file = filled(dir.path(), 3);
        let again = open(dir.path(), "r3");
        assert_eq!(again.log(), file.log());
        assert_eq!(again.log().oldest(), "r0");
        assert!(!again.is_behind);
    }

    #[test]
    fn the_file_stays_within_twice_the_bound() {
        let dir = tempfile::tempdir().unwrap();
        let mut file = filled(dir.path(), 6);
        assert_eq!(text(dir.path()).lines().count(), 6);
        file.append(entry(6));
        assert_eq!(text(dir.path()).lines().count(), 3);
        file.append(entry(7));
        assert_eq!(text(dir.path()).lines().count(), 4);
        assert_eq!(reopened(dir.path(), "r8"), ("r5".into(), "r8".into()));
    }

    #[test]
    fn a_torn_tail_is_dropped_and_written_over() {
        let dir = tempfile::tempdir().unwrap();
        filled(dir.path(), 2);
        let whole = text(dir.path());
        let torn: String = whole.chars().take(whole.chars().count() - 9).collect();
        fs::write(dir.path().join(FILE), torn).unwrap();
        let mut file = open(dir.path(), "r1");
        assert_eq!((file.log().oldest(), file.log().newest()), ("r0", "r1"));
        file.append(entry(1));
        assert_eq!(text(dir.path()), whole);
    }

    #[test]
    fn a_damaged_line_cuts_off_what_is_before_it() {
        let dir = tempfile::tempdir().unwrap();
        filled(dir.path(), 3);
        let whole = text(dir.path());
        for (damage, what) in [("0001", "0009"), ("机房/1", "机房/7"), ("{", "")] {
            let at_second = |(n, line): (usize, &str)| match n {
                1 => line.replacen(damage, what, 1) + "\n",
                _ => line.to_owned() + "\n",
            };
            let damaged: String = whole.lines().enumerate().map(at_second).collect();
            assert_ne!(damaged, whole);
            fs::write(dir.path().join(FILE), damaged).unwrap();
            assert_eq!(reopened(dir.path(), "r3"), ("r2".into(), "r3".into()), "{damage}");
        }
        for garbage in ["\0\0\0", "", "\n\n", "{}\n", "[\n"] {
            fs::write(dir.path().join(FILE), garbage).unwrap();
            assert_eq!(reopened(dir.path(), "r3"), ("r3".into(), "r3".into()), "{garbage:?}");
        }
        fs::write(dir.path().join(FILE), b"\xff\xfe\n").unwrap();
        assert_eq!(reopened(dir.path(), "r3"), ("r3".into(), "r3".into()));
    }

    #[test]
    fn a_log_that_is_ahead_of_the_index_is_rewound_and_one_that_is_not_of_it_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        filled(dir.path(), 3);
        assert_eq!(reopened(dir.path(), "r2"), ("r0".into(), "r2".into()));
        assert_eq!(reopened(dir.path(), "x"), ("x".into(), "x".into()));
        let mut file = open(dir.path(), "r2");
        file.append(LogEntry { to: "other".into(), ..entry(2) });
        assert_eq!(reopened(dir.path(), "other"), ("r0".into(), "other".into()));
    }

    #[test]
    fn a_write_that_fails_is_made_good_by_the_next() {
        let dir = tempfile::tempdir().unwrap();
        let mut file = filled(dir.path(), 1);
        let path = dir.path().join(FILE);
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        file.append(entry(1));
        assert_eq!((file.log().oldest(), file.log().newest()), ("r0", "r2"));
        fs::remove_dir(&path).unwrap();
        file.append(entry(2));
        assert_eq!(reopened(dir.path(), "r3"), ("r0".into(), "r3".into()));
    }

    #[test]
    fn starting_over_forgets_on_disk_too() {
        let dir = tempfile::tempdir().unwrap();
        let mut file = filled(dir.path(), 2);
        file.start_over("z");
        assert_eq!((file.log().oldest(), text(dir.path()).as_str()), ("z", ""));
        assert_eq!(reopened(dir.path(), "z"), ("z".into(), "z".into()));
    }
}
