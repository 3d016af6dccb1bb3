//! `jiuji token`: a new token for clients, shown once.

use anyhow::Context;

use super::{
    Outcome,
    terminal::{DIM, STRONG, Terminal, Text},
};
use crate::{config, web};

#[derive(Debug, clap::Args)]
#[command(
    about = "生成一个读取令牌，只显示一次",
    override_usage = "jiuji token [OPTIONS]",
    after_help = "令牌本身不保存在任何地方；配置里只写编号和 SHA-256。\n\
        轮换：先加上新的令牌，客户端都换好之后再删掉旧的那一项，每次都要重启 serve。"
)]
pub(super) struct Args {
    #[arg(
        long, value_name = "NAME", value_parser = id, help_heading = "选项",
        help = "令牌编号，出现在日志里；小写字母、数字和 -，默认随机"
    )]
    id: Option<String>,
}

pub(super) fn run(args: &Args, terminal: &mut Terminal) -> anyhow::Result<Outcome> {
    let id = args.id.clone().map_or_else(random_id, Ok)?;
    let (token, kept) = web::ReadToken::issue(&id, &random()?);
    let kept = config::ReadToken { id: kept.id, sha256: kept.sha256 };
    terminal.line("令牌只显示这一次，请现在就存好：")?;
    terminal.line(Text::default().styled(&token, STRONG))?;
    terminal.gap()?;
    terminal.line("写进 jiuji.toml，已有令牌时加到列表里，然后重启 serve：")?;
    terminal.line(format!("read_tokens = [\"{kept}\"]"))?;
    terminal.gap()?;
    let use_it = "客户端这样带上：Authorization: Bearer 令牌；不要放在网址里。";
    terminal.line(Text::default().styled(use_it, DIM))?;
    Ok(Outcome::Fine)
}

/// A name nobody has to think of, so that two tokens do not get the same one.
fn random_id() -> anyhow::Result<String> {
    let [a, b, c, ..] = random()?;
    Ok(format!("read-{a:02x}{b:02x}{c:02x}"))
}

/// Bytes from the operating system's source for keys.
fn random() -> anyhow::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).context("系统没有给出随机数")?;
    Ok(bytes)
}

fn id(text: &str) -> Result<String, String> {
    let wrong = || "编号应为 1 到 32 个小写字母、数字或 -".to_owned();
    config::is_token_id(text).then(|| text.to_owned()).ok_or_else(wrong)
}
