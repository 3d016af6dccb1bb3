//! The search page before anything is searched: every fault type with where to begin, what is
//! most urgent in it, and what has to be looked through again.

use askama::Template;

use super::{
    links::{article_url, search_url},
    status::DueRow,
};
use crate::{
    article::{FaultType, Severity},
    search::{Card, Filters, TypeOverview},
};

/// What is shown instead of hits when nothing was asked for.
#[derive(Debug, Clone)]
pub(crate) struct OverviewView {
    /// All fault types, in the order of the article model.
    pub(crate) types: Vec<TypeOverview>,
    /// What is due for review, the most urgent first.
    pub(crate) due: Vec<DueRow>,
    /// Number of all articles that are.
    pub(crate) n_due: usize,
}

/// The overview in the results region.
#[derive(Template)]
#[template(path = "overview.html")]
pub(super) struct Overview<'a> {
    view: &'a OverviewView,
    /// All published articles.
    total: usize,
    cards: Vec<TypeCard<'a>>,
}

/// One fault type.
struct TypeCard<'a> {
    of: &'a TypeOverview,
    /// The search for its articles.
    url: String,
    /// Urgent articles that are not shown, and the search for all of them.
    more: Option<(usize, String)>,
}

impl<'a> Overview<'a> {
    pub(super) fn new(view: &'a OverviewView, total: usize) -> Self {
        Self { view, total, cards: view.types.iter().map(TypeCard::new).collect() }
    }

    /// The heading, which is also what screen readers are told after a swap.
    pub(super) fn heading(&self) -> String {
        format!("共 {} 篇，按故障类型", self.total)
    }

    /// Articles that no card counts.
    fn n_without_type(&self) -> usize {
        let n_typed = self.view.types.iter().map(|of| of.n_articles).sum();
        self.total.saturating_sub(n_typed)
    }
}

impl<'a> TypeCard<'a> {
    fn new(of: &'a TypeOverview) -> Self {
        let hidden = of.n_urgent.saturating_sub(of.urgent.len());
        let more = || (hidden, type_url(of.fault_type, &[Severity::P1]));
        Self { of, url: type_url(of.fault_type, &[]), more: (hidden > 0).then(more) }
    }
}

/// The search for the articles of a fault type.
pub(super) fn type_url(fault_type: FaultType, severity: &[Severity]) -> String {
    let filters =
        Filters { fault_type: vec![fault_type], severity: severity.to_vec(), ..Filters::default() };
    search_url("", &filters, 0, None)
}

/// Page of the article of a card.
fn card_url(card: &Card) -> String {
    article_url(&card.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::pages::{ArticleLink, sample};

    fn card(id: &str) -> Card {
        let hit = sample::answer().hits.remove(0);
        Card { id: id.to_owned(), title: id.to_owned(), ..hit.card }
    }

    fn view(text: &str) -> OverviewView {
        let of = |fault_type| TypeOverview {
            fault_type,
            n_articles: 0,
            entry: None,
            urgent: Vec::new(),
            n_urgent: 0,
        };
        let mut types: Vec<_> = FaultType::ALL.iter().map(|each| of(*each)).collect();
        types[3] = TypeOverview {
            n_articles: 16,
            entry: Some(card(text)),
            urgent: vec![card("domain-controller-down")],
            n_urgent: 3,
            ..of(FaultType::Login)
        };
        let due = DueRow {
            article: ArticleLink { id: text.to_owned(), title: text.to_owned() },
            owner: None,
            due: Some("2026-11-20".to_owned()),
            days_left: Some(-3),
        };
        OverviewView { types, due: vec![due], n_due: 7 }
    }

    fn html(text: &str, total: usize) -> String {
        Overview::new(&view(text), total).render().unwrap()
    }

    #[test]
    fn every_fault_type_has_a_card_with_its_way_in_and_its_urgent_articles() {
        let html = html("登录不上", 16);
        for fault_type in FaultType::ALL {
            assert!(html.contains(fault_type.label()), "{fault_type}");
        }
        for expected in [
            "共 16 篇，按故障类型",
            "href=\"/?fault_type=login\" data-swap",
            "href=\"/articles/%E7%99%BB%E5%BD%95%E4%B8%8D%E4%B8%8A\"",
            "href=\"/articles/domain-controller-down\"",
            "href=\"/?fault_type=login&#38;severity=p1\"",
            "还有 2 篇",
            "待复核 7 篇",
            "过期 3 天",
        ] {
            assert!(html.contains(expected), "{expected} in {html}");
        }
        assert!(!html.contains("没写故障类型"), "{html}");
    }

    #[test]
    fn articles_without_a_type_are_not_forgotten() {
        assert!(html("x", 18).contains("另有 2 篇没写故障类型"));
    }

    #[test]
    fn hostile_text_is_escaped() {
        sample::assert_harmless(&html(sample::HOSTILE, 16));
    }
}
