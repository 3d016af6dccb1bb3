//! Against scratch repositories, with git as it is installed.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use tempfile::TempDir;

use super::*;

/// A folder that may become a repository.
struct Folder {
    dir: TempDir,
}

impl Folder {
    fn new() -> Self {
        let folder = Self { dir: tempfile::tempdir().unwrap() };
        fs_err::create_dir(folder.kb()).unwrap();
        folder
    }

    /// A repository whose articles are in a folder below its top.
    fn repository() -> Self {
        let folder = Self::new();
        folder.git(&["init", "--quiet", "--initial-branch=main"]);
        folder
    }

    fn kb(&self) -> PathBuf {
        self.dir.path().join("kb")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.kb().join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }

    fn commit(&self, subject: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", subject]);
    }

    /// Writes a file and commits it.
    fn save(&self, path: &str, subject: &str) {
        self.write(path, subject);
        self.commit(subject);
    }

    fn git(&self, args: &[&str]) {
        self.output_of(args, "");
    }

    /// What git prints when it reads `input`.
    fn output_of(&self, args: &[&str], input: &str) -> String {
        let mut git = Command::new("git");
        git.current_dir(self.dir.path()).args(args);
        for role in ["AUTHOR", "COMMITTER"] {
            git.env(format!("GIT_{role}_NAME"), "nobody");
            git.env(format!("GIT_{role}_EMAIL"), "nobody@example.com");
            git.env(format!("GIT_{role}_DATE"), "2026-11-20T09:30:00+08:00");
        }
        for name in git::OF_ANOTHER {
            git.env_remove(name);
        }
        let mut child = git.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{args:?}");
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// Gives the last commit a signature that somebody would have to check.
    fn sign(&self) {
        let commit = self.output_of(&["cat-file", "commit", "HEAD"], "");
        let (head, message) = commit.split_once("\n\n").unwrap();
        let signature = "-----BEGIN PGP SIGNATURE-----\n \n iQ==\n -----END PGP SIGNATURE-----";
        let signed = format!("{head}\ngpgsig {signature}\n\n{message}\n");
        let hash = self.output_of(&["hash-object", "-t", "commit", "-w", "--stdin"], &signed);
        self.git(&["update-ref", "HEAD", &hash]);
    }

    fn history(&self) -> History {
        History::new(self.kb())
    }
}

async fn changes(history: &History, path: &str) -> Option<(Vec<String>, bool)> {
    let changes = history.changes(path).await.unwrap()?;
    let subjects = changes.changes.iter().map(|change| change.subject.clone()).collect();
    Some((subjects, changes.truncated))
}

fn found(subjects: &[&str]) -> Option<(Vec<String>, bool)> {
    Some((subjects.iter().map(|subject| (*subject).to_owned()).collect(), false))
}

#[tokio::test]
async fn the_last_change_comes_first_whatever_the_name() {
    let folder = Folder::repository();
    let names = ["a.md", "网络/断 网.md", "-p.md", "*.md", "[a].md", ":(top)a.md", "q\"'.md"];
    for name in names {
        folder.save(name, &format!("add {name}"));
    }
    folder.save("a.md", "补上升级条件");
    let history = folder.history();
    assert!(history.is_likely());
    assert_eq!(changes(&history, "a.md").await, found(&["补上升级条件", "add a.md"]));
    for name in names.iter().skip(1) {
        assert_eq!(changes(&history, name).await, found(&[&format!("add {name}")]), "{name}");
    }
    let last = &history.changes("a.md").await.unwrap().unwrap().changes[0];
    assert_eq!(last.date, "2026-11-20T09:30:00+08:00");
    assert!(last.hash.len() >= 4 && last.hash.bytes().all(|b| b.is_ascii_hexdigit()), "{last:?}");
    folder.write("new.md", "not yet committed");
    assert_eq!(changes(&history, "new.md").await, found(&[]));
    assert_eq!(changes(&history, "gone.md").await, found(&[]));
}

#[tokio::test]
async fn a_commit_is_seen_at_once_and_nothing_else_asks_twice() {
    let folder = Folder::repository();
    folder.save("a.md", "one");
    let history = folder.history();
    let first = history.changes("a.md").await.unwrap().unwrap();
    let again = history.changes("a.md").await.unwrap().unwrap();
    assert!(Arc::ptr_eq(&first, &again));
    folder.save("a.md", "two");
    assert_eq!(changes(&history, "a.md").await, found(&["two", "one"]));
}

#[tokio::test]
async fn without_a_repository_there_is_no_history() {
    let folder = Folder::new();
    folder.write("a.md", "x");
    assert_eq!(changes(&folder.history(), "a.md").await, None);
    let missing = History::new(folder.dir.path().join("missing"));
    assert_eq!(changes(&missing, "a.md").await, None);
    let empty = Folder::repository();
    empty.write("a.md", "x");
    assert_eq!(changes(&empty.history(), "a.md").await, None);
    let inside = History::new(empty.dir.path().join(".git"));
    assert_eq!(changes(&inside, "a.md").await, None);
}

#[tokio::test]
async fn only_the_latest_changes_are_told_and_long_subjects_cut() {
    let folder = Folder::repository();
    for n in 0..=MAX_CHANGES {
        folder.save("a.md", &format!("change {n}"));
    }
    let (subjects, truncated) = changes(&folder.history(), "a.md").await.unwrap();
    assert_eq!((subjects.len(), subjects[0].as_str(), truncated), (20, "change 20", true));
    folder.save("b.md", &"很长的说明".repeat(1_000));
    let (subjects, _) = changes(&folder.history(), "b.md").await.unwrap();
    assert!((50..=160).contains(&subjects[0].chars().count()), "{}", subjects[0]);
}

#[tokio::test]
async fn the_edge_of_a_shallow_clone_is_no_change() {
    let folder = Folder::repository();
    folder.save("a.md", "one");
    folder.save("b.md", "two");
    folder.save("b.md", "three");
    let clone = Folder { dir: tempfile::tempdir().unwrap() };
    let origin = format!("file://{}", folder.dir.path().display());
    let target = clone.dir.path().join("clone");
    clone.git(&["clone", "--quiet", "--depth=2", &origin, target.to_str().unwrap()]);
    let history = History::new(target.join("kb"));
    assert_eq!(changes(&history, "b.md").await, Some((vec!["three".to_owned()], true)));
    assert_eq!(changes(&history, "a.md").await, Some((vec![], true)));
}

#[tokio::test]
async fn nothing_that_a_repository_names_is_run() {
    let folder = Folder::repository();
    folder.save("a.md", "one");
    let mark = folder.dir.path().join("was-run");
    let program = folder.dir.path().join("program");
    let script = format!("#!/bin/sh\ntouch '{}'\n", mark.display());
    fs_err::write(&program, script).unwrap();
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs_err::set_permissions(&program, executable).unwrap();
    let program = program.to_str().unwrap();
    for name in ["core.fsmonitor", "core.pager", "pager.log", "gpg.program", "core.sshCommand"] {
        folder.git(&["config", name, program]);
    }
    folder.git(&["config", "log.showSignature", "true"]);
    folder.sign();
    folder.git(&["log", "--oneline"]);
    assert!(mark.exists(), "git would run it otherwise");
    fs_err::remove_file(&mark).unwrap();
    assert_eq!(changes(&folder.history(), "a.md").await, found(&["one"]));
    assert!(!mark.exists());
}

#[tokio::test]
async fn two_at_a_time_and_no_more() {
    let folder = Folder::repository();
    folder.save("a.md", "one");
    let history = folder.history();
    let places = history.places.acquire_many(2).await.unwrap();
    assert_eq!(history.changes("a.md").await, Err(HistoryError::Busy));
    drop(places);
    assert_eq!(changes(&history, "a.md").await, found(&["one"]));
}

#[test]
fn output_is_read_by_fields() {
    let table = [
        ("", false, vec![], false),
        ("a1\0d\0p\0one  \0b2\0d\0\0two\0", false, vec!["one", "two"], false),
        ("a1\0d\0p\0one\0b2\0d\0\0two\0", true, vec!["one"], true),
        ("a1\0d\0p\0one\0b2\0d", false, vec!["one"], false),
    ];
    for (output, is_shallow, expected, is_truncated) in table {
        let changes = parse(output, is_shallow);
        let subjects: Vec<_> = changes.changes.iter().map(|c| c.subject.as_str()).collect();
        assert_eq!((subjects, changes.truncated), (expected, is_truncated), "{output:?}");
    }
}

#[test]
fn a_head_is_a_commit_in_a_work_tree() {
    let head = |is_shallow| Some(Head { hash: "ab12".into(), is_shallow });
    let table = [
        ("true\nfalse\nab12\n", head(false)),
        ("true\ntrue\nab12\n", head(true)),
        ("false\nfalse\nab12\n", None),
        ("true\nfalse\nHEAD^{commit}\n", None),
        ("true\n", None),
    ];
    for (output, expected) in table {
        assert_eq!(parse_head(output), expected, "{output:?}");
    }
}
