//! The JSON of one whole article.

use serde::Serialize;
use serde_json::{Map, Value};
use time::Date;

use super::{id_url, label};
use crate::{
    article::{
        AlertMatcher, Article, Branch, Channel, Command, DataRisk, Escalation, FaultType,
        FrontMatter, IncidentClass, Question, Scripts, Section, SectionKind, Severity, Status,
        Step, Tier,
    },
    web::state::Stored,
};

/// Everything about one article.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Article)]
pub(crate) struct ArticleBody {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) path: String,
    /// BLAKE3 of the file.
    pub(crate) hash: String,
    /// Revision of the knowledge base that answered.
    pub(crate) revision: String,
    pub(crate) url: String,
    /// Whether this is the last good version of a file that does not parse.
    pub(crate) broken: bool,
    /// Whether the review is overdue.
    pub(crate) stale: bool,
    /// Id of the article that names this one in `supersedes`.
    pub(crate) superseded_by: Option<String>,
    #[serde(flatten)]
    pub(crate) meta: Meta,
    pub(crate) sections: Vec<SectionBody>,
    pub(crate) questions: Vec<Question>,
    pub(crate) steps: Vec<StepBody>,
    pub(crate) commands: Vec<Command>,
    pub(crate) scripts: Scripts,
    pub(crate) escalations: Vec<Escalation>,
    pub(crate) related: Related,
}

/// The front matter, with dates as `YYYY-MM-DD`; `related` stands apart, with titles.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = FrontMatter)]
pub(crate) struct Meta {
    pub(crate) summary: Option<String>,
    pub(crate) fault_type: Option<FaultType>,
    pub(crate) fault_type_label: Option<&'static str>,
    pub(crate) severity: Option<Severity>,
    pub(crate) systems: Vec<String>,
    pub(crate) tier: Option<Tier>,
    pub(crate) status: Status,
    pub(crate) owner: Option<String>,
    pub(crate) reviewed: Option<String>,
    /// The day the next review is due.
    pub(crate) review_due: Option<String>,
    /// Days between reviews, the default included.
    pub(crate) review_days: u32,
    pub(crate) aliases: Vec<String>,
    pub(crate) codes: Vec<String>,
    pub(crate) channels: Vec<Channel>,
    pub(crate) data_risk: DataRisk,
    pub(crate) supersedes: Vec<String>,
    pub(crate) incident_class: Option<IncidentClass>,
    pub(crate) entry: bool,
    pub(crate) expect: Vec<String>,
    pub(crate) alerts: Vec<AlertMatcher>,
    #[schema(value_type = Object)]
    pub(crate) extra: Map<String, Value>,
}

/// A section with its safe HTML, heading left out.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Section)]
pub(crate) struct SectionBody {
    pub(crate) title: String,
    pub(crate) anchor: String,
    pub(crate) level: u8,
    pub(crate) kind: SectionKind,
    pub(crate) html: String,
    pub(crate) text: String,
}

/// A step of the emergency strategy.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Step)]
pub(crate) struct StepBody {
    pub(crate) number: u32,
    pub(crate) text: String,
    pub(crate) branches: Vec<BranchBody>,
}

/// A way to go on; `goto` is an article's id, null when it leads to none that exists.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Branch)]
pub(crate) struct BranchBody {
    pub(crate) condition: String,
    pub(crate) text: String,
    pub(crate) goto: Option<String>,
}

/// Articles this one leads to, and articles that lead here.
#[derive(Debug, Default, Serialize, utoipa::ToSchema)]
pub(crate) struct Related {
    pub(crate) to: Vec<Neighbour>,
    pub(crate) from: Vec<Neighbour>,
}

/// Another article.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Neighbour {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) url: String,
}

impl Neighbour {
    pub(crate) fn new(article: Article) -> Self {
        Self { url: id_url("/articles/", &article.id), id: article.id, title: article.title }
    }
}

impl ArticleBody {
    /// The body of `stored` with the HTML of its sections in their order; `resolve` gives the id
    /// of the article at a path. What only the snapshot knows is left empty.
    pub(crate) fn new(
        stored: &Stored,
        html: Vec<String>,
        resolve: &dyn Fn(&str) -> Option<String>,
        related: Related,
        today: Date,
    ) -> Self {
        let article = &stored.article;
        Self {
            id: article.id.clone(),
            title: article.title.clone(),
            path: article.path.clone(),
            hash: stored.hash.clone(),
            revision: String::new(),
            url: id_url("/articles/", &article.id),
            broken: stored.broken,
            stale: article.meta.is_stale(today),
            superseded_by: None,
            meta: Meta::new(&article.meta),
            sections: sections(&article.sections, html),
            questions: article.questions.clone(),
            steps: article.steps.iter().map(|step| StepBody::new(step, resolve)).collect(),
            commands: article.commands.clone(),
            scripts: article.scripts.clone(),
            escalations: article.escalations.clone(),
            related,
        }
    }
}

