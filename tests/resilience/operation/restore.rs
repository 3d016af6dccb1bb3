//! O6: what was copied away comes back the same.

use std::{
    collections::BTreeMap,
    path::Path,
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use serde_json::Value;

use super::{article, place_with};
use crate::{
    http,
    product::{PROGRAM, Place, Server, eventually},
    scenario::{Outcome, Run, Scenario},
};

pub(crate) const O6: Scenario = Scenario {
    id: "O6",
    injects: "copies of articles and index taken while the server runs and articles are saved, \
              brought back with the index and without; copies for browsers made of both",
    expects: "equal revision and equal articles; the copies for browsers are equal byte by byte and \
              are made without a network",
    broken: "a full look at the folder that does not compare hashes",
    play,
};

/// As many as one answer lists.
const N_ARTICLES: usize = 50;

fn play(run: &Run) -> Outcome {
    let n_rounds = run.count(20);
    let failures = (0..n_rounds).filter_map(|n| round(n).err());
    Outcome::new(n_rounds)
        .failures(failures)
        .worst(format!("{N_ARTICLES} articles, equal revisions and copies"))
}

fn round(n: usize) -> Result<(), String> {
    let place = place_with(N_ARTICLES);
    let backup = place.path().join("backup");
    let server = place.serve();
    // The articles are copied after the index, as a backup that knows nothing would.
    while_saving(&place, n, || copy(&place.index(), &backup.join("data")));
    copy(&place.kb(), &backup.join("kb"));
    drop(server);
    for folder in [place.kb(), place.index()] {
        fs_err::remove_dir_all(folder).unwrap();
    }
    copy(&backup.join("kb"), &place.kb());
    let built = brought_back(&place, "built anew")?;
    fs_err::remove_dir_all(place.index()).unwrap();
    copy(&backup.join("data"), &place.index());
    match brought_back(&place, "with the index")? == built {
        true => Ok(()),
        false => Err("with the index it is not what it is without".to_owned()),
    }
}

/// What is served, and the copy for browsers, file by file.
type Told = ((String, BTreeMap<String, String>), BTreeMap<String, Vec<u8>>);

fn brought_back(place: &Place, name: &str) -> Result<Told, String> {
    let server = place.serve();
    let served = settled(&server, place).map_err(|error| format!("{name}: {error}"))?;
    drop(server);
    Ok((served, exported(place)?))
}

/// Does `work` while articles are saved.
fn while_saving(place: &Place, round: usize, work: impl FnOnce()) {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut n = 0;
            while !done.load(Ordering::Relaxed) {
                n += 1;
                let changed =
                    format!("{}\n第 {round} 轮第 {n} 次改动。\n", article(n % N_ARTICLES));
                place.write(&format!("{}/a{}.md", n % N_ARTICLES % 20, n % N_ARTICLES), changed);
                thread::sleep(Duration::from_millis(5));
            }
        });
        thread::sleep(Duration::from_millis(100));
        work();
        done.store(true, Ordering::Relaxed);
    });
}

/// Revision and hashes once the server has all that is in the folder.
fn settled(server: &Server, place: &Place) -> Result<(String, BTreeMap<String, String>), String> {
    let wanted = files(&place.kb());
    let is_there = || served(server).is_some_and(|(_, served)| served == wanted);
    eventually(Duration::from_secs(30), is_there).ok_or("it never serves what is in the folder")?;
    served(server).ok_or_else(|| "it does not answer".to_owned())
}

/// Revision, and the hash of each article by its path.
fn served(server: &Server) -> Option<(String, BTreeMap<String, String>)> {
    let listed = http::get_json(server.port, "/api/v1/articles?limit=50").ok()?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let articles = listed["articles"].as_array()?.iter();
    let hashes = articles.map(|article| {
        let path = text(&article["path"])?;
        Some((path, text(&article["hash"])?))
    });
    Some((text(&listed["revision"])?, hashes.collect::<Option<_>>()?))
}

/// The hash of every article file by its path.
fn files(kb: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (path, bytes) in tree(kb) {
        found.insert(path, blake3::hash(&bytes).to_hex().to_string());
    }
    found
}

/// The copy for browsers, file by file, made where there is no network.
fn exported(place: &Place) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let target = place.path().join("copy");
    let output = Command::new("unshare")
        .args(["-n", PROGRAM, "export", "--kb"])
        .arg(place.kb())
        .arg("--index")
        .arg(place.index())
        .arg(&target)
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("export: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let files = tree(&target);
    fs_err::remove_dir_all(&target).unwrap();
    Ok(files)
}

/// Every file below a folder by its path.
fn tree(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
                found.insert(name, fs_err::read(&path).unwrap());
            }
        }
    }
    found
}

fn copy(from: &Path, to: &Path) {
    // Files that vanish meanwhile are part of the game.
    let from = format!("{}/.", from.display());
    let _ = fs_err::create_dir_all(to);
    let _ = Command::new("cp").arg("-a").arg(from).arg(to).output();
}
