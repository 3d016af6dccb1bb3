//! Which systems a row is about, by its words. Source of the names: the article model, section 3.4.

use crate::{
    analysis,
    article::{FaultType, MAX_SYSTEMS},
};

/// Systems and the words for them, folded.
const WORDS: [(&str, &[&str]); 41] = [
    ("printer", &["打印"]),
    ("scanner", &["扫描"]),
    ("meeting-room", &["会议室", "投影"]),
    ("video-meeting", &["视频会议"]),
    ("storage-media", &["u盘", "移动硬盘", "光盘"]),
    ("laptop", &["笔记本"]),
    ("monitor", &["显示器"]),
    ("peripheral", &["键盘", "鼠标", "耳机", "摄像头", "外设"]),
    ("mobile", &["手机", "平板"]),
    ("desktop", &["电脑", "台式机", "计算机"]),
    ("windows", &["windows", "蓝屏"]),
    ("kylin", &["麒麟"]),
    ("uos", &["统信"]),
    ("linux", &["linux"]),
    ("wps", &["wps"]),
    ("office", &["office", "word", "excel", "ppt"]),
    ("browser", &["浏览器"]),
    ("email", &["邮件", "邮箱"]),
    ("ad", &["域控", "域账号"]),
    ("sso", &["统一认证", "单点登录"]),
    ("vpn", &["vpn"]),
    ("rdp", &["远程桌面"]),
    ("bastion", &["堡垒机"]),
    ("ca-key", &["ukey", "usbkey", "数字证书"]),
    ("wlan", &["wifi", "无线"]),
    ("wan", &["专线", "运营商", "网络服务商", "光纤"]),
    ("dns", &["dns", "域名解析"]),
    ("firewall", &["防火墙"]),
    ("switch", &["交换机"]),
    ("file-share", &["共享盘", "共享文件", "文件共享"]),
    ("lan", &["网络", "网线", "断网", "内网"]),
    ("server", &["服务器"]),
    ("raid", &["raid", "阵列"]),
    ("backup", &["备份"]),
    ("oracle", &["oracle"]),
    ("mysql", &["mysql"]),
    ("sqlserver", &["sqlserver", "sql server"]),
    ("website", &["网站", "网页"]),
    ("edr", &["病毒", "木马", "勒索"]),
    ("machine-room", &["机房"]),
    ("power", &["停电", "断电", "供电", "市电", "ups"]),
];

/// The systems that the texts speak of, else the one that the fault is usually about.
pub(super) fn guess(texts: &[&str], fault: FaultType) -> Vec<&'static str> {
    let texts: Vec<_> = texts.iter().map(|text| analysis::folded_string(text)).collect();
    let speaks = |words: &[&str]| words.iter().any(|word| texts.iter().any(|it| has(it, word)));
    let found = WORDS.iter().filter(|(_, words)| speaks(words)).map(|(system, _)| *system);
    let mut systems: Vec<_> = found.take(MAX_SYSTEMS).collect();
    if systems.is_empty() {
        systems.push(usual(fault));
    }
    systems
}

/// Whether a text has a word. Latin words stand alone: `ppt` is not in `pptp`.
fn has(text: &str, word: &str) -> bool {
    let is_latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        let starts = is_latin(word.chars().next()) && is_latin(before);
        let ends = is_latin(word.chars().next_back()) && is_latin(after);
        !starts && !ends
    })
}

fn usual(fault: FaultType) -> &'static str {
    match fault {
        FaultType::Peripheral => "peripheral",
        FaultType::Network => "lan",
        FaultType::DataLoss => "storage-media",
        FaultType::Security => "edr",
        FaultType::Outage => "server",
        FaultType::Facility => "machine-room",
        FaultType::Hardware
        | FaultType::Software
        | FaultType::Login
        | FaultType::UserError
        | FaultType::ConfigLoss => "desktop",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_are_those_spoken_of_else_the_usual_one() {
        let table: [(&[&str], FaultType, &[&str]); 5] = [
            (&["打印机连不上", "重启電腦"], FaultType::Peripheral, &["printer", "desktop"]),
            (&["VPN 断开"], FaultType::Network, &["vpn"]),
            (&["pptp 断开"], FaultType::Network, &["lan"]),
            (&["操作失误"], FaultType::UserError, &["desktop"]),
            (&["Word文档丢失"], FaultType::DataLoss, &["office"]),
        ];
        for (texts, fault, expected) in table {
            assert_eq!(guess(texts, fault), expected, "{texts:?}");
        }
    }
}
