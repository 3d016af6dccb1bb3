//! The form for everybody else: a name, labels, annotations and a text, all optional.

use serde_json::Value;

use super::payload::{Object, Payload, Source, annotations, labels, short, status, text, texts};
use crate::search::Alert;

/// The alert of such an object, or the text of a string.
pub(super) fn payload(value: &Value) -> Option<Payload> {
    let object = match value {
        Value::String(text) => return Payload::of_text(text).ok(),
        Value::Object(object) => object,
        _ => return None,
    };
    let alert = alert(object);
    let is_text = alert.name.is_empty() && alert.labels.is_empty();
    let source = if is_text { Source::Text } else { Source::Generic };
    Some(Payload { source, alerts: vec![alert] })
}

fn alert(object: &Object) -> Alert {
    let labels = labels(object, "labels");
    let name = text(object, "name").or_else(|| labels.get("alertname").cloned());
    Alert {
        name: short(&name.unwrap_or_default()),
        labels,
        texts: [texts(object, &["text"]), annotations(object)].concat(),
        status: status(object),
        fingerprint: text(object, "fingerprint").map(|text| short(&text)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::search::AlertStatus;

    #[test]
    fn everything_is_optional() {
        let value = json!({ "labels": { "alertname": "A" }, "annotations": { "summary": "s" },
            "text": "t", "status": "resolved" });
        let alert = payload(&value).unwrap().alerts.remove(0);
        assert_eq!((alert.name.as_str(), alert.status), ("A", Some(AlertStatus::Resolved)));
        assert_eq!(alert.texts, ["t", "s"]);
        assert_eq!(payload(&json!("磁盘满了")).unwrap().alerts[0].texts, ["磁盘满了"]);
    }
}
