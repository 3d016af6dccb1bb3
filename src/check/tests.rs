//! Stories about whole folders, with the real parser.

use time::macros::date;

use super::*;
use crate::kb::{Root, ScanError};

const GOOD: &str = "\
---
id: a
title: 上不了网
summary: 先看网线
fault_type: network
severity: p3
systems: [lan]
tier: l1
status: published
owner: 网络组
reviewed: 2026-11-20
related: [b]
---

## 现象

- 打不开网页，不是这篇：[打印机](sub/b.md)
";

/// Checks a folder with these files.
fn check_files(files: &[(&str, &[u8])]) -> Report {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }
    check_folder(&Root::new(folder.path()).unwrap(), &Options::new(date!(2026 - 11 - 23))).unwrap()
}

/// Path, rule, level and line of all findings of some rules.
fn places<'a>(report: &'a Report, rules: &[&str]) -> Vec<(&'a str, &'a str, Option<u32>)> {
    let findings = report.findings.iter().filter(|finding| rules.contains(&finding.rule.as_str()));
    findings.map(|finding| (finding.path.as_str(), finding.rule.as_str(), finding.line)).collect()
}

#[test]
fn articles_that_lead_to_each_other_have_no_broken_links() {
    let b = GOOD.replace("id: a", "id: b").replace("[b]", "[a]").replace("sub/b.md", "../a.md");
    let report = check_files(&[("a.md", GOOD.as_bytes()), ("sub/b.md", b.as_bytes())]);
    assert_eq!(places(&report, &["broken-link", "dead-anchor", "orphan"]), []);
    assert_eq!(report.n_articles, 2);
}

#[test]
fn links_and_ids_that_lead_nowhere_are_shown_at_their_place() {
    let report = check_files(&[("a.md", GOOD.as_bytes())]);
    assert_eq!(
        places(&report, &["broken-link"]),
        [("a.md", "broken-link", Some(12)), ("a.md", "broken-link", Some(17))]
    );
    let text = render::human::render(&report, false);
    assert!(text.contains("[打印机](sub/b.md)"), "{text}");
}

#[test]
fn a_second_file_with_the_same_id_is_an_error() {
    let report = check_files(&[("a.md", GOOD.as_bytes()), ("sub/b.md", GOOD.as_bytes())]);
    let mismatches = places(&report, &["id-mismatch"]);
    assert!(mismatches.contains(&("sub/b.md", "id-mismatch", Some(2))), "{mismatches:?}");
    assert!(report.fails(false));
}

#[test]
fn files_that_are_broken_or_unreadable_are_counted_and_do_not_hide_others() {
    let gb18030 = encoding_rs::GB18030.encode("# 断网\n").0.into_owned();
    let report = check_files(&[
        ("a.md", "---\ntitle: [\n---\n# 上不了网\n".as_bytes()),
        ("b.md", &gb18030),
        ("c.md", &[0xff, 0xff, 0xff]),
        ("d.md", &vec![b'x'; (1 << 20) + 1]),
    ]);
    assert_eq!(report.n_articles, 2);
    let found = places(&report, &["front-matter", "encoding", "too-large"]);
    for (path, rule) in [
        ("a.md", "front-matter"),
        ("b.md", "encoding"),
        ("c.md", "encoding"),
        ("d.md", "too-large"),
    ] {
        assert!(found.iter().any(|(p, r, _)| (*p, *r) == (path, rule)), "{path} {found:?}");
    }
    assert!(report.findings.is_sorted());
}

#[test]
fn a_folder_that_is_not_there_cannot_be_checked() {
    let folder = tempfile::tempdir().unwrap();
    let missing = Root::new(folder.path().join("kb")).unwrap();
    let outcome = check_folder(&missing, &Options::new(date!(2026 - 11 - 23)));
    assert!(matches!(outcome, Err(ScanError::Root { .. })));
}
