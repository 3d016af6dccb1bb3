//! The health of the running knowledge base and what the linter says of it.

use askama::Template;

use super::{
    AssetUrls, Header,
    findings::{level_class, level_label},
};
use crate::{
    article::Finding,
    live::{Status, Watching},
};

/// Findings shown; the rest is a number, the API has all.
const MAX_FINDINGS: usize = 500;

/// What the status page shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StatusView<'a> {
    /// Health in numbers.
    pub(crate) status: &'a Status,
    /// What is wrong with files, the worst first.
    pub(crate) findings: &'a [Finding],
    /// Addresses of styles and scripts.
    pub(crate) assets: &'a AssetUrls,
}

/// The status page.
///
/// # Errors
/// When the template cannot be rendered.
pub(crate) fn status_page(view: &StatusView<'_>) -> Result<String, askama::Error> {
    let StatusView { status, findings, assets } = *view;
    let shown = findings.get(..MAX_FINDINGS).unwrap_or(findings);
    let n_hidden = findings.len() - shown.len();
    let header = Header::plain(assets, "/status");
    StatusPage { assets, header, status, findings: shown, n_findings: findings.len(), n_hidden }
        .render()
}

#[derive(Template)]
#[template(path = "status.html")]
struct StatusPage<'a> {
    assets: &'a AssetUrls,
    header: Header<'a>,
    status: &'a Status,
    findings: &'a [Finding],
    n_findings: usize,
    n_hidden: usize,
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
        let (assets, status) = (sample::assets(), sample::status());
        status_page(&StatusView { status: &status, findings, assets: &assets }).unwrap()
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
