//! Code blocks, and which of them destroy or interrupt.
//!
//! Source of the list: the article model, section 8.1. It is the minimum: a command is dangerous
//! as soon as one line of it is.

use pulldown_cmark::Event;

use super::text::cleaned;

/// What must stand behind a word to make it dangerous.
enum Needs {
    /// Nothing: the word is enough wherever it stands.
    Nothing,
    /// The word must be a command itself: at the start of a statement.
    Start,
    /// A later word, compared without case.
    Word(&'static [&'static str]),
    /// A later word that begins so, compared without case.
    Prefix(&'static [&'static str]),
    /// A later word, compared with case.
    Exact(&'static [&'static str]),
    /// A later bundle of short options with one of these letters, or one of the long options.
    Option(&'static [char], &'static str),
    /// The very next word, compared without case.
    Next(&'static [&'static str]),
}

/// Words, in lower case and without `.exe`, and what they need.
const RULES: &[(&[&str], Needs)] = &[
    (&["rm"], Needs::Option(&['r', 'R'], "--recursive")),
    (&["remove-item", "ri"], Needs::Prefix(&["-r"])),
    (&["del", "erase", "rd", "rmdir"], Needs::Word(&["/s"])),
    (&["mkfs", "wipefs", "fdisk", "parted", "diskpart", "fsck", "xfs_repair"], Needs::Nothing),
    (&["clear-disk", "format-volume", "stop-computer", "restart-computer"], Needs::Nothing),
    (&["shutdown", "reboot"], Needs::Nothing),
    (&["format", "drop", "truncate"], Needs::Start),
    (&["dd"], Needs::Prefix(&["of="])),
    (&["cipher"], Needs::Prefix(&["/w"])),
    (&["chkdsk"], Needs::Word(&["/f", "/r"])),
    (&["drop", "truncate"], Needs::Next(SQL_OBJECTS)),
    (&["delete"], Needs::Next(&["from"])),
    (&["kill", "pkill", "killall"], Needs::Word(&["-9", "-kill", "-sigkill"])),
    (&["kubectl"], Needs::Word(&["delete", "drain"])),
    (&["iptables", "ip6tables"], Needs::Exact(&["-F", "--flush"])),
    (&["vssadmin"], Needs::Word(&["delete"])),
    (&["storcli", "storcli64"], Needs::Word(&["delete", "del", "init"])),
];

/// What SQL can drop or truncate, as far as operators do.
const SQL_OBJECTS: &[&str] = &[
    "table",
    "database",
    "schema",
    "index",
    "view",
    "user",
    "role",
    "tablespace",
    "sequence",
    "partition",
    "column",
    "constraint",
    "procedure",
    "function",
    "trigger",
    "package",
    "diskgroup",
];

/// Furthest that `SET` may stand behind `UPDATE`, in words: table, alias, hints.
const UPDATE_SET_WORDS: usize = 8;

/// Commands that hand the rest of their line to another command.
const LAUNCHERS: [&str; 6] = ["sudo", "nohup", "time", "exec", "/c", "/k"];

/// Whether `code` holds a command that destroys data or interrupts a service. Blocks of plain
/// text are mails and outputs, never commands.
pub(super) fn is_dangerous(language: &str, code: &str) -> bool {
    if ["text", "txt", "plaintext"].iter().any(|plain| language.eq_ignore_ascii_case(plain)) {
        return false;
    }
    let joined = code.replace("\\\n", " ").replace("`\n", " ").replace("^\n", " ");
    joined.lines().filter(|line| !is_comment(line)).flat_map(statements).any(is_dangerous_statement)
        || joined.split(';').any(updates_rows)
}

/// The first line of `code`, from 0, that is dangerous on its own; the first line of all where
/// only the whole is, such as an `UPDATE` spread over several lines.
pub(super) fn dangerous_line(language: &str, code: &str) -> usize {
    code.lines().position(|line| is_dangerous(language, line)).unwrap_or(0)
}

/// The text of a code block's events, verbatim but for control characters and the final newline.
pub(super) fn code_text(events: &[Event<'_>]) -> String {
    let mut code = String::new();
    for event in events {
        if let Event::Text(text) = event {
            code.push_str(text);
        }
    }
    cleaned(code.strip_suffix('\n').unwrap_or(&code))
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    let word = line.split_whitespace().next().unwrap_or_default();
    line.starts_with('#')
        || line.starts_with("--")
        || line.starts_with("::")
        || word.eq_ignore_ascii_case("rem")
}

fn statements(line: &str) -> impl Iterator<Item = &str> {
    line.split([';', '|', '&', '(', ')', '{', '}'])
}

fn is_dangerous_statement(statement: &str) -> bool {
    let words: Vec<&str> = words(statement);
    (0..words.len()).any(|at| is_dangerous_at(&words, at))
}

fn words(statement: &str) -> Vec<&str> {
    let is_break = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '\u{0}');
    statement.split(is_break).filter(|word| !word.is_empty()).collect()
}

fn is_dangerous_at(words: &[&str], at: usize) -> bool {
    let Some((written, behind)) = words.get(at..).and_then(<[&str]>::split_first) else {
        return false;
    };
    let name = command_name(written);
    let is_upper_sql = matches!(*written, "DROP" | "TRUNCATE");
    is_upper_sql
        || RULES
            .iter()
            .filter(|(names, _)| names.contains(&name.as_str()))
            .any(|(_, needs)| needs.is_met(words, at, behind))
}

