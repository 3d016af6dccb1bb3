//! What there is to tell of the articles, the newest first.

use std::{cmp::Reverse, collections::HashSet};

use time::{Date, Duration, format_description::well_known::Rfc3339, macros::format_description};

use crate::{
    article::{DUE_SOON_DAYS, Status},
    index::{Card, ChangeKind, ChangeLog, LogEntry},
    web::{
        api::review::{Due, due},
        problem::Problem,
        state::Snapshot,
    },
};

/// Most entries of the feed.
pub(super) const MAX_NEWS: usize = 50;
/// Most of them that are due for review: changes must not be crowded out.
const MAX_DUE: usize = 20;
/// Changes that are looked at for entries: those of drafts and of articles that are gone are none.
const MAX_LOOKED_AT: usize = 1_000;
/// Reviews that are looked at when the log has too little to tell.
const MAX_REVIEWS: usize = 200;

/// Why an article is in the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Reason {
    Added,
    Changed,
    Due,
    Reviewed,
}

impl Reason {
    /// In the title of an entry.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Added => "新增",
            Self::Changed => "更新",
            Self::Due => "待复核",
            Self::Reviewed => "已复核",
        }
    }

    /// In the id of an entry, for ever.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Due => "due",
            Self::Reviewed => "reviewed",
        }
    }
}

/// One thing to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct News {
    pub(super) reason: Reason,
    /// Article id.
    pub(super) id: String,
    pub(super) title: String,
    /// Empty when the article has nothing short to say.
    pub(super) summary: String,
    /// What sets it apart from other news of the same kind on the same article: a content hash or
    /// a day.
    pub(super) mark: String,
    /// When it became news, RFC 3339.
    pub(super) at: String,
}

/// The news of the published articles, the newest first, at most [`MAX_NEWS`].
///
/// # Errors
/// When the index cannot be read.
pub(super) fn news(
    snapshot: &Snapshot,
    log: &ChangeLog,
    today: Date,
) -> Result<Vec<News>, Problem> {
    let mut news = due_news(snapshot, log, today)?;
    logged(snapshot, log, &mut news)?;
    if news.len() < MAX_NEWS {
        reviewed(snapshot, &mut news)?;
    }
    news.sort_by_cached_key(|news| (Reverse(moment(&news.at)), news.id.clone()));
    Ok(news)
}

/// The last time each article came in, and the last time it was changed.
fn logged(snapshot: &Snapshot, log: &ChangeLog, news: &mut Vec<News>) -> Result<(), Problem> {
    let changes =
        log.entries().rev().flat_map(|entry| entry.changes.iter().map(move |c| (entry, c)));
    let mut seen = HashSet::new();
    for (LogEntry { at, .. }, change) in changes.take(MAX_LOOKED_AT) {
        let reason = match change.kind {
            ChangeKind::Added => Reason::Added,
            ChangeKind::Changed => Reason::Changed,
            ChangeKind::Removed => continue,
        };
        if news.len() == MAX_NEWS {
            break;
        }
        if seen.insert((&change.id, reason))
            && let Some(card) = published(snapshot, &change.id)?
        {
            let (mark, at) = (change.hash.clone(), at.clone());
            let Card { id, title, .. } = card.clone();
            news.push(News { reason, id, title, summary: summary(card), mark, at });
        }
    }
    Ok(())
}

/// What has to be looked through, the most urgent.
fn due_news(snapshot: &Snapshot, log: &ChangeLog, today: Date) -> Result<Vec<News>, Problem> {
    let (dues, _) = due(snapshot, today, DUE_SOON_DAYS, MAX_DUE)?;
    // Nobody knows since when an article waits for its first review: since the oldest time there is.
    let first = log.entries().next().map_or(snapshot.indexed_at(), |entry| &entry.at);
    Ok(dues.into_iter().map(|due| of_due(due, first)).collect())
}

