//! Completions of what is typed so far.

use std::{collections::HashSet, time::Duration};

use tantivy::{
    DocAddress, Term, collector::DocSetCollector, query::TermQuery, schema::IndexRecordOption,
};
use time::Date;

use super::{
    answer::{Suggestion, SuggestionKind},
    query::{Query, QueryError},
};
use crate::{
    analysis::folded_string,
    index::{Card, IndexError, PartKind, Snapshot, decode_text},
};

/// Most completions given.
pub const MAX_SUGGESTIONS: usize = 8;
/// Terms with the typed prefix that are looked at, per segment.
const MAX_TERMS: usize = 64;

/// Up to [`MAX_SUGGESTIONS`] titles, aliases and codes: those that begin with what is typed, the
/// shortest first, then titles of the best matches; within `time`, if there is one.
///
/// # Errors
/// [`QueryError`] as for a search.
pub fn suggest(
    snapshot: &Snapshot,
    typed: &str,
    time: Option<Duration>,
) -> Result<Vec<Suggestion>, QueryError> {
    let query = Query { time, ..Query::new(typed, Date::MIN)? };
    let mut suggestions = completions(snapshot, typed)?;
    for address in super::first_addresses(snapshot, &query)? {
        suggestions.push(by_title(snapshot.card(address)?.card));
    }
    Ok(distinct(suggestions))
}

/// Up to [`MAX_SUGGESTIONS`] names that begin with what is typed, the shortest first: the part of
/// [`suggest`] that needs no search.
///
/// # Errors
/// When the index cannot be read.
pub fn completions(snapshot: &Snapshot, typed: &str) -> Result<Vec<Suggestion>, IndexError> {
    let prefix = folded_string(typed.trim());
    if prefix.is_empty() {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for term in terms_with_prefix(snapshot, &prefix)? {
        names.extend(names_of(snapshot, &term)?);
    }
    Ok(distinct(names))
}

fn distinct(mut suggestions: Vec<Suggestion>) -> Vec<Suggestion> {
    let mut seen = HashSet::new();
    suggestions.retain(|s| seen.insert(folded_string(&s.text)));
    suggestions.truncate(MAX_SUGGESTIONS);
    suggestions
}

fn by_title(card: Card) -> Suggestion {
    let (id, title) = (card.id, card.title);
    Suggestion { text: title.clone(), kind: SuggestionKind::Title, id, title }
}

/// Folded names that begin with `prefix`, the shortest first.
fn terms_with_prefix(snapshot: &Snapshot, prefix: &str) -> Result<Vec<String>, IndexError> {
    let mut terms = Vec::new();
    for reader in snapshot.searcher().segment_readers() {
        let inverted = reader.inverted_index(snapshot.fields().completions)?;
        let mut stream = inverted.terms().range().ge(prefix).into_stream()?;
        let mut n_seen = 0;
        while n_seen < MAX_TERMS && stream.advance() {
            let Ok(term) = std::str::from_utf8(stream.key()) else { continue };
            if !term.starts_with(prefix) {
                break;
            }
            terms.push(term.to_owned());
            n_seen += 1;
        }
    }
    terms.sort_by_cached_key(|term| (term.chars().count(), term.clone()));
    terms.dedup();
    terms.truncate(MAX_SUGGESTIONS);
    Ok(terms)
}

/// The names, as written, of published articles that fold to `term`.
fn names_of(snapshot: &Snapshot, term: &str) -> Result<Vec<Suggestion>, IndexError> {
    let query = TermQuery::new(
        Term::from_field_text(snapshot.fields().completions, term),
        IndexRecordOption::Basic,
    );
    let mut addresses: Vec<DocAddress> =
        snapshot.searcher().search(&query, &DocSetCollector)?.into_iter().collect();
    addresses.sort_unstable();
    let mut names = Vec::new();
    for address in addresses.into_iter().take(MAX_SUGGESTIONS) {
        names.extend(name_of(snapshot, address, term)?);
    }
    names.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(names)
}

fn name_of(
    snapshot: &Snapshot,
    address: DocAddress,
    term: &str,
) -> Result<Option<Suggestion>, IndexError> {
    let card = snapshot.card(address)?.card;
    if card.status != crate::article::Status::Published {
        return Ok(None);
    }
    let text = snapshot.text(address)?;
    let found = decode_text(&text).find(|part| folded_string(part.text) == term);
    Ok(found.map(|part| Suggestion {
        text: part.text.to_owned(),
        kind: match part.kind {
            PartKind::Title => SuggestionKind::Title,
            PartKind::Codes => SuggestionKind::Code,
            _ => SuggestionKind::Alias,
        },
        id: card.id,
        title: card.title,
    }))
}
