//! Text to tokens, the same way for index and query.
//!
//! The whole chain, in order:
//! 1. [`fold()`]: width, case, compatibility forms and Traditional script become equal; every
//!    folded character knows its original one.
//! 2. [`cells`]: Chinese characters and Latin runs; everything else separates.
//! 3. Chinese runs: jieba in search mode without its statistical model ([`Kind::Word`]),
//!    overlapping pairs ([`Kind::Bigram`]) and single characters ([`Kind::Unigram`]).
//!    A Chinese character and a Latin run that touch are a pair too.
//! 4. Latin runs whole ([`Kind::Latin`]), their parts and canonical codes ([`Kind::Part`]).
//!
//! Entry points: [`Analyzer::tokens`] and [`grams`]. This module knows no index, no article and
//! no file other than the vocabulary's.

mod adapter;
mod codes;
mod fold;
mod inspect;
pub mod phonetics;
mod phrases;
mod scan;
mod timestamps;
mod vocabulary;

use jieba_rs::Jieba;

pub use adapter::{SEPARATOR, separated};
pub use codes::code_key;
pub use fold::{
    COMMON_HAN_START, Folded, N_COMMON_HAN, common_han, fold, folded_string, for_each_folded,
    is_han, is_searchable,
};
pub use inspect::{Flaw, Inspection, inspect};
pub use phrases::{Occurrence, Phrases};
pub use scan::{Cell, cells, han_runs};
pub use vocabulary::{
    BUILT_IN, DictWord, STOP_WORDS, SYNONYMS, SynonymRule, USER_DICT, Vocabulary, VocabularyError,
};

/// Version of the chain above. A change that alters any token must raise it: indexes built with
/// another version are rebuilt.
pub const ANALYZER_VERSION: u32 = 3;

/// The kinds of token, each with a field, document frequencies and lengths of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A Chinese word or a word inside it.
    Word,
    /// Two neighbouring cells, one of them at least Chinese (`硬盘`, `U盘`); the character itself
    /// in a Chinese run of one.
    Bigram,
    /// One Chinese character.
    Unigram,
    /// A Latin run.
    Latin,
    /// A piece or canonical form of Latin runs.
    Part,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Word, Self::Bigram, Self::Unigram, Self::Latin, Self::Part];
}

/// A token, its cells and its place in the original text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Kind of token.
    pub kind: Kind,
    /// Folded text.
    pub text: String,
    /// First cell.
    pub cell: usize,
    /// Number of cells.
    pub n_cells: usize,
}

/// A text after folding and scanning.
#[derive(Debug, Clone)]
pub struct Scanned {
    /// The folded characters.
    pub folded: Folded,
    /// Its cells.
    pub cells: Vec<Cell>,
}

impl Scanned {
    /// Folds and scans a text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let folded = fold(text);
        let cells = cells(&folded);
        Self { folded, cells }
    }

    /// The folded text of a half-open range of cells, with what stands between them.
    #[must_use]
    pub fn text(&self, start: usize, end: usize) -> String {
        let range = self.cells[start].start..self.cells[end - 1].end;
        self.folded.chars[range].iter().collect()
    }

    /// The half-open range in the original text of a half-open range of cells, in Unicode
    /// scalar values.
    #[must_use]
    pub fn origin(&self, start: usize, end: usize) -> [usize; 2] {
        let first = self.folded.origins[self.cells[start].start];
        let last = self.folded.origins[self.cells[end - 1].end - 1];
        [first as usize, last as usize + 1]
    }
}

/// The analyzer: a segmenter with the vocabulary's words, and the vocabulary's lists.
pub struct Analyzer {
    jieba: Jieba,
    vocabulary: Vocabulary,
    synonym_terms: Phrases,
    synonym_rules: Vec<usize>,
    stop_words: Phrases,
}

impl std::fmt::Debug for Analyzer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Analyzer").field("vocabulary", &self.vocabulary.fingerprint).finish()
    }
}

impl Analyzer {
    /// Loads the segmenter's dictionary (about 0.2 s) and adds the vocabulary's words.
    #[must_use]
    pub fn new(vocabulary: Vocabulary) -> Self {
        let mut jieba = Jieba::new();
        for word in &vocabulary.words {
            jieba.add_word(&word.word, word.frequency, None);
        }
        let (mut terms, mut synonym_rules) = (Vec::new(), Vec::new());
        for (rule, synonyms) in vocabulary.synonyms.iter().enumerate() {
            terms.extend(synonyms.from.iter().cloned());
            synonym_rules.extend(synonyms.from.iter().map(|_| rule));
        }
        let synonym_terms = Phrases::new(&terms);
        let stop_words = Phrases::new(&vocabulary.stop_words);
        Self { jieba, vocabulary, synonym_terms, synonym_rules, stop_words }
    }

