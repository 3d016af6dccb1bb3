//! A new article in the knowledge base, never over another.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use fs_err::OpenOptions;

use super::{Draft, skeleton};
use crate::{
    article::{MAX_TITLE_CHARS, is_id},
    kb::{self, Loaded, Root, ScanError},
};

/// A new article that was not written.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The id cannot be declared.
    #[error("“{0}”不能作 id：只用小写英文、数字和连字符，不超过 128 个，例如 printer-offline")]
    Id(String),
    /// The id belongs to a file that is never an article.
    #[error("“{0}”不能作 id：{0}.md 不算文章，换一个")]
    Reserved(String),
    /// The title is empty, has several lines or is too long.
    #[error("标题“{0}”不能用：写一行，1 到 {MAX_TITLE_CHARS} 字")]
    Title(String),
    /// Another article has the id.
    #[error("id “{id}”已经被 {path} 用了，换一个，或直接改那一篇")]
    Taken {
        /// The id.
        id: String,
        /// Path of the other article, relative to the knowledge base.
        path: String,
    },
    /// The knowledge base cannot be read.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// The file cannot be written, such as one that is there already.
    #[error("{} 写不了：{source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The skeleton cannot be made.
    #[error("骨架生成失败：{0}")]
    Skeleton(#[from] askama::Error),
}

/// Writes the skeleton of a new article as `<id>.md` into `folder`, which is made where it is
/// missing, else into the knowledge base; gives the path of the file.
///
/// # Errors
/// When id or title cannot be used, an article of the knowledge base has the id, or the file is
/// there already or cannot be written.
pub fn create_article(
    root: &Root,
    folder: Option<&Path>,
    draft: &Draft,
) -> Result<PathBuf, CreateError> {
    validate(draft)?;
    // Elsewhere there need be no knowledge base yet.
    if folder.is_none() || root.path().is_dir() {
        refuse_taken(root, &draft.id)?;
    }
    let folder = folder.unwrap_or_else(|| root.given());
    let path = folder.join(format!("{}.md", draft.id));
    let text = skeleton(draft)?;
    match write_new(&path, text.as_bytes()) {
        Ok(()) => Ok(path),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let source = io::Error::new(error.kind(), "文件已经存在，不会覆盖");
            Err(CreateError::Write { path, source })
        }
        Err(source) => Err(CreateError::Write { path, source }),
    }
}

fn validate(draft: &Draft) -> Result<(), CreateError> {
    let id = &draft.id;
    if !is_id(id) || id.starts_with('-') || id.ends_with('-') {
        return Err(CreateError::Id(id.clone()));
    }
    if id == "readme" {
        return Err(CreateError::Reserved(id.clone()));
    }
    let is_title = |title: &str| {
        let n_chars = title.chars().count();
        !title.trim().is_empty()
            && n_chars <= MAX_TITLE_CHARS
            && !title.chars().any(char::is_control)
    };
    match &draft.title {
        Some(title) if !is_title(title) => Err(CreateError::Title(title.clone())),
        _ => Ok(()),
    }
}

/// Looks for the id in all articles: it is declared inside them.
fn refuse_taken(root: &Root, id: &str) -> Result<(), CreateError> {
    for (path, seen) in &kb::scan(root)?.files {
        let has_path_id = kb::path_id(path) == id;
        if has_path_id || declares(path, &seen.os_path, id) {
            return Err(CreateError::Taken { id: id.to_owned(), path: path.clone() });
        }
    }
    Ok(())
}

/// A file that cannot be read declares nothing.
fn declares(path: &str, os_path: &Path, id: &str) -> bool {
    let Ok(source) = kb::read(path, os_path) else { return false };
    match kb::load(path, &source) {
        Loaded::Good { article, .. } | Loaded::Broken { salvaged: article, .. } => article.id == id,
    }
}

/// Writes a file that must not be there yet, with the folders above it.
pub(super) fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(content)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::article::FaultType;

    fn draft(id: &str) -> Draft {
        Draft {
            id: id.to_owned(),
            fault_type: FaultType::Login,
            title: None,
            severity: None,
            today: date!(2026 - 11 - 23),
        }
    }

    #[test]
    fn an_article_is_written_once() {
        let dir = tempfile::tempdir().unwrap();
        let root = Root::new(dir.path()).unwrap();
        let path = create_article(&root, None, &draft("vpn-slow")).unwrap();
        assert_eq!(path, dir.path().join("vpn-slow.md"));
        let before = fs_err::read(&path).unwrap();
        assert!(create_article(&root, None, &draft("vpn-slow")).is_err());
        let elsewhere = dir.path().join("_drafts/new");
        create_article(&root, Some(&elsewhere), &draft("other")).unwrap();
        let again = create_article(&root, Some(&elsewhere), &draft("other")).unwrap_err();
        assert!(again.to_string().contains("不会覆盖"), "{again}");
        assert_eq!(fs_err::read(&path).unwrap(), before);
    }

    #[test]
    fn an_id_that_any_article_has_is_taken() {
        let dir = tempfile::tempdir().unwrap();
        fs_err::create_dir(dir.path().join("net")).unwrap();
        fs_err::write(dir.path().join("net/a.md"), "---\nid: dns-slow\n---\n").unwrap();
        fs_err::write(dir.path().join("b.md"), "---\nid: [\n---\n# B\n").unwrap();
        let root = Root::new(dir.path()).unwrap();
        for (id, path) in [("dns-slow", "net/a.md"), ("b", "b.md")] {
            let error = create_article(&root, None, &draft(id)).unwrap_err().to_string();
            assert!(error.contains(path), "{error}");
        }
        assert!(!dir.path().join("dns-slow.md").exists());
    }

    #[test]
    fn what_cannot_be_used_is_refused_before_anything_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let root = Root::new(dir.path()).unwrap();
        let long = "x".repeat(129);
        for id in ["", "-a", "a-", "A", "a b", "断网", "../a", "a/b", "a.b", "readme", &long] {
            assert!(create_article(&root, None, &draft(id)).is_err(), "{id}");
        }
        for title in ["", " ", "a\nb", &"长".repeat(33)] {
            let draft = Draft { title: Some(title.to_owned()), ..draft("a") };
            assert!(create_article(&root, None, &draft).is_err(), "{title:?}");
        }
        assert_eq!(fs_err::read_dir(dir.path()).unwrap().count(), 0);
        let nowhere = Root::new(dir.path().join("none")).unwrap();
        assert!(create_article(&nowhere, None, &draft("a")).is_err());
    }
}
