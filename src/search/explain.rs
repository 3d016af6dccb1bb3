//! Why an article ranks where it does.

use serde::Serialize;
use tantivy::collector::TopDocs;

use super::{
    deadline::Deadline,
    lower::{filtered, matches},
    plan::Reason,
    planned,
    query::{Query, QueryError},
    rank::{Ranked, Ranker},
    weights,
};
use crate::{analysis::Kind, index::Snapshot};

/// Why an article ranks where it does, or does not.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// Article id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Place among the ranked articles, from 1; `None` when it is not among them.
    pub rank: Option<usize>,
    /// Number of articles ranked.
    pub n_ranked: usize,
    /// Declared codes of the article that the query names.
    pub codes: usize,
    /// Final score.
    pub total: f32,
    /// Its parts, largest contributions as in the formula, in the formula's order.
    pub parts: Vec<(&'static str, f32)>,
    /// The tokens of the query.
    pub tokens: Vec<TokenShare>,
    /// Synonyms that counted.
    pub synonyms: Vec<SynonymShare>,
    /// Telling words of the query that the article lacks.
    pub missing: Vec<String>,
}

/// What one token of the query adds.
#[derive(Debug, Clone, Serialize)]
pub struct TokenShare {
    /// The token.
    pub text: String,
    /// Its kind, in Chinese.
    pub kind: &'static str,
    /// Whether it lies wholly inside stop words.
    pub filler: bool,
    /// Number of articles with it.
    pub frequency: u64,
    /// Weighted occurrences in the article.
    pub count: f32,
    /// What it adds by the flat text.
    pub flat: f32,
    /// What it adds by the title.
    pub title: f32,
}

/// What a synonym adds.
#[derive(Debug, Clone, Serialize)]
pub struct SynonymShare {
    /// Words of the query.
    pub typed: String,
    /// The term found instead.
    pub used: String,
    /// What it adds.
    pub gain: f32,
}

/// Explains the place of the article `id` under `query`; `None` when there is no such article.
///
/// # Errors
/// [`QueryError`] as for a search.
pub fn explain(
    snapshot: &Snapshot,
    query: &Query,
    id: &str,
) -> Result<Option<Explanation>, QueryError> {
    let Some(address) = snapshot.address(id)? else { return Ok(None) };
    let plan = planned(snapshot, query)?;
    let ranker = Ranker::new(snapshot, &plan, Deadline::after(query.time))?;
    let engine_query = matches(snapshot, &plan)?;
    let engine_query = filtered(snapshot, &*engine_query, &query.filters, None);
    let top = TopDocs::with_limit(weights::RERANKED).order_by_score();
    let mut candidates = snapshot.searcher().search(&engine_query, &top).map_err(index_error)?;
    let is_candidate = candidates.iter().any(|(_, candidate)| *candidate == address);
    if !is_candidate {
        candidates.push((0.0, address));
    }
    let ranked = ranker.rank(&candidates)?;
    let place = ranked.iter().position(|r| r.address == address);
    let rank = place.filter(|_| is_candidate).map(|at| at + 1);
    let n_ranked = candidates.len() - usize::from(!is_candidate);
    let explained = place.map(|at| explanation(&ranker, &ranked[at], rank, n_ranked));
    explained.transpose().map_err(QueryError::from)
}

fn index_error(error: tantivy::TantivyError) -> QueryError {
    QueryError::Index(error.into())
}

fn explanation(
    ranker: &Ranker<'_>,
    ranked: &Ranked,
    rank: Option<usize>,
    n_ranked: usize,
) -> Result<Explanation, crate::index::IndexError> {
    let card = ranker.snapshot.card(ranked.address)?.card;
    let score = ranked.score;
    Ok(Explanation {
        id: card.id,
        title: card.title,
        rank,
        n_ranked,
        codes: score.codes,
        total: score.total(),
        parts: [
            ("全文", score.flat),
            ("标题", score.title),
            ("开头", score.lead),
            ("同一行", score.line),
            ("同义词", score.synonyms),
            ("原文照出", score.literal),
            ("代码", score.code),
        ]
        // An empty sum is −0 in Rust; people are shown 0.
        .map(|(name, value)| (name, value + 0.0))
        .to_vec(),
        tokens: tokens(ranker, ranked),
        synonyms: synonyms(ranker, ranked),
        missing: missing(ranker, ranked),
    })
}

fn tokens(ranker: &Ranker<'_>, ranked: &Ranked) -> Vec<TokenShare> {
    let Ranked { address, evidence, .. } = ranked;
    (0..ranker.units.n_counted)
        .map(|unit| {
            let clause = &ranker.units.all[unit];
            TokenShare {
                text: clause.text.clone(),
                kind: kind_name(clause.kind),
                filler: clause.reason == Reason::Filler,
                frequency: ranker.worths[unit].frequency,
                count: evidence.flat[unit],
                flat: ranker.flat(unit, *address, evidence),
                title: ranker.title(unit, *address, evidence),
            }
        })
        .collect()
}

fn synonyms(ranker: &Ranker<'_>, ranked: &Ranked) -> Vec<SynonymShare> {
    let concepts = ranker.plan.concepts.iter().enumerate();
    concepts
        .filter_map(|(c, concept)| {
            let (best, gain) = ranker.synonym(c, ranked.address, &ranked.evidence)?;
            let used = concept.alternatives[best].text.clone();
            Some(SynonymShare { typed: concept.text.clone(), used, gain })
        })
        .collect()
}

/// Telling words of the query that neither stand in the article nor have a synonym there.
#[must_use]
pub(super) fn missing(ranker: &Ranker<'_>, ranked: &Ranked) -> Vec<String> {
    let is_replaced = |cell: usize| {
        let is_met = |c: usize| ranker.is_met(c, &ranked.evidence);
        let corrections = ranker.plan.corrections.iter().enumerate();
        let mut of_cell = corrections.filter(|(_, found)| (found.start..found.end).contains(&cell));
        of_cell.any(|(c, _)| is_met(c))
            || ranker.plan.concepts.iter().enumerate().any(|(c, concept)| {
                (concept.start..concept.end).contains(&cell)
                    && ranker.synonym(c, ranked.address, &ranked.evidence).is_some()
            })
    };
    let absent = ranker.plan.telling_words().filter(|word| {
        let unit = ranker.units.all.iter().take(ranker.units.n_typed);
        let at = unit.clone().position(|u| u.kind == word.kind && u.text == word.text);
        at.is_some_and(|unit| ranked.evidence.flat[unit] == 0.0) && !is_replaced(word.cell)
    });
    absent.map(|word| ranker.plan.typed(word.cell, word.cell + word.n_cells)).collect()
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Word => "词",
        Kind::Bigram => "二字",
        Kind::Unigram => "单字",
        Kind::Latin => "字母数字",
        Kind::Part => "代码",
    }
}
