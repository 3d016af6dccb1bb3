//! What the collection says, by sound and by initials: where corrections of a query come from.
//!
//! Only what articles contain is ever suggested, so a correction always leads somewhere.

use std::collections::{BTreeMap, HashMap};

use tantivy::{DocAddress, Searcher, schema::Field};

use super::{IndexError, decode_text, first_text::FirstText, schema::Fields};
use crate::analysis::{
    Kind, folded_string, is_han,
    phonetics::{rough, sounds, spelling},
};

/// Longest word, in characters. Source: the ranking experiment.
const MAX_WORD_CHARS: usize = 6;
/// Most names (titles and aliases) that are taken apart for their initials; more say nothing new.
const MAX_NAMES: usize = 50_000;
/// From so many names on, a run of characters must stand in two of them to count.
const MANY_NAMES: usize = 5_000;
/// Lengths of the runs of characters whose initials are known. Source: the ranking experiment had
/// 3 to 6.
const RUN_CHARS: std::ops::RangeInclusive<usize> = 3..=8;
/// Characters of summaries and symptoms that are taken apart for their initials at most.
const MAX_SYMPTOM_CHARS: usize = 200_000;
/// Words that are kept for one sequence of initials.
const MAX_PER_INITIALS: usize = 8;
/// What a word counts beside a run of characters. Source: the ranking experiment.
const WORD_COUNT: f32 = 1.5;

/// A word of the collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The word, folded.
    pub text: String,
    /// Number of articles with it.
    pub frequency: u32,
}

/// The words of a collection by how they sound.
#[derive(Debug, Default)]
pub struct Lexicon {
    by_sound: BTreeMap<String, Vec<Known>>,
    by_rough_sound: HashMap<String, Vec<Known>>,
    by_initials: HashMap<String, Vec<(String, f32)>>,
    latin: Vec<Known>,
}

impl Lexicon {
    /// Reads the vocabulary of an index.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub(super) fn build(searcher: &Searcher, fields: &Fields) -> Result<Self, IndexError> {
        let is_word = |text: &str| text.chars().all(is_han) && is_short(text);
        let mut words = terms(searcher, fields.flat(Kind::Word), is_word)?;
        let names = terms(searcher, fields.completions, |name| name.chars().any(is_han))?;
        let mut lexicon = Self {
            latin: known(terms(searcher, fields.flat(Kind::Latin), |text| {
                text.bytes().all(|b| b.is_ascii_lowercase())
            })?),
            by_initials: initials(&words, &names, &symptoms(searcher)?),
            ..Self::default()
        };
        for (name, frequency) in names.into_iter().filter(|(name, _)| is_word(name)) {
            words.entry(name).or_insert(frequency);
        }
        lexicon.add(known(words));
        Ok(lexicon)
    }

    fn add(&mut self, words: Vec<Known>) {
        for word in words {
            for sound in sounds(&word.text) {
                let rough: Vec<String> = sound.iter().map(|syllable| rough(syllable)).collect();
                let rough = self.by_rough_sound.entry(rough.join(" ")).or_default();
                // Two readings may be rough alike.
                if rough.last().map(|last| &last.text) != Some(&word.text) {
                    rough.push(word.clone());
                }
                self.by_sound.entry(sound.join(" ")).or_default().push(word.clone());
            }
        }
    }

    /// Words that sound like these syllables, the most frequent first.
    #[must_use]
    pub fn by_sound(&self, syllables: &[&str]) -> &[Known] {
        self.by_sound.get(&syllables.join(" ")).map_or(&[], Vec::as_slice)
    }

    /// The most frequent words that begin with these syllables, the last of them unfinished, and
    /// have as many.
    #[must_use]
    pub fn by_unfinished_sound(&self, syllables: &[&str]) -> Vec<&Known> {
        /// Sounds with one beginning that are looked at.
        const MAX_SOUNDS: usize = 500;
        let beginning = syllables.join(" ");
        let n_more =
            |sound: &String| sound.strip_prefix(&beginning).is_some_and(|rest| !rest.contains(' '));
        let mut words: Vec<&Known> = self
            .by_sound
            .range(beginning.clone()..)
            .take(MAX_SOUNDS)
            .take_while(|(sound, _)| sound.starts_with(&beginning))
            .filter(|(sound, _)| n_more(sound))
            .flat_map(|(_, words)| words)
            .collect();
        words.sort_by(|a, b| b.frequency.cmp(&a.frequency).then_with(|| a.text.cmp(&b.text)));
        words.dedup();
        words
    }

    /// Words that sound like these syllables for ears that mix up similar sounds, the most
    /// frequent first.
    #[must_use]
    pub fn by_rough_sound(&self, syllables: &[&str]) -> &[Known] {
        let rough: Vec<String> = syllables.iter().map(|syllable| rough(syllable)).collect();
        self.by_rough_sound.get(&rough.join(" ")).map_or(&[], Vec::as_slice)
    }

    /// The most frequent words and runs of characters with these initials, with how often they occur.
    #[must_use]
    pub fn by_initials(&self, letters: &str) -> &[(String, f32)] {
        self.by_initials.get(letters).map_or(&[], Vec::as_slice)
    }

    /// Latin words, the most frequent first.
    #[must_use]
    pub fn latin(&self) -> &[Known] {
        &self.latin
    }
}