impl Meta {
    fn new(meta: &FrontMatter) -> Self {
        Self {
            summary: meta.summary.clone(),
            fault_type: meta.fault_type,
            fault_type_label: label(meta.fault_type),
            severity: meta.severity,
            systems: meta.systems.clone(),
            tier: meta.tier,
            status: meta.status,
            owner: meta.owner.clone(),
            reviewed: meta.reviewed.map(|date| date.to_string()),
            review_due: meta.review_due().map(|date| date.to_string()),
            review_days: meta.review_days(),
            aliases: meta.aliases.clone(),
            codes: meta.codes.clone(),
            channels: meta.channels.clone(),
            data_risk: meta.data_risk,
            supersedes: meta.supersedes.clone(),
            incident_class: meta.incident_class,
            entry: meta.entry,
            expect: meta.expect.clone(),
            alerts: meta.alerts.clone(),
            extra: meta.extra.clone(),
        }
    }
}

impl StepBody {
    fn new(step: &Step, resolve: &dyn Fn(&str) -> Option<String>) -> Self {
        let branch = |branch: &Branch| BranchBody {
            condition: branch.condition.clone(),
            text: branch.text.clone(),
            goto: branch.goto.as_deref().and_then(resolve),
        };
        let branches = step.branches.iter().map(branch).collect();
        Self { number: step.number, text: step.text.clone(), branches }
    }
}

/// Sections with their HTML; a section without one has none.
fn sections(sections: &[Section], html: Vec<String>) -> Vec<SectionBody> {
    let html = html.into_iter().chain(std::iter::repeat_with(String::new));
    let pairs = sections.iter().zip(html);
    pairs
        .map(|(section, html)| SectionBody {
            title: section.title.clone(),
            anchor: section.anchor.clone(),
            level: section.level,
            kind: section.kind,
            html,
            text: section.text.clone(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::web::api::tests::empty_article;

    fn stored() -> Stored {
        let branch = |goto: &str| Branch {
            condition: "如果 已丢失".into(),
            text: "转文件找回".into(),
            goto: Some(goto.into()),
        };
        let section = |title: &str| Section {
            title: title.into(),
            anchor: format!("s-{title}"),
            level: 2,
            kind: SectionKind::Symptoms,
            line: 1,
            text: "文字".into(),
        };
        let mut article = empty_article("disk-failing");
        article.meta.reviewed = Some(date!(2025 - 11 - 20));
        article.meta.severity = Some(Severity::P2);
        article.meta.extra.insert("his".into(), Value::Bool(true));
        article.sections = vec![section("现象"), section("影响")];
        article.steps = vec![Step {
            number: 1,
            text: "判断".into(),
            branches: vec![branch("file-deleted.md"), branch("gone.md")],
        }];
        Stored { article, source: "".into(), hash: "ff".into(), broken: false }
    }

    #[test]
    fn the_body_is_flat_with_dates_as_days_and_links_as_ids() {
        let resolve = |path: &str| (path == "file-deleted.md").then(|| "file-deleted".to_owned());
        let html = vec!["<p>一</p>".to_owned()];
        let today = date!(2026 - 11 - 23);
        let body = ArticleBody::new(&stored(), html, &resolve, Related::default(), today);
        let json = serde_json::to_value(body).unwrap();
        assert_eq!(json["reviewed"], "2025-11-20");
        assert_eq!(json["review_due"], "2026-05-19");
        assert_eq!(json["stale"], true);
        assert_eq!(json["severity"], "p2");
        assert_eq!(json["extra"]["his"], true);
        assert_eq!(json["steps"][0]["branches"][0]["goto"], "file-deleted");
        assert!(json["steps"][0]["branches"][1]["goto"].is_null());
        assert_eq!(json["sections"][0]["html"], "<p>一</p>");
        assert_eq!(json["sections"][1]["html"], "");
        assert_eq!(json["related"], serde_json::json!({ "to": [], "from": [] }));
    }
}
