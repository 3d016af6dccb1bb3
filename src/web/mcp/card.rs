//! A hit as a card for an agent, short enough to read ten of them.

use serde::Serialize;

use super::{fence::clean, source::Source};
use crate::{
    article::{DataRisk, FaultType, Severity, Status, Tier},
    search::{CardStep, Hit, MatchedBy},
    web::text::{cut, cut_json, one_line},
};

/// Most bytes of one card, as JSON and as text, in UTF-8.
pub(super) const MAX_CARD_BYTES: usize = 2048;

/// Bytes that each text of a card may have, tried one after the other until the card fits.
const TEXT_BYTES: [usize; 7] = [1024, 480, 300, 200, 120, 70, 40];
/// With a longer id and address together the address is left out: it has the id in it, encoded.
const MAX_ADDRESS_BYTES: usize = 768;
/// Longer ids are cut, and the article cannot be asked for: no one has named a file so.
const MAX_ID_BYTES: usize = 512;

/// What an agent is told of one hit.
#[derive(Debug, Serialize)]
pub(super) struct HitCard {
    id: String,
    title: String,
    severity: Option<Severity>,
    severity_label: Option<&'static str>,
    fault_type: Option<FaultType>,
    fault_type_label: Option<&'static str>,
    /// Who may act.
    tier: Option<Tier>,
    tier_label: Option<&'static str>,
    data_risk: DataRisk,
    data_risk_label: &'static str,
    /// Only when it is not the usual one.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    stale: bool,
    summary: Option<String>,
    /// The first three, each with its branches.
    steps: Vec<String>,
    escalation: Option<String>,
    matched_by: Vec<MatchedBy>,
    url: Option<String>,
    /// Whether texts were cut so that the card fits.
    truncated: bool,
}

/// A card and the same in words, both within [`MAX_CARD_BYTES`].
pub(super) fn card(hit: &Hit, source: &Source) -> (HitCard, String) {
    let url = source.url(&hit.card.id);
    let cards = TEXT_BYTES.iter().map(|max| {
        let card = HitCard::new(hit, &url, *max);
        let text = card.text();
        (card, text)
    });
    let mut last = None;
    for (card, text) in cards {
        let n_bytes = serde_json::to_vec(&card).map_or(usize::MAX, |json| json.len());
        if n_bytes.max(text.len()) <= MAX_CARD_BYTES {
            return (card, text);
        }
        last = Some((card, text));
    }
    last.unwrap_or_else(|| (HitCard::new(hit, &url, 0), String::new()))
}

impl HitCard {
    /// A card whose texts have up to `max` bytes each.
    fn new(hit: &Hit, url: &str, max: usize) -> Self {
        let mut truncated = false;
        let mut short = |text: &str| {
            let (text, is_cut) = cut(text, max);
            truncated |= is_cut;
            text
        };
        let card = &hit.card;
        let title = short(&plain(&card.title));
        let summary = card.summary.as_deref().map(|text| short(&plain(text)));
        let steps = card.steps.iter().map(|step| short(&step_text(step))).collect();
        let escalation = card.escalation.as_deref().map(|text| short(&plain(text)));
        Self {
            id: cut_json(&card.id, MAX_ID_BYTES),
            title,
            severity: card.severity,
            severity_label: card.severity.map(Severity::label),
            fault_type: card.fault_type,
            fault_type_label: card.fault_type.map(FaultType::label),
            tier: card.tier,
            tier_label: card.tier.map(Tier::label),
            data_risk: card.data_risk,
            data_risk_label: card.data_risk.label(),
            status: Some(card.status).filter(|status| *status != Status::Published),
            stale: hit.stale,
            summary,
            steps,
            escalation,
            matched_by: hit.matched_by.clone(),
            url: Some(url.to_owned()).filter(|url| url.len() + card.id.len() <= MAX_ADDRESS_BYTES),
            truncated,
        }
    }

    fn text(&self) -> String {
        let mut lines = vec![format!("{}（id: {}）", self.title, self.id)];
        lines.push(self.facts());
        lines.extend(self.summary.iter().map(|summary| format!("先做：{summary}")));
        let steps = self.steps.iter().enumerate();
        lines.extend(steps.map(|(n, step)| format!("{}. {step}", n + 1)));
        lines.extend(self.escalation.iter().map(|text| format!("升级：{text}")));
        lines.extend(self.url.iter().map(|url| format!("链接：{url}")));
        if self.truncated {
            lines.push("（已截短，全文用 get_article 取）".to_owned());
        }
        lines.join("\n")
    }

    /// Severity, kind, who may act, data risk and why it was found, in one line.
    fn facts(&self) -> String {
        let mut facts: Vec<String> = Vec::new();
        facts.extend(self.severity.map(|value| format!("{value} {}", value.label())));
        facts.extend(self.fault_type_label.map(str::to_owned));
        facts.extend(self.tier.map(|tier| format!("{tier} {}", tier.label())));
        facts.push(self.data_risk_label.to_owned());
        facts.extend(self.status.map(|status| status.label().to_owned()));
        if self.stale {
            facts.push("复审已到期".to_owned());
        }
        let reasons = serde_json::to_value(&self.matched_by).unwrap_or_default();
        let reasons: Vec<_> = reasons.as_array().into_iter().flatten().collect();
        let reasons: Vec<_> = reasons.iter().filter_map(|reason| reason.as_str()).collect();
        facts.push(format!("匹配：{}", reasons.join(",")));
        facts.join(" · ")
    }
}

/// The step on one line, and each of its branches on one more.
fn step_text(step: &CardStep) -> String {
    let mut lines = vec![plain(&step.text)];
    for branch in &step.branches {
        let goto = branch.goto.iter().map(|id| format!("（→ {id}）")).collect::<String>();
        let line = format!("- {}：{}{goto}", branch.condition, branch.text);
        lines.push(plain(&line));
    }
    lines.join("\n")
}

fn plain(text: &str) -> String {
    one_line(&clean(text))
}
