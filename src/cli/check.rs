//! `jiuji check`: the linter.

use std::path::{Path, PathBuf};

use anyhow::bail;
use time::{Date, macros::format_description};
use unicode_normalization::UnicodeNormalization;

use super::{Outcome, Settings, terminal::Terminal, today, with_advice};
use crate::{
    check::{self, Report, render},
    kb::Root,
};

#[derive(Debug, clap::Args)]
#[command(about = "检查文章", override_usage = "jiuji check [OPTIONS] [PATH]...")]
pub(super) struct Args {
    #[arg(
        value_name = "PATH",
        help_heading = "参数",
        help = "只看这些文件或文件夹，默认整个知识库"
    )]
    paths: Vec<PathBuf>,
    #[arg(
        long, value_enum, default_value_t = Format::Human, hide_default_value = true,
        hide_possible_values = true, value_name = "FORMAT", help_heading = "选项",
        help = "输出格式：human（默认）、json 或 github"
    )]
    format: Format,
    #[arg(long, help_heading = "选项", help = "有警告也算不通过（复审到期除外）")]
    strict: bool,
    #[arg(
        long, value_name = "DATE", value_parser = date, help_heading = "选项",
        help = "按这一天判断复审是否到期，如 2026-11-20，默认今天"
    )]
    today: Option<Date>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    Human,
    Json,
    Github,
}

pub(super) fn run(
    args: &Args,
    settings: &Settings,
    terminal: &mut Terminal,
) -> anyhow::Result<Outcome> {
    let report = check::check_folder(&settings.root, args.today.unwrap_or_else(today));
    let mut report = report.map_err(|error| with_advice(error.into()))?;
    if !args.paths.is_empty() {
        limit(&mut report, &settings.root, &args.paths)?;
    }
    let text = match args.format {
        Format::Human => render::human::render(&report, terminal.has_color()),
        Format::Json => render::json::render(&report),
        Format::Github => render::github::render(&report),
    };
    terminal.raw(&text)?;
    Ok(if report.fails(args.strict) { Outcome::Findings } else { Outcome::Fine })
}

/// Leaves only what is about these files and folders.
fn limit(report: &mut Report, root: &Root, paths: &[PathBuf]) -> anyhow::Result<()> {
    let mut wanted = Vec::new();
    for path in paths {
        wanted.push(inside(root, path)?);
    }
    let is_wanted = |path: &str| wanted.iter().any(|wanted| Path::new(path).starts_with(wanted));
    report.findings.retain(|finding| is_wanted(&finding.path));
    report.sources.retain(|path, _| is_wanted(path));
    report.n_articles = report.sources.len();
    Ok(())
}

/// The path relative to the knowledge base, for one that is relative to the current directory, or
/// to the knowledge base already. Composed, as the paths of articles are.
fn inside(root: &Root, path: &Path) -> anyhow::Result<PathBuf> {
    let absolute = std::path::absolute(path)?;
    let relative = match absolute.strip_prefix(root.path()) {
        Ok(relative) => relative,
        Err(_) if root.path().join(path).exists() && path.is_relative() => path,
        Err(_) => bail!("{} 不在知识库 {} 里", path.display(), root.given().display()),
    };
    if !root.path().join(relative).exists() {
        bail!("没有 {} 这个文件或文件夹", path.display());
    }
    // Drops what means nothing, such as the `.` of `./network`.
    let plain: PathBuf = relative.components().filter(is_named).collect();
    Ok(plain.to_string_lossy().nfc().collect::<String>().into())
}

fn is_named(component: &std::path::Component<'_>) -> bool {
    !matches!(component, std::path::Component::CurDir)
}

/// A day as typed.
pub(super) fn date(text: &str) -> Result<Date, String> {
    Date::parse(text, format_description!("[year]-[month]-[day]"))
        .map_err(|_| "应写成 2026-11-20 这样的日期".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_has_one_form() {
        assert_eq!(date("2026-11-20"), Ok(time::macros::date!(2026 - 11 - 20)));
        for text in ["", "2026-13-01", "2026/11/20", "20 Nov 2026", "2026-11-20x"] {
            assert!(date(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_path_is_found_from_the_current_directory_and_from_the_knowledge_base() {
        let folder = tempfile::tempdir().unwrap();
        fs_err::create_dir_all(folder.path().join("网络")).unwrap();
        fs_err::write(folder.path().join("网络/a.md"), "# 断网\n").unwrap();
        let root = Root::new(folder.path()).unwrap();
        let absolute = folder.path().join("网络/a.md");
        let table = [
            (absolute.to_str().unwrap(), Some("网络/a.md")),
            ("网络/a.md", Some("网络/a.md")),
            ("./网络", Some("网络")),
            (folder.path().to_str().unwrap(), Some("")),
            ("网络/b.md", None),
            ("/tmp", None),
        ];
        for (path, expected) in table {
            assert_eq!(inside(&root, Path::new(path)).ok(), expected.map(PathBuf::from), "{path}");
        }
    }
}
