//! The pages of articles whole.

use super::*;
use crate::{
    article::{DataRisk, Level, SectionKind, Severity},
    web::pages::sample,
};

fn page(view: &ArticleView<'_>) -> String {
    page_with(view, &[])
}

fn page_with(view: &ArticleView<'_>, findings: &[Finding]) -> String {
    let assets = sample::assets();
    let history = Some("/api/v1/articles/login-failure/history".to_owned());
    let view = ArticlePageView { article: view, findings, version: "v1", history, assets: &assets };
    let page = article_page(&view).unwrap();
    assert!(page.contains(&article_fragment(&view).unwrap()), "the page has the fragment");
    page
}

#[test]
fn what_is_wrong_with_the_file_stands_above_the_article() {
    let stored = sample::login();
    let view = sample::view(&stored);
    assert!(!page(&view).contains("id=\"findings\""));
    let finding = Finding::new("login-failure.md", "broken-link", Level::Warning, "链接坏了");
    let html = page_with(&view, &[finding.at(12, 3).hint("改成已有的路径")]);
    let (bar, article) = (html.find("id=\"findings\""), html.find("id=\"strategy\""));
    assert!(bar.is_some() && bar < article, "{html}");
    for expected in ["本文有 1 个问题", "第 12 行第 3 列", "链接坏了", "改成已有的路径"]
    {
        assert!(html.contains(expected), "{expected} in {html}");
    }
    let hostile = Finding::new("a.md", "x", Level::Error, sample::HOSTILE);
    sample::assert_harmless(&page_with(&view, &[hostile.hint(sample::HOSTILE)]));
}

#[test]
fn the_page_has_anchors_scripts_and_labelled_checkboxes() {
    let stored = sample::login();
    let html = page(&sample::view(&stored));
    for expected in [
        "<h1 id=\"article-title\"",
        "<h2 id=\"s-应急策略\"",
        "<h3 id=\"s-电话\"",
        "data-channel=\"phone\"",
        "data-first=\"phone\"",
        "<label class=\"tick\"><input type=\"checkbox\" name=\"question\" value=\"只有您一个人？\">",
        "href=\"#s-%E5%BA%94%E6%80%A5%E7%AD%96%E7%95%A5\"",
        "href=\"/articles/domain-account-locked\"",
        "下次复核 2027-11-20",
        "<a href=\"/api/v1/articles/login-failure/history\">修改记录</a>",
    ] {
        assert!(html.contains(expected), "{expected} in {html}");
    }
    assert!(!html.contains("先保数据"));
}

#[test]
fn high_data_risk_shows_the_bar() {
    let mut stored = sample::login();
    stored.article.meta.data_risk = DataRisk::High;
    assert!(page(&sample::view(&stored)).contains("class=\"data-first\""));
}

#[test]
fn a_stale_broken_or_superseded_article_says_so() {
    let mut stored = sample::login();
    stored.broken = true;
    let mut view = sample::view(&stored);
    view.today = time::macros::date!(2028 - 01 - 01);
    let successor = ArticleLink { id: "new".into(), title: "新<b>篇".into() };
    view.superseded_by = Some(successor);
    let html = page(&view);
    for expected in
        ["已过复核期", "显示上一个正确的版本", "href=\"/articles/new\"", "新&#60;b&#62;篇"]
    {
        assert!(html.contains(expected), "{expected} in {html}");
    }
}

#[test]
fn a_review_that_comes_up_is_announced() {
    let stored = sample::login();
    let mut view = sample::view(&stored);
    let due = stored.article.meta.review_due().unwrap();
    let table = [(31, false, false), (30, true, false), (0, true, false), (-1, false, true)];
    for (days, soon, stale) in table {
        view.today = due - time::Duration::days(days);
        let html = page(&view);
        assert_eq!(html.contains("30 天内待复核"), soon, "{days}");
        assert_eq!(html.contains("已过复核期"), stale, "{days}");
    }
    let mut stored = sample::login();
    stored.article.meta.reviewed = None;
    let html = page(&sample::view(&stored));
    assert!(html.contains("没有复核记录") && !html.contains("待复核"), "{html}");
}

#[test]
fn hostile_text_is_escaped() {
    let mut stored = sample::login();
    sample::make_hostile(&mut stored);
    let mut view = sample::view(&stored);
    view.related = vec![ArticleLink { id: sample::HOSTILE.into(), title: sample::HOSTILE.into() }];
    sample::assert_harmless(&page(&view));
}

#[test]
fn what_the_call_needs_comes_first_in_text_and_contents() {
    let stored = sample::login();
    let html = page(&sample::view(&stored));
    for prefix in ["<h2 id=\"s-", "<a href=\"#"] {
        let at = |title: &str| {
            let link = format!("{prefix}{}", super::super::links::encode(&format!("s-{title}")));
            html.find(&format!("{prefix}{title}")).or_else(|| html.find(&link))
        };
        let places = ["先问用户", "应急策略", "各渠道话术", "现象"].map(at);
        assert!(places[0].is_some() && places.is_sorted(), "{prefix}: {places:?}");
    }
}

#[test]
fn the_highest_severity_and_its_response_cannot_be_missed() {
    let mut stored = sample::login();
    assert!(page(&sample::view(&stored)).contains("<b>P3</b> 中 · 30 分钟内响应"));
    stored.article.meta.severity = Some(Severity::P1);
    assert!(
        page(&sample::view(&stored)).contains("class=\"urgent\"><strong>P1 紧急 · 5 分钟内响应")
    );
    stored.article.meta.data_risk = DataRisk::High;
    let html = page(&sample::view(&stored));
    assert!(html.contains("<strong>P1 紧急 · 5 分钟内响应") && !html.contains("\"urgent\""));
}

#[test]
fn a_mail_can_be_copied_and_opened() {
    let mut stored = sample::login();
    stored.article.scripts.mail = Some("主题：甲\n\n乙".to_owned());
    stored.article.sections.last_mut().unwrap().title = "邮件".to_owned();
    let html = page(&sample::view(&stored));
    assert!(html.contains("data-copy-text=\"主题：甲\n\n乙\""), "{html}");
    assert!(html.contains("href=\"mailto:?subject=%E7%94%B2&#38;body=%E4%B9%99\""), "{html}");
    assert!(!html.contains("role=\"tablist\""), "one script needs no tabs");
}

#[test]
fn what_the_record_of_a_call_needs_stands_in_attributes() {
    let mut stored = sample::login();
    let report = stored.article.sections.last_mut().unwrap();
    report.kind = SectionKind::Report;
    report.text = "至少回答：\n多久判断出来？".to_owned();
    stored.article.meta.channels = Vec::new();
    let html = page(&sample::view(&stored));
    for expected in [
        "data-severity=\"P3 中\"",
        "data-fault-type=\"登录异常\"",
        "data-systems=\"ad\"",
        "data-source=\"login-failure（核对 2026-11-20）\"",
        "data-questions=\"- 多久判断出来？【待补：答复】\"",
        "data-risk=\"数据无风险\"",
    ] {
        assert!(html.contains(expected), "{expected} in {html}");
    }
}
