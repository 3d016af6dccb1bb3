//! Words that callers use and no article has: hints for aliases.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Outcome;
use crate::{
    index::Snapshot,
    search::{Plan, QueryError, frequency},
};

/// A word that occurs in no article.
#[derive(Debug, Clone, Serialize)]
pub struct MissingWord {
    /// The word.
    pub word: String,
    /// The queries that have it.
    pub queries: Vec<String>,
}

/// Words of queries whose article was not first that occur in no article, those of most queries
/// first.
///
/// # Errors
/// [`QueryError`] as for a search.
pub fn missing_words(
    snapshot: &Snapshot,
    outcome: &Outcome,
) -> Result<Vec<MissingWord>, QueryError> {
    let mut words: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for asked in outcome.asked.iter().filter(|asked| asked.rank != Some(1)) {
        let plan = Plan::new(snapshot.analyzer(), &asked.query);
        for word in plan.telling_words() {
            if frequency(snapshot, word)? == 0 {
                words.entry(word.text.clone()).or_default().push(asked.query.clone());
            }
        }
    }
    let mut words: Vec<MissingWord> =
        words.into_iter().map(|(word, queries)| MissingWord { word, queries }).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.queries.len()));
    Ok(words)
}
