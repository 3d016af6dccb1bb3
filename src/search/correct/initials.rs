//! Initials of pinyin: `dyj` for 打印机.

use super::{Correction, How, LatinRun};
use crate::{
    index::{IndexError, Snapshot},
    search::weights,
};

/// Fewest and most letters. Source: the ranking experiment.
const LETTERS: std::ops::RangeInclusive<usize> = 2..=6;

/// The words with these initials: the most frequent one, and the second if it is half as frequent.
pub(super) fn corrections(
    snapshot: &Snapshot,
    run: &LatinRun,
) -> Result<Vec<Correction>, IndexError> {
    let is_word = run.text.bytes().all(|b| b.is_ascii_lowercase());
    if !is_word || !LETTERS.contains(&run.text.len()) {
        return Ok(Vec::new());
    }
    let found = snapshot.lexicon()?.by_initials(&run.text);
    let first = found.first().map_or(0.0, |(_, count)| *count);
    let cells = [run.cell, run.cell + 1];
    let correction = |text: &str| {
        Correction::new(snapshot.analyzer(), cells, text, How::Initials, weights::INITIALS)
    };
    let sure = found.iter().filter(|(_, count)| count * 2.0 >= first);
    Ok(sure.map(|(text, _)| correction(text)).collect())
}
