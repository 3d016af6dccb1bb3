//! From a file to the record that is indexed, with the last good version where it does not parse.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::{
    article::{self, Finding, Level},
    index::{Disk, Record, Snapshot, Step, Stored},
    kb::{self, Loaded, ReadError, Seen},
};

/// A file as it will be indexed, and what is wrong with reading it.
pub(super) struct Reading {
    /// The record, under the id the file asks for; `None` when the file cannot be read at all.
    pub record: Option<Record>,
    /// Findings that the stored article alone would not give again.
    pub findings: Vec<Finding>,
}

/// Reads the file that was seen. `previous` is the snapshot in which to look for a last good
/// version, with the id it has there. A file that makes the program panic is a finding, and no
/// harm to other files.
#[must_use]
pub(super) fn read(
    disk: &dyn Disk,
    path: &str,
    seen: &Seen,
    previous: Option<(&Snapshot, &str)>,
) -> Reading {
    let read = || {
        read_unguarded(disk, path, seen, previous).unwrap_or_else(|error| {
            let last = |(snapshot, id)| last(snapshot, id, &seen.hash);
            let record = if error.is_gone() { None } else { previous.and_then(last) };
            Reading { record, findings: vec![error.finding(path)] }
        })
    };
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Reading { record: None, findings: vec![not_processed(path)] })
}

/// The finding about an article that the program cannot deal with.
#[must_use]
pub(super) fn not_processed(path: &str) -> Finding {
    let message = "处理这个文件时程序出错，它的改动没有生效";
    Finding::new(path, "unreadable", Level::Error, message.to_owned())
        .hint("换一种写法再保存，并把原来的文件交给维护本程序的人")
}

fn read_unguarded(
    disk: &dyn Disk,
    path: &str,
    seen: &Seen,
    previous: Option<(&Snapshot, &str)>,
) -> Result<Reading, ReadError> {
    disk.reaches(Step::Read)?;
    let source = kb::read(path, &seen.os_path)?;
    disk.reaches(Step::Parse)?;
    let mut findings = source.findings.clone();
    let record = match kb::load(path, &source) {
        Loaded::Good { article, .. } => {
            let claim = article.id.clone();
            Record { article, claim, source: source.text, hash: source.hash, broken: false }
        }
        Loaded::Broken { finding, salvaged } => {
            findings.push(finding);
            match previous.and_then(|(snapshot, id)| last_good(snapshot, id, path)) {
                Some(good) => record_of(good, source.hash, true),
                None => {
                    let claim = salvaged.id.clone();
                    let (source, hash) = (source.text, source.hash);
                    Record { article: salvaged, claim, source, hash, broken: true }
                }
            }
        }
    };
    Ok(Reading { record: Some(record), findings })
}

/// The version that a snapshot holds, for a file of which nothing else can be had: broken.
#[must_use]
pub(super) fn last(snapshot: &Snapshot, id: &str, hash: &str) -> Option<Record> {
    let stored = snapshot.article(id).ok().flatten()?;
    Some(record_of(stored, hash.to_owned(), true))
}

/// The version of the file at `path` that a snapshot holds, if it parses.
fn last_good(snapshot: &Snapshot, id: &str, path: &str) -> Option<Stored> {
    let stored = snapshot.article(id).ok().flatten()?;
    let is_good = stored.article.path == path && article::parse(path, &stored.source).is_ok();
    is_good.then_some(stored)
}

/// A stored article as a record, for the file version with this hash.
#[must_use]
pub(super) fn record_of(stored: Stored, hash: String, broken: bool) -> Record {
    let source = stored.source.to_string();
    let claim = match article::parse(&stored.article.path, &source) {
        Ok(parsed) => parsed.article.id,
        Err(_) => kb::path_id(&stored.article.path),
    };
    Record { article: stored.article, claim, source, hash, broken }
}
