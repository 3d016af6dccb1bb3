//! The rules of the linter, each with an article that breaks it and the same article mended.
//!
//! `tests/fixtures/invalid` and `tests/fixtures/valid` are two knowledge bases with the same file
//! names.

use std::{
    collections::BTreeSet,
    os::unix::{fs::symlink, net::UnixListener},
    path::{Path, PathBuf},
};

use jiuji::{
    article::Finding,
    check::{FirstHits, Options, RULES, check_folder, fix_folder, mend},
    kb::Root,
    live::open_snapshot,
    search::first_ids,
};

use crate::{
    dice::Dice,
    driver::{TODAY, TestKb},
};

/// What is found in an article: rule, line and column; 0 where the whole file is meant.
type Expected = &'static [(&'static str, u32, u32)];

/// All articles of `tests/fixtures/invalid` in which something is found.
const FOUND: &[(&str, Expected)] = &[
    ("bold-broken.md", &[("bold-broken", 17, 4)]),
    ("branch-form.md", &[("branch-form", 30, 4), ("branch-form", 36, 8)]),
    (
        "broken-link.md",
        &[
            ("broken-link", 13, 16),
            ("broken-link", 18, 8),
            ("broken-link", 18, 22),
            ("broken-link", 18, 42),
        ],
    ),
    ("broken-yaml.md", &[("front-matter", 3, 8)]),
    ("channel-script.md", &[("channel-script", 12, 19)]),
    (
        "code-lang.md",
        &[("code-lang", 31, 4), ("code-lang", 38, 4), ("code-lang", 43, 4), ("code-lang", 48, 4)],
    ),
    (
        "danger-without-warning.md",
        &[("danger-without-warning", 39, 4), ("danger-without-warning", 45, 1)],
    ),
    ("dead-anchor.md", &[("dead-anchor", 17, 4), ("dead-anchor", 17, 17)]),
    ("duplicate-alert-of.md", &[("duplicate-alert", 13, 18)]),
    ("duplicate-alert.md", &[("duplicate-alert", 13, 18)]),
    ("duplicate-of.md", &[("duplicate-title", 3, 8), ("duplicate-title", 12, 11)]),
    ("duplicate-title.md", &[("duplicate-title", 3, 8), ("duplicate-title", 12, 11)]),
    ("empty-section.md", &[("missing-section", 47, 1)]),
    ("encoding.md", &[("encoding", 0, 0)]),
    (
        "front-matter.md",
        &[("front-matter", 1, 1), ("front-matter", 5, 13), ("front-matter", 10, 11)],
    ),
    ("gap-draft.md", &[("gap", 21, 1)]),
    ("gap.md", &[("gap", 4, 10), ("gap", 17, 6)]),
    ("id-mismatch.md", &[("id-mismatch", 2, 5)]),
    ("markup-limit.md", &[("markup-limit", 19, 129)]),
    ("missing-image.md", &[("missing-image", 17, 3), ("missing-image", 18, 3)]),
    ("missing-section.md", &[("missing-section", 19, 1)]),
    (
        "missing-title.md",
        &[("front-matter", 1, 1), ("missing-section", 1, 1), ("missing-title", 1, 1)],
    ),
    ("orphan.md", &[("orphan", 2, 1)]),
    ("review-overdue.md", &[("review-overdue", 11, 1)]),
    (
        "secret-like.md",
        &[
            ("secret-like", 18, 6),
            ("secret-like", 18, 21),
            ("secret-like", 19, 7),
            ("secret-like", 19, 29),
            ("secret-like", 51, 8),
        ],
    ),
    ("section-moved.md", &[("section-order", 47, 1)]),
    (
        "section-order.md",
        &[
            ("section-order", 47, 1),
            ("section-order", 51, 1),
            ("section-order", 55, 1),
            ("section-order", 59, 1),
        ],
    ),
    ("similar-a.md", &[("duplicate-title", 3, 8)]),
    ("similar-b.md", &[("duplicate-title", 3, 8)]),
    ("sub/id-twice.md", &[("id-mismatch", 2, 5), ("id-mismatch", 2, 5)]),
    ("supersedes-mutual.md", &[("supersedes", 13, 14)]),
    ("supersedes-old.md", &[("supersedes", 9, 1)]),
    ("supersedes.md", &[("supersedes", 13, 30)]),
    (
        "title-length.md",
        &[
            ("title-length", 3, 8),
            ("title-length", 4, 1),
            ("title-length", 7, 1),
            ("title-length", 12, 1),
            ("title-length", 12, 11),
            ("title-length", 14, 1),
        ],
    ),
    ("too-many-steps.md", &[("too-many-steps", 32, 1), ("too-many-steps", 44, 1)]),
    ("unknown-system.md", &[("unknown-system", 7, 16), ("unknown-system", 7, 21)]),
    ("wiki-link.md", &[("wiki-link", 17, 4)]),
];

