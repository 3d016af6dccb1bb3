//! W6: what lies in a folder besides articles.

use std::{
    ffi::OsStr,
    os::unix::{ffi::OsStrExt, fs::symlink, net::UnixListener},
    path::Path,
    time::{Duration, Instant},
};

use fs_err as fs;
use rustix::fs::{CWD, Dev, FileType, Mode, OFlags, makedev, mkdirat, mknodat, openat};

use super::kit::{self, SETTLES, agrees, findings, n_articles, ready, status};
use crate::{
    http,
    product::{Place, Server, eventually},
    scenario::{Outcome, Run, Scenario},
};

pub(super) const W6: Scenario = Scenario {
    id: "W6",
    injects: "34 kinds of junk: locks and backups of editors, pipes, sockets, devices, 1 GB, binary, loops, \
              links out, 200 deep, paths too long, names that are no text; at the start and later",
    expects: "no crash, scan ≤ 5 s, none served, a finding where an author would want one, still watched",
    broken: "without O_NONBLOCK and the check that it is a regular file",
    play,
};

/// A scan with all the junk takes at most this long.
const SCAN: Duration = Duration::from_secs(5);

/// How one kind is made in a folder, under which name, and which rule is to speak of it.
struct Kind(&'static str, fn(&Path), Option<&'static str>);

fn text(path: &Path) {
    fs::write(path, "---\ntitle: 垃圾\n---\n").unwrap();
}

fn node(path: &Path, kind: FileType, device: Dev) {
    mknodat(CWD, path, kind, Mode::RUSR | Mode::WUSR, device).unwrap();
}

fn sized(path: &Path, size: u64) {
    fs::File::create(path).unwrap().set_len(size).unwrap();
}

/// Folders in folders, made one by one: the path may be longer than the system takes.
fn deep(path: &Path, name: &str, depth: usize) {
    fs::create_dir(path).unwrap();
    let flags = OFlags::DIRECTORY | OFlags::RDONLY;
    let mut folder = openat(CWD, path, flags, Mode::empty()).unwrap();
    for _ in 0..depth {
        mkdirat(&folder, name, Mode::RWXU).unwrap();
        folder = openat(&folder, name, flags, Mode::empty()).unwrap();
    }
    let flags = OFlags::CREATE | OFlags::WRONLY;
    openat(&folder, "x.md", flags, Mode::RUSR).unwrap();
}

