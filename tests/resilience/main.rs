//! Faults, attacks and overload against the real program, with figures.
//!
//! ```text
//! cargo test --release --test resilience -- --profile nightly [--only D1,W] [--record]
//! ```
//!
//! One scenario is one row of `docs/resilience.md`, which `--record` brings up to date. Each group
//! has a folder here and a list of its scenarios; [`product`] starts the program, [`http`] asks it.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a scenario ends where something fails, and tells its figures and its seed"
)]

mod arguments;
mod content;
#[path = "../it/dice.rs"]
mod dice;
mod door;
mod folder;
mod http;
mod operation;
mod product;
mod query;
mod record;
mod scenario;
mod storage;

use std::{panic, process::ExitCode, time::Instant};

use arguments::Arguments;
use record::Record;
use scenario::{Outcome, Run, Scenario};

/// All scenarios, group by group, in the order of the table.
fn scenarios() -> impl Iterator<Item = &'static Scenario> {
    let groups = [
        storage::SCENARIOS,
        folder::SCENARIOS,
        door::SCENARIOS,
        content::SCENARIOS,
        query::SCENARIOS,
        operation::SCENARIOS,
    ];
    groups.into_iter().flatten()
}

fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(message) => {
            println!("{message}");
            return ExitCode::from(2);
        }
    };
    let chosen: Vec<_> = scenarios().filter(|s| arguments.chooses(s.id)).collect();
    if arguments.list {
        chosen.iter().for_each(|s| println!("{}: test", s.id));
        return ExitCode::SUCCESS;
    }
    let run = Run { profile: arguments.profile };
    let mut record = Record::new(run.profile);
    for scenario in &chosen {
        record.add(scenario, played(scenario, &run));
    }
    if arguments.record {
        record.write();
    }
    record.summary()
}

/// Plays one scenario; a panic in it is a failure of it alone.
fn played(scenario: &Scenario, run: &Run) -> Outcome {
    println!("\n== {}: {}", scenario.id, scenario.injects);
    let start = Instant::now();
    let mut outcome = panic::catch_unwind(|| (scenario.play)(run)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked");
        Outcome::new(1).failed(text)
    });
    outcome.elapsed = start.elapsed();
    println!("-- {}: {outcome}", scenario.id);
    outcome
}
