//! A finding: something an author should know about a file. Bad content is data, never a panic.

use serde::{Deserialize, Serialize};

/// How much a finding matters.
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
pub enum Level {
    /// The article is wrong or is not shown as written.
    Error,
    /// The article works but breaks a rule of the model.
    Warning,
    /// Worth knowing.
    Info,
}

/// One thing that is wrong with one file.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
pub struct Finding {
    /// Path relative to the knowledge base, `/` between its parts.
    pub path: String,
    /// Line in the file, from 1; `None` when the finding is about the whole file.
    pub line: Option<u32>,
    /// Column in Unicode scalar values, from 1.
    pub column: Option<u32>,
    /// Stable name of the rule, such as `front-matter`.
    pub rule: String,
    /// How much it matters.
    pub level: Level,
    /// What is wrong, in Chinese.
    pub message: String,
    /// What to write instead, in Chinese.
    pub hint: Option<String>,
}

impl Finding {
    /// A finding about the whole file at `path`.
    #[must_use]
    pub fn new(path: &str, rule: &str, level: Level, message: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line: None,
            column: None,
            rule: rule.to_owned(),
            level,
            message: message.into(),
            hint: None,
        }
    }

    /// The same finding at a place; `line` and `column` count from 1.
    #[must_use]
    pub fn at(mut self, line: u32, column: u32) -> Self {
        self.line = Some(line);
        self.column = Some(column);
        self
    }

    /// The same finding with advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
