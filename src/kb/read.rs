//! From the bytes of a file to its text.

use std::{
    fs::{File, Metadata, OpenOptions},
    io::{self, Read},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use encoding_rs::{Encoding, GB18030, UTF_16BE, UTF_16LE};
use rustix::fs::OFlags;

use crate::article::{Finding, Level};

/// Largest article file in bytes: 1 MiB.
pub const MAX_ARTICLE_BYTES: u64 = 1 << 20;

/// The text of an article file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The text, without byte order mark; line ends as in the file.
    pub text: String,
    /// BLAKE3 of the bytes of the file, lower-case hex.
    pub hash: String,
    /// What an author should know about the encoding.
    pub findings: Vec<Finding>,
}

/// An article file whose text cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file is larger than [`MAX_ARTICLE_BYTES`].
    #[error("文件超过 1 MiB，没有读取")]
    TooLarge,
    /// The file is in none of the known encodings.
    #[error("文件编码无法识别：不是 UTF-8，也不是 GB18030 或带 BOM 的 UTF-16")]
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
/// give a warning that names the encoding.
///
/// # Errors
/// When the file is too large, unreadable or in another encoding. A half decoded text is never
/// returned.
pub fn read(path: &str, os_path: &Path) -> Result<Source, ReadError> {
    let (bytes, _) = read_bytes(os_path)?;
    let (text, encoding) = decode(&bytes)?;
    let findings = encoding.map(|name| other_encoding(path, name)).into_iter().collect();
    Ok(Source { text, hash: hash(&bytes), findings })
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

/// Opens without following a symbolic link and without waiting for the other end of a pipe: what
/// was a regular file when the folder was listed may be something else by now.
fn open(os_path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(os_path)
}

/// The text and, when it is not UTF-8, the name of its encoding.
fn decode(bytes: &[u8]) -> Result<(String, Option<&'static str>), ReadError> {
    let (encoding, bytes) = match Encoding::for_bom(bytes) {
        Some((encoding, bom)) => (Some(encoding), bytes.get(bom..).unwrap_or_default()),
        None => (None, bytes),
    };
    let (text, name) = match encoding {
        Some(utf16) if utf16 == UTF_16LE || utf16 == UTF_16BE => {
            (decode_strictly(utf16, bytes)?, Some("UTF-16"))
        }
        Some(_) => (decode_utf8(bytes).ok_or(ReadError::Encoding)?, None),
        None => match decode_utf8(bytes) {
            Some(text) => (text, None),
            None => (decode_gb18030(bytes)?, Some("GB18030")),
        },
    };
    if text.contains('\0') { Err(ReadError::Nul) } else { Ok((text, name)) }
}

fn decode_utf8(bytes: &[u8]) -> Option<String> {
    str::from_utf8(bytes).ok().map(str::to_owned)
}

fn decode_strictly(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, ReadError> {
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .map(std::borrow::Cow::into_owned)
        .ok_or(ReadError::Encoding)
}

/// Most byte sequences are valid GB18030. The most frequent characters of Big5 (leads A4 to A7,
/// trails 40 to 7E) come out as private use characters, so those mean that it is something else.
fn decode_gb18030(bytes: &[u8]) -> Result<String, ReadError> {
    if bytes.contains(&0) {
        return Err(ReadError::Nul);
    }
    let text = decode_strictly(GB18030, bytes)?;
    if text.contains(|c| matches!(c, '\u{80}'..='\u{9f}' | '\u{e000}'..='\u{f8ff}')) {
        return Err(ReadError::Encoding);
    }
    Ok(text)
}

fn other_encoding(path: &str, name: &str) -> Finding {
    let message = format!("文件不是 UTF-8，已按 {name} 读取");
    Finding::new(path, "encoding", Level::Warning, message).hint("用 UTF-8 编码重新保存")
}

#[cfg(test)]
mod tests {
    use encoding_rs::BIG5;

    use super::*;

    fn read_of(bytes: &[u8]) -> Result<Source, ReadError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.md");
        fs_err::write(&file, bytes).unwrap();
        read("a.md", &file)
    }

    fn utf16(text: &str, bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(bytes_of).collect()
    }

    #[test]
    fn every_known_encoding_gives_the_same_text() {
        let text = "# 断网\r\n先查网线，再查交换机 𠮷\n";
        let table: [(&str, Vec<u8>); 5] = [
            ("", text.as_bytes().to_vec()),
            ("", format!("\u{feff}{text}").into_bytes()),
            ("UTF-16", utf16(text, u16::to_le_bytes)),
            ("UTF-16", utf16(text, u16::to_be_bytes)),
            ("GB18030", GB18030.encode(text).0.into_owned()),
        ];
        for (name, bytes) in table {
            let source = read_of(&bytes).unwrap();
            assert_eq!(source.text, text, "{name}");
            assert_eq!(source.hash, blake3::hash(&bytes).to_hex().to_string());
            match source.findings.as_slice() {
                [] => assert_eq!(name, ""),
                [finding] => {
                    assert_eq!(
                        (finding.rule.as_str(), finding.level),
                        ("encoding", Level::Warning)
                    );
                    assert!(!name.is_empty() && finding.message.contains(name), "{finding:?}");
                }
                more => panic!("{more:?}"),
            }
        }
    }

    #[test]
    fn what_is_no_text_is_refused_whole() {
        let mut cut_utf16 = utf16("断网", u16::to_le_bytes);
        cut_utf16.pop();
        let table: [(&str, Vec<u8>); 8] = [
            ("cut UTF-16", cut_utf16),
            ("lone surrogate", vec![0xff, 0xfe, 0x00, 0xd8, 0x41, 0x00]),
            ("BOM, then bad UTF-8", vec![0xef, 0xbb, 0xbf, 0xff]),
            ("bad in both", b"abc \xff\xff".to_vec()),
            ("Big5", BIG5.encode("一旦網路中斷，請先不要重新開機").0.into_owned()),
            ("NUL in UTF-8", b"a\0b".to_vec()),
            ("NUL in UTF-16", utf16("a\0b", u16::to_le_bytes)),
            ("UTF-16 without BOM", utf16("ip 网络", u16::to_le_bytes).split_off(2)),
        ];
        for (name, bytes) in table {
            let finding = match read_of(&bytes) {
                Ok(source) => panic!("{name}: {source:?}"),
                Err(error) => error.finding("a.md"),
            };
            assert_eq!(
                (finding.rule.as_str(), finding.level),
                ("encoding", Level::Error),
                "{name}"
            );
        }
    }

    #[test]
    fn an_article_may_have_one_mebibyte_and_no_more() {
        let largest = vec![b'a'; 1 << 20];
        assert_eq!(read_of(&largest).unwrap().text.len(), 1 << 20);
        let larger = vec![b'a'; (1 << 20) + 1];
        assert_eq!(read_of(&larger).unwrap_err().finding("a.md").rule, "too-large");
    }

    #[test]
    fn a_missing_file_is_gone_and_a_folder_is_not() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read("a.md", &folder.path().join("a.md")).unwrap_err().is_gone());
        let error = read("a.md", folder.path()).unwrap_err();
        assert_eq!((error.is_gone(), error.finding("a.md").rule.as_str()), (false, "unreadable"));
    }
}
