//! What an open article page follows: the version of its article, and what is wrong with its file.

use time::Date;

use super::{checks::Verdict, state::Stored};
use crate::{
    article::{self, Finding, Level},
    live::Current,
};

/// What the page of one article says beside the article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Preview {
    /// Errors and warnings about its file, in the order of lines.
    pub(crate) findings: Vec<Finding>,
    /// Changes whenever the article or its findings do.
    pub(crate) version: String,
}

impl Preview {
    /// What is known of `stored` now, without waiting for a check: what parsing finds is of this
    /// version; what the rules over all articles find is of the last check, which may be older.
    pub(crate) fn new(current: &Current, verdict: &Verdict, stored: &Stored, today: Date) -> Self {
        let path = &stored.article.path;
        let mut findings: Vec<Finding> =
            current.findings.iter().filter(|finding| finding.path == *path).cloned().collect();
        // The last good version is no longer in the file: its findings would name wrong lines.
        if !stored.broken {
            let parsed = article::parse(path, &stored.source);
            findings.extend(parsed.map(|parsed| parsed.findings).unwrap_or_default());
            findings.extend_from_slice(verdict.ruled(path));
        }
        findings.retain(|finding| finding.level != Level::Info);
        findings.sort();
        findings.dedup();
        let version = version(stored, &findings, today);
        Self { findings, version }
    }
}

fn version(stored: &Stored, findings: &[Finding], today: Date) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(stored.hash.as_bytes());
    hasher.update(stored.article.id.as_bytes());
    hasher.update(&[u8::from(stored.broken), u8::from(stored.article.meta.is_stale(today))]);
    hasher.update(&serde_json::to_vec(findings).unwrap_or_default());
    hasher.finalize().to_hex().chars().take(16).collect()
}
