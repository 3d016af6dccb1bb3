//! What a knowledge base has, fault type by fault type: for somebody who has not searched yet.

use tantivy::{
    DocAddress, Order, Term,
    collector::{Count, TopDocs},
    query::{AllQuery, Query, TermQuery},
    schema::IndexRecordOption,
};

use super::{lower::filtered, query::Filters};
use crate::{
    article::{FaultType, Severity},
    index::{Card, IndexError, Snapshot},
};

/// Urgent articles that are shown of one fault type.
const MAX_URGENT: usize = 5;

/// The published articles of one fault type in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeOverview {
    /// The fault type.
    pub fault_type: FaultType,
    /// Number of its published articles.
    pub n_articles: usize,
    /// Its general article; the most urgent one when there are several.
    pub entry: Option<Card>,
    /// The first five of its p1 articles by title, without `entry`.
    pub urgent: Vec<Card>,
    /// Number of all of its p1 articles, without `entry`.
    pub n_urgent: usize,
}

/// All fault types in the order of the article model, also those without an article. Reads a few
/// cards of each and parses nothing.
///
/// # Errors
/// When the index cannot be read.
pub fn overview(snapshot: &Snapshot) -> Result<Vec<TypeOverview>, IndexError> {
    FaultType::ALL.iter().map(|fault_type| of_type(snapshot, *fault_type)).collect()
}

fn of_type(snapshot: &Snapshot, fault_type: FaultType) -> Result<TypeOverview, IndexError> {
    let filters = Filters { fault_type: vec![fault_type], ..Filters::default() };
    let all = filtered(snapshot, &AllQuery, &filters, None);
    let n_articles = snapshot.searcher().search(&all, &Count)?;
    let entry = entry(snapshot, &filters)?;
    let urgent = Filters { severity: vec![Severity::P1], ..filters };
    let (mut urgent, mut n_urgent) = first(snapshot, &AllQuery, &urgent, MAX_URGENT + 1)?;
    if let Some(entry) = &entry
        && entry.severity == Some(Severity::P1)
    {
        urgent.retain(|card| card.id != entry.id);
        n_urgent -= 1;
    }
    urgent.truncate(MAX_URGENT);
    Ok(TypeOverview { fault_type, n_articles, entry, urgent, n_urgent })
}

fn entry(snapshot: &Snapshot, filters: &Filters) -> Result<Option<Card>, IndexError> {
    let term = Term::from_field_text(snapshot.fields().entry, "1");
    let query = TermQuery::new(term, IndexRecordOption::Basic);
    Ok(first(snapshot, &query, filters, 1)?.0.pop())
}

/// The first cards by severity and title, and the number of all that match.
fn first(
    snapshot: &Snapshot,
    query: &dyn Query,
    filters: &Filters,
    limit: usize,
) -> Result<(Vec<Card>, usize), IndexError> {
    let query = filtered(snapshot, query, filters, None);
    let name = snapshot.searcher().schema().get_field_name(snapshot.fields().order);
    let top = TopDocs::with_limit(limit).order_by_string_fast_field(name, Order::Asc);
    let (found, total) = snapshot.searcher().search(&query, &(top, Count))?;
    let card = |address: DocAddress| Ok(snapshot.card(address)?.card);
    let cards = found.into_iter().map(|(_, address)| card(address));
    Ok((cards.collect::<Result<_, IndexError>>()?, total))
}