const KINDS: [Kind; 34] = [
    Kind(".#good.md", |p| symlink("a@b.1:2", p).unwrap(), None),
    Kind("4913", text, None),
    Kind("x.md~", text, None),
    Kind("#x.md#", text, None),
    Kind(".x.md.swp", text, None),
    Kind("x.md.swp", text, None),
    Kind("x.md.bak", text, None),
    Kind("x.md.orig", text, None),
    Kind("x.md.tmp", text, None),
    Kind("sedAbCdEf", text, None),
    Kind(".DS_Store", text, None),
    Kind(".nfs0001.md", text, None),
    Kind("_draft.md", text, None),
    Kind("README.md", text, None),
    Kind("pipe.md", |p| node(p, FileType::Fifo, 0), Some("not-a-file")),
    Kind("socket.md", |p| drop(UnixListener::bind(p).unwrap()), Some("not-a-file")),
    Kind("null.md", |p| node(p, FileType::CharacterDevice, makedev(1, 3)), Some("not-a-file")),
    Kind("zero.md", |p| node(p, FileType::CharacterDevice, makedev(1, 5)), Some("not-a-file")),
    Kind("disk.md", |p| node(p, FileType::BlockDevice, makedev(7, 200)), Some("not-a-file")),
    Kind("sparse.md", |p| sized(p, 1 << 30), Some("too-large")),
    Kind("over.md", |p| sized(p, (1 << 20) + 1), Some("too-large")),
    Kind("zeros.md", |p| sized(p, 4096), Some("encoding")),
    Kind(
        "picture.md",
        |p| fs::write(p, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap(),
        Some("encoding"),
    ),
    Kind("noise.md", |p| fs::write(p, [0xff_u8; 300]).unwrap(), Some("encoding")),
    Kind("folder.md", |p| fs::create_dir(p).unwrap(), None),
    Kind("loop.md", |p| symlink("loop.md", p).unwrap(), Some("symlink")),
    Kind("around", |p| symlink(".", p).unwrap(), Some("symlink")),
    Kind("up", |p| symlink("..", p).unwrap(), Some("symlink")),
    Kind("gone.md", |p| symlink("nowhere.md", p).unwrap(), Some("symlink")),
    Kind("passwd.md", |p| symlink("/etc/passwd", p).unwrap(), Some("symlink")),
    Kind("endless.md", |p| symlink("/dev/zero", p).unwrap(), Some("symlink")),
    Kind("deep", |p| deep(p, "d", 200), Some("too-deep")),
    Kind("long", |p| deep(p, &"d".repeat(250), 25), Some("unreadable")),
    Kind("line\nbreak.md", text, Some("file-name")),
];

fn play(_: &Run) -> Outcome {
    let place = Place::new();
    place.write("good.md", kit::article("好的"));
    let early = place.kb().join("early");
    make_all(&early);
    let begin = Instant::now();
    let server = place.serve();
    let is_scanned = || !status(&server)["scanned_at"].is_null();
    let scanned = eventually(SETTLES, is_scanned).map(|_| begin.elapsed());
    let mut failures = judge(&server, &["early"], "at the start");

    let late = place.kb().join("late");
    make_all(&late);
    failures.extend(judge(&server, &["early", "late"], "later"));
    failures.extend(still_works(&place, &server));
    let took = scanned.unwrap_or(SETTLES);
    Outcome::new(2 * (KINDS.len() + 1))
        .failures(failures)
        .expect(took < SCAN, || format!("a start with a scan took {took:?}"))
        .worst(format!("start with scan {:.2} s", took.as_secs_f64()))
}

fn make_all(folder: &Path) {
    fs::create_dir(folder).unwrap();
    for Kind(name, make, _) in &KINDS {
        make(&folder.join(name));
    }
    // A name that is no text in any encoding.
    text(&folder.join(OsStr::from_bytes(b"\xb6\xcf\xff.md")));
}

/// Nothing but the one article is served, and all that should be said is said.
fn judge(server: &Server, folders: &[&str], when: &str) -> Vec<String> {
    let mut failures = Vec::new();
    let lacking = || missing_findings(server, folders);
    if eventually(SETTLES, || lacking().is_empty()).is_none() {
        failures.extend(lacking().into_iter().map(|lack| format!("{when}: {lack}")));
    }
    let served = http::get_json(server.port, "/api/v1/articles?limit=50").unwrap_or_default();
    if n_articles(server) != 1 {
        failures.push(format!("{when}: served: {}", served["articles"]));
    }
    failures
}

fn missing_findings(server: &Server, folders: &[&str]) -> Vec<String> {
    let said = findings(server);
    let mut missing = Vec::new();
    for folder in folders {
        for Kind(name, _, rule) in &KINDS {
            let path = format!("{folder}/{}", name.replace('\n', "\u{fffd}"));
            let rules: Vec<&str> = said
                .iter()
                .filter(|said| said.path == path || said.path.starts_with(&format!("{path}/")))
                .map(|said| said.rule.as_str())
                .collect();
            let is_right = rule.map_or(rules.is_empty(), |rule| rules.contains(&rule));
            if !is_right {
                missing.push(format!("{path:?}: expected {rule:?}, found {rules:?}"));
            }
        }
    }
    missing
}

/// Whether the server still watches and still follows.
fn still_works(place: &Place, server: &Server) -> Vec<String> {
    let mut failures = Vec::new();
    if ready(server)["components"]["watcher"] != "ok" {
        failures.push("the junk ended the watch".to_owned());
    }
    place.write("good.md", kit::article("更好"));
    failures.extend(agrees(place, server, SETTLES).err());
    failures
}
