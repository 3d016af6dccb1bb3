//! How much of a body is read as Markdown. All of its text stays; what lies behind a limit loses its
//! markup, and the linter says where.

/// Elements nested deeper than this lose their markup, not their text: nested elements cost the
/// sanitiser a walk over all of their ancestors each.
pub(super) const MAX_DEPTH: usize = 64;

/// Most elements that keep their markup: an article of a mebibyte of empty elements would else
/// become a page of fifty. The text of all others stays. Source: a page may have 8 MiB, and what a
/// page adds most to, a dangerous command or a step, has some 250 bytes besides its text.
pub(super) const MAX_ELEMENTS: usize = 30_000;

/// Most sections; headings after them stay inside of the last one. Articles have about ten.
pub(super) const MAX_SECTIONS: usize = 2_000;

/// Most opening brackets that are read as Markdown. Each costs the parser 80 bytes until it knows
/// whether a link begins there, and no article is made of links alone: a text that has more is
/// shown as it stands.
pub(super) const MAX_BRACKETS: usize = 250_000;

/// A limit that a body goes beyond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// On elements inside of each other.
    Depth,
    /// On elements.
    Elements,
    /// On sections.
    Sections,
    /// On opening brackets; nothing of the body is read as Markdown.
    Brackets,
}

impl Limit {
    /// The number that is still fine.
    #[must_use]
    pub fn most(self) -> usize {
        match self {
            Self::Depth => MAX_DEPTH,
            Self::Elements => MAX_ELEMENTS,
            Self::Sections => MAX_SECTIONS,
            Self::Brackets => MAX_BRACKETS,
        }
    }
}
