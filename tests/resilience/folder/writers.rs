//! W2: files that are read while somebody writes them.

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::kit::{SETTLES, agrees, figure, n_articles, source};
use crate::{
    dice::Dice,
    product::{Place, Server, eventually},
    scenario::{Outcome, Run, Scenario},
};

pub(super) const W2: Scenario = Scenario {
    id: "W2",
    injects: "half-written files: (a) held open up to 5 s, (b) appended in bursts with gaps ≤ 150 ms, \
              (c) with gaps of 0.3–2 s; the first piece ends within the front matter; scans meanwhile",
    expects: "(a) never half; (b, c) never what does not parse; final text within 2 s of the last close; \
              2,000 + 500 saves",
    broken: "without the last good version; without knowing who is writing 56 of 100 files were served by halves",
    play,
};

/// Saves of kinds (a) and (b) together, and of (c).
const SAVES: [usize; 3] = [1_000, 1_000, 500];
/// Files that are written at the same time.
const WRITERS: usize = 50;
/// The final text is served so long after the last close.
const FINAL: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    HeldOpen,
    Bursts,
    Slow,
}

/// A text in pieces: the first ends within a list of the front matter, the second within the body.
#[derive(Clone)]
struct Pieces([String; 4]);

impl Pieces {
    fn new(word: &str) -> Self {
        let front = format!("---\ntitle: {word}故障\naliases: [{word}坏了, ");
        let rest = format!("{word}停了]\n---\n\n## 应急策略\n\n1. 先看{word}。\n");
        let middle = format!("2. 再看指示灯。\n3. 重启{word}。\n");
        Self([front, rest, middle, format!("4. 完毕{word}。\n")])
    }

    /// The text up to the end of a piece.
    fn up_to(&self, n: usize) -> String {
        self.0.iter().take(n).map(String::as_str).collect()
    }

    fn whole(&self) -> String {
        self.0.concat()
    }
}

/// One file that is being written, and what may be served of it.
struct Subject {
    path: PathBuf,
    id: String,
    before: Pieces,
    after: Mutex<Option<Pieces>>,
}

/// What readers saw of one writer's file.
#[derive(Debug, PartialEq, Eq)]
enum Sight {
    Whole,
    Half,
    Wrong(String),
}

impl Subject {
    /// Judges what is served of the file.
    fn judge(&self, served: Option<String>) -> Sight {
        let Some(served) = served else { return Sight::Wrong("nothing".to_owned()) };
        let after = self.after.lock().unwrap();
        let texts = [Some(&self.before), after.as_ref()];
        let mut texts = texts.into_iter().flatten();
        if texts.clone().any(|text| text.whole() == served) {
            return Sight::Whole;
        }
        // From the second piece on, what there is parses.
        if texts.any(|text| [2, 3].iter().any(|n| text.up_to(*n) == served)) {
            return Sight::Half;
        }
        Sight::Wrong(served)
    }
}

fn play(run: &Run) -> Outcome {
    let mut dice = Dice::of("W2");
    let place = Place::new();
    let subjects: Vec<Subject> = (0..WRITERS).map(|n| subject(&place, n, &mut dice)).collect();
    let server = place.serve();
    let is_ready = || n_articles(&server) == WRITERS as u64;
    eventually(SETTLES, is_ready).expect("all articles are served");
    let mut outcome = Outcome::new(0);
    let (mut times, mut n_half) = (Vec::new(), [0; 3]);
    let kinds = [Kind::HeldOpen, Kind::Bursts, Kind::Slow];
    let mut subjects = subjects;
    for (n, kind) in kinds.into_iter().enumerate() {
        let mut left = run.count(SAVES[n]);
        while left > 0 {
            let round = left.min(WRITERS);
            left -= round;
            let seen = play_round(&place, &server, &mut subjects[..round], kind, run, &mut dice);
            outcome.count += round;
            n_half[n] += seen.n_half;
            times.extend(seen.times);
            outcome = outcome.failures(seen.failures);
        }
    }
    let late = times.iter().filter(|time| run.judges_times() && **time > FINAL).count();
    let outcome = outcome
        .expect(n_half[0] == 0, || format!("(a): {} files were served by halves", n_half[0]))
        .expect(late == 0, || format!("{late} final texts came after {FINAL:?}"));
    let outcome = outcome.failures(agrees(&place, &server, SETTLES).err());
    let figure = figure("final text", &times);
    outcome.worst(format!("{figure}; valid halves seen (b) {}, (c) {}", n_half[1], n_half[2]))
}

