//! Pinyin: syllables of neighbouring Latin runs as the most likely words of the collection.

use super::{Correction, How, LatinRun};
use crate::{
    analysis::phonetics::{Parse, beginning, parses},
    index::{IndexError, Known, Lexicon, Snapshot},
    search::weights,
};

/// Ways to read all runs together at most. Source: the ranking experiment.
const MAX_READINGS: usize = 64;
/// Other words that are tried for the last, unfinished one. Source: own choice.
const MAX_ENDINGS: usize = 3;
/// Most syllables of one word. Source: the ranking experiment.
const MAX_WORD: usize = 6;
/// Syllables read at most.
const MAX_SYLLABLES: usize = 40;
/// Added to the cost of a word of one character. Source: the ranking experiment.
const SINGLE: f32 = -1.5;
/// The cost of a syllable that no word has. Source: the ranking experiment.
const SKIPPED: f32 = -12.0;

/// Corrections of Latin runs that are pinyin.
pub(super) fn corrections(
    snapshot: &Snapshot,
    runs: &[LatinRun],
) -> Result<Vec<Correction>, IndexError> {
    let mut corrections = Vec::new();
    for stretch in stretches(runs) {
        let lexicon = snapshot.lexicon()?;
        let readings = readings(&stretch);
        let best = |look_up: LookUp<'_>| {
            let n = snapshot.n_articles();
            let spelt = readings.iter().filter_map(|reading| spell(reading, n, look_up));
            spelt.max_by(|a, b| a.cost.total_cmp(&b.cost)).filter(Spelling::has_word)
        };
        let exact = best(&|syllables, unfinished| exact(lexicon, syllables, unfinished));
        let found = match exact {
            Some(spelling) => Some((spelling, weights::PINYIN)),
            None => {
                let rough = best(&|syllables, _| lexicon.by_rough_sound(syllables).first());
                rough.map(|spelling| (spelling, weights::ROUGH))
            }
        };
        if let (Some((spelling, weight)), [first, .., last] | [first @ last]) =
            (found, &stretch[..])
        {
            let cells = [first.run.cell, last.run.cell + 1];
            corrections.push(spelling.correction(snapshot, cells, weight));
            let others = spelling.other_endings(lexicon).into_iter();
            corrections.extend(others.map(|text| {
                let weight = weight * weights::OTHER_ENDING;
                Correction::new(snapshot.analyzer(), cells, &text, How::Pinyin, weight)
            }));
        }
    }
    Ok(corrections)
}

struct Readable<'r> {
    run: &'r LatinRun,
    parses: Vec<Parse>,
}

/// Neighbouring runs that read as pinyin, one of them at least unknown to the collection.
fn stretches(runs: &[LatinRun]) -> Vec<Vec<Readable<'_>>> {
    let mut stretches: Vec<Vec<Readable<'_>>> = Vec::new();
    for run in runs {
        let mut parses = parses(&run.text, run.is_last);
        if parses.is_empty() && run.is_joined && run.is_last {
            parses.extend(beginning(&run.text));
        }
        let is_syllable = parses.first().is_some_and(|parse| parse.syllables.len() == 1);
        if parses.is_empty() || (run.frequency > 1 && !is_syllable) {
            continue;
        }
        let readable = Readable { run, parses };
        match stretches.last_mut() {
            Some(stretch) if stretch.last().is_some_and(|l| l.run.cell + 1 == run.cell) => {
                stretch.push(readable);
            }
            _ => stretches.push(vec![readable]),
        }
    }
    stretches.retain(|stretch| stretch.iter().any(|readable| readable.run.frequency <= 1));
    stretches
}

/// The ways to read all runs of a stretch together.
fn readings(stretch: &[Readable<'_>]) -> Vec<Parse> {
    let mut readings = vec![Parse { syllables: Vec::new(), unfinished: false }];
    for Readable { parses, .. } in stretch {
        let longer = readings.iter().flat_map(|before| {
            parses.iter().map(|parse| Parse {
                syllables: [before.syllables.as_slice(), &parse.syllables].concat(),
                unfinished: parse.unfinished,
            })
        });
        readings = longer.take(MAX_READINGS).collect();
    }
    readings.retain(|reading| reading.syllables.len() <= MAX_SYLLABLES);
    readings
}

/// The word of these syllables; the flag says whether the last is unfinished.
type LookUp<'l> = &'l dyn Fn(&[&str], bool) -> Option<&'l Known>;

fn exact<'l>(lexicon: &'l Lexicon, syllables: &[&str], unfinished: bool) -> Option<&'l Known> {
    if unfinished {
        lexicon.by_unfinished_sound(syllables).into_iter().next()
    } else {
        lexicon.by_sound(syllables).first()
    }
}

