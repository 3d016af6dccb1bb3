//! What each fuzz target does with the bytes of a stranger, and what must be true afterwards.
//!
//! A panic is a failure, also one that the program would catch. The fuzzer and the scenario H8 of
//! `tests/resilience` compile this same file, so that committed inputs are replayed without a
//! fuzzer.

mod html;
pub mod office;
pub mod searching;

use std::{borrow::Cow, path::Path};

use jiuji::{
    analysis::{Kind, Scanned, fold, grams},
    article::{self, Parsed},
    config::{Config, ConfigError},
    import, web,
};
use time::macros::date;

/// What a target does with its input.
pub type Target = fn(&[u8]);

/// All targets by name, those that read the most hostile input first.
pub const TARGETS: &[(&str, Target)] = &[
    ("markdown", markdown),
    ("sanitizer", sanitizer),
    ("front_matter", front_matter),
    ("analyzer", analyzer),
    ("query_plan", query_plan),
    ("alerts", alerts),
    ("import", import),
    ("config", config),
];

/// Loads what is loaded once, so that no input is blamed for it.
pub fn warm_up() {
    searching::warm_up();
}

fn text(data: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(data)
}

/// The front matter alone: whatever stands in it, the places of findings are places of the file.
pub fn front_matter(data: &[u8]) {
    let source = format!("---\n{}\n---\n\n# 标题\n\n正文\n", text(data));
    let n_lines = source.split(['\n', '\r']).count();
    match article::parse("a/b.md", &source) {
        Ok(Parsed { article, findings }) => {
            assert!(!article.title.is_empty(), "no title");
            assert!(!article.id.is_empty(), "no id");
            let places = findings.iter().filter_map(|finding| finding.line);
            places.for_each(|line| assert!((1..=n_lines).contains(&(line as usize)), "{line}"));
        }
        Err(finding) => {
            assert!(finding.line.is_none_or(|line| (1..=n_lines).contains(&(line as usize))));
            assert!(!article::salvage("a/b.md", &source).title.is_empty(), "no title");
        }
    }
}

/// A whole file to a page: as many pieces of HTML as sections, each of them safe.
pub fn markdown(data: &[u8]) {
    let source = text(data);
    let parsed = article::parse("a/b.md", &source).map(|parsed| parsed.article);
    let article = parsed.unwrap_or_else(|_| article::salvage("a/b.md", &source));
    let sections = article::render("a/b.md", &source, &|path| Some(path.to_owned()));
    assert_eq!(sections.len(), article.sections.len(), "pieces and sections");
    sections.iter().for_each(|section| html::assert_safe(section));
    let _ = article::layout("a/b.md", &source, &article.title);
    let _ = article::markdown(&source);
}

/// HTML of any kind: what comes out is safe, and stays as it is when it is cleaned again. Its
/// length is bounded, for articles bring no more than 64 elements inside of each other.
pub fn sanitizer(data: &[u8]) {
    let once = article::clean(&text(data.get(..4096).unwrap_or(data)));
    html::assert_safe(&once);
    assert_eq!(article::clean(&once), once, "cleaned twice");
}

/// Text to tokens: in order, in range, and the text that stands at their place.
pub fn analyzer(data: &[u8]) {
    let text = text(data);
    let scanned = Scanned::new(&text);
    let n_chars = text.chars().count();
    let analyzer = searching::analyzer();
    let mut previous = (0, 0);
    for token in analyzer.tokens(&scanned) {
        assert!((token.cell, token.n_cells) >= previous, "order");
        previous = (token.cell, token.n_cells);
        let [start, end] = scanned.origin(token.cell, token.cell + token.n_cells);
        assert!(start < end && end <= n_chars, "{start}..{end} of {n_chars}");
        if token.kind != Kind::Part {
            assert_eq!(scanned.text(token.cell, token.cell + token.n_cells), token.text);
        }
    }
    assert_eq!(analyzer.filler(&scanned).len(), scanned.cells.len());
    for (found, _) in analyzer.synonyms(&scanned) {
        assert!(found.start < found.end && found.end <= scanned.cells.len());
    }
    let folded: String = scanned.folded.chars.iter().collect();
    assert_eq!(fold(&folded).chars, scanned.folded.chars, "folded twice");
    assert!(grams(&text).iter().all(|gram| gram.chars().count() == 2));
}

/// A query against a small knowledge base.
pub fn query_plan(data: &[u8]) {
    searching::search(&text(data));
}

/// A document of any format: the first byte chooses which.
pub fn import(data: &[u8]) {
    let Some((format, rest)) = data.split_first() else { return };
    let (bytes, extension) = match format % 6 {
        0 => (rest.to_vec(), "csv"),
        1 => (rest.to_vec(), "md"),
        2 => (office::word(rest), "docx"),
        3 => (office::excel(rest), "xlsx"),
        4 => (rest.to_vec(), "docx"),
        _ => (rest.to_vec(), "txt"),
    };
    let articles = import::articles_of(&bytes, extension, date!(2026 - 11 - 23));
    for article in articles.into_iter().flatten() {
        let parsed = article::parse("a.md", &article);
        assert!(parsed.is_ok(), "an article that does not parse: {article}");
    }
}

/// The settings file; a mistake in it has a place.
pub fn config(data: &[u8]) {
    let text = text(data);
    match Config::parse(Path::new("/etc/jiuji/jiuji.toml"), &text) {
        Ok(config) => assert!(config.kb.is_none_or(|kb| kb.is_absolute())),
        Err(ConfigError::Invalid { line, column, reason, .. }) => {
            assert!(line >= 1 && line <= text.split('\n').count(), "line {line}");
            assert!(column >= 1, "column {column}");
            assert!(!reason.is_empty(), "no reason");
        }
        Err(error) => panic!("{error}"),
    }
}

/// What a monitoring system sends: the first byte chooses the type.
pub fn alerts(data: &[u8]) {
    let Some((format, rest)) = data.split_first() else { return };
    let media_type = match format % 3 {
        0 => "application/json",
        1 => "application/yaml",
        _ => "text/plain",
    };
    for alert in web::alerts_of(media_type, rest).into_iter().flatten().take(3) {
        searching::resolve(&alert);
    }
}
