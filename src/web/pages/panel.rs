//! A small page of hits for the frame of another system: no header, no script.

use askama::Template;

use super::{AssetUrls, links::article_url, notes};
use crate::search::{Answer, Hit, Note};

/// What the panel shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PanelView<'a> {
    /// What stands in the search box.
    pub(crate) query: &'a str,
    /// The answer to it; none when nothing was asked.
    pub(crate) answer: Option<&'a Answer>,
    /// How to reach second line.
    pub(crate) second_line: &'a str,
    /// Addresses of styles and scripts.
    pub(crate) assets: &'a AssetUrls,
}

/// The panel.
///
/// # Errors
/// When the template cannot be rendered.
pub(crate) fn panel_page(view: &PanelView<'_>) -> Result<String, askama::Error> {
    let hits = view.answer.map_or(&[][..], |answer| &answer.hits);
    let notes = view.answer.map_or(&[][..], |answer| &answer.notes);
    PanelPage { view, hits, notes }.render()
}

#[derive(Template)]
#[template(path = "panel.html")]
struct PanelPage<'a> {
    view: &'a PanelView<'a>,
    hits: &'a [Hit],
    notes: &'a [Note],
}

impl PanelPage<'_> {
    /// Whether something was asked that the knowledge base has no answer to.
    fn is_lost(&self) -> bool {
        let found_none = self.hits.is_empty() || self.notes.contains(&Note::NoMatch);
        self.view.answer.is_some() && found_none
    }
}

fn url(hit: &Hit) -> String {
    article_url(&hit.card.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::pages::sample;

    fn html(answer: Option<&Answer>) -> String {
        let query = answer.map_or("", |answer| &answer.query);
        let assets = sample::assets();
        panel_page(&PanelView { query, answer, second_line: "值班电话", assets: &assets }).unwrap()
    }

    #[test]
    fn a_hit_has_severity_summary_steps_and_escalation() {
        let html = html(Some(&sample::answer()));
        for expected in [
            "<title>登陆 · 救急</title>",
            "href=\"/articles/login-failure\" target=\"_blank\" rel=\"noopener\"",
            "P3 中",
            "先问是一个人还是一片人",
            "先做两分钟自查",
            "升级：5 人以上登不上",
        ] {
            assert!(html.contains(expected), "{expected} in {html}");
        }
        assert!(!html.contains("<script") && !html.contains("值班电话"), "{html}");
    }

    #[test]
    fn who_finds_nothing_is_told_whom_to_ask() {
        let lost = Answer { notes: vec![Note::NoMatch], ..sample::answer() };
        assert!(html(Some(&lost)).contains("值班电话"));
        assert!(!html(None).contains("值班电话"));
    }

    #[test]
    fn hostile_text_is_escaped() {
        let mut answer = sample::answer();
        sample::make_answer_hostile(&mut answer);
        sample::assert_harmless(&html(Some(&answer)));
    }
}
