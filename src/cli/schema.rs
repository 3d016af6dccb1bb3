//! `jiuji schema`: what front matter may contain, for editors.

use super::{Outcome, terminal::Terminal};
use crate::article::front_matter_schema;

#[derive(Debug, clap::Args)]
#[command(
    about = "打印文章前言的 JSON Schema",
    override_usage = "jiuji schema",
    after_help = "例如给编辑器用：
  jiuji schema > schema/front-matter.schema.json"
)]
pub(super) struct Args {}

pub(super) fn run(terminal: &mut Terminal) -> anyhow::Result<Outcome> {
    terminal.raw(&format!("{:#}\n", front_matter_schema()))?;
    Ok(Outcome::Fine)
}
