//! Ids near one that does not exist, for a helpful 404.

use tantivy::collector::DocSetCollector;
use time::Date;

use super::query::{Query, QueryError};
use crate::index::{IndexError, Snapshot};

/// Most ids given.
const MAX_NEAREST: usize = 3;
/// Above this many articles ids are not compared one by one.
const MAX_COMPARED: usize = 20_000;

/// Up to three ids of the articles nearest to `id`: those that share most character pairs with
/// it, then those that a search for its words finds.
///
/// # Errors
/// [`QueryError::Index`] when the index cannot be read.
pub fn nearest_ids(snapshot: &Snapshot, id: &str) -> Result<Vec<String>, QueryError> {
    let mut ids = if snapshot.n_articles() <= MAX_COMPARED { alike(snapshot, id)? } else { vec![] };
    let words = id.replace(['-', '/', '_'], " ");
    let found = super::search(snapshot, &Query::cut(&words, Date::MIN))?;
    for hit in found.hits {
        if !ids.contains(&hit.card.id) {
            ids.push(hit.card.id);
        }
    }
    ids.truncate(MAX_NEAREST);
    Ok(ids)
}

/// Ids with at least a third of their character pairs in common, the most alike first.
/// Source of the measure: Dice, Measures of the Amount of Ecologic Association, 1945.
fn alike(snapshot: &Snapshot, id: &str) -> Result<Vec<String>, IndexError> {
    let all = snapshot.searcher().search(&tantivy::query::AllQuery, &DocSetCollector)?;
    let wanted = pairs(id);
    let mut rated: Vec<(usize, String)> = all
        .into_iter()
        .filter_map(|address| snapshot.id_of(address))
        .map(|other| (dice_percent(&wanted, &pairs(&other)), other))
        .filter(|(percent, _)| *percent >= 33)
        .collect();
    rated.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    Ok(rated.into_iter().take(MAX_NEAREST).map(|(_, id)| id).collect())
}

fn pairs(text: &str) -> Vec<[char; 2]> {
    let chars: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    let mut pairs: Vec<[char; 2]> = chars.windows(2).map(|pair| [pair[0], pair[1]]).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

fn dice_percent(a: &[[char; 2]], b: &[[char; 2]]) -> usize {
    let common = a.iter().filter(|pair| b.binary_search(pair).is_ok()).count();
    200 * common / (a.len() + b.len()).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likeness_is_a_percentage() {
        for (a, b, expected) in [("abc", "abc", 100), ("abc", "xyz", 0), ("abcd", "abxd", 33)] {
            assert_eq!(dice_percent(&pairs(a), &pairs(b)), expected, "{a} {b}");
        }
    }
}
