//! Code blocks: prompts go, and a language comes where it is clear.

use super::{Mended, Parts, language};
use crate::{
    article::Fence,
    check::{
        lines::{with_ends, without_end},
        prompt::prompt,
    },
};

/// Mends all code blocks.
pub(super) fn mend(parts: &Parts<'_>) -> Option<Mended> {
    let mut lines: Vec<String> = with_ends(parts.source).map(str::to_owned).collect();
    let mut changes = Vec::new();
    for fence in &parts.layout.fences {
        changes.extend(mend_one(&mut lines, fence));
    }
    let bom = if parts.source.starts_with('\u{feff}') { "\u{feff}" } else { "" };
    (!changes.is_empty()).then(|| Mended { text: bom.to_owned() + &lines.concat(), changes })
}

fn mend_one(lines: &mut [String], fence: &Fence) -> Vec<String> {
    let number = fence.place.line;
    let mut changes = Vec::new();
    if fence.language.eq_ignore_ascii_case("text") {
        return changes;
    }
    let Ok(first) = usize::try_from(number) else { return changes };
    let mut code = fence.code.clone();
    let mut spoken = None;
    if let Some(bare) = bare(&fence.code)
        && strip(lines, first, &fence.code, &bare).is_some()
    {
        changes.push(format!("第 {number} 行的代码块：去掉了命令前的提示符"));
        code = bare.commands();
        spoken = bare.language;
    }
    if fence.language.is_empty()
        && let Some(language) = language::guess(&code).or(spoken)
        && let Some(line) = lines.get_mut(first.saturating_sub(1))
        && let Some(named) = named(line, language)
    {
        *line = named;
        changes.push(format!("第 {number} 行的代码块：标上了语言 {language}"));
    }
    changes
}

/// The opening line of a fence with a language.
fn named(line: &str, language: &str) -> Option<String> {
    let start = line.find("```").or_else(|| line.find("~~~"))?;
    let (before, rest) = line.split_at_checked(start)?;
    let mark = rest.chars().next()?;
    let behind = rest.trim_start_matches(mark);
    let fence = rest.strip_suffix(behind)?;
    behind.trim().is_empty().then(|| format!("{before}{fence}{language}{behind}"))
}

/// The lines of a code block without prompts.
struct Bare {
    /// Each line; `None` for one that goes: a prompt at the end that waits for a command.
    lines: Vec<Option<String>>,
    /// The language that all prompts speak of.
    language: Option<&'static str>,
}

impl Bare {
    fn commands(&self) -> String {
        self.lines.iter().flatten().map(|line| format!("{line}\n")).collect()
    }
}

/// The code without prompts, when each command has one: lines without might be output, which must
/// not be taken for a command.
fn bare(code: &str) -> Option<Bare> {
    let mut lines = Vec::new();
    let (mut languages, mut continues) = (Vec::new(), false);
    for line in code.lines() {
        let is_continued = std::mem::replace(&mut continues, line.ends_with(['\\', '`', '^']));
        let indent = line.len() - line.trim_start().len();
        match prompt(line) {
            Some(found) => {
                languages.push(found.language);
                let mut command = found.command;
                while let Some(inner) = prompt(command) {
                    command = inner.command;
                }
                lines.push(Some(format!("{}{command}", line.get(..indent).unwrap_or_default())));
            }
            None if is_continued || is_remark(line) => lines.push(Some(line.to_owned())),
            None => return None,
        }
    }
    for line in lines.iter_mut().rev() {
        if line.as_ref().is_some_and(|line| !line.trim().is_empty()) {
            break;
        }
        *line = None;
    }
    languages.dedup();
    let language = if let [only] = languages.as_slice() { *only } else { None };
    let has_command = lines.iter().flatten().any(|line| !line.trim().is_empty());
    (!languages.is_empty() && has_command).then_some(Bare { lines, language })
}

fn is_remark(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with('#') || line.starts_with("--") || line.starts_with("::")
}

/// Puts the bare lines in the place of those of the file, from index `first` on; `None`, with
/// nothing changed, where the file does not have them as the parser read them.
fn strip(lines: &mut [String], first: usize, code: &str, bare: &Bare) -> Option<()> {
    let mut stripped = Vec::new();
    for (at, (read, line)) in code.lines().zip(&bare.lines).enumerate() {
        let written = lines.get(first + at)?;
        let text = without_end(written);
        let before = text.strip_suffix(read)?;
        let end = written.strip_prefix(text)?;
        stripped.push(match line {
            Some(line) => format!("{before}{line}{end}"),
            None => String::new(),
        });
    }
    for (at, line) in stripped.into_iter().enumerate() {
        *lines.get_mut(first + at)? = line;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use crate::check::fix::mend;

    #[test]
    fn prompts_go_where_every_command_has_one() {
        let table = [
            ("```\n$ ls\n```\n", "```bash\nls\n```\n"),
            ("```bash\n$ ls \\\n  -l\n$ pwd\n$\n```\n", "```bash\nls \\\n  -l\npwd\n```\n"),
            ("~~~\r\nC:\\>ipconfig\r\n~~~\r\n", "~~~cmd\r\nipconfig\r\n~~~\r\n"),
            (
                "1. 甲\n\n   ```  \n   SQL> select 1;\n   ```\n",
                "1. 甲\n\n   ```sql  \n   select 1;\n   ```\n",
            ),
            ("> ```\n> # 看\n> $ ls\n> ```\n", "> ```bash\n> # 看\n> ls\n> ```\n"),
            ("```bash\n$ ls\na.txt\n```\n", "```bash\n$ ls\na.txt\n```\n"),
            ("```text\n$ ls\n```\n", "```text\n$ ls\n```\n"),
            ("```bash\n$\n```\n", "```bash\n$\n```\n"),
            ("```\n说明\n```\n", "```\n说明\n```\n"),
            ("    $ ls\n", "    $ ls\n"),
            ("\u{feff}```\nls\n```", "\u{feff}```bash\nls\n```"),
        ];
        for (text, expected) in table {
            let mended = mend("a.md", text).map_or(text.to_owned(), |mended| mended.text);
            assert_eq!(mended, expected);
            assert_eq!(mend("a.md", expected), None, "{expected}");
        }
    }
}
