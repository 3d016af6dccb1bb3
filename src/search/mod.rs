//! From what a caller says to the articles that help, as plain functions over a snapshot.
//!
//! ```text
//! query → Plan → candidates (first stage) → Ranker (second stage) → hits, facets, notes
//! ```
//!
//! Entry points: [`search`], [`suggest`], [`explain`], [`resolve()`]. This module never reads a file and never
//! writes an index.

mod answer;
mod codes;
mod correct;
mod deadline;
mod evidence;
mod explain;
mod facets;
mod hits;
mod listing;
mod lower;
mod nearest;
mod overview;
mod passage;
mod plan;
mod query;
mod rank;
mod resolve;
mod statistics;
mod suggest;
mod units;
mod walk;
pub mod weights;

use std::time::Instant;

use tantivy::{
    DocAddress,
    collector::{Count, TopDocs},
};

pub use answer::{
    Answer, FacetCount, Facets, Hit, MatchedBy, Note, Snippet, Suggestion, SuggestionKind,
};
pub use codes::Code;
pub use correct::{Correction, How};
pub use explain::{Explanation, SynonymShare, TokenShare, explain};
pub use hits::plain_hit;
pub use listing::listed_ids;
pub use nearest::nearest_ids;
pub use overview::{TypeOverview, overview};
pub use plan::{Alternative, Clause, Concept, Plan, Reason};
pub use query::{DEFAULT_LIMIT, Filters, MAX_DEPTH, MAX_LIMIT, MAX_QUERY_CHARS, Query, QueryError};
pub use resolve::{
    Alert, AlertStatus, MAX_ALERT_CHARS, Match, MatchReason, declared, resolve, spoken,
};
pub use suggest::{MAX_SUGGESTIONS, completions, suggest};

pub use crate::index::{Card, CardBranch, CardStep};
use crate::index::{IndexError, Snapshot};
use deadline::Deadline;

/// Answers a query from a snapshot.
///
/// An empty query lists by severity and title. A query that nothing matches gets the nearest
/// entry articles, `total` 0 and a note.
///
/// # Errors
/// [`QueryError::Index`] when the index cannot be read, [`QueryError::Late`] when it takes longer
/// than the query allows.
pub fn search(snapshot: &Snapshot, query: &Query) -> Result<Answer, QueryError> {
    let started = Instant::now();
    let deadline = Deadline::after(query.time);
    let plan = planned(snapshot, query)?;
    let mut answer = if plan.is_empty() {
        hits::listed(snapshot, query)?
    } else {
        ranked(snapshot, query, &plan, deadline)?
    };
    if let Some(kept) = query.cut {
        answer.notes.push(Note::Cut { kept });
    }
    answer.elapsed_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    Ok(answer)
}

/// Ids of the first hits of a query, best first: a search without what is shown of them. None
/// when nothing matches or there is nothing to search for.
///
/// # Errors
/// [`QueryError`] as for a search.
pub fn first_ids(snapshot: &Snapshot, query: &Query) -> Result<Vec<String>, QueryError> {
    let first = first_addresses(snapshot, query)?.into_iter();
    Ok(first.filter_map(|address| snapshot.id_of(address)).collect())
}

/// The same as addresses in the index.
fn first_addresses(snapshot: &Snapshot, query: &Query) -> Result<Vec<DocAddress>, QueryError> {
    let deadline = Deadline::after(query.time);
    let plan = planned(snapshot, query)?;
    if plan.is_empty() {
        return Ok(Vec::new());
    }
    let engine_query = lower::matches(snapshot, &plan)?;
    let engine_query = lower::filtered(snapshot, &*engine_query, &query.filters, None);
    let top = TopDocs::with_limit(weights::RERANKED.max(query.limit)).order_by_score();
    let best = snapshot.searcher().search(&engine_query, &top).map_err(IndexError::from)?;
    let ranked = rank::Ranker::new(snapshot, &plan, deadline)?.rank(&best)?;
    Ok(ranked.iter().take(query.limit).map(|ranked| ranked.address).collect())
}

/// Ids of all published articles that match, in no particular order.
///
/// # Errors
/// [`QueryError`] as for a search.
pub fn match_set(snapshot: &Snapshot, text: &str) -> Result<Vec<String>, QueryError> {
    let plan = Plan::new(snapshot.analyzer(), text).corrected(snapshot)?;
    let query = lower::matches(snapshot, &plan)?;
    let query = lower::filtered(snapshot, &*query, &Filters::default(), None);
    let found = snapshot.searcher().search(&query, &tantivy::collector::DocSetCollector);
    let found = found.map_err(IndexError::from)?;
    Ok(found.into_iter().filter_map(|address| snapshot.id_of(address)).collect())
}

/// Number of articles that have a token.
///
/// # Errors
/// [`QueryError::Index`] when the index cannot be read.
pub fn frequency(snapshot: &Snapshot, clause: &Clause) -> Result<u64, QueryError> {
    Ok(lower::document_frequency(snapshot, clause)?)
}

/// The plan of a query, corrected unless it asks to be taken literally.
fn planned(snapshot: &Snapshot, query: &Query) -> Result<Plan, IndexError> {
    let plan = Plan::weighted(snapshot.analyzer(), &query.text, query.weights);
    if query.corrects { plan.corrected(snapshot) } else { Ok(plan) }
}

fn ranked(
    snapshot: &Snapshot,
    query: &Query,
    plan: &Plan,
    deadline: Deadline,
) -> Result<Answer, QueryError> {
    let unfiltered = lower::matches(snapshot, plan)?;
    let engine_query = lower::filtered(snapshot, &*unfiltered, &query.filters, None);
    let n_wanted = weights::FACETED.max(query.offset + query.limit);
    let collectors = (TopDocs::with_limit(n_wanted).order_by_score(), Count);
    let (best, total): (Vec<(f32, DocAddress)>, usize) =
        snapshot.searcher().search(&engine_query, &collectors).map_err(IndexError::from)?;
    if total == 0 {
        // Facets without their own filter show which filter to take back.
        let facets = facets::count(snapshot, &*unfiltered, &query.filters, &[])?;
        return hits::nothing(snapshot, query, plan, facets);
    }
    let ranker = rank::Ranker::new(snapshot, plan, deadline)?;
    let (candidates, rest) = best.split_at(best.len().min(weights::RERANKED));
    let ranked = ranker.rank(candidates)?;
    let faceted = best.get(..weights::FACETED).unwrap_or(&best);
    let facets = facets::count(snapshot, &*unfiltered, &query.filters, faceted)?;
    hits::answer(&ranker, query, &ranked, rest, total, facets)
}
