//! `jiuji init`: a new knowledge base.

use std::path::PathBuf;

use super::{
    Outcome,
    terminal::{CAUTION, Terminal, Text},
};
use crate::scaffold;

#[derive(Debug, clap::Args)]
#[command(
    about = "新建一个知识库文件夹，带起步文章、词表和编辑器设置",
    override_usage = "jiuji init <DIR> [OPTIONS]"
)]
pub(super) struct Args {
    #[arg(
        value_name = "DIR",
        help_heading = "参数",
        help = "新建或空的文件夹，里面可以有 .git 等隐藏文件"
    )]
    folder: PathBuf,
    #[arg(long, help_heading = "选项", help = "不带起步文章")]
    empty: bool,
}

pub(super) fn run(args: &Args, terminal: &mut Terminal) -> anyhow::Result<Outcome> {
    let made = scaffold::init(&args.folder, !args.empty)?;
    let shown = args.folder.display();
    terminal.line(format!(
        "已在 {shown} 建好知识库：{} 个文件，其中文章 {} 篇",
        made.n_files, made.n_articles
    ))?;
    if !made.kept.is_empty() {
        let kept = format!("原来就有、没有改动：{}", made.kept.join("、"));
        terminal.hanging("! ", Text::default().styled(&kept, CAUTION))?;
    }
    terminal.line("下一步：")?;
    let steps = [
        format!("cd {}，再运行 jiuji serve，打开它给出的地址", quoted(&shown.to_string())),
        "看 README.md 和 kb/README.md：怎么写文章，怎么复核".to_owned(),
        "git init 之后运行 git config core.hooksPath hooks，提交前就会自动检查".to_owned(),
    ];
    for (number, step) in (1..).zip(steps) {
        terminal.hanging(&format!("{number}. "), step.as_str())?;
    }
    Ok(Outcome::Fine)
}

/// A path as shells of all systems take it.
fn quoted(path: &str) -> String {
    if path.contains(' ') { format!("\"{path}\"") } else { path.to_owned() }
}
