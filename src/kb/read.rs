//! From the bytes of a file to its text.

use std::{
    fs::{File, Metadata, OpenOptions},
    io::{self, Read},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use rustix::fs::OFlags;

use super::encoding::{Decoded, Encoding, decode};
use crate::article::{Finding, Level};

/// Largest article file in bytes: 1 MiB.
pub const MAX_ARTICLE_BYTES: u64 = 1 << 20;

/// Stands for the hash of a file that cannot be read: no file has it.
pub const UNREADABLE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Stands where a character was destroyed before the file came here.
pub const LOST: &str = "□";

/// A pipe must not make us wait, no child process inherits the file, and it is for reading, which is
/// the absence of a flag.
const FLAGS: OFlags = OFlags::NOFOLLOW.union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);

/// The text of an article file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The text, without byte order mark; line ends as in the file.
    pub text: String,
    /// BLAKE3 of the bytes of the file, lower-case hex.
    pub hash: String,
    /// How the file is encoded.
    pub encoding: Encoding,
    /// What an author should know about the encoding.
    pub findings: Vec<Finding>,
}

/// An article file whose text cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file is larger than [`MAX_ARTICLE_BYTES`].
    #[error("文件超过 1 MiB，没有读取")]
    TooLarge,
    /// The file is in none of the known encodings, or what it says in them makes no sense.
    #[error("文件编码无法识别：不是 UTF-8，也不像 GB18030 或带 BOM 的 UTF-16 的中文")]
    Encoding,
    /// The file has NUL characters: it is no text.
    #[error("文件里有 NUL 字符，不是文本文件")]
    Nul,
    /// The file could not be opened or read.
    #[error("文件读不出来：{0}")]
    Io(#[from] io::Error),
}

impl ReadError {
    /// Whether there is no such file, as after a deletion between listing and reading.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::NotFound)
    }

    /// The finding about the article at `path` that tells its author what to do.
    #[must_use]
    pub fn finding(&self, path: &str) -> Finding {
        let (rule, hint) = match self {
            Self::TooLarge => ("too-large", "拆成几篇文章，图片不要嵌在文本里"),
            Self::Encoding | Self::Nul => ("encoding", "用 UTF-8 编码重新保存"),
            Self::Io(_) => ("unreadable", "检查文件权限和磁盘"),
        };
        Finding::new(path, rule, Level::Error, self.to_string()).hint(hint)
    }
}

/// Reads the file at `os_path`; `path` is its path in the knowledge base, for findings.
///
/// UTF-8 with or without byte order mark, UTF-16 with one, and GB18030 are read; all but UTF-8
/// give a warning that names the encoding. Characters that an earlier conversion destroyed
/// (U+FFFD) are shown as [`LOST`], with a warning where they stand.
///
/// # Errors
/// When the file is too large, unreadable or in another encoding. A half decoded text is never
/// returned.
pub fn read(path: &str, os_path: &Path) -> Result<Source, ReadError> {
    let (bytes, _) = read_bytes(os_path)?;
    read_from(path, &bytes)
}

/// Reads `bytes` as if they were the file at `path` in the knowledge base, by the rules of
/// [`read`].
///
/// # Errors
/// When they are too many or in another encoding.
pub fn read_from(path: &str, bytes: &[u8]) -> Result<Source, ReadError> {
    if bytes.len() as u64 > MAX_ARTICLE_BYTES {
        return Err(ReadError::TooLarge);
    }
    let Decoded { mut text, encoding } = decode(bytes)?;
    let mut findings: Vec<_> =
        encoding.name().map(|name| other_encoding(path, name)).into_iter().collect();
    if text.contains(char::REPLACEMENT_CHARACTER) {
        findings.push(lost_characters(path, &text));
        text = text.replace(char::REPLACEMENT_CHARACTER, LOST);
    }
    Ok(Source { text, hash: hash(bytes), encoding, findings })
}

/// BLAKE3 in lower-case hex.
pub(super) fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// All bytes of a regular file of at most [`MAX_ARTICLE_BYTES`].
pub(super) fn read_bytes(os_path: &Path) -> Result<(Vec<u8>, Metadata), ReadError> {
    let file = open(os_path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::from(io::ErrorKind::InvalidInput).into());
    }
    if metadata.len() > MAX_ARTICLE_BYTES {
        return Err(ReadError::TooLarge);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default() + 1);
    // The file may grow while it is read, so its length is no limit.
    file.take(MAX_ARTICLE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_ARTICLE_BYTES {
        return Err(ReadError::TooLarge);
    }
    Ok((bytes, metadata))
}

