//! D9: two processes on one index.

use std::{
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use super::oracle;
use crate::{
    dice::Dice,
    product::{Place, Server, eventually},
    scenario::{Outcome, Run, Scenario},
};

const RUNS: usize = 100;
/// Longest wait for the end of the second one.
const PATIENCE: Duration = Duration::from_secs(15);
const REFUSAL_LIMIT: Duration = Duration::from_secs(1);

pub(super) const D9: Scenario = Scenario {
    id: "D9",
    injects: "100 times a second `serve` or `index` on the index of a running one, and a lock file \
              that a killed process left behind",
    expects: "the second ends with exit code 2 and says why within 1 s, the first is not disturbed, \
              `search` works beside it; a file left behind blocks nobody",
    broken: "without the lock of the folder",
    play,
};

fn play(run: &Run) -> Outcome {
    let mut dice = Dice::of("D9");
    let place = oracle::place(20, &mut dice);
    let n_runs = run.count(RUNS);
    let (mut failures, mut slowest) = (Vec::new(), Duration::ZERO);
    let mut server = place.serve();
    for n in 0..n_runs {
        let subcommand = if n % 2 == 0 { "serve" } else { "index" };
        let begin = Instant::now();
        let second = output(&mut place.command(subcommand));
        slowest = slowest.max(begin.elapsed());
        failures.extend(refused(&second).map(|wrong| format!("{subcommand} {n}: {wrong}")));
        failures.extend(first_goes_on(&place, &server, &mut dice, n));
        if n % 5 == 4 {
            // Killed: the file of the lock stays where it is.
            drop(server);
            assert!(place.index().join("lock").exists());
            server = place.serve();
        }
    }
    failures.extend(reader_beside(&place));
    let is_quick = !run.judges_times() || slowest <= REFUSAL_LIMIT;
    Outcome::new(n_runs)
        .failures(failures)
        .expect(is_quick, || format!("refused only after {slowest:.1?}"))
        .worst(format!("refused after {slowest:.2?}"))
}

/// What a command says on both of its outputs until it ends, or is killed for not ending.
fn output(command: &mut Command) -> Output {
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    if eventually(PATIENCE, || child.try_wait().unwrap().is_some()).is_none() {
        child.kill().unwrap();
    }
    child.wait_with_output().unwrap()
}

fn refused(second: &Output) -> Option<String> {
    let said = String::from_utf8_lossy(&second.stderr);
    let is_clear = said.contains("正被另一个 jiuji 进程使用") && said.lines().count() == 1;
    let is_right = second.status.code() == Some(2) && is_clear;
    (!is_right).then(|| format!("{} {said}", second.status))
}

/// The first one takes in a change and serves all.
fn first_goes_on(place: &Place, server: &Server, dice: &mut Dice, n: usize) -> Option<String> {
    oracle::write(place, n % 20, &dice.word());
    oracle::agree(place, server, 3).err()
}

fn reader_beside(place: &Place) -> Option<String> {
    let mut search = place.command("search");
    let output = output(search.arg("重启设备"));
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    let is_found = output.status.success() && shown.contains("故障");
    (!is_found).then(|| format!("search beside it: {} {shown}", output.status))
}
