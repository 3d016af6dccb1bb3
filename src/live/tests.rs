use std::time::Instant;

use time::macros::date;

use super::*;
use crate::search::{Query, search};

struct Folder {
    dir: tempfile::TempDir,
}

impl Folder {
    fn new(articles: &[(&str, &str)]) -> Self {
        let folder = Self { dir: tempfile::tempdir().unwrap() };
        fs_err::create_dir(folder.kb()).unwrap();
        for (name, text) in articles {
            folder.write(name, text);
        }
        folder
    }

    fn kb(&self) -> PathBuf {
        self.dir.path().join("kb")
    }

    fn index(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    fn write(&self, name: &str, text: &str) {
        fs_err::write(self.kb().join(name), text).unwrap();
    }

    fn options(&self) -> Options {
        Options {
            root: Root::new(self.kb()).unwrap(),
            index: self.index(),
            vocabulary: None,
            watch: true,
            program: None,
        }
    }

    fn live(&self) -> Live {
        Live::start(self.options()).unwrap()
    }
}

fn ids(live: &Live, query: &str) -> Vec<String> {
    let query = Query::new(query, date!(2026 - 11 - 23)).unwrap();
    let answer = search(&live.snapshot(), &query).unwrap();
    if answer.total == 0 {
        return Vec::new();
    }
    answer.hits.into_iter().map(|hit| hit.card.id).collect()
}

/// Waits until `condition` holds: changes are applied by another thread.
fn eventually(what: &str, condition: impl Fn() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < Duration::from_secs(20), "never: {what}");
        std::thread::yield_now();
    }
}

#[test]
fn edits_additions_renames_and_deletions_become_searchable() {
    let folder = Folder::new(&[("a.md", "# 硬盘咔咔响\n"), ("b.md", "# 打印机卡纸\n")]);
    let live = folder.live();
    assert_eq!(ids(&live, "卡纸"), ["b"]);

    folder.write("a.md", "# 键盘失灵\n");
    eventually("edited", || ids(&live, "键盘失灵") == ["a"] && ids(&live, "咔咔响").is_empty());
    folder.write("c.md", "# 投影仪没画面\n");
    eventually("added", || ids(&live, "投影仪") == ["c"]);
    fs_err::rename(folder.kb().join("b.md"), folder.kb().join("d.md")).unwrap();
    eventually("renamed", || ids(&live, "卡纸") == ["d"]);
    fs_err::remove_file(folder.kb().join("c.md")).unwrap();
    eventually("deleted", || ids(&live, "投影仪").is_empty());
}

#[test]
fn a_broken_save_keeps_the_last_good_version_over_restarts() {
    let folder = Folder::new(&[("a.md", "---\ntitle: 硬盘咔咔响\n---\n\n正文\n")]);
    let live = folder.live();
    folder.write("a.md", "---\ntitle: [没写完\n---\n\n正文\n");
    eventually("found", || live.status().n_broken == 1);
    assert_eq!(ids(&live, "咔咔响"), ["a"]);
    let finding = live.findings()[0].clone();
    assert_eq!((finding.path.as_str(), finding.rule.as_str()), ("a.md", "front-matter"));
    assert!(finding.line.is_some());
    drop(live);

    let live = folder.live();
    assert_eq!(ids(&live, "咔咔响"), ["a"]);
    eventually("found again", || !live.findings().is_empty());
    folder.write("a.md", "---\ntitle: 键盘失灵\n---\n");
    eventually("mended", || live.status().n_broken == 0 && ids(&live, "键盘失灵") == ["a"]);
}

#[test]
fn subscribers_hear_of_changes_and_of_nothing_else() {
    let folder = Folder::new(&[("a.md", "# 硬盘咔咔响\n")]);
    let live = folder.live();
    eventually("first scan", || live.status().scanned_at.is_some());
    let mut versions = live.subscribe();
    let before = *versions.borrow_and_update();
    assert_eq!(live.current().version, before);

    folder.write("a.md", "# 键盘失灵\n");
    eventually("announced", || versions.has_changed().unwrap());
    let edited = *versions.borrow_and_update();
    assert!(edited > before);
    assert_eq!(ids(&live, "键盘失灵"), ["a"]);

    // The same text again: the file is looked at, and nothing is announced before the next edit.
    folder.write("a.md", "# 键盘失灵\n");
    folder.write("b.md", "---\ntitle: [没写完\n---\n");
    eventually("findings announced", || {
        let current = live.current();
        current.findings.iter().any(|finding| finding.path == "b.md")
            && *versions.borrow() == current.version
    });
    let n_announced = live.current().version - edited;
    assert!((1..=2).contains(&n_announced), "{n_announced}");
}

#[test]
fn two_files_with_one_id_are_both_served() {
    let folder = Folder::new(&[
        ("a.md", "---\nid: same\ntitle: 硬盘咔咔响\n---\n"),
        ("b.md", "---\nid: same\ntitle: 打印机卡纸\n---\n"),
    ]);
    let live = folder.live();
    assert_eq!(ids(&live, "咔咔响"), ["same"]);
    assert_eq!(ids(&live, "卡纸"), ["b"]);
    assert!(live.findings().iter().any(|f| f.rule == "id-mismatch" && f.path == "b.md"));
    fs_err::remove_file(folder.kb().join("a.md")).unwrap();
    eventually("the other takes the id", || ids(&live, "卡纸") == ["same"]);
}

