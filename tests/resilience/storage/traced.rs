//! Kill points: the calls by which a run changes the disk, and runs that end at one of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::{Command, ExitStatus, Stdio},
};

use crate::product::Place;

/// Calls that change something on disk, by all names they have on one machine or another.
const CALLS: &str = "?rename,?renameat,?renameat2,?fsync,?fdatasync,?unlink,?unlinkat,?openat,\
                     ?write,?pwrite64,?ftruncate,?mkdir,?mkdirat,?rmdir";

/// The `n`-th call of this name in a thread, the first being 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Point {
    pub(super) call: String,
    pub(super) n: usize,
}

/// All points of a run that ends by itself: those of its busiest threads, for each thread counts on
/// its own.
pub(super) fn points(place: &Place, arguments: &[&str]) -> Vec<Point> {
    let log = place.path().join("calls");
    let name = log.to_string_lossy().into_owned();
    let wrapper = ["strace", "-f", "-qq", "-o", &name, "-e", &format!("trace={CALLS}")];
    let status = run(place.wrapped(&wrapper, "index"), arguments);
    assert!(status.success(), "jiuji index {arguments:?}: {status}");
    let points = read(&log);
    fs_err::remove_file(log).unwrap();
    points
}

fn read(log: &Path) -> Vec<Point> {
    let text = fs_err::read(log).unwrap();
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut points = BTreeSet::new();
    for line in String::from_utf8_lossy(&text).lines() {
        // `812 openat(AT_FDCWD, "…", O_RDONLY) = 3`; a line that goes on an earlier one has no name.
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let Some((call, rest)) = call.trim_start().split_once('(') else { continue };
        if !call.chars().all(|c| c.is_ascii_alphanumeric()) {
            continue;
        }
        let n = counts.entry((thread.to_owned(), call.to_owned())).or_default();
        *n += 1;
        if call != "openat" || ["O_WRONLY", "O_RDWR", "O_CREAT"].iter().any(|f| rest.contains(f)) {
            points.insert(Point { call: call.to_owned(), n: *n });
        }
    }
    points.into_iter().collect()
}

/// Runs `jiuji index` and kills it at a point; whether it came so far.
pub(super) fn is_killed_at(place: &Place, arguments: &[&str], point: &Point) -> bool {
    let Point { call, n } = point;
    let trace = format!("trace={call}");
    let inject = format!("inject={call}:signal=KILL:when={n}");
    let wrapper = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject];
    !run(place.wrapped(&wrapper, "index"), arguments).success()
}

fn run(mut command: Command, arguments: &[&str]) -> ExitStatus {
    command.args(arguments).stdout(Stdio::null()).status().unwrap()
}

/// Puts the folder of the index back as it was kept.
pub(super) fn restore(place: &Place, kept: &Path) {
    let index = place.index();
    let _ = fs_err::remove_dir_all(&index);
    copy(kept, &index);
}

/// Copies a folder of files and folders.
pub(super) fn copy(from: &Path, to: &Path) {
    fs_err::create_dir_all(to).unwrap();
    for entry in fs_err::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs_err::copy(entry.path(), target).unwrap();
        }
    }
}
