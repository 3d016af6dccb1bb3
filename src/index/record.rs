//! From an article to the fields of the index and back.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tantivy::TantivyDocument;

use super::{
    alerts,
    card::{Card, MarkedCard},
    schema::Fields,
    text::{PartKind, TextPart, encode, parts},
};
use crate::{
    analysis::{
        Analyzer, Kind, SEPARATOR, Scanned, code_key, folded_string, grams, searchable_chars,
    },
    article::{self, Article, Severity, Status},
};

/// An article ready to be indexed.
#[derive(Debug, Clone)]
pub struct Record {
    /// The article, under the id it is served by.
    pub article: Article,
    /// The id its file asks for.
    pub claim: String,
    /// The Markdown it was made from.
    pub source: String,
    /// BLAKE3 of the file on disk, lower-case hex.
    pub hash: String,
    /// Whether the file on disk does not parse and `article` is its last good version.
    pub broken: bool,
}

/// An article as the index keeps it.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The article, parsed from `source`.
    pub article: Article,
    /// The Markdown it was made from.
    pub source: Arc<str>,
    /// BLAKE3 of the file on disk, lower-case hex.
    pub hash: String,
    /// Whether the file on disk does not parse and this is its last good version.
    pub broken: bool,
}

/// The Markdown of an article as the index keeps it, not parsed again.
#[derive(Debug, Clone)]
pub struct StoredSource {
    /// Path of the file, relative to the knowledge base.
    pub path: String,
    /// The Markdown that was indexed.
    pub source: Arc<str>,
    /// Whether the file on disk does not parse and this is its last good version.
    pub broken: bool,
}

impl Stored {
    /// Parses a stored source again; parsing is a pure function, so this is the article that was
    /// indexed.
    pub(super) fn parse(id: &str, path: &str, source: String, hash: String, broken: bool) -> Self {
        let mut article = match article::parse(path, &source) {
            Ok(parsed) => parsed.article,
            Err(_) => article::salvage(path, &source),
        };
        article.id = id.to_owned();
        Self { article, source: source.into(), hash, broken }
    }
}

/// The token fields of one text, each joined by [`SEPARATOR`].
#[derive(Default)]
struct Joined {
    texts: [String; 5],
    counts: [u64; 5],
}

/// Turns a record into a document of the search engine.
#[must_use]
pub(super) fn document(fields: &Fields, analyzer: &Analyzer, record: &Record) -> TantivyDocument {
    let article = &record.article;
    let parts = parts(article);
    let mut document = TantivyDocument::default();
    add_stored(fields, &mut document, record, &parts);
    add_filters(fields, &mut document, article);
    add_names(fields, &mut document, article);

    let flat = flat_text(&parts);
    let flat_tokens = joined(analyzer, &flat, true);
    let title_tokens = joined(analyzer, &article.title, false);
    for kind in Kind::ALL {
        document.add_text(fields.flat(kind), &flat_tokens.texts[kind as usize]);
        document.add_text(fields.title(kind), &title_tokens.texts[kind as usize]);
        document.add_u64(fields.length(kind), flat_tokens.counts[kind as usize]);
        document.add_u64(fields.title_length(kind), title_tokens.counts[kind as usize]);
    }
    document.add_text(fields.grams, all_grams(&parts).join(&SEPARATOR.to_string()));
    document
}

