use std::{
    collections::BTreeSet,
    io::Write,
    time::{Duration, Instant},
};

use super::*;

/// A watched folder, with a vocabulary folder beside it.
struct Watched {
    folder: tempfile::TempDir,
    hints: Arc<Hints>,
    watch: Watch,
}

impl Watched {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for path in ["kb/网络", "kb/.git", "index/data"] {
            fs_err::create_dir_all(folder.path().join(path)).unwrap();
        }
        fs_err::write(folder.path().join("kb/a.md"), "before").unwrap();
        let hints = Arc::new(Hints::default());
        let root = Root::new(folder.path().join("kb")).unwrap();
        let vocabulary = folder.path().join("index");
        let watch = Watch::start(&root, Some(&vocabulary), Arc::clone(&hints)).unwrap();
        Self { folder, hints, watch }
    }

    fn root(&self) -> Root {
        Root::new(self.path("kb")).unwrap()
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, path: &str) -> &Self {
        fs_err::write(self.path(path), "after").unwrap();
        self
    }

    fn rename(&self, from: &str, to: &str) -> &Self {
        fs_err::rename(self.path(from), self.path(to)).unwrap();
        self
    }

    fn remove(&self, path: &str) -> &Self {
        fs_err::remove_file(self.path(path)).unwrap();
        self
    }

    /// All hints since the last call. A file written last tells that all others have come; it is
    /// written again when a rescan swallowed its hint.
    fn all_hints(&self) -> Vec<Hint> {
        let deadline = Instant::now() + Duration::from_secs(10);
        let mut got = BTreeSet::new();
        while !got.remove(&file("end.md")) {
            assert!(Instant::now() < deadline, "no hint came; before: {got:?}");
            self.write("kb/end.md");
            got.extend(self.hints.wait(Duration::from_millis(100)));
        }
        // A file that was closed after it was made may come in another piece.
        let closed: BTreeSet<Hint> = got.clone();
        got.retain(|hint| match hint {
            Hint::New(path) => path != "end.md" && !closed.contains(&file(path)),
            _ => true,
        });
        got.into_iter().collect()
    }
}

fn file(path: &str) -> Hint {
    Hint::File(path.to_owned())
}

fn append(path: &Path) {
    fs_err::OpenOptions::new().append(true).open(path).unwrap().write_all(b"more").unwrap();
}

#[test]
fn every_style_of_saving_is_noticed_and_nothing_else() {
    type Save = fn(&Watched);
    let table: [(&str, Save); 8] = [
        ("in place", |kb| {
            kb.write("kb/a.md");
        }),
        ("append", |kb| append(&kb.path("kb/a.md"))),
        ("hidden file over the old", |kb| {
            kb.write("kb/.a.md.tmp").rename("kb/.a.md.tmp", "kb/a.md");
        }),
        ("visible file over the old", |kb| {
            kb.write("kb/a.md.tmp1").rename("kb/a.md.tmp1", "kb/a.md");
        }),
        ("sed -i", |kb| {
            kb.write("kb/sedAbC123").rename("kb/sedAbC123", "kb/a.md");
        }),
        ("backup, new file, backup deleted", |kb| {
            kb.write("kb/4913").remove("kb/4913").rename("kb/a.md", "kb/a.md~");
            kb.write("kb/a.md").remove("kb/a.md~");
        }),
        ("delete, then create", |kb| {
            kb.remove("kb/a.md").write("kb/a.md");
        }),
        ("delete", |kb| {
            kb.remove("kb/a.md");
        }),
    ];
    for (style, save) in table {
        let kb = Watched::new();
        save(&kb);
        assert_eq!(kb.all_hints(), [file("a.md")], "{style}");
        assert!(kb.watch.covers(&kb.root()), "{style}");
    }
}

#[test]
fn a_link_is_noticed_although_it_is_never_closed() {
    let kb = Watched::new();
    fs_err::hard_link(kb.path("kb/a.md"), kb.path("kb/hard.md")).unwrap();
    fs_err::os::unix::fs::symlink("a.md", kb.path("kb/soft.md")).unwrap();
    assert_eq!(kb.all_hints(), ["hard.md", "soft.md"].map(|path| Hint::New(path.to_owned())));
}

