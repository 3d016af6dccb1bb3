//! The fields of front matter in one table, and the same as a JSON Schema for editors.
//!
//! The reader takes the names of the fields from here, the schema what may stand in them; values
//! and labels come from the value sets themselves. Source: the article model, section 3.

use serde_json::{Map, Value, json};

use super::{
    identity::MAX_ID_CHARS,
    values::{Channel, DataRisk, FaultType, IncidentClass, SYSTEMS, Severity, Status, Tier},
};

/// Most days between two reviews: ten years.
pub(super) const MAX_REVIEW_DAYS: u32 = 3650;

/// Longest title, in characters.
pub const MAX_TITLE_CHARS: usize = 32;
/// Longest summary, in characters.
pub const MAX_SUMMARY_CHARS: usize = 80;
/// Most aliases.
pub const MAX_ALIASES: usize = 20;
/// Longest alias, in characters.
pub const MAX_ALIAS_CHARS: usize = 24;
/// Most systems.
pub const MAX_SYSTEMS: usize = 8;
/// Most related articles.
pub const MAX_RELATED: usize = 8;

/// A field of front matter.
struct Field {
    name: &'static str,
    is_required: bool,
    title: &'static str,
    description: &'static str,
    /// What may stand there, without title and description.
    value: fn() -> Value,
}

