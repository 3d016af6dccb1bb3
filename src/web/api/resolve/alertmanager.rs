//! The webhook of Alertmanager and the forms that are like it: Grafana's webhook, the alerts that
//! Prometheus sends to Alertmanager, and Prometheus' own list.
//!
//! Sources: prometheus.io/docs/alerting/latest/configuration (webhook, version 4),
//! prometheus.io/docs/prometheus/latest/querying/api (alerts),
//! grafana.com/docs/grafana/latest/alerting (webhook notifier).

use serde_json::Value;

use super::payload::{Object, Payload, Source, annotations, labels, short, status, text};
use crate::search::Alert;

/// Names that Grafana gives to an alert when the rule itself could not be evaluated; the label
/// `rulename` has the rule.
const GRAFANA_FAILURES: [&str; 2] = ["DatasourceNoData", "DatasourceError"];

/// The alerts of such a payload.
pub(super) fn payload(value: &Value) -> Option<Payload> {
    let (source, alerts) = match value {
        Value::Array(alerts) => (Source::Alertmanager, alerts),
        Value::Object(payload) => in_object(payload)?,
        _ => return None,
    };
    let is_alert = |alert: &Object| alert.get("labels").is_some_and(Value::is_object);
    let alerts = alerts.iter().filter_map(Value::as_object).filter(|alert| is_alert(alert));
    let alerts: Vec<Alert> = alerts.map(alert).collect();
    (!alerts.is_empty()).then_some(Payload { source, alerts })
}

fn in_object(payload: &Object) -> Option<(Source, &Vec<Value>)> {
    if let Some(data) = payload.get("data").and_then(Value::as_object) {
        return Some((Source::Prometheus, data.get("alerts")?.as_array()?));
    }
    let is_grafana = payload.contains_key("orgId");
    let source = if is_grafana { Source::Grafana } else { Source::Alertmanager };
    Some((source, payload.get("alerts")?.as_array()?))
}

fn alert(object: &Object) -> Alert {
    let labels = labels(object, "labels");
    let named = |label: &str| labels.get(label).cloned();
    let mut name = named("alertname").unwrap_or_default();
    if GRAFANA_FAILURES.contains(&name.as_str()) {
        name = named("rulename").unwrap_or(name);
    }
    let fingerprint = text(object, "fingerprint").map(|text| short(&text));
    let texts = annotations(object);
    Alert { name, labels, texts, status: status(object), fingerprint }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::search::AlertStatus;

    fn only(value: &Value) -> Alert {
        payload(value).unwrap().alerts.remove(0)
    }

    #[test]
    fn an_alert_has_its_name_labels_texts_and_status() {
        let value = json!({ "version": "4", "alerts": [{ "status": "resolved",
            "labels": { "alertname": "MySQLDown", "job": "mysql" },
            "annotations": { "description": "is down", "summary": "not up", "runbook_url": "http" },
            "fingerprint": "3c5a" }] });
        let alert = only(&value);
        assert_eq!((alert.name.as_str(), alert.labels["job"].as_str()), ("MySQLDown", "mysql"));
        assert_eq!(alert.texts, ["not up", "is down"]);
        assert_eq!(alert.status, Some(AlertStatus::Resolved));
        assert_eq!(alert.fingerprint.as_deref(), Some("3c5a"));
    }

    #[test]
    fn a_rule_that_could_not_be_evaluated_goes_by_its_own_name() {
        let value = json!([{ "labels": { "alertname": "DatasourceNoData", "rulename": "A" } }]);
        assert_eq!(only(&value).name, "A");
    }
}