#[test]
fn a_second_process_cannot_take_the_index() {
    let folder = Folder::new(&[("a.md", "# 甲\n")]);
    let _live = folder.live();
    let second = Live::start(folder.options());
    assert!(matches!(second, Err(LiveError::Index(IndexError::Locked(_)))));
}

#[test]
fn every_damaged_index_file_is_noticed_and_nothing_is_lost() {
    let folder = Folder::new(&[("a.md", "# 硬盘咔咔响\n"), ("b.md", "# 打印机卡纸\n")]);
    drop(folder.live());
    let files = index_files(&folder.index());
    assert!(files.len() > 5, "{files:?}");
    for file in files {
        for damage in [flip, truncate, remove] {
            let Some(path) = find(&folder.index(), &file) else { continue };
            damage(&path);
            let live = folder.live();
            assert_eq!(ids(&live, "咔咔响"), ["a"], "{file}");
            assert_eq!(ids(&live, "卡纸"), ["b"], "{file}");
        }
    }
}

#[test]
fn another_vocabulary_makes_another_generation_while_the_old_one_serves() {
    let folder = Folder::new(&[("a.md", "# 登录不上\n")]);
    let vocabulary = folder.dir.path().join("words");
    fs_err::create_dir(&vocabulary).unwrap();
    let options = Options { vocabulary: Some(vocabulary.clone()), ..folder.options() };
    let live = Live::start(options).unwrap();
    let before = live.status().revision;
    assert!(ids(&live, "芝麻开门").is_empty());
    fs_err::write(vocabulary.join("synonyms.txt"), "登录, 芝麻开门\n").unwrap();
    eventually("synonym works", || ids(&live, "芝麻开门") == ["a"]);
    assert_ne!(live.status().revision, before);
    fs_err::write(vocabulary.join("synonyms.txt"), "孤单\n").unwrap();
    eventually("error found", || live.findings().iter().any(|f| f.rule == "vocabulary"));
    assert_eq!(ids(&live, "芝麻开门"), ["a"]);
}

#[test]
fn vocabulary_and_articles_may_both_change_while_nothing_runs() {
    let folder = Folder::new(&[("a.md", "# 登录不上\n")]);
    let vocabulary = folder.dir.path().join("words");
    fs_err::create_dir(&vocabulary).unwrap();
    let options = || Options { vocabulary: Some(vocabulary.clone()), ..folder.options() };
    drop(Live::start(options()).unwrap());

    fs_err::write(vocabulary.join("synonyms.txt"), "打印机, 芝麻开门\n").unwrap();
    folder.write("a.md", "# 打印机卡纸\n");
    let live = Live::start(options()).unwrap();
    eventually("both found", || ids(&live, "芝麻开门") == ["a"]);
    assert_eq!(live.status().n_rebuilds, 1);
    drop(live);

    let live = Live::start(options()).unwrap();
    assert_eq!(ids(&live, "芝麻开门"), ["a"]);
    assert_eq!(live.status().n_rebuilds, 0);
}

#[test]
fn a_folder_that_is_gone_at_the_start_is_served_from_the_index() {
    let folder = Folder::new(&[("a.md", "# 硬盘咔咔响\n")]);
    drop(folder.live());
    let away = folder.dir.path().join("away");
    fs_err::rename(folder.kb(), &away).unwrap();
    let live = folder.live();
    assert_eq!(ids(&live, "咔咔响"), ["a"]);
    eventually("told", || live.status().last_error.is_some());
    assert_eq!(ids(&live, "咔咔响"), ["a"]);
    assert!(live.status().troubles().iter().any(|trouble| trouble.part == Part::Index));
}

#[test]
fn a_rebuild_keeps_articles_that_vanished_in_masses() {
    let articles: Vec<_> = (0..20).map(|n| (format!("{n}.md"), format!("# 故障{n}\n"))).collect();
    let articles: Vec<_> = articles.iter().map(|(name, text)| (&**name, &**text)).collect();
    let folder = Folder::new(&articles);
    let vocabulary = folder.dir.path().join("words");
    fs_err::create_dir(&vocabulary).unwrap();
    let options = Options { vocabulary: Some(vocabulary.clone()), ..folder.options() };
    drop(Live::start(options.clone()).unwrap());
    for (name, _) in articles {
        fs_err::remove_file(folder.kb().join(name)).unwrap();
    }
    fs_err::write(vocabulary.join("synonyms.txt"), "登录, 芝麻开门\n").unwrap();
    let live = Live::start(options).unwrap();
    eventually("rebuilt", || live.status().n_rebuilds == 1);
    eventually("held", || live.status().n_held == 20);
    assert_eq!(live.status().n_articles, 20);
}

