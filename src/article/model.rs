//! The values an article consists of. Plain data: no index, no I/O.

use serde::{Deserialize, Serialize};
use time::Date;

use super::values::{Channel, DataRisk, FaultType, IncidentClass, Severity, Status, Tier};

/// One article: what a caller says, and what to do about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Article {
    /// Front matter `id`, else the path without `.md`. NFC, case-sensitive.
    pub id: String,
    /// Path relative to the knowledge base, `/` between its parts.
    pub path: String,
    /// Front matter `title`, else the first heading, else the file stem. Never empty.
    pub title: String,
    /// The other front matter fields.
    pub meta: FrontMatter,
    /// The body in reading order; text before the first heading is a section with an empty title.
    pub sections: Vec<Section>,
    /// 先问用户: the questions to ask the caller.
    pub questions: Vec<Question>,
    /// 应急策略: the top-level steps.
    pub steps: Vec<Step>,
    /// All fenced code blocks of the body.
    pub commands: Vec<Command>,
    /// 各渠道话术: what to say, write and do.
    pub scripts: Scripts,
    /// 升级与上报: the rows of the escalation table.
    pub escalations: Vec<Escalation>,
    /// Links and images that point into the knowledge base.
    pub links: Vec<Link>,
}

/// The typed front matter fields other than `id` and `title`.
///
/// A field that is absent or not valid has its default; what was wrong with it is a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FrontMatter {
    /// The first thing to do.
    pub summary: Option<String>,
    /// Kind of fault.
    pub fault_type: Option<FaultType>,
    /// Default severity.
    pub severity: Option<Severity>,
    /// Systems concerned, as written.
    pub systems: Vec<String>,
    /// Who may carry the strategy out.
    pub tier: Option<Tier>,
    /// Life cycle; `published` when absent.
    pub status: Status,
    /// The post or team that answers for the article.
    pub owner: Option<String>,
    /// Day of the last review.
    pub reviewed: Option<Date>,
    /// Other words callers use.
    pub aliases: Vec<String>,
    /// Error codes as shown on screens.
    pub codes: Vec<String>,
    /// Support channels in order of preference.
    pub channels: Vec<Channel>,
    /// Whether data is in danger; `none` when absent.
    pub data_risk: DataRisk,
    /// Days between reviews, when the article overrides the default of its severity.
    pub review_days: Option<u32>,
    /// Ids of articles to look at next.
    pub related: Vec<String>,
    /// Ids of articles this one replaces.
    pub supersedes: Vec<String>,
    /// Class of a security incident.
    pub incident_class: Option<IncidentClass>,
    /// The general article of its fault type.
    pub entry: bool,
    /// Queries that must find this article; checked, never indexed.
    pub expect: Vec<String>,
    /// Monitoring alerts this article answers.
    pub alerts: Vec<AlertMatcher>,
    /// Fields the model does not know, kept as they are.
    pub extra: serde_json::Map<String, serde_json::Value>,
}

impl Default for FrontMatter {
    fn default() -> Self {
        Self {
            summary: None,
            fault_type: None,
            severity: None,
            systems: Vec::new(),
            tier: None,
            status: Status::Published,
            owner: None,
            reviewed: None,
            aliases: Vec::new(),
            codes: Vec::new(),
            channels: Vec::new(),
            data_risk: DataRisk::None,
            review_days: None,
            related: Vec::new(),
            supersedes: Vec::new(),
            incident_class: None,
            entry: false,
            expect: Vec::new(),
            alerts: Vec::new(),
            extra: serde_json::Map::new(),
        }
    }
}

impl FrontMatter {
    /// Days between reviews: the article's own, else the default of its severity
    /// (p1 90, p2 180, all others 365). Source: the article model, section 3.2.
    #[must_use]
    pub fn review_days(&self) -> u32 {
        self.review_days.unwrap_or(match self.severity {
            Some(Severity::P1) => 90,
            Some(Severity::P2) => 180,
            _ => 365,
        })
    }

    /// The day the next review is due; `None` when the article was never reviewed.
    #[must_use]
    pub fn review_due(&self) -> Option<Date> {
        self.reviewed?.checked_add(time::Duration::days(self.review_days().into()))
    }

    /// Days from `today` to the day the next review is due, negative when it is overdue; `None`
    /// when the article was never reviewed.
    #[must_use]
    pub fn review_days_left(&self, today: Date) -> Option<i64> {
        self.review_due().map(|due| (due - today).whole_days())
    }

    /// Whether the review is due within [`DUE_SOON_DAYS`] and not overdue.
    #[must_use]
    pub fn is_due_soon(&self, today: Date) -> bool {
        self.review_days_left(today).is_some_and(|days| (0..=DUE_SOON_DAYS).contains(&days))
    }

