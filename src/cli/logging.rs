//! Logs on standard error.

use std::{
    io::{self, IsTerminal},
    panic, thread,
};

use anyhow::Context;
use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// Libraries that know files and folders only.
const HEARD: [&str; 2] = ["tantivy", "notify"];

const VARIABLE: &str = "JIUJI_LOG";

/// Starts logging: lines for people on a terminal, JSON elsewhere, at the level of `JIUJI_LOG`
/// (off, error, warn, info, debug or trace; info by default).
///
/// Of libraries only those are heard that never see what somebody asks, and they from warnings
/// up: the others quote in their warnings what they were sent, and queries are never logged.
///
/// # Errors
/// When `JIUJI_LOG` is no level.
pub(super) fn start() -> anyhow::Result<()> {
    let targets = targets(std::env::var(VARIABLE).ok().as_deref())?;
    let registry = tracing_subscriber::registry().with(targets);
    let layer = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    if io::stderr().is_terminal() {
        registry.with(layer.with_target(false)).init();
    } else {
        registry.with(layer.json().flatten_event(true)).init();
    }
    log_panics();
    Ok(())
}

/// A panic is a line like any other: JSON elsewhere than on a terminal, and without its message,
/// which may quote what somebody searched for.
fn log_panics() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, thread = thread::current().name(), "panicked");
    }));
}

fn targets(level: Option<&str>) -> anyhow::Result<Targets> {
    let level = match level.filter(|level| !level.is_empty()) {
        None => LevelFilter::INFO,
        Some(text) => text.parse().with_context(|| {
            format!("{VARIABLE}={text} 不是日志级别，应为 off、error、warn、info、debug 或 trace")
        })?,
    };
    let of_libraries = level.min(LevelFilter::WARN);
    let targets = HEARD.map(|library| (library, of_libraries));
    Ok(Targets::new().with_targets(targets).with_target("jiuji", level))
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn libraries_are_never_heard_in_detail() {
        let table = [
            (None, Level::INFO, true),
            (None, Level::DEBUG, false),
            (Some(""), Level::INFO, true),
            (Some("trace"), Level::TRACE, true),
            (Some("error"), Level::WARN, false),
            (Some("off"), Level::ERROR, false),
        ];
        for (text, level, is_heard) in table {
            let targets = targets(text).unwrap();
            assert_eq!(targets.would_enable("jiuji::live", &level), is_heard, "{text:?} {level}");
            assert!(!targets.would_enable("tantivy", &Level::INFO), "{text:?}");
            assert!(!targets.would_enable("rmcp", &Level::ERROR), "{text:?}");
        }
        assert!(targets(Some("jiuji=debug,x")).unwrap_err().to_string().contains("JIUJI_LOG"));
    }
}
