//! Articles for the tests of rules: parsed ones, and ones made by hand.

use time::macros::date;

use crate::{
    article::{Article, Finding, FrontMatter, Scripts, Section, SectionKind},
    check::{Checked, Corpus, corpus::stem},
    kb,
};

/// The article of a source, as the parser reads it.
pub(in crate::check) fn parsed(path: &str, source: &str) -> Checked {
    Checked::new(path, kb::read_from(path, source.as_bytes()).unwrap())
}

/// An article named after its file, with nothing in it but its source.
pub(in crate::check) fn checked(path: &str, source: &str) -> Checked {
    let article = Article {
        id: kb::path_id(path),
        path: path.to_owned(),
        title: stem(path).to_owned(),
        meta: FrontMatter::default(),
        sections: Vec::new(),
        questions: Vec::new(),
        steps: Vec::new(),
        commands: Vec::new(),
        scripts: Scripts::default(),
        escalations: Vec::new(),
        links: Vec::new(),
    };
    Checked::sound(article, source.into(), Vec::new())
}

/// A section with a heading and no text.
pub(in crate::check) fn section(title: &str) -> Section {
    Section {
        title: title.to_owned(),
        anchor: format!("s-{title}"),
        level: 1,
        kind: SectionKind::Other,
        line: 1,
        text: String::new(),
    }
}

/// What a rule finds, sorted.
pub(in crate::check) fn findings(
    rule: fn(&Corpus<'_>) -> Vec<Finding>,
    articles: &[Checked],
) -> Vec<Finding> {
    let mut findings = rule(&Corpus::new(articles, date!(2026 - 11 - 23)));
    findings.sort();
    findings
}
