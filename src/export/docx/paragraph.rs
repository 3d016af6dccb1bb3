//! Paragraphs and runs of text.

use docx_rs::{BreakType, Paragraph, Run, SpecialIndentType, Table};

/// What one level of a list is moved in by, in twentieths of a point: two characters.
pub(super) const LEVEL: i32 = 420;

/// What a document consists of.
#[derive(Debug, Clone)]
pub(super) enum Block {
    /// A paragraph.
    Paragraph(Box<Paragraph>),
    /// A table; a paragraph must follow, or two tables become one.
    Table(Box<Table>),
}

impl Block {
    pub(super) fn paragraph(paragraph: Paragraph) -> Self {
        Self::Paragraph(Box::new(paragraph))
    }
}

/// An empty paragraph with one of the styles of the document.
pub(super) fn styled(style: &str) -> Paragraph {
    Paragraph::new().style(style)
}

/// A paragraph moved in by `depth` levels, its first line by one less when it has a marker.
pub(super) fn indented(paragraph: Paragraph, depth: usize, has_marker: bool) -> Paragraph {
    let left = LEVEL * i32::try_from(depth).unwrap_or(i32::MAX / LEVEL);
    match (left, has_marker) {
        (0, _) => paragraph,
        (left, true) => {
            paragraph.indent(Some(left), Some(SpecialIndentType::Hanging(LEVEL)), None, None)
        }
        (left, false) => paragraph.indent(Some(left), None, None, None),
    }
}

/// A run of text; characters that XML cannot hold are left out.
pub(super) fn text(text: &str) -> Run {
    Run::new().add_text(clean(text))
}

/// Lines of text in one run.
pub(super) fn lines(text: &str) -> Run {
    let mut lines = text.lines().map(|line| clean(&line.replace('\t', "    ")));
    let first = Run::new().add_text(lines.next().unwrap_or_default());
    lines.fold(first, |run, line| run.add_break(BreakType::TextWrapping).add_text(line))
}

/// The text without characters that XML 1.0 does not allow. Source: XML 1.0, section 2.2.
fn clean(text: &str) -> String {
    let is_allowed = |c: &char| !matches!(c, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    text.chars().filter(is_allowed).map(|c| if c == '\n' { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_dropped_and_the_rest_kept() {
        assert_eq!(clean("a\u{0}b\u{1b}[31m\tc\u{ffff}<&急"), "ab[31m\tc<&急");
    }
}
