//! Text and values of attributes, escaped as the sanitiser writes them: what it changes, it has to
//! go over once more.

use super::super::text::is_control;

/// The value of an attribute, without its quotes.
pub(super) fn escape(out: &mut String, text: &str) {
    text.chars().for_each(|c| match c {
        '"' => out.push_str("&quot;"),
        c => escape_char(out, c),
    });
}

/// A character between tags.
pub(super) fn escape_char(out: &mut String, c: char) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '\u{a0}' => out.push_str("&nbsp;"),
        c if is_control(c) => {}
        c => out.push(c),
    }
}
