//! The vocabulary files, checked against the articles they shape the search of.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use crate::{
    analysis::{self, Flaw},
    article::{Finding, Level},
};

const RULE: &str = "vocabulary";

/// What is wrong with the vocabulary files in `dir`, and their texts by path: not relative to the
/// knowledge base, but as the folder of the vocabulary was given. `texts` are what
/// the words of the dictionary must not cut to pieces: titles and aliases.
#[must_use]
pub(super) fn check<'t>(
    dir: &Path,
    texts: impl Iterator<Item = &'t str>,
) -> (Vec<Finding>, BTreeMap<String, Arc<str>>) {
    let inspection = analysis::inspect(dir, texts);
    let findings = inspection.flaws.iter().map(finding).collect();
    let sources = inspection.sources.into_iter();
    (findings, sources.map(|(path, text)| (path.display().to_string(), text.into())).collect())
}

fn finding(flaw: &Flaw) -> Finding {
    let path = flaw.path.display().to_string();
    let finding = Finding::new(&path, RULE, Level::Error, flaw.message.clone()).hint(flaw.hint);
    match flaw.line.and_then(|line| u32::try_from(line).ok()) {
        Some(line) => finding.at(line, 1),
        None => finding,
    }
}
