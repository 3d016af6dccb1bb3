//! O3: a start in a bad place.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use super::{place_with, word};
use crate::{
    http,
    product::{Place, Server, has},
    scenario::{Outcome, Profile, Run, Scenario},
};

pub(crate) const O3: Scenario = Scenario {
    id: "O3",
    injects: "cold start without network and names, with a read-only knowledge base, clocks at 1970 \
              and 2100, a full disk and a full inode table, with an index and without",
    expects: "answers a search; with an index ready ≤ 2 s; 0 outbound attempts, 0 manual steps",
    broken: "a start that connects a socket to a name server: all starts were caught",
    play,
};

/// Most time from the start of the process until it answers.
const READY: Duration = Duration::from_secs(2);
/// Space and files of the small disk: the built index fits, a second one need not.
const SMALL_DISK: &str = "size=64m,nr_inodes=400";

/// One bad place: what a shell does before it becomes the server.
struct Case {
    name: &'static str,
    /// Options of `unshare` besides `-m`.
    unshare: &'static [&'static str],
    /// Runs with the place in `$PLACE`.
    before: &'static str,
    /// Whether there is an index that fits.
    has_index: bool,
    /// For libfaketime, which leaves the monotonic clock alone.
    clock: Option<&'static str>,
}

const PLAIN: Case = Case { name: "", unshare: &[], before: "true", has_index: true, clock: None };

const FILL: &str = "dd if=/dev/zero of=$PLACE/data/full bs=64k status=none 2>/dev/null || true; \
                    dd if=/dev/zero of=$PLACE/data/full2 bs=1 count=65536 status=none 2>/dev/null || true";
const FILL_INODES: &str = "mkdir $PLACE/data/x; i=0; \
                           while true 2>/dev/null >$PLACE/data/x/$i; do i=$((i+1)); done; true";

const CASES: &[Case] = &[
    Case {
        name: "no network, no names",
        unshare: &["-n"],
        before: "ip link set lo up && mount --bind /dev/null /etc/resolv.conf",
        ..PLAIN
    },
    Case {
        name: "no network, no names, no index",
        unshare: &["-n"],
        before: "ip link set lo up && mount --bind /dev/null /etc/resolv.conf",
        has_index: false,
        ..PLAIN
    },
    Case {
        name: "read-only knowledge base",
        before: "mount --bind $PLACE/kb $PLACE/kb && mount -o remount,ro,bind $PLACE/kb",
        ..PLAIN
    },
    Case { name: "clock at 1970", clock: Some("@1970-01-02 00:00:00"), ..PLAIN },
    Case { name: "clock at 2100", clock: Some("@2100-01-02 00:00:00"), ..PLAIN },
    Case {
        name: "clock at 1970, no index",
        clock: Some("@1970-01-02 00:00:00"),
        has_index: false,
        ..PLAIN
    },
    Case { name: "full disk", before: FILL, ..PLAIN },
    Case { name: "full disk, no index", before: FILL, has_index: false, ..PLAIN },
    Case { name: "full inode table", before: FILL_INODES, ..PLAIN },
    Case { name: "full inode table, no index", before: FILL_INODES, has_index: false, ..PLAIN },
];

fn play(run: &Run) -> Outcome {
    for program in ["unshare", "nsenter", "curl", "strace"] {
        if !has(program) {
            return Outcome::skipped(&format!("there is no {program}"));
        }
    }
    let Some(fake_clock) = fake_clock() else { return Outcome::skipped("there is no libfaketime") };
    let n_articles = if run.profile == Profile::Push { 100 } else { 2000 };
    let place = place_with(n_articles);
    assert!(place.command("index").output().unwrap().status.success(), "the index is built");
    fs_err::rename(place.index(), place.path().join("saved")).unwrap();
    let n_rounds = run.count(10);
    let mut outcome = Outcome::new(0);
    let mut worst = (Duration::ZERO, "");
    for case in (0..n_rounds).flat_map(|_| CASES) {
        outcome.count += 1;
        match start(&place, case, &fake_clock) {
            Err(failure) => outcome = outcome.failed(format!("{}: {failure}", case.name)),
            Ok(ready) if case.has_index => worst = worst.max((ready, case.name)),
            Ok(_) => {}
        }
    }
    let is_late = run.judges_times() && worst.0 > READY;
    outcome.expect(!is_late, || format!("{}: ready after {:?}", worst.1, worst.0)).worst(format!(
        "ready after {:.1} s with an index ({})",
        worst.0.as_secs_f32(),
        worst.1
    ))
}

