//! `GET /api/v1/review`: which articles somebody has to look through again, and by when.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use time::{Date, Duration};

use super::id_url;
use crate::{
    article::{DUE_SOON_DAYS, Severity, Status},
    index::{Card, MarkedCard},
    web::{
        etag::Tag,
        openapi::params::Owners,
        params::Params,
        problem::Problem,
        state::{App, Snapshot},
    },
};

/// Most days that can be looked ahead.
const MAX_DAYS: usize = 3650;
/// Longest name of an owner in a filter.
pub(crate) const MAX_OWNER_CHARS: usize = 64;

/// What is due, the most urgent first.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Review {
    /// The day of the answer.
    today: String,
    /// Days that are looked ahead.
    days: i64,
    total: usize,
    n_overdue: usize,
    n_never_reviewed: usize,
    revision: String,
    indexed_at: String,
    /// Who has something due, whatever `owner` asks for; the most first.
    owners: Vec<OwnerCount>,
    articles: Vec<Due>,
}

/// How much is due of one owner; null stands for articles without one.
#[derive(Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
struct OwnerCount {
    value: Option<String>,
    count: usize,
}

/// An article whose review is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = DueReview)]
pub(crate) struct Due {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) owner: Option<String>,
    pub(crate) severity: Option<Severity>,
    pub(crate) status: Status,
    pub(crate) reviewed: Option<String>,
    /// Null when there was never a review.
    pub(crate) due: Option<String>,
    /// Negative when it is overdue.
    pub(crate) days_left: Option<i64>,
    pub(crate) overdue: bool,
    pub(crate) url: String,
}

/// Lists what is due.
#[utoipa::path(
    get,
    path = "/api/v1/review",
    tag = "operations",
    operation_id = "list_reviews",
    summary = "该复核的文章，最急的在前",
    params(
        ("days" = Option<i64>, Query, minimum = 0, maximum = 3650, example = 30,
            description = "往后看多少天，默认 30"),
        Owners,
    ),
    responses(
        (status = 200, description = "从未复核、已过期和即将到期的文章", body = Review),
        (status = 304, description = "与 If-None-Match 里的标签相同"),
    )
)]
pub(crate) async fn review(
    State(app): State<App>,
    headers: HeaderMap,
    mut params: Params,
) -> Result<Response, Problem> {
    let days = days(&mut params)?;
    let owners = owners(&mut params)?;
    params.finish()?;
    let (snapshot, today) = (app.live().snapshot(), app.today());
    let tag = Tag::of_snapshot(&snapshot, today, "review");
    if tag.matches(&headers) {
        return Ok(tag.not_modified());
    }
    let work = move |snapshot: &Snapshot| answer(snapshot, today, days, &owners);
    let review = app.read(snapshot, work).await?;
    Ok(tag.on(Json(review).into_response()))
}

fn days(params: &mut Params) -> Result<i64, Problem> {
    let expected = format!(" 0 到 {MAX_DAYS} 的整数");
    let Some(days) = params.number("days", &expected)? else { return Ok(DUE_SOON_DAYS) };
    match i64::try_from(days) {
        Ok(given) if days <= MAX_DAYS => Ok(given),
        _ => Err(Problem::invalid("days", format!("days 应为{expected}，收到“{days}”。"))),
    }
}

fn owners(params: &mut Params) -> Result<Vec<String>, Problem> {
    let owners = params.all("owner");
    let is_name = |name: &String| (1..=MAX_OWNER_CHARS).contains(&name.chars().count());
    if owners.iter().all(is_name) {
        return Ok(owners);
    }
    let detail = format!("owner 应为 1 到 {MAX_OWNER_CHARS} 个字符的负责人。");
    Err(Problem::invalid("owner", detail))
}

fn answer(
    snapshot: &Snapshot,
    today: Date,
    days: i64,
    owners: &[String],
) -> Result<Review, Problem> {
    let (mut articles, _) = due(snapshot, today, days, usize::MAX)?;
    let counts = counted(&articles);
    let is_asked_for =
        |due: &Due| owners.is_empty() || due.owner.as_ref().is_some_and(|o| owners.contains(o));
    articles.retain(is_asked_for);
    Ok(Review {
        today: today.to_string(),
        days,
        total: articles.len(),
        n_overdue: articles.iter().filter(|due| due.overdue).count(),
        n_never_reviewed: articles.iter().filter(|due| due.due.is_none()).count(),
        revision: snapshot.revision().to_owned(),
        indexed_at: snapshot.indexed_at().to_owned(),
        owners: counts,
        articles,
    })
}

