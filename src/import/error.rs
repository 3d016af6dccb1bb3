//! Why a document cannot be brought in.

use std::{io, path::PathBuf};

use super::read::{
    MAX_CELL_CHARS, MAX_COLUMNS, MAX_FILE_BYTES, MAX_ROWS, MAX_TEXT_CHARS, MAX_UNPACKED_BYTES,
};
use crate::kb::ReadError;

/// A document that cannot be brought in, or an article that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("{}：{problem}", path.display())]
pub struct ImportError {
    /// The file that it is about.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a document.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// It is not there.
    #[error("没有这个文件")]
    Missing,
    /// It could not be opened or read.
    #[error("文件读不出来：{0}")]
    Unreadable(io::Error),
    /// An article could not be written.
    #[error("写不进去：{0}")]
    Unwritable(io::Error),
    /// It is a folder, a pipe or the like.
    #[error("不是文件")]
    NotAFile,
    /// It is longer than [`MAX_FILE_BYTES`].
    #[error("文件超过 {} MiB，没有读取", MAX_FILE_BYTES >> 20)]
    TooLarge,
    /// It is in the format of Office 97, or encrypted, which looks alike.
    #[error("是旧版 Office 文件（.doc、.xls）或加了密码，请去掉密码，另存为 .docx 或 .xlsx")]
    OldOffice,
    /// It is none of the known formats.
    #[error("{0}")]
    Unsupported(&'static str),
    /// Its text is in none of the known encodings.
    #[error("{0}")]
    Text(ReadError),
    /// Its structure is broken; where and how.
    #[error("文件已损坏：{0}")]
    Damaged(String),
    /// It unpacks to more than [`MAX_UNPACKED_BYTES`].
    #[error("解压后超过 {} MiB，没有读取", MAX_UNPACKED_BYTES >> 20)]
    Bomb,
    /// Its XML declares a document type or entities.
    #[error("{0} 里有 DTD 或实体声明，没有读取")]
    Dtd(String),
    /// It has more than [`MAX_ROWS`] rows.
    #[error("{0}：超过 {MAX_ROWS} 行，请拆成几个文件")]
    TooManyRows(String),
    /// A row has more than [`MAX_COLUMNS`] columns.
    #[error("{0}：超过 {MAX_COLUMNS} 列")]
    TooManyColumns(String),
    /// A cell has more than [`MAX_CELL_CHARS`] characters.
    #[error("{0}：有一格超过 {MAX_CELL_CHARS} 字")]
    CellTooLong(String),
    /// All cells together have more than 20 million characters.
    #[error("{0}：表格文字合计超过 {MAX_TEXT_CHARS} 字，请拆成几个文件")]
    TooMuchText(String),
}

impl Problem {
    /// What is broken, and what was found there.
    pub(super) fn damaged(what: &str, cause: impl std::fmt::Display) -> Self {
        Self::Damaged(format!("{what}（{cause}）"))
    }
}