/// Words for a reading, `None` for a syllable that no word has.
struct Spelling {
    cost: f32,
    /// Syllables of the last word, when the last of them is unfinished.
    ending: Option<Vec<String>>,
    words: Vec<Option<String>>,
}

/// The likeliest words for a reading.
/// Source: Viterbi, Error bounds for convolutional codes, 1967; the costs are the experiment's.
fn spell(reading: &Parse, n_articles: usize, look_up: LookUp<'_>) -> Option<Spelling> {
    let syllables: Vec<&str> = reading.syllables.iter().map(String::as_str).collect();
    let n = syllables.len();
    let mut best: Vec<Option<(f32, usize, Option<String>)>> = vec![None; n + 1];
    best[0] = Some((0.0, 0, None));
    for start in 0..n {
        let Some((before, ..)) = best[start].clone() else { continue };
        let mut reach = |end: usize, cost: f32, word: Option<String>| {
            if best[end].as_ref().is_none_or(|(known, ..)| before + cost > *known) {
                best[end] = Some((before + cost, start, word));
            }
        };
        reach(start + 1, SKIPPED, None);
        for end in start + 1..=n.min(start + MAX_WORD) {
            let unfinished = reading.unfinished && end == n;
            if let Some(word) = look_up(&syllables[start..end], unfinished) {
                let single = if end == start + 1 { SINGLE } else { 0.0 };
                reach(end, likelihood(word, n_articles) + single, Some(word.text.clone()));
            }
        }
    }
    let cost = best[n].as_ref()?.0;
    let mut words = Vec::new();
    let mut at = n;
    while at > 0 {
        let (_, before, word) = best[at].clone()?;
        words.push(word);
        at = before;
    }
    words.reverse();
    let n_last = words.last()?.as_ref().map_or(1, |word| word.chars().count());
    let last = || reading.syllables[n.saturating_sub(n_last)..].to_vec();
    Some(Spelling { cost, ending: reading.unfinished.then(last), words })
}

/// The logarithm of the share of articles with a word.
fn likelihood(word: &Known, n_articles: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^24 in practice")]
    let (df, n) = (word.frequency as f32, n_articles as f32);
    ((df + 0.5) / (n + 1.0)).ln()
}

fn is_single(word: &str) -> bool {
    word.chars().nth(1).is_none()
}

impl Spelling {
    fn has_word(&self) -> bool {
        self.words.iter().flatten().any(|word| !is_single(word))
    }

    /// Other words that the last, unfinished one may become.
    fn other_endings(&self, lexicon: &Lexicon) -> Vec<String> {
        let Some(ending) = &self.ending else { return Vec::new() };
        let syllables: Vec<&str> = ending.iter().map(String::as_str).collect();
        let words = lexicon.by_unfinished_sound(&syllables).into_iter().skip(1);
        let several = words.filter(|word| !is_single(&word.text)).take(MAX_ENDINGS);
        several.map(|word| word.text.clone()).collect()
    }

    fn correction(&self, snapshot: &Snapshot, cells: [usize; 2], weight: f32) -> Correction {
        // A blank keeps words from touching where a syllable was left out.
        let text: String = self.words.iter().map(|word| word.as_deref().unwrap_or(" ")).collect();
        let analyzer = snapshot.analyzer();
        let mut correction = Correction::new(analyzer, cells, text.trim(), How::Pinyin, weight);
        let singles: Vec<&str> =
            self.words.iter().flatten().map(String::as_str).filter(|w| is_single(w)).collect();
        for clause in &mut correction.clauses {
            if singles.contains(&clause.text.as_str()) {
                clause.weight = weight * weights::SINGLE_SYLLABLE;
            }
        }
        correction
    }
}
