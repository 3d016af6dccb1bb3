//! The parts of a document as one compressed file: the library packs them as they are, and a
//! document of 7 MB is none to send by mail.

use std::io::{self, Cursor, Read, Seek, Write};

use docx_rs::XMLDocx;
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

/// Writes the parts to `out`.
///
/// # Errors
/// When they cannot be packed or written.
pub(super) fn write(parts: XMLDocx, out: impl Write + Seek) -> io::Result<()> {
    let mut packed = Cursor::new(Vec::new());
    parts.pack(&mut packed).map_err(io::Error::other)?;
    let mut packed = ZipArchive::new(packed)?;
    let mut writer = ZipWriter::new(out);
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut bytes = Vec::new();
    for n in 0..packed.len() {
        let mut part = packed.by_index(n)?;
        bytes.clear();
        part.read_to_end(&mut bytes)?;
        writer.start_file(part.name()?, options)?;
        writer.write_all(&bytes)?;
    }
    writer.finish()?.flush()
}
