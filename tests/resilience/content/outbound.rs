//! P4: whom the program calls. Nobody.

use std::{path::Path, process::Command, time::Duration};

use super::crawl;
use crate::{
    http::get,
    product::{PROGRAM, Place, Server, has},
    scenario::{Outcome, Run, Scenario},
};

pub(super) const SCENARIO: Scenario = Scenario {
    id: "P4",
    injects: "articles full of foreign addresses; serving, searching, tools for agents, alerts, history, \
        check, search, export and doctor under strace",
    expects: "0 connect, sendto or sendmsg to anything but local sockets",
    broken: "with a socket connected in the handler of pictures",
    play,
};

const CALLS: &str = "trace=connect,sendto,sendmsg,sendmmsg";

const ARTICLE: &str = "---\ntitle: 外链\nx: https://evil.example/\n---\n\n![图](https://evil.example/p.png)\n\n\
    [链接](https://evil.example/) <https://evil.example/> http://169.254.169.254/latest/meta-data/\n\n\
    [[https://evil.example/]]\n\n## 应急策略\n\n1. 打开 [控制台](//evil.example/)\n";

fn play(_: &Run) -> Outcome {
    if !has("strace") {
        return Outcome::skipped("no strace");
    }
    let place = Place::new();
    (0..20).for_each(|n| place.write(&format!("a{n}.md"), ARTICLE));
    place.write("a.png", "picture");
    committed(&place.kb());
    let control = calls(&place, "control", "bash", &["-c", "true > /dev/tcp/127.0.0.1/9"]);
    let n_asked = served(&place);
    let mut outbound = outbound(&place.path().join("serve.log"));
    let (kb, index, out) = (place.kb(), place.index(), place.path().join("out"));
    let (kb, index, out) = (kb.to_str().unwrap(), index.to_str().unwrap(), out.to_str().unwrap());
    let commands: [&[&str]; 5] = [
        &["check", "--kb", kb],
        &["search", "--kb", kb, "--index", index, "外链"],
        &["export", "--kb", kb, "--format", "html", "--out", out],
        &["doctor", "--kb", kb, "--index", index],
        &["schema"],
    ];
    for arguments in commands {
        outbound.extend(calls(&place, arguments[0], PROGRAM, arguments));
    }
    Outcome::new(n_asked + commands.len())
        .expect(!control.is_empty(), || "strace sees no connection at all".to_owned())
        .worst(format!("{} outbound calls", outbound.len()))
        .failures(outbound)
}

/// Serves under strace and is asked everything; how much.
fn served(place: &Place) -> usize {
    let log = place.path().join("serve.log");
    // The tracer is a grandchild (-D), so that the process is the server itself.
    let strace = ["strace", "-D", "-f", "-qq", "-e", CALLS, "-o", log.to_str().unwrap()];
    let mut server = Server::start(place.wrapped(&strace, "serve"));
    let mut n_asked = crawl::everything(server.port).len();
    for query in ["硬盘", "https://evil.example", "外链"] {
        get(server.port, &format!("/?q={}", crate::http::encoded(query))).unwrap();
        n_asked += 1;
    }
    server.signal("TERM");
    assert!(server.ends_within(Duration::from_secs(20)), "it goes on");
    n_asked
}

/// Makes the folder a repository with a remote, so that history is asked for.
fn committed(kb: &Path) {
    for arguments in [
        &["init", "--quiet"][..],
        &["remote", "add", "origin", "https://evil.example/kb.git"],
        &["add", "--all"],
        &[
            "-c",
            "user.name=nobody",
            "-c",
            "user.email=nobody@example.com",
            "commit",
            "--quiet",
            "-m",
            "x",
        ],
    ] {
        assert!(Command::new("git").current_dir(kb).args(arguments).status().unwrap().success());
    }
}

/// The calls of a program that leave the machine or its local sockets.
fn calls(place: &Place, name: &str, program: &str, arguments: &[&str]) -> Vec<String> {
    let log = place.path().join(format!("{name}.log"));
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-e", CALLS, "-o"]).arg(&log).arg(program).args(arguments);
    strace.current_dir(place.path()).output().unwrap();
    outbound(&log)
}

fn outbound(log: &Path) -> Vec<String> {
    let text = fs_err::read_to_string(log).unwrap();
    let is_call = |line: &&str| {
        ["connect(", "sendto(", "sendmsg(", "sendmmsg("].iter().any(|call| line.contains(call))
    };
    let is_local = |line: &&str| line.contains("AF_UNIX") || line.contains("AF_NETLINK");
    // An answer goes out over a socket that somebody else has connected; it names no address.
    let is_answer = |line: &&str| line.contains("sendto(") && line.contains("NULL, 0)");
    let lines = text.lines().filter(is_call).filter(|line| !is_local(line) && !is_answer(line));
    lines.map(|line| format!("{}: {line}", log.display())).collect()
}
