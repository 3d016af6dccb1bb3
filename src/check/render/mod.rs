//! A report as text: for people, for programs, and for the annotations of GitHub.

pub mod github;
pub mod human;
pub mod json;

use super::Report;

/// The path of a finding as the user would type it. Those of vocabulary files are that already.
fn shown_path(report: &Report, path: &str) -> String {
    if report.vocabulary.iter().any(|file| file == path) {
        return path.to_owned();
    }
    report.folder.join(path).display().to_string()
}
