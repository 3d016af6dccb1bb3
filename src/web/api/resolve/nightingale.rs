//! An event of Nightingale (夜莺) from version 6 on, alone or several in a list.
//!
//! Source: the fields of `AlertCurEvent` in github.com/ccfos/nightingale.

use std::collections::BTreeMap;

use serde_json::Value;

use super::payload::{
    Object, Payload, Source, annotations, labels, pairs, scalar, short, text, texts,
};
use crate::search::{Alert, AlertStatus};

/// Members of which at least one stands beside `rule_name`.
const OWN: [&str; 5] = ["tags_map", "tags", "trigger_value", "target_ident", "rule_id"];

/// The events of such a payload.
pub(super) fn payload(value: &Value) -> Option<Payload> {
    let events = match value {
        Value::Array(events) => events.as_slice(),
        Value::Object(payload) => match payload.get("events").or_else(|| payload.get("event")) {
            Some(Value::Array(events)) => events.as_slice(),
            Some(event) => std::slice::from_ref(event),
            None => std::slice::from_ref(value),
        },
        _ => return None,
    };
    let events = events.iter().filter_map(Value::as_object).filter(|event| is_event(event));
    let alerts: Vec<Alert> = events.map(alert).collect();
    (!alerts.is_empty()).then_some(Payload { source: Source::Nightingale, alerts })
}

fn is_event(event: &Object) -> bool {
    event.contains_key("rule_name") && OWN.iter().any(|member| event.contains_key(*member))
}

fn alert(event: &Object) -> Alert {
    let mut labels = labels(event, "tags_map");
    if labels.is_empty() {
        labels = tags(event);
    }
    // Every event repeats the name of its rule as a label.
    labels.remove("rulename");
    let is_recovered = event.get("is_recovered").and_then(Value::as_bool);
    let status = is_recovered.map(|is_recovered| match is_recovered {
        true => AlertStatus::Resolved,
        false => AlertStatus::Firing,
    });
    Alert {
        name: text(event, "rule_name").map(|name| short(&name)).unwrap_or_default(),
        labels,
        texts: [annotations(event), texts(event, &["rule_note"])].concat(),
        status,
        fingerprint: text(event, "hash").map(|hash| short(&hash)),
    }
}

/// Labels written as `name=value`, in a list or joined by `,,` as the database keeps them.
fn tags(event: &Object) -> BTreeMap<String, String> {
    let tags: Vec<String> = match event.get("tags") {
        Some(Value::Array(tags)) => tags.iter().filter_map(scalar).collect(),
        Some(Value::String(tags)) => tags.split(",,").map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    pairs(tags.iter().map(String::as_str), '=')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_has_its_rule_labels_and_status() {
        let event = json!({ "rule_name": "硬盘写满", "rule_note": "尽快清理", "hash": "ab",
            "tags_map": { "ident": "app-03", "rulename": "硬盘写满" }, "is_recovered": true });
        let alert = payload(&event).unwrap().alerts.remove(0);
        assert_eq!((alert.name.as_str(), alert.labels.len()), ("硬盘写满", 1));
        assert_eq!(alert.texts, ["尽快清理"]);
        assert_eq!(alert.status, Some(AlertStatus::Resolved));
    }

    #[test]
    fn tags_come_as_a_list_or_joined() {
        for tags in [json!(["a=1", "b=x=y", "c"]), json!("a=1,,b=x=y,,c")] {
            let event = json!({ "rule_name": "A", "tags": tags });
            let labels = &payload(&event).unwrap().alerts[0].labels;
            assert_eq!((labels.len(), labels["a"].as_str(), labels["b"].as_str()), (2, "1", "x=y"));
        }
    }

    #[test]
    fn events_come_alone_in_a_list_and_in_an_object() {
        let event = json!({ "rule_name": "A", "rule_id": 1 });
        for value in
            [&event, &json!([event]), &json!({ "events": [event] }), &json!({ "event": event })]
        {
            assert_eq!(payload(value).unwrap().alerts.len(), 1, "{value}");
        }
        assert!(payload(&json!({ "rule_name": "A" })).is_none());
    }
}
