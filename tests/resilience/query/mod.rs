//! Hostile queries, and fuzzing of everything that reads text of strangers.

mod analysis;
mod bombs;
mod deadline;
mod fuzzing;
mod growth;
mod paging;
mod patterns;
#[path = "../../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "the fuzzers share this file as a library")]
mod targets;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    time::{Duration, Instant},
};

use jiuji::{
    index::Snapshot,
    kb::Root,
    live::{Options, open_snapshot},
};

use crate::scenario::Scenario;

/// The rows of this group.
pub(crate) const SCENARIOS: &[Scenario] =
    &[bombs::Q1, paging::Q2, growth::Q3, deadline::Q4, analysis::Q5, fuzzing::H8];

/// The shipped knowledge base in memory.
fn shipped() -> Snapshot {
    let kb = Path::new(env!("CARGO_MANIFEST_DIR")).join("kb");
    let root = Root::new(&kb).unwrap();
    let index = kb.join("no-index");
    open_snapshot(&Options { root, index, vocabulary: None, watch: false, program: None }).unwrap()
}

/// Whether times mean something: in an optimised build, and where the profile judges them.
fn is_timed(run: &crate::scenario::Run) -> bool {
    run.judges_times() && !cfg!(debug_assertions)
}

/// How long `work` takes, and its panic as text.
fn tried(what: &str, work: impl FnOnce()) -> (Duration, Option<String>) {
    let start = Instant::now();
    let panic = catch_unwind(AssertUnwindSafe(work)).err();
    let text = panic.map(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        format!("{what}: {}", text.unwrap_or_else(|| "it panicked".to_owned()))
    });
    (start.elapsed(), text)
}

/// The first characters of a text, escaped.
fn shown(text: &str) -> String {
    let start: String = text.chars().take(60).collect();
    format!("{start:?} ({} characters)", text.chars().count())
}