fn of_due(due: Due, first: &str) -> News {
    let owner = due.owner.map(|owner| format!("负责人：{owner}。")).unwrap_or_default();
    let (mark, at, summary) = match due.due {
        Some(day) => {
            let at = noticed(&day).unwrap_or_else(|| first.to_owned());
            let summary = format!("应在 {day} 之前复核。{owner}");
            (day, at, summary)
        }
        None => ("never".to_owned(), first.to_owned(), format!("从未复核。{owner}")),
    };
    News { reason: Reason::Due, id: due.id, title: due.title, summary, mark, at }
}

/// When a review that is due on `day` became one that is due soon.
fn noticed(day: &str) -> Option<String> {
    let day = Date::parse(day, format_description!("[year]-[month]-[day]")).ok()?;
    Some(midnight(&day.saturating_sub(Duration::days(DUE_SOON_DAYS)).to_string()))
}

/// The articles that were looked through last: all there is to tell of a fresh index.
fn reviewed(snapshot: &Snapshot, news: &mut Vec<News>) -> Result<(), Problem> {
    let mut reviews = snapshot.reviews();
    reviews.retain(|(_, due)| due.is_some());
    // The column has the day of the next review; that of the last one is in the card.
    reviews.sort_by_cached_key(|(address, due)| (Reverse(*due), snapshot.id_of(*address)));
    let mut cards = Vec::new();
    for (address, _) in reviews.into_iter().take(MAX_REVIEWS) {
        cards.push(snapshot.card(address)?.card);
    }
    cards.sort_by(|a, b| b.reviewed.cmp(&a.reviewed));
    let told: HashSet<String> = news.iter().map(|news| news.id.clone()).collect();
    let fresh = cards.into_iter().filter(|card| !told.contains(&card.id));
    news.extend(fresh.filter_map(of_reviewed));
    news.truncate(MAX_NEWS);
    Ok(())
}

fn of_reviewed(card: Card) -> Option<News> {
    let mark = card.reviewed.clone()?;
    let (id, title) = (card.id.clone(), card.title.clone());
    let (at, summary) = (midnight(&mark), summary(card));
    Some(News { reason: Reason::Reviewed, id, title, summary, mark, at })
}

/// The card of an article that everybody may find.
fn published(snapshot: &Snapshot, id: &str) -> Result<Option<Card>, Problem> {
    let Some(address) = snapshot.address(id)? else { return Ok(None) };
    let card = snapshot.card(address)?.card;
    Ok((card.status == Status::Published).then_some(card))
}

/// The first thing to do, else the first step.
fn summary(card: Card) -> String {
    let first_step = card.steps.into_iter().next().map(|step| step.text);
    card.summary.or(first_step).unwrap_or_default()
}

fn midnight(day: &str) -> String {
    format!("{day}T00:00:00Z")
}

/// Seconds since 1970.
fn moment(at: &str) -> i64 {
    time::OffsetDateTime::parse(at, &Rfc3339).map_or(0, time::OffsetDateTime::unix_timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due_on(day: Option<&str>, owner: Option<&str>) -> Due {
        Due {
            id: "a/b".into(),
            title: "断网".into(),
            owner: owner.map(str::to_owned),
            severity: None,
            status: Status::Published,
            reviewed: None,
            due: day.map(str::to_owned),
            days_left: None,
            overdue: false,
            url: String::new(),
        }
    }

    #[test]
    fn a_review_is_news_from_the_day_it_is_due_soon() {
        let first = "2026-11-01T08:00:00Z";
        let news = of_due(due_on(Some("2026-12-23"), Some("网络组")), first);
        assert_eq!((news.mark.as_str(), news.at.as_str()), ("2026-12-23", "2026-11-23T00:00:00Z"));
        assert_eq!(news.summary, "应在 2026-12-23 之前复核。负责人：网络组。");
        let news = of_due(due_on(None, None), first);
        assert_eq!((news.mark.as_str(), news.at.as_str()), ("never", first));
        assert_eq!(news.summary, "从未复核。");
    }

    #[test]
    fn times_of_any_zone_are_compared() {
        assert_eq!(moment("2026-11-23T08:00:00+08:00"), moment("2026-11-23T00:00:00Z"));
        assert!(moment("2026-11-23T00:00:01Z") > moment(&midnight("2026-11-23")));
        assert_eq!(moment("yesterday"), 0);
    }
}
