use std::os::unix::fs::symlink;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::*;

/// A knowledge base folder in the making.
struct Kb {
    parent: tempfile::TempDir,
}

impl Kb {
    fn new() -> Self {
        let kb = Self { parent: tempfile::tempdir().unwrap() };
        fs_err::create_dir(kb.path("")).unwrap();
        kb
    }

    fn path(&self, path: &str) -> PathBuf {
        self.parent.path().join("kb").join(path)
    }

    fn root(&self) -> Root {
        Root::new(self.path("")).unwrap()
    }

    fn file(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        fs_err::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs_err::write(self.path(path), text).unwrap();
        self
    }

    fn link(self, path: &str, target: impl AsRef<Path>) -> Self {
        symlink(target, self.path(path)).unwrap();
        self
    }

    fn fifo(self, path: &str) -> Self {
        mknodat(CWD, self.path(path), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        self
    }

    fn scan(&self) -> Scan {
        scan(&self.root()).unwrap()
    }

    /// The scan sees exactly these articles, and `look` agrees with it about each of them.
    fn sees(&self, paths: &[&str]) -> &Self {
        let scan = self.scan();
        assert_eq!(scan.files.keys().collect::<Vec<_>>(), paths);
        for (path, seen) in &scan.files {
            assert_eq!(look(&self.root(), path).unwrap().as_ref(), Some(seen), "{path}");
        }
        self
    }

    /// Nothing but these rules is found, each at its path.
    fn finds(&self, expected: &[(&str, &str)]) -> &Self {
        let found = self.scan().findings;
        let found: Vec<_> =
            found.iter().map(|finding| (finding.path.as_str(), finding.rule.as_str())).collect();
        assert_eq!(found, expected);
        self
    }
}

#[test]
fn articles_are_found_in_all_folders_with_hash_and_size() {
    let kb = Kb::new().file("断网.md", "# 断网\n").file("a/b/overview.MD", "x").file("a/b.md", "");
    kb.sees(&["a/b.md", "a/b/overview.MD", "断网.md"]).finds(&[]);
    let seen = kb.scan().files.remove("断网.md").unwrap();
    assert_eq!(seen.hash, blake3::hash("# 断网\n".as_bytes()).to_hex().to_string());
    assert_eq!(seen.size, 9);
    assert_eq!(seen.os_path, kb.path("断网.md").canonicalize().unwrap());
}

#[test]
fn what_is_no_article_is_passed_over_in_silence() {
    let kb = Kb::new()
        .file("a.md", "a")
        .file("README.md", "x")
        .file("sub/readme.MD", "x")
        .file(".git/x.md", "x")
        .file("_drafts/x.md", "x")
        .file("_template.md", "x")
        .file("a.md~", "x")
        .file("#a.md#", "x")
        .file("4913", "x")
        .file("images/a.png", "x")
        .link(".#a.md", "nobody@nowhere:1");
    kb.sees(&["a.md"]).finds(&[]);
    for path in ["README.md", ".git/x.md", "_drafts/x.md", "a.md~", "images/a.png", "images"] {
        assert_eq!(look(&kb.root(), path).unwrap(), None, "{path}");
    }
}

#[test]
fn an_edit_of_the_same_length_changes_the_hash() {
    let kb = Kb::new().file("a.md", "alpha");
    let before = kb.scan().files.remove("a.md").unwrap();
    let kb = kb.file("a.md", "gamma");
    let same_time = fs_err::OpenOptions::new().write(true).open(kb.path("a.md")).unwrap();
    same_time.set_modified(before.modified).unwrap();
    let after = kb.scan().files.remove("a.md").unwrap();
    assert_eq!((before.size, before.modified), (after.size, after.modified));
    assert_ne!(before.hash, after.hash);
}

#[test]
fn links_are_followed_to_articles_of_the_folder_only() {
    let kb = Kb::new().file("a.md", "inside").file(".git/config", "token").file("sub/b.md", "b");
    fs_err::write(kb.parent.path().join("secret.md"), "outside").unwrap();
    fs_err::create_dir(kb.parent.path().join("kb-evil")).unwrap();
    fs_err::write(kb.parent.path().join("kb-evil/x.md"), "outside").unwrap();
    let kb = kb
        .link("same.md", "a.md")
        .link("outside.md", "../secret.md")
        .link("prefix.md", "../kb-evil/x.md")
        .link("passwd.md", "/etc/passwd")
        .link("config.md", ".git/config")
        .link("dangling.md", "gone.md")
        .link("loop.md", "loop.md")
        .link("folder", "sub")
        .link("top", ".")
        .link("image", "a.md");
    kb.sees(&["a.md", "same.md", "sub/b.md"]).finds(&[
        ("config.md", "symlink"),
        ("dangling.md", "symlink"),
        ("folder", "symlink"),
        ("loop.md", "symlink"),
        ("outside.md", "symlink"),
        ("passwd.md", "symlink"),
        ("prefix.md", "symlink"),
        ("top", "symlink"),
    ]);
    assert_eq!(look(&kb.root(), "outside.md").unwrap_err().rule, "symlink");
    assert_eq!(look(&kb.root(), "folder/b.md").unwrap(), None);
    assert_eq!(look(&kb.root(), "../secret.md").unwrap(), None);
    assert_eq!(look(&kb.root(), "/etc/passwd.md").unwrap(), None);
}

#[test]
fn a_linked_root_is_followed_wherever_it_leads_now() {
    let kb = Kb::new().file("a.md", "old");
    let current = kb.parent.path().join("current");
    symlink(kb.path(""), &current).unwrap();
    let root = Root::new(&current).unwrap();
    assert_eq!(scan(&root).unwrap().files.len(), 1);
    fs_err::create_dir(kb.parent.path().join("next")).unwrap();
    fs_err::remove_file(&current).unwrap();
    symlink(kb.parent.path().join("next"), &current).unwrap();
    assert_eq!(scan(&root).unwrap().files.len(), 0);
}

#[test]
fn pipes_and_oversized_files_are_reported_and_never_waited_for() {
    let kb = Kb::new().file("a.md", "a").fifo("pipe.md").fifo("pipe");
    let large = fs_err::File::create(kb.path("large.md")).unwrap();
    large.set_len(1 << 30).unwrap();
    kb.sees(&["a.md"]).finds(&[("large.md", "too-large"), ("pipe.md", "not-a-file")]);
    assert_eq!(look(&kb.root(), "large.md").unwrap_err().rule, "too-large");
    assert!(kb.scan().is_unreadable("large.md"), "its last good version must stay");
    assert!(!kb.scan().is_unreadable("a.md"));
}

#[test]
fn names_that_differ_in_unicode_form_only_give_one_article() {
    let kb = Kb::new().file("caf\u{e9}.md", "composed").file("cafe\u{301}.md", "decomposed");
    kb.sees(&["caf\u{e9}.md"]).finds(&[("caf\u{e9}.md", "same-path")]);
    let seen = look(&kb.root(), "cafe\u{301}.md").unwrap().unwrap();
    assert_eq!(fs_err::read_to_string(seen.os_path).unwrap(), "decomposed", "first in byte order");
}

#[test]
fn twins_in_twin_folders_are_settled_alike_by_scan_and_look() {
    let kb = Kb::new().file("e\u{301}/a.md", "1").file("\u{e9}/a.md", "2").file("\u{e9}/b.md", "3");
    kb.finds(&[("\u{e9}/a.md", "same-path")]);
    let scanned = kb.scan();
    for path in ["\u{e9}/a.md", "\u{e9}/b.md"] {
        assert_eq!(look(&kb.root(), path).unwrap().as_ref(), scanned.files.get(path), "{path}");
    }
}

#[test]
fn unusable_names_are_reported_in_printable_form() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let kb =
        Kb::new().file("line\nbreak.md", "x").file("esc\u{1b}/a.md", "x").file("bell\u{7}", "");
    fs_err::write(kb.path("").join(OsStr::from_bytes(b"\xb6\xcf\xcd\xf8.md")), "x").unwrap();
    kb.sees(&[]);
    let findings = kb.scan().findings;
    assert_eq!(findings.len(), 3);
    for finding in findings {
        assert_eq!(finding.rule, "file-name");
        assert!(finding.path.contains('\u{fffd}') && !finding.path.contains(char::is_control));
    }
}

