//! What a webhook of Zabbix sends: a flat object whose members are the parameters of the media
//! type. Everybody names them as they like, mostly after the macro they have: `{EVENT.NAME}`,
//! `event_name`, `EventName`, `Subject`.
//!
//! Source: zabbix.com/documentation, macros supported by location; the webhooks shipped with it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::payload::{
    MAX_LABELS, MAX_TEXT_CHARS, Object, Payload, Source, cut, pairs, scalar, short,
};
use crate::search::{Alert, AlertStatus};

/// Members that name the problem, the most exact first.
const NAMES: [&str; 7] =
    ["eventname", "triggername", "problemname", "problem", "alertsubject", "subject", "title"];
/// Members that describe it.
const TEXTS: [&str; 5] =
    ["triggerdescription", "eventopdata", "alertmessage", "message", "description"];
/// Members of which one shows that this is Zabbix: those of macros that others do not have.
const TELLING: [&str; 12] = [
    "eventname",
    "triggername",
    "alertsubject",
    "alertmessage",
    "eventid",
    "triggerid",
    "eventvalue",
    "eventseverity",
    "triggerseverity",
    "eventtags",
    "hosthost",
    "zabbixurl",
];
/// Members that say nothing about the problem.
const DROPPED: [&str; 4] = ["alertsubject", "alertmessage", "subject", "message"];
/// Beginnings of a subject before the name of the problem. Source: the shipped message templates.
const BEFORE_NAME: [&str; 5] = ["Problem:", "Resolved:", "PROBLEM:", "OK:", "Updated problem:"];

/// The alert of such a payload.
pub(super) fn payload(value: &Value) -> Option<Payload> {
    let members = members(value.as_object()?)?;
    let has = |name: &str| members.contains_key(name);
    let is_mail = has("subject") && has("message");
    if !is_mail && !TELLING.iter().any(|name| has(name)) {
        return None;
    }
    Some(Payload { source: Source::Zabbix, alerts: vec![alert(&members)] })
}

/// The members under names without case, braces and marks; nothing if one is not flat.
fn members(object: &Object) -> Option<BTreeMap<String, String>> {
    let plain = |name: &String| {
        let letters = name.chars().filter(|c| c.is_alphanumeric());
        letters.collect::<String>().to_lowercase()
    };
    let is_flat = |value: &Value| !value.is_array() && !value.is_object();
    if !object.values().all(is_flat) {
        return None;
    }
    let members = object.iter().map(|(name, value)| (plain(name), scalar(value)));
    let members = members.filter_map(|(name, value)| Some((name, value?)));
    Some(members.filter(|(_, value)| !value.trim().is_empty()).take(MAX_LABELS).collect())
}

fn alert(members: &BTreeMap<String, String>) -> Alert {
    let name = NAMES.iter().find_map(|name| members.get(*name)).cloned().unwrap_or_default();
    let name = BEFORE_NAME.iter().find_map(|before| name.strip_prefix(before)).unwrap_or(&name);
    let texts = TEXTS.iter().filter_map(|name| members.get(*name)).flat_map(|text| lines(text));
    Alert {
        name: short(name),
        texts: texts.collect(),
        labels: labels(members),
        status: status(members),
        fingerprint: members.get("eventid").map(|id| short(id)),
    }
}

/// The lines of a message without those that only repeat a macro (`Host: db-07`).
fn lines(text: &str) -> Vec<String> {
    let is_macro = |line: &&str| {
        line.split_once([':', '：']).is_some_and(|(name, _)| name.chars().count() <= 24)
    };
    let kept = text.lines().map(str::trim).filter(|line| !line.is_empty() && !is_macro(line));
    let kept: Vec<&str> = kept.collect();
    if kept.is_empty() { Vec::new() } else { vec![cut(&kept.join("\n"), MAX_TEXT_CHARS)] }
}

/// The short members as labels, and the tags of the event.
fn labels(members: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let kept = members.iter().filter(|(name, value)| {
        !DROPPED.contains(&name.as_str())
            && !name.starts_with("eventtags")
            && value.chars().count() <= 128
    });
    let mut labels: BTreeMap<_, _> =
        kept.map(|(name, value)| (short(name), short(value))).collect();
    labels.extend(tags(members));
    labels
}

/// Tags as `{EVENT.TAGS}` (`scope:capacity, target:linux`) or `{EVENT.TAGSJSON}` has them.
fn tags(members: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    if let Some(json) = members.get("eventtagsjson") {
        let tags: Vec<Value> = serde_json::from_str(json).unwrap_or_default();
        let pair = |tag: &Value| Some((scalar(tag.get("tag")?)?, scalar(tag.get("value")?)?));
        let tags = tags.iter().take(MAX_LABELS).filter_map(pair);
        return tags.map(|(name, value)| (short(&name), short(&value))).collect();
    }
    let tags = members.get("eventtags").map(String::as_str).unwrap_or_default();
    pairs(tags.split(','), ':')
}

/// `{EVENT.VALUE}` is 1 for a problem and 0 for its end; `{EVENT.STATUS}` says it in words.
fn status(members: &BTreeMap<String, String>) -> Option<AlertStatus> {
    let word = |name: &str| members.get(name).map(|value| value.to_uppercase());
    let said = word("eventstatus").or_else(|| word("triggerstatus")).or_else(|| word("status"));
    match said.or_else(|| word("eventvalue"))?.as_str() {
        "1" | "PROBLEM" => Some(AlertStatus::Firing),
        "0" | "OK" | "RESOLVED" => Some(AlertStatus::Resolved),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn only(value: &Value) -> Alert {
        payload(value).unwrap().alerts.remove(0)
    }

    #[test]
    fn members_may_be_named_in_any_way() {
        let table = [
            json!({ "{EVENT.NAME}": "MySQL down", "{EVENT.VALUE}": "1", "{HOST.NAME}": "db" }),
            json!({ "event_name": "MySQL down", "event_value": 1, "host_name": "db" }),
            json!({ "EventName": "MySQL down", "EventStatus": "PROBLEM", "HostName": "db" }),
            json!({ "Subject": "Problem: MySQL down", "Message": "x", "status": "PROBLEM",
                    "hostname": "db" }),
        ];
        for value in table {
            let alert = only(&value);
            assert_eq!(alert.name, "MySQL down", "{value}");
            assert_eq!(alert.labels["hostname"], "db", "{value}");
            assert_eq!(alert.status, Some(AlertStatus::Firing), "{value}");
        }
    }

    #[test]
    fn tags_are_labels() {
        let json = "[{\"tag\":\"scope\",\"value\":\"capacity\"}]";
        for value in [
            json!({ "event_name": "A", "event_tags": "scope:capacity, target:linux" }),
            json!({ "event_name": "A", "event_tags_json": json }),
        ] {
            assert_eq!(only(&value).labels["scope"], "capacity", "{value}");
        }
    }

    #[test]
    fn lines_that_only_repeat_a_macro_are_no_text() {
        let message = "Problem started at 10:14\r\nHost: db-07\r\nThe disk is nearly full.";
        let alert = only(&json!({ "subject": "A", "message": message }));
        assert_eq!(alert.texts, ["The disk is nearly full."]);
    }

    #[test]
    fn what_is_not_flat_is_something_else() {
        assert!(payload(&json!({ "event_name": "A", "b": {} })).is_none());
        assert!(payload(&json!({ "message": "A" })).is_none());
    }
}
