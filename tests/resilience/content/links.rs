//! P2: links out of the folder, also ones that appear between looking and opening.

use std::{
    io::{Read, Write},
    os::unix::fs::symlink,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use jiuji::kb::{self, Root};
use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::{
    http::{connect, encoded, get, get_json},
    product::{Place, Server, eventually},
    scenario::{Outcome, Run, Scenario},
};

pub(super) const SCENARIO: Scenario = Scenario {
    id: "P2",
    injects: "50 links to files, folders, chains, loops, /proc; then a file and a folder that change \
        places with links to a secret while they are read, over HTTP and by the scan",
    expects: "links are 404 and findings, 0 bytes of the secret in any answer, article or scan",
    broken: "with links followed inside of an article's path (67 of 200 scans leaked); with pictures opened by joining paths",
    play,
};

const SECRET: &str = "canary-behind-a-link";
/// Requests while a link comes and goes.
const READS: usize = 1_000_000;
/// Of every so many reads one is a scan of the folder.
const PER_SCAN: usize = 50;
const PATIENCE: Duration = Duration::from_secs(20);
const PER_CONNECTION: usize = 500;
/// Far fewer with every change.
const SAMPLE: usize = 100;

fn play(run: &Run) -> Outcome {
    let place = Place::new();
    let n_links = farm(&place);
    let server = place.serve();
    let farmed = farmed(&place, &server);
    let reads = if run.judges_times() { READS } else { READS / SAMPLE };
    let (n_reads, n_scans, leaks) = race(&place, &server, reads);
    let served = found(&server);
    let n_leaks = leaks.len();
    Outcome::new(n_links + n_reads + n_scans)
        .failures(farmed)
        .failures(leaks)
        .failures(served)
        .worst(format!("{n_leaks} leaks in {n_reads} reads and {n_scans} scans"))
}

/// Links of all kinds as pictures and as articles; how many.
fn farm(place: &Place) -> usize {
    let out = place.path().join("out");
    fs_err::create_dir(&out).unwrap();
    for name in ["secret.png", "secret.md", "note.md", "a.png", "passwd"] {
        fs_err::write(out.join(name), format!("# {SECRET}\n\n{SECRET}\n")).unwrap();
    }
    place.write("real/a.png", "picture");
    place.write("real/note.md", "# 真的\n");
    let (kb, mut n) = (place.kb(), 0);
    let mut link = |to: &Path, name: String| {
        symlink(to, kb.join(name)).unwrap();
        n += 1;
    };
    for extension in ["png", "md"] {
        let targets = [
            out.join(format!("secret.{extension}")),
            format!("../out/secret.{extension}").into(),
            "/etc/passwd".into(),
            "/etc/shadow".into(),
            "/proc/self/environ".into(),
            "/proc/self/cmdline".into(),
            "/proc/self/maps".into(),
            "/proc/self/fd/0".into(),
            "/proc/self/root/etc/passwd".into(),
            "/proc/self/cwd/out/secret.png".into(),
            "/dev/zero".into(),
            "/dev/stdin".into(),
            "/dev/full".into(),
            "/absent".into(),
            ".git/config".into(),
            ".env".into(),
            format!("self.{extension}").into(),
            out.join("passwd"),
        ];
        for (number, target) in targets.iter().enumerate() {
            link(target, format!("l{number}.{extension}"));
        }
        // Chains and loops.
        link(Path::new(&format!("l0.{extension}")), format!("chain.{extension}"));
        link(Path::new(&format!("self.{extension}")), format!("self.{extension}"));
    }
    for (number, target) in [
        &*out,
        Path::new("/"),
        Path::new("/etc"),
        Path::new("/proc/self"),
        Path::new("../out"),
        Path::new(".."),
    ]
    .into_iter()
    .enumerate()
    {
        link(target, format!("folder{number}"));
    }
    for (name, to) in
        [("loop-a", "loop-b"), ("loop-b", "loop-a"), ("folder-chain", "folder0"), ("here", ".")]
    {
        link(Path::new(to), name.to_owned());
    }
    n
}

/// Links that answer, and those that are not told to their authors.
fn farmed(place: &Place, server: &Server) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut findings = String::new();
    let is_told = || {
        findings = get_json(server.port, "/api/v1/findings").unwrap().to_string();
        findings.contains("\"symlink\"")
    };
    eventually(PATIENCE, is_told);
    for entry in fs_err::read_dir(place.kb()).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if !entry.file_type().unwrap().is_symlink() {
            continue;
        }
        let id = name.trim_end_matches(".md");
        let mut targets = vec![
            format!("/media/{name}"),
            format!("/articles/{id}"),
            format!("/api/v1/articles/{id}"),
        ];
        if name.contains("folder") || !name.contains('.') {
            let inside = ["a.png", "secret.png", "etc/passwd", "environ"];
            targets.extend(inside.map(|inside| format!("/media/{name}/{inside}")));
            targets.push(format!("/articles/{id}%2Fnote"));
        }
        for target in targets {
            let answer = get(server.port, &target).unwrap();
            let is_right = answer.status == 404 && !answer.text().contains("canary-");
            wrong.extend((!is_right).then(|| format!("{target}: {}", answer.status)));
        }
        if name.ends_with(".md") && !findings.contains(&format!("\"{name}\"")) {
            wrong.push(format!("{name} is no finding"));
        }
    }
    wrong
}

