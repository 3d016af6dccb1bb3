//! From a file to its tables: formats, limits, and cells as tidy text.
//!
//! Entry point: [`tables`]. Nothing here knows what a column means. A reader gives its rows to a
//! [`Budget`] as it finds them, so that no document takes more memory than the limits allow.

mod delimited;
mod docx;
mod package;
mod pipes;
mod table;
mod xlsx;

use std::{
    fs::File,
    io::{self, Read},
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

pub(super) use table::{Cell, Row, Table, tidy};

use super::Problem;
use crate::kb;
use package::{Kind, Package};
use table::Budget;

/// Largest document in bytes: 20 MiB.
pub const MAX_FILE_BYTES: u64 = 20 << 20;
/// Most bytes that a document unpacks to: 100 MiB.
pub const MAX_UNPACKED_BYTES: u64 = 100 << 20;
/// Most rows of all tables of a document.
pub const MAX_ROWS: usize = 10_000;
/// Most columns of a table.
pub const MAX_COLUMNS: usize = 64;
/// Longest text of a cell, in characters.
pub const MAX_CELL_CHARS: usize = 20_000;
/// Most characters of all cells of a document: a text that many cells share counts for each.
pub(super) const MAX_TEXT_CHARS: usize = 20_000_000;

/// What files of Office 97 begin with, and encrypted ones.
const OLE_MAGIC: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
const ZIP_MAGIC: &[u8] = b"PK\x03\x04";
const EMPTY_ZIP_MAGIC: &[u8] = b"PK\x05\x06";
const PDF_MAGIC: &[u8] = b"%PDF";

/// All tables of a document, in its order.
///
/// # Errors
/// When the document cannot be read, is damaged or exceeds a limit.
pub(super) fn tables(path: &Path) -> Result<Vec<Table>, Problem> {
    let bytes = bytes(path)?;
    let extension = path.extension().map(|text| text.to_string_lossy().to_lowercase());
    tables_of(&bytes, extension.as_deref().unwrap_or_default())
}

/// All tables in the content of a document, in its order.
///
/// # Errors
/// When the document is damaged or exceeds a limit.
pub(super) fn tables_of(bytes: &[u8], extension: &str) -> Result<Vec<Table>, Problem> {
    let read = || of_bytes(bytes, extension);
    // Readers of formats meet whatever people send: what none of them foresaw is damage too.
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(Problem::Damaged("读取时出错".to_owned())))
}

fn bytes(path: &Path) -> Result<Vec<u8>, Problem> {
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(Problem::NotAFile);
    }
    if metadata.len() > MAX_FILE_BYTES {
        return Err(Problem::TooLarge);
    }
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_FILE_BYTES { Err(Problem::TooLarge) } else { Ok(bytes) }
}

fn unreadable(error: io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::NotFound => Problem::Missing,
        _ => Problem::Unreadable(error),
    }
}

/// The content decides; the extension only tells texts apart.
fn of_bytes(bytes: &[u8], extension: &str) -> Result<Vec<Table>, Problem> {
    if bytes.starts_with(ZIP_MAGIC) || bytes.starts_with(EMPTY_ZIP_MAGIC) {
        let mut package = Package::open(bytes)?;
        return match package.kind() {
            Kind::Word => docx::tables(&package.text("word/document.xml")?, &mut Budget::default()),
            Kind::Excel => xlsx::tables(bytes, &mut Budget::default()),
            Kind::Other => Err(Problem::Unsupported("是压缩包，但不是 DOCX 或 XLSX")),
        };
    }
    if bytes.starts_with(OLE_MAGIC) {
        return Err(Problem::OldOffice);
    }
    if bytes.starts_with(PDF_MAGIC) {
        return Err(Problem::Unsupported("是 PDF，请用原来的 Word 或 Excel 文件"));
    }
    if matches!(extension, "docx" | "docm" | "xlsx" | "xlsm") {
        let message = format!("内容不是 {} 格式", extension.to_uppercase());
        return Err(Problem::Damaged(message));
    }
    let text = kb::decode(bytes).map_err(Problem::Text)?.text;
    if is_markdown(&text, extension) {
        pipes::tables(&text, &mut Budget::default())
    } else {
        delimited::tables(&text, &mut Budget::default())
    }
}

fn is_markdown(text: &str, extension: &str) -> bool {
    match extension {
        "md" | "markdown" => true,
        "csv" | "tsv" => false,
        _ => pipes::has_table(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(bytes: &[u8], extension: &str) -> String {
        of_bytes(bytes, extension).unwrap_err().to_string()
    }

    #[test]
    fn what_is_no_document_is_named() {
        let table: [(&[u8], &str, &str); 8] = [
            (OLE_MAGIC, "doc", "旧版 Office"),
            (OLE_MAGIC, "docx", "密码"),
            (b"%PDF-1.7", "pdf", "是 PDF"),
            (b"PK\x03\x04", "docx", "已损坏"),
            (b"PK\x05\x06", "xlsx", "已损坏"),
            (b"hello", "docx", "内容不是 DOCX 格式"),
            (b"a\0b", "csv", "NUL"),
            (b"\xff\xff\xff", "csv", "编码无法识别"),
        ];
        for (bytes, extension, expected) in table {
            let problem = problem(bytes, extension);
            assert!(problem.contains(expected), "{extension}: {problem}");
        }
    }

    #[test]
    fn texts_are_told_apart_by_extension_and_else_by_what_they_hold() {
        let pipes = "| a | b |\n| --- | --- |\n| 1 | 2 |\n";
        for (text, extension, expected) in
            [(pipes, "txt", 2), (pipes, "md", 2), (pipes, "csv", 3), ("a,b\n", "txt", 1)]
        {
            let tables = of_bytes(text.as_bytes(), extension).unwrap();
            assert_eq!(tables[0].rows.len(), expected, "{extension}");
        }
    }

    #[test]
    fn a_folder_and_a_missing_file_are_no_documents() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(tables(folder.path()).unwrap_err().to_string(), "不是文件");
        let missing = tables(&folder.path().join("a.docx")).unwrap_err().to_string();
        assert_eq!(missing, "没有这个文件");
    }
}
