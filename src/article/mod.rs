//! Articles as plain values: front matter, structure, plain text and safe HTML.
//!
//! Entry points: [`parse`] (or [`salvage`] where it fails) turns a source text into an
//! [`Article`]; [`render`] makes the safe HTML of its sections. This module knows no index,
//! no folder and no I/O.

mod anchors;
mod blocks;
mod body;
mod commands;
mod escalation;
mod finding;
mod front_matter;
mod html;
mod identity;
mod large;
mod layout;
mod limits;
mod links;
mod model;
mod outline;
mod position;
mod raw_html;
mod sanitize;
mod schema;
mod scripts;
mod strategy;
#[cfg(test)]
mod tests;
mod text;
mod values;
mod wiki;

pub use anchors::anchor;
pub use finding::{Finding, Level};
pub(crate) use html::TEXT_BREAK;
pub use identity::is_id;
pub use layout::{BranchList, DeadEnd, Fence, HeadingPlace, Layout, Place, SamePageLink};
pub use limits::Limit;
pub use links::percent_encode_id;
pub use model::{
    AlertMatcher, Article, Branch, Command, DUE_SOON_DAYS, Escalation, FrontMatter, Link, Question,
    Scripts, Section, SectionKind, Step,
};
/// For tests with hostile HTML, which no article can bring as far as here.
#[doc(hidden)]
pub use sanitize::clean;
pub use schema::{
    MAX_ALIAS_CHARS, MAX_ALIASES, MAX_RELATED, MAX_SUMMARY_CHARS, MAX_SYSTEMS, MAX_TITLE_CHARS,
    front_matter_schema,
};
pub use values::{
    Channel, DataRisk, FaultType, IncidentClass, SYSTEMS, Severity, Status, Tier, UnknownValue,
};

use front_matter::Fields;

/// An article and what is wrong with it.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The article, with defaults for what could not be used.
    pub article: Article,
    /// What an author should know, in the order of the file.
    pub findings: Vec<Finding>,
}

/// Turns the source text of the file at `path` into an article.
///
/// The text may begin with a byte order mark and have any line ends; lines and columns are those
/// of the file. Control characters are left out.
///
/// # Errors
/// The finding that says, with line and column, why the front matter does not parse. Fields that
/// are merely wrong are no error: they get their default and a finding.
pub fn parse(path: &str, source: &str) -> Result<Parsed, Box<Finding>> {
    let source = front_matter::unified(source);
    let front = front_matter::read(path, &source)?;
    let mut findings = front.findings;
    findings.extend(identity::mismatch(path, &front.fields));
    findings.sort_by_key(|finding| (finding.line, finding.column));
    let article = assemble(path, front.fields, front.body, front.body_line);
    Ok(Parsed { article, findings })
}

/// The article as well as a file that does not parse can be read: the fields that parse on their
/// own, and all other text as its body.
///
/// Line numbers of the result are those of that body, not of the file.
pub fn salvage(path: &str, source: &str) -> Article {
    let source = front_matter::unified(source);
    let (fields, body) = front_matter::salvage(path, &source);
    assemble(path, fields, &body, 1)
}

/// Safe HTML of each section of [`Article::sections`], in that order, heading left out.
///
/// `resolve` gives the article id for a path relative to the knowledge base. A file that does
/// not parse is rendered as [`salvage`] reads it.
pub fn render(
    path: &str,
    source: &str,
    resolve: &(dyn Fn(&str) -> Option<String> + Sync),
) -> Vec<String> {
    let source = front_matter::unified(source);
    large::apart(&source, || match front_matter::read(path, &source) {
        Ok(front) => html::render(path, front.body, front.fields.title.as_deref(), resolve),
        Err(_) => {
            let (fields, body) = front_matter::salvage(path, &source);
            html::render(path, &body, fields.title.as_deref(), resolve)
        }
    })
}

/// The Markdown below the front matter; a source whose front matter has no end is all body.
#[must_use]
pub fn markdown(source: &str) -> String {
    let source = front_matter::unified(source);
    let body = front_matter::body(&source).map_or(&*source, |(body, _)| body);
    body.trim().to_owned()
}

/// Where the parts of the body stand that [`Article`] gives without a place, for checks.
///
/// `title` is [`Article::title`]. A file that does not parse has no layout: its places would be
/// those of another text.
pub fn layout(path: &str, source: &str, title: &str) -> Layout {
    let source = front_matter::unified(source);
    match front_matter::body(&source) {
        Some((body, line)) => large::apart(body, || layout::read(path, body, line, title)),
        None => Layout::default(),
    }
}

fn assemble(path: &str, fields: Fields, body: &str, body_line: u32) -> Article {
    let title = fields.title.as_deref();
    let body = large::apart(body, || body::read(path, body, body_line, title));
    Article {
        id: fields.id.map_or_else(|| identity::path_id(path), |(id, ..)| id),
        path: path.to_owned(),
        title: body.title.unwrap_or_else(|| identity::stem(path)),
        meta: fields.meta,
        sections: body.sections,
        questions: body.questions,
        steps: body.steps,
        commands: body.commands,
        scripts: body.scripts,
        escalations: body.escalations,
        links: body.links,
    }
}
