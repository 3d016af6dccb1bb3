//! Where front matter ends and the body begins.

use std::borrow::Cow;

/// Longest front matter, in bytes, fences left out.
pub(super) const MAX_BYTES: usize = 8 * 1024;

/// The two parts of a source text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    /// What stands between the fences; its first line is line 2 of the file.
    pub(super) yaml: Option<&'a str>,
    pub(super) body: &'a str,
    /// Line of the file that the body begins with.
    pub(super) body_line: u32,
}

/// Why the front matter has no usable end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SplitProblem {
    /// No line `---` or `...` ends it.
    Unclosed,
    /// It is longer than [`MAX_BYTES`]; the line that exceeds it.
    TooLong(u32),
}

/// The source without byte order mark and with `\n` as its only line end.
pub(in crate::article) fn unified(source: &str) -> Cow<'_, str> {
    let source = source.strip_prefix('\u{FEFF}').unwrap_or(source);
    if source.contains('\r') {
        Cow::Owned(source.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(source)
    }
}

/// Takes a source text apart. Text that does not begin with a line `---` is all body.
pub(super) fn split(source: &str) -> Result<Parts<'_>, SplitProblem> {
    let Some(front) = behind_fence(source) else {
        return Ok(Parts { yaml: None, body: source, body_line: 1 });
    };
    let mut end = 0;
    let mut too_long = None;
    for (line_number, line) in (2_u32..).zip(front.split_inclusive('\n')) {
        if is_fence(line) || line.trim_end() == "..." {
            if let Some(line) = too_long {
                return Err(SplitProblem::TooLong(line));
            }
            let (yaml, rest) = front.split_at_checked(end).unwrap_or((front, ""));
            let body = rest.get(line.len()..).unwrap_or_default();
            return Ok(Parts { yaml: Some(yaml), body, body_line: line_number + 1 });
        }
        end += line.len();
        if end > MAX_BYTES && too_long.is_none() {
            too_long = Some(line_number);
        }
    }
    Err(SplitProblem::Unclosed)
}

/// What follows the opening fence, if the source begins with one.
pub(super) fn behind_fence(source: &str) -> Option<&str> {
    let (first, rest) = source.split_once('\n').unwrap_or((source, ""));
    is_fence(first).then_some(rest)
}

/// Whether a line is `---`, blanks behind it allowed.
pub(super) fn is_fence(line: &str) -> bool {
    line.trim_end() == "---"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_taken_apart_at_the_fences() {
        let cases: [(&str, Option<&str>, &str, u32); 7] = [
            ("---\na: 1\n---\n文\n", Some("a: 1\n"), "文\n", 4),
            ("---  \na: 1\n...\n文", Some("a: 1\n"), "文", 4),
            ("---\n---", Some(""), "", 3),
            ("文\n---\na\n---\n", None, "文\n---\na\n---\n", 1),
            ("\n---\na: 1\n---\n", None, "\n---\na: 1\n---\n", 1),
            ("----\na\n---\n", None, "----\na\n---\n", 1),
            ("", None, "", 1),
        ];
        for (source, yaml, body, body_line) in cases {
            assert_eq!(split(source), Ok(Parts { yaml, body, body_line }), "{source:?}");
        }
    }

    #[test]
    fn front_matter_needs_an_end_within_its_limit() {
        assert_eq!(split("---\na: 1\n\n## 现象\n"), Err(SplitProblem::Unclosed));
        assert_eq!(split("---"), Err(SplitProblem::Unclosed));
        let line = format!("a: {}\n", "x".repeat(MAX_BYTES - 4));
        assert!(split(&format!("---\n{line}---\n")).is_ok());
        let source = format!("---\n{line}b: 1\n---\n");
        assert_eq!(split(&source), Err(SplitProblem::TooLong(3)));
    }

    #[test]
    fn line_ends_are_unified_and_a_byte_order_mark_goes() {
        assert_eq!(unified("\u{FEFF}a\r\nb\rc\n"), "a\nb\nc\n");
        assert_eq!(unified("甲\n"), "甲\n");
    }
}