/// All fields, in the order of the article model.
const FIELDS: &[Field] = &[
    Field {
        name: "id",
        is_required: true,
        title: "编号",
        description: "小写英文、数字和连字符，与文件名相同。工单和链接都引用它，发布后不要改。",
        value: || json!({ "type": "string", "maxLength": MAX_ID_CHARS, "pattern": "^[a-z0-9-]+$" }),
    },
    Field {
        name: "title",
        is_required: true,
        title: "标题",
        description: "写成来电人的说法，不超过 32 字，不写产品内部名词。",
        value: || json!({ "type": "string", "minLength": 1, "maxLength": MAX_TITLE_CHARS }),
    },
    Field {
        name: "summary",
        is_required: true,
        title: "第一件要做的事",
        description: "不超过 80 字，写止损动作：没打开文章就能先做的那一步。",
        value: || json!({ "type": "string", "minLength": 1, "maxLength": MAX_SUMMARY_CHARS }),
    },
    Field {
        name: "fault_type",
        is_required: true,
        title: "故障类型",
        description: "只属一类，拿不准时按来电人的第一句话归类。",
        value: || one_of(FaultType::ALL, FaultType::as_str, FaultType::label),
    },
    Field {
        name: "severity",
        is_required: true,
        title: "默认级别",
        description: "影响面 × 紧迫性；接线员按“影响”一节的表调整。",
        value: || one_of(Severity::ALL, Severity::as_str, Severity::label),
    },
    Field {
        name: "systems",
        is_required: true,
        title: "涉及的系统",
        description: "1 到 8 个，用来按环境过滤；可以写本单位自己的系统名，如 his、mes。",
        value: systems,
    },
    Field {
        name: "tier",
        is_required: true,
        title: "谁能处理",
        description: "接线员据此知道自己能不能动手。",
        value: || one_of(Tier::ALL, Tier::as_str, Tier::label),
    },
    Field {
        name: "status",
        is_required: true,
        title: "状态",
        description: "草稿和已停用的文章默认搜不到。",
        value: || one_of(Status::ALL, Status::as_str, Status::label),
    },
    Field {
        name: "owner",
        is_required: true,
        title: "负责岗位",
        description: "岗位或班组，不写个人姓名。",
        value: || json!({ "type": "string", "minLength": 1 }),
    },
    Field {
        name: "reviewed",
        is_required: true,
        title: "最近核对日期",
        description: "YYYY-MM-DD；加上复核周期就是下次复核的日子。",
        value: || json!({ "type": "string", "format": "date", "pattern": "^\\d{4}-\\d{2}-\\d{2}$" }),
    },
    Field {
        name: "aliases",
        is_required: false,
        title: "别称",
        description: "来电人的其他说法，最多 20 条，每条不超过 24 字；参与检索、联想和拼音。",
        value: || {
            let item = json!({ "type": ["string", "integer"], "maxLength": MAX_ALIAS_CHARS });
            json!({ "type": "array", "maxItems": MAX_ALIASES, "items": item, "default": [] })
        },
    },
    Field {
        name: "codes",
        is_required: false,
        title: "报错代码",
        description: "照屏幕上的原样写，按整串精确匹配；纯数字或像数字的要加引号。",
        value: || texts(json!({ "examples": [["ORA-12541", "0x0000011b"]] })),
    },
    Field {
        name: "channels",
        is_required: false,
        title: "支持渠道",
        description: "按优先顺序；写了哪个渠道，“各渠道话术”里就要有哪一节。",
        value: || {
            let all: Vec<_> = Channel::ALL.iter().map(|channel| channel.as_str()).collect();
            let item = one_of(Channel::ALL, Channel::as_str, Channel::label);
            json!({ "type": "array", "uniqueItems": true, "items": item, "default": all })
        },
    },
    Field {
        name: "data_risk",
        is_required: false,
        title: "数据风险",
        description: "不是 none 时，应急策略的第一个分支必须是“数据丢没丢”。",
        value: || {
            let mut schema = one_of(DataRisk::ALL, DataRisk::as_str, DataRisk::label);
            schema["default"] = DataRisk::None.as_str().into();
            schema
        },
    },
    Field {
        name: "review_days",
        is_required: false,
        title: "复核周期（天）",
        description: "不写时按级别：p1 90 天，p2 180 天，p3 和 p4 365 天。",
        value: || json!({ "type": "integer", "minimum": 1, "maximum": MAX_REVIEW_DAYS }),
    },
    Field {
        name: "related",
        is_required: false,
        title: "相关文章",
        description: "其他文章的 id，最多 8 个；“不是这个？看看这些”。",
        value: || texts(json!({ "maxItems": MAX_RELATED })),
    },
    Field {
        name: "supersedes",
        is_required: false,
        title: "取代的文章",
        description: "被本文取代的 id；旧链接自动指到本文，旧文章改为 retired。",
        value: || texts(json!({})),
    },
    Field {
        name: "incident_class",
        is_required: false,
        title: "安全事件类别",
        description: "上报安全事件时要填的类别，对应 GB/T 20986-2023 的十类。",
        value: || one_of(IncidentClass::ALL, IncidentClass::as_str, IncidentClass::label),
    },
    Field {
        name: "entry",
        is_required: false,
        title: "总入口",
        description: "是不是该故障类型的总入口文章，每类最多一篇；搜不到时由它兜底。",
        value: || json!({ "type": "boolean", "default": false }),
    },
    Field {
        name: "expect",
        is_required: false,
        title: "期望的问法",
        description: "来电人会怎么问；不参与检索，只用来检查这样问能不能排进前三。",
        value: || texts(json!({ "examples": [["电脑一开机就黑屏"]] })),
    },
    Field {
        name: "alerts",
        is_required: false,
        title: "监控告警",
        description: "哪些告警直接对应本文：名称和标签都可以用通配符。",
        value: alerts,
    },
];

/// Names of the fields every article must have.
pub(super) fn required_names() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().filter(|field| field.is_required).map(|field| field.name)
}

/// Names of all fields of the model.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().map(|field| field.name)
}

/// What front matter may contain, as a JSON Schema (draft 2020-12) with Chinese titles and
/// descriptions. Fields the model does not know are allowed.
///
/// It asks for the recommended form: where the reader takes a single value for a list, the schema
/// wants a list.
#[must_use]
pub fn front_matter_schema() -> Value {
    let properties: Map<_, _> =
        FIELDS.iter().map(|field| (field.name.to_owned(), described(field))).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "救急文章的前言",
        "description": "应急策略文章开头两行 --- 之间的字段。不认识的字段可以保留。",
        "type": "object",
        "required": required_names().collect::<Vec<_>>(),
        "properties": properties,
        "additionalProperties": true,
    })
}

