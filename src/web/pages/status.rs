//! The health of the running knowledge base and what the linter says of it.

use askama::Template;

use super::{
    ArticleLink, AssetUrls, Header,
    findings::{level_class, level_label},
};
use crate::{
    article::Finding,
    live::{Status, Watching},
    web::unmatched::UnmatchedAlert,
};

/// Findings shown; the rest is a number, the API has all.
const MAX_FINDINGS: usize = 500;

/// What the status page shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StatusView<'a> {
    /// Health in numbers.
    pub(crate) status: &'a Status,
    /// What is due for review, the most urgent first.
    pub(crate) due: &'a [DueRow],
    /// Number of all articles that are.
    pub(crate) n_due: usize,
    /// What is wrong with files, the worst first.
    pub(crate) findings: &'a [Finding],
    /// Alerts that came and that no article declares, the most frequent first.
    pub(crate) unmatched: &'a [UnmatchedAlert],
    /// Addresses of styles and scripts.
    pub(crate) assets: &'a AssetUrls,
}

/// An article that is due for review.
#[derive(Debug, Clone)]
pub(crate) struct DueRow {
    /// The article.
    pub(crate) article: ArticleLink,
    /// Who answers for it.
    pub(crate) owner: Option<String>,
    /// The day, `YYYY-MM-DD`; `None` when there was never a review.
    pub(crate) due: Option<String>,
    /// Days until then, negative when it is overdue.
    pub(crate) days_left: Option<i64>,
}

impl DueRow {
    /// How urgent it is, in words.
    pub(super) fn state(&self) -> String {
        match self.days_left {
            None => "从未复核".to_owned(),
            Some(0) => "今天到期".to_owned(),
            Some(days @ 1..) => format!("还有 {days} 天"),
            Some(days) => format!("过期 {} 天", days.unsigned_abs()),
        }
    }

    /// CSS class of the mark that says so.
    pub(super) fn class(&self) -> &'static str {
        if self.days_left.is_some_and(|days| days >= 0) { "p4" } else { "warn" }
    }
}

/// The status page.
///
/// # Errors
/// When the template cannot be rendered.
pub(crate) fn status_page(view: &StatusView<'_>) -> Result<String, askama::Error> {
    let StatusView { status, due, n_due, findings, unmatched, assets } = *view;
    let shown = findings.get(..MAX_FINDINGS).unwrap_or(findings);
    let n_hidden = findings.len() - shown.len();
    let header = Header::plain(assets, "/status");
    let n_findings = findings.len();
    let findings = shown;
    StatusPage { assets, header, status, due, n_due, findings, n_findings, n_hidden, unmatched }
        .render()
}

#[derive(Template)]
#[template(path = "status.html")]
struct StatusPage<'a> {
    assets: &'a AssetUrls,
    header: Header<'a>,
    status: &'a Status,
    due: &'a [DueRow],
    n_due: usize,
    findings: &'a [Finding],
    n_findings: usize,
    n_hidden: usize,
    unmatched: &'a [UnmatchedAlert],
}

impl StatusPage<'_> {
    fn watcher(&self) -> &'static str {
        match self.status.watcher {
            Watching::Events => "文件一保存就更新",
            Watching::Polling => "定时查看文件夹",
            Watching::Off => "不监视",
        }
    }
}

/// Path and, where known, line and column, as editors take it.
fn place(finding: &Finding) -> String {
    let numbers = [finding.line, finding.column.filter(|_| finding.line.is_some())];
    numbers.iter().flatten().fold(finding.path.clone(), |place, n| format!("{place}:{n}"))
}

/// A time in RFC 3339 UTC as a person reads it; a script turns it into that person's own.
fn readable(time: &str) -> String {
    time.replace('T', " ").replace('Z', "（世界时）")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{article::Level, web::pages::sample};

    fn page(findings: &[Finding]) -> String {
        page_with(findings, &[])
    }

    fn page_with(findings: &[Finding], due: &[DueRow]) -> String {
        let (assets, status) = (sample::assets(), sample::status());
        let n_due = due.len();
        let unmatched = &[];
        let status = &status;
        let view = StatusView { status, due, n_due, findings, unmatched, assets: &assets };
        status_page(&view).unwrap()
    }

    #[test]
    fn alerts_that_no_article_declares_are_listed_with_a_way_to_them() {
        let (assets, status) = (sample::assets(), sample::status());
        let html = |name: &str| {
            let last_seen = "2026-11-23T08:00:00Z".to_owned();
            let unmatched = &[UnmatchedAlert { name: name.to_owned(), count: 7, last_seen }];
            let (status, assets) = (&status, &assets);
            let view = StatusView { status, due: &[], n_due: 0, findings: &[], unmatched, assets };
            status_page(&view).unwrap()
        };
        for expected in ["没有声明的告警", "EtcdNoLeader", "<td>7</td>", "2026-11-23 08:00:00"]
        {
            assert!(html("EtcdNoLeader").contains(expected), "{expected}");
        }
        sample::assert_harmless(&html(sample::HOSTILE));
        assert!(!page(&[]).contains("没有声明的告警"));
    }

    #[test]
    fn what_is_due_says_how_urgent_it_is() {
        let row = |days_left: Option<i64>, id: &str| DueRow {
            article: ArticleLink { id: id.into(), title: id.into() },
            owner: Some("网络组".into()),
            due: days_left.map(|_| "2026-11-20".into()),
            days_left,
        };
        let html = page_with(&[], &[row(None, "a"), row(Some(-3), "b/c"), row(Some(0), "d")]);
        for expected in
            ["从未复核", "过期 3 天", "今天到期", "href=\"/articles/b%2Fc\"", "网络组", "共 3 篇"]
        {
            assert!(html.contains(expected), "{expected} in {html}");
        }
        assert!(page(&[]).contains("30 天内没有要复核的文章"));
        sample::assert_harmless(&page_with(&[], &[row(Some(9), sample::HOSTILE)]));
    }

    #[test]
    fn a_finding_has_its_place_level_and_message() {
        let finding = Finding::new("a.md", "code-lang", Level::Warning, "代码块没标语言");
        let html = page(&[finding.clone().at(12, 3), finding]);
        for expected in ["a.md:12:3", "警告", "代码块没标语言", "文件一保存就更新"]
        {
            assert!(html.contains(expected), "{expected} in {html}");
        }
        assert!(page(&[]).contains("没有发现问题"));
    }

    #[test]
    fn many_findings_are_cut_with_a_note() {
        let finding = Finding::new("a.md", "code-lang", Level::Info, "x");
        assert!(page(&vec![finding; 501]).contains("还有 1 条"));
    }

    #[test]
    fn hostile_text_is_escaped() {
        let finding = Finding::new(sample::HOSTILE, sample::HOSTILE, Level::Error, sample::HOSTILE);
        sample::assert_harmless(&page(&[finding.hint(sample::HOSTILE)]));
    }
}
