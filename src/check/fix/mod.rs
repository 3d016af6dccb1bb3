//! Mending what can be mended without asking: text in, text out.
//!
//! Entry points: [`mend`] for a text, [`fix_folder`] for a folder. Whatever is not mended keeps
//! its bytes, and what is mended once needs no more mending. The one function that writes is
//! [`crate::kb::replace`].

mod encoding;
mod fences;
mod folder;
mod language;
mod sections;

pub use folder::{Mend, fix_folder};

use crate::article::{self, Layout};

/// A text that was mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// The text as it should be.
    pub text: String,
    /// What was mended, in Chinese, one sentence each.
    pub changes: Vec<String>,
}

/// One way to mend the text of an article, knowing where its parts stand.
type Step = fn(&Parts<'_>) -> Option<Mended>;

/// An article as the steps need it.
struct Parts<'a> {
    path: &'a str,
    source: &'a str,
    title: &'a str,
    layout: &'a Layout,
}

/// In this order: moving sections changes the lines that the others speak of.
const STEPS: [Step; 2] = [fences::mend, sections::mend];

/// Mends the text of the article at `path`; `None` when there is nothing to mend, or its front
/// matter does not parse.
#[must_use]
pub fn mend(path: &str, text: &str) -> Option<Mended> {
    let mut mended = Mended { text: text.to_owned(), changes: Vec::new() };
    for step in STEPS {
        let article = article::parse(path, &mended.text).ok()?.article;
        let layout = article::layout(path, &mended.text, &article.title);
        let (source, title) = (mended.text.as_str(), article.title.as_str());
        if let Some(step) = step(&Parts { path, source, title, layout: &layout }) {
            mended.text = step.text;
            mended.changes.extend(step.changes);
        }
    }
    (!mended.changes.is_empty()).then_some(mended)
}
