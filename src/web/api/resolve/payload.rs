//! Whose form a payload has: by its shape, since no sender says it in a header of its own.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{alertmanager, nightingale, plain, prometheus_rule, zabbix};
use crate::{
    search::{Alert, AlertStatus, MAX_ALERT_CHARS},
    web::problem::{Code, Problem},
};

/// Alerts of a payload that are looked at.
pub(super) const MAX_ALERTS: usize = 100;
/// Labels of an alert that are kept.
pub(super) const MAX_LABELS: usize = 64;
/// Characters of a sentence that are kept; the search takes fewer.
pub(super) const MAX_TEXT_CHARS: usize = 4_000;

/// A JSON object.
pub(super) type Object = Map<String, Value>;

/// Who sends alerts in this form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Source {
    /// Alertmanager's webhook, or what Prometheus sends to Alertmanager.
    Alertmanager,
    /// Grafana's unified alerting.
    Grafana,
    /// Zabbix' webhook.
    Zabbix,
    /// Nightingale (夜莺).
    Nightingale,
    /// A rule file of Prometheus.
    PrometheusRule,
    /// Prometheus' list of alerts.
    Prometheus,
    /// An object with `name`, `labels`, `annotations` and `text`.
    Generic,
    /// Free text.
    Text,
}

/// The alerts of a payload, at least one.
#[derive(Debug)]
pub(super) struct Payload {
    /// Whose form it has.
    pub(super) source: Source,
    /// All alerts, in its order.
    pub(super) alerts: Vec<Alert>,
}

impl Payload {
    /// The payload of a free text.
    ///
    /// # Errors
    /// 422 when it is empty.
    pub(super) fn of_text(text: &str) -> Result<Self, Problem> {
        let text = cut(text.trim(), MAX_TEXT_CHARS);
        if text.is_empty() {
            return Err(nothing());
        }
        let alert = Alert { texts: vec![text], ..Alert::default() };
        Ok(Self { source: Source::Text, alerts: vec![alert] })
    }
}

/// Recognises a payload.
///
/// # Errors
/// 422 when it has no form that is known, or no alert.
pub(super) fn recognise(value: &Value) -> Result<Payload, Problem> {
    // A rule that has a name of its own goes before one that takes any flat object.
    let forms: [fn(&Value) -> Option<Payload>; 5] = [
        alertmanager::payload,
        prometheus_rule::payload,
        nightingale::payload,
        zabbix::payload,
        plain::payload,
    ];
    let found = forms.iter().find_map(|form| form(value));
    let found = found.map(|payload| Payload {
        alerts: payload.alerts.into_iter().filter(says_something).collect(),
        ..payload
    });
    found.filter(|payload| !payload.alerts.is_empty()).ok_or_else(nothing)
}

fn says_something(alert: &Alert) -> bool {
    !alert.name.is_empty() || !alert.labels.is_empty() || !alert.texts.is_empty()
}

fn nothing() -> Problem {
    let expected = "请求体里没有告警，也没有文字。可以发 Alertmanager、Grafana、Zabbix、夜莺的告警，\
        Prometheus 规则文件或告警列表，{\"name\": …, \"labels\": {…}, \"text\": …}，或一段纯文本。";
    Problem::new(Code::NothingToResolve, expected)
}

/// The first characters of a text.
pub(super) fn cut(text: &str, n_chars: usize) -> String {
    text.chars().take(n_chars).collect()
}

/// A name, or the value of a label, as far as it is looked at.
pub(super) fn short(text: &str) -> String {
    cut(text.trim(), MAX_ALERT_CHARS)
}

/// A value that is no list and no object, as text; nothing for null.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// A member as text.
pub(super) fn text(object: &Object, member: &str) -> Option<String> {
    object.get(member).and_then(scalar).filter(|text| !text.trim().is_empty())
}

/// The labels in a member, as far as they are looked at.
pub(super) fn labels(object: &Object, member: &str) -> BTreeMap<String, String> {
    let labels = object.get(member).and_then(Value::as_object).into_iter().flatten();
    let labels = labels.filter_map(|(name, value)| Some((short(name), short(&scalar(value)?))));
    labels.take(MAX_LABELS).collect()
}

/// Labels written as name and value in one text, as far as they are looked at.
pub(super) fn pairs<'t>(
    tags: impl IntoIterator<Item = &'t str>,
    between: char,
) -> BTreeMap<String, String> {
    let pairs = tags.into_iter().take(MAX_LABELS).filter_map(|tag| tag.split_once(between));
    pairs.map(|(name, value)| (short(name), short(value))).collect()
}

