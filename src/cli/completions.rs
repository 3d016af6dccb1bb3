//! `jiuji completions`: a completion script for a shell.

use clap_complete::Shell;

use super::{Outcome, command, terminal::Terminal};

#[derive(Debug, clap::Args)]
#[command(
    about = "生成命令行补全脚本",
    override_usage = "jiuji completions <SHELL>",
    after_help = "例如 bash：
  jiuji completions bash > ~/.bash_completion.d/jiuji"
)]
pub(super) struct Args {
    #[arg(
        value_name = "SHELL",
        hide_possible_values = true,
        help_heading = "参数",
        help = "bash、zsh、fish、powershell 或 elvish"
    )]
    shell: Shell,
}

pub(super) fn run(args: &Args, terminal: &mut Terminal) -> anyhow::Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command(), "jiuji", &mut script);
    terminal.raw(&String::from_utf8(script)?)?;
    Ok(Outcome::Fine)
}
