//! The module as its users see it: whole files in, articles, findings and HTML out.

mod findings;
mod hostile;
mod pages;
mod whole;

use super::*;

fn parsed(path: &str, source: &str) -> Parsed {
    parse(path, source).unwrap_or_else(|finding| panic!("{finding:?}"))
}

fn html(path: &str, source: &str) -> Vec<String> {
    render(path, source, &|path| {
        path.strip_suffix(".md").filter(|id| *id != "gone").map(str::to_owned)
    })
}

/// `line:column level message` of each finding.
fn findings(path: &str, source: &str) -> Vec<String> {
    let findings = match parse(path, source) {
        Ok(parsed) => parsed.findings,
        Err(finding) => vec![*finding],
    };
    findings
        .into_iter()
        .map(|f| {
            format!("{}:{} {:?} {}", f.line.unwrap_or(0), f.column.unwrap_or(0), f.level, f.message)
        })
        .collect()
}