#[test]
fn folders_are_read_down_to_the_limit() {
    let deep = |depth: usize| format!("{}a.md", "d/".repeat(depth));
    let kb = Kb::new().file(&deep(walk::MAX_DEPTH), "x").file(&deep(200), "x");
    let folder = deep(walk::MAX_DEPTH + 1).trim_end_matches("/a.md").to_owned();
    kb.sees(&[&deep(walk::MAX_DEPTH)]).finds(&[(&folder, "too-deep")]);
    assert_eq!(look(&kb.root(), &deep(walk::MAX_DEPTH + 1)).unwrap(), None);
}

#[test]
fn a_folder_that_is_gone_is_an_error_and_not_empty() {
    let kb = Kb::new().file("a.md", "a");
    let root = kb.root();
    fs_err::remove_dir_all(kb.path("")).unwrap();
    assert!(matches!(scan(&root), Err(ScanError::Root { .. })));
    assert_eq!(look(&root, "a.md").unwrap_err().rule, "unreadable");
    fs_err::write(kb.parent.path().join("kb"), "a file").unwrap();
    assert!(matches!(scan(&root), Err(ScanError::Root { .. })));
    fs_err::remove_file(kb.parent.path().join("kb")).unwrap();
    let kb = kb.file("b.md", "b");
    assert_eq!(look(&root, "a.md").unwrap(), None);
    kb.sees(&["b.md"]);
}

#[test]
fn what_lies_in_an_unreadable_folder_may_exist() {
    let unreadable = ["a".to_owned(), "b/c.md".to_owned()].into();
    let scan = Scan { unreadable, ..Scan::default() };
    let table = [
        ("a/x.md", true),
        ("a/b/x.md", true),
        ("ab/x.md", false),
        ("b/c.md", true),
        ("b/d.md", false),
    ];
    for (path, expected) in table {
        assert_eq!(scan.is_unreadable(path), expected, "{path}");
    }
}