/// The field's schema; what its values mean is told in the description too, for editors that show
/// nothing else.
fn described(field: &Field) -> Value {
    let mut schema = (field.value)();
    let mut description = field.description.to_owned();
    let values = if schema["items"].is_object() { &schema["items"] } else { &schema };
    if let (Some(values), Some(labels)) =
        (values["enum"].as_array(), values["enumDescriptions"].as_array())
    {
        let pairs = values.iter().zip(labels).filter_map(|(v, l)| Some((v.as_str()?, l.as_str()?)));
        let pairs: Vec<_> = pairs.map(|(value, label)| format!("{value} {label}")).collect();
        description.push_str(&format!("取值：{}。", pairs.join("、")));
    }
    schema["title"] = field.title.into();
    schema["description"] = description.into();
    schema
}

/// One of a closed set of values. `enumDescriptions` is no keyword of JSON Schema, but what
/// editors show beside each value.
fn one_of<T: Copy>(all: &[T], name: fn(T) -> &'static str, label: fn(T) -> &'static str) -> Value {
    let names: Vec<_> = all.iter().map(|value| name(*value)).collect();
    let labels: Vec<_> = all.iter().map(|value| label(*value)).collect();
    json!({ "type": "string", "enum": names, "enumDescriptions": labels })
}

/// A list of texts with further keywords.
fn texts(more: Value) -> Value {
    let mut schema = json!({ "type": "array", "items": { "type": "string", "minLength": 1 } });
    if let (Some(schema), Value::Object(more)) = (schema.as_object_mut(), more) {
        schema.extend(more);
    }
    schema
}

/// The known systems are offered, others are allowed.
fn systems() -> Value {
    let item = json!({ "anyOf": [{ "enum": SYSTEMS }, { "type": "string", "minLength": 1 }] });
    let examples = json!([["windows", "file-share"]]);
    json!({
        "type": "array", "minItems": 1, "maxItems": MAX_SYSTEMS, "items": item, "examples": examples,
    })
}

fn alerts() -> Value {
    let item = json!({
        "type": "object",
        "properties": {
            "name": { "type": "string", "title": "告警名称，可以用 *" },
            "labels": {
                "type": "object",
                "title": "标签和它的值，值可以用 *",
                "additionalProperties": { "type": "string" },
            },
        },
        "anyOf": [{ "required": ["name"] }, { "required": ["labels"] }],
        "additionalProperties": false,
    });
    json!({ "type": "array", "items": item, "examples": [[{ "name": "Mysql*Replication*" }]] })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::article::{FrontMatter, parse};

    #[test]
    fn the_table_has_the_fields_of_the_model_and_no_others() {
        let meta = serde_json::to_value(FrontMatter::default()).unwrap();
        let mut expected: BTreeSet<_> =
            meta.as_object().unwrap().keys().map(String::as_str).collect();
        assert!(expected.remove("extra"));
        expected.extend(["id", "title"]);
        assert_eq!(names().collect::<BTreeSet<_>>(), expected);
        assert_eq!(names().count(), expected.len());
    }

    #[test]
    fn every_value_has_its_label() {
        let schema = front_matter_schema();
        let fault_type = &schema["properties"]["fault_type"];
        assert_eq!(fault_type["enum"][0], "hardware");
        assert_eq!(fault_type["enumDescriptions"][0], "硬件损坏");
        let description = schema["properties"]["channels"]["description"].as_str().unwrap();
        assert!(
            description.ends_with("取值：phone 电话、mail 邮件、onsite 现场。"),
            "{description}"
        );
        for (name, field) in schema["properties"].as_object().unwrap() {
            for keyword in ["title", "description"] {
                let text = field[keyword].as_str().unwrap_or_default();
                assert!(text.contains(|c| ('一'..='鿿').contains(&c)), "{name}: {keyword}: {text}");
            }
        }
    }

    #[test]
    fn what_the_schema_offers_the_reader_accepts() {
        let schema = front_matter_schema();
        for (name, field) in schema["properties"].as_object().unwrap() {
            let values = field["enum"].as_array().or(field["items"]["enum"].as_array());
            let values = values.or(field["examples"].as_array()).into_iter().flatten();
            for value in values.chain(field.get("default")) {
                let source = format!("---\n{name}: {value}\n---\n");
                let findings = parse("a.md", &source).unwrap().findings;
                let own = findings.iter().filter(|finding| finding.line == Some(2));
                let own: Vec<_> = own.collect();
                assert!(own.iter().all(|f| f.message.contains("应为列表")), "{source}{own:#?}");
            }
        }
    }
}
