//! From a plan to a query of the search engine: which articles match, and which of them are
//! candidates for ranking.

use tantivy::{
    Term,
    query::{BooleanQuery, BoostQuery, ConstScoreQuery, Occur, Query, TermQuery},
    schema::{Field, IndexRecordOption},
};

use super::{
    codes::declared_codes,
    plan::{Alternative, Clause, Plan, Reason},
    query::Filters,
    weights,
};
use crate::{
    analysis::Kind,
    index::{IndexError, Snapshot},
};

/// Pairs of characters that must all be there at most; a longer query is judged by these.
const MAX_GRAMS: usize = 64;

/// A filter that a facet may leave out to count as if it were not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Facet {
    /// Kind of fault.
    FaultType,
    /// Severity.
    Severity,
    /// System.
    System,
    /// Tier.
    Tier,
}

impl Facet {
    /// All facets, in the order of the snapshot's facet columns.
    pub(super) const ALL: [Self; 4] = [Self::FaultType, Self::Severity, Self::System, Self::Tier];
}

type Clauses = Vec<(Occur, Box<dyn Query>)>;

/// The query that finds what matches a plan, without filters. The scores are the first stage.
///
/// # Errors
/// When the index cannot be read.
pub(super) fn matches(snapshot: &Snapshot, plan: &Plan) -> Result<Box<dyn Query>, IndexError> {
    let mut terms = typed_terms(snapshot, plan)?;
    terms.extend(synonym_terms(snapshot, plan)?);
    terms.sort_by_key(|(df, _)| *df);
    terms.truncate(weights::FIRST_STAGE_TERMS);
    let mut should: Clauses =
        terms.into_iter().flat_map(|(_, queries)| queries).map(|q| (Occur::Should, q)).collect();
    should.extend(all_grams(snapshot, plan).map(|query| (Occur::Should, query)));
    should.extend(declared_codes(snapshot, plan)?.into_iter().map(|declared| {
        let query = TermQuery::new(declared.term, IndexRecordOption::Basic);
        (Occur::Should, constant(Box::new(query), weights::CODE))
    }));
    Ok(Box::new(BooleanQuery::new(should)))
}

/// The same query with filters, leaving one facet's filter out.
#[must_use]
pub(super) fn filtered(
    snapshot: &Snapshot,
    query: &dyn Query,
    filters: &Filters,
    without: Option<Facet>,
) -> Box<dyn Query> {
    let fields = snapshot.fields();
    let lists: [(Option<Facet>, Field, Vec<&str>); 5] = [
        (Some(Facet::FaultType), fields.fault_type, texts(&filters.fault_type, |v| v.as_str())),
        (Some(Facet::Severity), fields.severity, texts(&filters.severity, |v| v.as_str())),
        (Some(Facet::System), fields.system, texts(&filters.system, |v| v.as_str())),
        (Some(Facet::Tier), fields.tier, texts(&filters.tier, |v| v.as_str())),
        (None, fields.status, texts(&filters.status, |v| v.as_str())),
    ];
    let mut must: Clauses = vec![(Occur::Must, query.box_clone())];
    for (facet, field, values) in lists {
        if values.is_empty() || (facet.is_some() && facet == without) {
            continue;
        }
        let any: Clauses = values.iter().map(|v| (Occur::Should, term(field, v))).collect();
        must.push((Occur::Must, constant(Box::new(BooleanQuery::new(any)), 0.0)));
    }
    Box::new(BooleanQuery::new(must))
}

/// Queries for one token or synonym, with the number of articles that have it.
type Rated = (u64, Vec<Box<dyn Query>>);

/// What was typed and what may have been meant by it. Filler chooses no candidates: an article
/// that only shares filler does not match.
fn typed_terms(snapshot: &Snapshot, plan: &Plan) -> Result<Vec<Rated>, IndexError> {
    let typed = plan.clauses.iter().filter(|clause| clause.reason != Reason::Filler);
    let corrected = plan.corrections.iter().flat_map(|correction| &correction.clauses);
    let mut rated = Vec::new();
    for clause in typed.chain(corrected).filter(|clause| weights::first_stage(clause.kind) > 0.0) {
        let df = document_frequency(snapshot, clause)?;
        if df > 0 {
            rated.push((df, in_both_fields(snapshot, plan, clause, 1.0)));
        }
    }
    Ok(rated)
}

