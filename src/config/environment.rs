//! The same settings from the environment: `JIUJI_` and the name in capitals.

use std::ffi::OsString;

use toml::{Table, Value};

use super::{Config, ConfigError, explain};

impl Config {
    /// What the environment says; `lookup` gives the value of a variable. An empty value says
    /// nothing. Lists are separated by commas, switches are `true` or `false`.
    ///
    /// # Errors
    /// The first variable whose value the setting cannot have.
    pub fn from_environment(
        lookup: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, ConfigError> {
        let mut config = Self::default();
        for (name, _) in Self::default().entries() {
            let variable = variable(name);
            if let Some(text) = lookup(&variable).filter(|text| !text.is_empty()) {
                let reason = |reason| ConfigError::Variable { variable, reason };
                config = one(name, text).map_err(reason)?.or(config);
            }
        }
        Ok(config)
    }
}

/// The variable that sets this setting.
#[must_use]
pub fn variable(setting: &str) -> String {
    format!("JIUJI_{}", setting.to_ascii_uppercase())
}

/// The one setting, checked as in a file, so that what is wrong belongs to its variable.
fn one(name: &str, text: OsString) -> Result<Config, String> {
    let text = text.into_string().map_err(|_| "不是 UTF-8 文字".to_owned())?;
    let table = Table::from_iter([(name.to_owned(), value(name, &text)?)]);
    table.try_into().map_err(|error: toml::de::Error| explain::reason(error.message()))
}

fn value(name: &str, text: &str) -> Result<Value, String> {
    let items = || text.split(',').map(str::trim).filter(|item| !item.is_empty());
    Ok(match name {
        "allowed_hosts" | "systems" | "panel_origins" | "cors_origins" | "read_tokens" => {
            Value::Array(items().map(Value::from).collect())
        }
        "watch" | "history" => {
            Value::Boolean(text.parse().map_err(|_| "应为 true 或 false".to_owned())?)
        }
        "rate_limit" => Value::Integer(text.parse().map_err(|_| "应为整数".to_owned())?),
        _ => Value::from(text),
    })
}
