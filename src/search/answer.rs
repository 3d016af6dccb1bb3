//! What a search answers: the values the API, the page and the command line all show.

use serde::{Deserialize, Serialize};

use crate::index::Card;

/// The answer to one query.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = SearchAnswer)]
pub struct Answer {
    /// The query as it was received.
    pub query: String,
    /// Number of articles that match, before paging.
    pub total: usize,
    /// Time the search took, in microseconds.
    pub elapsed_us: u64,
    /// Revision of the knowledge base that answered.
    pub revision: String,
    /// When that revision was indexed, RFC 3339.
    pub indexed_at: String,
    /// What the search did beyond the literal query.
    pub notes: Vec<Note>,
    /// The requested page of hits, best first.
    pub hits: Vec<Hit>,
    /// Counts over the best matches.
    pub facets: Facets,
}

/// Something the search did that a person should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Note {
    /// `text` was also searched as `used`.
    Synonym {
        /// Words of the query.
        text: String,
        /// What was searched besides.
        used: Vec<String>,
    },
    /// `text` is unknown to the collection and was also searched as `used`.
    Corrected {
        /// Words of the query.
        text: String,
        /// What was searched besides.
        used: Vec<String>,
    },
    /// The first hit does not contain these words of the query.
    Missing {
        /// Words of the query, in its order.
        dropped: Vec<String>,
    },
    /// The query was longer than the limit and was cut.
    Cut {
        /// Characters kept.
        kept: usize,
    },
    /// Nothing matches; the hits are the nearest entry articles.
    NoMatch,
}

/// One article of the answer.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Hit {
    /// The article's card, made when it was indexed.
    #[serde(flatten)]
    pub card: Card,
    /// Whether the review is overdue.
    pub stale: bool,
    /// Whether the file on disk does not parse and this is its last good version.
    pub broken: bool,
    /// Path of the article's page.
    pub url: String,
    /// Id of the heading, in that page, under which the best match stands.
    pub anchor: Option<String>,
    /// Score; comparable within one answer only.
    pub score: f32,
    /// Why the article matches, the strongest reason first.
    pub matched_by: Vec<MatchedBy>,
    /// Half-open ranges of matched text in `title`, in Unicode scalar values.
    pub title_highlights: Vec<[usize; 2]>,
    /// The best passage; `None` when nothing of the body matches and there is no body.
    pub snippet: Option<Snippet>,
}

/// Why an article matches.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum MatchedBy {
    /// A declared error code.
    Code,
    /// Words of the title.
    Title,
    /// Words of an alias.
    Alias,
    /// Words of the symptom section.
    Symptom,
    /// Words of the rest of the body.
    Body,
    /// A synonym of words of the query.
    Synonym,
    /// Pinyin.
    Pinyin,
    /// Initials of pinyin.
    Initials,
    /// A word that sounds alike.
    Homophone,
    /// A corrected Latin word.
    Typo,
    /// The characters of the query one after the other.
    Literal,
}

/// A passage of the body with the matched text marked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Snippet {
    /// Heading of the section; empty for text before the first heading.
    pub section: String,
    /// The passage, on one line.
    pub text: String,
    /// Half-open ranges of matched text, in Unicode scalar values, ascending, not touching.
    pub highlights: Vec<[usize; 2]>,
}

/// Counts per value over the best 200 matches, each list as if its own filter were not set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Facets {
    /// Kinds of fault.
    pub fault_type: Vec<FacetCount>,
    /// Severities.
    pub severity: Vec<FacetCount>,
    /// Systems.
    pub system: Vec<FacetCount>,
    /// Tiers.
    pub tier: Vec<FacetCount>,
}

/// How many of the best matches have a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FacetCount {
    /// The value as filters take it.
    pub value: String,
    /// Its Chinese name, or the value where it has none.
    pub label: String,
    /// Number of matches.
    pub count: usize,
}

/// A completion of what is typed so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Suggestion {
    /// Text to put into the search box.
    pub text: String,
    /// Where it comes from: `title`, `alias` or `code`.
    pub kind: SuggestionKind,
    /// The article it comes from.
    pub id: String,
    /// That article's title.
    pub title: String,
}

/// Where a completion comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SuggestionKind {
    /// An article's title.
    Title,
    /// An alias.
    Alias,
    /// A declared code.
    Code,
}
