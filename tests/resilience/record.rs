//! The outcomes of a run, and the table of `docs/resilience.md`.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use crate::{
    scenario::{Outcome, Profile, Scenario},
    scenarios,
};

const START: &str = "<!-- results: start -->";
const END: &str = "<!-- results: end -->";
const HEAD: &str = "| id | injected | expected | tried | failed | worst seen | profile, date, commit | seen to fail against |
| --- | --- | --- | --- | --- | --- | --- | --- |";

/// Columns that a run fills in: tried, failed, worst, and when.
type Seen = [String; 4];

/// What was seen in this run.
pub(crate) struct Record {
    profile: Profile,
    outcomes: Vec<(&'static Scenario, Outcome)>,
}

impl Record {
    pub(crate) fn new(profile: Profile) -> Self {
        Self { profile, outcomes: Vec::new() }
    }

    pub(crate) fn add(&mut self, scenario: &'static Scenario, outcome: Outcome) {
        self.outcomes.push((scenario, outcome));
    }

    /// Prints what failed and what was left out; says how to end.
    pub(crate) fn summary(&self) -> ExitCode {
        let (mut n_passed, mut n_failed, mut n_skipped) = (0, 0, 0);
        println!();
        for (scenario, outcome) in &self.outcomes {
            match outcome {
                Outcome { skipped: Some(reason), .. } => {
                    n_skipped += 1;
                    println!("skipped: {}: {reason}", scenario.id);
                }
                Outcome { failures, .. } if failures.is_empty() => n_passed += 1,
                _ => {
                    n_failed += 1;
                    println!("FAILED: {}: {outcome}", scenario.id);
                }
            }
        }
        let word = if n_failed == 0 { "ok" } else { "FAILED" };
        println!(
            "test result: {word}. {n_passed} passed; {n_failed} failed; {n_skipped} ignored; 0 measured"
        );
        if n_failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    /// Brings the rows of this run up to date; the others keep what they have.
    pub(crate) fn write(&self) {
        let path = document();
        let text = fs_err::read_to_string(&path).unwrap();
        let (before, rest) = text.split_once(START).expect("the table has a start");
        let (table, after) = rest.split_once(END).expect("the table has an end");
        let mut seen = rows(table);
        seen.extend(
            self.outcomes.iter().filter_map(|(s, o)| Some((s.id.to_owned(), self.seen(o)?))),
        );
        let rows: String =
            scenarios().map(|scenario| row(scenario, seen.get(scenario.id))).collect();
        let text = format!("{before}{START}\n\n{HEAD}\n{rows}\n{END}{after}");
        fs_err::write(path, text).unwrap();
    }

    fn seen(&self, outcome: &Outcome) -> Option<Seen> {
        if outcome.skipped.is_some() {
            return None;
        }
        let profile = format!("{:?}", self.profile).to_lowercase();
        let when = format!("{profile}, {}, {}", today(), commit());
        Some([
            outcome.count.to_string(),
            outcome.failures.len().to_string(),
            cell(&outcome.worst),
            when,
        ])
    }
}

fn document() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/resilience.md")
}

/// What the rows of a table have seen, by id.
fn rows(table: &str) -> BTreeMap<String, Seen> {
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect()
    };
    let rows = table.lines().filter(|line| line.starts_with("| ")).map(cells);
    rows.filter_map(|cells| match cells.as_slice() {
        [id, _, _, tried, failed, worst, when, _] => {
            let seen = [tried, failed, worst, when].map(Clone::clone);
            Some((id.clone(), seen))
        }
        _ => None,
    })
    .collect()
}

fn row(scenario: &Scenario, seen: Option<&Seen>) -> String {
    let unseen = [const { String::new() }; 4];
    let [tried, failed, worst, when] = seen.unwrap_or(&unseen);
    let (injects, expects) = (cell(scenario.injects), cell(scenario.expects));
    let broken = cell(scenario.broken);
    format!(
        "| {} | {injects} | {expects} | {tried} | {failed} | {worst} | {when} | {broken} |\n",
        scenario.id
    )
}

/// Text that does not end its cell.
fn cell(text: &str) -> String {
    text.replace('|', "∣").replace('\n', " ")
}

fn today() -> String {
    time::OffsetDateTime::now_utc().date().to_string()
}

fn commit() -> String {
    let git = Command::new("git").args(["rev-parse", "--short", "HEAD"]).output();
    git.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}
