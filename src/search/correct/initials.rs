//! Initials of pinyin: `dyj` for 打印机, and initials among whole syllables: `cpmle` for C盘满了.

use super::{Correction, How, LatinRun};
use crate::{
    analysis::phonetics::{abbreviations, is_abbreviation},
    index::{IndexError, Snapshot},
    search::weights,
};

/// Fewest and most letters.
const LETTERS: std::ops::RangeInclusive<usize> = 2..=16;
/// Words that are believed at most. Source: the ranking experiment.
const MAX_FOUND: usize = 2;

/// The words with these initials: the most frequent one, and the second if it is half as frequent.
pub(super) fn corrections(
    snapshot: &Snapshot,
    run: &LatinRun,
) -> Result<Vec<Correction>, IndexError> {
    let is_word = run.text.bytes().all(|b| b.is_ascii_lowercase());
    if !is_word || !LETTERS.contains(&run.text.len()) {
        return Ok(Vec::new());
    }
    let lexicon = snapshot.lexicon()?;
    let mut found: Vec<(&str, f32)> = Vec::new();
    for syllables in abbreviations(&run.text) {
        let initials: String =
            syllables.iter().filter_map(|syllable| syllable.chars().next()).collect();
        let known = lexicon.by_initials(&initials);
        let alike = known.iter().filter(|(text, _)| is_abbreviation(&syllables, text));
        found.extend(alike.map(|(text, count)| (text.as_str(), *count)));
        // Those of the most characters come first and are meant.
        if !found.is_empty() {
            break;
        }
    }
    let first = found.first().map_or(0.0, |(_, count)| *count);
    let cells = [run.cell, run.cell + 1];
    let correction = |text: &str| {
        Correction::new(snapshot.analyzer(), cells, text, How::Initials, weights::INITIALS)
    };
    let sure = found.iter().take(MAX_FOUND).filter(|(_, count)| count * 2.0 >= first);
    Ok(sure.map(|(text, _)| correction(text)).collect())
}
