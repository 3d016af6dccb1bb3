//! What a caller asks for, checked once at the door.

use std::time::Duration;

use time::Date;

use super::weights::{SHIPPED, Weights};
use crate::article::{FaultType, Severity, Status, Tier};

/// Longest query, in characters.
pub const MAX_QUERY_CHARS: usize = 500;
/// Most hits in one page.
pub const MAX_LIMIT: usize = 50;
/// Hits in one page unless asked otherwise.
pub const DEFAULT_LIMIT: usize = 10;
/// `offset + limit` may not exceed this.
pub const MAX_DEPTH: usize = 1000;

/// A query that cannot be answered, with the parameter that is wrong.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// More characters than allowed.
    #[error("查询最多 {max} 个字符，收到 {chars} 个")]
    TooLong {
        /// Characters received.
        chars: usize,
        /// Characters allowed.
        max: usize,
    },
    /// `limit` is out of range.
    #[error("limit 应在 1 到 {max} 之间，收到 {limit}")]
    Limit {
        /// What was asked for.
        limit: usize,
        /// The most that is allowed.
        max: usize,
    },
    /// `offset + limit` is out of range.
    #[error("offset + limit 不能超过 {max}，收到 {depth}")]
    Depth {
        /// What was asked for.
        depth: usize,
        /// The most that is allowed.
        max: usize,
    },
    /// The answer took longer than it may.
    #[error("查询超过时限，已放弃")]
    Late,
    /// The index could not be read.
    #[error("索引读取失败")]
    Index(#[from] crate::index::IndexError),
}

/// Values an article must have; within one list any of them, between lists all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filters {
    /// Kinds of fault.
    pub fault_type: Vec<FaultType>,
    /// Systems.
    pub system: Vec<String>,
    /// Severities.
    pub severity: Vec<Severity>,
    /// Tiers.
    pub tier: Vec<Tier>,
    /// Life cycle; published only, unless asked otherwise.
    pub status: Vec<Status>,
}

impl Default for Filters {
    fn default() -> Self {
        Self {
            fault_type: Vec::new(),
            system: Vec::new(),
            severity: Vec::new(),
            tier: Vec::new(),
            status: vec![Status::Published],
        }
    }
}

/// A checked request for a page of hits.
#[derive(Debug, Clone)]
pub struct Query {
    /// What the caller typed.
    pub text: String,
    /// Values the hits must have.
    pub filters: Filters,
    /// Hits in the page.
    pub limit: usize,
    /// Hits to leave out before the page.
    pub offset: usize,
    /// The day against which reviews are overdue.
    pub today: Date,
    /// Characters kept when the text had to be cut, for the note that says so.
    pub cut: Option<usize>,
    /// Whether what the collection does not know is also searched as what may have been meant.
    pub corrects: bool,
    /// Longest time for the answer; as long as it takes, unless set.
    pub time: Option<Duration>,
    /// The weights that order the hits; others than the shipped ones only to measure.
    pub weights: Weights,
}

impl Query {
    /// A query with default filters and paging.
    ///
    /// # Errors
    /// [`QueryError::TooLong`] above [`MAX_QUERY_CHARS`].
    pub fn new(text: &str, today: Date) -> Result<Self, QueryError> {
        let chars = text.chars().count();
        if chars > MAX_QUERY_CHARS {
            return Err(QueryError::TooLong { chars, max: MAX_QUERY_CHARS });
        }
        Ok(Self {
            text: text.to_owned(),
            filters: Filters::default(),
            limit: DEFAULT_LIMIT,
            offset: 0,
            today,
            cut: None,
            corrects: true,
            time: None,
            weights: SHIPPED,
        })
    }

    /// A query of the first [`MAX_QUERY_CHARS`] characters of `text`, noting the cut if any.
    #[must_use]
    pub fn cut(text: &str, today: Date) -> Self {
        let kept: String = text.chars().take(MAX_QUERY_CHARS).collect();
        let cut = (kept.len() < text.len()).then_some(MAX_QUERY_CHARS);
        Self {
            text: kept,
            filters: Filters::default(),
            limit: DEFAULT_LIMIT,
            offset: 0,
            today,
            cut,
            corrects: true,
            time: None,
            weights: SHIPPED,
        }
    }

    /// The same query with these filters.
    #[must_use]
    pub fn filters(mut self, filters: Filters) -> Self {
        self.filters = filters;
        self
    }

    /// The same query, given up when the answer takes longer.
    #[must_use]
    pub fn within(mut self, time: Duration) -> Self {
        self.time = Some(time);
        self
    }

    /// The same query for another page.
    ///
    /// # Errors
    /// [`QueryError::Limit`] unless `limit` is 1 to [`MAX_LIMIT`]; [`QueryError::Depth`] when
    /// the page ends beyond [`MAX_DEPTH`].
    pub fn page(mut self, limit: usize, offset: usize) -> Result<Self, QueryError> {
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(QueryError::Limit { limit, max: MAX_LIMIT });
        }
        let depth = offset.saturating_add(limit);
        if depth > MAX_DEPTH {
            return Err(QueryError::Depth { depth, max: MAX_DEPTH });
        }
        self.limit = limit;
        self.offset = offset;
        Ok(self)
    }
}
