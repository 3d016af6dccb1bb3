//! From a monitoring alert to the strategies that answer it: first what articles declare, then
//! codes in the alert's text, then the text itself.

mod query;
mod words;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashSet},
    time::Duration,
};

use serde::Serialize;
use time::Date;

pub use self::query::spoken;
use super::{
    Query, QueryError,
    answer::Hit,
    codes::{DeclaredCode, codes_of, declared_codes},
    hits,
    plan::Plan,
    search,
};
use crate::{
    article::AlertMatcher,
    index::{IndexError, Snapshot},
};

/// Characters of a name, and of each label, that are looked at.
pub const MAX_ALERT_CHARS: usize = 256;

/// What a monitoring system says has happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alert {
    /// Name of the rule; empty for free text.
    pub name: String,
    /// Labels of the alert.
    pub labels: BTreeMap<String, String>,
    /// What people are meant to read, the shortest form first: summary, description.
    pub texts: Vec<String>,
    /// Whether it is over; `None` when nothing says so, as for a rule that is not evaluated.
    pub status: Option<AlertStatus>,
    /// The sender's own key.
    pub fingerprint: Option<String>,
}

/// Where an alert is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AlertStatus {
    /// It goes on.
    Firing,
    /// Its condition holds, but not yet for long enough.
    Pending,
    /// It is over.
    Resolved,
}

/// Why an article answers an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum MatchReason {
    /// The article says so, by the name and the labels of the alert.
    Declared,
    /// The text of the alert has an error code of the article.
    Code,
    /// The words of the alert are the article's.
    Text,
}

/// An article that answers an alert.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Match {
    /// Why.
    pub reason: MatchReason,
    /// The declaration, the code or the words that led there.
    pub matched: String,
    /// The article, as a search shows it.
    pub hit: Hit,
}

/// Up to `limit` articles that answer an alert, the surest first. An alert that says nothing, and
/// one whose words no article has, get none. The search for its words takes at most `time`, if
/// there is one.
///
/// # Errors
/// [`QueryError::Index`] when the index cannot be read, [`QueryError::Limit`] when `limit` is out
/// of range, [`QueryError::Late`] when it takes longer.
pub fn resolve(
    snapshot: &Snapshot,
    alert: &Alert,
    limit: usize,
    today: Date,
    time: Option<Duration>,
) -> Result<Vec<Match>, QueryError> {
    let mut matches = declared(snapshot, alert, limit, today)?;
    if matches.len() < limit {
        for found in told(snapshot, alert, limit, today, time)? {
            let is_new = matches.iter().all(|known| known.hit.card.id != found.hit.card.id);
            if is_new && matches.len() < limit {
                matches.push(found);
            }
        }
    }
    Ok(matches)
}

/// The articles that declare the alert, the most telling declaration first.
///
/// # Errors
/// When the index cannot be read.
pub fn declared(
    snapshot: &Snapshot,
    alert: &Alert,
    limit: usize,
    today: Date,
) -> Result<Vec<Match>, IndexError> {
    let declared = snapshot.alerts()?.of(&alert.name, &alert.labels);
    let mut declared: Vec<_> = declared
        .map(|declared| (Reverse(declared.telling()), snapshot.id_of(declared.address), declared))
        .collect();
    declared.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    let mut seen = HashSet::new();
    declared.retain(|(_, id, _)| seen.insert(id.clone()));
    let first = declared.into_iter().take(limit);
    first
        .map(|(_, _, declared)| {
            let hit = hits::plain(snapshot, declared.address, today)?;
            let matched = written(&declared.matcher);
            Ok(Match { reason: MatchReason::Declared, matched, hit })
        })
        .collect()
}

/// A declaration as selectors are written: `Mysql*{job="mysql"}`.
fn written(matcher: &AlertMatcher) -> String {
    let labels: Vec<_> =
        matcher.labels.iter().map(|(label, value)| format!("{label}={value:?}")).collect();
    let name = matcher.name.as_deref().unwrap_or_default();
    if labels.is_empty() { name.to_owned() } else { format!("{name}{{{}}}", labels.join(", ")) }
}

/// What a search for the words of the alert finds. They were not typed, so they are not corrected.
fn told(
    snapshot: &Snapshot,
    alert: &Alert,
    limit: usize,
    today: Date,
    time: Option<Duration>,
) -> Result<Vec<Match>, QueryError> {
    let text = query::text(snapshot, alert)?;
    let query = Query { corrects: false, time, ..Query::cut(&text, today) }.page(limit, 0)?;
    let plan = Plan::new(snapshot.analyzer(), &query.text);
    if plan.is_empty() {
        return Ok(Vec::new());
    }
    let answer = search(snapshot, &query)?;
    let hits = if answer.total > 0 { answer.hits } else { Vec::new() };
    let codes = declared_codes(snapshot, &plan)?;
    hits.into_iter().map(|hit| reasoned(snapshot, &plan, &codes, hit)).collect()
}

/// A hit with the code that led to it, else with the words of the query.
fn reasoned(
    snapshot: &Snapshot,
    plan: &Plan,
    codes: &[DeclaredCode],
    hit: Hit,
) -> Result<Match, QueryError> {
    let addresses: Vec<_> = snapshot.address(&hit.card.id)?.into_iter().collect();
    let own = codes_of(snapshot, codes, &addresses)?;
    let sure = own.into_iter().flatten().find(|code| code.is_sure);
    let written = sure.and_then(|sure| plan.codes.iter().find(|code| code.key == sure.key));
    let (reason, matched) = match written {
        Some(code) => (MatchReason::Code, plan.typed(code.start, code.end)),
        None => (MatchReason::Text, plan.text.clone()),
    };
    Ok(Match { reason, matched, hit })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declaration_is_written_as_a_selector() {
        let matcher = |name: Option<&str>, labels: &[(&str, &str)]| AlertMatcher {
            name: name.map(str::to_owned),
            labels: labels.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        };
        let table = [
            (matcher(Some("Mysql*"), &[]), "Mysql*"),
            (matcher(Some("A"), &[("job", "x*"), ("env", "p")]), "A{env=\"p\", job=\"x*\"}"),
            (matcher(None, &[("job", "x")]), "{job=\"x\"}"),
        ];
        for (matcher, expected) in table {
            assert_eq!(written(&matcher), expected);
        }
    }
}
