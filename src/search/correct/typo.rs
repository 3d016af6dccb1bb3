//! Typing errors in Latin words.

use super::{Correction, How, LatinRun};
use crate::{
    index::{IndexError, Known, Snapshot},
    search::weights,
};

/// Shortest word that is taken for misspelt, in letters. Source: the ranking experiment.
const MIN_LETTERS: usize = 4;
/// From so many letters on, two errors are believed. Source: the ranking experiment.
const LONG_LETTERS: usize = 8;
/// Longest word that is compared, in letters.
const MAX_LETTERS: usize = 40;
/// Fewest articles that have the right word. Source: the ranking experiment.
const MIN_FREQUENCY: u32 = 2;
/// Most frequent words that are compared at most.
const MAX_COMPARED: usize = 50_000;

/// The word of the collection that is nearest to an unknown one: fewest errors, then most
/// articles.
pub(super) fn correction(
    snapshot: &Snapshot,
    run: &LatinRun,
) -> Result<Option<Correction>, IndexError> {
    let n_letters = run.text.len();
    let is_word = run.text.bytes().all(|b| b.is_ascii_lowercase());
    if !is_word || !(MIN_LETTERS..=MAX_LETTERS).contains(&n_letters) {
        return Ok(None);
    }
    let most = if n_letters < LONG_LETTERS { 1 } else { 2 };
    let known = snapshot.lexicon()?.latin().iter().take(MAX_COMPARED);
    let near = known.filter(|known| known.frequency >= MIN_FREQUENCY && is_alike(run, known, most));
    let best = near
        .map(|known| (strsim::osa_distance(&run.text, &known.text), known))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, known)| (*distance, std::cmp::Reverse(known.frequency)));
    let cells = [run.cell, run.cell + 1];
    Ok(best.map(|(_, known)| {
        Correction::new(snapshot.analyzer(), cells, &known.text, How::Typo, weights::TYPO)
    }))
}

/// Whether two words are worth comparing: about as long, and with the same first or last letter.
fn is_alike(run: &LatinRun, known: &Known, most: usize) -> bool {
    let (a, b) = (run.text.as_bytes(), known.text.as_bytes());
    a.len().abs_diff(b.len()) <= most && (a.first() == b.first() || a.last() == b.last())
}