/// Opens without following a symbolic link in any part of the path and without waiting for the
/// other end of a pipe: what was a folder or a regular file when the folder was listed may be
/// something else by now.
#[cfg(target_os = "linux")]
fn open(os_path: &Path) -> io::Result<File> {
    use rustix::{
        fs::{CWD, Mode, ResolveFlags, openat2},
        io::Errno,
    };
    match openat2(CWD, os_path, FLAGS, Mode::empty(), ResolveFlags::NO_SYMLINKS) {
        // Kernels before 5.6, and sandboxes that do not know the call.
        Err(Errno::NOSYS | Errno::PERM) => open_last(os_path),
        result => Ok(File::from(result?)),
    }
}

#[cfg(not(target_os = "linux"))]
fn open(os_path: &Path) -> io::Result<File> {
    open_last(os_path)
}

/// The same where only the last part of a path can be kept from being a link.
fn open_last(os_path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(FLAGS.bits().cast_signed()).open(os_path)
}

/// The first place and the number of characters that cannot be known any more.
fn lost_characters(path: &str, text: &str) -> Finding {
    let n = text.matches(char::REPLACEMENT_CHARACTER).count();
    let before = text.split(char::REPLACEMENT_CHARACTER).next().unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let place = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let message = format!("有 {n} 个字在以前的转码中损坏了，显示为 {LOST}");
    Finding::new(path, "encoding", Level::Warning, message)
        .at(place(line), place(column))
        .hint("对照原文补上这些字，用 UTF-8 编码保存")
}

fn other_encoding(path: &str, name: &str) -> Finding {
    let message = format!("文件不是 UTF-8，已按 {name} 读取");
    Finding::new(path, "encoding", Level::Warning, message).hint("用 UTF-8 编码重新保存")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_of(bytes: &[u8]) -> Result<Source, ReadError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.md");
        fs_err::write(&file, bytes).unwrap();
        read("a.md", &file)
    }

    #[test]
    fn an_encoding_other_than_utf_8_is_a_warning_and_no_encoding_at_all_an_error() {
        let source = read_of(b"# \xb6\xcf\xcd\xf8\n").unwrap();
        assert_eq!(source.text, "# 断网\n");
        assert_eq!(source.hash, blake3::hash(b"# \xb6\xcf\xcd\xf8\n").to_hex().to_string());
        let [finding] = source.findings.as_slice() else { panic!("{:?}", source.findings) };
        assert_eq!((finding.rule.as_str(), finding.level), ("encoding", Level::Warning));
        assert!(finding.message.contains("GB18030"), "{finding:?}");
        let finding = read_of(b"abc \xff\xff").unwrap_err().finding("a.md");
        assert_eq!((finding.rule.as_str(), finding.level), ("encoding", Level::Error));
    }

    #[test]
    fn characters_lost_before_are_shown_as_such_with_their_place() {
        let source = read_of("# 断网\n先查\u{fffd}线\u{fffd}\n".as_bytes()).unwrap();
        assert_eq!(source.text, "# 断网\n先查□线□\n");
        let [finding] = source.findings.as_slice() else { panic!("{:?}", source.findings) };
        assert_eq!((finding.line, finding.column), (Some(2), Some(3)));
        assert!(finding.message.contains("2 个"), "{finding:?}");
    }

    #[test]
    fn an_article_may_have_one_mebibyte_and_no_more() {
        let largest = vec![b'a'; 1 << 20];
        assert_eq!(read_of(&largest).unwrap().text.len(), 1 << 20);
        let larger = vec![b'a'; (1 << 20) + 1];
        assert_eq!(read_of(&larger).unwrap_err().finding("a.md").rule, "too-large");
    }

    #[test]
    fn no_part_of_the_path_may_be_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().canonicalize().unwrap();
        fs_err::create_dir(top.join("real")).unwrap();
        fs_err::write(top.join("real/a.md"), "secret").unwrap();
        std::os::unix::fs::symlink("real/a.md", top.join("a.md")).unwrap();
        std::os::unix::fs::symlink("real", top.join("linked")).unwrap();
        assert_eq!(read("a.md", &top.join("real/a.md")).unwrap().text, "secret");
        assert!(read("a.md", &top.join("a.md")).is_err());
        if cfg!(target_os = "linux") {
            assert!(read("a.md", &top.join("linked/a.md")).is_err());
        }
    }

    #[test]
    fn a_pipe_in_the_place_of_a_file_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("a.md");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        for opened in [open(&pipe), open_last(&pipe)] {
            assert!(!opened.unwrap().metadata().unwrap().is_file());
        }
        assert_eq!(read("a.md", &pipe).unwrap_err().finding("a.md").rule, "unreadable");
    }

    #[test]
    fn a_missing_file_is_gone_and_a_folder_is_not() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read("a.md", &folder.path().join("a.md")).unwrap_err().is_gone());
        let error = read("a.md", folder.path()).unwrap_err();
        assert_eq!((error.is_gone(), error.finding("a.md").rule.as_str()), (false, "unreadable"));
    }
}
