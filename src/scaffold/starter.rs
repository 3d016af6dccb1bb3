//! A new knowledge base from the program alone.

use std::{
    borrow::Cow,
    io,
    path::{Path, PathBuf},
};

use rust_embed::RustEmbed;

use super::{create::write_new, snippets::snippets};
use crate::{analysis, article::front_matter_schema};

/// Where the git hook lies, which must be executable.
const HOOK: &str = "hooks/pre-commit";

/// Files that are the same in every new knowledge base. Their names here have no leading dot, so
/// that they mean nothing in the folder they are kept in.
const FILES: &[(&str, &str)] = &[
    ("README.md", include_str!("files/README.md")),
    ("jiuji.toml", include_str!("files/jiuji.toml")),
    (".gitignore", include_str!("files/gitignore")),
    (".gitattributes", include_str!("files/gitattributes")),
    (".editorconfig", include_str!("files/editorconfig")),
    (".vscode/settings.json", include_str!("files/vscode/settings.json")),
    (".vscode/extensions.json", include_str!("files/vscode/extensions.json")),
    (".vscode/tasks.json", include_str!("files/vscode/tasks.json")),
    (HOOK, include_str!("files/pre-commit")),
    ("hooks/ci/github-actions.yml", include_str!("files/ci/github-actions.yml")),
    ("hooks/ci/gitlab-ci.yml", include_str!("files/ci/gitlab-ci.yml")),
    ("kb/README.md", include_str!("../../kb/README.md")),
    ("index/README.md", include_str!("../../index/README.md")),
];

/// The starter knowledge base: articles and images.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/kb"]
struct Articles;

/// A knowledge base that was set up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Made {
    /// Articles written.
    pub n_articles: usize,
    /// Files written, articles included.
    pub n_files: usize,
    /// Hidden files that were there before and are as they were, relative to the folder.
    pub kept: Vec<String>,
}

/// A knowledge base that was not set up.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// Something is in the folder already.
    #[error("{} 不是空文件夹，里面有：{}；换一个文件夹，或先把它们移走", folder.display(), shown(names))]
    NotEmpty {
        /// The folder.
        folder: PathBuf,
        /// What is in it besides hidden names, sorted.
        names: Vec<String>,
    },
    /// The folder cannot be read or made.
    #[error("文件夹 {} 用不了：{source}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("{} 写不了：{source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Sets up a knowledge base in `folder`, which is made where it is missing and may hold hidden
/// files only; `with_articles` also writes the starter articles. Nothing is ever overwritten.
///
/// # Errors
/// When something else is in the folder, or a file cannot be written.
pub fn init(folder: &Path, with_articles: bool) -> Result<Made, InitError> {
    let failed = |source| InitError::Folder { folder: folder.to_owned(), source };
    fs_err::create_dir_all(folder).map_err(failed)?;
    let names = visible(folder).map_err(failed)?;
    if !names.is_empty() {
        return Err(InitError::NotEmpty { folder: folder.to_owned(), names });
    }
    let mut made = Made::default();
    for (name, content) in files(with_articles) {
        let path = folder.join(&name);
        match write_new(&path, &content).and_then(|()| make_executable(&path, &name)) {
            Ok(()) => {
                made.n_files += 1;
                made.n_articles += usize::from(is_article(&name));
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => made.kept.push(name),
            Err(source) => return Err(InitError::Write { path, source }),
        }
    }
    Ok(made)
}

/// All files by their path relative to the folder.
fn files(with_articles: bool) -> Vec<(String, Cow<'static, [u8]>)> {
    let fixed = FILES.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().into()));
    let vocabulary = analysis::BUILT_IN
        .iter()
        .map(|(name, text)| (format!("index/{name}"), text.as_bytes().into()));
    let schema = format!("{:#}\n", front_matter_schema());
    let made = [
        ("schema/front-matter.schema.json".to_owned(), schema.into_bytes().into()),
        (".vscode/jiuji.code-snippets".to_owned(), snippets().into_bytes().into()),
    ];
    let mut files: Vec<_> = fixed.chain(vocabulary).chain(made).collect();
    if with_articles {
        let is_new = |name: &Cow<'_, str>| !name.eq_ignore_ascii_case("README.md");
        files.extend(Articles::iter().filter(is_new).filter_map(|name| {
            let file = Articles::get(&name)?;
            Some((format!("kb/{name}"), file.data))
        }));
    }
    files
}

fn is_article(name: &str) -> bool {
    name.starts_with("kb/") && name.ends_with(".md") && name != "kb/README.md"
}

/// What is in the folder besides hidden names, sorted.
fn visible(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs_err::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// The first few names.
fn shown(names: &[String]) -> String {
    /// Most names in a message.
    const MAX_NAMES: usize = 5;
    let first = names.iter().take(MAX_NAMES).cloned().collect::<Vec<_>>().join("、");
    if names.len() > MAX_NAMES { format!("{first} 等 {} 个", names.len()) } else { first }
}

#[cfg(unix)]
fn make_executable(path: &Path, name: &str) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    if name != HOOK {
        return Ok(());
    }
    fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o755))
}

/// Elsewhere git decides by the first line.
#[cfg(not(unix))]
fn make_executable(_path: &Path, _name: &str) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_file_has_one_place_of_its_own() {
        let files = files(true);
        let names: BTreeSet<_> = files.iter().map(|(name, _)| name.to_lowercase()).collect();
        assert_eq!(names.len(), files.len());
        assert!(names.contains("kb/login-failure.md") && names.contains("index/synonyms.txt"));
        assert!(files.iter().all(|(_, content)| !content.is_empty()));
    }

    #[test]
    fn hidden_files_stay_and_anything_else_is_in_the_way() {
        let dir = tempfile::tempdir().unwrap();
        fs_err::create_dir(dir.path().join(".git")).unwrap();
        fs_err::write(dir.path().join(".gitignore"), "own\n").unwrap();
        let made = init(dir.path(), false).unwrap();
        assert_eq!((made.n_articles, made.kept), (0, vec![".gitignore".to_owned()]));
        assert_eq!(fs_err::read(dir.path().join(".gitignore")).unwrap(), b"own\n");
        assert!(!dir.path().join("kb/login-failure.md").exists());
        let again = init(dir.path(), false).unwrap_err().to_string();
        assert!(again.contains("README.md、hooks、index、jiuji.toml、kb 等 6 个"), "{again}");
    }

    #[test]
    fn a_file_is_no_folder() {
        let dir = tempfile::tempdir().unwrap();
        fs_err::write(dir.path().join("a"), "").unwrap();
        assert!(init(&dir.path().join("a"), true).is_err());
    }
}
