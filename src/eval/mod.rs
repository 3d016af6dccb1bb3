//! How well the search finds: judged queries, and what they say about a snapshot.
//!
//! Entry points: [`judgments`] reads what people judged, [`evaluate`] asks the queries,
//! [`keystrokes()`] counts how much of each must be typed, [`compare`] sets two runs side by side.

mod compare;
pub mod judgments;
mod keystrokes;
mod metrics;
mod missing;
mod tune;

use serde::{Deserialize, Serialize};
use time::Date;

pub use compare::{Comparison, compare};
pub use judgments::{Judgment, JudgmentError};
pub use keystrokes::{Keystrokes, Typing, keystrokes};
pub use metrics::Figures;
pub use missing::{MissingWord, missing_words};
pub use tune::{Ablation, Fold, ablations, folds, learn};

use crate::{
    article::Status,
    index::Snapshot,
    search::{
        self, Query, QueryError,
        weights::{SHIPPED, Weights},
    },
};

/// Hits that count. All figures are over the first ten.
pub const DEPTH: usize = 10;

/// How queries are answered while they are judged.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The weights of the ranking.
    pub weights: Weights,
    /// Whether unknown words are corrected.
    pub corrects: bool,
}

impl Default for Setting {
    fn default() -> Self {
        Self { weights: SHIPPED, corrects: true }
    }
}

/// What one judged query gave.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Asked {
    /// The query.
    pub query: String,
    /// Its kind.
    pub kind: String,
    /// Ids that should come first.
    pub primary: Vec<String>,
    /// Ids of the first [`DEPTH`] hits.
    pub hits: Vec<String>,
    /// Place of the first primary article, from 1.
    pub rank: Option<usize>,
    /// Figures of this query alone.
    pub figures: Figures,
}

/// The outcome of a run over all judged queries.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Outcome {
    /// Figures over all queries.
    pub overall: Figures,
    /// Figures by kind, in the order in which the kinds first occur.
    pub kinds: Vec<(String, Figures)>,
    /// All queries, in order.
    pub asked: Vec<Asked>,
}

/// Asks all judged queries of a snapshot, published articles and drafts.
///
/// # Errors
/// [`QueryError`] as for a search.
pub fn evaluate(
    snapshot: &Snapshot,
    judgments: &[Judgment],
    setting: Setting,
) -> Result<Outcome, QueryError> {
    let asked = judgments.iter().map(|judgment| ask(snapshot, judgment, setting));
    let asked: Vec<Asked> = asked.collect::<Result<_, _>>()?;
    let mut kinds: Vec<String> = Vec::new();
    for one in &asked {
        if !kinds.contains(&one.kind) {
            kinds.push(one.kind.clone());
        }
    }
    let of_kind = |kind: String| {
        let figures = asked.iter().filter(|one| one.kind == kind).map(|one| one.figures);
        let figures = Figures::mean(figures);
        (kind, figures)
    };
    let kinds = kinds.into_iter().map(of_kind).collect();
    Ok(Outcome { overall: Figures::mean(asked.iter().map(|one| one.figures)), kinds, asked })
}

fn ask(snapshot: &Snapshot, judgment: &Judgment, setting: Setting) -> Result<Asked, QueryError> {
    let hits = first_ids(snapshot, &judgment.query, setting, DEPTH)?;
    Ok(Asked {
        query: judgment.query.clone(),
        kind: judgment.kind.clone(),
        primary: judgment.primary.clone(),
        rank: hits.iter().position(|id| judgment.primary.contains(id)).map(|at| at + 1),
        figures: Figures::of(&hits, judgment),
        hits,
    })
}

/// Ids of the first hits.
fn first_ids(
    snapshot: &Snapshot,
    text: &str,
    setting: Setting,
    limit: usize,
) -> Result<Vec<String>, QueryError> {
    // No date matters for the order.
    let mut query = Query::cut(text, Date::MIN).page(limit, 0)?;
    query.filters.status.push(Status::Draft);
    (query.weights, query.corrects) = (setting.weights, setting.corrects);
    search::first_ids(snapshot, &query)
}
