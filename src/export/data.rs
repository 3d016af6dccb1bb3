//! The formats that the API has too, byte for byte.

use std::io::Write;

use super::{ExportError, Job, place::NewFile};
use crate::web::api::{
    export::{CLOSING, add, ids, opening},
    matrix::{csv as spreadsheet, table},
};

/// Writes all articles, one after the other; gives their number.
pub(super) fn json(file: &mut NewFile, job: &Job<'_>) -> Result<usize, ExportError> {
    let ids = ids(job.snapshot, job.status)?;
    write(file, opening(job.snapshot.revision()).as_bytes())?;
    let mut text = Vec::new();
    for (n, id) in ids.iter().enumerate() {
        text.clear();
        add(&mut text, job.snapshot, id, job.today, n == 0)?;
        write(file, &text)?;
        (job.progress)(n + 1, ids.len());
    }
    write(file, CLOSING.as_bytes())?;
    Ok(ids.len())
}

/// Writes the table; gives the number of its rows.
pub(super) fn csv(file: &mut NewFile, job: &Job<'_>) -> Result<usize, ExportError> {
    let rows = table(job.snapshot, &job.filters())?.rows;
    write(file, spreadsheet(&rows).as_bytes())?;
    (job.progress)(rows.len(), rows.len());
    Ok(rows.len())
}

fn write(file: &mut NewFile, bytes: &[u8]) -> Result<(), ExportError> {
    file.writer().write_all(bytes).map_err(|source| file.failed(source))
}
