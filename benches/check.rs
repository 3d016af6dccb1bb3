//! How long does a check of a whole folder take? Milliseconds for the shipped articles and for a
//! thousand that are recombined from their sections.

#![expect(clippy::unwrap_used, reason = "a bench may fail, and prints its figures")]

#[expect(dead_code, reason = "shared by several benches")]
mod corpus;

use std::{collections::BTreeMap, path::Path};

use corpus::Random;
use criterion::{Criterion, criterion_group, criterion_main};
use jiuji::{
    check::{Options, Report, check_folder},
    kb::Root,
};
use time::macros::date;

const N_ARTICLES: usize = 1_000;

fn check(kb: &Path) -> Report {
    let options = Options::new(date!(2026 - 11 - 23));
    check_folder(&Root::new(kb).unwrap(), &options).unwrap()
}

/// How many findings there are of each rule.
fn counts(report: &Report) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for finding in &report.findings {
        *counts.entry(finding.rule.clone()).or_default() += 1;
    }
    counts
}

/// A shipped article: its front matter without id and title, and its sections.
struct Parts {
    fields: String,
    sections: Vec<String>,
}

/// The parts of an article; `None` for a file without front matter, which is none.
fn parts(text: &str) -> Option<Parts> {
    let (front, body) = text.strip_prefix("---\n")?.split_once("\n---\n")?;
    let is_kept =
        |line: &&str| !["id:", "title:", "aliases:"].iter().any(|key| line.starts_with(key));
    let fields = front.lines().filter(is_kept).map(|line| format!("{line}\n")).collect();
    let sections = body.split("\n## ").skip(1).map(|section| format!("## {section}\n")).collect();
    Some(Parts { fields, sections })
}

/// Writes articles, each with the fields of one shipped article and each section of any: all have
/// the sections of their first one, in order.
fn generate(n: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let files = std::fs::read_dir(corpus::shipped_kb()).unwrap().flatten().map(|file| file.path());
    let mut files: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|e| e == "md")).collect();
    files.sort();
    let shipped: Vec<_> =
        files.iter().filter_map(|f| parts(&fs_err::read_to_string(f).unwrap())).collect();
    let mut random = Random(20_261_123);
    for i in 0..n {
        let own = &shipped[random.below(shipped.len())];
        let section = |at: usize, random: &mut Random| {
            let other = &shipped[random.below(shipped.len())].sections;
            let title = own.sections[at].lines().next();
            let same = other.iter().find(|section| section.lines().next() == title);
            same.unwrap_or(&own.sections[at]).clone()
        };
        let body: String = (0..own.sections.len()).map(|at| section(at, &mut random)).collect();
        let alias = i * 7;
        let text = format!(
            "---\nid: m{i:06}\ntitle: 第 {i} 种打不开的毛病\naliases: [毛病 {alias}]\n{}---\n\n{body}",
            own.fields
        );
        fs_err::write(folder.path().join(format!("m{i:06}.md")), text).unwrap();
    }
    folder
}

fn checks(c: &mut Criterion) {
    let generated = generate(N_ARTICLES);
    let shipped = corpus::shipped_kb();
    let mut group = c.benchmark_group("check");
    group.sample_size(10);
    for (name, kb) in [("shipped", shipped.as_path()), ("1,000 articles", generated.path())] {
        let first = check(kb);
        let expected = counts(&first);
        // Sections of others link to the shipped articles, which are not there; and none has an
        // error that it was not given.
        assert!(
            !expected.contains_key("front-matter") && !expected.contains_key("missing-section")
        );
        assert!(name == "shipped" || first.n_articles == N_ARTICLES && expected["broken-link"] > 0);
        assert!(name == "shipped" || expected["orphan"] == N_ARTICLES, "{expected:?}");
        group.bench_function(name, |b| b.iter(|| assert_eq!(counts(&check(kb)), expected)));
    }
    group.finish();
}

criterion_group!(benches, checks);
criterion_main!(benches);
