//! From ranked addresses to the page of hits, with notes.

use tantivy::DocAddress;
use time::Date;

use super::{
    answer::{Answer, Facets, Hit, Note},
    correct::How,
    deadline::Deadline,
    evidence::Evidence,
    explain::missing,
    listing,
    passage::{Passages, passages},
    plan::Plan,
    query::{Query, QueryError},
    rank::{Ranked, Ranker, Score},
};
use crate::{
    article::percent_encode_id,
    index::{IndexError, MarkedCard, Snapshot},
};

/// The answer for a query with matches: the page of `ranked` and then of `rest`.
///
/// # Errors
/// When the index cannot be read, or the deadline passes.
pub(super) fn answer(
    ranker: &Ranker<'_>,
    query: &Query,
    ranked: &[Ranked],
    rest: &[(f32, DocAddress)],
    total: usize,
    facets: Facets,
) -> Result<Answer, QueryError> {
    let floor = ranked.last().map_or(0.0, |last| last.score.total());
    let mut page: Vec<Ranked> =
        ranked.iter().skip(query.offset).take(query.limit).cloned().collect();
    let behind = rest.iter().skip(query.offset.saturating_sub(ranked.len()));
    for (first_stage, address) in behind.take(query.limit - page.len()) {
        page.push(unranked(ranker, *first_stage, *address, floor)?);
        ranker.deadline.check()?;
    }
    let mut answer = empty(ranker.snapshot, query);
    answer.total = total;
    answer.facets = facets;
    answer.notes = notes(ranker, ranked, &page);
    for ranked in &page {
        ranker.deadline.check()?;
        let text = ranker.snapshot.text(ranked.address)?;
        let passages = passages(ranker, ranked, &text);
        let score = ranked.score.total();
        answer.hits.push(hit(ranker.snapshot, ranked.address, score, passages, query.today)?);
    }
    Ok(answer)
}

/// An article behind the ranked ones: ordered by the first stage, never scored above them.
fn unranked(
    ranker: &Ranker<'_>,
    first_stage: f32,
    address: DocAddress,
    floor: f32,
) -> Result<Ranked, IndexError> {
    let evidence = ranker.evidence(&ranker.snapshot.text(address)?);
    let score = Score { flat: first_stage.min(floor), ..Score::default() };
    Ok(Ranked { address, first_stage, score, evidence })
}

/// The answer for a query without any searchable character: a list by severity and title.
///
/// # Errors
/// When the index cannot be read.
pub(super) fn listed(snapshot: &Snapshot, query: &Query) -> Result<Answer, QueryError> {
    let (page, total) = listing::by_severity(snapshot, &query.filters, query.limit, query.offset)?;
    let (best, _) = listing::by_severity(snapshot, &query.filters, super::weights::FACETED, 0)?;
    let best: Vec<(f32, DocAddress)> = best.into_iter().map(|address| (0.0, address)).collect();
    let mut answer = empty(snapshot, query);
    answer.total = total;
    answer.facets =
        super::facets::count(snapshot, &tantivy::query::AllQuery, &query.filters, &best)?;
    for address in page {
        let passages = opening(snapshot, address)?;
        answer.hits.push(hit(snapshot, address, 0.0, passages, query.today)?);
    }
    Ok(answer)
}

/// The article with this id as a list without a query shows it.
///
/// # Errors
/// When the index cannot be read.
pub fn plain_hit(snapshot: &Snapshot, id: &str, today: Date) -> Result<Option<Hit>, IndexError> {
    let Some(address) = snapshot.address(id)? else { return Ok(None) };
    plain(snapshot, address, today).map(Some)
}

/// The answer for a query that nothing matches.
///
/// # Errors
/// When the index cannot be read.
pub(super) fn nothing(
    snapshot: &Snapshot,
    query: &Query,
    plan: &Plan,
    facets: Facets,
) -> Result<Answer, QueryError> {
    let mut answer = empty(snapshot, query);
    answer.facets = facets;
    answer.notes.push(Note::NoMatch);
    for address in listing::entries(snapshot, plan, &query.filters, query.limit)? {
        let passages = opening(snapshot, address)?;
        answer.hits.push(hit(snapshot, address, 0.0, passages, query.today)?);
    }
    Ok(answer)
}

