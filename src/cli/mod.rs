//! The command line: what was typed, what it means, and one file per subcommand.
//!
//! Entry points: [`parse`] and [`run`]. Only this module knows clap, and only it writes to the
//! terminal. Commands give an [`Outcome`] or an error; what becomes of either is `main`'s.

mod check;
mod completions;
mod doctor;
mod eval;
mod explain;
mod export;
mod filters;
mod import;
mod index;
mod init;
mod logging;
mod manager;
mod mcp;
mod new;
mod schema;
mod search;
mod serve;
mod settings;
mod sources;
mod terminal;
mod today;
mod token;
mod try_article;

use std::{io, process::ExitCode};

use clap::{ArgAction, CommandFactory, FromArgMatches, Parser, Subcommand};

pub use settings::{DEFAULT_LISTEN, Settings};

use crate::live::LiveError;
use settings::GlobalOptions;
use terminal::Terminal;
use today::today;

/// The parts of every help text, under Chinese headings.
const HELP_TEMPLATE: &str = "{about}\n\n用法: {usage}\n\n{all-args}{after-help}";

/// What was typed.
#[derive(Debug, Parser)]
#[command(
    name = "jiuji",
    version,
    about = "救急：运维应急策略知识库，按来电人的说法找到第一步该做什么",
    override_usage = "jiuji <COMMAND> [OPTIONS]",
    after_help = "“jiuji <COMMAND> --help” 查看某个命令的全部选项。\n\
        退出码：0 正常，1 有问题或没找到，2 无法运行。",
    subcommand_help_heading = "命令",
    disable_help_flag = true,
    disable_version_flag = true,
    disable_help_subcommand = true
)]
pub struct Cli {
    #[command(flatten)]
    global: GlobalOptions,
    #[arg(
        short = 'h', long, global = true, action = ArgAction::Help,
        help = "显示帮助", help_heading = "通用选项"
    )]
    help: Option<bool>,
    #[arg(
        short = 'V', long, action = ArgAction::Version,
        help = "显示版本", help_heading = "通用选项"
    )]
    version: Option<bool>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Args),
    Search(search::Args),
    Explain(explain::Args),
    Index(index::Args),
    Check(check::Args),
    Import(import::Args),
    Eval(eval::Args),
    Export(export::Args),
    Doctor(doctor::Args),
    Mcp(mcp::Args),
    New(new::Args),
    Init(init::Args),
    Schema(schema::Args),
    Token(token::Args),
    Completions(completions::Args),
    TryArticle(try_article::Args),
}

/// How a command ended that could run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All is well: exit code 0.
    Fine,
    /// There are findings, or nothing was found: exit code 1.
    Findings,
    /// What was examined cannot work: exit code 2, like a command that could not run.
    Errors,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Fine => 0,
            Outcome::Findings => 1,
            Outcome::Errors => 2,
        })
    }
}

/// Reads the command line and the environment. Help, version and mistakes end the program.
#[must_use]
pub fn parse() -> Cli {
    let matches = command().get_matches();
    Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}

/// Runs what was typed, writing to standard output.
///
/// # Errors
/// When the command could not run, or its output not be written.
pub fn run(cli: Cli) -> anyhow::Result<Outcome> {
    // What needs no settings must not fail because of them.
    match &cli.command {
        Command::Completions(args) => return completions::run(args, &mut Terminal::stdout()),
        Command::Init(args) => return init::run(args, &mut Terminal::stdout()),
        Command::Schema(_) => return schema::run(&mut Terminal::stdout()),
        Command::TryArticle(args) => return try_article::run(args, &cli.global),
        Command::Token(args) => return token::run(args, &mut Terminal::stdout()),
        _ => {}
    }
    let settings = Settings::resolve(cli.global)?;
    let mut terminal = Terminal::stdout();
    let outcome = match cli.command {
        Command::Serve(args) => serve::run(&args, &settings, &mut terminal),
        Command::Search(args) => search::run(args, &settings, &mut terminal),
        Command::Explain(args) => explain::run(&args, &settings, &mut terminal),
        Command::Index(args) => index::run(&args, &settings, &mut terminal),
        Command::Check(args) => check::run(&args, &settings, &mut terminal),
        Command::Import(args) => import::run(args, &settings, &mut terminal),
        Command::Eval(args) => eval::run(&args, &settings, &mut terminal),
        Command::Export(args) => export::run(args, &settings, &mut terminal),
        Command::Doctor(args) => doctor::run(&args, &settings, &mut terminal),
        Command::Mcp(_) => mcp::run(&settings),
        Command::New(args) => new::run(args, &settings, &mut terminal),
        Command::Init(args) => init::run(&args, &mut terminal),
        Command::Schema(_) => schema::run(&mut terminal),
        Command::Token(args) => token::run(&args, &mut terminal),
        Command::Completions(args) => completions::run(&args, &mut terminal),
        Command::TryArticle(_) => Ok(Outcome::Fine),
    }?;
    terminal.flush()?;
    Ok(outcome)
}

/// The command line as clap knows it, help texts in Chinese throughout.
fn command() -> clap::Command {
    Cli::command()
        .help_template(HELP_TEMPLATE)
        .mut_subcommands(|subcommand| subcommand.help_template(HELP_TEMPLATE))
}

/// The whole error on one line, without what a cause repeats and without control characters.
#[must_use]
pub fn message(error: &anyhow::Error) -> String {
    let mut message = String::new();
    for cause in error.chain() {
        let cause = cause.to_string();
        if message.is_empty() {
            message = cause;
        } else if !message.contains(&cause) {
            message = format!("{message}：{cause}");
        }
    }
    terminal::printable(&message)
}

/// Whether the reader of the output went away.
#[must_use]
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let is_pipe = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| cause.downcast_ref().is_some_and(is_pipe))
}

/// Adds what a person can do about it.
fn with_advice(error: LiveError) -> anyhow::Error {
    use crate::{index::IndexError, kb::ScanError};
    let advice = match &error {
        LiveError::Index(IndexError::Locked(_)) => "先停掉那个进程，或用 --index 换一个索引目录",
        LiveError::Scan(ScanError::Root { .. }) => "用 --kb 指定知识库文件夹",
        _ => return error.into(),
    };
    anyhow::anyhow!("{error}；{advice}")
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }

    #[test]
    fn every_help_text_is_chinese() {
        let mut whole = command();
        whole.build();
        for subcommand in whole.get_subcommands() {
            let texts =
                subcommand.get_arguments().map(|arg| (arg.get_id().as_str(), arg.get_help()));
            for (name, text) in texts.chain([("about", subcommand.get_about())]) {
                let text = text.map(ToString::to_string).unwrap_or_default();
                let is_chinese = text.contains(|c| ('一'..='鿿').contains(&c));
                assert!(is_chinese, "{} {name}: {text:?}", subcommand.get_name());
            }
        }
    }

    #[test]
    fn a_message_says_each_thing_once() {
        let broken = || io::Error::new(io::ErrorKind::BrokenPipe, "管道断开");
        let error =
            anyhow::Error::from(broken()).context("写不出去：管道断开").context("\u{1b}停止");
        assert_eq!(message(&error), "\u{fffd}停止：写不出去：管道断开");
        assert!(is_broken_pipe(&error));
        let other = Err::<(), _>(io::Error::other("x")).context("y").unwrap_err();
        assert!(!is_broken_pipe(&other));
    }
}
