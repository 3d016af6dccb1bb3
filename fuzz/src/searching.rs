//! A small knowledge base in memory, and what must be true of every answer from it.

use std::sync::{Arc, LazyLock};

use jiuji::{
    analysis::{Analyzer, Vocabulary},
    article,
    index::{Disk, Generation, RealDisk, Record, Snapshot},
    search::{self, Alert, Hit, Query},
};
use time::{Date, macros::date};

const TODAY: Date = date!(2026 - 11 - 23);
/// Articles of the shipped knowledge base. They are few, for each search walks through all.
const ARTICLES: &[(&str, &str)] = &[
    ("file-deleted.md", include_str!("../../kb/file-deleted.md")),
    ("login-failure.md", include_str!("../../kb/login-failure.md")),
    ("oracle-connect-failure.md", include_str!("../../kb/oracle-connect-failure.md")),
    ("printer-paper-jam.md", include_str!("../../kb/printer-paper-jam.md")),
];

static ANALYZER: LazyLock<Arc<Analyzer>> = LazyLock::new(|| {
    Arc::new(Analyzer::new(Vocabulary::built_in().expect("the vocabulary is whole")))
});
static SNAPSHOT: LazyLock<Snapshot> =
    LazyLock::new(|| build(ARTICLES).expect("an index in memory"));

/// The analyzer with the built-in vocabulary.
pub fn analyzer() -> &'static Analyzer {
    &ANALYZER
}

/// Loads all that is loaded once.
pub(crate) fn warm_up() {
    search("登录失败 ORA-12541 dneglu");
}

/// An index of these articles, path and source each, in memory.
///
/// # Errors
/// When it cannot be built.
pub fn build(articles: &[(&str, &str)]) -> Result<Snapshot, jiuji::index::IndexError> {
    let paths: Vec<String> = articles.iter().map(|(path, _)| (*path).to_owned()).collect();
    let load = |path: &str| {
        let (path, source) = articles.iter().find(|(known, _)| *known == path)?;
        let article = article::parse(path, source).ok()?.article;
        let claim = article.id.clone();
        let source = (*source).to_owned();
        Some(Record { article, claim, hash: "0".repeat(64), source, broken: false })
    };
    let analyzer = Arc::clone(&ANALYZER);
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    Generation::build(&disk, None, analyzer, &paths, &load, "2026-11-23T00:00:00Z")?.snapshot()
}

/// Searches and suggests; every answer must be consistent in itself.
pub(crate) fn search(text: &str) {
    let query = answered(&SNAPSHOT, text);
    let kept = query.text.as_str();
    let suggestions = search::suggest(&SNAPSHOT, kept, None).expect("suggestions");
    assert!(suggestions.len() <= search::MAX_SUGGESTIONS, "too many suggestions");
}

/// Searches for as much of a text as is looked at; gives the query.
pub fn answered(snapshot: &Snapshot, text: &str) -> Query {
    let query = Query::cut(text, TODAY);
    let answer = search::search(snapshot, &query).expect("an answer");
    assert!(answer.hits.len() <= query.limit, "more than asked for");
    assert!(answer.hits.len() <= answer.total || answer.total == 0, "more hits than matches");
    answer.hits.iter().for_each(assert_consistent);
    query
}

/// What an alert gets.
pub fn resolve(alert: &Alert) {
    let matches = search::resolve(&SNAPSHOT, alert, 3, TODAY, None).expect("strategies");
    assert!(matches.len() <= 3, "more than asked for");
    matches.iter().for_each(|found| assert_consistent(&found.hit));
}

/// Ranges must be sorted, apart and inside of their text.
pub fn assert_consistent(hit: &Hit) {
    assert!(hit.score.is_finite(), "score {}", hit.score);
    assert_ranges(&hit.title_highlights, &hit.card.title);
    if let Some(snippet) = &hit.snippet {
        assert_ranges(&snippet.highlights, &snippet.text);
    }
}

fn assert_ranges(ranges: &[[usize; 2]], text: &str) {
    let n_chars = text.chars().count();
    let mut previous = 0;
    for [start, end] in ranges {
        assert!(previous <= *start && start < end && *end <= n_chars, "{ranges:?} of {text:?}");
        previous = *end;
    }
}