#[test]
fn an_index_that_may_not_be_written_is_served_and_then_kept_in_memory() {
    let folder = Folder::new(&[("a.md", "# 硬盘咔咔响\n")]);
    drop(folder.live());
    let lock = folder.index().join("lock");
    fs_err::remove_file(&lock).unwrap();
    fs_err::create_dir(&lock).unwrap();
    let seams = Seams { first_retry: Duration::from_millis(1), ..Seams::default() };
    let live = Live::start_with(folder.options(), seams).unwrap();
    assert_eq!(ids(&live, "咔咔响"), ["a"]);
    assert!(live.status().index.unsaved.is_some());
    folder.write("a.md", "# 键盘失灵\n");
    eventually("edited", || ids(&live, "键盘失灵") == ["a"]);
    assert!(live.status().index.unsaved.is_some());
    fs_err::remove_dir(&lock).unwrap();
    eventually("on disk again", || live.status().index.unsaved.is_none());
    drop(live);
    let live = folder.live();
    assert_eq!((ids(&live, "键盘失灵"), live.status().n_rebuilds), (vec!["a".to_owned()], 0));
}

fn index_files(dir: &std::path::Path) -> Vec<String> {
    let mut files = Vec::new();
    for entry in fs_err::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(index_files(&path));
        } else {
            files.push(kind_of_file(&path));
        }
    }
    files
}

/// Generations and segments have new names each time: a file is told by what stays.
fn kind_of_file(path: &std::path::Path) -> String {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    match name.rsplit_once('.') {
        Some((stem, extension)) if stem.len() == 32 => format!(".{extension}"),
        _ => name,
    }
}

fn find(dir: &std::path::Path, kind: &str) -> Option<PathBuf> {
    for entry in fs_err::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let is_aside = path.to_string_lossy().contains("damaged-");
        if path.is_dir() && !is_aside {
            if let Some(found) = find(&path, kind) {
                return Some(found);
            }
        } else if path.is_file() && kind_of_file(&path) == kind {
            return Some(path);
        }
    }
    None
}

fn flip(path: &std::path::Path) {
    let mut bytes = fs_err::read(path).unwrap();
    if !bytes.is_empty() {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x10;
        fs_err::write(path, bytes).unwrap();
    }
}

fn truncate(path: &std::path::Path) {
    let bytes = fs_err::read(path).unwrap();
    fs_err::write(path, &bytes[..bytes.len() / 2]).unwrap();
}

fn remove(path: &std::path::Path) {
    fs_err::remove_file(path).unwrap();
}

#[test]
fn an_index_of_another_analyzer_serves_until_a_new_one_is_built() {
    let folder = Folder::new(&[("a.md", "# 打印机卡纸\n")]);
    drop(folder.live());
    let identity = || folder.index().join(read_name(&folder)).join("identity.json");
    let own = fs_err::read_to_string(identity()).unwrap();
    let mut other: serde_json::Value = serde_json::from_str(&own).unwrap();
    other["analyzer"] = 0.into();
    fs_err::write(identity(), other.to_string()).unwrap();
    let live = folder.live();
    assert_eq!(ids(&live, "卡纸"), ["a"]);
    eventually("built anew", || live.status().n_rebuilds == 1);
    assert_eq!(fs_err::read_to_string(identity()).unwrap(), own);
}

/// The name of the generation in use.
fn read_name(folder: &Folder) -> String {
    fs_err::read_to_string(folder.index().join("current")).unwrap().trim().to_owned()
}

/// As if the last process had ended with this article in hand.
fn leave_in_hand(folder: &Folder, name: &str) {
    let hash = blake3::hash(&fs_err::read(folder.kb().join(name)).unwrap()).to_hex();
    fs_err::create_dir_all(folder.index()).unwrap();
    let mark = format!("{{\"path\":\"{name}\",\"hash\":\"{hash}\"}}\n");
    fs_err::write(folder.index().join("inflight-0"), mark).unwrap();
}

#[test]
fn an_article_that_ended_the_process_is_left_out_until_it_changes() {
    let folder = Folder::new(&[("a.md", "# 硬盘咔咔响\n"), ("b.md", "# 打印机卡纸\n")]);
    leave_in_hand(&folder, "b.md");
    let live = folder.live();
    assert_eq!((live.status().n_articles, live.status().n_withheld), (1, 1));
    assert!(live.findings().iter().any(|f| f.rule == "crash" && f.path == "b.md"));
    assert!(!live.status().troubles().is_empty());
    folder.write("b.md", "# 打印机冒烟\n");
    eventually("mended", || ids(&live, "冒烟") == ["b"]);
    assert_eq!((live.status().n_articles, live.status().n_withheld), (2, 0));
    assert!(live.status().troubles().is_empty() && live.findings().is_empty());
    drop(live);

    // An edit that ended the process: the version before it is served, after a rebuild as well.
    folder.write("b.md", "# 打印机没反应\n");
    leave_in_hand(&folder, "b.md");
    let live = folder.live();
    eventually("scanned", || live.status().scanned_at.is_some());
    assert_eq!((ids(&live, "冒烟"), live.status().n_withheld), (vec!["b".to_owned()], 1));
    drop(live);
    update_index(&folder.options(), true, &|_, _| ()).unwrap();
    assert_eq!(ids(&folder.live(), "冒烟"), ["b"]);
}
