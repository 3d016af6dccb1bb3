//! Text on its way to other programs: what is seen of it, on one line, and cut between characters.

/// What a cut leaves behind.
const CUT: &str = "…";

/// `text` without characters that nobody sees: controls, tags, zero-width spaces and direction
/// marks. They say things to a program that a reviewer of the article does not see. The joiner
/// inside an emoji stays, and so do line ends and tabs.
pub(crate) fn visible(text: &str) -> String {
    text.chars().filter(|c| !is_hidden(*c)).collect()
}

/// The same on one line.
pub(crate) fn one_line(text: &str) -> String {
    visible(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

const fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        | '\u{e0000}'..='\u{e007f}' | '\u{80}'..='\u{9f}' | '\u{7f}')
        || (c < ' ' && c != '\n' && c != '\t')
}

/// At most `max` bytes of `text` in UTF-8, the mark of a cut included, and whether it was cut.
pub(crate) fn cut(text: &str, max: usize) -> (String, bool) {
    cut_by(text, max, char::len_utf8)
}

/// At most as much of `text` as takes `max` bytes inside a JSON string.
pub(crate) fn cut_json(text: &str, max: usize) -> String {
    cut_by(text, max, json_len_of).0
}

/// Bytes that `text` takes inside a JSON string.
pub(crate) fn json_len(text: &str) -> usize {
    text.chars().map(json_len_of).sum()
}

/// Source of the escapes: RFC 8259, section 7, as `serde_json` writes them.
const fn json_len_of(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        c if c < ' ' => 6,
        c => c.len_utf8(),
    }
}

fn cut_by(text: &str, max: usize, size: fn(char) -> usize) -> (String, bool) {
    if text.chars().map(size).sum::<usize>() <= max {
        return (text.to_owned(), false);
    }
    let mut room = max.saturating_sub(CUT.len());
    let fits = |c: &char| {
        let size = size(*c);
        let fits = size <= room;
        room = room.saturating_sub(size);
        fits
    };
    let kept: String = text.chars().take_while(fits).collect();
    (kept + CUT, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_left_out() {
        assert_eq!(visible("硬\u{200b}盘\u{e0041}\u{202e}异\u{7}响\n\t1"), "硬盘异响\n\t1");
        assert_eq!(visible("👨\u{200d}💻"), "👨\u{200d}💻");
        assert_eq!(one_line(" 一\n\n二\t 三\u{0} "), "一 二 三");
    }

    #[test]
    fn a_cut_is_between_characters_and_marked() {
        let table = [
            ("硬盘异响", 12, "硬盘异响"),
            ("硬盘异响", 11, "硬盘…"),
            ("硬盘异响", 9, "硬盘…"),
            ("硬盘异响", 8, "硬…"),
            ("a😀b", 6, "a😀b"),
            ("a😀bc", 6, "a…"),
        ];
        for (text, max, expected) in table {
            assert_eq!(cut(text, max), (expected.to_owned(), expected != text), "{text} {max}");
        }
    }

    #[test]
    fn lengths_in_json_are_those_that_are_written() {
        for text in ["", "硬盘", "a\"b\\c\nd\te\u{1}f\u{7f}😀", "\u{8}\u{c}\r"] {
            let written = serde_json::to_string(text).unwrap().len() - 2;
            assert_eq!(json_len(text), written, "{text:?}");
        }
        assert_eq!(cut_json("\"\"\"\"", 7), "\"\"…");
        assert_eq!(cut_json("\"\"\"\"", 8), "\"\"\"\"");
    }
}
