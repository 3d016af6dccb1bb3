//! Wrong characters: 打印鸡 for 打印机.

use tantivy::Term;

use super::{Correction, How};
use crate::{
    analysis::{Kind, phonetics::sounds},
    index::{IndexError, Known, Lexicon, Snapshot},
    search::{lower::document_frequency, plan::Plan, weights},
};

/// Lengths of a wrong word, in characters, in the order they are tried. Source: the ranking
/// experiment.
const LENGTHS: [usize; 3] = [4, 3, 2];
/// Fewest articles that have the right word. Source: the ranking experiment.
const MIN_FREQUENCY: u32 = 2;
/// A second word this much rarer than the first weighs half. Source: the ranking experiment.
const RARE: f32 = 0.3;

/// Words of the collection for stretches of Chinese that it does not know.
pub(super) fn corrections(snapshot: &Snapshot, plan: &Plan) -> Result<Vec<Correction>, IndexError> {
    let mut unknown = unknown_pairs(snapshot, plan)?;
    let mut corrections = Vec::new();
    if !unknown.contains(&true) {
        return Ok(corrections);
    }
    let lexicon = snapshot.lexicon()?;
    for (sound, weight) in
        [(exact as SoundsLike, weights::HOMOPHONE), (alike as SoundsLike, weights::ROUGH)]
    {
        for length in LENGTHS {
            for start in 0..(unknown.len() + 2).saturating_sub(length) {
                let pairs = start..start + length - 1;
                let is_wrong = unknown[pairs.clone()].contains(&true);
                if !is_wrong || !is_one_run(plan, start, length) {
                    continue;
                }
                let typed = plan.scanned.text(start, start + length);
                let words = candidates(sound(lexicon, &typed), &typed);
                if !words.is_empty() {
                    unknown[pairs].fill(false);
                    let cells = [start, start + length];
                    corrections.extend(weighted(snapshot, cells, &words, weight));
                }
            }
        }
    }
    Ok(corrections)
}

type SoundsLike = fn(&Lexicon, &str) -> Vec<Known>;

fn exact(lexicon: &Lexicon, typed: &str) -> Vec<Known> {
    sounds(typed).iter().flat_map(|sound| lexicon.by_sound(sound).to_vec()).collect()
}

fn alike(lexicon: &Lexicon, typed: &str) -> Vec<Known> {
    sounds(typed).iter().flat_map(|sound| lexicon.by_rough_sound(sound).to_vec()).collect()
}

/// The two most frequent words that differ from `typed` in few enough characters.
fn candidates(mut words: Vec<Known>, typed: &str) -> Vec<Known> {
    let n_chars = typed.chars().count();
    words.retain(|word| {
        let n_other = word.text.chars().zip(typed.chars()).filter(|(a, b)| a != b).count();
        word.frequency >= MIN_FREQUENCY && (1..=1.max(n_chars / 2)).contains(&n_other)
    });
    words.sort_by(|a, b| b.frequency.cmp(&a.frequency).then_with(|| a.text.cmp(&b.text)));
    words.dedup();
    words.truncate(2);
    words
}

fn weighted(
    snapshot: &Snapshot,
    cells: [usize; 2],
    words: &[Known],
    weight: f32,
) -> Vec<Correction> {
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^24 in practice")]
    let is_rare = |word: &Known| (word.frequency as f32) < RARE * words[0].frequency as f32;
    let correction = |word: &Known| {
        let weight = if is_rare(word) { weight / 2.0 } else { weight };
        Correction::new(snapshot.analyzer(), cells, &word.text, How::Homophone, weight)
    };
    words.iter().map(correction).collect()
}

/// For each pair of neighbouring cells whether it is Chinese, in no article, and no part of a
/// word that some article has.
fn unknown_pairs(snapshot: &Snapshot, plan: &Plan) -> Result<Vec<bool>, IndexError> {
    let n_pairs = plan.scanned.cells.len().saturating_sub(1);
    let mut unknown = vec![false; n_pairs];
    let field = snapshot.fields().flat(Kind::Bigram);
    for (start, unknown) in unknown.iter_mut().enumerate() {
        if is_one_run(plan, start, 2) {
            let term = Term::from_field_text(field, &plan.scanned.text(start, start + 2));
            *unknown = snapshot.searcher().doc_freq(&term)? == 0;
        }
    }
    if unknown.contains(&true) {
        for word in plan.clauses.iter().filter(|clause| clause.kind == Kind::Word) {
            if word.n_cells > 1 && document_frequency(snapshot, word)? > 0 {
                unknown[word.cell..word.cell + word.n_cells - 1].fill(false);
            }
        }
    }
    Ok(unknown)
}

/// Whether cells are Chinese characters with nothing between them.
fn is_one_run(plan: &Plan, start: usize, n: usize) -> bool {
    let Some(cells) = plan.scanned.cells.get(start..start + n) else { return false };
    cells.iter().all(|cell| cell.han) && cells.windows(2).all(|pair| pair[0].end == pair[1].start)
}
