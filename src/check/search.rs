//! What a search finds first, for the rule that asks.

use std::{fmt, sync::Arc};

use crate::search::Query;

/// An article must be among this many first hits of each query it expects.
/// Source: the article model, section 8.1.
pub const MAX_RANK: usize = 3;

type Find = dyn Fn(&Query) -> Option<Vec<String>> + Send + Sync;

/// Gives the ids of the first hits of a query, at most [`Query::limit`]; `None` when the search
/// failed, which is no fault of an article.
#[derive(Clone)]
pub struct FirstHits(Arc<Find>);

impl FirstHits {
    /// Asks by calling `find`, from several threads.
    #[must_use]
    pub fn new(find: impl Fn(&Query) -> Option<Vec<String>> + Send + Sync + 'static) -> Self {
        Self(Arc::new(find))
    }

    pub(super) fn of(&self, query: &Query) -> Option<Vec<String>> {
        (self.0)(query)
    }
}

impl fmt::Debug for FirstHits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FirstHits")
    }
}