/// The first `limit` published articles that were never reviewed or are due within `days` after
/// `today`, by due day and id, and the number of all of them.
///
/// # Errors
/// When the index cannot be read.
pub(crate) fn due(
    snapshot: &Snapshot,
    today: Date,
    days: i64,
    limit: usize,
) -> Result<(Vec<Due>, usize), Problem> {
    let last = today.saturating_add(Duration::days(days));
    let mut reviews = snapshot.reviews();
    reviews.retain(|(_, due)| due.is_none_or(|due| due <= last));
    // Nothing sorts before a day: what was never looked through comes first.
    reviews.sort_by_cached_key(|(address, due)| (*due, snapshot.id_of(*address)));
    let total = reviews.len();
    let shown = reviews.into_iter().take(limit);
    let dues = shown.map(|(address, _)| Ok(Due::new(snapshot.card(address)?, today)));
    Ok((dues.collect::<Result<_, Problem>>()?, total))
}

impl Due {
    fn new(marked: MarkedCard, today: Date) -> Self {
        let MarkedCard { card, review_due, .. } = marked;
        let Card { id, title, owner, severity, status, reviewed, .. } = card;
        let days_left = review_due.map(|due| (due - today).whole_days());
        Self {
            url: id_url("/articles/", &id),
            due: review_due.map(|due| due.to_string()),
            days_left,
            overdue: days_left.is_some_and(|days| days < 0),
            id,
            title,
            owner,
            severity,
            status,
            reviewed,
        }
    }
}

fn counted(articles: &[Due]) -> Vec<OwnerCount> {
    let mut counts: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for due in articles {
        *counts.entry(due.owner.as_deref()).or_default() += 1;
    }
    let count = |(value, count): (Option<&str>, usize)| OwnerCount {
        value: value.map(str::to_owned),
        count,
    };
    let mut counts: Vec<_> = counts.into_iter().map(count).collect();
    counts.sort_by_key(|owner| std::cmp::Reverse(owner.count));
    counts
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::web::api::tests::empty_article;

    const TODAY: Date = date!(2026 - 11 - 23);

    fn card(review_due: Option<Date>, owner: Option<&str>) -> MarkedCard {
        let mut card = Card::from(&empty_article("a/b"));
        card.owner = owner.map(str::to_owned);
        MarkedCard { card, review_due, broken: false }
    }

    #[test]
    fn days_count_down_to_the_day_and_go_below_zero() {
        let table = [
            (None, None, false),
            (Some(date!(2026 - 11 - 22)), Some(-1), true),
            (Some(date!(2026 - 11 - 23)), Some(0), false),
            (Some(date!(2026 - 12 - 23)), Some(30), false),
        ];
        for (review_due, days_left, overdue) in table {
            let due = Due::new(card(review_due, None), TODAY);
            assert_eq!((due.days_left, due.overdue), (days_left, overdue), "{review_due:?}");
            assert_eq!(due.url, "/articles/a%2Fb");
        }
    }

    #[test]
    fn owners_are_counted_the_most_first() {
        let owners = [Some("网络组"), None, Some("服务台"), Some("服务台")];
        let dues = owners.map(|owner| Due::new(card(None, owner), TODAY));
        let shown: Vec<_> =
            counted(&dues).into_iter().map(|owner| (owner.value, owner.count)).collect();
        let expected = [(Some("服务台".into()), 2), (None, 1), (Some("网络组".into()), 1)];
        assert_eq!(shown, expected);
    }

    #[test]
    fn limits_hold_at_the_edge() {
        let read = |query: &str| days(&mut Params::parse(query).unwrap());
        assert_eq!(read("").unwrap(), 30);
        assert_eq!(read("days=0").unwrap(), 0);
        assert_eq!(read("days=3650").unwrap(), 3650);
        for query in ["days=3651", "days=-1", "days=", "days=99999999999999999999"] {
            assert!(read(query).is_err(), "{query}");
        }
        let read =
            |n: usize| owners(&mut Params::parse(&format!("owner={}", "组".repeat(n))).unwrap());
        assert!(read(64).is_ok() && read(65).is_err() && read(0).is_err());
    }
}
