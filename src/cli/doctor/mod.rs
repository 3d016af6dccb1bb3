//! `jiuji doctor`: whether this installation can work, and what to do where it cannot.

mod access;
mod answering;
mod articles;
mod machine;
mod network;
mod place;
mod probes;

use serde::Serialize;

use super::{
    Outcome, Settings,
    sources::{Origin, Source},
    terminal::{CAUTION, DANGER, DIM, GOOD, Terminal, Text, pad_right, width},
};
use crate::config;

#[derive(Debug, clap::Args)]
#[command(
    about = "检查安装是否正常",
    override_usage = "jiuji doctor [OPTIONS]",
    after_help = "退出码：0 正常，1 有需要注意的，2 有错误。"
)]
pub(super) struct Args {
    #[arg(long, help_heading = "选项", help = "输出 JSON")]
    json: bool,
}

/// How much the outcome of a probe matters; the worst comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Grade {
    Ok,
    Warning,
    Error,
}

/// What one probe found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Diagnosis {
    /// What was examined, in Chinese.
    name: &'static str,
    grade: Grade,
    /// What was found, in Chinese.
    message: String,
    /// What to do, in Chinese.
    advice: Option<String>,
}

impl Diagnosis {
    fn new(name: &'static str, grade: Grade, message: impl Into<String>) -> Self {
        Self { name, grade, message: message.into(), advice: None }
    }

    fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }
}

#[derive(Serialize)]
struct Output<'a> {
    grade: Grade,
    checks: &'a [Diagnosis],
    settings: &'a [Source],
}

/// Says at a start what does not stop the server and should not stay so. Looks at nothing that
/// takes long.
pub(super) fn warn_at_start(settings: &Settings) {
    let diagnoses = probes::quick(settings);
    for Diagnosis { name, message, advice, .. } in
        diagnoses.iter().filter(|diagnosis| diagnosis.grade > Grade::Ok)
    {
        tracing::warn!(check = name, advice, "{message}");
    }
}

pub(super) fn run(
    args: &Args,
    settings: &Settings,
    terminal: &mut Terminal,
) -> anyhow::Result<Outcome> {
    let diagnoses = probes::all(settings);
    let worst = diagnoses.iter().map(|diagnosis| diagnosis.grade).max().unwrap_or(Grade::Ok);
    if args.json {
        let settings = &settings.sources;
        terminal.json(&Output { grade: worst, checks: &diagnoses, settings })?;
    } else {
        show_settings(terminal, &settings.sources)?;
        show(terminal, &diagnoses)?;
    }
    Ok(match worst {
        Grade::Ok => Outcome::Fine,
        Grade::Warning => Outcome::Findings,
        Grade::Error => Outcome::Errors,
    })
}

/// Each setting as it holds, and where it comes from.
fn show_settings(terminal: &mut Terminal, sources: &[Source]) -> anyhow::Result<()> {
    let columns = sources.iter().map(|source| width(source.name)).max().unwrap_or(0);
    terminal.line("设置")?;
    for Source { name, value, origin } in sources {
        let from = match origin {
            Origin::Flag => "命令行".to_owned(),
            Origin::Environment => format!("环境变量 {}", config::variable(name)),
            Origin::File => "配置文件".to_owned(),
            Origin::Default => "默认".to_owned(),
        };
        let value = value.as_deref().unwrap_or("没有设置");
        let text = Text::default().plain(value).styled(&format!("（{from}）"), DIM);
        terminal.hanging(&format!("  {}  ", pad_right(name, columns)), text)?;
    }
    Ok(terminal.gap()?)
}

fn show(terminal: &mut Terminal, diagnoses: &[Diagnosis]) -> anyhow::Result<()> {
    let columns = diagnoses.iter().map(|diagnosis| width(diagnosis.name)).max().unwrap_or(0);
    for Diagnosis { name, grade, message, advice } in diagnoses {
        let (mark, style) = match grade {
            Grade::Ok => ("✓", GOOD),
            Grade::Warning => ("!", CAUTION),
            Grade::Error => ("✗", DANGER),
        };
        let lead = format!("{mark} {}  ", pad_right(name, columns));
        terminal.hanging(&lead, Text::default().styled(message, style))?;
        if let Some(advice) = advice {
            let lead = " ".repeat(width(&lead));
            terminal.hanging(&lead, Text::default().styled(&format!("→ {advice}"), DIM))?;
        }
    }
    let count = |grade| diagnoses.iter().filter(|diagnosis| diagnosis.grade == grade).count();
    let (n_errors, n_warnings) = (count(Grade::Error), count(Grade::Warning));
    terminal.gap()?;
    let summary = match (n_errors, n_warnings) {
        (0, 0) => "一切正常".to_owned(),
        _ => format!("{n_errors} 个错误，{n_warnings} 个需要注意"),
    };
    Ok(terminal.line(summary)?)
}
