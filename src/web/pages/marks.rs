//! Text with matched ranges, cut by Unicode scalar values for the templates.

/// A run of text that is matched as a whole or not at all. Not escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) text: String,
    pub(super) marked: bool,
}

/// Cuts `text` at the half-open ranges `highlights` (in Unicode scalar values).
///
/// The runs joined are always `text`: ranges that are empty, overlap or lie outside are harmless.
pub(super) fn runs(text: &str, highlights: &[[usize; 2]]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (at, character) in text.chars().enumerate() {
        let marked = highlights.iter().any(|[start, end]| (*start..*end).contains(&at));
        match runs.last_mut() {
            Some(run) if run.marked == marked => run.text.push(character),
            _ => runs.push(Run { text: character.to_string(), marked }),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs as one line, marked ones in brackets.
    fn shown(text: &str, highlights: &[[usize; 2]]) -> String {
        runs(text, highlights)
            .iter()
            .map(|run| if run.marked { format!("[{}]", run.text) } else { run.text.clone() })
            .collect()
    }

    #[test]
    fn ranges_count_scalar_values() {
        let cases: &[(&str, &[[usize; 2]], &str)] = &[
            ("登录不上系统", &[[0, 2]], "[登录]不上系统"),
            ("a𠮷登录b", &[[1, 2], [3, 4]], "a[𠮷]登[录]b"),
            ("é́登录", &[[2, 4]], "é́[登录]"),
            ("登录", &[], "登录"),
            ("登录", &[[0, 2]], "[登录]"),
            ("登录", &[[0, 1], [1, 2]], "[登录]"),
            ("登录", &[[1, 1], [5, 9], [2, 1]], "登录"),
            ("登录系统", &[[1, 99]], "登[录系统]"),
            ("", &[[0, 1]], ""),
        ];
        for (text, highlights, expected) in cases {
            assert_eq!(shown(text, highlights), *expected, "{text} {highlights:?}");
        }
    }
}