/// Starts in the bad place and asks; how long it took to be ready.
fn start(place: &Place, case: &Case, fake_clock: &Path) -> Result<Duration, String> {
    let log = place.path().join("calls");
    let mut command = wrapped(place, case, &log);
    if let Some(clock) = case.clock {
        command.env("LD_PRELOAD", fake_clock).env("FAKETIME", clock);
        command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    }
    let server = Server::try_start(command).ok_or("it does not start")?;
    let ready = server.ready_after;
    let wanted = 7;
    let found = body(&server, case, &format!("/api/v1/search?q={}", http::encoded(&word(wanted))))?;
    let is_found = found.contains(&format!("\"id\":\"a{wanted}\""));
    let state = body(&server, case, "/readyz")?;
    drop(server);
    if !is_found {
        return Err(format!("the article is not found: {found}"));
    }
    if !state.contains("\"revision\":") {
        return Err(format!("/readyz says {state}"));
    }
    let calls = fs_err::read_to_string(&log).unwrap_or_default();
    match outbound(&calls) {
        Some(call) => Err(format!("it calls out: {call}")),
        None => Ok(ready),
    }
}

/// The server under strace, below a shell that prepares the place in a mount namespace. strace is
/// the grandchild (`-D`), so that the process known here is the server.
fn wrapped(place: &Place, case: &Case, log: &Path) -> Command {
    let saved = if case.has_index { "cp -a $PLACE/saved/. $PLACE/data/" } else { "true" };
    let script = format!(
        "set -e; mkdir -p $PLACE/data; mount -t tmpfs -o {SMALL_DISK} tmpfs $PLACE/data; {saved}; \
         {}; exec strace -D -f --seccomp-bpf -qq -e trace=connect,sendto,sendmsg -o {} \"$@\"",
        case.before,
        log.display()
    );
    let mut wrapper = vec!["unshare", "-m"];
    wrapper.extend(case.unshare);
    wrapper.extend(["sh", "-c", &script, "sh"]);
    let mut command = place.wrapped(&wrapper, "serve");
    command.env("PLACE", place.path()).env("JIUJI_LOG", "off");
    command
}

/// The first call to another machine: all but sockets of this one, asking the kernel, and what was
/// only about to begin when the process was killed.
fn outbound(calls: &str) -> Option<&str> {
    let is_inside = |line: &&str| {
        ["AF_UNIX", "AF_NETLINK", "SIG", "+++", "NULL, 0)", "???("]
            .iter()
            .any(|known| line.contains(known))
    };
    calls.lines().find(|line| !is_inside(line))
}

/// What the server answers, asked from where it can be reached.
fn body(server: &Server, case: &Case, path: &str) -> Result<String, String> {
    if case.unshare.is_empty() {
        return http::get(server.port, path).map(|answer| answer.text()).map_err(|e| e.to_string());
    }
    let url = format!("http://127.0.0.1:{}{path}", server.port);
    let pid = server.pid().to_string();
    let output = Command::new("nsenter")
        .args(["-t", &pid, "-n", "curl", "--silent", "--max-time", "20", &url])
        .output()
        .map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn fake_clock() -> Option<PathBuf> {
    let folders = fs_err::read_dir("/usr/lib").ok()?.flatten();
    let mut found = folders.map(|entry| entry.path().join("faketime/libfaketimeMT.so.1"));
    found.find(|path| path.exists())
}
