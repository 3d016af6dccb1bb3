//! Which kind of fault a row is about, by its words.

use crate::{analysis, article::FaultType};

/// Words, folded, and what they speak for. The first that occurs decides, so what is specific comes
/// before what is general: `服务器硬盘` is hardware, `服务器` an outage.
const WORDS: [(FaultType, &str); 14] = [
    (
        FaultType::Security,
        "病毒 中毒 木马 勒索 入侵 攻击 被黑 黑客 泄露 泄密 钓鱼 挖矿 篡改 被盗 漏洞 \
         网络安全 信息安全 安全事件",
    ),
    (
        FaultType::UserError,
        "操作失误 误操作 操作错误 操作不当 人为失误 人为错误 点错 手滑 误触 误关",
    ),
    (FaultType::DataLoss, "数据丢 丢数据 数据损坏 数据恢复 数据找回 误删 文件丢 文件不见 备份"),
    (FaultType::ConfigLoss, "配置 设置丢 参数丢 设置没了 恢复默认 恢复出厂"),
    (FaultType::Login, "登录 登陆 登入 登不上 密码 口令 账号 帐号 账户 身份认证 权限 ukey usbkey"),
    (
        FaultType::Peripheral,
        "打印 扫描 投影 外设 键盘 鼠标 u盘 耳机 耳麦 话筒 麦克风 摄像头 音响 复印",
    ),
    (
        FaultType::Facility,
        "机房 停电 断电 供电 市电 ups 空调 漏水 水浸 火灾 火警 消防 高温 雷击 地震",
    ),
    (FaultType::Hardware, "硬件 硬盘 磁盘 内存条 主板 显示器 显卡 不通电 无法开机 不开机 风扇"),
    (
        FaultType::Network,
        "网络 断网 上网 没网 网线 网速 交换机 路由 光纤 专线 线路 wifi 无线 vpn dns \
         ip地址 带宽 流量",
    ),
    (
        FaultType::Outage,
        "宕机 当机 瘫痪 服务中断 业务中断 系统中断 服务器 数据库 网站 中间件 停机 \
         系统崩溃",
    ),
    (FaultType::DataLoss, "数据 丢失"),
    (
        FaultType::Software,
        "软件 程序 蓝屏 死机 卡顿 报错 闪退 浏览器 办公 操作系统 系统 应用 打不开",
    ),
    (FaultType::Hardware, "损坏 设备 电脑 主机 机器"),
    (FaultType::UserError, "失误 误"),
];

/// The kind of fault, by the event and then by the type that the table gives; `None` when no word
/// of either is known.
pub(super) fn guess(event: &str, fault: &str) -> Option<FaultType> {
    [event, fault].into_iter().find_map(|text| {
        let text: String = analysis::folded_string(text).split_whitespace().collect();
        let label = FaultType::ALL.iter().copied().find(|it| text == it.label());
        let by_word = || {
            let speaks = |words: &str| words.split(' ').any(|word| text.contains(word));
            WORDS.iter().find(|(_, words)| speaks(words)).map(|(fault, _)| *fault)
        };
        label.or_else(by_word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_guessed_from_the_event_and_then_from_the_type() {
        let table = [
            ("登录异常", "软件", Some(FaultType::Login)),
            ("硬件损坏", "", Some(FaultType::Hardware)),
            ("操作失误", "", Some(FaultType::UserError)),
            ("配置丢失", "", Some(FaultType::ConfigLoss)),
            ("数据丢失", "", Some(FaultType::DataLoss)),
            ("數據丟失", "", Some(FaultType::DataLoss)),
            ("印表機卡紙，打印不了", "", Some(FaultType::Peripheral)),
            ("服务器硬盘告警", "", Some(FaultType::Hardware)),
            ("数据库宕机", "", Some(FaultType::Outage)),
            ("網絡安全事件", "", Some(FaultType::Security)),
            ("WiFi 连不上", "", Some(FaultType::Network)),
            ("出现异常", "网络故障", Some(FaultType::Network)),
            ("出现异常", "打印与外设", Some(FaultType::Peripheral)),
            ("出现异常", "其他", None),
            ("", "", None),
        ];
        for (event, fault, expected) in table {
            assert_eq!(guess(event, fault), expected, "{event} {fault}");
        }
    }
}