fn is_short(text: &str) -> bool {
    text.chars().take(MAX_WORD_CHARS + 1).count() <= MAX_WORD_CHARS
}

/// The terms of a field that `is_wanted` takes, with the number of articles that have them.
fn terms(
    searcher: &Searcher,
    field: Field,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<BTreeMap<String, u32>, IndexError> {
    let mut terms = BTreeMap::new();
    for reader in searcher.segment_readers() {
        let inverted = reader.inverted_index(field)?;
        let mut stream = inverted.terms().stream()?;
        while stream.advance() {
            let Ok(term) = str::from_utf8(stream.key()) else { continue };
            if is_wanted(term) {
                *terms.entry(term.to_owned()).or_insert(0) += stream.value().doc_freq;
            }
        }
    }
    Ok(terms)
}

/// Summaries and symptoms, as far as they are not too long to be taken apart.
fn symptoms(searcher: &Searcher) -> Result<Vec<String>, IndexError> {
    let mut symptoms = Vec::new();
    let mut n_chars = 0;
    for (ord, reader) in (0u32..).zip(searcher.segment_readers()) {
        for doc in reader.doc_ids_alive() {
            if n_chars > MAX_SYMPTOM_CHARS {
                return Ok(symptoms);
            }
            let FirstText(text) = searcher.doc(DocAddress::new(ord, doc))?;
            let told = decode_text(&text).filter(|part| part.kind.tells_symptoms());
            let told: String = told.flat_map(|part| [part.text, "\n"]).collect();
            n_chars += told.chars().count();
            symptoms.push(folded_string(&told));
        }
    }
    Ok(symptoms)
}

/// The most frequent first, then in the order of the text.
fn known(terms: BTreeMap<String, u32>) -> Vec<Known> {
    let mut known: Vec<Known> =
        terms.into_iter().map(|(text, frequency)| Known { text, frequency }).collect();
    known.sort_by_key(|word| std::cmp::Reverse(word.frequency));
    known
}

/// For each sequence of initials the words or runs of characters that occur most.
fn initials(
    words: &BTreeMap<String, u32>,
    names: &BTreeMap<String, u32>,
    symptoms: &[String],
) -> HashMap<String, Vec<(String, f32)>> {
    let mut counts: HashMap<String, f32> = HashMap::new();
    for (word, frequency) in words.iter().filter(|(word, df)| **df >= 2 && is_several(word)) {
        #[expect(clippy::cast_precision_loss, reason = "counts far below 2^24 in practice")]
        let count = *frequency as f32 * WORD_COUNT;
        counts.insert(word.clone(), count);
    }
    for (name, frequency) in names.iter().take(MAX_NAMES) {
        for run in runs(name) {
            #[expect(clippy::cast_precision_loss, reason = "counts far below 2^24 in practice")]
            let count = *frequency as f32;
            *counts.entry(run).or_default() += count;
        }
    }
    let mut told: HashMap<String, f32> = HashMap::new();
    for run in symptoms.iter().flat_map(|text| runs(text)) {
        *told.entry(run).or_default() += 1.0;
    }
    for (run, count) in told.into_iter().filter(|(_, count)| *count >= 2.0) {
        *counts.entry(run).or_default() += count;
    }
    let least = if names.len() < MANY_NAMES { 1.0 } else { 2.0 };
    let mut best: HashMap<String, Vec<(String, f32)>> = HashMap::new();
    for (text, count) in counts.into_iter().filter(|(_, count)| *count >= least) {
        let Some(sound) = spelling(&text) else { continue };
        let letters = sound.iter().filter_map(|syllable| syllable.chars().next()).collect();
        best.entry(letters).or_default().push((text, count));
    }
    for candidates in best.values_mut() {
        candidates.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        candidates.truncate(MAX_PER_INITIALS);
        candidates.shrink_to_fit();
    }
    best
}

fn is_several(word: &str) -> bool {
    word.chars().nth(1).is_some()
}

/// The different runs of a few Chinese characters, single Latin letters among them, in a name.
fn runs(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let is_latin = |at: usize| chars.get(at).is_some_and(char::is_ascii_alphanumeric);
    let is_alone = |at: usize| !is_latin(at + 1) && (at == 0 || !is_latin(at - 1));
    let stands = |at: usize| is_han(chars[at]) || (chars[at].is_ascii_lowercase() && is_alone(at));
    let kept: Vec<char> =
        (0..chars.len()).map(|at| if stands(at) { chars[at] } else { ' ' }).collect();
    let mut runs: Vec<String> = kept
        .split(|c| *c == ' ')
        .flat_map(|run| RUN_CHARS.flat_map(move |n| run.windows(n)))
        .map(|run| run.iter().collect())
        .collect();
    runs.sort_unstable();
    runs.dedup();
    runs
}
