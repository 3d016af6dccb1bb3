//! `jiuji mcp`: the knowledge base as tools for an agent that starts this program.

use super::{Outcome, Settings, logging, today, with_advice};
use crate::{
    live,
    web::{StdioSettings, mcp_stdio},
};

#[derive(Debug, clap::Args)]
#[command(
    about = "在标准输入输出上提供 MCP 工具，供 AI 助手查找应急策略",
    override_usage = "jiuji mcp [OPTIONS]",
    after_help = "由 MCP 客户端启动，标准输入关闭时结束；日志写到标准错误（JIUJI_LOG 设置级别）。\n\
        三个只读工具：search、get_article、list_fault_types。\n\
        用网络连接的客户端可以改用 “jiuji serve” 的地址 /mcp。"
)]
pub(super) struct Args {}

pub(super) fn run(settings: &Settings) -> anyhow::Result<Outcome> {
    logging::start()?;
    let options = settings.live_options(false);
    let first = live::open_snapshot(&options).map_err(with_advice)?;
    let public_url = settings.pages.public_url.clone();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(mcp_stdio(StdioSettings { first, options, today, public_url }));
    // A read of standard input that is under way cannot be called off.
    runtime.shutdown_background();
    ended?;
    Ok(Outcome::Fine)
}
