//! The tool `get_article`.

use serde::Serialize;
use serde_json::json;
use time::Date;

use super::{
    SOURCE,
    arguments::Arguments,
    fence::{clean, fenced},
    reply::Reply,
    source::Source,
};
use crate::{
    article::{DataRisk, FaultType, Severity, Status, Tier, markdown},
    web::{
        api::articles::{Found, find},
        problem::Problem,
        state::{Snapshot, Stored},
        text::cut,
    },
};

/// Most bytes of an article's text, in UTF-8.
pub(super) const MAX_TEXT_BYTES: usize = 64 * 1024;

/// Most bytes of a field that an author fills in.
const MAX_FIELD_BYTES: usize = 1024;

/// What is known of an article besides its text.
#[derive(Debug, Serialize)]
struct Metadata {
    id: String,
    title: String,
    url: String,
    /// The id that was asked for, when another article has replaced it.
    #[serde(skip_serializing_if = "Option::is_none")]
    moved_from: Option<String>,
    severity: Option<Severity>,
    severity_label: Option<&'static str>,
    fault_type: Option<FaultType>,
    fault_type_label: Option<&'static str>,
    /// Who may act.
    tier: Option<Tier>,
    tier_label: Option<&'static str>,
    data_risk: DataRisk,
    data_risk_label: &'static str,
    systems: Vec<String>,
    status: Status,
    owner: Option<String>,
    reviewed: Option<String>,
    /// Whether the review is overdue.
    stale: bool,
    /// Whether the file on disk does not parse and this is its last good version.
    broken: bool,
    /// The article to use instead of a retired one.
    superseded_by: Option<String>,
    related: Vec<String>,
}

/// One article whole; an id that was replaced gives the article that replaced it.
///
/// # Errors
/// A problem that names the argument; one with the nearest ids when there is no such article.
pub(super) async fn call(source: &Source, mut arguments: Arguments) -> Result<Reply, Problem> {
    let id = arguments.required("id")?;
    arguments.finish()?;
    let (today, state) = (source.today(), source.clone());
    let work = move |snapshot: &Snapshot| -> Result<Reply, Problem> {
        let (stored, moved_from) = stored(snapshot, id)?;
        let mut metadata = metadata(&stored, &state, today);
        metadata.moved_from = moved_from;
        metadata.superseded_by = snapshot.successor(&metadata.id);
        Ok(reply(&metadata, &stored.source, snapshot.revision()))
    };
    source.read(work).await
}

/// The article with this id or that replaced it, and the id when it was replaced.
fn stored(snapshot: &Snapshot, id: String) -> Result<(Stored, Option<String>), Problem> {
    let successor = match find(snapshot, &id)? {
        Found::Here(stored) => return Ok((*stored, None)),
        Found::Moved(successor) => successor,
    };
    match find(snapshot, &successor)? {
        Found::Here(stored) => Ok((*stored, Some(id))),
        // Its successor is gone as well, and no longer the one to show.
        Found::Moved(_) => Err(Problem::no_article(vec![successor])),
    }
}

fn metadata(stored: &Stored, source: &Source, today: Date) -> Metadata {
    let (article, meta) = (&stored.article, &stored.article.meta);
    let short = |text: &String| cut(&clean(text), MAX_FIELD_BYTES).0;
    Metadata {
        id: article.id.clone(),
        title: short(&article.title),
        url: source.url(&article.id),
        moved_from: None,
        severity: meta.severity,
        severity_label: meta.severity.map(Severity::label),
        fault_type: meta.fault_type,
        fault_type_label: meta.fault_type.map(FaultType::label),
        tier: meta.tier,
        tier_label: meta.tier.map(Tier::label),
        data_risk: meta.data_risk,
        data_risk_label: meta.data_risk.label(),
        systems: meta.systems.iter().map(short).collect(),
        status: meta.status,
        owner: meta.owner.as_ref().map(short),
        reviewed: meta.reviewed.map(|date| date.to_string()),
        stale: meta.is_stale(today),
        broken: stored.broken,
        superseded_by: None,
        related: meta.related.iter().map(short).collect(),
    }
}

fn reply(metadata: &Metadata, markdown_source: &str, revision: &str) -> Reply {
    let (text, truncated) = cut(&clean(&markdown(markdown_source)), MAX_TEXT_BYTES);
    let note =
        if truncated { "\n\n（全文太长，到此截断，其余见链接）" } else { "" };
    let data = json!({
        "untrusted": true,
        "source": SOURCE,
        "revision": revision,
        "article": metadata,
        "text": text,
        "truncated": truncated,
    });
    Reply { text: fenced(&format!("{}\n\n{text}{note}", head(metadata))), data }
}

/// The metadata an agent acts by, one a line.
fn head(metadata: &Metadata) -> String {
    let mut lines = vec![
        format!("标题：{}", metadata.title),
        format!("id：{}", metadata.id),
        format!("链接：{}", metadata.url),
    ];
    let values = [
        ("严重程度", metadata.severity_label),
        ("故障类型", metadata.fault_type_label),
        ("谁能处理", metadata.tier_label),
        ("数据风险", Some(metadata.data_risk_label)),
        ("状态", Some(metadata.status.label())),
        ("复审", metadata.stale.then_some("已到期，先核对再用")),
        ("注意", metadata.broken.then_some("文件有错，这是上一个可用的版本")),
    ];
    let known = values.iter().filter_map(|(name, value)| value.map(|value| (name, value)));
    lines.extend(known.map(|(name, value)| format!("{name}：{value}")));
    lines.extend(metadata.moved_from.iter().map(|id| format!("已取代：{}", clean(id))));
    lines.extend(metadata.superseded_by.iter().map(|id| format!("已停用，改看：{id}")));
    lines.join("\n")
}
