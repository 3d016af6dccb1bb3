//! A bug or a fault at each step of an update: the state before it goes on being served.

use std::{
    thread,
    time::{Duration, Instant},
};

use jiuji::{index::Step, live::Live};

use super::{
    directory::{Fault, FaultyDisk, Target},
    directory_kb::{Articles, found, is_saved, worst_of},
};
use crate::{
    dice::Dice,
    product::eventually,
    scenario::{Outcome, Profile, Run, Scenario},
};

pub(crate) const STEPS: Scenario = Scenario {
    id: "D12",
    injects: "panic, error or delay (5 s; at push 0.2 s) at reading, parsing, analysing, adding, committing, reloading, publishing; the first or the second time",
    expects: "searches never fail, one article's fault is a finding that names it, the next save is shown, the index is on disk",
    broken: "without catching panics where an article is read, where it is analysed, or around a piece of work, updates end for ever",
    play,
};

const ARTICLES: usize = 6;

fn play(run: &Run) -> Outcome {
    let mut dice = Dice::of("failing steps");
    let delay = if run.profile == Profile::Push { 200 } else { 5_000 };
    let faults = [Fault::Panic, Fault::Broken, Fault::Delay(Duration::from_millis(delay))];
    let cases = Step::ALL
        .iter()
        .flat_map(|step| faults.iter().flat_map(move |fault| [1, 2].map(|n| (*step, *fault, n))));
    let (mut n_tried, mut failures, mut worst) = (0, Vec::new(), Duration::ZERO);
    for (step, fault, n) in cases {
        n_tried += 1;
        if let Err(wrong) = fails(step, fault, n, &mut dice, &mut worst) {
            failures.push(format!("{fault:?} at {step:?}, time {n}: {wrong}"));
        }
    }
    Outcome::new(n_tried).failures(failures).worst(format!("search {worst:.1?}"))
}

fn fails(
    step: Step,
    fault: Fault,
    n: usize,
    dice: &mut Dice,
    worst: &mut Duration,
) -> Result<(), String> {
    let mut articles = Articles::new(ARTICLES, dice);
    let disk = FaultyDisk::default();
    let live = articles.serve(disk.clone()).map_err(|error| format!("no start: {error}"))?;
    articles.is_served(&live)?;
    let first_scan = || live.status().scanned_at.is_some();
    eventually(Duration::from_secs(10), first_scan).ok_or("no first scan")?;
    thread::sleep(Duration::from_millis(20));

    disk.fail(Target::Step(step, n), fault);
    for edit in 1..=n {
        articles.edit(edit, dice);
        let before = disk.n_hits();
        let is_over = || disk.n_hits() > before || articles.is_shown(&live.snapshot()).is_ok();
        while_searching(&articles, &live, worst, is_over)?;
    }
    if disk.n_hits() == 0 {
        return Err("the step was never reached".to_owned());
    }
    if is_of_one_article(step) && !matches!(fault, Fault::Delay(_)) {
        let named = || live.findings().iter().any(|finding| finding.path == format!("a{n}.md"));
        while_searching(&articles, &live, worst, named)?;
    }
    // The same file once more: its fault is over.
    disk.mend();
    articles.edit(n, dice);
    let is_shown = || articles.is_shown(&live.snapshot()).is_ok();
    while_searching(&articles, &live, worst, is_shown)?;
    is_saved(&live)?;
    let findings = live.findings();
    if findings.is_empty() { Ok(()) } else { Err(format!("still found: {findings:?}")) }
}

fn is_of_one_article(step: Step) -> bool {
    matches!(step, Step::Read | Step::Parse | Step::Analyse)
}

/// Searches for an article that nobody edits until something is so.
fn while_searching(
    articles: &Articles,
    live: &Live,
    worst: &mut Duration,
    is_over: impl Fn() -> bool,
) -> Result<(), String> {
    let begin = Instant::now();
    while !is_over() {
        let asked = Instant::now();
        let found = found(&live.snapshot(), &articles.words[0])?;
        worst_of(worst, asked);
        if found.first().map(String::as_str) != Some("a0") {
            return Err(format!("found {found:?}"));
        }
        if begin.elapsed() > Duration::from_secs(30) {
            return Err(format!("it never comes to an end: {:?}", live.status()));
        }
        thread::sleep(Duration::from_millis(5));
    }
    articles.is_no_lie(&live.snapshot())
}
