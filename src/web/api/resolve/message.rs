//! The answer to alerts in words, for the group that is called.

use std::collections::HashSet;

use super::{Resolution, Resolved};
use crate::{
    search::{Filters, Hit, MatchReason},
    web::{api::id_url, chat::Message, pages::search_url, text::one_line},
};

/// Alerts that are named one by one.
const MAX_NAMED: usize = 5;
/// Longest name of an alert, and longest text in a link, in characters.
const MAX_CHARS: usize = 60;

/// What to do, for one alert with all its strategies, for several with the best of each.
pub(super) fn message(resolution: &Resolution, origin: &str, second_line: &str) -> Message {
    let alerts = &resolution.alerts;
    let per_alert = if alerts.len() == 1 { usize::MAX } else { 1 };
    let hits = hits(alerts, per_alert);
    let mut notes: Vec<String> = alerts.iter().take(MAX_NAMED).map(note).collect();
    let n_more = alerts.len().saturating_sub(MAX_NAMED) + resolution.omitted;
    if n_more > 0 {
        notes.push(format!("另有 {n_more} 条告警"));
    }
    if hits.is_empty() {
        notes.push(format!("没有找到策略就联系二线：{second_line}"));
    }
    let heading = format!("{} 条告警：{} 篇策略", alerts.len() + resolution.omitted, hits.len());
    Message::of_hits(&heading, &hits, origin, &path(alerts)).with_notes(notes)
}

/// The first matches of each alert, each article once.
fn hits(alerts: &[Resolved], per_alert: usize) -> Vec<Hit> {
    let mut seen = HashSet::new();
    let matches = alerts.iter().flat_map(|alert| alert.matches.iter().take(per_alert));
    let fresh = matches.filter(|found| seen.insert(&found.hit.card.id));
    fresh.map(|found| found.hit.clone()).collect()
}

/// Which alert led where, and why.
fn note(alert: &Resolved) -> String {
    let name = match shortened(&alert.name) {
        name if name.is_empty() => "告警内容".to_owned(),
        name => name,
    };
    let Some(best) = alert.matches.first() else { return format!("{name}：没有找到策略") };
    let reason = match best.reason {
        MatchReason::Declared => "文章声明了这条告警",
        MatchReason::Code => "错误代码相同",
        MatchReason::Text => "文字相近",
    };
    format!("{name}：{}（{reason}）", best.hit.card.title)
}

/// Where the page shows it: of the one alert by its name, its article or its words.
fn path(alerts: &[Resolved]) -> String {
    let [alert] = alerts else { return "/".to_owned() };
    if !alert.name.is_empty() && shortened(&alert.name) == alert.name {
        return id_url("/r/", &alert.name);
    }
    match alert.matches.first() {
        Some(best) if best.reason == MatchReason::Text => {
            let words = shortened(&best.matched);
            search_url(&words, &Filters::default(), 0, None)
        }
        Some(best) => best.hit.url.clone(),
        None => "/".to_owned(),
    }
}

fn shortened(text: &str) -> String {
    one_line(text).chars().take(MAX_CHARS).collect()
}
