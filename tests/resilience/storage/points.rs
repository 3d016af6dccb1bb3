//! D2: killed at every call that changes the disk, of a full build and of an update.

use super::{oracle, traced};
use crate::{
    dice::Dice,
    product::{Place, has},
    scenario::{Outcome, Profile, Run, Scenario},
};

const ARTICLES: usize = 30;

pub(super) const D2: Scenario = Scenario {
    id: "D2",
    injects: "a kill at each call that changes the disk (rename, fsync, unlink, open, write, \
              truncate, mkdir), of a full build and of an update",
    expects: "100 % of the points: the next start serves every article, no manual step",
    broken: "with a first scan that applies nothing",
    play,
};

fn play(run: &Run) -> Outcome {
    if !has("strace") {
        return Outcome::skipped("strace is not installed");
    }
    let mut dice = Dice::of("D2");
    let place = prepared(&mut dice);
    let full = all(&place, &["--rebuild"], run);
    let update = all(&place, &[], run);
    let (n_full, n_update) = (full.count, update.count);
    Outcome::new(n_full + n_update)
        .failures(full.failures)
        .failures(update.failures)
        .worst(format!("{n_full} points of a build, {n_update} of an update"))
}

/// An index, and a folder that has changed since then.
pub(super) fn prepared(dice: &mut Dice) -> Place {
    let place = oracle::place(ARTICLES, dice);
    assert!(place.command("index").output().unwrap().status.success());
    traced::copy(&place.index(), &place.path().join("kept"));
    for n in [3, 4, 5, ARTICLES, ARTICLES + 1] {
        oracle::write(&place, n, &dice.word());
    }
    fs_err::remove_file(place.kb().join("a7.md")).unwrap();
    place
}

/// Every point of one kind of run, at first start after it.
fn all(place: &Place, arguments: &[&str], run: &Run) -> Outcome {
    let kept = place.path().join("kept");
    traced::restore(place, &kept);
    let points = traced::points(place, arguments);
    assert!(points.len() > 20, "{points:?}");
    let step = if run.profile == Profile::Push { points.len().div_ceil(10) } else { 1 };
    let mut outcome = Outcome::default();
    for point in points.iter().step_by(step) {
        traced::restore(place, &kept);
        // Threads take turns differently in each run: a point may be out of reach this time.
        if traced::is_killed_at(place, arguments, point) {
            outcome.count += 1;
        }
        if let Err(wrong) = oracle::start_and_agree(place, 5) {
            outcome.failures.push(format!("{point:?} of index {arguments:?}: {wrong}"));
        }
    }
    outcome
}
