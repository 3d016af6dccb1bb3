//! Everything that reads bytes of strangers, fed with bytes that a fuzzer found interesting.

use std::{
    panic,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
};

use super::{
    targets::{TARGETS, Target, warm_up},
    tried,
};
use crate::{
    dice::Dice,
    product::has,
    scenario::{Outcome, Profile, Run, Scenario},
};

/// Executions of the fuzzer per target.
const EXECUTIONS: usize = 1_000_000;
/// Inputs made from each committed one where there is no fuzzer.
const MUTANTS: usize = 8;

pub(super) const H8: Scenario = Scenario {
    id: "H8",
    injects: "bytes for eight fuzz targets: front matter, Markdown to HTML, sanitiser, analyzer, \
              query plan, documents to import, settings, alerts; push: committed inputs and \
              mutants of them, else cargo-fuzz with AddressSanitizer",
    expects: "no panic (caught ones included), abort or input over 2 s or 512 MiB; safe HTML, \
              places inside of their text",
    broken: "a sanitiser that let links to other hosts through",
    play: fuzzing,
};

fn fuzzing(run: &Run) -> Outcome {
    if run.profile == Profile::Push {
        return replayed();
    }
    let is_there = Command::new("cargo").args(["+nightly", "fuzz", "--version"]).output();
    if !has("cargo") || !is_there.is_ok_and(|output| output.status.success()) {
        return Outcome::skipped("no cargo-fuzz, or no nightly compiler for it");
    }
    let n = run.count_or_tenfold(EXECUTIONS);
    let failures: Vec<_> = TARGETS.iter().filter_map(|(name, _)| fuzzed(name, n)).collect();
    Outcome::new(n * TARGETS.len()).failures(failures).worst(format!("{n} executions per target"))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// What one target failed with.
fn fuzzed(name: &str, n: usize) -> Option<String> {
    let output = Command::new(folder().join("run")).args([name, &n.to_string()]).output();
    let output = match output {
        Ok(output) if output.status.success() => return None,
        Ok(output) => output,
        Err(error) => return Some(format!("{name}: {error}")),
    };
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let end: Vec<&str> = said.lines().rev().take(40).collect();
    Some(format!("{name}: {}", end.into_iter().rev().collect::<Vec<_>>().join("\n")))
}

/// Committed inputs and mutants of them through the same functions.
fn replayed() -> Outcome {
    let mut dice = Dice::of("H8");
    warm_up();
    let (mut count, mut failures) = (0, Vec::new());
    for (name, target) in TARGETS {
        for (file, seed) in seeds(name) {
            let mutants = (0..MUTANTS).map(|_| mutant(&seed, &mut dice)).collect::<Vec<_>>();
            for input in std::iter::once(seed).chain(mutants) {
                count += 1;
                let failure = panics(*target, &input);
                failures.extend(failure.map(|why| format!("{name}, {file}: {why}: {input:?}")));
            }
        }
    }
    Outcome::new(count).failures(failures).worst("no fuzzer, inputs replayed")
}

/// The committed inputs of a target, by name.
fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = fs_err::read_dir(folder().join("seeds").join(target)).unwrap();
    let mut paths: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let named = |path: PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        (name, fs_err::read(path).unwrap())
    };
    paths.into_iter().map(named).collect()
}

/// The panic that an input leads to, also one that the program catches.
fn panics(target: Target, input: &[u8]) -> Option<String> {
    static SEEN: Mutex<Option<String>> = Mutex::new(None);
    let seen = || SEEN.lock().unwrap_or_else(PoisonError::into_inner).take();
    let before = panic::take_hook();
    panic::set_hook(Box::new(|info| {
        SEEN.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(info.to_string());
    }));
    seen();
    let (_, panic) = tried("it", || target(input));
    panic::set_hook(before);
    seen().or(panic)
}

/// The same with a few bytes changed, doubled or left out.
fn mutant(seed: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..dice.between(1, 4) {
        let at = dice.below(bytes.len() + 1);
        let end = bytes.len().min(at + dice.below(16));
        match dice.below(3) {
            0 => bytes.insert(at, dice.roll() as u8),
            1 => drop(bytes.drain(at..end)),
            _ => {
                let piece = bytes[at..end].repeat(dice.between(1, 20));
                bytes.splice(at..at, piece).for_each(drop);
            }
        }
    }
    bytes
}