#[test]
fn the_second_save_by_rename_is_noticed_too() {
    let kb = Watched::new();
    for _ in 0..3 {
        kb.write("kb/.tmp").rename("kb/.tmp", "kb/a.md");
        assert_eq!(kb.all_hints(), [file("a.md")]);
    }
}

#[test]
fn a_renamed_article_is_two_changes() {
    let kb = Watched::new();
    kb.rename("kb/a.md", "kb/网络/b.md");
    assert_eq!(kb.all_hints(), [file("a.md"), file("网络/b.md")]);
}

#[test]
fn folders_that_come_and_go_call_for_a_scan_and_are_watched_from_then_on() {
    let kb = Watched::new();
    fs_err::create_dir_all(kb.path("other/deep")).unwrap();
    kb.write("other/deep/x.md").rename("other", "kb/other");
    assert_eq!(kb.all_hints(), [Hint::Rescan], "moved in");
    kb.write("kb/other/deep/x.md");
    assert_eq!(kb.all_hints(), [file("other/deep/x.md")]);

    fs_err::create_dir(kb.path("kb/new")).unwrap();
    assert_eq!(kb.all_hints(), [Hint::Rescan], "made");
    kb.rename("kb/other/deep/x.md", "kb/new/x.md");
    assert_eq!(kb.all_hints(), [file("new/x.md"), file("other/deep/x.md")]);

    kb.rename("kb/new", "kb/newer");
    assert_eq!(kb.all_hints(), [Hint::Rescan], "renamed");
    kb.write("kb/newer/x.md");
    assert_eq!(kb.all_hints(), [file("newer/x.md")]);

    kb.rename("kb/other", "away");
    assert_eq!(kb.all_hints(), [Hint::Rescan], "moved out");
    fs_err::remove_dir_all(kb.path("kb/newer")).unwrap();
    assert!(kb.all_hints().contains(&Hint::Rescan), "deleted");
    assert!(kb.watch.covers(&kb.root()));
}

#[test]
fn files_that_are_no_articles_are_no_hints() {
    let kb = Watched::new();
    kb.write("kb/.git/x.md").write("kb/a.png").write("kb/README.md").write("index/data/x.txt");
    fs_err::read(kb.path("kb/a.md")).unwrap();
    assert_eq!(kb.all_hints(), []);
}

#[test]
fn a_vocabulary_file_is_noticed() {
    let kb = Watched::new();
    kb.write("index/synonyms.txt");
    assert_eq!(kb.all_hints(), [Hint::Vocabulary]);
    kb.write("index/.tmp").rename("index/.tmp", "index/synonyms.txt");
    assert_eq!(kb.all_hints(), [Hint::Vocabulary]);
}

#[test]
fn a_watch_on_a_folder_that_was_exchanged_is_known_to_be_blind() {
    let kb = Watched::new();
    kb.rename("kb", "old");
    assert!(!kb.watch.covers(&kb.root()), "gone");
    fs_err::create_dir(kb.path("kb")).unwrap();
    assert!(kb.hints.wait(Duration::from_secs(10)).contains(&Hint::Rescan));
    assert!(!kb.watch.covers(&kb.root()), "another folder in its place");
    let next = Watch::start(&kb.root(), None, Arc::clone(&kb.hints)).unwrap();
    assert!(next.covers(&kb.root()));
    assert_eq!(kb.all_hints(), []);
}

#[test]
fn a_missing_knowledge_base_cannot_be_watched_and_a_missing_vocabulary_need_not() {
    let folder = tempfile::tempdir().unwrap();
    let missing = Root::new(folder.path().join("kb")).unwrap();
    let start = |root, vocabulary: &str| {
        Watch::start(root, Some(&folder.path().join(vocabulary)), Arc::default())
    };
    assert!(matches!(start(&missing, ""), Err(WatchError::Root(_))));
    let root = Root::new(folder.path()).unwrap();
    assert!(start(&root, "index").unwrap().covers(&root));
}
