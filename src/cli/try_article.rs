//! `jiuji try-article`: what the program runs of itself to try an article that may end the process.

use std::path::Path;

use super::{Outcome, settings::GlobalOptions};
use crate::{kb::Root, live};

#[derive(Debug, clap::Args)]
#[command(
    about = "单独试读一篇文章（程序自己使用）",
    override_usage = "jiuji try-article --kb DIR FILE",
    hide = true
)]
pub(super) struct Args {
    #[arg(value_name = "FILE", help = "文章在知识库里的路径")]
    path: String,
}

/// Looks at no settings file: whoever asks has read it and hands over what matters.
pub(super) fn run(args: &Args, global: &GlobalOptions) -> anyhow::Result<Outcome> {
    let options = live::Options {
        root: Root::new(global.kb.as_deref().unwrap_or(Path::new("kb")))?,
        index: Path::new("").to_owned(),
        vocabulary: global.vocabulary.clone(),
        watch: false,
        program: None,
    };
    live::try_article(&options, &args.path)?;
    Ok(Outcome::Fine)
}
