//! Every constant of the ranking, in one place.
//!
//! Source, unless a constant says otherwise: an experiment over eight public Chinese collections
//! (5,171 queries; mean nDCG@10 .648 for BM25 over jieba words, .726 for this formula), in which
//! the values below sit on a plateau.

use crate::{analysis::Kind, article::SectionKind, index::PartKind};

/// Articles that are ranked again; 100 and 200 gave .0003 more in the experiment and cost twice
/// and four times as much.
pub const RERANKED: usize = 50;
/// Best matches over which facets count.
pub const FACETED: usize = 200;
/// Rarest terms of a query that choose the candidates; 24 lost .0008.
pub const FIRST_STAGE_TERMS: usize = 48;

/// BM25 term saturation.
pub const K1: f32 = 1.2;
/// BM25 length normalisation over the title.
pub const B_TITLE: f32 = 0.75;
/// Cells of the body that count as its start.
pub const LEAD_CELLS: usize = 100;

/// The weights that order articles: what [`crate::search`] uses unless a query carries others, as
/// evaluation does to see what each is worth.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Weights {
    /// Title beside the flat text, which contains it too; .3 to .6 are equal in the experiment, .4
    /// is best on the development queries.
    pub title: f32,
    /// Different terms near the start of the body.
    pub lead: f32,
    /// Different terms that stand together in one line.
    pub line: f32,
    /// A synonym where it says more than the typed words.
    pub synonym: f32,
    /// A term that lies wholly inside stop words.
    pub filler: f32,
    /// BM25 length normalisation over the flat text.
    pub b: f32,
    /// Occurrences in questions, strategy, scripts, impact and escalation, which name much that
    /// the article is not about. Source: learned on the development queries.
    pub strategy: f32,
    /// Occurrences in preventive measures and the sections for afterwards, which mention backups,
    /// viruses and restarts in nearly every article. Source: own judgement, from the order of
    /// importance in the article model.
    pub afterwards: f32,
    /// The whole query as it stands, times the sum of the gains of all typed terms, times how rare
    /// that literal is among the candidates. Source: own choice; see the recall floor tests.
    pub literal: f32,
    /// A title or alias that is the whole query, times the sum of the gains of all typed terms:
    /// somebody wrote down that callers say just this. Source: own choice.
    pub exact: f32,
    /// A declared code, times its rarity, less for one that the article names late. Source: own
    /// choice.
    pub code: f32,
    /// Single Chinese characters.
    pub unigram: f32,
    /// Latin runs. A Chinese word fires as word, sub-words and bigrams, a Latin one only once.
    pub latin: f32,
    /// Pieces and canonical forms of Latin runs.
    pub part: f32,
}

/// The weights that are shipped.
pub const SHIPPED: Weights = Weights {
    title: 0.4,
    lead: 0.4,
    line: 0.4,
    synonym: 0.5,
    filler: 0.5,
    b: 0.9,
    strategy: 0.5,
    afterwards: 0.3,
    literal: 0.5,
    exact: 2.0,
    code: 4.0,
    unigram: 0.5,
    latin: 4.0,
    part: 0.5,
};

impl Default for Weights {
    fn default() -> Self {
        SHIPPED
    }
}

/// The weights that say how the fields of an article count. The experiment could not choose them,
/// because its collections have no such fields, or found many values of the title equal.
pub const LEARNED: &[&str] = &["title", "strategy", "afterwards", "literal", "exact", "code"];

/// A weight by name, to be read and changed.
type Parameter = (&'static str, fn(&mut Weights) -> &mut f32);

/// All weights by name.
pub const PARAMETERS: &[Parameter] = &[
    ("title", |w| &mut w.title),
    ("lead", |w| &mut w.lead),
    ("line", |w| &mut w.line),
    ("synonym", |w| &mut w.synonym),
    ("filler", |w| &mut w.filler),
    ("b", |w| &mut w.b),
    ("strategy", |w| &mut w.strategy),
    ("afterwards", |w| &mut w.afterwards),
    ("literal", |w| &mut w.literal),
    ("exact", |w| &mut w.exact),
    ("code", |w| &mut w.code),
    ("unigram", |w| &mut w.unigram),
    ("latin", |w| &mut w.latin),
    ("part", |w| &mut w.part),
];

impl Weights {
    /// Where learning starts: the values of the experiment, and neutral ones for what it had not.
    #[must_use]
    pub fn start() -> Self {
        Self {
            title: 0.3,
            strategy: 1.0,
            afterwards: 1.0,
            literal: 0.5,
            exact: 0.5,
            code: 1.0,
            ..SHIPPED
        }
    }

    /// Weight of a kind of token in the final score.
    #[must_use]
    pub fn kind(&self, kind: Kind) -> f32 {
        match kind {
            Kind::Word | Kind::Bigram => 1.0,
            Kind::Unigram => self.unigram,
            Kind::Part => self.part,
            Kind::Latin => self.latin,
        }
    }

    /// Weight of an occurrence by where it stands.
    #[must_use]
    pub fn place(&self, kind: PartKind) -> f32 {
        match kind {
            PartKind::Section(
                SectionKind::Prevention
                | SectionKind::Causes
                | SectionKind::Report
                | SectionKind::References,
            ) => self.afterwards,
            PartKind::Section(
                SectionKind::Impact
                | SectionKind::Questions
                | SectionKind::Strategy
                | SectionKind::Scripts
                | SectionKind::Escalation,
            ) => self.strategy,
            PartKind::Title
            | PartKind::Alias
            | PartKind::Summary
            | PartKind::Codes
            | PartKind::Section(SectionKind::Symptoms | SectionKind::Other) => 1.0,
        }
    }
}

/// Weight of words that the pinyin typed stands for.
pub const PINYIN: f32 = 0.8;
/// Weight, beside a word's, of a single character that pinyin stands for.
pub const SINGLE_SYLLABLE: f32 = 0.5;
/// Weight of the less frequent words for an unfinished syllable, beside the most frequent.
/// Source: own choice.
pub const OTHER_ENDING: f32 = 0.5;
/// Weight of Latin words that begin with what was typed. Source: own choice, as a typing error.
pub const PREFIX: f32 = 0.8;
/// Weight of the mainland's word for one of Taiwan. Source: own choice: it is the same word.
pub const REGIONAL: f32 = 1.0;
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

/// Added to the first stage for an article that has all character pairs of the query, so that a
/// literal occurrence is among the candidates whatever the segmentation. Larger than any sum of
/// term scores. Source: own choice.
pub const ALL_GRAMS: f32 = 1000.0;
/// Fewest searchable characters of a query whose literal occurrence is favoured; shorter ones
/// are words of their own.
pub const LITERAL_CHARS: usize = 4;
/// What `literal` is raised to where no other candidate has the literal: then the article is hardly meant by
/// chance. Source: own choice; with the shipped articles 99.08 % of the substrings of one article
/// only led to it among the first three without it, with it the recall floor tests pass.
pub const LITERAL_ALONE: f32 = 1.0;
/// Added to the first stage for a declared code, so that its article is a candidate.
pub const CODE: f32 = 2000.0;
