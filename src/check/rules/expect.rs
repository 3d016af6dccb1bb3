//! The queries an article promises to answer.

use std::thread;

use crate::{
    article::{Finding, Level, Status},
    check::{Checked, Corpus, FirstHits, MAX_RANK, place},
    search::{Query, QueryError},
};

/// Asks each query in `expect` and finds those that do not lead to their article. Retired
/// articles are not asked for; drafts are searched among published articles and drafts.
pub(in crate::check) fn find(corpus: &Corpus<'_>) -> Vec<Finding> {
    let Some(first_hits) = corpus.first_hits() else { return Vec::new() };
    let is_asked = |checked: &&Checked| {
        let meta = &checked.article.meta;
        meta.status != Status::Retired && !meta.expect.is_empty()
    };
    let asked: Vec<&Checked> = corpus.sound().filter(is_asked).collect();
    let broken = |checked: &&Checked| broken_promises(corpus, checked, first_hits);
    let n_threads = thread::available_parallelism().map_or(1, usize::from);
    let shares = asked.chunks(asked.len().div_ceil(n_threads).max(1));
    // A search takes about a millisecond, and there are three to an article.
    thread::scope(|scope| {
        let ask = |share: &'_ [&Checked]| share.iter().flat_map(broken).collect::<Vec<_>>();
        let threads: Vec<_> = shares.map(|share| scope.spawn(move || ask(share))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
    })
}

fn broken_promises(corpus: &Corpus<'_>, checked: &Checked, first_hits: &FirstHits) -> Vec<Finding> {
    let meta = &checked.article.meta;
    let Some(id) = corpus.id_of(&checked.article.path) else { return Vec::new() };
    let ask = |text: &String| {
        let query = match query(text, meta.status, corpus.today()) {
            Ok(query) => query,
            Err(error) => return Some(finding(checked, text, error.to_string())),
        };
        let first = first_hits.of(&query)?;
        let is_first = first.iter().any(|first| first == id);
        (!is_first).then(|| finding(checked, text, not_found(text, &first)))
    };
    meta.expect.iter().filter_map(ask).collect()
}

fn query(text: &str, status: Status, today: time::Date) -> Result<Query, QueryError> {
    let mut query = Query::new(text, today)?;
    query.limit = MAX_RANK;
    if status == Status::Draft {
        query.filters.status.push(Status::Draft);
    }
    Ok(query)
}

fn not_found(text: &str, first: &[String]) -> String {
    let text: String = text.chars().take(40).collect();
    if first.is_empty() {
        return format!("搜“{text}”什么都找不到");
    }
    format!("搜“{text}”时本文不在前 {MAX_RANK} 名，排在前面的是 {}", first.join("、"))
}

fn finding(checked: &Checked, text: &str, message: String) -> Finding {
    let hint = "把来电人的这种说法写进 aliases 或现象；若另一篇更合适，就从 expect 里去掉这一条";
    let finding = Finding::new(&checked.article.path, "expect", Level::Error, message).hint(hint);
    let place = place::of_value(&checked.source, "expect", text);
    match place.or_else(|| place::of_field(&checked.source, "expect")) {
        Some((line, column)) => finding.at(line, column),
        None => finding,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use time::macros::date;

    use super::*;
    use crate::{check::rules::testing::checked, search::MAX_QUERY_CHARS};

    fn promising(path: &str, queries: &[&str]) -> Checked {
        let list: String = queries.iter().map(|query| format!("  - {query}\n")).collect();
        let mut article = checked(path, &format!("---\nexpect:\n{list}---\n"));
        article.article.meta.expect = queries.iter().map(ToString::to_string).collect();
        article
    }

    fn found(articles: &[Checked], first_hits: &FirstHits) -> Vec<Finding> {
        let corpus = Corpus::new(articles, date!(2026 - 11 - 23));
        let mut found = find(&corpus.with_search(Some(first_hits)));
        found.sort();
        found
    }

    #[test]
    fn a_query_that_does_not_lead_to_its_article_is_an_error_at_its_line() {
        let articles = [promising("a.md", &["断网", "没网了", "网络"]), promising("b.md", &["x"])];
        let hits = FirstHits::new(|query| {
            assert_eq!(query.limit, 3);
            match query.text.as_str() {
                "断网" => Some(vec!["c".to_owned(), "a".to_owned()]),
                "没网了" => Some(vec!["c".to_owned(), "b".to_owned()]),
                "网络" => Some(Vec::new()),
                _ => None,
            }
        });
        let found = found(&articles, &hits);
        let found: Vec<_> =
            found.iter().map(|f| (f.path.as_str(), f.line, f.message.as_str())).collect();
        assert_eq!(
            found,
            [
                ("a.md", Some(4), "搜“没网了”时本文不在前 3 名，排在前面的是 c、b"),
                ("a.md", Some(5), "搜“网络”什么都找不到"),
            ]
        );
    }

    #[test]
    fn drafts_are_looked_for_among_drafts_and_retired_articles_not_at_all() {
        let mut articles =
            [promising("a.md", &["x"]), promising("b.md", &["y"]), promising("c.md", &["z"])];
        articles[1].article.meta.status = Status::Draft;
        articles[2].article.meta.status = Status::Retired;
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        let hits = FirstHits::new(move |query| {
            seen.lock().unwrap().push((query.text.clone(), query.filters.status.clone()));
            None
        });
        assert_eq!(found(&articles, &hits), []);
        let mut asked = asked.lock().unwrap().clone();
        asked.sort_by(|a, b| a.0.cmp(&b.0));
        let both = vec![Status::Published, Status::Draft];
        let expected = [("x".to_owned(), vec![Status::Published]), ("y".to_owned(), both)];
        assert_eq!(asked, expected);
    }

    #[test]
    fn a_query_that_nobody_may_ask_is_an_error_and_without_a_search_nothing_is() {
        let long = "断".repeat(MAX_QUERY_CHARS + 1);
        let articles = [promising("a.md", &[&long])];
        let found = found(&articles, &FirstHits::new(|_| panic!("such a query is not asked")));
        assert_eq!((found.len(), found[0].line), (1, Some(3)));
        assert_eq!(find(&Corpus::new(&articles, date!(2026 - 11 - 23))), []);
    }
}
