//! For programs.

use serde::Serialize;

use crate::{
    article::Finding,
    check::{Mend, Report, report::Summary},
};

#[derive(Serialize)]
struct Output<'a> {
    summary: Summary,
    findings: &'a [Finding],
    /// Only there when something could be mended.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    mended: &'a [Mend],
}

/// The report as one JSON object, with `summary`, `findings` and, after mending, `mended`, and a
/// final newline. Equal
/// reports give equal bytes.
#[must_use]
pub fn render(report: &Report) -> String {
    let output =
        Output { summary: report.summary(), findings: &report.findings, mended: &report.mended };
    let json = serde_json::to_string_pretty(&output).expect("plain structs have a JSON form");
    json + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{article::Level, check::report::tests::report};

    #[test]
    fn all_fields_are_there_even_when_empty() {
        let finding = Finding::new("a.md", "encoding", Level::Warning, "“非” UTF-8");
        insta::assert_snapshot!(render(&report("", vec![finding])), @r#"
        {
          "summary": {
            "n_articles": 1,
            "n_errors": 0,
            "n_warnings": 1,
            "n_infos": 0
          },
          "findings": [
            {
              "path": "a.md",
              "line": null,
              "column": null,
              "rule": "encoding",
              "level": "warning",
              "message": "“非” UTF-8",
              "hint": null
            }
          ]
        }
        "#);
    }
}
