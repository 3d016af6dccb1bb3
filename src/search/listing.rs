//! Articles without a query: the whole list, and the entry articles when nothing matches.

use std::collections::HashSet;

use tantivy::{
    DocAddress, Order, Term,
    collector::{Count, TopDocs},
    query::{AllQuery, TermQuery},
    schema::IndexRecordOption,
};

use super::{lower::filtered, plan::Plan, query::Filters};
use crate::index::{IndexError, Snapshot};

/// Addresses by severity and title from `offset` on, and the number of all articles that pass the
/// filters.
///
/// # Errors
/// When the index cannot be read.
pub(super) fn by_severity(
    snapshot: &Snapshot,
    filters: &Filters,
    limit: usize,
    offset: usize,
) -> Result<(Vec<DocAddress>, usize), IndexError> {
    let query = filtered(snapshot, &AllQuery, filters, None);
    let name = snapshot.searcher().schema().get_field_name(snapshot.fields().order);
    let top =
        TopDocs::with_limit(limit).and_offset(offset).order_by_string_fast_field(name, Order::Asc);
    let (listed, total) = snapshot.searcher().search(&query, &(top, Count))?;
    Ok((listed.into_iter().map(|(_, address)| address).collect(), total))
}

/// Ids of all articles that pass the filters, by severity and title; nothing is decoded.
///
/// # Errors
/// When the index cannot be read.
pub fn listed_ids(snapshot: &Snapshot, filters: &Filters) -> Result<Vec<String>, IndexError> {
    let (addresses, _) = by_severity(snapshot, filters, snapshot.n_articles().max(1), 0)?;
    Ok(addresses.into_iter().filter_map(|address| snapshot.id_of(address)).collect())
}

/// Entry articles for a query that matches nothing: those that share most characters with it
/// first, then by severity. Where the filters leave none, they are ignored; where a knowledge base
/// has none, its first articles stand in.
///
/// # Errors
/// When the index cannot be read.
pub(super) fn entries(
    snapshot: &Snapshot,
    plan: &Plan,
    filters: &Filters,
    limit: usize,
) -> Result<Vec<DocAddress>, IndexError> {
    for filters in [filters, &Filters::default()] {
        let mut addresses = all_entries(snapshot, filters)?;
        if addresses.is_empty() {
            addresses = by_severity(snapshot, filters, limit, 0)?.0;
        } else {
            let shared = |address: &DocAddress| shared_characters(snapshot, plan, *address);
            addresses.sort_by_cached_key(|address| std::cmp::Reverse(shared(address)));
        }
        if !addresses.is_empty() {
            addresses.truncate(limit);
            return Ok(addresses);
        }
    }
    Ok(Vec::new())
}

/// Entry articles that pass the filters, by severity and title.
fn all_entries(snapshot: &Snapshot, filters: &Filters) -> Result<Vec<DocAddress>, IndexError> {
    let term = Term::from_field_text(snapshot.fields().entry, "1");
    let query = TermQuery::new(term, IndexRecordOption::Basic);
    let query = filtered(snapshot, &query, filters, None);
    let name = snapshot.searcher().schema().get_field_name(snapshot.fields().order);
    let top = TopDocs::with_limit(super::MAX_LIMIT).order_by_string_fast_field(name, Order::Asc);
    let found = snapshot.searcher().search(&query, &top)?;
    Ok(found.into_iter().map(|(_, address)| address).collect())
}

fn shared_characters(snapshot: &Snapshot, plan: &Plan, address: DocAddress) -> usize {
    let text = snapshot.text(address).unwrap_or_default();
    let chars: HashSet<char> = crate::analysis::searchable_chars(&text).into_iter().collect();
    plan.literal.iter().filter(|c| chars.contains(c)).count()
}
