//! `data.js`: what the search of a copy looks through, and the cards it shows.

use std::{collections::BTreeSet, iter};

use serde::Serialize;

use super::words;
use crate::{
    analysis::{Analyzer, is_han},
    article::{Article, SectionKind},
};

/// The script defines one constant of this name: a page that is a file may not fetch another one.
const NAME: &str = "COPY";

/// All that the search of a copy needs.
#[derive(Serialize)]
pub(super) struct Data<'a> {
    #[serde(skip)]
    analyzer: &'a Analyzer,
    /// Characters of all articles.
    #[serde(skip)]
    characters: BTreeSet<char>,
    articles: Vec<Found>,
}

/// An article as `lookup.js` takes it, with its card.
#[derive(Serialize)]
struct Found {
    id: String,
    title: String,
    /// Names and how they are typed, one a line; summary and synonyms; text.
    fields: [String; 3],
    card: String,
}

/// The content of the script.
#[derive(Serialize)]
struct Content<'a> {
    articles: &'a [Found],
    /// Pairs of a Traditional character and the one it is searched as.
    simplified: String,
    /// Characters by their sound.
    sounds: std::collections::BTreeMap<String, String>,
}

impl<'a> Data<'a> {
    pub(super) fn new(analyzer: &'a Analyzer) -> Self {
        Self { analyzer, characters: BTreeSet::new(), articles: Vec::new() }
    }

    /// Adds an article, the more urgent ones first: they come first among equals.
    pub(super) fn add(&mut self, article: &Article, card: String) {
        let fields = self.fields(article);
        self.characters
            .extend(fields.iter().flat_map(|field| field.chars()).filter(|c| is_han(*c)));
        let (id, title) = (article.id.clone(), article.title.clone());
        self.articles.push(Found { id, title, fields, card });
    }

    fn fields(&self, article: &Article) -> [String; 3] {
        let meta = &article.meta;
        let names: Vec<&str> = iter::once(&article.title)
            .chain(&meta.aliases)
            .chain(&meta.codes)
            .map(String::as_str)
            .collect();
        let sounds = collected(&names, |name| words::sounds(self.analyzer, name));
        let synonyms = collected(&names, |name| words::synonyms(self.analyzer, name));
        let summary = meta.summary.iter().cloned().chain(synonyms);
        let names = names.into_iter().map(str::to_owned).chain(sounds);
        [lines(names), lines(summary), text(article)]
    }

    /// The script.
    pub(super) fn script(&self) -> String {
        let content = Content {
            articles: &self.articles,
            simplified: words::simplified(),
            sounds: words::by_sound(&self.characters),
        };
        let json = serde_json::to_string(&content).unwrap_or_default();
        format!("const {NAME} = {json};\n")
    }
}

fn collected(names: &[&str], words: impl Fn(&str) -> BTreeSet<String>) -> BTreeSet<String> {
    names.iter().flat_map(|name| words(name)).collect()
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join("\n")
}

/// What a caller may say of it: the sections for afterwards mention everything.
fn text(article: &Article) -> String {
    let is_now = |kind| {
        use SectionKind::{Causes, Prevention, References, Report};
        !matches!(kind, Causes | Prevention | References | Report)
    };
    let sections = article.sections.iter().filter(|section| is_now(section.kind));
    lines(sections.map(|section| section.text.clone()))
}