fn empty(snapshot: &Snapshot, query: &Query) -> Answer {
    Answer {
        query: query.text.clone(),
        total: 0,
        elapsed_us: 0,
        revision: snapshot.revision().to_owned(),
        indexed_at: snapshot.indexed_at().to_owned(),
        notes: Vec::new(),
        hits: Vec::new(),
        facets: Facets::default(),
    }
}

/// A hit that no text was searched for: its body from the start, without a score.
///
/// # Errors
/// When the index cannot be read.
pub(super) fn plain(
    snapshot: &Snapshot,
    address: DocAddress,
    today: Date,
) -> Result<Hit, IndexError> {
    hit(snapshot, address, 0.0, opening(snapshot, address)?, today)
}

/// The start of an article's body, with nothing marked.
fn opening(snapshot: &Snapshot, address: DocAddress) -> Result<Passages, IndexError> {
    let plan = Plan::new(snapshot.analyzer(), "");
    let ranker = Ranker::new(snapshot, &plan, Deadline::after(None))?;
    let score = Score::default();
    let nothing = Ranked { address, first_stage: 0.0, score, evidence: Evidence::default() };
    Ok(passages(&ranker, &nothing, &snapshot.text(address)?))
}

fn hit(
    snapshot: &Snapshot,
    address: DocAddress,
    score: f32,
    passages: Passages,
    today: Date,
) -> Result<Hit, IndexError> {
    let MarkedCard { mut card, review_due, broken } = snapshot.card(address)?;
    for branch in card.steps.iter_mut().flat_map(|step| &mut step.branches) {
        branch.goto = branch.goto.take().and_then(|path| snapshot.id_of_path(&path));
    }
    Ok(Hit {
        stale: review_due.is_some_and(|due| due < today),
        broken,
        url: format!("/articles/{}", percent_encode_id(&card.id)),
        anchor: passages.anchor,
        score,
        matched_by: passages.matched_by,
        title_highlights: passages.title_highlights,
        snippet: passages.snippet,
        card,
    })
}

/// Corrections that hits of the page contain, those of the same words together.
fn corrected(ranker: &Ranker<'_>, page: &[Ranked]) -> Vec<Note> {
    let mut notes: Vec<(How, usize, String, Vec<String>)> = Vec::new();
    for (c, correction) in ranker.plan.corrections.iter().enumerate() {
        if !page.iter().any(|hit| ranker.is_met(c, &hit.evidence)) {
            continue;
        }
        let used = correction.text.clone();
        match notes.last_mut() {
            Some((how, start, _, all)) if (*how, *start) == (correction.how, correction.start) => {
                all.push(used)
            }
            _ => {
                let typed = ranker.plan.typed(correction.start, correction.end);
                notes.push((correction.how, correction.start, typed, vec![used]));
            }
        }
    }
    notes
        .into_iter()
        .map(|(how, _, text, used)| match how {
            How::Regional => Note::Synonym { text, used },
            _ => Note::Corrected { text, used },
        })
        .collect()
}

/// Whether a synonym is already in the notes: a word of Taiwan may also be in a synonym group.
fn is_said(note: &Note, notes: &[Note]) -> bool {
    let Note::Synonym { text, used } = note else { return false };
    notes.iter().any(|said| match said {
        Note::Synonym { text: typed, used: all } => {
            typed == text && used.iter().all(|word| all.contains(word))
        }
        _ => false,
    })
}

/// Synonyms that counted for a hit of the page, and words that the first hit of all lacks.
fn notes(ranker: &Ranker<'_>, ranked: &[Ranked], page: &[Ranked]) -> Vec<Note> {
    let mut notes = Vec::new();
    for (c, concept) in ranker.plan.concepts.iter().enumerate() {
        let mut used: Vec<String> = Vec::new();
        for hit in page {
            if let Some((best, _)) = ranker.synonym(c, hit.address, &hit.evidence) {
                let term = &concept.alternatives[best].text;
                if !used.contains(term) {
                    used.push(term.clone());
                }
            }
        }
        if !used.is_empty() {
            notes.push(Note::Synonym { text: concept.text.clone(), used });
        }
    }
    let corrected = corrected(ranker, page);
    notes.extend(corrected.into_iter().filter(|note| !is_said(note, &notes)).collect::<Vec<_>>());
    let dropped = ranked.first().map(|first| missing(ranker, first)).unwrap_or_default();
    if !dropped.is_empty() {
        notes.push(Note::Missing { dropped });
    }
    notes
}
