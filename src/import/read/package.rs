//! Office documents are ZIP archives of XML: unpacked within limits, and nothing that expands.

use std::io::{Cursor, Read};

use zip::{CompressionMethod, ZipArchive, result::ZipError};

use super::{MAX_UNPACKED_BYTES, Problem};

/// Most parts of a document.
const MAX_PARTS: usize = 10_000;

/// What may begin an XML document type or an entity in it.
const DECLARATIONS: [&[u8]; 2] = [b"<!DOCTYPE", b"<!ENTITY"];

/// What kind of document an archive is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Excel,
    Other,
}

/// An archive all of whose parts unpack within the limits.
#[derive(Debug)]
pub(super) struct Package<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
}

impl<'b> Package<'b> {
    /// Unpacks every part once: what an archive says of its sizes is not to be believed.
    ///
    /// # Errors
    /// When the archive is damaged or locked, unpacks to too much, or declares a document type.
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, Problem> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
        let mut package = Self { archive };
        let n_parts = package.archive.len();
        if n_parts > MAX_PARTS {
            return Err(Problem::Bomb);
        }
        let mut budget = MAX_UNPACKED_BYTES;
        for index in 0..n_parts {
            let (name, part) = package.part(index, budget)?;
            budget -= part.len() as u64;
            refuse_declarations(&name, &part)?;
        }
        Ok(package)
    }

    /// What kind of document this is.
    pub(super) fn kind(&self) -> Kind {
        let has = |name| self.archive.index_for_name(name).is_some();
        if has("word/document.xml") {
            Kind::Word
        } else if has("xl/workbook.xml") {
            Kind::Excel
        } else {
            Kind::Other
        }
    }

    /// The text of a part.
    ///
    /// # Errors
    /// When there is no such part, or it is not UTF-8.
    pub(super) fn text(&mut self, name: &str) -> Result<String, Problem> {
        let index = self.archive.index_for_name(name);
        let index = index.ok_or_else(|| Problem::Damaged(format!("里面没有 {name}")))?;
        let (_, bytes) = self.part(index, MAX_UNPACKED_BYTES)?;
        String::from_utf8(bytes).map_err(|_| Problem::Damaged(format!("{name} 不是 UTF-8")))
    }

    /// Name and bytes of a part of at most `most` bytes.
    fn part(&mut self, index: usize, most: u64) -> Result<(String, Vec<u8>), Problem> {
        let part = self.archive.by_index(index).map_err(|error| damaged(&error))?;
        if !matches!(part.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            return Err(Problem::Damaged("压缩方式不是 Office 用的".to_owned()));
        }
        let name = part.name().map_err(|error| damaged(&error))?.into_owned();
        let mut bytes = Vec::new();
        let read = part.take(most + 1).read_to_end(&mut bytes);
        read.map_err(|error| Problem::damaged(&format!("{name} 解压失败"), error))?;
        if bytes.len() as u64 > most { Err(Problem::Bomb) } else { Ok((name, bytes)) }
    }
}

fn damaged(error: &ZipError) -> Problem {
    match error {
        ZipError::UnsupportedArchive(text) if text.contains("assword") => Problem::OldOffice,
        _ => Problem::damaged("压缩包读不出来", error),
    }
}

/// Refuses XML that declares what could expand, and XML in which that could hide.
fn refuse_declarations(name: &str, part: &[u8]) -> Result<(), Problem> {
    let starts = [b"\xfe\xff".as_slice(), b"\xff\xfe", b"<\0", b"\0<"];
    let is_xml = [".xml", ".rels", ".vml"].iter().any(|end| name.ends_with(end));
    if is_xml && starts.iter().any(|start| part.starts_with(start)) {
        return Err(Problem::Damaged(format!("{name} 不是 UTF-8")));
    }
    let text = part.strip_prefix(b"\xef\xbb\xbf").unwrap_or(part);
    if !text.trim_ascii_start().starts_with(b"<") {
        return Ok(());
    }
    let mut rest = text;
    while let Some(at) = rest.iter().position(|byte| *byte == b'<') {
        rest = rest.get(at..).unwrap_or_default();
        if DECLARATIONS.iter().any(|start| rest.starts_with(start)) {
            return Err(Problem::Dtd(name.to_owned()));
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    /// An archive of these parts.
    fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            let options =
                SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
            zip.start_file(*name, options).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn the_kind_is_that_of_the_main_part() {
        let table = [
            ("word/document.xml", Kind::Word),
            ("xl/workbook.xml", Kind::Excel),
            ("ppt/presentation.xml", Kind::Other),
        ];
        for (name, kind) in table {
            let bytes = archive(&[(name, b"<a/>")]);
            let mut package = Package::open(&bytes).unwrap();
            assert_eq!((package.kind(), package.text(name).unwrap().as_str()), (kind, "<a/>"));
        }
    }

    #[test]
    fn an_archive_that_unpacks_to_too_much_is_refused() {
        let part = vec![0; (MAX_UNPACKED_BYTES / 2) as usize];
        let fits = archive(&[("a.bin", &part), ("b.bin", &part)]);
        assert!(Package::open(&fits).is_ok());
        let bomb = archive(&[("a.bin", &part), ("b.bin", &part), ("c.bin", b"1")]);
        assert!(fits.len() < 1 << 20 && bomb.len() < 1 << 20);
        assert!(matches!(Package::open(&bomb), Err(Problem::Bomb)));
    }

    #[test]
    fn declarations_are_refused_in_every_part() {
        let table: [(&[u8], bool); 6] = [
            (b"<?xml version=\"1.0\"?><a>&lt;!DOCTYPE</a>", true),
            (b"<?xml version=\"1.0\"?><!DOCTYPE a><a/>", false),
            (b"\xef\xbb\xbf <!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", false),
            (b"<\0!\0D\0", false),
            (b"\xff\xfe<\0", false),
            (b"picture <!DOCTYPE", true),
        ];
        for (part, is_fine) in table {
            let bytes = archive(&[("word/document.xml", b"<a/>"), ("xl/theme.xml", part)]);
            assert_eq!(Package::open(&bytes).is_ok(), is_fine, "{}", part.escape_ascii());
        }
    }

    #[test]
    fn a_cut_or_changed_archive_is_damaged() {
        let text: String = (0..2000).map(|n| format!("<w n=\"{n}\"/>")).collect();
        let whole = archive(&[("word/document.xml", text.as_bytes())]);
        let cut = whole.get(..whole.len() / 2).unwrap();
        assert!(matches!(Package::open(cut), Err(Problem::Damaged(_))));
        let mut changed = whole.clone();
        changed[200] ^= 0x55;
        assert!(matches!(Package::open(&changed), Err(Problem::Damaged(_))));
    }
}
