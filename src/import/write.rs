//! Writing articles where no file is yet. Nothing is ever overwritten.

use std::{
    collections::BTreeSet,
    fs::{File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use rustix::{
    fs::{CWD, RenameFlags, renameat_with},
    io::Errno,
};

use super::{
    ImportError, Options, Problem,
    draft::Draft,
    markdown,
    report::{Fate, RowReport},
};
use crate::kb::{self, MAX_ARTICLE_BYTES, Root};

/// The ids of the articles in the knowledge base and in another folder, by the names of their
/// files. A folder that is not there has none.
pub(super) fn existing(root: &Root, out: &Path) -> BTreeSet<String> {
    let mut folders = vec![root.path()];
    let is_inside = std::path::absolute(out).is_ok_and(|out| out.starts_with(root.path()));
    if !is_inside {
        folders.push(out);
    }
    let scans = folders.iter().filter_map(|folder| kb::scan(&Root::new(folder).ok()?).ok());
    let paths = scans.flat_map(|scan| scan.files.into_keys());
    let stem = |path: String| {
        let name = path.rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned()
    };
    paths.map(stem).collect()
}

/// Writes the article of a draft, unless there is one.
pub(super) fn draft(
    options: &Options,
    existing: &BTreeSet<String>,
    source: &str,
    draft: &Draft,
) -> Result<RowReport, ImportError> {
    let file = options.out.join(format!("{}.md", draft.id));
    let mut report = RowReport {
        table: draft.table.clone(),
        row: draft.row,
        id: Some(draft.id.clone()),
        title: draft.title(),
        file: Some(file.to_string_lossy().into_owned()),
        fate: Fate::Existing,
        reason: None,
        n_gaps: 0,
    };
    if existing.contains(&draft.id) || file.symlink_metadata().is_ok() {
        return Ok(report);
    }
    let text = markdown::article(draft, source, options.today);
    report.n_gaps = markdown::n_gaps(&text);
    if text.len() as u64 > MAX_ARTICLE_BYTES {
        report.fate = Fate::Skipped;
        report.reason = Some("文章会超过 1 MiB".to_owned());
        return Ok(report);
    }
    report.fate = Fate::Planned;
    if !options.dry_run {
        let failed =
            |error| ImportError { path: file.clone(), problem: Problem::Unwritable(error) };
        let is_new = create(&file, text.as_bytes()).map_err(failed)?;
        report.fate = if is_new { Fate::Written } else { Fate::Existing };
    }
    Ok(report)
}

/// Makes a file with all of its content at once. `false` if there is one already.
fn create(path: &Path, content: &[u8]) -> io::Result<bool> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs_err::create_dir_all(folder).map_err(|error| io::Error::from(error.kind()))?;
    let temporary = temporary(path);
    // One that is there is of a process that died.
    let _ = std::fs::remove_file(&temporary);
    let mut file = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
    let written = write(&mut file, content).and_then(|()| publish(&temporary, path, content));
    // After a rename there is nothing to remove.
    let _ = std::fs::remove_file(&temporary);
    match written {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        other => other.map(|()| true),
    }
}

/// A name beside the file that no knowledge base takes for an article.
fn temporary(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}

fn write(file: &mut File, content: &[u8]) -> io::Result<()> {
    file.write_all(content)?;
    file.sync_all()
}

/// Gives the file its name, which must be free.
fn publish(temporary: &Path, path: &Path, content: &[u8]) -> io::Result<()> {
    match renameat_with(CWD, temporary, CWD, path, RenameFlags::NOREPLACE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            // File systems of other worlds cannot rename without replacing.
            let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
            write(&mut file, content)
        }
        renamed => Ok(renamed?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_made_once_and_never_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("子/a.md");
        assert!(create(&path, "甲".as_bytes()).unwrap());
        assert!(!create(&path, "乙".as_bytes()).unwrap());
        assert_eq!(fs_err::read_to_string(&path).unwrap(), "甲");
        let n_files = fs_err::read_dir(path.parent().unwrap()).unwrap().count();
        assert_eq!(n_files, 1, "the temporary file is gone");
    }

    #[test]
    fn a_link_that_leads_nowhere_is_not_written_through() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.md");
        std::os::unix::fs::symlink(folder.path().join("b.md"), &path).unwrap();
        assert!(!create(&path, b"x").unwrap());
        assert!(!folder.path().join("b.md").exists());
    }

    #[test]
    fn articles_are_known_by_their_files_in_any_folder() {
        let folder = tempfile::tempdir().unwrap();
        fs_err::create_dir(folder.path().join("网络")).unwrap();
        fs_err::write(folder.path().join("网络/duan-wang-1a2b.md"), "# 断网\n").unwrap();
        let ids = existing(&Root::new(folder.path()).unwrap(), Path::new("没有这个目录"));
        assert_eq!(ids, ["duan-wang-1a2b".to_owned()].into());
    }
}
