//! The closed value sets of the front matter, each with its name in YAML and JSON and its
//! Chinese label.
//!
//! Source: the article model of the knowledge base, sections 3.1 to 3.5.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{ObjectBuilder, Schema, Type},
    },
};

/// A front matter value that is none of the allowed ones.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{value}”不是允许的值，应为：{allowed}")]
pub struct UnknownValue {
    /// What stood in the file.
    pub value: String,
    /// The allowed values, separated by `、`.
    pub allowed: String,
}

macro_rules! value_set {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal, $label:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $(#[doc = $label] #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// All values, in the order of the article model.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name in front matter, JSON and URLs.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The name shown to people, in Chinese.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ }
            }
        }

        impl FromStr for $name {
            type Err = UnknownValue;

            fn from_str(value: &str) -> Result<Self, UnknownValue> {
                Self::ALL.iter().copied().find(|known| known.as_str() == value).ok_or_else(|| {
                    let allowed: Vec<_> = Self::ALL.iter().map(|known| known.as_str()).collect();
                    UnknownValue { value: value.to_owned(), allowed: allowed.join("、") }
                })
            }
        }

        // The derive does not see through the literals of this macro.
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let names = Self::ALL.iter().map(|value| value.as_str());
                let schema = ObjectBuilder::new().schema_type(Type::String);
                schema.enum_values(Some(names)).into()
            }
        }

        impl ToSchema for $name {}

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

value_set! {
    /// What kind of fault an article is about.
    FaultType {
        Hardware = "hardware", "硬件损坏";
        Peripheral = "peripheral", "打印与外设";
        Software = "software", "软件异常";
        Login = "login", "登录异常";
        Network = "network", "网络故障";
        DataLoss = "data-loss", "数据丢失";
        UserError = "user-error", "操作失误";
        ConfigLoss = "config-loss", "配置丢失";
        Security = "security", "病毒与安全";
        Outage = "outage", "服务中断";
        Facility = "facility", "机房与动力";
    }
}

value_set! {
    /// How fast an incident must be answered; the first is the most urgent.
    Severity {
        P1 = "p1", "紧急";
        P2 = "p2", "高";
        P3 = "p3", "中";
        P4 = "p4", "低";
    }
}

impl Severity {
    /// As people write it: `P1 紧急`.
    #[must_use]
    pub fn shown(self) -> String {
        format!("{} {}", self.as_str().to_uppercase(), self.label())
    }

    /// Minutes within which somebody must answer. Source: the article model, section 6; an
    /// organisation's own service agreement goes before it.
    #[must_use]
    pub const fn response_minutes(self) -> u32 {
        match self {
            Self::P1 => 5,
            Self::P2 => 15,
            Self::P3 => 30,
            Self::P4 => 4 * 60,
        }
    }
}

value_set! {
    /// Who may carry the strategy out.
    Tier {
        L1 = "l1", "服务台可独立完成";
        L2 = "l2", "需专业工程师";
        L3 = "l3", "需厂商或专家";
    }
}

value_set! {
    /// Where an article stands in its life.
    Status {
        Draft = "draft", "草稿";
        Published = "published", "已发布";
        Retired = "retired", "已停用";
    }
}

value_set! {
    /// How support is given.
    Channel {
        Phone = "phone", "电话";
        Mail = "mail", "邮件";
        Onsite = "onsite", "现场";
    }
}

value_set! {
    /// Whether data is in danger.
    DataRisk {
        None = "none", "数据无风险";
        Possible = "possible", "数据可能有风险";
        High = "high", "数据高风险";
    }
}

value_set! {
    /// The class of a security incident. Source: GB/T 20986-2023, its ten classes.
    IncidentClass {
        Malware = "malware", "恶意程序";
        NetworkAttack = "network-attack", "网络攻击";
        DataSecurity = "data-security", "数据安全";
        ContentSecurity = "content-security", "信息内容安全";
        FacilityFault = "facility-fault", "设备设施故障";
        Misoperation = "misoperation", "违规操作";
        SecurityRisk = "security-risk", "安全隐患";
        AbnormalBehavior = "abnormal-behavior", "异常行为";
        ForceMajeure = "force-majeure", "不可抗力";
        Other = "other", "其他";
    }
}

/// The names `systems` may hold; an organisation adds its own in its settings.
///
/// Source: the article model, section 3.4, in its groups: end devices, operating systems, office,
/// identity, network, servers, data and middleware, business, security and surroundings.
pub const SYSTEMS: &[&str] = &[
    "desktop",
    "laptop",
    "monitor",
    "peripheral",
    "storage-media",
    "meeting-room",
    "mobile",
    "printer",
    "scanner",
    "windows",
    "windows-server",
    "kylin",
    "uos",
    "linux",
    "office",
    "wps",
    "browser",
    "email",
    "im",
    "video-meeting",
    "ad",
    "sso",
    "mfa",
    "vpn",
    "rdp",
    "bastion",
    "ca-key",
    "lan",
    "wlan",
    "wan",
    "dns",
    "dhcp",
    "firewall",
    "switch",
    "file-share",
    "server",
    "raid",
    "storage",
    "backup",
    "vmware",
    "docker",
    "kubernetes",
    "oracle",
    "mysql",
    "sqlserver",
    "postgresql",
    "dameng",
    "kingbase",
    "redis",
    "nginx",
    "tomcat",
    "java",
    "tls",
    "website",
    "oa",
    "erp",
    "finance",
    "tax",
    "edr",
    "machine-room",
    "power",
    "hvac",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_reads_back_from_its_own_name() {
        for value in FaultType::ALL {
            assert_eq!(value.as_str().parse(), Ok(*value));
        }
        assert_eq!("p1".parse(), Ok(Severity::P1));
    }

    #[test]
    fn an_unknown_value_lists_the_allowed_ones() {
        let error = "p9".parse::<Severity>().unwrap_err();
        assert_eq!(error.to_string(), "“p9”不是允许的值，应为：p1、p2、p3、p4");
    }
}
