//! Prompt signs that were copied along with a command.

/// Shells whose sign follows a name, as in `mysql>`; compared without case.
const NAMED: [&str; 12] = [
    "mysql", "sql", "sqlite", "rman", "asmcmd", "diskpart", "ksql", "disql", "mongo", "redis",
    "ftp", "sqlcmd",
];

/// What the sign says about the language of the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Prompt<'a> {
    /// The command behind the sign.
    pub(super) command: &'a str,
    /// Language of a shell that has this sign, if it is clear.
    pub(super) language: Option<&'static str>,
}

/// The prompt that `line` begins with, if any. Blanks before it are passed over.
///
/// A `#` alone is no prompt: in most shells it begins a comment.
pub(super) fn prompt(line: &str) -> Option<Prompt<'_>> {
    let line = line.trim_start();
    let found = dollar(line)
        .or_else(|| powershell(line))
        .or_else(|| drive(line))
        .or_else(|| login(line))
        .or_else(|| named(line))
        .or_else(|| database(line));
    found.map(|(command, language)| Prompt { command: command.trim_start(), language })
}

type Found<'a> = Option<(&'a str, Option<&'static str>)>;

/// `$ ls`; in `$x = 1` and `$(ls)` it is no prompt.
fn dollar(line: &str) -> Found<'_> {
    let rest = line.strip_prefix('$')?;
    (rest.is_empty() || rest.starts_with(' ')).then_some((rest, Some("bash")))
}

/// `PS C:\Users\x> dir` and `PS> dir`.
fn powershell(line: &str) -> Found<'_> {
    let rest = line.strip_prefix("PS")?;
    let (place, command) = rest.split_once('>')?;
    let is_place = place.is_empty() || place.strip_prefix(' ').is_some_and(is_folder);
    is_place.then_some((command, Some("powershell")))
}

/// `C:\>dir`; in `C:\x\a.exe > b.txt` the sign sends output to a file.
fn drive(line: &str) -> Found<'_> {
    let (place, command) = line.split_once('>')?;
    is_folder(place).then_some((command, Some("cmd")))
}

fn is_folder(place: &str) -> bool {
    let mut chars = place.chars();
    let has_drive = chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && chars.next() == Some(':')
        && chars.next() == Some('\\');
    let lower = place.to_ascii_lowercase();
    let is_program = [".exe", ".com", ".bat", ".cmd", ".ps1"].iter().any(|e| lower.contains(e));
    has_drive && !is_program && !place.ends_with(' ')
}

/// `[root@host ~]# ls` and `user@host:~$ ls`.
fn login(line: &str) -> Found<'_> {
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
    };
    let (user, rest) = line.trim_start_matches('[').split_once('@')?;
    let (place, command) = if line.starts_with('[') {
        let (place, rest) = rest.split_once(']')?;
        (place, rest.strip_prefix(['#', '$'])?)
    } else {
        let (place, rest) = rest.split_once([':', ' '])?;
        let (_, command) = rest.split_once(['#', '$'])?;
        (place, command)
    };
    let host = place.split([' ', ':']).next().unwrap_or_default();
    let has_end = command.is_empty() || command.starts_with(' ');
    (is_name(user) && is_name(host) && has_end).then_some((command, Some("bash")))
}

/// `mysql> show tables`, `MariaDB [x]> …`, `127.0.0.1:6379> keys`.
fn named(line: &str) -> Found<'_> {
    let (name, command) = line.split_once('>')?;
    let known = NAMED.iter().any(|known| name.eq_ignore_ascii_case(known));
    let is_sql = known && name.to_ascii_lowercase().contains("sql");
    let is_maria = name.starts_with("MariaDB [") && name.ends_with(']');
    let address = name.strip_prefix("redis ").unwrap_or(name);
    let is_address = address.parse::<std::net::SocketAddrV4>().is_ok();
    let language = (is_sql || is_maria).then_some("sql");
    (known || is_maria || is_address).then_some((command, language))
}

/// `postgres=# select 1;` and `shop-> where`.
fn database(line: &str) -> Found<'_> {
    let (name, rest) = line.split_once(['=', '-'])?;
    let command = rest.strip_prefix(['#', '>'])?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let has_end = command.is_empty() || command.starts_with(' ');
    (is_name && has_end).then_some((command, Some("sql")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_shells_are_prompts() {
        let table = [
            ("$ ls -l", "ls -l", Some("bash")),
            ("  $", "", Some("bash")),
            ("PS C:\\Users\\x> Get-Date", "Get-Date", Some("powershell")),
            ("PS> Get-Date", "Get-Date", Some("powershell")),
            ("C:\\>ipconfig /all", "ipconfig /all", Some("cmd")),
            ("C:\\Program Files>dir", "dir", Some("cmd")),
            ("[root@db-01 ~]# df -h", "df -h", Some("bash")),
            ("ops@web1:~$ df -h", "df -h", Some("bash")),
            ("mysql> show tables;", "show tables;", Some("sql")),
            ("SQL> select 1 from dual;", "select 1 from dual;", Some("sql")),
            ("MariaDB [(none)]> status", "status", Some("sql")),
            ("127.0.0.1:6379> info", "info", None),
            ("DISKPART> list disk", "list disk", None),
            ("postgres=# select 1;", "select 1;", Some("sql")),
        ];
        for (line, command, language) in table {
            assert_eq!(prompt(line), Some(Prompt { command, language }), "{line}");
        }
    }

    #[test]
    fn commands_that_look_alike_are_none() {
        let lines = [
            "",
            "$x = 1",
            "$(hostname)",
            "# systemctl restart nginx",
            "#!/bin/bash",
            "C:\\tools\\a.exe > out.txt",
            "C:\\tools\\a.exe -q>out.txt",
            "ipconfig > C:\\a.txt",
            "<盘符>:\\a.exe > x",
            "ssh root@host # 登录",
            "echo a@b.cn: 5$",
            "select a > b",
            "a=>b",
            "[root@<主机> ~] 处",
            "Get-Process | Where-Object CPU -gt 10",
            "PSQL_HOME=x > y",
        ];
        for line in lines {
            assert_eq!(prompt(line), None, "{line}");
        }
    }
}