/// Rules that need an index or a vocabulary, and so a test of their own.
const ASKING: [&str; 2] = ["expect", "vocabulary"];

/// Rules about files that cannot be kept in a repository. Their files are made by the test.
const MADE: [&str; 6] =
    ["file-name", "not-a-file", "same-path", "symlink", "too-deep", "too-large"];

/// Rules without a fixture: no article is known that ends the process, who may do anything can read
/// every file, and a quarter of a million files take too long to make.
const WITHOUT: [&str; 3] = ["crash", "too-many-files", "unreadable"];

fn fixtures(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(kind)
}

fn findings(folder: &Path) -> Vec<Finding> {
    let mut options = Options::new(TODAY);
    options.systems = vec!["mes".to_owned()];
    check_folder(&Root::new(folder).unwrap(), &options).unwrap().findings
}

/// A copy of the fixtures that may be changed.
fn copied(kind: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for path in files(&fixtures(kind)) {
        let target = folder.path().join(path.strip_prefix(fixtures(kind)).unwrap());
        fs_err::create_dir_all(target.parent().unwrap()).unwrap();
        fs_err::copy(path, target).unwrap();
    }
    folder
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

#[test]
fn each_seeded_fault_is_found_at_its_place_and_nothing_else() {
    let found: Vec<_> = findings(&fixtures("invalid"))
        .into_iter()
        .map(|f| (f.path, f.rule, f.line.unwrap_or(0), f.column.unwrap_or(0)))
        .collect();
    let expected: Vec<_> = FOUND
        .iter()
        .flat_map(|(path, faults)| faults.iter().map(move |fault| (*path, *fault)))
        .map(|(path, (rule, line, column))| (path.to_owned(), rule.to_owned(), line, column))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn every_finding_says_what_to_do() {
    for finding in findings(&fixtures("invalid")) {
        let rule = RULES.iter().find(|rule| rule.name == finding.rule);
        let rule = rule.unwrap_or_else(|| panic!("{} is not listed", finding.rule));
        assert!(finding.hint.is_some_and(|hint| !hint.is_empty()), "{}", finding.rule);
        // The more a finding matters, the less its level is: a rule is listed with its worst.
        assert!(rule.level <= finding.level, "{}", finding.rule);
    }
}

#[test]
fn mended_articles_have_no_findings() {
    assert_eq!(findings(&fixtures("valid")), []);
}

#[test]
fn each_broken_article_has_a_mended_twin() {
    let names = |kind: &str| -> Vec<_> {
        let files = files(&fixtures(kind)).into_iter();
        files.map(|path| path.strip_prefix(fixtures(kind)).unwrap().to_owned()).collect()
    };
    assert_eq!(names("invalid"), names("valid"));
}

#[test]
fn every_listed_rule_has_a_fixture() {
    let seeded = FOUND.iter().flat_map(|(_, faults)| faults.iter().map(|(rule, ..)| *rule));
    let covered: BTreeSet<_> = seeded.chain(MADE).chain(ASKING).chain(WITHOUT).collect();
    let listed: BTreeSet<_> = RULES.iter().map(|rule| rule.name).collect();
    assert_eq!(covered, listed);
}

/// What is found in one article that expects `queries`, beside the valid ones, and in a file of
/// synonyms.
fn asked(queries: &str, synonyms: &str) -> Vec<(String, String, Option<u32>)> {
    let kb = TestKb::new();
    for path in files(&fixtures("valid")) {
        let name = path.strip_prefix(fixtures("valid")).unwrap().to_str().unwrap();
        kb.write(name, fs_err::read(&path).unwrap());
    }
    let text = fs_err::read_to_string(fixtures("valid").join("wiki-link.md")).unwrap();
    kb.write(
        "wiki-link.md",
        text.replacen("channels:", &format!("expect: {queries}\nchannels:"), 1),
    );
    kb.words("synonyms.txt", synonyms);
    let options = kb.options();
    let snapshot = open_snapshot(&options).unwrap();
    let first_hits = FirstHits::new(move |query| first_ids(&snapshot, query).ok());
    let options = Options {
        first_hits: Some(first_hits),
        vocabulary: options.vocabulary,
        ..Options::new(TODAY)
    };
    let report = check_folder(&Root::new(kb.root()).unwrap(), &options).unwrap();
    let asking = report.findings.into_iter().filter(|f| ASKING.contains(&f.rule.as_str()));
    asking.map(|f| (f.rule, f.path.rsplit('/').next().unwrap().to_owned(), f.line)).collect()
}

#[test]
fn expected_queries_are_asked_and_vocabulary_files_looked_through() {
    assert_eq!(asked("[监控画面没了]", "断网, 没网\n宕机, 挂了\n"), []);
    let found = asked("[监控画面没了, 邮箱空间满了怎么办]", "断网, 没网\n宕机, 没网\n");
    let place = |rule: &str, file: &str, line| (rule.to_owned(), file.to_owned(), Some(line));
    assert_eq!(
        found.into_iter().collect::<BTreeSet<_>>(),
        [place("expect", "wiki-link.md", 12), place("vocabulary", "synonyms.txt", 2)].into(),
    );
}

#[test]
fn files_that_cannot_be_articles_are_found() {
    let folder = copied("valid");
    let path = |name: &str| folder.path().join(name);
    fs_err::write(path("a\u{7}.md"), "").unwrap();
    let _socket = UnixListener::bind(path("socket.md")).unwrap();
    for name in ["caf\u{e9}.md", "cafe\u{301}.md"] {
        fs_err::write(path(name), "").unwrap();
    }
    symlink("/etc/hostname", path("outside.md")).unwrap();
    fs_err::create_dir_all(path(&"d/".repeat(33))).unwrap();
    fs_err::write(path("large.md"), vec![b'x'; (1 << 20) + 1]).unwrap();
    let found: BTreeSet<_> = findings(folder.path()).into_iter().map(|f| f.rule).collect();
    for rule in MADE {
        assert!(found.contains(rule), "{rule} is not among {found:?}");
    }
}

#[test]
fn what_can_be_mended_is_mended_once_and_the_rest_stays() {
    let folder = copied("invalid");
    let root = Root::new(folder.path()).unwrap();
    let mended: Vec<_> = fix_folder(&root, &|_| true).unwrap();
    let paths: Vec<_> = mended.iter().map(|mend| mend.path.as_str()).collect();
    assert_eq!(paths, ["code-lang.md", "encoding.md", "section-moved.md"]);
    assert!(mended.iter().all(|mend| mend.left.is_none()), "{mended:?}");
    for path in &paths {
        assert_eq!(
            fs_err::read_to_string(folder.path().join(path)).unwrap(),
            fs_err::read_to_string(fixtures("valid").join(path)).unwrap(),
            "{path}"
        );
    }
    let is_mended = |finding: &&Finding| paths.contains(&finding.path.as_str());
    assert_eq!(findings(folder.path()).iter().find(is_mended), None);
    for path in files(&fixtures("invalid")) {
        let name = path.strip_prefix(fixtures("invalid")).unwrap();
        if !paths.iter().any(|path| Path::new(path) == name) {
            let now = fs_err::read(folder.path().join(name)).unwrap();
            assert_eq!(now, fs_err::read(&path).unwrap(), "{}", name.display());
        }
    }
    assert_eq!(fix_folder(&root, &|_| true).unwrap(), []);
}

#[test]
fn mending_twice_is_mending_once_whatever_the_article() {
    let mut dice = Dice::of("mending_twice_is_mending_once_whatever_the_article");
    let all = files(&fixtures("invalid")).into_iter().chain(files(&fixtures("valid")));
    let texts: Vec<_> = all.filter_map(|path| fs_err::read_to_string(path).ok()).collect();
    let blocks: Vec<_> = texts.iter().flat_map(|text| text.split_inclusive("\n\n")).collect();
    let mut n_mended = 0;
    for _ in 0..400 {
        let n = dice.between(1, 12);
        let body: String = (0..n).map(|_| *dice.pick(&blocks)).collect();
        let text =
            format!("# 题\n\n{body}").replace('\n', if dice.below(2) == 0 { "\n" } else { "\r\n" });
        let Some(once) = mend("a.md", &text) else { continue };
        n_mended += 1;
        assert_ne!(once.text, text, "something is said to be mended");
        assert_eq!(mend("a.md", &once.text), None, "{text}");
    }
    assert!(n_mended > 10, "{n_mended}");
}
