//! The language of a command, where it is clear.

/// Commands that only Windows has.
const CMD: &[&str] = &[
    "ipconfig",
    "sfc",
    "dism",
    "chkdsk",
    "robocopy",
    "xcopy",
    "netsh",
    "gpupdate",
    "gpresult",
    "taskkill",
    "tasklist",
    "systeminfo",
    "nltest",
    "w32tm",
    "bcdedit",
    "diskpart",
    "reg",
    "sc",
    "wmic",
    "schtasks",
    "net",
    "attrib",
    "icacls",
    "tracert",
    "pathping",
    "vssadmin",
    "wevtutil",
    "certutil",
    "cmdkey",
    "klist",
    "manage-bde",
    "powercfg",
    "driverquery",
    "pnputil",
    "slmgr",
    "wbadmin",
    "quser",
    "rundll32",
    "control",
    "fsutil",
];

/// Commands that only Unix has.
const BASH: &[&str] = &[
    "sudo",
    "systemctl",
    "journalctl",
    "df",
    "du",
    "free",
    "ls",
    "cat",
    "grep",
    "tail",
    "head",
    "top",
    "ss",
    "ip",
    "dmesg",
    "lsblk",
    "blkid",
    "mount",
    "umount",
    "chmod",
    "chown",
    "cp",
    "mv",
    "rm",
    "mkdir",
    "ps",
    "kill",
    "docker",
    "kubectl",
    "crictl",
    "apt",
    "apt-get",
    "yum",
    "dnf",
    "rpm",
    "dpkg",
    "nmcli",
    "ethtool",
    "iptables",
    "nft",
    "firewall-cmd",
    "smartctl",
    "mdadm",
    "lvs",
    "vgs",
    "pvs",
    "lvextend",
    "xfs_growfs",
    "resize2fs",
    "fsck",
    "xfs_repair",
    "mkfs",
    "dd",
    "tar",
    "rsync",
    "crontab",
    "chronyc",
    "timedatectl",
    "hostnamectl",
    "ulimit",
    "lsof",
    "vmstat",
    "iostat",
    "sar",
    "uptime",
    "who",
    "last",
    "id",
    "passwd",
    "usermod",
    "chage",
    "dig",
    "mtr",
    "tcpdump",
    "awk",
    "sed",
    "find",
    "export",
    "source",
];

/// Words that begin a statement of SQL.
const SQL: &[&str] = &[
    "select", "insert", "update", "delete", "alter", "create", "drop", "truncate", "grant",
    "revoke", "show", "explain", "analyze", "begin", "commit", "rollback", "with", "flush",
];

/// The language of which all lines of `code` surely are; `None` when in doubt.
pub(super) fn guess(code: &str) -> Option<&'static str> {
    if code.trim_start().starts_with("主题：") {
        return Some("text");
    }
    if is_sql(code) {
        return Some("sql");
    }
    let mut languages = Vec::new();
    let mut continues = false;
    for line in code.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let is_continued = std::mem::replace(&mut continues, line.ends_with(['\\', '`', '^']));
        if !is_continued && !line.starts_with('#') {
            languages.push(of_line(line)?);
        }
    }
    languages.dedup();
    match languages.as_slice() {
        [only] => Some(only),
        _ => None,
    }
}

fn of_line(line: &str) -> Option<&'static str> {
    let word = line.split([' ', '|', ';']).next().unwrap_or_default();
    if is_cmdlet(word) || line.starts_with('$') && line.contains(" = ") {
        return Some("powershell");
    }
    let name = word.to_ascii_lowercase();
    let name = name.strip_suffix(".exe").unwrap_or(&name);
    let is_in = |list: &[&str]| list.contains(&name);
    match (is_in(CMD), is_in(BASH)) {
        (true, false) => Some("cmd"),
        (false, true) if name == word => Some("bash"),
        _ => None,
    }
}

/// Verbs of cmdlets. Source: Microsoft, Approved verbs for PowerShell commands, as operators meet
/// them.
const VERBS: &[&str] = &[
    "Add",
    "Clear",
    "Connect",
    "Convert",
    "ConvertTo",
    "Copy",
    "Disable",
    "Disconnect",
    "Enable",
    "Enter",
    "Exit",
    "Export",
    "Find",
    "Format",
    "Get",
    "Import",
    "Install",
    "Invoke",
    "Measure",
    "Mount",
    "Move",
    "New",
    "Optimize",
    "Out",
    "Read",
    "Remove",
    "Rename",
    "Repair",
    "Reset",
    "Resolve",
    "Restart",
    "Restore",
    "Resume",
    "Save",
    "Search",
    "Select",
    "Send",
    "Set",
    "Show",
    "Sort",
    "Start",
    "Stop",
    "Suspend",
    "Test",
    "Unblock",
    "Uninstall",
    "Unlock",
    "Update",
    "Wait",
    "Where",
    "Write",
];

/// `Get-Date`: a verb and a noun, each with a capital.
fn is_cmdlet(word: &str) -> bool {
    let is_noun = |noun: &str| {
        noun.starts_with(|c: char| c.is_ascii_uppercase())
            && noun.chars().all(|c| c.is_ascii_alphanumeric())
    };
    word.split_once('-').is_some_and(|(verb, noun)| VERBS.contains(&verb) && is_noun(noun))
}

/// Statements of SQL, each with its semicolon.
fn is_sql(code: &str) -> bool {
    let code: Vec<_> = code.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
    let code = code.join("\n");
    let Some(statements) = code.trim().strip_suffix(';') else { return false };
    statements.split(';').all(|statement| {
        let first = statement.split_whitespace().next().unwrap_or_default();
        let is_named = SQL.iter().any(|word| first.eq_ignore_ascii_case(word));
        is_named && statement.split_whitespace().nth(1).is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_clear_commands_have_a_language() {
        let table = [
            ("Get-Service -Name Spooler", Some("powershell")),
            ("$x = Get-Date\nRestart-Service Spooler", Some("powershell")),
            ("ipconfig /all\nnetsh winsock reset", Some("cmd")),
            ("DISM.exe /Online /Cleanup-Image /RestoreHealth", Some("cmd")),
            ("# 先看\nsystemctl status nginx\njournalctl -u nginx \\\n  -n 50", Some("bash")),
            ("SELECT 1 FROM dual;", Some("sql")),
            ("-- 先看\nselect *\nfrom t;\nshow tables;", Some("sql")),
            ("主题：恢复\n\n您好", Some("text")),
            ("ping <地址>", None),
            ("ipconfig /all\nls", None),
            ("ls\nAccess denied", None),
            ("Windows IP Configuration", None),
            ("Wi-Fi 已断开", None),
            ("select one", None),
            ("show version", None),
            ("Free space", None),
            ("# 只有说明", None),
            ("", None),
        ];
        for (code, language) in table {
            assert_eq!(guess(code), language, "{code}");
        }
    }
}
