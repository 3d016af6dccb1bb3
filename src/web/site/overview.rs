//! What the search page shows before anything is searched.

use time::Date;

use super::{Problem, Snapshot, due, due_row};
use crate::{
    article::DUE_SOON_DAYS,
    search::{self, Filters, Query},
    web::pages::OverviewView,
};

/// Articles due for review that are named.
const MAX_DUE: usize = 3;

/// Whether a request asks for nothing in particular: no text, no filter, the first page.
pub(super) fn is_asked_for(query: &Query, show: Option<&str>) -> bool {
    let is_narrowed = query.filters != Filters::default() || query.offset > 0;
    query.text.trim().is_empty() && !is_narrowed && show.is_none()
}

/// The overview; none where no article has a fault type, as in notes that come from elsewhere.
///
/// # Errors
/// When the index cannot be read.
pub(super) fn overview(snapshot: &Snapshot, today: Date) -> Result<Option<OverviewView>, Problem> {
    let types = search::overview(snapshot)?;
    if types.iter().all(|of| of.n_articles == 0) {
        return Ok(None);
    }
    let (due, n_due) = due(snapshot, today, DUE_SOON_DAYS, MAX_DUE)?;
    Ok(Some(OverviewView { types, due: due.into_iter().map(due_row).collect(), n_due }))
}
