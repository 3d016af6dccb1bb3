//! The skeleton of an article: every section the model asks for, with marked gaps.

use askama::Template;
use time::Date;

use crate::article::{DataRisk, FaultType, IncidentClass, SYSTEMS, Severity, Status, Tier};

/// What the skeleton of a new article is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Declared id, as [`is_id`](crate::article::is_id) allows it.
    pub id: String,
    /// Kind of fault.
    pub fault_type: FaultType,
    /// Title on one line; a gap where there is none yet.
    pub title: Option<String>,
    /// Severity; that of the fault type where none is given.
    pub severity: Option<Severity>,
    /// Day of the review.
    pub today: Date,
}

/// The severity a fault of this type usually has: as in most articles of the starter knowledge
/// base, and rather one too urgent where lives, data or everybody's work are at stake.
#[must_use]
pub fn default_severity(fault_type: FaultType) -> Severity {
    match fault_type {
        FaultType::Outage | FaultType::Facility => Severity::P1,
        FaultType::Security | FaultType::DataLoss => Severity::P2,
        FaultType::Peripheral => Severity::P4,
        FaultType::Hardware
        | FaultType::Software
        | FaultType::Login
        | FaultType::Network
        | FaultType::UserError
        | FaultType::ConfigLoss => Severity::P3,
    }
}

/// The Markdown of a new article, a draft whose gaps are marked `【待补：…】`.
///
/// # Errors
/// Never for values of the right types; the template engine may fail in theory.
pub fn skeleton(draft: &Draft) -> Result<String, askama::Error> {
    let severity = draft.severity.unwrap_or_else(|| default_severity(draft.fault_type));
    let data_risk = default_data_risk(draft.fault_type);
    let title = draft.title.as_deref().map_or_else(|| title_gap(&draft.id), yaml_text);
    Skeleton {
        id: &draft.id,
        title,
        fault_type: draft.fault_type,
        severity,
        system: default_system(draft.fault_type),
        tier: if severity <= Severity::P2 { Tier::L2 } else { Tier::L1 },
        data_risk,
        today: draft.today,
        has_data_risk: data_risk != DataRisk::None,
        is_reported: severity <= Severity::P2,
        raises: raises(severity),
        raised: raised(severity),
        within: within(severity),
        fault_types: choice(FaultType::ALL, FaultType::as_str, FaultType::label),
        severities: choice(Severity::ALL, Severity::as_str, Severity::label),
        tiers: choice(Tier::ALL, Tier::as_str, Tier::label),
        statuses: choice(Status::ALL, Status::as_str, Status::label),
        data_risks: choice(DataRisk::ALL, DataRisk::as_str, DataRisk::label),
        incident_classes: choice(IncidentClass::ALL, IncidentClass::as_str, IncidentClass::label),
        systems: lines_of(SYSTEMS),
    }
    .render()
}

/// Stands for the title that is not known yet: short enough for a title, and with the id, for no
/// two articles may have the same.
fn title_gap(id: &str) -> String {
    /// Most characters of the id.
    const MAX_CHARS: usize = 18;
    let id: String = id.chars().take(MAX_CHARS).collect();
    format!("【待补：来电人怎么说（{id}）】")
}

/// The article as the template knows it.
#[derive(Template)]
#[template(path = "article.md", escape = "none")]
struct Skeleton<'a> {
    id: &'a str,
    title: String,
    fault_type: FaultType,
    severity: Severity,
    system: &'static str,
    tier: Tier,
    data_risk: DataRisk,
    today: Date,
    has_data_risk: bool,
    is_reported: bool,
    raises: &'static [(&'static str, Severity)],
    raised: Severity,
    within: &'static str,
    fault_types: String,
    severities: String,
    tiers: String,
    statuses: String,
    data_risks: String,
    incident_classes: String,
    systems: Vec<String>,
}

/// The data risk to think of first; where it is not `none`, the strategy begins with the data.
/// Source: the article model, rule R5.
fn default_data_risk(fault_type: FaultType) -> DataRisk {
    match fault_type {
        FaultType::DataLoss => DataRisk::High,
        FaultType::Hardware | FaultType::UserError | FaultType::Security => DataRisk::Possible,
        _ => DataRisk::None,
    }
}

/// The system such an article most often is about, to be corrected by the author.
fn default_system(fault_type: FaultType) -> &'static str {
    match fault_type {
        FaultType::Hardware | FaultType::ConfigLoss | FaultType::UserError => "desktop",
        FaultType::Peripheral => "printer",
        FaultType::Software => "windows",
        FaultType::Login => "ad",
        FaultType::Network => "lan",
        FaultType::DataLoss => "backup",
        FaultType::Security => "edr",
        FaultType::Outage => "server",
        FaultType::Facility => "machine-room",
    }
}

