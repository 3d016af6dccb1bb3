//! The searchable text of an article, by parts, as one string that ranking can walk through.

use crate::{
    analysis::SEPARATOR,
    article::{Article, FaultType, Section, SectionKind},
};

/// Starts a part. A control character: articles contain none.
const PART: char = '\u{1e}';

/// What a part of the text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// The title.
    Title,
    /// One alias.
    Alias,
    /// The summary.
    Summary,
    /// The declared codes.
    Codes,
    /// A section of the body.
    Section(SectionKind),
}

impl PartKind {
    /// Whether it tells what callers see.
    #[must_use]
    pub fn tells_symptoms(self) -> bool {
        matches!(self, Self::Summary | Self::Section(SectionKind::Symptoms))
    }
}

/// A part of an article's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextPart<'a> {
    /// What it is.
    pub kind: PartKind,
    /// Id of the heading in the page; empty outside the body.
    pub anchor: &'a str,
    /// Heading; empty outside the body and before the first heading.
    pub heading: &'a str,
    /// Text without the heading.
    pub text: &'a str,
}

/// The kinds in the order of their letters `a`, `b`, ….
const KINDS: [PartKind; 15] = [
    PartKind::Title,
    PartKind::Alias,
    PartKind::Summary,
    PartKind::Codes,
    PartKind::Section(SectionKind::Symptoms),
    PartKind::Section(SectionKind::Impact),
    PartKind::Section(SectionKind::Questions),
    PartKind::Section(SectionKind::Strategy),
    PartKind::Section(SectionKind::Scripts),
    PartKind::Section(SectionKind::Escalation),
    PartKind::Section(SectionKind::Prevention),
    PartKind::Section(SectionKind::Causes),
    PartKind::Section(SectionKind::Report),
    PartKind::Section(SectionKind::References),
    PartKind::Section(SectionKind::Other),
];

/// The parts of an article, in the order in which they are shown.
pub(super) fn parts(article: &Article) -> Vec<TextPart<'_>> {
    let own = |kind, text| TextPart { kind, anchor: "", heading: "", text };
    let mut parts = vec![own(PartKind::Title, article.title.as_str())];
    parts.extend(article.meta.aliases.iter().map(|alias| own(PartKind::Alias, alias)));
    // The general article of a fault type answers to the name of the type.
    let label = article.meta.fault_type.filter(|_| article.meta.entry).map(FaultType::label);
    let label = label.filter(|label| !article.meta.aliases.iter().any(|alias| alias == label));
    parts.extend(label.map(|label| own(PartKind::Alias, label)));
    parts.extend(article.meta.summary.iter().map(|text| own(PartKind::Summary, text)));
    parts.extend(article.meta.codes.iter().map(|code| own(PartKind::Codes, code)));
    parts.extend(article.sections.iter().map(section_part));
    parts
}

fn section_part(section: &Section) -> TextPart<'_> {
    TextPart {
        kind: PartKind::Section(section.kind),
        anchor: &section.anchor,
        heading: &section.title,
        text: &section.text,
    }
}

/// Writes parts into one string.
#[must_use]
pub(super) fn encode(parts: &[TextPart<'_>]) -> String {
    let mut out = String::new();
    for part in parts {
        let letter = KINDS.iter().zip('a'..).find(|(kind, _)| **kind == part.kind);
        out.push(PART);
        out.push(letter.map_or('a', |(_, letter)| letter));
        for text in [part.anchor, part.heading, part.text] {
            out.push(SEPARATOR);
            out.push_str(text);
        }
    }
    out
}

/// Reads the parts back.
pub fn decode(text: &str) -> impl Iterator<Item = TextPart<'_>> {
    text.split(PART).filter_map(|part| {
        let mut columns = part.splitn(4, SEPARATOR);
        let letter = columns.next()?.chars().next()?;
        let kind = KINDS.iter().zip('a'..).find(|(_, l)| *l == letter)?.0;
        let (anchor, heading) = (columns.next()?, columns.next()?);
        Some(TextPart { kind: *kind, anchor, heading, text: columns.next()? })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_survive_writing_and_reading() {
        let parts = [
            TextPart { kind: PartKind::Title, anchor: "", heading: "", text: "登录不上" },
            TextPart {
                kind: PartKind::Section(SectionKind::Other),
                anchor: "s-a",
                heading: "甲",
                text: "一\n二",
            },
            TextPart {
                kind: PartKind::Section(SectionKind::Symptoms),
                anchor: "s-现象",
                heading: "现象",
                text: "",
            },
        ];
        assert_eq!(decode(&encode(&parts)).collect::<Vec<_>>(), parts);
        assert_eq!(decode("").count(), 0);
    }
}