/// `/sbin/mkfs.ext4` and `DISKPART.EXE` by the names in [`RULES`].
fn command_name(word: &str) -> String {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word).to_lowercase();
    let name = name.strip_suffix(".exe").or_else(|| name.strip_suffix(".com")).unwrap_or(&name);
    match name.split_once('.') {
        Some((family @ ("mkfs" | "fsck"), _)) => family.to_owned(),
        _ => name.to_owned(),
    }
}

impl Needs {
    fn is_met(&self, words: &[&str], at: usize, behind: &[&str]) -> bool {
        let lower = |word: &&str| word.to_lowercase();
        match self {
            Self::Nothing => !is_only_asked_about(words),
            Self::Start => is_start(words, at),
            Self::Word(any) => behind.iter().map(lower).any(|word| any.contains(&word.as_str())),
            Self::Prefix(any) => {
                behind.iter().map(lower).any(|word| any.iter().any(|start| word.starts_with(start)))
            }
            Self::Exact(any) => behind.iter().any(|word| any.contains(word)),
            Self::Option(letters, long) => behind.iter().any(|word| {
                let bundle = word.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
                word == long || bundle.is_some_and(|bundle| bundle.contains(*letters))
            }),
            Self::Next(any) => {
                behind.first().map(lower).is_some_and(|word| any.contains(&word.as_str()))
            }
        }
    }
}

fn is_start(words: &[&str], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|before| words.get(before)) else {
        return true;
    };
    LAUNCHERS.iter().any(|launcher| before.eq_ignore_ascii_case(launcher))
}

/// `last reboot` lists restarts, `man fdisk` explains a command.
fn is_only_asked_about(words: &[&str]) -> bool {
    words
        .first()
        .is_some_and(|first| ["last", "man", "which", "get-help"].contains(&&*first.to_lowercase()))
}

/// `UPDATE … SET`, which SQL often spreads over several lines.
fn updates_rows(statement: &str) -> bool {
    let words: Vec<_> =
        statement.split(|c: char| c.is_whitespace() || "\"'`".contains(c)).collect();
    let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
    words.iter().enumerate().filter(|(_, word)| word.eq_ignore_ascii_case("update")).any(
        |(at, _)| {
            let behind = words.iter().skip(at + 2).take(UPDATE_SET_WORDS);
            behind.into_iter().any(|word| word.eq_ignore_ascii_case("set"))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_of_the_model_is_dangerous() {
        let cases = [
            "rm -r /data",
            "sudo rm -rf /",
            "rm -fr x",
            "rm --recursive x",
            "/bin/rm -Rf x",
            "mkfs.ext4 /dev/sdb",
            "mkfs -t xfs /dev/sdb",
            "dd if=/dev/zero of=/dev/sda",
            "wipefs -a /dev/sdb",
            "fdisk /dev/sdb",
            "parted /dev/sdb",
            "diskpart",
            "DISKPART.EXE",
            "format D: /q",
            "sudo format x",
            "cmd /c format d:",
            "Clear-Disk -Number 1",
            "Format-Volume -DriveLetter D",
            "Remove-Item C:\\x -Recurse -Force",
            "Get-ChildItem | Remove-Item -Recurse",
            "del /s /q C:\\x",
            "DEL C:\\x /S",
            "cipher /w:C",
            "chkdsk C: /f",
            "chkdsk D: /R",
            "fsck -y /dev/sda1",
            "fsck.ext4 /dev/sda1",
            "xfs_repair /dev/sda1",
            "DROP TABLE t;",
            "drop table t",
            "mysql -e \"drop database x\"",
            "TRUNCATE TABLE t",
            "truncate -s 0 x.log",
            "DELETE FROM t WHERE 1",
            "delete\tfrom t",
            "UPDATE t SET a=1",
            "update t\n  set a = 1\nwhere b = 2;",
            "psql -c 'UPDATE t SET a=1'",
            "kill -9 123",
            "pkill -KILL x",
            "shutdown /r /t 0",
            "reboot",
            "systemctl reboot",
            "Stop-Computer",
            "Restart-Computer -Force",
            "kubectl -n x delete pod y",
            "kubectl drain node1",
            "iptables -t nat -F",
            "vssadmin delete shadows /all",
            "storcli /c0/v0 delete",
            "storcli64 /c0/v0 start init",
            "ls; rm -rf x",
            "x && reboot",
            "rm \\\n  -rf x",
        ];
        for code in cases {
            assert!(is_dangerous("", code), "{code:?}");
        }
    }

    #[test]
    fn commands_that_only_look_alike_are_not() {
        let cases = [
            "docker run --rm x",
            "rm x.txt",
            "Get-Disk | Format-Table Name",
            "lsblk --format x",
            "Get-Date -Format yyyy",
            "echo format",
            "del x.txt",
            "chkdsk C:",
            "cipher /c x",
            "kill -15 1",
            "kubectl get pods",
            "iptables -L -n -f",
            "vssadmin list shadows",
            "storcli /c0 show",
            "apt update",
            "apt update; set -e",
            "dd --version",
            "last reboot",
            "ls --reboot",
            "SELECT * FROM t",
            "ethtool -S eth0 | grep drop",
            "# rm -rf /",
            "Remove-Item x.txt",
            "SELECT last_update FROM t",
            "REM format d:",
            "",
        ];
        for code in cases {
            assert!(!is_dangerous("", code), "{code:?}");
        }
        assert!(!is_dangerous("text", "rm -rf /"));
    }
}
