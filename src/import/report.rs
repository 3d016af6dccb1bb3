//! What became of each row of a document.

use serde::Serialize;

/// The outcome of an import.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    /// Rows of recognised tables, in the order of the document.
    pub rows: Vec<RowReport>,
    /// Tables that are something else.
    pub skipped_tables: Vec<SkippedTable>,
}

/// A row and its article.
#[derive(Debug, Clone, Serialize)]
pub struct RowReport {
    /// The table, such as `第 2 张表`; empty where a document can have only one.
    pub table: String,
    /// Number of the row in the document, from 1.
    pub row: usize,
    /// Id of the article; `None` when the row makes none.
    pub id: Option<String>,
    /// Title of the article, or what the row says.
    pub title: String,
    /// Path of the article's file; `None` when the row makes none.
    pub file: Option<String>,
    /// What became of it.
    pub fate: Fate,
    /// Why it was skipped, in Chinese.
    pub reason: Option<String>,
    /// Marks `【待补：…】` in a new article.
    pub n_gaps: usize,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Its article was written.
    Written,
    /// Its article would be written, but nothing was to be.
    Planned,
    /// Its article is there and was left as it is.
    Existing,
    /// It makes no article.
    Skipped,
}

impl Fate {
    /// The name shown to people, in Chinese.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Written => "已写入",
            Self::Planned => "将写入",
            Self::Existing => "已存在",
            Self::Skipped => "已跳过",
        }
    }
}

/// A table that is something else.
#[derive(Debug, Clone, Serialize)]
pub struct SkippedTable {
    /// The table, such as `第 2 张表`.
    pub table: String,
    /// Its first row, cut.
    pub begins: String,
    /// Why it was skipped, in Chinese.
    pub reason: String,
}

/// How many rows had which fate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Articles written.
    pub n_written: usize,
    /// Articles that would be written.
    pub n_planned: usize,
    /// Articles that were there.
    pub n_existing: usize,
    /// Rows that make no article.
    pub n_skipped: usize,
}

impl Report {
    /// A report without rows.
    pub(super) fn new(skipped_tables: Vec<SkippedTable>) -> Self {
        Self { rows: Vec::new(), skipped_tables }
    }

    /// The rows, counted.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let count = |fate| self.rows.iter().filter(|row| row.fate == fate).count();
        Summary {
            n_written: count(Fate::Written),
            n_planned: count(Fate::Planned),
            n_existing: count(Fate::Existing),
            n_skipped: count(Fate::Skipped),
        }
    }

    /// Whether any row is an article, new or old.
    #[must_use]
    pub fn has_articles(&self) -> bool {
        self.rows.iter().any(|row| row.fate != Fate::Skipped)
    }
}
