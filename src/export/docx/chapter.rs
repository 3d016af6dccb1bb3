//! One article as a chapter: how urgent it is, and all of its sections.

use super::{
    flow,
    paragraph::{Block, styled, text},
};
use crate::{
    article::{Article, DataRisk, Section, Severity, Status, render},
    export::Job,
    index::Stored,
};

/// The chapter of an article.
pub(super) fn chapter(job: &Job<'_>, stored: &Stored) -> Vec<Block> {
    let article = &stored.article;
    let line = |style: &str, line: &str| Block::paragraph(styled(style).add_run(text(line)));
    let mut blocks = vec![line("Heading2", &article.title)];
    blocks.extend(alarm(article).iter().map(|alarm| line("Alarm", alarm)));
    blocks.extend(article.meta.summary.iter().map(|summary| line("Lead", summary)));
    blocks.extend(facts(job, stored).iter().map(|facts| line("Facts", facts)));
    let resolve = |path: &str| job.snapshot.id_of_path(path);
    let html = render(&article.path, &stored.source, &resolve);
    for (section, html) in article.sections.iter().zip(&html) {
        blocks.extend(heading(section).map(|style| line(style, &section.title)));
        blocks.extend(flow::blocks(html));
    }
    blocks
}

/// What must be seen first: the highest severity, and data in danger.
fn alarm(article: &Article) -> Option<String> {
    let severity = article.meta.severity.filter(|severity| *severity == Severity::P1);
    let severity = severity.map(|severity| {
        format!("P1 {}，{} 分钟内响应", severity.label(), severity.response_minutes())
    });
    let risk = article.meta.data_risk;
    let risk = (risk != DataRisk::None).then(|| format!("{}，先保数据", risk.label()));
    let parts: Vec<_> = severity.into_iter().chain(risk).collect();
    (!parts.is_empty()).then(|| parts.join("；"))
}

/// The rest of what the front matter says, a line each.
fn facts(job: &Job<'_>, stored: &Stored) -> Vec<String> {
    let article = &stored.article;
    let meta = &article.meta;
    let status = (meta.status != Status::Published).then(|| meta.status.label().to_owned());
    let stale = meta.is_stale(job.today).then(|| "已过复核期".to_owned());
    let broken = stored.broken.then(|| "文件有错，这是上一个可用的版本".to_owned());
    let first = [
        status,
        stale,
        broken,
        meta.severity.map(Severity::shown),
        meta.tier.map(|tier| tier.label().to_owned()),
        meta.owner.as_ref().map(|owner| format!("负责 {owner}")),
        meta.reviewed.map(|date| format!("核对 {date}")),
        Some(format!("编号 {}", article.id)),
    ];
    let first = first.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let list =
        |name, all: &[String]| (!all.is_empty()).then(|| format!("{name}：{}", all.join("、")));
    let rest =
        [list("也叫", &meta.aliases), list("代码", &meta.codes), list("系统", &meta.systems)];
    std::iter::once(first).chain(rest.into_iter().flatten()).collect()
}

/// The style of a section's heading, if it has one.
fn heading(section: &Section) -> Option<&'static str> {
    let style = if section.level >= 3 { "Heading4" } else { "Heading3" };
    (!section.title.is_empty()).then_some(style)
}
