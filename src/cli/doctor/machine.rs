//! What the machine allows: its clock, its limits, and who else may write.

use std::{
    os::unix::fs::PermissionsExt,
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::{Diagnosis, Grade, place};
use crate::{cli::Settings, kb::Scan};

/// Connections, the index and the rest need at most so many files at the same time.
const MIN_FILES: u64 = 1024;
/// When this program was first built: 2026-01-01 UTC, in seconds since 1970. No clock is before.
const FIRST_BUILT_S: u64 = 1_767_225_600;
/// 2100-01-01 UTC. A clock beyond is broken for certain, one before it may be.
const FAR_FUTURE_S: u64 = 4_102_444_800;
/// How far ahead of the clock a file may be: time zones on removable media, clocks of colleagues.
const AHEAD: Duration = Duration::from_secs(24 * 3600);

/// What can be examined at once, also at every start.
pub(super) fn quick(settings: &Settings) -> Vec<Diagnosis> {
    let probes = [local(&settings.index), open_files(), permissions(settings)];
    probes.into_iter().flatten().collect()
}

/// Whether the index lies on a disk of this machine: locks and mapped files of others lie.
fn local(index: &Path) -> Option<Diagnosis> {
    let kind = place::remote_file_system(index)?;
    let message = format!("{} 在 {kind} 上，锁和映射的文件在那里都不可靠", index.display());
    let advice = "用 --index 或 jiuji.toml 的 index 换到本机磁盘";
    Some(Diagnosis::new("索引所在磁盘", Grade::Error, message).advice(advice))
}

/// The limit of this process, which is that of the server only if both are started alike.
fn open_files() -> Option<Diagnosis> {
    let limits = fs_err::read_to_string("/proc/self/limits").ok()?;
    let n_files = max_open_files(&limits)?;
    let message = format!("同时最多打开 {n_files} 个文件");
    Some(if n_files < MIN_FILES {
        Diagnosis::new("打开文件数", Grade::Warning, message)
            .advice(format!("至少要 {MIN_FILES}：ulimit -n，或 systemd 的 LimitNOFILE"))
    } else {
        Diagnosis::new("打开文件数", Grade::Ok, message)
    })
}

/// The soft limit; no limit is the largest one.
fn max_open_files(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(u64::MAX),
        number => number.parse().ok(),
    }
}

/// Whoever may write the settings or the articles decides what technicians are told to do.
fn permissions(settings: &Settings) -> Option<Diagnosis> {
    let name = "文件权限";
    let folder = settings.root.path();
    let places = settings.config.iter().map(std::path::PathBuf::as_path).chain([folder]);
    let open: Vec<_> = places
        .filter(|path| may_anyone_write(path))
        .map(|path| path.display().to_string())
        .collect();
    Some(if open.is_empty() {
        Diagnosis::new(name, Grade::Ok, "配置和文章不是谁都能改")
    } else {
        let message = format!("任何用户都能改 {}", open.join("、"));
        Diagnosis::new(name, Grade::Warning, message).advice("chmod o-w")
    })
}

fn may_anyone_write(path: &Path) -> bool {
    const OTHERS_WRITE: u32 = 0o002;
    fs_err::metadata(path).is_ok_and(|data| data.permissions().mode() & OTHERS_WRITE != 0)
}

/// Whether the clock can be right. Reviews are judged by it.
pub(super) fn clock(scan: Option<&Scan>) -> Diagnosis {
    let newest = scan.and_then(|scan| scan.files.values().map(|seen| seen.modified).max());
    match wrong_clock(SystemTime::now(), newest) {
        None => Diagnosis::new("系统时间", Grade::Ok, "看起来正确"),
        Some(message) => Diagnosis::new("系统时间", Grade::Warning, message)
            .advice("对时；搜索不受影响，复核到期会算错"),
    }
}

fn wrong_clock(now: SystemTime, newest_file: Option<SystemTime>) -> Option<String> {
    let seconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    if seconds < FIRST_BUILT_S {
        return Some("比程序的诞生还早".to_owned());
    }
    if seconds >= FAR_FUTURE_S {
        return Some("在 2100 年之后".to_owned());
    }
    let ahead = newest_file?.duration_since(now).unwrap_or_default();
    let days = ahead.as_secs() / AHEAD.as_secs();
    (ahead > AHEAD).then(|| format!("最新的文章文件比现在还晚 {days} 天"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_wrong_before_the_program_far_ahead_and_behind_the_files() {
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        let now = FIRST_BUILT_S + 1000;
        let table = [
            (0, None, Some("诞生")),
            (FIRST_BUILT_S - 1, None, Some("诞生")),
            (now, None, None),
            (now, Some(now + 3600), None),
            (now, Some(now + 3 * 86400), Some("晚 3 天")),
            (now, Some(0), None),
            (FAR_FUTURE_S, None, Some("2100")),
        ];
        for (now, file, expected) in table {
            let said = wrong_clock(at(now), file.map(at));
            match expected {
                None => assert_eq!(said, None, "{now} {file:?}"),
                Some(text) => assert!(said.unwrap().contains(text), "{now} {file:?}"),
            }
        }
    }

    #[test]
    fn the_soft_limit_of_open_files_counts() {
        let line =
            |soft| format!("Limit   Soft Hard\nMax open files            {soft}  4096 files\n");
        assert_eq!(max_open_files(&line("256")), Some(256));
        assert_eq!(max_open_files(&line("unlimited")), Some(u64::MAX));
        assert_eq!(max_open_files("nothing"), None);
    }

    #[test]
    fn a_file_that_anyone_may_write_is_noticed() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for (mode, expected) in [(0o600, false), (0o644, false), (0o664, false), (0o646, true)] {
            fs_err::set_permissions(file.path(), PermissionsExt::from_mode(mode)).unwrap();
            assert_eq!(may_anyone_write(file.path()), expected, "{mode:o}");
        }
    }
}
