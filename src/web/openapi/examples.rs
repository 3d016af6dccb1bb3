//! What answers look like, for operations whose handlers bring no example of their own.
//!
//! The files were answers of the shipped knowledge base, shortened; a test holds them to the
//! schemas.

use serde_json::Value;

macro_rules! example {
    ($name:literal) => {
        ($name, include_str!(concat!("examples/", $name, ".json")))
    };
}

/// Examples by the id of their operation.
const ANSWERS: &[(&str, &str)] = &[
    example!("search"),
    example!("suggest"),
    example!("list_articles"),
    example!("get_article"),
    example!("get_history"),
    example!("list_fault_types"),
    example!("get_matrix"),
    example!("list_findings"),
    example!("list_reviews"),
    example!("get_status"),
    example!("readyz"),
];

/// Examples of failures by their status.
const FAILURES: &[(&str, &str)] = &[
    ("400", include_str!("examples/problem.json")),
    ("404", include_str!("examples/article_not_found.json")),
];

/// Adds the examples to the answers in JSON that have none.
pub(super) fn add(document: &mut Value) {
    for (_, item) in document["paths"].as_object_mut().into_iter().flatten() {
        for (_, operation) in item.as_object_mut().into_iter().flatten() {
            let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
            let form = operation.pointer_mut("/responses/200/content/application~1json");
            let Some(form) = form.filter(|form| form.get("example").is_none()) else { continue };
            if let Some(example) = find(ANSWERS, &id) {
                form["example"] = example;
            }
        }
    }
}

/// The example of a failure with this status.
pub(super) fn of_failure(status: &str) -> Option<Value> {
    find(FAILURES, status)
}

fn find(examples: &[(&str, &str)], name: &str) -> Option<Value> {
    let (_, text) = examples.iter().find(|(known, _)| *known == name)?;
    serde_json::from_str(text).ok()
}
