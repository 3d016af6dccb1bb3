//! Text measured in terminal columns: a Chinese character takes two.

use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::MARK;

/// Text is not broken into lines narrower than this.
const MIN_COLUMNS: usize = 16;

/// A character with its style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) struct Glyph {
    c: char,
    style: Style,
}

/// Styled text without line breaks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::cli) struct Text(Vec<Glyph>);

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::default().plain(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl Text {
    /// The same with more text.
    pub(in crate::cli) fn plain(self, text: &str) -> Self {
        self.styled(text, Style::new())
    }

    /// The same with more text in a style.
    pub(in crate::cli) fn styled(mut self, text: &str, style: Style) -> Self {
        self.0.extend(text.chars().map(|c| Glyph { c: tame(c), style }));
        self
    }

    /// The same with more text, in which half-open ranges of characters are marked.
    pub(in crate::cli) fn marked(
        mut self,
        text: &str,
        ranges: &[[usize; 2]],
        style: Style,
    ) -> Self {
        let is_marked = |at: usize| ranges.iter().any(|[from, to]| (*from..*to).contains(&at));
        let style_at = |at| if is_marked(at) { MARK } else { style };
        let glyphs = text.chars().enumerate();
        self.0.extend(glyphs.map(|(at, c)| Glyph { c: tame(c), style: style_at(at) }));
        self
    }

    /// Lines of at most so many columns, by the rules of Chinese typesetting: none begins with a
    /// closing mark or ends with an opening one, and Latin words stay whole. At least one line.
    pub(in crate::cli) fn lines(&self, columns: usize) -> Vec<&[Glyph]> {
        let columns = columns.max(MIN_COLUMNS);
        let (mut lines, mut rest) = (Vec::new(), self.0.as_slice());
        loop {
            let n_fit = n_fit(rest, columns);
            if n_fit == rest.len() {
                lines.push(rest.trim_suffix_spaces());
                return lines;
            }
            let end = (1..=n_fit).rev().find(|at| may_break(rest, *at)).unwrap_or(n_fit);
            let (line, after) = rest.split_at(end);
            lines.push(line.trim_suffix_spaces());
            rest = after.trim_prefix_spaces();
        }
    }
}

/// Number of characters that fit into so many columns; at least one, if there is one.
fn n_fit(glyphs: &[Glyph], columns: usize) -> usize {
    let mut used = 0;
    let too_many = glyphs.iter().position(|glyph| {
        used += char_width(glyph.c);
        used > columns
    });
    too_many.map_or(glyphs.len(), |at| at.max(1))
}

fn may_break(glyphs: &[Glyph], at: usize) -> bool {
    let (Some(before), Some(after)) = (glyphs.get(at - 1), glyphs.get(at)) else { return true };
    let (before, after) = (before.c, after.c);
    if before == ' ' || after == ' ' {
        return true;
    }
    let is_bound = is_opening(before) || is_closing(after) || char_width(after) == 0;
    !is_bound && (char_width(before) == 2 || char_width(after) == 2)
}

fn is_opening(c: char) -> bool {
    "（“‘《【「『〔([{<".contains(c)
}

fn is_closing(c: char) -> bool {
    "，。、；：？！）”’》】」』〕…—)]}>,.;:?!%".contains(c)
}

trait TrimSpaces {
    fn trim_suffix_spaces(&self) -> &Self;
    fn trim_prefix_spaces(&self) -> &Self;
}

impl TrimSpaces for [Glyph] {
    fn trim_suffix_spaces(&self) -> &Self {
        let end = self.iter().rposition(|glyph| glyph.c != ' ').map_or(0, |last| last + 1);
        self.get(..end).unwrap_or(self)
    }

    fn trim_prefix_spaces(&self) -> &Self {
        let start = self.iter().position(|glyph| glyph.c != ' ').unwrap_or(self.len());
        self.get(start..).unwrap_or(self)
    }
}

/// Characters as a terminal takes them, with its sequences where there are colours.
pub(super) fn render(glyphs: &[Glyph], has_color: bool) -> String {
    if !has_color {
        return glyphs.iter().map(|glyph| glyph.c).collect();
    }
    let same_style = |a: &Glyph, b: &Glyph| a.style == b.style;
    glyphs
        .chunk_by(same_style)
        .map(|run| {
            let text: String = run.iter().map(|glyph| glyph.c).collect();
            let style = run.first().map(|glyph| glyph.style).unwrap_or_default();
            format!("{style}{text}{style:#}")
        })
        .collect()
}

/// Columns that text takes.
pub(in crate::cli) fn width(text: &str) -> usize {
    text.width()
}

/// The text with spaces behind it, up to so many columns.
pub(in crate::cli) fn pad_right(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// The text with spaces before it, up to so many columns.
pub(in crate::cli) fn pad_left(text: &str, columns: usize) -> String {
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(text))))
}

/// The text with stand-ins for characters that would steer the terminal.
pub(in crate::cli) fn printable(text: &str) -> String {
    text.chars().map(tame).collect()
}

fn char_width(c: char) -> usize {
    c.width().unwrap_or(0)
}

fn tame(c: char) -> char {
    match c {
        '\n' | '\t' => ' ',
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        _ if c.is_control() => '\u{fffd}',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, columns: usize) -> Vec<String> {
        let text = Text::from(text);
        text.lines(columns).into_iter().map(|line| render(line, false)).collect()
    }

    #[test]
    fn lines_break_as_chinese_and_latin_text_does() {
        let table: [(&str, &[&str]); 6] = [
            ("", &[""]),
            ("先看网线再重启电脑", &["先看网线再重启电", "脑"]),
            ("先看网线，再看灯，再重启", &["先看网线，再看", "灯，再重启"]),
            ("请用户打开一次“设置”看", &["请用户打开一次", "“设置”看"]),
            ("运行 ipconfig /release 一次", &["运行 ipconfig", "/release 一次"]),
            ("aaaaaaaaaaaaaaaaaaaa", &["aaaaaaaaaaaaaaaa", "aaaa"]),
        ];
        for (text, expected) in table {
            assert_eq!(lines(text, 16), expected, "{text}");
        }
    }

    #[test]
    fn marks_are_styled_and_controls_are_tamed() {
        let text = Text::default().marked("\u{1b}断网了\n", &[[1, 3]], Style::new());
        let line = text.lines(80);
        assert_eq!(render(line[0], false), "\u{fffd}断网了");
        assert_eq!(render(line[0], true), format!("\u{fffd}{MARK}断网{MARK:#}了"));
    }

    #[test]
    fn padding_counts_columns() {
        assert_eq!(pad_right("词a", 5), "词a  ");
        assert_eq!(pad_left("词", 3), " 词");
        assert_eq!(pad_left("太长了", 3), "太长了");
    }

    proptest::proptest! {
        #[test]
        fn no_line_is_too_wide_and_nothing_but_spaces_is_lost(
            text in "[ a-z（）“”，。断网电脑\u{301}]{0,60}", columns in 16usize..40
        ) {
            let lines = lines(&text, columns);
            for line in &lines {
                assert!(line.chars().map(char_width).sum::<usize>() <= columns, "{lines:?}");
            }
            assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        }
    }
}
