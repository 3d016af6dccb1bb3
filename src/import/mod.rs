//! Bringing in a knowledge base that exists as tables: one article for each row.
//!
//! Entry point: [`import`]. Word, Excel, CSV and Markdown files become tables (`read`), tables
//! whose columns are known by their headings become drafts (`rows`), a draft becomes the Markdown
//! of an article (`markdown`) and is written where no file is yet (`write`). What a cell says
//! is never lost: what cannot be placed stands word for word at the end of the article.
//!
//! This is the one module that writes into a folder of articles. It never changes a file there.

mod draft;
mod error;
mod escape;
mod fault;
mod header;
mod id;
mod markdown;
mod read;
mod report;
mod rows;
mod sentences;
mod strategy;
mod systems;
#[cfg(test)]
mod tests;
mod write;

use std::path::{Path, PathBuf};

use time::Date;

pub use error::{ImportError, Problem};
pub use read::{MAX_CELL_CHARS, MAX_COLUMNS, MAX_FILE_BYTES, MAX_ROWS, MAX_UNPACKED_BYTES};
pub use report::{Fate, Report, RowReport, SkippedTable, Summary};

use crate::kb::Root;

/// What to bring in, and where to.
#[derive(Debug, Clone)]
pub struct Options {
    /// The document.
    pub file: PathBuf,
    /// The folder that articles are written to; made if it is not there.
    pub out: PathBuf,
    /// The knowledge base, in which no article is made a second time.
    pub root: Root,
    /// The day that articles are said to be reviewed.
    pub today: Date,
    /// Whether to write nothing.
    pub dry_run: bool,
}

/// Makes an article of each row of the tables in a document.
///
/// A row whose article is there already is left alone, so doing it again changes nothing.
///
/// # Errors
/// When the document cannot be read or is larger than the limits, or an article cannot be written.
pub fn import(options: &Options) -> Result<Report, ImportError> {
    let failed = |problem| ImportError { path: options.file.clone(), problem };
    let tables = read::tables(&options.file).map_err(failed)?;
    let found = rows::recognise(&tables);
    let source = file_name(&options.file);
    let existing = write::existing(&options.root, &options.out);
    let mut report = Report::new(found.skipped_tables);
    for row in found.rows {
        report.rows.push(match row {
            rows::Found::Draft(draft) => write::draft(options, &existing, &source, &draft)?,
            rows::Found::Skipped(skipped) => skipped,
        });
    }
    Ok(report)
}

/// The Markdown of all articles that a document would become, without its file: for tests with
/// hostile documents.
///
/// # Errors
/// When the document is damaged or larger than the limits.
#[doc(hidden)]
pub fn articles_of(bytes: &[u8], extension: &str, today: Date) -> Result<Vec<String>, Problem> {
    let found = rows::recognise(&read::tables_of(bytes, extension)?);
    let articles = found.rows.iter().filter_map(|row| match row {
        rows::Found::Draft(draft) => Some(markdown::article(draft, "", today)),
        rows::Found::Skipped(_) => None,
    });
    Ok(articles.collect())
}

/// The name of the document, as articles name their source.
fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