/// A synonym matches where all its words and Latin runs are.
fn synonym_terms(snapshot: &Snapshot, plan: &Plan) -> Result<Vec<Rated>, IndexError> {
    let mut rated = Vec::new();
    for alternative in plan.concepts.iter().flat_map(|concept| &concept.alternatives) {
        let needed = needed_clauses(alternative);
        let mut rarest = u64::MAX;
        for clause in &needed {
            rarest = rarest.min(document_frequency(snapshot, clause)?);
        }
        if needed.is_empty() || rarest == 0 {
            continue;
        }
        let queries = match needed.as_slice() {
            [only] => in_both_fields(snapshot, plan, only, plan.weights.synonym),
            several => {
                let all = several.iter().map(|clause| {
                    let term = flat_term(snapshot, clause);
                    let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
                    let boost = plan.weights.synonym * weights::first_stage(clause.kind);
                    let boosted = BoostQuery::new(Box::new(query), boost);
                    (Occur::Must, Box::new(boosted) as Box<dyn Query>)
                });
                vec![Box::new(BooleanQuery::new(all.collect())) as Box<dyn Query>]
            }
        };
        rated.push((rarest, queries));
    }
    Ok(rated)
}

/// The words and Latin runs without which a synonym is not there.
pub(super) fn needed_clauses(alternative: &Alternative) -> Vec<&Clause> {
    let is_needed = |clause: &&Clause| matches!(clause.kind, Kind::Word | Kind::Latin);
    alternative.clauses.iter().filter(is_needed).collect()
}

fn in_both_fields(
    snapshot: &Snapshot,
    plan: &Plan,
    clause: &Clause,
    factor: f32,
) -> Vec<Box<dyn Query>> {
    let fields = snapshot.fields();
    let weight = weights::first_stage(clause.kind) * clause.weight * factor;
    [(fields.flat(clause.kind), weight), (fields.title(clause.kind), weight * plan.weights.title)]
        .into_iter()
        .map(|(field, boost)| {
            let term = Term::from_field_text(field, &clause.text);
            let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
            Box::new(BoostQuery::new(Box::new(query), boost)) as Box<dyn Query>
        })
        .collect()
}

/// Everything that has all character pairs of the query; nothing when a pair is unknown.
fn all_grams(snapshot: &Snapshot, plan: &Plan) -> Option<Box<dyn Query>> {
    let grams = snapshot.fields().grams;
    let all: Clauses =
        plan.grams.iter().take(MAX_GRAMS).map(|gram| (Occur::Must, term(grams, gram))).collect();
    let favoured = plan.literal.len() >= weights::LITERAL_CHARS;
    let score = if favoured { weights::ALL_GRAMS } else { 0.0 };
    (!all.is_empty()).then(|| constant(Box::new(BooleanQuery::new(all)), score))
}

fn constant(query: Box<dyn Query>, score: f32) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, score))
}

fn term(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic))
}

fn flat_term(snapshot: &Snapshot, clause: &Clause) -> Term {
    Term::from_field_text(snapshot.fields().flat(clause.kind), &clause.text)
}

/// Number of articles with a token in their flat text.
///
/// # Errors
/// When the index cannot be read.
pub(super) fn document_frequency(snapshot: &Snapshot, clause: &Clause) -> Result<u64, IndexError> {
    Ok(snapshot.searcher().doc_freq(&flat_term(snapshot, clause))?)
}

/// Number of articles with a token in their title.
///
/// # Errors
/// When the index cannot be read.
pub(super) fn title_frequency(snapshot: &Snapshot, clause: &Clause) -> Result<u64, IndexError> {
    let term = Term::from_field_text(snapshot.fields().title(clause.kind), &clause.text);
    Ok(snapshot.searcher().doc_freq(&term)?)
}

fn texts<T>(values: &[T], text: impl Fn(&T) -> &str) -> Vec<&str> {
    values.iter().map(text).collect()
}
