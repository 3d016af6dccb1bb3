//! `jiuji check --list-rules`.

use anyhow::bail;
use serde::Serialize;

use super::Format;
use crate::{
    article::Level,
    check::{RULES, Rule},
    cli::terminal::{CAUTION, DANGER, DIM, STRONG, Terminal, Text},
};

#[derive(Serialize)]
struct Output {
    rules: &'static [Rule],
}

/// Writes all rules: what is checked, and what to write instead.
pub(super) fn list(format: Format, terminal: &mut Terminal) -> anyhow::Result<()> {
    match format {
        Format::Human => RULES.iter().try_for_each(|rule| one(rule, terminal)),
        Format::Json => terminal.json(&Output { rules: RULES }),
        Format::Github => bail!("--list-rules 的输出格式只有 human 和 json"),
    }
}

fn one(rule: &Rule, terminal: &mut Terminal) -> anyhow::Result<()> {
    let (label, style) = match rule.level {
        Level::Error => ("错误", DANGER),
        Level::Warning => ("警告", CAUTION),
        Level::Info => ("提示", DIM),
    };
    terminal.line(Text::default().styled(label, style).plain("  ").styled(rule.name, STRONG))?;
    terminal.hanging("      ", rule.summary)?;
    terminal.hanging("      → ", rule.advice)?;
    Ok(())
}
