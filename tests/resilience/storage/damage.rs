//! Files of the index are damaged, while nobody runs and while somebody does.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Duration,
};

use super::directory_kb::text;
use crate::{
    dice::Dice,
    http,
    product::{Place, Server, eventually},
    scenario::{Outcome, Profile, Run, Scenario},
};

pub(crate) const DAMAGE: Scenario = Scenario {
    id: "D4",
    injects: "each file of the index, current, lock and log of changes included: a bit flipped, truncated, halved, zeroed, random bytes, removed",
    expects: "noticed before the first search, everything served at once, at most two damaged copies kept",
    broken: "without the check of each file's checksum an article is not found",
    play: damage,
};

pub(crate) const UNDER_FOOT: Scenario = Scenario {
    id: "D4b",
    injects: "all files of the index emptied, overwritten or removed while the program runs",
    expects: "it goes on serving and showing edits, and so does the next start",
    broken: "with files mapped instead of read no article is found any more",
    play: under_foot,
};

const ARTICLES: usize = 12;
const PATIENCE: Duration = Duration::from_secs(30);

type Damage = fn(&Path, &mut Dice);

const DAMAGES: [(&str, Damage); 6] = [
    ("a flipped bit", |path, dice| {
        let mut bytes = fs_err::read(path).unwrap();
        let at = dice.below(bytes.len());
        bytes[at] ^= 1 << dice.below(8);
        fs_err::write(path, bytes).unwrap();
    }),
    ("truncation", |path, dice| {
        let mut bytes = fs_err::read(path).unwrap();
        bytes.truncate(dice.below(bytes.len()));
        fs_err::write(path, bytes).unwrap();
    }),
    ("halving", |path, _| {
        let mut bytes = fs_err::read(path).unwrap();
        bytes.truncate(bytes.len() / 2);
        fs_err::write(path, bytes).unwrap();
    }),
    ("zeros", |path, _| {
        let n_bytes = fs_err::read(path).unwrap().len();
        fs_err::write(path, vec![0; n_bytes]).unwrap();
    }),
    ("random bytes", |path, dice| {
        let n_bytes = fs_err::read(path).unwrap().len();
        let bytes: Vec<u8> = (0..n_bytes).map(|_| dice.below(256) as u8).collect();
        fs_err::write(path, bytes).unwrap();
    }),
    ("removal", |path, _| fs_err::remove_file(path).unwrap()),
];

fn damage(run: &Run) -> Outcome {
    let mut dice = Dice::of("damage");
    let (place, words) = made(&mut dice);
    drop(place.serve());
    // An edit, so that there are deletions and a log of changes.
    let words = edited(&place, words, &mut dice);
    let kinds: BTreeSet<_> = files(&place.index()).iter().map(|path| kind(path)).collect();
    assert!(kinds.len() > 8, "{kinds:?}");
    let all = kinds.iter().flat_map(|kind| DAMAGES.map(|damage| (kind, damage)));
    // No multiple of the number of damages, so that each kind of file meets another one.
    let stride = if run.profile == Profile::Push { 7 } else { 1 };
    let (mut n_tried, mut failures, mut slowest) = (0, Vec::new(), Duration::ZERO);
    for (kind, (what, damage)) in all.skip(dice.below(stride)).step_by(stride) {
        let Some(path) = find(&place.index(), kind) else { continue };
        if what != "removal" && fs_err::metadata(&path).unwrap().len() == 0 {
            continue;
        }
        damage(&path, &mut dice);
        n_tried += 1;
        let Some(server) = Server::try_start(place.command("serve")) else {
            failures.push(format!("{what} of {kind}: no start"));
            continue;
        };
        slowest = slowest.max(server.ready_after);
        if let Err(wrong) = is_whole(&server, &words).and(is_tidy(&place)) {
            failures.push(format!("{what} of {kind}: {wrong}"));
        }
    }
    println!("{n_tried} starts with damage to {kinds:?}");
    Outcome::new(n_tried).failures(failures).worst(format!("start {slowest:.1?}"))
}