fn subject(place: &Place, n: usize, dice: &mut Dice) -> Subject {
    let before = Pieces::new(&dice.word());
    let id = format!("f{n}");
    place.write(&format!("{id}.md"), before.whole());
    let path = place.kb().join(format!("{id}.md"));
    Subject { path, id, before, after: Mutex::new(None) }
}

#[derive(Default)]
struct Seen {
    times: Vec<Duration>,
    n_half: usize,
    failures: Vec<String>,
}

/// Writes all these files at the same time, and watches what is served of them.
fn play_round(
    place: &Place,
    server: &Server,
    subjects: &mut [Subject],
    kind: Kind,
    run: &Run,
    dice: &mut Dice,
) -> Seen {
    let is_over = AtomicBool::new(false);
    let shared = &*subjects;
    let mut seen = thread::scope(|scope| {
        let reading = scope.spawn(|| read_all(server, shared, &is_over));
        let scanning = scope.spawn(|| scan_often(place, &is_over));
        let writing: Vec<_> = shared
            .iter()
            .map(|subject| {
                let mut dice = Dice::seeded(dice.roll());
                scope.spawn(move || write_and_wait(server, subject, kind, run, &mut dice))
            })
            .collect();
        let times: Vec<_> = writing.into_iter().map(|writer| writer.join().unwrap()).collect();
        is_over.store(true, Ordering::Relaxed);
        scanning.join().unwrap();
        let mut seen = reading.join().unwrap();
        for (subject, time) in shared.iter().zip(times) {
            match time {
                Some(time) => seen.times.push(time),
                None => seen.failures.push(format!("{kind:?}: {} never came", subject.id)),
            }
        }
        seen
    });
    for subject in subjects {
        let after = subject.after.get_mut().unwrap().take();
        subject.before = after.unwrap_or_else(|| subject.before.clone());
    }
    seen.failures.truncate(10);
    seen
}

/// Reads one file after the other until all is over.
fn read_all(server: &Server, subjects: &[Subject], is_over: &AtomicBool) -> Seen {
    let mut seen = Seen::default();
    let mut halves = vec![false; subjects.len()];
    while !is_over.load(Ordering::Relaxed) {
        for (subject, half) in subjects.iter().zip(&mut halves) {
            match subject.judge(source(server, &subject.id)) {
                Sight::Whole => {}
                Sight::Half => *half = true,
                Sight::Wrong(served) => seen.failures.push(format!("{}: {served:?}", subject.id)),
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
    seen.n_half = halves.iter().filter(|half| **half).count();
    seen
}

/// Folders that come call for a scan of everything.
fn scan_often(place: &Place, is_over: &AtomicBool) {
    let mut n = 0;
    while !is_over.load(Ordering::Relaxed) {
        let folder = place.kb().join(format!("scan-{}", n % 2));
        let _ = fs::create_dir(&folder);
        thread::sleep(Duration::from_millis(300));
        let _ = fs::remove_dir(&folder);
        n += 1;
    }
}

/// Writes the file and waits for its final text; how long that took after the last close.
fn write_and_wait(
    server: &Server,
    subject: &Subject,
    kind: Kind,
    run: &Run,
    dice: &mut Dice,
) -> Option<Duration> {
    let pieces = Pieces::new(&dice.word());
    *subject.after.lock().unwrap() = Some(pieces.clone());
    write(&subject.path, &pieces, kind, run, dice);
    let closed = Instant::now();
    let whole = pieces.whole();
    let is_final = || {
        // More often, fifty of them would be what slows the server down.
        thread::sleep(Duration::from_millis(100));
        source(server, &subject.id).is_some_and(|served| served == whole)
    };
    eventually(SETTLES, is_final).map(|_| closed.elapsed())
}

fn write(path: &Path, pieces: &Pieces, kind: Kind, run: &Run, dice: &mut Dice) {
    // A tenth of the times is as telling when times are not judged.
    let longest = if run.judges_times() { 1_600 } else { 900 };
    let gap = match kind {
        Kind::HeldOpen => (0, longest),
        Kind::Bursts => (0, 150),
        Kind::Slow => (300, if run.judges_times() { 2_000 } else { 700 }),
    };
    let mut file = File::create(path).unwrap();
    for (n, piece) in pieces.0.iter().enumerate() {
        file.write_all(piece.as_bytes()).unwrap();
        if n + 1 == pieces.0.len() {
            break;
        }
        if kind == Kind::HeldOpen {
            thread::sleep(Duration::from_millis(dice.between(gap.0, gap.1) as u64));
        } else {
            drop(file);
            thread::sleep(Duration::from_millis(dice.between(gap.0, gap.1) as u64));
            file = OpenOptions::new().append(true).open(path).unwrap();
        }
    }
}
