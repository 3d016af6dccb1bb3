//! Counting values over the best matches.

use std::collections::HashMap;

use tantivy::{DocAddress, collector::TopDocs, query::Query as EngineQuery};

use super::{
    answer::{FacetCount, Facets},
    lower::{Facet, filtered},
    query::Filters,
    weights,
};
use crate::{
    article::{FaultType, Severity, Tier},
    index::{IndexError, Snapshot},
};

/// Counts each facet as if its own filter were not set.
///
/// `best` are the best matches under all filters; only a facet whose filter is set needs another
/// look at the index.
///
/// # Errors
/// When the index cannot be read.
pub(super) fn count(
    snapshot: &Snapshot,
    query: &dyn EngineQuery,
    filters: &Filters,
    best: &[(f32, DocAddress)],
) -> Result<Facets, IndexError> {
    let mut counts = Facets::default();
    for facet in Facet::ALL {
        let values = if is_set(filters, facet) {
            let query = filtered(snapshot, query, filters, Some(facet));
            let top = TopDocs::with_limit(weights::FACETED).order_by_score();
            values(snapshot, facet, &snapshot.searcher().search(&query, &top)?)
        } else {
            values(snapshot, facet, best)
        };
        *list(&mut counts, facet) = values;
    }
    Ok(counts)
}

fn is_set(filters: &Filters, facet: Facet) -> bool {
    match facet {
        Facet::FaultType => !filters.fault_type.is_empty(),
        Facet::Severity => !filters.severity.is_empty(),
        Facet::System => !filters.system.is_empty(),
        Facet::Tier => !filters.tier.is_empty(),
    }
}

fn list(facets: &mut Facets, facet: Facet) -> &mut Vec<FacetCount> {
    match facet {
        Facet::FaultType => &mut facets.fault_type,
        Facet::Severity => &mut facets.severity,
        Facet::System => &mut facets.system,
        Facet::Tier => &mut facets.tier,
    }
}

/// Counts per value: severities and tiers in their own order, others the most frequent first.
fn values(snapshot: &Snapshot, facet: Facet, best: &[(f32, DocAddress)]) -> Vec<FacetCount> {
    // Ordinals are counted per segment and only the different ones are looked up.
    let mut ordinals: HashMap<(u32, u64), usize> = HashMap::new();
    for (_, address) in best {
        let column = &snapshot.columns(address.segment_ord).facets[facet as usize];
        for ord in column.iter().flat_map(|column| column.term_ords(address.doc_id)) {
            *ordinals.entry((address.segment_ord, ord)).or_default() += 1;
        }
    }
    let mut counts: HashMap<String, usize> = HashMap::new();
    for ((segment, ord), count) in ordinals {
        let mut value = String::new();
        let column = &snapshot.columns(segment).facets[facet as usize];
        if column.as_ref().is_some_and(|column| column.ord_to_str(ord, &mut value).is_ok()) {
            *counts.entry(value).or_default() += count;
        }
    }
    let mut values: Vec<FacetCount> = counts
        .into_iter()
        .map(|(value, count)| FacetCount { label: label(facet, &value), value, count })
        .collect();
    values.sort_by(|a, b| match facet {
        Facet::Severity | Facet::Tier => a.value.cmp(&b.value),
        _ => b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)),
    });
    values
}

fn label(facet: Facet, value: &str) -> String {
    let label = match facet {
        Facet::FaultType => value.parse().map(FaultType::label).ok(),
        Facet::Severity => value.parse().map(Severity::label).ok(),
        Facet::Tier => value.parse().map(Tier::label).ok(),
        Facet::System => None,
    };
    label.unwrap_or(value).to_owned()
}
