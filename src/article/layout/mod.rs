//! Where the parts of a body stand: what the linter must know and readers need not.
//!
//! Entry point: [`read`], one pass over the Markdown, beside the one that makes the article.

mod lists;
mod survey;
#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Limit, SectionKind, outline};
use survey::Surveyor;

/// Most characters kept of what an item begins with, and of a link that leads nowhere.
const MAX_EXCERPT_CHARS: usize = 80;

/// A place in the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1.
    pub column: u32,
}

/// Where the parts of a body stand, each list in the order of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// All headings that have an anchor in the page.
    pub headings: Vec<HeadingPlace>,
    /// The items of the outermost numbered lists of 应急策略.
    pub steps: Vec<Place>,
    /// The items of the outermost lists of 先问用户.
    pub questions: Vec<Place>,
    /// The lists of 应急策略 that hold branches, inner ones before those around them.
    pub branch_lists: Vec<BranchList>,
    /// What announces danger: alerts of the kinds caution and warning, and lines that begin with
    /// bold 危险.
    pub warnings: Vec<Place>,
    /// The fenced code blocks, as [`super::Article::commands`].
    pub fences: Vec<Fence>,
    /// Links to headings of the article itself.
    pub same_page: Vec<SamePageLink>,
    /// Links and images that lead out of the knowledge base or to what a page must not link to, and
    /// those that are too long.
    pub dead_ends: Vec<DeadEnd>,
    /// Stars that were meant to make text bold and are shown as stars; one place a line.
    pub loose_stars: Vec<Place>,
    /// Limits that the body goes beyond, and where.
    pub limits: Vec<(Limit, Place)>,
}

/// A heading, or the start of the text before the first one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadingPlace {
    /// Where it begins.
    pub place: Place,
    /// Level as written, 1 to 6; 0 for text before the first heading.
    pub level: u8,
    /// Whether a section begins here, as in [`super::Article::sections`].
    pub is_section: bool,
    /// What the section is for.
    pub kind: SectionKind,
    /// Plain text.
    pub title: String,
    /// Its id in the page.
    pub anchor: String,
}

/// A list of which at least one item is a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BranchList {
    /// Where it begins.
    pub place: Place,
    /// How many lists of branches it is in, itself included.
    pub depth: usize,
    /// Equal for the lists of one step or one item; the page shows their branches as one choice.
    pub owner: usize,
    /// The condition of each branch, and what each other item begins with.
    pub choices: Vec<String>,
}

/// A fenced code block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// Where the opening fence begins.
    pub place: Place,
    /// Language of the fence; empty when none is given.
    pub language: String,
    /// Code as in [`super::Command::code`]: its first line is the one behind the fence.
    pub code: String,
    /// Where the first dangerous command begins.
    pub danger: Option<Place>,
}

impl Fence {
    /// Where the text of this line of [`Fence::code`], from 0, begins in the file: its blanks are
    /// counted from the column of the fence.
    #[must_use]
    pub fn place_of(&self, line: usize) -> Place {
        let text = self.code.lines().nth(line).unwrap_or_default();
        let indent = text.chars().take_while(|c| c.is_whitespace()).count();
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Place {
            line: self.place.line.saturating_add(1).saturating_add(number(line)),
            column: self.place.column.saturating_add(number(indent)),
        }
    }
}

/// A link to a place on the same page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SamePageLink {
    /// Where it begins.
    pub place: Place,
    /// What stands behind `#`, decoded.
    pub fragment: String,
}

/// A link or image that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadEnd {
    /// Where it begins.
    pub place: Place,
    /// What was written, at most 80 characters of it.
    pub destination: String,
    /// Whether it is an image.
    pub image: bool,
    /// Whether it is longer than any link may be.
    pub is_too_long: bool,
}

/// Surveys `body`, whose first line is line `first_line` of the file at `path`. Should the
/// Markdown parser panic, nothing is known.
pub(super) fn read(path: &str, body: &str, first_line: u32, title: &str) -> Layout {
    let survey = || {
        let mut surveyor = Surveyor::new(path, body, first_line);
        outline::walk(body, Some(title), &mut surveyor);
        surveyor.into_layout()
    };
    catch_unwind(AssertUnwindSafe(survey)).unwrap_or_default()
}
