//! Queries that are made to hurt.

use std::time::{Duration, Instant};

use jiuji::{
    index::Snapshot,
    search::{MAX_QUERY_CHARS, Query, search},
};
use time::macros::date;

use super::{is_timed, patterns, shipped, shown, targets, tried};
use crate::{
    dice::Dice,
    scenario::{Outcome, Run, Scenario, percentile},
};

/// Most time for one search.
const MOST: Duration = Duration::from_millis(50);
/// Lengths of each pattern, in characters.
const LENGTHS: &[usize] = &[1, 20, 150, 500, 501, 1_000_000, 2, 7, 60, 300, 499, 5_000];
/// Random queries.
const RANDOM: usize = 100_000;

pub(super) const Q1: Scenario = Scenario {
    id: "Q1",
    injects: "query bombs: 59 patterns (parentheses, quotes, wildcards, fields, ranges, Chinese, \
              pinyin, codes …) of 1 to 1,000,000 characters, then mixtures at random",
    expects: "refused above 500 characters, else an answer; no panic; ranges inside of their \
              texts; at most 50 ms each on the shipped knowledge base",
    broken: "a limit of 1,000 characters instead of 500",
    play: bombs,
};

fn bombs(run: &Run) -> Outcome {
    let snapshot = shipped();
    let mut dice = Dice::of("Q1");
    // Searches of an unoptimised build are thirty times slower.
    let is_fast = is_timed(run);
    let lengths = if is_fast { LENGTHS } else { &LENGTHS[1..6] };
    let n_random = if is_fast { run.count(RANDOM) } else { run.count(RANDOM) / 100 };
    let made = patterns::QUERIES.iter().flat_map(|make| lengths.iter().map(|n| make(*n)));
    let mixed = (0..n_random).map(|_| mixture(&mut dice));
    let (mut count, mut failures, mut times) = (0, Vec::new(), Vec::new());
    for text in made.collect::<Vec<_>>().into_iter().chain(mixed) {
        count += 1;
        let (first, panic) = tried(&shown(&text), || check(&snapshot, &text));
        failures.extend(panic);
        let time = if is_fast { quickest(&snapshot, &text) } else { first };
        if time > MOST && is_fast {
            failures.push(format!("{}: {time:?}", shown(&text)));
        }
        times.push(time);
    }
    let worst = times.iter().max().copied().unwrap_or_default();
    let p99 = percentile(&times, 0.99).unwrap_or_default();
    Outcome::new(count).failures(failures).worst(format!("search max {worst:.1?}, p99 {p99:.1?}"))
}

/// Too long is refused where it must be; what is looked at of it is answered.
fn check(snapshot: &Snapshot, text: &str) {
    let is_short = text.chars().count() <= MAX_QUERY_CHARS;
    let query = Query::new(text, date!(2026 - 11 - 23));
    assert_eq!(query.is_ok(), is_short, "500 characters are the limit");
    targets::searching::answered(snapshot, text);
}

/// The time of a search; a slow one may have been interrupted and is tried three times.
fn quickest(snapshot: &Snapshot, text: &str) -> Duration {
    let query = Query::cut(text, date!(2026 - 11 - 23));
    let once = || {
        let start = Instant::now();
        let _ = search(snapshot, &query);
        start.elapsed()
    };
    let first = once();
    if first <= MOST { first } else { once().min(once()).min(first) }
}

/// Pieces of patterns and characters of all of Unicode, side by side.
fn mixture(dice: &mut Dice) -> String {
    let n_pieces = dice.between(1, 8);
    let piece = |dice: &mut Dice| -> String {
        let n = dice.between(1, 80);
        match dice.below(4) {
            0 => (0..n).filter_map(|_| char::from_u32(dice.below(0x11_0000) as u32)).collect(),
            _ => dice.pick(patterns::QUERIES)(n),
        }
    };
    (0..n_pieces).map(|_| piece(dice)).collect()
}
