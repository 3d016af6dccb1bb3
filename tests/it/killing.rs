//! Whatever is killed: the next start serves everything, and nobody has to help.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    dice::Dice,
    driver::{Place, TestKb, encoded, eventually},
};

const KILLS: usize = 50;
const ARTICLES: usize = 20;
/// Longest wait for a start, a full build included.
const PATIENCE: Duration = Duration::from_secs(20);

/// The words that the articles must be found by: file `n` has word `n`.
type Words = Mutex<Vec<String>>;

/// A running process; killed when it goes.
struct Process {
    child: Child,
    port: u16,
}

impl Drop for Process {
    fn drop(&mut self) {
        // SIGKILL: nothing is written, nothing is closed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(kb: &TestKb) -> Child {
    Command::new(env!("CARGO_BIN_EXE_jiuji"))
        .env("JIUJI_LOG", "warn")
        .arg("serve")
        .arg("--kb")
        .arg(kb.root())
        .arg("--index")
        .arg(kb.index())
        .args(["--listen", "127.0.0.1:0"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

/// Starts the product and waits until it says where it listens.
fn start(kb: &TestKb) -> Process {
    let mut child = spawn(kb);
    let output = BufReader::new(child.stdout.take().unwrap());
    let (told, port) = mpsc::channel();
    thread::spawn(move || {
        for line in output.lines().map_while(Result::ok) {
            // Reading goes on to the end, so that the process never waits for this one.
            let _ = port_in(&line).map(|port| told.send(port));
        }
    });
    let mut process = Process { child, port: 0 };
    process.port = port.recv_timeout(PATIENCE).expect("it says where it listens");
    process
}

/// The port of a line such as `救急已启动：http://127.0.0.1:8017/`.
fn port_in(line: &str) -> Option<u16> {
    let (_, rest) = line.split_once("http://127.0.0.1:")?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

fn get(port: u16, path: &str) -> std::io::Result<String> {
    let mut socket = TcpStream::connect(("127.0.0.1", port))?;
    socket.set_read_timeout(Some(PATIENCE))?;
    write!(socket, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer)?;
    Ok(answer)
}

/// Ids found for a word.
fn ids(port: u16, word: &str) -> Vec<String> {
    let Ok(answer) = get(port, &format!("/api/v1/search?q={}", encoded(word))) else {
        return Vec::new();
    };
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    let hits = body["hits"].as_array().unwrap().iter();
    hits.map(|hit| hit["id"].as_str().unwrap().to_owned()).collect()
}

fn write(kb: &TestKb, n: usize, word: &str) {
    let text = format!("---\ntitle: {word}故障\n---\n\n## 应急策略\n\n1. 先看{word}。\n");
    kb.write(&format!("a{n}.md"), text);
}

/// A knowledge base, and the word of each article.
fn made(dice: &mut Dice) -> (TestKb, Words) {
    let words: Vec<_> = (0..ARTICLES).map(|_| dice.word()).collect();
    let kb = TestKb::new();
    for (n, word) in words.iter().enumerate() {
        write(&kb, n, word);
    }
    (kb, Mutex::new(words))
}

/// Waits until every article is found by its newest word. Nothing is edited meanwhile.
fn all_found(port: u16, words: &Words, when: &str) {
    let words = words.lock().unwrap_or_else(PoisonError::into_inner);
    for (n, word) in words.iter().enumerate() {
        let id = format!("a{n}");
        eventually(&format!("{id} found {when}"), || ids(port, word).first() == Some(&id));
    }
    let answer = get(port, "/api/v1/status").unwrap();
    let status: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(status["n_articles"], ARTICLES, "{when}: {status}");
    assert_eq!((&status["n_broken"], &status["n_held"]), (&0.into(), &0.into()), "{when}");
}

/// Asks what changed since the revision somebody had before the kill, and gives the one to go on
/// from. What was written down may be lost with the process, but is never wrong about it.
fn follow(port: u16, since: &str) -> String {
    let asked = |query: &str| get(port, &format!("/api/v1/changes{query}")).unwrap();
    let answer = asked(&format!("?since={since}&limit=1000"));
    let is_gone = answer.starts_with("HTTP/1.1 410");
    assert!(is_gone || answer.starts_with("HTTP/1.1 200"), "{answer}");
    let answer = if is_gone { asked("") } else { answer };
    let page: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    if is_gone {
        println!("started over, from {}", page["oldest"]);
    }
    page["next"].as_str().unwrap().to_owned()
}

/// Gives random articles new words until `is_over`. Returns the number of edits.
fn edit_on(kb: &TestKb, words: &Words, mut dice: Dice, is_over: &AtomicBool) -> usize {
    let mut n_edits = 0;
    while !is_over.load(Ordering::Relaxed) {
        let (n, word) = (dice.below(ARTICLES), dice.word());
        let mut words = words.lock().unwrap_or_else(PoisonError::into_inner);
        write(kb, n, &word);
        words[n] = word;
        drop(words);
        n_edits += 1;
        thread::park_timeout(Duration::from_millis(2));
    }
    n_edits
}

/// Lets time pass while the other side works.
fn pass(time: Duration) {
    let end = Instant::now() + time;
    while let Some(left) = end.checked_duration_since(Instant::now()) {
        thread::park_timeout(left);
    }
}

/// Starts and kills at random moments: while the start is under way, or while edits are applied.
fn kill_on(kb: &TestKb, words: &Words, dice: &mut Dice) {
    let mut revision = "0".repeat(32);
    for n in 0..KILLS {
        if dice.below(3) == 0 {
            let mut process = Process { child: spawn(kb), port: 0 };
            pass(Duration::from_millis(dice.below(800) as u64));
            assert!(process.child.try_wait().unwrap().is_none(), "kill {n}: it ended by itself");
        } else {
            let process = start(kb);
            all_found(process.port, words, &format!("before kill {n}"));
            revision = follow(process.port, &revision);
            pass(Duration::from_millis(dice.below(120) as u64));
        }
    }
}

#[test]
fn fifty_kills_while_editing_lose_nothing() {
    let _place = Place::beside();
    let mut dice = Dice::of("killing");
    let (kb, words) = made(&mut dice);
    let is_over = AtomicBool::new(false);
    let editor = Dice::seeded(dice.roll());
    let started = Instant::now();
    thread::scope(|scope| {
        let editing = scope.spawn(|| edit_on(&kb, &words, editor, &is_over));
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            kill_on(&kb, &words, &mut dice);
        }));
        is_over.store(true, Ordering::Relaxed);
        println!("{KILLS} kills, {} edits, {:.0?}", editing.join().unwrap(), started.elapsed());
        outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
    let process = start(&kb);
    all_found(process.port, &words, "at the end");
    let ready = get(process.port, "/readyz").unwrap();
    assert!(ready.starts_with("HTTP/1.1 200") && ready.contains("\"status\":\"ok\""), "{ready}");
}
