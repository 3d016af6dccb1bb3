//! One hit as a card: what it is, how urgent, its first steps and why it matches.

use askama::Template;

use super::{
    badges::Badges,
    home::HomeView,
    links::{article_url, search_url, with_anchor},
    marks::{self, Run},
};
use crate::search::{CardBranch, Hit, MatchedBy};

/// One hit.
#[derive(Template)]
#[template(path = "hit.html")]
pub(super) struct HitCard<'a> {
    hit: &'a Hit,
    chosen: bool,
    badges: Badges,
    title: Vec<Run>,
    /// The article's page at the best match.
    url: String,
    /// The search with this hit open beside the list.
    show_url: String,
    snippet: Vec<Run>,
    reasons: String,
}

impl<'a> HitCard<'a> {
    pub(super) fn new(view: &HomeView<'_>, hit: &'a Hit) -> Self {
        let id = &hit.card.id;
        let chosen = view.chosen.is_some_and(|chosen| chosen.stored.article.id == *id);
        let show_url = search_url(view.query, view.filters, view.offset, Some(id));
        Self { chosen, show_url, ..Self::alone(hit) }
    }

    /// A hit outside of any list of results.
    pub(super) fn alone(hit: &'a Hit) -> Self {
        let snippet = hit.snippet.as_ref();
        Self {
            hit,
            chosen: false,
            badges: Badges::of_hit(hit),
            title: marks::runs(&hit.card.title, &hit.title_highlights),
            url: with_anchor(&hit.url, hit.anchor.as_deref()),
            show_url: String::new(),
            snippet: snippet.map_or_else(Vec::new, |s| marks::runs(&s.text, &s.highlights)),
            reasons: reasons(&hit.matched_by),
        }
    }

    fn snippet_section(&self) -> &str {
        self.hit.snippet.as_ref().map_or("", |snippet| &snippet.section)
    }
}

/// Page of the article that a branch leads to.
fn goto_url(branch: &CardBranch) -> Option<String> {
    branch.goto.as_deref().map(article_url)
}

/// Why a hit matches, the strongest reason first.
fn reasons(matched_by: &[MatchedBy]) -> String {
    let names: Vec<_> = matched_by.iter().copied().map(reason).collect();
    names.join("、")
}

const fn reason(matched_by: MatchedBy) -> &'static str {
    match matched_by {
        MatchedBy::Code => "报错代码",
        MatchedBy::Title => "标题",
        MatchedBy::Alias => "别称",
        MatchedBy::Symptom => "现象",
        MatchedBy::Body => "正文",
        MatchedBy::Synonym => "同义词",
        MatchedBy::Pinyin => "拼音",
        MatchedBy::Initials => "拼音首字母",
        MatchedBy::Homophone => "同音字",
        MatchedBy::Typo => "纠错",
        MatchedBy::Literal => "原文",
    }
}
