//! What to do when a search found nothing that fits.

use askama::Template;

use super::overview::type_url;
use crate::{
    article::FaultType,
    search::{Answer, Note},
};

/// Fault types that are offered.
const MAX_TYPES: usize = 5;

/// Where to look on, and how to reach somebody who knows.
#[derive(Template)]
#[template(path = "help.html")]
pub(super) struct Help<'a> {
    /// Names of the nearest fault types with the searches for their articles.
    types: Vec<(&'static str, String)>,
    second_line: &'a str,
}

impl<'a> Help<'a> {
    /// Help for an answer that needs it: nothing matches, so that its hits only are the nearest
    /// entry articles, or nothing passes the filters.
    pub(super) fn new(answer: &Answer, second_line: &'a str) -> Option<Self> {
        let no_match = answer.notes.contains(&Note::NoMatch);
        if !no_match && !answer.hits.is_empty() {
            return None;
        }
        let mut types: Vec<FaultType> = Vec::new();
        for fault_type in answer.hits.iter().filter_map(|hit| hit.card.fault_type) {
            if types.len() < MAX_TYPES && !types.contains(&fault_type) {
                types.push(fault_type);
            }
        }
        let types = types.into_iter().map(|each| (each.label(), type_url(each, &[]))).collect();
        Some(Self { types, second_line })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::pages::sample;

    fn help(answer: &Answer) -> Option<String> {
        Help::new(answer, sample::HOSTILE).map(|help| help.render().unwrap())
    }

    #[test]
    fn only_a_search_that_found_nothing_gets_help() {
        let found = sample::answer();
        assert_eq!(help(&found), None);
        let mut twice = found.hits.clone();
        twice.extend(found.hits.clone());
        let nearest = Answer { notes: vec![Note::NoMatch], hits: twice, ..found.clone() };
        let html = help(&nearest).unwrap();
        assert_eq!(html.matches("href=\"/?fault_type=login\"").count(), 1, "{html}");
        sample::assert_harmless(&html);
        let empty = Answer { hits: Vec::new(), notes: Vec::new(), ..found };
        let html = help(&empty).unwrap();
        assert!(!html.contains("fault_type") && html.contains("全部分类"), "{html}");
    }
}