    /// The vocabulary this analyzer was made from.
    #[must_use]
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// All tokens of a text, sorted by first cell, then number of cells, then kind.
    #[must_use]
    pub fn tokens(&self, scanned: &Scanned) -> Vec<Token> {
        let mut tokens = Vec::new();
        self.for_each_token(scanned, |kind, text, cell, n_cells| {
            tokens.push(Token { kind, text: text.to_owned(), cell, n_cells });
        });
        tokens.sort_by_key(|token| (token.cell, token.n_cells, token.kind));
        tokens
    }

    /// Calls `emit` with the kind, text, first cell and number of cells of each token, in no
    /// particular order.
    pub fn for_each_token(
        &self,
        scanned: &Scanned,
        mut emit: impl FnMut(Kind, &str, usize, usize),
    ) {
        let Scanned { folded, cells } = scanned;
        let mut text = String::new();
        for (start, end) in han_runs(cells) {
            text.clear();
            text.extend(&folded.chars[cells[start].start..cells[end - 1].end]);
            for word in self.jieba.cut_for_search(&text, false) {
                emit(Kind::Word, word.word, start + word.start, word.end - word.start);
            }
            emit_characters(&text, start, &mut emit);
        }
        for (i, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.han) {
            text.clear();
            text.extend(&folded.chars[cell.start..cell.end]);
            emit(Kind::Latin, &text, i, 1);
        }
        for (i, pair) in cells.windows(2).enumerate() {
            if pair[0].han != pair[1].han && pair[1].joined {
                text.clear();
                text.extend(&folded.chars[pair[0].start..pair[1].end]);
                emit(Kind::Bigram, &text, i, 2);
            }
        }
        for part in codes::parts(folded, cells) {
            emit(Kind::Part, &part.text, part.cell, part.n_cells);
        }
    }

    /// For each occurrence of a synonym term: its cells and the terms searched besides.
    #[must_use]
    pub fn synonyms(&self, scanned: &Scanned) -> Vec<(Occurrence, Vec<&str>)> {
        let found = self.synonym_terms.find(&scanned.folded.chars, &scanned.cells);
        found
            .into_iter()
            .map(|occurrence| {
                let rule = &self.vocabulary.synonyms[self.synonym_rules[occurrence.term]];
                let own = scanned.text(occurrence.start, occurrence.end);
                let others = rule.to.iter().map(String::as_str).filter(|term| *term != own);
                (occurrence, others.collect())
            })
            .collect()
    }

    /// For each cell whether it belongs to words without weight of their own, or to a date or
    /// time of day.
    #[must_use]
    pub fn filler(&self, scanned: &Scanned) -> Vec<bool> {
        let mut filler = vec![false; scanned.cells.len()];
        for found in self.stop_words.find(&scanned.folded.chars, &scanned.cells) {
            filler[found.start..found.end].fill(true);
        }
        timestamps::mark(&scanned.folded, &scanned.cells, &mut filler);
        filler
    }
}

fn emit_characters(run: &str, start: usize, emit: &mut impl FnMut(Kind, &str, usize, usize)) {
    let bytes: Vec<usize> = run.char_indices().map(|(at, _)| at).chain([run.len()]).collect();
    for (i, pair) in bytes.windows(2).enumerate() {
        emit(Kind::Unigram, run.get(pair[0]..pair[1]).unwrap_or_default(), start + i, 1);
    }
    if bytes.len() == 2 {
        emit(Kind::Bigram, run, start, 1);
    }
    for (i, triple) in bytes.windows(3).enumerate() {
        emit(Kind::Bigram, run.get(triple[0]..triple[2]).unwrap_or_default(), start + i, 2);
    }
}

/// Pairs of neighbouring searchable characters, punctuation and spaces skipped, runs crossed;
/// each pair once.
///
/// They exist for the recall of literal substrings: a text contains a piece of itself, so it
/// contains all of the piece's pairs, however either is segmented.
#[must_use]
pub fn grams(text: &str) -> Vec<String> {
    let chars = searchable_chars(text);
    let mut grams: Vec<String> = chars.windows(2).map(|pair| pair.iter().collect()).collect();
    grams.sort_unstable();
    grams.dedup();
    grams
}

/// The folded letters, digits and Chinese characters of a text, in order.
#[must_use]
pub fn searchable_chars(text: &str) -> Vec<char> {
    let mut chars = Vec::with_capacity(text.len() / 2);
    for c in text.chars() {
        for_each_folded(c, |f| {
            if is_searchable(f) {
                chars.push(f);
            }
        });
    }
    chars
}

#[cfg(test)]
mod tests;
