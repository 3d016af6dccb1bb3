//! Every constant of the ranking, in one place.
//!
//! Source, unless a constant says otherwise: an experiment over eight public Chinese collections
//! (5,171 queries; mean nDCG@10 .648 for BM25 over jieba words, .726 for this formula), in which
//! the values below sit on a plateau.

use crate::{analysis::Kind, article::SectionKind, index::PartKind};

/// Articles that are ranked again; 200 gave no more, 50 lost .0003.
pub const RERANKED: usize = 100;
/// Best matches over which facets count.
pub const FACETED: usize = 200;
/// Rarest terms of a query that choose the candidates; 24 lost .0008.
pub const FIRST_STAGE_TERMS: usize = 48;

/// BM25 term saturation.
pub const K1: f32 = 1.2;
/// BM25 length normalisation over the flat text.
pub const B_FLAT: f32 = 0.9;
/// BM25 length normalisation over the title.
pub const B_TITLE: f32 = 0.75;

/// Weight of the title beside the flat text, which contains it too.
pub const TITLE: f32 = 0.3;
/// Weight of different terms near the start of the body.
pub const LEAD: f32 = 0.4;
/// Cells of the body that count as its start.
pub const LEAD_CELLS: usize = 100;
/// Weight of different terms that stand together in one line.
pub const LINE: f32 = 0.4;
/// Weight of a synonym where it says more than the typed words.
pub const SYNONYM: f32 = 0.5;
/// Weight of a term that lies wholly inside stop words.
pub const FILLER: f32 = 0.5;

/// Weight of words that the pinyin typed stands for.
pub const PINYIN: f32 = 0.8;
/// Weight, beside a word's, of a single character that pinyin stands for.
pub const SINGLE_SYLLABLE: f32 = 0.5;
/// Weight of the right word for a misspelt Latin one.
pub const TYPO: f32 = 0.8;
/// Weight of words whose initials were typed.
pub const INITIALS: f32 = 0.6;
/// Weight of a word that sounds like wrong characters.
pub const HOMOPHONE: f32 = 0.8;
/// Weight of a word that sounds only roughly like what was typed.
pub const ROUGH: f32 = 0.5;

/// Weight of a kind of token when candidates are chosen.
#[must_use]
pub fn first_stage(kind: Kind) -> f32 {
    match kind {
        Kind::Word | Kind::Bigram => 1.0,
        Kind::Unigram => 0.0,
        Kind::Latin => 3.5,
        Kind::Part => 0.5,
    }
}

/// Weight of a kind of token in the final score. A Chinese word fires as word, sub-words and
/// bigrams, a Latin one only once: hence 4.
#[must_use]
pub fn second_stage(kind: Kind) -> f32 {
    match kind {
        Kind::Word | Kind::Bigram => 1.0,
        Kind::Unigram | Kind::Part => 0.5,
        Kind::Latin => 4.0,
    }
}

/// Weight of an occurrence by where it stands. Preventive measures and the sections for
/// afterwards mention backups, viruses and restarts in nearly every article.
/// Source: own judgement, from the order of importance in the article model, section 10.
#[must_use]
pub fn part(kind: PartKind) -> f32 {
    match kind {
        PartKind::Section(
            SectionKind::Prevention
            | SectionKind::Causes
            | SectionKind::Report
            | SectionKind::References,
        ) => 0.3,
        _ => 1.0,
    }
}

/// Added to the first stage for an article that has all character pairs of the query, so that a
/// literal occurrence is among the candidates whatever the segmentation. Larger than any sum of
/// term scores. Source: own choice.
pub const ALL_GRAMS: f32 = 1000.0;
/// Fewest searchable characters of a query whose literal occurrence is favoured; shorter ones
/// are words of their own.
pub const LITERAL_CHARS: usize = 4;
/// Weight of an article in which the whole query occurs literally, times the sum of the gains of
/// all typed terms, times how rare that literal is. Source: own choice; see the recall floor tests.
pub const LITERAL: f32 = 0.5;
/// The same where no other candidate has the literal: then the article is hardly meant by
/// chance. Source: own choice; with the shipped articles 99.08 % of the substrings of one article
/// only led to it among the first three without it, with it the recall floor tests pass.
pub const LITERAL_ALONE: f32 = 1.0;
/// Weight of an article whose title or alias is the whole query, times the sum of the gains of all
/// typed terms: somebody wrote down that callers say just this. Source: own choice.
pub const EXACT: f32 = 1.0;
/// Added to the first stage for a declared code, so that its article is a candidate.
pub const CODE: f32 = 2000.0;
