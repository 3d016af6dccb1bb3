//! The knowledge base as files for others: a copy of the pages that opens without a server, JSON,
//! a table, and the emergency plan as a document.
//!
//! Entry point: [`export`]. What it writes comes from the bodies of the API and the templates of
//! the pages, so that no copy says something else than the product. A target is replaced whole, at
//! the very end: an export that is interrupted leaves the former one as it was.

mod data;
mod docx;
mod html;
mod place;
mod site;

use std::{
    io,
    path::{Path, PathBuf},
};

use time::Date;

use crate::{
    article::Status,
    index::{IndexError, Snapshot},
    search::Filters,
    web::problem::Problem,
};

/// Where articles without a fault type stand.
const NO_TYPE: &str = "没写故障类型";

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A folder of pages, searchable without a server.
    Html,
    /// All articles as the API gives them.
    Json,
    /// The table 类型 / 紧急情况 / 预防措施 / 应急策略 for a spreadsheet.
    Csv,
    /// The table and every article as one Word document.
    Docx,
}

impl Format {
    /// The file that is written into a folder; `None` for the format that is a folder itself.
    const fn file_name(self) -> Option<&'static str> {
        match self {
            Self::Html => None,
            Self::Json => Some("jiuji.json"),
            Self::Csv => Some("matrix.csv"),
            Self::Docx => Some("strategies.docx"),
        }
    }

    /// Names of all files that exports write into a folder.
    fn file_names() -> impl Iterator<Item = &'static str> {
        [Self::Json, Self::Csv, Self::Docx].into_iter().filter_map(Self::file_name)
    }
}

/// What is exported.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    /// The knowledge base.
    pub snapshot: &'a Snapshot,
    /// Its folder, from which images are taken.
    pub kb_root: &'a Path,
    /// The day of the export, which also decides which reviews are overdue.
    pub today: Date,
    /// States of the articles that are taken.
    pub status: &'a [Status],
    /// Whether to replace a folder or file that is no former export.
    pub force: bool,
    /// Told how many of how many articles are done.
    pub progress: &'a dyn Fn(usize, usize),
}

impl Job<'_> {
    /// Which articles are taken.
    fn filters(&self) -> Filters {
        Filters { status: self.status.to_vec(), ..Filters::default() }
    }
}

/// What an export wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The folder or file.
    pub place: PathBuf,
    /// Number of articles.
    pub n_articles: usize,
    /// Bytes of all files.
    pub n_bytes: u64,
    /// Where a folder was moved that was no former export.
    pub kept: Option<PathBuf>,
}

/// Why nothing was exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A folder holds something that no export wrote.
    #[error("文件夹 {} 里有别的内容，没有动；换一个新的文件夹，或加 --force", .0.display())]
    Foreign(PathBuf),
    /// A file of that name is there already.
    #[error("文件 {} 已经在了，没有动；换一个名字，或加 --force 覆盖", .0.display())]
    Present(PathBuf),
    /// The target is no folder.
    #[error("{} 不是文件夹", .0.display())]
    NotAFolder(PathBuf),
    /// The target has no name of its own, or holds the knowledge base.
    #[error("不能导出到 {}：{}；请指定一个新的文件夹", .0.display(), .1)]
    Unfit(PathBuf, &'static str),
    /// Another export writes to the same place.
    #[error("另一个导出正在写 {}，等它结束再试", .0.display())]
    Busy(PathBuf),
    /// A file or folder cannot be written.
    #[error("{} 写不进去：{source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The index cannot be read.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// An article cannot be made into what is exported.
    #[error("做不出导出的内容：{0}")]
    Content(String),
}

impl From<Problem> for ExportError {
    fn from(problem: Problem) -> Self {
        Self::Content(format!("{problem:?}"))
    }
}

/// Exports to `target`: a folder, or for the formats that are one file also that file, if it has
/// the extension of the format.
///
/// # Errors
/// [`ExportError`]; then what was at the target is as it was.
pub fn export(target: &Path, format: Format, job: &Job<'_>) -> Result<Summary, ExportError> {
    let Some(name) = format.file_name() else { return site::export(target, job) };
    let mut place = place::file(target, name, job.force)?;
    let n_articles = match format {
        Format::Csv => data::csv(&mut place, job),
        Format::Docx => docx::write(&mut place, job),
        Format::Html | Format::Json => data::json(&mut place, job),
    }?;
    let (place, n_bytes) = place.finish()?;
    Ok(Summary { place, n_articles, n_bytes, kept: None })
}
