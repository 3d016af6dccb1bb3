//! Which files of the knowledge base were typed.

use std::path::{Component, Path, PathBuf};

use anyhow::{anyhow, bail};
use unicode_normalization::UnicodeNormalization;

use crate::kb::{self, Root};

/// The files and folders that were named; all when none was.
pub(super) struct Wanted(Vec<PathBuf>);

impl Wanted {
    /// What these paths name.
    ///
    /// # Errors
    /// When one of them is not there, or not in the knowledge base.
    pub(super) fn new(root: &Root, paths: &[PathBuf]) -> anyhow::Result<Self> {
        let inside: anyhow::Result<_> = paths.iter().map(|path| inside(root, path)).collect();
        Ok(Self(inside?))
    }

    /// Whether the file at `path`, relative to the knowledge base, is among them.
    pub(super) fn has(&self, path: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|wanted| Path::new(path).starts_with(wanted))
    }
}

/// The path of an article that need not exist, relative to the knowledge base, for one that is
/// relative to the current directory, or to the knowledge base already.
pub(super) fn of_article(root: &Root, path: &Path) -> anyhow::Result<String> {
    let absolute = std::path::absolute(path)?;
    let relative = match absolute.strip_prefix(root.path()) {
        Ok(relative) => relative,
        Err(_) if path.is_relative() => path,
        Err(_) => bail!("{} 不在知识库 {} 里", path.display(), root.given().display()),
    };
    kb::article_path(relative).ok_or_else(|| {
        anyhow!("{} 不能是文章：要在知识库里，以 .md 结尾，不以 . 或 _ 开头", path.display())
    })
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

fn is_named(component: &Component<'_>) -> bool {
    !matches!(component, Component::CurDir)
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn an_article_that_is_not_there_yet_has_a_path_in_the_knowledge_base() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::new(folder.path()).unwrap();
        let absolute = folder.path().join("网络/a.md");
        let table = [
            (absolute.to_str().unwrap(), Some("网络/a.md")),
            ("./a.md", Some("a.md")),
            ("a.txt", None),
            ("../a.md", None),
            ("/tmp-elsewhere/a.md", None),
        ];
        for (path, expected) in table {
            assert_eq!(of_article(&root, Path::new(path)).ok().as_deref(), expected, "{path}");
        }
    }
}
