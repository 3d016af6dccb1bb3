//! O5: an index that another version of the program, or something else, left behind.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::{Value, json};

use super::{oracle, traced};
use crate::{
    dice::Dice,
    product::Place,
    scenario::{Outcome, Profile, Run, Scenario},
};

const START_LIMIT: Duration = Duration::from_secs(2);

pub(super) const O5: Scenario = Scenario {
    id: "O5",
    injects: "an index of an older and a newer schema, of another analyzer, vocabulary and folder, \
              without or with a damaged identity, and garbage in its place",
    expects: "each start serves every article within 2 s, and leaves an index of its own version",
    broken: "without a new build for an index of another analyzer, as it was before this row",
    play,
};

/// What is found, and what makes it so of a sound index with the generation `gen-1`.
type Found = (&'static str, fn(&Path));

/// All that may be found.
const FOUND: &[Found] = &[
    ("an older schema", |index| identity(index, "schema", json!(1))),
    ("a newer schema, after a downgrade", |index| {
        identity(index, "schema", json!(4_000_000_000_u32))
    }),
    ("an older analyzer", |index| identity(index, "analyzer", json!(0))),
    ("a newer analyzer, after a downgrade", |index| identity(index, "analyzer", json!(9_999))),
    ("another vocabulary", |index| identity(index, "vocabulary", json!("0".repeat(64)))),
    ("another folder of articles", |index| identity(index, "root", json!("/srv/other/kb"))),
    ("an identity with a new field", |index| identity(index, "dictionary", json!({"a": 1}))),
    ("an identity without a field", |index| identity(index, "schema", Value::Null)),
    ("an identity that is garbage", |index| write(index, "gen-1/identity.json", b"\0\xff{")),
    ("an empty identity", |index| write(index, "gen-1/identity.json", b"")),
    ("another search engine's files", |index| write(index, "gen-1/meta.json", b"{\"version\":9}")),
    ("an empty generation", |index| {
        fs_err::remove_dir_all(index.join("gen-1")).unwrap();
        fs_err::create_dir(index.join("gen-1")).unwrap();
    }),
    ("a name that is not there", |index| write(index, "current", b"gen-77\n")),
    ("a name that leads outside", |index| write(index, "current", b"../../../etc\n")),
    ("a file in place of a generation", |index| {
        fs_err::remove_dir_all(index.join("gen-1")).unwrap();
        write(index, "gen-1", b"garbage");
    }),
    ("generations of absurd numbers", |index| {
        fs_err::create_dir(index.join(format!("gen-{}", u64::MAX))).unwrap();
        fs_err::create_dir(index.join("gen-99999999999999999999999")).unwrap();
        fs_err::create_dir(index.join("gen-x")).unwrap();
        identity(index, "schema", json!(1));
    }),
    ("garbage in the log of changes", |index| write(index, "changes.jsonl", &[0xff; 5000])),
    ("garbage where suspects are kept", |index| write(index, "suspects.json", b"[[[[{")),
    ("files of a version to come", |index| {
        write(index, "catalogue.db", b"x");
        fs_err::create_dir(index.join("shard-1")).unwrap();
    }),
];

fn write(index: &Path, name: &str, bytes: &[u8]) {
    fs_err::write(index.join(name), bytes).unwrap();
}

/// Changes one field of the identity; `null` removes it.
fn identity(index: &Path, field: &str, value: Value) {
    let path = index.join("gen-1/identity.json");
    let mut identity: Value = serde_json::from_slice(&fs_err::read(&path).unwrap()).unwrap();
    let fields = identity.as_object_mut().unwrap();
    if value.is_null() {
        fields.remove(field);
    } else {
        fields.insert(field.to_owned(), value);
    }
    fs_err::write(path, identity.to_string()).unwrap();
}

fn play(run: &Run) -> Outcome {
    let mut dice = Dice::of("O5");
    let n_articles = if run.profile == Profile::Push { 30 } else { 2_000 };
    let place = oracle::place(n_articles, &mut dice);
    assert!(place.command("index").output().unwrap().status.success());
    let kept = place.path().join("kept");
    traced::copy(&place.index(), &kept);
    let own = own_identity(&place);
    let (mut failures, mut slowest) = (Vec::new(), (Duration::ZERO, ""));
    for (what, make) in FOUND {
        traced::restore(&place, &kept);
        make(&place.index());
        // Changed meanwhile: an index that is taken as it is would be noticed.
        oracle::write(&place, dice.below(n_articles), &dice.word());
        match started(&place, &own, run) {
            Ok(took) => slowest = slowest.max((took, what)),
            Err(wrong) => failures.push(format!("{what}: {wrong}")),
        }
    }
    let (took, what) = slowest;
    let is_quick = !run.judges_times() || took <= START_LIMIT;
    Outcome::new(FOUND.len())
        .failures(failures)
        .expect(is_quick, || format!("{what}: ready only after {took:.1?}"))
        .worst(format!("ready after {took:.2?} ({what})"))
}

/// Starts twice where there is time: the second start finds what the first one left.
fn started(place: &Place, own: &Value, run: &Run) -> Result<Duration, String> {
    let took = oracle::start_and_agree(place, 5)?.ready_after;
    let left = own_identity(place);
    if left != *own {
        return Err(format!("it left an index of {left}"));
    }
    if run.profile == Profile::Push {
        return Ok(took);
    }
    let again = oracle::start_and_agree(place, 5)?.ready_after;
    Ok(took.max(again))
}

/// The identity of the generation in use: the only one that is left.
fn own_identity(place: &Place) -> Value {
    let generations = fs_err::read_dir(place.index()).unwrap().map(|entry| entry.unwrap().path());
    let is_own = |path: &PathBuf| path.join("meta.json").exists() && !is_aside(path);
    let path = generations.filter(is_own).last().unwrap_or_default().join("identity.json");
    let text = fs_err::read(path).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

fn is_aside(path: &Path) -> bool {
    path.file_name().unwrap_or_default().to_string_lossy().starts_with("damaged-")
}