/// Where an alert is in its life. `status` is a word, or in Alertmanager's own list an object;
/// Prometheus calls it `state`.
pub(super) fn status(object: &Object) -> Option<AlertStatus> {
    let state = object.get("status").and_then(Value::as_object);
    let state = state.and_then(|status| text(status, "state"));
    let said = state.or_else(|| text(object, "status")).or_else(|| text(object, "state"))?;
    match said.as_str() {
        "firing" | "active" | "suppressed" | "alerting" => Some(AlertStatus::Firing),
        "pending" | "unprocessed" => Some(AlertStatus::Pending),
        "resolved" | "inactive" | "ok" => Some(AlertStatus::Resolved),
        _ => None,
    }
}

/// Those of these members that have a text, in this order, each text once.
pub(super) fn texts(object: &Object, members: &[&str]) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for text in members.iter().filter_map(|member| text(object, member)) {
        let text = cut(text.trim(), MAX_TEXT_CHARS);
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

/// Annotations that people are meant to read, the shortest form first. Source: the public mixins
/// have `summary` and `description`, older rules `message`; `title` and `info` are common.
pub(super) const ANNOTATIONS: &[&str] = &["summary", "title", "message", "description", "info"];

/// The texts of the annotations of an alert.
pub(super) fn annotations(object: &Object) -> Vec<String> {
    let annotations = object.get("annotations").and_then(Value::as_object);
    annotations.map(|annotations| texts(annotations, ANNOTATIONS)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_payload_is_recognised_by_its_shape() {
        let alert = json!({ "labels": { "alertname": "A" }, "annotations": {} });
        let table = [
            (json!({ "version": "4", "groupKey": "g", "alerts": [alert] }), Source::Alertmanager),
            (json!({ "orgId": 1, "title": "t", "alerts": [alert] }), Source::Grafana),
            (json!({ "status": "success", "data": { "alerts": [alert] } }), Source::Prometheus),
            (json!([alert]), Source::Alertmanager),
            (json!({ "groups": [{ "rules": [{ "alert": "A" }] }] }), Source::PrometheusRule),
            (
                json!({ "kind": "PrometheusRule",
                    "spec": { "groups": [{ "rules": [{ "record": "r" }, { "alert": "A" }] }] } }),
                Source::PrometheusRule,
            ),
            (
                json!({ "rule_name": "A", "tags": ["a=b"], "trigger_value": "1" }),
                Source::Nightingale,
            ),
            (json!([{ "rule_name": "A", "tags_map": {} }]), Source::Nightingale),
            (json!({ "event_name": "A", "host": "h", "event_value": "1" }), Source::Zabbix),
            (json!({ "{ALERT.SUBJECT}": "A" }), Source::Zabbix),
            (json!({ "Subject": "A", "Message": "B" }), Source::Zabbix),
            (json!({ "text": "磁盘满了" }), Source::Text),
            (json!({ "name": "A", "text": "磁盘满了" }), Source::Generic),
            (json!({ "labels": { "alertname": "A" } }), Source::Generic),
            (json!("磁盘满了"), Source::Text),
        ];
        for (value, expected) in table {
            assert_eq!(recognise(&value).map(|p| p.source).ok(), Some(expected), "{value}");
        }
    }

    #[test]
    fn what_has_no_alert_is_refused_with_what_was_expected() {
        let table = [
            json!(null),
            json!(1),
            json!([]),
            json!({}),
            json!([[]]),
            json!({ "alerts": [] }),
            json!({ "alerts": [1, null, {}] }),
            json!({ "groups": [] }),
            json!({ "groups": [{ "rules": [{ "record": "r" }] }] }),
            json!({ "text": " " }),
            json!({ "name": "", "labels": {} }),
            json!({ "a": "b" }),
        ];
        for value in table {
            let problem = recognise(&value).unwrap_err();
            assert_eq!(problem.status(), 422, "{value}");
            assert!(problem.detail().contains("Alertmanager"), "{}", problem.detail());
        }
    }

    #[test]
    fn labels_and_texts_are_bounded() {
        let many: Object =
            (0..1000).map(|n| (format!("l{n}"), json!("x".repeat(10_000)))).collect();
        let alert = json!({ "name": "n".repeat(1000), "labels": many, "text": "字".repeat(9_000) });
        let alert = recognise(&alert).unwrap().alerts.remove(0);
        assert_eq!(alert.name.len(), MAX_ALERT_CHARS);
        assert_eq!(alert.labels.len(), MAX_LABELS);
        assert!(alert.labels.values().all(|value| value.len() == MAX_ALERT_CHARS));
        assert_eq!(alert.texts[0].chars().count(), MAX_TEXT_CHARS);
    }

    #[test]
    fn a_status_is_said_in_three_ways() {
        let table = [
            (json!({ "status": "firing" }), Some(AlertStatus::Firing)),
            (json!({ "status": { "state": "suppressed" } }), Some(AlertStatus::Firing)),
            (json!({ "state": "pending" }), Some(AlertStatus::Pending)),
            (json!({ "state": "strange" }), None),
            (json!({}), None),
        ];
        for (value, expected) in table {
            assert_eq!(status(value.as_object().unwrap()), expected, "{value}");
        }
    }
}
