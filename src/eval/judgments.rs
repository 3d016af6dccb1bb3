//! Judged queries, as tab-separated tables.

use std::{collections::BTreeMap, path::Path};

/// Most judged queries of one file.
const MAX_QUERIES: usize = 100_000;

/// A query and the articles that help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgment {
    /// What the caller says.
    pub query: String,
    /// Ids of the articles that should come first.
    pub primary: Vec<String>,
    /// Ids of articles that are useful too.
    pub also: Vec<String>,
    /// Kind of query, such as `colloquial`; empty when the file has no kinds.
    pub kind: String,
}

/// A file of judgments that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JudgmentError {
    /// The file cannot be read.
    #[error("读不了 {path}：{source}")]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A line is not as it should be.
    #[error("{path}:{line}：{reason}")]
    Line {
        /// The file.
        path: String,
        /// Line from 1.
        line: usize,
        /// What was expected, in Chinese.
        reason: String,
    },
}

/// Reads a table with the columns query, primary ids, also useful ids and kind; ids are separated
/// by commas, the first line may name the columns.
///
/// # Errors
/// [`JudgmentError`] for a file that cannot be read, or its first line that is wrong.
pub fn read(path: &Path) -> Result<Vec<Judgment>, JudgmentError> {
    let text = read_text(path)?;
    let mut judgments = Vec::new();
    for (line, row) in rows(&text) {
        let mut columns = row.split('\t');
        let mut column = || columns.next().unwrap_or_default().trim();
        let (query, primary, also, kind) = (column(), ids(column()), ids(column()), column());
        if line == 1 && query == "query" {
            continue;
        }
        let kind = kind.to_owned();
        if query.is_empty() || primary.is_empty() {
            let reason = "应写成四列：查询、主文章 id、也有用的 id、类别，用制表符分开";
            return Err(wrong(path, line, reason));
        }
        judgments.push(Judgment { query: query.to_owned(), primary, also, kind });
    }
    checked(path, judgments)
}

/// Reads queries (id, text) and their judgments (query id, article id, grade above 0) from two
/// tables. All judged articles are primary: such collections have one grade.
///
/// # Errors
/// As [`read`].
pub fn read_with_qrels(queries: &Path, qrels: &Path) -> Result<Vec<Judgment>, JudgmentError> {
    let mut relevant: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (line, row) in rows(&read_text(qrels)?) {
        let columns: Vec<&str> = row.split('\t').map(str::trim).collect();
        let (Some(query), Some(article)) = (columns.first(), columns.get(1)) else {
            return Err(wrong(qrels, line, "应写成三列：查询编号、文章 id、等级"));
        };
        if columns.get(2).is_none_or(|grade| *grade != "0") {
            relevant.entry((*query).to_owned()).or_default().push((*article).to_owned());
        }
    }
    let mut judgments = Vec::new();
    for (line, row) in rows(&read_text(queries)?) {
        let Some((id, query)) = row.split_once('\t') else {
            return Err(wrong(queries, line, "应写成两列：查询编号、查询"));
        };
        if let Some(primary) = relevant.get(id.trim()) {
            let (query, primary) = (query.trim().to_owned(), primary.clone());
            judgments.push(Judgment { query, primary, also: Vec::new(), kind: String::new() });
        }
    }
    checked(queries, judgments)
}

fn checked(path: &Path, judgments: Vec<Judgment>) -> Result<Vec<Judgment>, JudgmentError> {
    match judgments.len() {
        0 => Err(wrong(path, 1, "没有一条评测查询")),
        1..=MAX_QUERIES => Ok(judgments),
        n => Err(wrong(path, n, &format!("最多 {MAX_QUERIES} 条评测查询"))),
    }
}

fn read_text(path: &Path) -> Result<String, JudgmentError> {
    let read = fs_err::read_to_string(path);
    read.map_err(|source| JudgmentError::Read { path: path.display().to_string(), source })
}

/// The lines that are neither empty nor comments, with their numbers from 1.
fn rows(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let text = text.trim_start_matches('\u{feff}');
    (1..).zip(text.lines()).filter(|(_, row)| !row.trim().is_empty() && !row.starts_with('#'))
}

fn ids(column: &str) -> Vec<String> {
    column.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect()
}

fn wrong(path: &Path, line: usize, reason: &str) -> JudgmentError {
    JudgmentError::Line { path: path.display().to_string(), line, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs_err::write(file.path(), text).unwrap();
        file
    }

    #[test]
    fn a_table_has_a_query_ids_and_a_kind() {
        let file =
            file("query\tprimary\talso\tkind\n# 注释\n断网了\ta,b\tc\tcolloquial\n没网\ta\n");
        let judgments = read(file.path()).unwrap();
        assert_eq!(judgments.len(), 2);
        assert_eq!(judgments[0].primary, ["a", "b"]);
        assert_eq!(
            (judgments[0].also[0].as_str(), judgments[0].kind.as_str()),
            ("c", "colloquial")
        );
        assert!(judgments[1].also.is_empty() && judgments[1].kind.is_empty());
    }

    #[test]
    fn a_wrong_line_is_named() {
        let file = file("断网\ta\n没网\n");
        let error = read(file.path()).unwrap_err().to_string();
        assert!(error.contains(":2：应写成四列"), "{error}");
        assert!(read(Path::new("没有")).unwrap_err().to_string().starts_with("读不了 没有"));
    }

    #[test]
    fn queries_without_a_judgment_are_left_out() {
        let queries = file("q1\t断网\nq2\t没网\nq3\t慢\n");
        let qrels = file("q1\ta\t1\nq1\tb\t1\nq2\tc\t0\n");
        let judgments = read_with_qrels(queries.path(), qrels.path()).unwrap();
        assert_eq!(judgments.len(), 1);
        assert_eq!((judgments[0].query.as_str(), judgments[0].primary.len()), ("断网", 2));
    }
}
