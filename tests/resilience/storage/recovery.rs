//! D7: killed while it recovers from a kill.

use super::{
    oracle, points,
    traced::{self, Point},
};
use crate::{
    dice::Dice,
    product::{Place, has},
    scenario::{Outcome, Profile, Run, Scenario},
};

const PAIRS: usize = 200;

pub(super) const D7: Scenario = Scenario {
    id: "D7",
    injects: "200 kills at random calls of a build or an update, each followed by two kills at \
              random calls of the recovery",
    expects: "0 stuck: the start after that serves every article",
    broken: "with every article that was in hand left out, not only those that fail a trial",
    play,
};

fn play(run: &Run) -> Outcome {
    if !has("strace") {
        return Outcome::skipped("strace is not installed");
    }
    let mut dice = Dice::of("D7");
    let place = points::prepared(&mut dice);
    let kept = place.path().join("kept");
    traced::restore(&place, &kept);
    let of_build = traced::points(&place, &["--rebuild"]);
    traced::restore(&place, &kept);
    let of_update = traced::points(&place, &[]);
    let n_pairs = match run.profile {
        Profile::Push => PAIRS / 25,
        Profile::Nightly | Profile::Release => run.count_or_tenfold(PAIRS),
    };
    let (mut failures, mut n_killed) = (Vec::new(), 0);
    for _ in 0..n_pairs {
        traced::restore(&place, &kept);
        let (first, others) = kills(&of_build, &of_update, &mut dice);
        let build: &[&str] = if dice.below(2) == 0 { &["--rebuild"] } else { &[] };
        n_killed += killed(&place, build, &first, &others);
        if let Err(wrong) = oracle::start_and_agree(&place, 5) {
            failures.push(format!("{first:?}, then {others:?}: {wrong}"));
        }
    }
    Outcome::new(n_pairs).failures(failures).worst(format!("{n_killed} kills in all"))
}

fn kills(of_build: &[Point], of_update: &[Point], dice: &mut Dice) -> (Point, [Point; 2]) {
    let mut any = || {
        let of_run = if dice.below(2) == 0 { of_build } else { of_update };
        dice.pick(of_run).clone()
    };
    (any(), [any(), any()])
}

/// Number of kills that were reached.
fn killed(place: &Place, build: &[&str], first: &Point, others: &[Point; 2]) -> usize {
    let is_killed = traced::is_killed_at(place, build, first);
    let again = others.iter().filter(|point| traced::is_killed_at(place, &[], point)).count();
    usize::from(is_killed) + again
}
