//! The tool `list_fault_types`.

use serde_json::json;

use super::{SOURCE, arguments::Arguments, reply::Reply, source::Source};
use crate::web::{api::fault_types::counts, problem::Problem};

/// Values, labels and numbers of published articles. None of it was written by an author, so
/// there is nothing to mark.
///
/// # Errors
/// A problem when there are arguments or the index cannot be read.
pub(super) async fn call(source: &Source, arguments: Arguments) -> Result<Reply, Problem> {
    arguments.finish()?;
    let read = source.read(|snapshot| Ok((snapshot.revision().to_owned(), counts(snapshot)?)));
    let (revision, counts) = read.await?;
    let lines = counts.iter().map(|c| format!("- {}：{}，{} 篇", c.value, c.label, c.count));
    let text =
        format!("故障类型（fault_type 的取值）：\n{}\n", lines.collect::<Vec<_>>().join("\n"));
    let data = json!({ "source": SOURCE, "revision": revision, "fault_types": counts });
    Ok(Reply { text, data })
}
