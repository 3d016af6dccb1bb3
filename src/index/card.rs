//! What a hit shows of its article whatever the query; made once, when the article is indexed.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::article::{
    Article, Branch, Channel, DataRisk, Escalation, FaultType, Severity, Status, Step, Tier,
};

/// Number of steps a card shows.
pub const CARD_STEPS: usize = 3;

/// What a hit shows of its article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Card {
    /// Article id.
    pub id: String,
    /// Title.
    pub title: String,
    /// The first thing to do.
    pub summary: Option<String>,
    /// Kind of fault.
    pub fault_type: Option<FaultType>,
    /// Its Chinese name.
    pub fault_type_label: Option<String>,
    /// Default severity.
    pub severity: Option<Severity>,
    /// Who may carry the strategy out.
    pub tier: Option<Tier>,
    /// Systems concerned.
    pub systems: Vec<String>,
    /// Whether data is in danger.
    pub data_risk: DataRisk,
    /// Support channels in order of preference.
    pub channels: Vec<Channel>,
    /// Life cycle.
    pub status: Status,
    /// Post or team that answers for the article.
    pub owner: Option<String>,
    /// Day of the last review, `YYYY-MM-DD`.
    pub reviewed: Option<String>,
    /// Questions to ask the caller.
    pub questions: Vec<String>,
    /// The first three steps of the emergency strategy.
    pub steps: Vec<CardStep>,
    /// First row of the escalation table as a sentence.
    pub escalation: Option<String>,
}

/// A card with what decides how it is marked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkedCard {
    /// The card.
    pub card: Card,
    /// Day the next review is due.
    pub review_due: Option<Date>,
    /// Whether the file on disk does not parse and this is its last good version.
    pub broken: bool,
}

/// A step as a hit shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CardStep {
    /// Plain text of the step's first paragraph.
    pub text: String,
    /// Ways to go on.
    pub branches: Vec<CardBranch>,
}

/// A branch as a hit shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CardBranch {
    /// What must hold.
    pub condition: String,
    /// What to do then.
    pub text: String,
    /// Id of the article the branch leads to, when there is one. In the index: the path of its
    /// file, because the article may not exist yet.
    pub goto: Option<String>,
}

impl From<&Article> for Card {
    fn from(article: &Article) -> Self {
        let meta = &article.meta;
        Self {
            id: article.id.clone(),
            title: article.title.clone(),
            summary: meta.summary.clone(),
            fault_type: meta.fault_type,
            fault_type_label: meta.fault_type.map(|value| value.label().to_owned()),
            severity: meta.severity,
            tier: meta.tier,
            systems: meta.systems.clone(),
            data_risk: meta.data_risk,
            channels: meta.channels.clone(),
            status: meta.status,
            owner: meta.owner.clone(),
            reviewed: meta.reviewed.map(|day| day.to_string()),
            questions: article.questions.iter().map(|question| question.text.clone()).collect(),
            steps: article.steps.iter().take(CARD_STEPS).map(CardStep::from).collect(),
            escalation: article.escalations.first().map(sentence),
        }
    }
}

impl From<&Step> for CardStep {
    fn from(step: &Step) -> Self {
        let branches = step.branches.iter().map(CardBranch::from).collect();
        Self { text: step.text.clone(), branches }
    }
}

impl From<&Branch> for CardBranch {
    fn from(branch: &Branch) -> Self {
        Self {
            condition: branch.condition.clone(),
            text: branch.text.clone(),
            goto: branch.goto.clone(),
        }
    }
}

/// `条件：找谁，时限；带什么`, leaving out what is empty.
fn sentence(row: &Escalation) -> String {
    let mut sentence = row.condition.clone();
    for (mark, text) in [("：", &row.contact), ("，", &row.within), ("；带 ", &row.bring)] {
        if !text.is_empty() {
            sentence.push_str(mark);
            sentence.push_str(text);
        }
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escalation_becomes_a_sentence_without_its_empty_cells() {
        let row = |within: &str, bring: &str| Escalation {
            condition: "多人".into(),
            contact: "值班经理".into(),
            within: within.into(),
            bring: bring.into(),
        };
        assert_eq!(sentence(&row("立即", "截图")), "多人：值班经理，立即；带 截图");
        assert_eq!(sentence(&row("", "")), "多人：值班经理");
    }
}
