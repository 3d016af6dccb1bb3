//! The queries an article promises to answer.

use super::{Checked, Corpus, place};
use crate::{
    article::{Finding, Level, Status},
    search::{Query, QueryError},
};

/// The rule of findings about promises that are not kept.
pub const RULE: &str = "expect";

/// An article must be among this many first hits of each of its queries.
/// Source: the article model, section 8.1.
pub const MAX_RANK: usize = 3;

/// Asks each query in `expect` and finds those that do not lead to their article. Retired
/// articles are not asked for; drafts are searched among published articles and drafts.
///
/// `first_ids` gives the ids of the first hits, at most [`Query::limit`]; `None` when the search
/// failed, which is no fault of an article.
#[must_use]
pub fn check(
    corpus: &Corpus<'_>,
    first_ids: &dyn Fn(&Query) -> Option<Vec<String>>,
) -> Vec<Finding> {
    let is_asked = |checked: &&Checked| checked.article.meta.status != Status::Retired;
    let of_article = |checked| broken_promises(corpus, checked, first_ids);
    corpus.articles().iter().filter(is_asked).flat_map(of_article).collect()
}

fn broken_promises(
    corpus: &Corpus<'_>,
    checked: &Checked,
    first_ids: &dyn Fn(&Query) -> Option<Vec<String>>,
) -> Vec<Finding> {
    let meta = &checked.article.meta;
    let Some(id) = corpus.id_of(&checked.article.path) else { return Vec::new() };
    let ask = |text: &String| {
        let query = match query(text, meta.status, corpus.today()) {
            Ok(query) => query,
            Err(error) => return Some(finding(checked, text, error.to_string())),
        };
        let first = first_ids(&query)?;
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
    let finding = Finding::new(&checked.article.path, RULE, Level::Error, message).hint(hint);
    let place = place::of_value(&checked.source, "expect", text);
    match place.or_else(|| place::of_field(&checked.source, "expect")) {
        Some((line, column)) => finding.at(line, column),
        None => finding,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use time::macros::date;

    use super::*;
    use crate::{check::rules::testing::checked, search::MAX_QUERY_CHARS};

    fn promising(path: &str, queries: &[&str]) -> Checked {
        let list: String = queries.iter().map(|query| format!("  - {query}\n")).collect();
        let mut article = checked(path, &format!("---\nexpect:\n{list}---\n"));
        article.article.meta.expect = queries.iter().map(ToString::to_string).collect();
        article
    }

    #[test]
    fn a_query_that_does_not_lead_to_its_article_is_an_error_at_its_line() {
        let articles = [promising("a.md", &["断网", "没网了", "网络"]), promising("b.md", &["x"])];
        let found = check(&Corpus::new(&articles, date!(2026 - 11 - 23)), &|query| {
            assert_eq!(query.limit, 3);
            match query.text.as_str() {
                "断网" => Some(vec!["c".to_owned(), "a".to_owned()]),
                "没网了" => Some(vec!["c".to_owned(), "b".to_owned()]),
                "网络" => Some(Vec::new()),
                _ => None,
            }
        });
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
        let asked = RefCell::new(Vec::new());
        let found = check(&Corpus::new(&articles, date!(2026 - 11 - 23)), &|query| {
            asked.borrow_mut().push((query.text.clone(), query.filters.status.clone()));
            None
        });
        assert_eq!(found, []);
        let both = vec![Status::Published, Status::Draft];
        let expected = [("x".to_owned(), vec![Status::Published]), ("y".to_owned(), both)];
        assert_eq!(asked.into_inner(), expected);
    }

    #[test]
    fn a_query_that_nobody_may_ask_is_an_error() {
        let long = "断".repeat(MAX_QUERY_CHARS + 1);
        let articles = [promising("a.md", &[&long])];
        let corpus = Corpus::new(&articles, date!(2026 - 11 - 23));
        let found = check(&corpus, &|_| panic!("such a query is not asked"));
        assert_eq!((found.len(), found[0].line), (1, Some(3)));
    }
}
