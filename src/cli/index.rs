//! `jiuji index`: builds the index or brings it up to date.

use std::{path::Path, time::Duration};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{
    Outcome, Settings,
    terminal::{CAUTION, Terminal, Text, has_progress},
    with_advice,
};
use crate::live::{self, Done, Update};

#[derive(Debug, clap::Args)]
#[command(about = "建立或更新索引", override_usage = "jiuji index [OPTIONS]")]
pub(super) struct Args {
    #[arg(long, help_heading = "选项", help = "不管有没有变化，全部重建")]
    rebuild: bool,
}

pub(super) fn run(
    args: &Args,
    settings: &Settings,
    terminal: &mut Terminal,
) -> anyhow::Result<Outcome> {
    let progress = progress();
    let on_read = |n_read: usize, n_files: usize| {
        progress.set_length(n_files as u64);
        progress.set_position(n_read as u64);
    };
    let options = settings.live_options(false);
    let outcome = live::update_index(&options, args.rebuild, &on_read);
    progress.finish_and_clear();
    let update = outcome.map_err(with_advice)?;
    terminal.line(headline(&update))?;
    terminal.line(timings(&update))?;
    let size = printed_size(size_bytes(&settings.index));
    let revision: String = update.revision.chars().take(12).collect();
    let place = settings.index.display();
    terminal.line(format!("位置 {place}（{size}），版本 {revision}"))?;
    for remark in remarks(&update) {
        terminal.hanging("! ", Text::default().styled(&remark, CAUTION))?;
    }
    Ok(Outcome::Fine)
}

fn progress() -> ProgressBar {
    let target =
        if has_progress() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let style = ProgressStyle::with_template("正在建立索引 {wide_bar} {pos}/{len}");
    let bar = ProgressBar::with_draw_target(None, target);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn headline(update: &Update) -> String {
    let Update { n_articles, n_added, n_changed, n_removed, .. } = update;
    match update.done {
        Done::Nothing => format!("索引已是最新，共 {n_articles} 篇文章"),
        Done::Applied => format!(
            "索引已更新，共 {n_articles} 篇文章：新增 {n_added}、修改 {n_changed}、删除 {n_removed}"
        ),
        Done::Built => format!("索引已建成，共 {n_articles} 篇文章"),
    }
}

fn timings(update: &Update) -> String {
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    format!(
        "读取 {:.0} 毫秒，写入 {:.0} 毫秒",
        milliseconds(update.reading),
        milliseconds(update.indexing)
    )
}

fn remarks(update: &Update) -> Vec<String> {
    let Update { n_broken, n_held, n_unreadable, n_withheld, .. } = update;
    let remarks = [
        (n_broken, "个文件有错，能找到的是上一个可用的版本或标题和文字；用 jiuji check 查看"),
        (n_withheld, "个文件处理时程序异常中断，这个版本没有收录；改动并保存后会重新读取"),
        (n_unreadable, "个文件或文件夹读不出来；用 jiuji check 查看"),
        (
            n_held,
            "篇文章的文件一下子不见了，索引里先留着；如果确实删了，用 jiuji index --rebuild 重建",
        ),
    ];
    let counted = remarks.into_iter().filter(|(n, _)| **n > 0);
    counted.map(|(n, text)| format!("{n} {text}")).collect()
}

/// Bytes of all files in a folder and its folders; what cannot be read counts nothing.
fn size_bytes(dir: &Path) -> u64 {
    let entries = fs_err::read_dir(dir).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => size_bytes(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}

/// A size for people, in the largest unit of which there is at least one.
pub(super) fn printed_size(n_bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
    let size = n_bytes as f64;
    let units = [("GB", 30), ("MB", 20), ("KB", 10)];
    let unit = units.into_iter().find(|(_, bits)| n_bytes >> bits > 0);
    match unit {
        Some((unit, bits)) => format!("{:.1} {unit}", size / f64::from(1u32 << bits)),
        None => format!("{n_bytes} 字节"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_printed_in_its_unit() {
        let table = [
            (0, "0 字节"),
            (1023, "1023 字节"),
            (1536, "1.5 KB"),
            (5 << 20, "5.0 MB"),
            (3 << 30, "3.0 GB"),
            (4 << 40, "4096.0 GB"),
        ];
        for (n_bytes, expected) in table {
            assert_eq!(printed_size(n_bytes), expected);
        }
    }

    #[test]
    fn only_what_is_odd_is_remarked() {
        let update = |n_broken, n_held| Update {
            done: Done::Nothing,
            n_articles: 3,
            n_broken,
            n_added: 0,
            n_changed: 0,
            n_removed: 0,
            n_held,
            n_unreadable: 0,
            n_withheld: 0,
            revision: String::new(),
            reading: Duration::ZERO,
            indexing: Duration::ZERO,
        };
        assert_eq!(remarks(&update(0, 0)), Vec::<String>::new());
        let remarks = remarks(&update(1, 12));
        assert!(remarks[0].starts_with("1 个文件有错") && remarks[1].contains("--rebuild"));
    }
}
