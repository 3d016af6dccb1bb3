//! What an article is called: its id, and how that relates to its file.

use unicode_normalization::UnicodeNormalization;

use super::{Finding, Level, front_matter::Fields, text::one_line};

/// Longest id, in characters.
pub(super) const MAX_ID_CHARS: usize = 128;

/// Whether `text` may be declared as an id: lower-case ASCII letters, digits and `-`, at most 128.
/// Source: the article model, section 3.1.
#[must_use]
pub fn is_id(text: &str) -> bool {
    (1..=MAX_ID_CHARS).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// The id of an article that declares none: its path without `.md`, in NFC.
pub(super) fn path_id(path: &str) -> String {
    without_extension(path).nfc().collect()
}

/// The file name without `.md`; never empty.
pub(super) fn stem(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = one_line(without_extension(name));
    if stem.is_empty() { "未命名".to_owned() } else { stem }
}

/// The finding for a declared id that is not the name of its file.
pub(super) fn mismatch(path: &str, fields: &Fields) -> Option<Finding> {
    let (id, line, column) = fields.id.as_ref()?;
    let stem: String = stem(path).nfc().collect();
    if *id == stem {
        return None;
    }
    let message = format!("id 是 `{id}`，文件名却是 `{stem}.md`，两者应一致");
    let finding = Finding::new(path, "id-mismatch", Level::Error, message);
    Some(finding.at(*line, *column).hint(format!("把文件改名为 {id}.md；id 发布后不要改")))
}

fn without_extension(path: &str) -> &str {
    match path.rsplit_once('.') {
        Some((stem, extension)) if extension.eq_ignore_ascii_case("md") => stem,
        _ => path,
    }
}