/// Reads while things change places: how many reads and scans, and what leaked.
fn race(place: &Place, server: &Server, reads: usize) -> (usize, usize, Vec<String>) {
    place.write("swap.png", "picture");
    place.write("swapped/a.png", "picture");
    place.write("swapped/note.md", "# 真的\n");
    let out = place.path().join("out");
    let (file, folder) = (place.kb().join(".file"), place.kb().join(".folder"));
    symlink(out.join("secret.png"), &file).unwrap();
    symlink(&out, &folder).unwrap();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                exchange(&file, &place.kb().join("swap.png"));
                exchange(&folder, &place.kb().join("swapped"));
            }
        });
        let scans = scope.spawn(|| scans(place, reads / PER_SCAN));
        let mut leaks = Vec::new();
        for _ in 0..reads / PER_CONNECTION {
            let got = read_many(server.port);
            leaks.extend(got.contains("canary-").then(|| "a picture gave the secret".to_owned()));
        }
        leaks.truncate(3);
        leaks.extend(scans.join().unwrap());
        done.store(true, Ordering::Relaxed);
        (reads, reads / PER_SCAN, leaks)
    })
}

fn exchange(one: &Path, other: &Path) {
    renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).unwrap();
}

/// Many answers on one connection, one after the other.
fn read_many(port: u16) -> String {
    let mut socket = connect(port).unwrap();
    let mut requests = String::new();
    for n in 0..PER_CONNECTION {
        let path = if n % 2 == 0 { "swap.png" } else { "swapped/a.png" };
        let end = if n + 1 == PER_CONNECTION { "Connection: close\r\n" } else { "" };
        requests.push_str(&format!(
            "GET /media/{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{end}\r\n"
        ));
    }
    let mut sender = socket.try_clone().unwrap();
    let sending = thread::spawn(move || sender.write_all(requests.as_bytes()));
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes).unwrap();
    sending.join().unwrap().unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    assert_eq!(text.matches("HTTP/1.1 ").count(), PER_CONNECTION, "not all were answered");
    text
}

/// What the scan takes for articles while folders change places.
fn scans(place: &Place, count: usize) -> Vec<String> {
    let root = Root::new(place.kb()).unwrap();
    let secrets: Vec<String> = ["note.md", "secret.md"]
        .map(|name| {
            blake3::hash(&fs_err::read(place.path().join("out").join(name)).unwrap())
                .to_hex()
                .to_string()
        })
        .into();
    let mut leaks = Vec::new();
    for _ in 0..count {
        let Ok(scan) = kb::scan(&root) else { continue };
        for (path, seen) in &scan.files {
            let text = kb::read(path, &seen.os_path).map(|source| source.text).unwrap_or_default();
            if secrets.contains(&seen.hash) || text.contains("canary-") {
                leaks.push(format!("the scan took the secret for {path}"));
            }
        }
        if let Ok(Some(seen)) = kb::look(&root, "swapped/note.md")
            && secrets.contains(&seen.hash)
        {
            leaks.push("a look took the secret for swapped/note.md".to_owned());
        }
    }
    println!("P2: {} of {count} scans leaked", leaks.len());
    leaks.truncate(3);
    leaks
}

/// Articles that have the secret in the end.
fn found(server: &Server) -> Option<String> {
    let answer = get(server.port, &format!("/api/v1/search?q={}", encoded(SECRET))).unwrap();
    let hits = answer.json()["hits"].to_string();
    hits.contains("canary-").then(|| format!("the secret is an article: {hits}"))
}
