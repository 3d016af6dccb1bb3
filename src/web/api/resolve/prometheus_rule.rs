//! A rule file of Prometheus, alone or in a Kubernetes manifest of kind `PrometheusRule`: which
//! strategies the rules will have before the first one fires.
//!
//! Source: prometheus.io/docs/prometheus/latest/configuration/alerting_rules.

use serde_json::Value;

use super::payload::{Object, Payload, Source, annotations, labels, short, text};
use crate::search::Alert;

/// The alerting rules of such a payload.
pub(super) fn payload(value: &Value) -> Option<Payload> {
    let file = value.as_object()?;
    let file = file.get("spec").and_then(Value::as_object).unwrap_or(file);
    let groups = file.get("groups")?.as_array()?.iter();
    let rules = groups.filter_map(|group| group.get("rules")?.as_array()).flatten();
    let alerts = rules.filter_map(|rule| alert(rule.as_object()?)).collect();
    Some(Payload { source: Source::PrometheusRule, alerts })
}

fn alert(rule: &Object) -> Option<Alert> {
    let name = short(&text(rule, "alert")?);
    let (labels, texts) = (labels(rule, "labels"), annotations(rule));
    Some(Alert { name, labels, texts, ..Alert::default() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn alerting_rules_are_taken_and_recording_rules_are_not() {
        let rules = json!([
            { "record": "instance:up", "expr": "up" },
            { "alert": "MySQLDown", "expr": "mysql_up == 0", "labels": { "severity": "critical" },
              "annotations": { "summary": "MySQL not up." } },
        ]);
        let alerts = payload(&json!({ "groups": [{ "rules": rules }, {}] })).unwrap().alerts;
        assert_eq!(alerts.len(), 1);
        assert_eq!((alerts[0].name.as_str(), alerts[0].status), ("MySQLDown", None));
        assert_eq!(alerts[0].texts, ["MySQL not up."]);
    }
}