/// Gives an article a new word, and another one, while the program runs.
fn edited(place: &Place, mut words: Vec<String>, dice: &mut Dice) -> Vec<String> {
    let server = place.serve();
    for n in [0, 1] {
        words[n] = dice.word();
        place.write(&format!("a{n}.md"), text(&words[n]));
        is_found(&server, n, &words[n]).unwrap();
    }
    words
}

fn made(dice: &mut Dice) -> (Place, Vec<String>) {
    let (place, words) = (Place::new(), (0..ARTICLES).map(|_| dice.word()).collect::<Vec<_>>());
    for (n, word) in words.iter().enumerate() {
        place.write(&format!("a{n}.md"), text(word));
    }
    (place, words)
}

/// The first answers are right already: nothing is waited for.
fn is_whole(server: &Server, words: &[String]) -> Result<(), String> {
    for (n, word) in words.iter().enumerate() {
        let found = server.found(word);
        if found.first() != Some(&format!("a{n}")) {
            return Err(format!("{word} finds {found:?} and not a{n}"));
        }
    }
    let status = http::get_json(server.port, "/api/v1/status").unwrap_or_default();
    let is_right = status["n_articles"] == words.len() && status["n_broken"] == 0;
    is_right.then_some(()).ok_or_else(|| status.to_string())
}

fn is_found(server: &Server, n: usize, word: &str) -> Result<(), String> {
    let id = format!("a{n}");
    let is_first = || server.found(word).first() == Some(&id);
    eventually(PATIENCE, is_first).map(drop).ok_or_else(|| format!("{id} is not found by {word}"))
}

fn is_tidy(place: &Place) -> Result<(), String> {
    let names = fs_err::read_dir(place.index()).unwrap().flatten();
    let names: Vec<_> = names.map(|entry| entry.file_name().into_string().unwrap()).collect();
    let count = |prefix: &str| names.iter().filter(|name| name.starts_with(prefix)).count();
    let is_tidy = count("damaged-") <= 2 && count("gen-") <= 2;
    is_tidy.then_some(()).ok_or_else(|| format!("{names:?}"))
}

fn under_foot(_: &Run) -> Outcome {
    type Pull = (&'static str, fn(&Path));
    let mut dice = Dice::of("damage under foot");
    let pulls: [Pull; 3] = [
        ("emptied", |path| drop(fs_err::File::create(path).unwrap())),
        ("overwritten", |path| {
            let n_bytes = fs_err::metadata(path).unwrap().len();
            fs_err::write(path, vec![0xa5; n_bytes as usize]).unwrap();
        }),
        ("removed", |path| fs_err::remove_file(path).unwrap()),
    ];
    let pulled = |(name, pull): (&str, fn(&Path))| {
        pulled_away(pull, &mut dice).err().map(|wrong| format!("{name}: {wrong}"))
    };
    let failures: Vec<_> = pulls.into_iter().filter_map(pulled).collect();
    Outcome::new(pulls.len()).failures(failures).worst("no request failed")
}

fn pulled_away(pull: fn(&Path), dice: &mut Dice) -> Result<(), String> {
    let (place, mut words) = made(dice);
    let mut server = place.serve();
    for path in files(&place.index()) {
        pull(&path);
    }
    is_whole(&server, &words)?;
    for n in 0..3 {
        words[n] = dice.word();
        place.write(&format!("a{n}.md"), text(&words[n]));
        is_found(&server, n, &words[n])?;
        is_whole(&server, &words)?;
    }
    let is_alive = server.is_alive();
    drop(server);
    is_whole(&place.serve(), &words).map_err(|wrong| format!("after a restart: {wrong}"))?;
    is_alive.then_some(()).ok_or_else(|| "it ended".to_owned())
}

/// All files of an index, those that were set aside left out.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs_err::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            found.push(path);
        } else if !path.to_string_lossy().contains("damaged") {
            found.extend(files(&path));
        }
    }
    found
}

/// What stays of a file's name when generations and segments get new ones.
fn kind(path: &Path) -> String {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    match name.rsplit_once('.') {
        Some((stem, extension)) if stem.len() >= 32 => format!(".{extension}"),
        _ => name,
    }
}

fn find(folder: &Path, wanted: &str) -> Option<PathBuf> {
    files(folder).into_iter().find(|path| kind(path) == wanted)
}
