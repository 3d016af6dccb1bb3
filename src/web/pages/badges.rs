//! The marks that say at a glance how urgent an article is, who may act and whether to trust it.

use askama::Template;

use super::article::ArticleView;
use crate::{
    article::{DataRisk, FaultType, Severity, Status, Tier},
    search::Hit,
};

/// One row of marks; what an article lacks is left out.
#[derive(Template)]
#[template(path = "badges.html")]
pub(super) struct Badges {
    severity: Option<Severity>,
    /// How soon somebody must answer; the highest severity has a bar that says so.
    response: Option<String>,
    fault_type: Option<&'static str>,
    tier: Option<Tier>,
    data_risk: DataRisk,
    status: Status,
    stale: bool,
    due_soon: bool,
    broken: bool,
}

impl Badges {
    pub(super) fn of_hit(hit: &Hit) -> Self {
        Self {
            severity: hit.card.severity,
            response: None,
            fault_type: hit.card.fault_type.map(FaultType::label),
            tier: hit.card.tier,
            data_risk: hit.card.data_risk,
            status: hit.card.status,
            stale: hit.stale,
            // A hit is for whoever has a caller on the line; its page says more.
            due_soon: false,
            broken: hit.broken,
        }
    }

    pub(super) fn of_article(view: &ArticleView<'_>) -> Self {
        let meta = &view.stored.article.meta;
        Self {
            severity: meta.severity,
            response: meta.severity.filter(|severity| *severity != Severity::P1).map(response),
            fault_type: meta.fault_type.map(FaultType::label),
            tier: meta.tier,
            data_risk: meta.data_risk,
            status: meta.status,
            stale: meta.is_stale(view.today),
            due_soon: meta.status == Status::Published && meta.is_due_soon(view.today),
            broken: view.stored.broken,
        }
    }
}

/// `5 分钟内响应`
pub(super) fn response(severity: Severity) -> String {
    match severity.response_minutes() {
        minutes @ 0..60 => format!("{minutes} 分钟内响应"),
        minutes => format!("{} 小时内响应", minutes / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_time_is_told_in_the_larger_unit() {
        assert_eq!(response(Severity::P1), "5 分钟内响应");
        assert_eq!(response(Severity::P4), "4 小时内响应");
    }
}
