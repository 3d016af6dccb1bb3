//! Corrections: what a caller may have meant by what the collection does not know.
//!
//! ```text
//! Latin runs:    pinyin, else a typing error, else initials; the last one also as a beginning
//! Chinese runs:  another word that sounds the same; words of Taiwan
//! ```
//!
//! A correction is searched besides what was typed, with less weight, and is always named in the
//! answer. What the collection knows is never corrected, so a query of known words is answered
//! the same with and without this module. Source of rules and weights: see [`super::weights`].

mod homophone;
mod initials;
mod prefix;
mod regional;
mod syllables;
mod typo;

use super::plan::{Clause, Plan, Reason, clauses};
use crate::{
    analysis::{Analyzer, Kind, Scanned},
    index::{IndexError, Snapshot},
};

/// Corrections of one query at most.
const MAX_CORRECTIONS: usize = 16;

/// How a correction was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Latin letters are the pinyin of it.
    Pinyin,
    /// Latin letters are its initials.
    Initials,
    /// It sounds like the Chinese characters typed.
    Homophone,
    /// It is spelt nearly like the Latin letters typed.
    Typo,
    /// It begins with the Latin letters typed.
    Prefix,
    /// The mainland says it for the words of Taiwan typed.
    Regional,
}

/// A term that is searched besides words the collection does not know.
#[derive(Debug, Clone)]
pub struct Correction {
    /// First cell of the words.
    pub start: usize,
    /// One past their last cell.
    pub end: usize,
    /// The term, folded.
    pub text: String,
    /// How it was found.
    pub how: How,
    /// The term after scanning.
    pub scanned: Scanned,
    /// Its tokens, parts left out, with their weights.
    pub clauses: Vec<Clause>,
}

impl Correction {
    fn new(
        analyzer: &Analyzer,
        [start, end]: [usize; 2],
        text: &str,
        how: How,
        weight: f32,
    ) -> Self {
        let scanned = Scanned::new(text);
        let filler = vec![false; scanned.cells.len()];
        let mut clauses = clauses(analyzer, &scanned, &filler, 1.0);
        clauses.retain(|clause| clause.kind != Kind::Part);
        for clause in &mut clauses {
            clause.weight = weight;
            clause.reason = Reason::Corrected;
        }
        Self { start, end, text: text.to_owned(), how, scanned, clauses }
    }
}

/// A Latin run of a query and how often the collection has it.
struct LatinRun {
    cell: usize,
    text: String,
    frequency: u64,
    /// Whether it ends the query, so that it may be half typed.
    is_last: bool,
    /// Whether an apostrophe joins it to the run before, as input methods part syllables.
    is_joined: bool,
}

/// The corrections of a plan, from left to right.
///
/// # Errors
/// When the index cannot be read.
pub(super) fn corrections(snapshot: &Snapshot, plan: &Plan) -> Result<Vec<Correction>, IndexError> {
    let runs = latin_runs(snapshot, plan)?;
    let mut corrections = Vec::new();
    if runs.iter().any(|run| run.frequency <= 1) {
        corrections = syllables::corrections(snapshot, &runs)?;
        for run in runs.iter().filter(|run| run.frequency == 0) {
            let is_done = corrections.iter().any(|c| (c.start..c.end).contains(&run.cell));
            if !is_done {
                let begun = prefix::corrections(snapshot, run)?;
                if !begun.is_empty() {
                    corrections.extend(begun);
                    continue;
                }
                let found = match typo::correction(snapshot, run)? {
                    Some(correction) => vec![correction],
                    None => initials::corrections(snapshot, run)?,
                };
                corrections.extend(found);
            }
        }
    }
    corrections.extend(regional::correction(snapshot, plan));
    corrections.extend(homophone::corrections(snapshot, plan)?);
    corrections.sort_by_key(|correction| correction.start);
    corrections.truncate(MAX_CORRECTIONS);
    Ok(corrections)
}

fn latin_runs(snapshot: &Snapshot, plan: &Plan) -> Result<Vec<LatinRun>, IndexError> {
    let cells = &plan.scanned.cells;
    let field = snapshot.fields().flat(Kind::Latin);
    let run = |cell: usize| {
        let text = plan.scanned.text(cell, cell + 1);
        let term = tantivy::Term::from_field_text(field, &text);
        let frequency = snapshot.searcher().doc_freq(&term)?;
        let is_last = cell + 1 == cells.len();
        let before = cells[cell].start.checked_sub(1).map(|at| plan.scanned.folded.chars[at]);
        let is_joined = cell > 0 && matches!(before, Some('\'' | '\u{2019}'));
        Ok(LatinRun { cell, text, frequency, is_last, is_joined })
    };
    let latin = cells.iter().enumerate().filter(|(_, cell)| !cell.han);
    latin.map(|(cell, _)| run(cell)).collect()
}