fn add_stored(
    fields: &Fields,
    document: &mut TantivyDocument,
    record: &Record,
    parts: &[TextPart<'_>],
) {
    document.add_text(fields.text, encode(parts));
    let card = MarkedCard {
        card: Card::from(&record.article),
        review_due: record.article.meta.review_due(),
        broken: record.broken,
    };
    document.add_text(fields.card, serde_json::to_string(&card).unwrap_or_default());
    document.add_text(fields.source, &record.source);
    document.add_text(fields.path, &record.article.path);
    document.add_text(fields.hash, &record.hash);
    document.add_u64(fields.broken, u64::from(record.broken));
    document.add_text(fields.id, &record.article.id);
    document.add_text(fields.claim, &record.claim);
}

fn add_filters(fields: &Fields, document: &mut TantivyDocument, article: &Article) {
    let meta = &article.meta;
    let values = [
        (fields.fault_type, meta.fault_type.map(article::FaultType::as_str)),
        (fields.severity, meta.severity.map(Severity::as_str)),
        (fields.tier, meta.tier.map(article::Tier::as_str)),
        (fields.status, Some(meta.status.as_str())),
        (fields.entry, meta.entry.then_some("1")),
    ];
    for (field, value) in values {
        if let Some(value) = value {
            document.add_text(field, value);
        }
    }
    for system in &meta.systems {
        document.add_text(fields.system, system);
    }
    if let Some(due) = meta.review_due() {
        document.add_i64(fields.due, due.to_julian_day().into());
    }
    // Absent severities sort last: `p9` follows every value of the model.
    let severity = meta.severity.map_or("p9", Severity::as_str);
    document.add_text(fields.order, format!("{severity} {} {}", article.title, article.id));
}

fn add_names(fields: &Fields, document: &mut TantivyDocument, article: &Article) {
    let meta = &article.meta;
    document.add_text(fields.stem, stem(&article.path));
    document.add_text(fields.stem, folded_stem(&article.path));
    for id in &meta.supersedes {
        document.add_text(fields.supersedes, id);
    }
    for id in &meta.related {
        document.add_text(fields.refers, id);
    }
    for link in article.links.iter().filter(|link| !link.image) {
        document.add_text(fields.refers, path_reference(&link.path));
    }
    for code in &meta.codes {
        document.add_text(fields.codes, code_key(code));
    }
    let answered = meta.alerts.iter().filter(|_| meta.status == Status::Published);
    for alert in answered {
        document.add_text(fields.alerts, alerts::term(alert));
    }
    let names = [&article.title].into_iter().chain(&meta.aliases).chain(&meta.codes);
    for name in names {
        document.add_text(fields.completions, folded_string(name));
    }
}

/// The term under which a link to a path is indexed.
pub(super) fn path_reference(path: &str) -> String {
    format!("path:{path}")
}

/// The file name of a path without `.md`.
pub(super) fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".md").or_else(|| name.strip_suffix(".MD")).unwrap_or(name)
}

/// The stem of a path without regard to case; no stem as it is begins with `/`.
pub(super) fn folded_stem(path: &str) -> String {
    format!("/{}", stem(path).to_lowercase())
}

/// All parts, one below the other.
fn flat_text(parts: &[TextPart<'_>]) -> String {
    let mut flat = String::new();
    for part in parts {
        for text in [part.heading, part.text] {
            flat.push_str(text);
            flat.push('\n');
        }
    }
    flat
}

fn joined(analyzer: &Analyzer, text: &str, distinct_unigrams: bool) -> Joined {
    let mut joined = Joined::default();
    analyzer.for_each_token(&Scanned::new(text), |kind, token, _, _| {
        joined.counts[kind as usize] += 1;
        if kind == Kind::Unigram && distinct_unigrams {
            return;
        }
        let text = &mut joined.texts[kind as usize];
        text.push_str(token);
        text.push(SEPARATOR);
    });
    if distinct_unigrams {
        joined.texts[Kind::Unigram as usize] = distinct_characters(text);
    }
    joined
}

/// The different characters of a text: enough to count the articles that contain them.
fn distinct_characters(text: &str) -> String {
    let mut chars = searchable_chars(text);
    chars.retain(|c| crate::analysis::is_han(*c));
    chars.sort_unstable();
    chars.dedup();
    chars.into_iter().flat_map(|c| [c, SEPARATOR]).collect()
}

/// The pairs of each name and of the whole body, and the single characters of title and aliases.
fn all_grams(parts: &[TextPart<'_>]) -> Vec<String> {
    let mut all = Vec::new();
    let mut body = String::new();
    for part in parts {
        match part.kind {
            PartKind::Section(_) => {
                for text in [part.heading, part.text] {
                    body.push_str(text);
                    body.push('\n');
                }
            }
            PartKind::Title | PartKind::Alias => {
                all.extend(searchable_chars(part.text).iter().map(char::to_string));
                all.extend(grams(part.text));
            }
            PartKind::Summary | PartKind::Codes => all.extend(grams(part.text)),
        }
    }
    all.extend(grams(&body));
    all.sort_unstable();
    all.dedup();
    all
}

/// What identifies an article's version in the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Id it is served by.
    pub id: String,
    /// Id its file asks for.
    pub claim: String,
    /// BLAKE3 of the file on disk, lower-case hex.
    pub hash: String,
    /// Whether the file on disk does not parse.
    pub broken: bool,
}

impl From<&Record> for Row {
    fn from(record: &Record) -> Self {
        Self {
            id: record.article.id.clone(),
            claim: record.claim.clone(),
            hash: record.hash.clone(),
            broken: record.broken,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_lose_folder_and_extension() {
        for (path, expected) in [("a/b/overview.md", "overview"), ("x.md", "x"), ("y", "y")] {
            assert_eq!(stem(path), expected);
        }
    }
}