    /// Whether the review was due before `today`.
    #[must_use]
    pub fn is_stale(&self, today: Date) -> bool {
        self.review_due().is_some_and(|due| due < today)
    }
}

/// Days before a review is due from which on the article says so.
pub const DUE_SOON_DAYS: i64 = 30;

/// Which alerts an article answers: a name glob and label matchers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AlertMatcher {
    /// Glob over the alert's name.
    pub name: Option<String>,
    /// Label name to glob over its value.
    #[serde(default)]
    #[schema(required)]
    pub labels: std::collections::BTreeMap<String, String>,
}

/// What a section is for. A third-level section has the kind of the second-level one it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SectionKind {
    /// 现象
    Symptoms,
    /// 影响
    Impact,
    /// 先问用户
    Questions,
    /// 应急策略
    Strategy,
    /// 各渠道话术
    Scripts,
    /// 升级与上报
    Escalation,
    /// 预防措施
    Prevention,
    /// 根因与永久措施
    Causes,
    /// 复盘报告
    Report,
    /// 参考
    References,
    /// Any other heading, and text before the first one.
    Other,
}

impl SectionKind {
    /// The kinds that have a heading of their own, in the order they stand in an article.
    /// Source: the article model, section 4.
    pub const ORDER: [Self; 10] = [
        Self::Symptoms,
        Self::Impact,
        Self::Questions,
        Self::Strategy,
        Self::Scripts,
        Self::Escalation,
        Self::Prevention,
        Self::Causes,
        Self::Report,
        Self::References,
    ];

    /// The second-level heading of this kind; empty for [`Self::Other`].
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Symptoms => "现象",
            Self::Impact => "影响",
            Self::Questions => "先问用户",
            Self::Strategy => "应急策略",
            Self::Scripts => "各渠道话术",
            Self::Escalation => "升级与上报",
            Self::Prevention => "预防措施",
            Self::Causes => "根因与永久措施",
            Self::Report => "复盘报告",
            Self::References => "参考",
            Self::Other => "",
        }
    }

    /// Whether an article of this severity must have such a section.
    #[must_use]
    pub const fn is_required(self, severity: Option<Severity>) -> bool {
        match self {
            Self::References | Self::Other => false,
            Self::Causes | Self::Report => {
                matches!(severity, Some(Severity::P1 | Severity::P2))
            }
            _ => true,
        }
    }
}

/// A heading of level 1 to 3 and what follows it up to the next such heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Plain text of the heading; empty for text before the first heading.
    pub title: String,
    /// Id of the heading in the page, unique in the article, with the prefix `s-`.
    pub anchor: String,
    /// Level of the heading, 1 to 3; 0 for text before the first heading.
    pub level: u8,
    /// What the section is for.
    pub kind: SectionKind,
    /// Line of the heading in the file, from 1.
    pub line: u32,
    /// Plain text without the heading; one line per paragraph, item, table row or code line.
    pub text: String,
}

/// A question to ask the caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Question {
    /// Plain text.
    pub text: String,
    /// Whether it was written as a task (`- [ ]`).
    pub checkable: bool,
}

/// A top-level step of the emergency strategy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Number shown, from 1.
    pub number: u32,
    /// Plain text of the step's first paragraph.
    pub text: String,
    /// Ways to go on.
    pub branches: Vec<Branch>,
}

/// One way to go on from a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    /// What must hold, such as `如果 数据未丢失` or `否则（说不清）`.
    pub condition: String,
    /// What to do then.
    pub text: String,
    /// Path, relative to the knowledge base, of the first article linked in `text`.
    pub goto: Option<String>,
}

/// A fenced code block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Command {
    /// Language of the fence; empty when none is given.
    pub language: String,
    /// Code without the fences and without a final newline.
    pub code: String,
    /// Anchor of the section it stands in.
    pub anchor: String,
    /// Whether it is on the model's list of commands that destroy or interrupt.
    pub dangerous: bool,
    /// Line of the opening fence in the file, from 1.
    pub line: u32,
}

/// What to say on the phone, write by mail and do on site; `None` when not written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Scripts {
    /// Read aloud; one paragraph a line.
    pub phone: Option<String>,
    /// Subject line and body.
    pub mail: Option<String>,
    /// List to work through; one item a line.
    pub onsite: Option<String>,
}

/// A row of the escalation table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Escalation {
    /// 条件
    pub condition: String,
    /// 找谁
    pub contact: String,
    /// 时限
    pub within: String,
    /// 带什么信息
    pub bring: String,
}

/// A link or image that points into the knowledge base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Target path relative to the knowledge base, fragment removed.
    pub path: String,
    /// The fragment without `#`, if any.
    pub fragment: Option<String>,
    /// Whether it is an image.
    pub image: bool,
    /// Line in the file, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1.
    pub column: u32,
}
