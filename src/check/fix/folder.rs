//! Mending the files of a folder.

use serde::Serialize;

use super::{Mended, encoding::is_certain, mend};
use crate::kb::{self, Encoding, ReplaceError, Root, ScanError, Seen, Source};

/// What became of a file in which something could be mended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mend {
    /// Path relative to the knowledge base.
    pub path: String,
    /// What was mended, in Chinese; what could have been, when the file was left alone.
    pub changes: Vec<String>,
    /// Why the file was left alone, in Chinese.
    pub left: Option<String>,
}

/// Mends the articles of a folder that `is_wanted` by their path, and says what was done.
///
/// A file that cannot be read or written, or that changes meanwhile, is left as it is.
///
/// # Errors
/// When the folder cannot be read.
pub fn fix_folder(root: &Root, is_wanted: &dyn Fn(&str) -> bool) -> Result<Vec<Mend>, ScanError> {
    let scan = kb::scan(root)?;
    let files = scan.files.iter().filter(|(path, _)| is_wanted(path));
    Ok(files.filter_map(|(path, seen)| fix(root, path, seen)).collect())
}

fn fix(root: &Root, path: &str, seen: &Seen) -> Option<Mend> {
    let source = kb::read(path, &seen.os_path).ok()?;
    let Mended { text, changes } = mend_source(path, &source)?;
    let written = kb::replace(root, path, &seen.os_path, &source.hash, text.as_bytes());
    let left = written.err().map(|error: ReplaceError| error.to_string());
    Some(Mend { path: path.to_owned(), changes, left })
}

/// The text to write, with its byte order mark if the file had one in UTF-8.
fn mend_source(path: &str, source: &Source) -> Option<Mended> {
    let Source { text, encoding, .. } = source;
    if !is_certain(*encoding, text) {
        return None;
    }
    let mended = mend(path, text);
    let name = encoding.name();
    let converted = name.map(|name| format!("编码从 {name} 改成 UTF-8"));
    if mended.is_none() && converted.is_none() {
        return None;
    }
    let mended = mended.unwrap_or_else(|| Mended { text: text.clone(), changes: Vec::new() });
    let mark = if *encoding == Encoding::Utf8Bom { "\u{feff}" } else { "" };
    let changes = converted.into_iter().chain(mended.changes).collect();
    Some(Mended { text: format!("{mark}{}", mended.text), changes })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const TEXT: &str = "# 断网\r\n\r\n## 影响\r\n\r\n乙\r\n\r\n## 现象\r\n\r\n甲\r\n";
    const MENDED: &str = "# 断网\r\n\r\n## 现象\r\n\r\n甲\r\n\r\n## 影响\r\n\r\n乙\r\n";

    #[test]
    fn files_of_any_known_encoding_are_mended_once() {
        let utf16 = |text: &str| -> Vec<u8> {
            "\u{feff}"
                .encode_utf16()
                .chain(text.encode_utf16())
                .flat_map(u16::to_le_bytes)
                .collect()
        };
        let table: [(Vec<u8>, Vec<u8>, usize); 6] = [
            (TEXT.into(), MENDED.into(), 1),
            (format!("\u{feff}{TEXT}").into(), format!("\u{feff}{MENDED}").into(), 1),
            (utf16(TEXT), MENDED.into(), 2),
            (encoding_rs::GB18030.encode(MENDED).0.into_owned(), MENDED.into(), 1),
            (MENDED.into(), MENDED.into(), 0),
            (vec![0xff], vec![0xff], 0),
        ];
        for (bytes, expected, n_changes) in table {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("a.md");
            fs_err::write(&file, &bytes).unwrap();
            let root = Root::new(folder.path()).unwrap();
            let mends = fix_folder(&root, &|_| true).unwrap();
            let changes: usize = mends.iter().map(|mend| mend.changes.len()).sum();
            assert_eq!((changes, fs_err::read(&file).unwrap()), (n_changes, expected));
            assert_eq!(fix_folder(&root, &|_| true).unwrap(), []);
        }
    }

    #[test]
    fn only_wanted_files_are_written_and_links_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["a.md", "b.md"] {
            fs_err::write(path(name), TEXT).unwrap();
        }
        fs_err::set_permissions(path("a.md"), PermissionsExt::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink("b.md", path("c.md")).unwrap();
        let root = Root::new(folder.path()).unwrap();
        let mends = fix_folder(&root, &|path| path != "b.md").unwrap();
        let left: Vec<_> =
            mends.iter().map(|mend| (mend.path.as_str(), mend.left.is_some())).collect();
        assert_eq!(left, [("a.md", false), ("c.md", true)]);
        assert_eq!(fs_err::read_to_string(path("b.md")).unwrap(), TEXT);
        let mode = fs_err::metadata(path("a.md")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
        assert_eq!(fs_err::read_dir(folder.path()).unwrap().count(), 3, "no file is left behind");
    }
}
