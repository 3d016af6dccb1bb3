//! The arguments of a tool, read strictly: what is not understood is refused by name.

use std::{fmt::Display, str::FromStr};

use rmcp::model::JsonObject;
use serde_json::Value;

use crate::web::problem::{Code, Problem};

/// Longest text that is taken, in characters; each tool may want less.
const MAX_CHARS: usize = 2048;

/// Arguments that nobody has taken yet.
pub(super) struct Arguments(JsonObject);

impl Arguments {
    pub(super) fn new(given: Option<JsonObject>) -> Self {
        Self(given.unwrap_or_default())
    }

    /// Takes a text; `null` counts as left out.
    ///
    /// # Errors
    /// A problem when it is no text or far too long.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, Problem> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.chars().count() <= MAX_CHARS => Ok(Some(text)),
            Some(_) => {
                let detail = format!("{name} 应为不超过 {MAX_CHARS} 个字符的字符串。");
                Err(Problem::invalid(name, detail))
            }
        }
    }

    /// Takes a text that must be there.
    ///
    /// # Errors
    /// A problem when it is not, is no text, or far too long.
    pub(super) fn required(&mut self, name: &str) -> Result<String, Problem> {
        let missing = || Problem::invalid(name, format!("缺少参数 {name}。"));
        self.text(name)?.ok_or_else(missing)
    }

    /// Takes a value of a closed set; an empty text counts as left out.
    ///
    /// # Errors
    /// A problem that lists the allowed values.
    pub(super) fn value<T>(&mut self, name: &str) -> Result<Option<T>, Problem>
    where
        T: FromStr<Err: Display>,
    {
        let text = self.text(name)?.filter(|text| !text.is_empty());
        let wrong = |error: T::Err| Problem::invalid(name, format!("{name}：{error}。"));
        text.map(|text| text.parse().map_err(wrong)).transpose()
    }

    /// Takes a whole number from 1 to `max`; 5.0 is one too, as JSON Schema has it.
    ///
    /// # Errors
    /// A problem that says so.
    pub(super) fn number(&mut self, name: &str, max: usize) -> Result<Option<usize>, Problem> {
        let value = match self.0.remove(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(value) => value,
        };
        let number = (1..=max).find(|n| value.as_f64() == Some(*n as f64));
        let wrong = || Problem::invalid(name, format!("{name} 应为 1 到 {max} 的整数。"));
        number.map(Some).ok_or_else(wrong)
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// A problem that names the first argument nobody took.
    pub(super) fn finish(self) -> Result<(), Problem> {
        let Some((name, _)) = self.0.into_iter().next() else { return Ok(()) };
        let name: String = name.chars().take(64).collect();
        let detail = format!("这个工具没有参数“{name}”。");
        Err(Problem::new(Code::UnknownParameter, detail).parameter(&name))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::article::Severity;

    fn arguments(value: Value) -> Arguments {
        Arguments::new(value.as_object().cloned())
    }

    #[test]
    fn arguments_are_taken_by_name_and_kind() {
        let mut given = arguments(json!({
            "query": "断网", "severity": "p1", "system": null, "limit": 5.0, "fault_type": ""
        }));
        assert_eq!(given.required("query").unwrap(), "断网");
        assert_eq!(given.value::<Severity>("severity").unwrap(), Some(Severity::P1));
        assert_eq!(given.value::<Severity>("fault_type").unwrap(), None);
        assert_eq!(given.text("system").unwrap(), None);
        assert_eq!(given.number("limit", 10).unwrap(), Some(5));
        given.finish().unwrap();
    }

    #[test]
    fn what_does_not_fit_is_refused_by_name() {
        let refused = |problem: Problem| problem.detail().to_owned();
        assert!(refused(arguments(json!({})).required("query").unwrap_err()).contains("query"));
        let long = "长".repeat(MAX_CHARS + 1);
        for value in [json!(7), json!(["断网"]), json!(long)] {
            let mut given = arguments(json!({ "query": value }));
            assert!(refused(given.required("query").unwrap_err()).contains("字符串"));
        }
        for value in [json!(0), json!(11), json!(1.5), json!("5"), json!(-1), json!(1e300)] {
            let mut given = arguments(json!({ "limit": value }));
            assert!(refused(given.number("limit", 10).unwrap_err()).contains("1 到 10"), "{value}");
        }
        let mut given = arguments(json!({ "severity": "p9" }));
        assert!(refused(given.value::<Severity>("severity").unwrap_err()).contains("p1、p2"));
        assert!(refused(arguments(json!({ "url": "x" })).finish().unwrap_err()).contains("url"));
    }
}
