//! The beginning of a Latin word that is still being typed.

use super::{Correction, How, LatinRun};
use crate::{
    index::{IndexError, Snapshot},
    search::weights,
};

/// Fewest letters that a word is recognised by.
const MIN_LETTERS: usize = 3;
/// Words that are believed at most.
const MAX_WORDS: usize = 2;

/// The most frequent words that begin with the last run of the query.
pub(super) fn corrections(
    snapshot: &Snapshot,
    run: &LatinRun,
) -> Result<Vec<Correction>, IndexError> {
    let is_word = run.text.bytes().all(|b| b.is_ascii_lowercase());
    if !run.is_last || !is_word || run.text.len() < MIN_LETTERS {
        return Ok(Vec::new());
    }
    let known = snapshot.lexicon()?.latin().iter();
    let longer = known.filter(|known| known.text.starts_with(&run.text)).take(MAX_WORDS);
    let cells = [run.cell, run.cell + 1];
    let correction = |text: &str| {
        Correction::new(snapshot.analyzer(), cells, text, How::Prefix, weights::PREFIX)
    };
    Ok(longer.map(|known| correction(&known.text)).collect())
}