/// When another severity holds. Source: the article model, section 6.
fn raises(severity: Severity) -> &'static [(&'static str, Severity)] {
    match severity {
        Severity::P1 => &[
            ("只影响一个部门或非核心系统，没有扩大", Severity::P2),
            ("只影响一个人，数据没有风险", Severity::P3),
        ],
        Severity::P2 => &[
            ("全单位、核心系统或对外服务停了，或正在扩大", Severity::P1),
            ("只影响一个人，且数据没有风险", Severity::P3),
        ],
        Severity::P3 => &[
            ("全单位、核心系统或对外服务停了", Severity::P1),
            ("一个部门都这样，或数据有风险", Severity::P2),
            ("有替代办法，工作没停", Severity::P4),
        ],
        Severity::P4 => &[
            ("一个部门都这样，工作停了", Severity::P2),
            ("一个人没有替代办法，工作停了", Severity::P3),
        ],
    }
}

/// One level more urgent.
fn raised(severity: Severity) -> Severity {
    match severity {
        Severity::P1 | Severity::P2 => Severity::P1,
        Severity::P3 => Severity::P2,
        Severity::P4 => Severity::P3,
    }
}

/// After how long without progress the next tier is called. Source: the article model, section 6.
fn within(severity: Severity) -> &'static str {
    match severity {
        Severity::P1 => "立即",
        Severity::P2 => "1 小时",
        Severity::P3 => "4 小时",
        Severity::P4 => "2 个工作日",
    }
}

/// Allowed values with their labels, for a comment.
pub(super) fn choice<T: Copy>(
    all: &[T],
    name: fn(T) -> &'static str,
    label: fn(T) -> &'static str,
) -> String {
    let values: Vec<_> =
        all.iter().map(|value| format!("{} {}", name(*value), label(*value))).collect();
    values.join("、")
}

/// Values in lines that fit beside the text they explain.
fn lines_of(values: &[&str]) -> Vec<String> {
    /// Most characters of a line.
    const MAX_CHARS: usize = 90;
    let mut lines: Vec<String> = Vec::new();
    for value in values {
        match lines.last_mut() {
            Some(line) if line.len() + value.len() < MAX_CHARS => {
                line.push(' ');
                line.push_str(value);
            }
            _ => lines.push((*value).to_owned()),
        }
    }
    lines
}

/// A text as a YAML value: as it is where that is safe, else in double quotes.
fn yaml_text(text: &str) -> String {
    let is_plain = text.starts_with(|c: char| c.is_alphabetic())
        && !text.contains([':', '#', '"', '\'', '\\'])
        && !text.ends_with(' ')
        && !text.is_ascii();
    if is_plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::article::parse;

    fn draft(fault_type: FaultType) -> Draft {
        let today = date!(2026 - 11 - 23);
        Draft { id: "new-one".to_owned(), fault_type, title: None, severity: None, today }
    }

    #[test]
    fn a_skeleton_is_an_article_without_findings() {
        for fault_type in FaultType::ALL {
            let source = skeleton(&draft(*fault_type)).unwrap();
            let parsed = parse("new-one.md", &source).unwrap();
            assert_eq!(parsed.findings, [], "{source}");
            let article = parsed.article;
            assert_eq!(article.meta.fault_type, Some(*fault_type));
            assert_eq!(article.meta.severity, Some(default_severity(*fault_type)));
            assert_eq!(article.meta.reviewed, Some(date!(2026 - 11 - 23)));
            assert_eq!(article.meta.status, Status::Draft);
            assert_eq!((article.steps.len(), article.questions.len()), (5, 3));
            assert_eq!(article.steps[2].branches.len(), 3);
            assert_eq!(article.escalations.len(), 4);
            assert!(article.scripts.phone.is_some() && article.scripts.onsite.is_some());
            assert!(article.scripts.mail.is_some_and(|mail| mail.starts_with("主题：")));
            assert!(!source.contains("\n\n\n") && source.ends_with("】\n"), "{source}");
        }
    }

    #[test]
    fn what_is_at_stake_decides_what_is_asked_for() {
        let table = [
            (FaultType::Outage, None, true, false),
            (FaultType::DataLoss, None, true, true),
            (FaultType::DataLoss, Some(Severity::P3), false, true),
            (FaultType::Peripheral, None, false, false),
            (FaultType::Peripheral, Some(Severity::P1), true, false),
        ];
        for (fault_type, severity, is_reported, has_data_risk) in table {
            let source = skeleton(&Draft { severity, ..draft(fault_type) }).unwrap();
            assert_eq!(source.contains("\n## 复盘报告\n"), is_reported, "{fault_type}");
            assert_eq!(source.contains("**如果 数据未丢失**"), has_data_risk, "{fault_type}");
        }
    }

    #[test]
    fn a_title_survives_yaml() {
        let titles = ["打印机不出纸", "VPN: 连不上", "“蓝屏”了", "提示 #1", "404", "it's \"x\" \\"];
        for title in titles {
            let draft = Draft { title: Some(title.to_owned()), ..draft(FaultType::Software) };
            let parsed = parse("new-one.md", &skeleton(&draft).unwrap()).unwrap();
            assert_eq!((parsed.article.title.as_str(), parsed.findings), (title, vec![]));
        }
    }

    #[test]
    fn the_defaults_are_known_systems() {
        for fault_type in FaultType::ALL {
            assert!(SYSTEMS.contains(&default_system(*fault_type)), "{fault_type}");
        }
    }
}
