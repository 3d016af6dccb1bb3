//! From the text of a file to its article.

use super::Source;
use crate::article::{self, Article, Finding};

/// What a file says, as far as it can be understood.
#[derive(Debug, Clone)]
pub enum Loaded {
    /// The file parses.
    Good {
        /// The article, under the id that its file claims.
        article: Article,
        /// What the parser found, in the order of the file.
        findings: Vec<Finding>,
    },
    /// The front matter does not parse.
    Broken {
        /// Why, with line and column.
        finding: Finding,
        /// Title and text, for when no earlier version of the article is known.
        salvaged: Article,
    },
}

/// Makes an article of the file at `path`.
///
/// Its findings are those of the parser; those of [`Source::findings`] come on top.
#[must_use]
pub fn load(path: &str, source: &Source) -> Loaded {
    match article::parse(path, &source.text) {
        Ok(parsed) => Loaded::Good { article: parsed.article, findings: parsed.findings },
        Err(finding) => {
            Loaded::Broken { finding: *finding, salvaged: article::salvage(path, &source.text) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        super::super::read_from("a.md", text.as_bytes()).unwrap()
    }

    #[test]
    fn a_file_without_front_matter_is_an_article_named_after_its_heading() {
        let Loaded::Good { article, .. } =
            load("网络/断网.md", &source("# 上不了网\r\n\r\n先看网线\r\n"))
        else {
            panic!("nothing is broken");
        };
        assert_eq!((article.id.as_str(), article.title.as_str()), ("网络/断网", "上不了网"));
    }

    #[test]
    fn front_matter_that_does_not_parse_is_salvaged() {
        let loaded = load("断网.md", &source("---\ntitle: [断网\n---\n# 上不了网\n\n先看网线\n"));
        let Loaded::Broken { finding, salvaged } = loaded else { panic!("{loaded:?}") };
        assert_eq!((finding.path.as_str(), finding.rule.as_str()), ("断网.md", "front-matter"));
        assert!(finding.line.is_some());
        assert_eq!((salvaged.id.as_str(), salvaged.path.as_str()), ("断网", "断网.md"));
        assert!(salvaged.sections.iter().any(|section| section.text.contains("先看网线")));
    }
}
