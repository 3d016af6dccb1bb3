//! The fields of the article model, each taken on its own: a field that is wrong is a finding
//! and has its default, the others count.

use std::str::FromStr;

use super::{
    super::{
        AlertMatcher, Finding, FrontMatter, Level, UnknownValue,
        identity::{MAX_ID_CHARS, is_id},
        schema::{self, MAX_REVIEW_DAYS},
        text::{cleaned, one_line},
    },
    RULE,
    yaml::{Entry, Node, Place, Value},
};

/// The front matter of an article.
#[derive(Default)]
pub(in crate::article) struct Fields {
    /// The declared id, if it is valid, and where it stands.
    pub(in crate::article) id: Option<(String, u32, u32)>,
    /// The declared title, if it is not empty.
    pub(in crate::article) title: Option<String>,
    pub(in crate::article) meta: FrontMatter,
}

/// The fields in `entries` and what is wrong with them, in the order of the file.
pub(super) fn read(path: &str, entries: Vec<Entry>) -> (Fields, Vec<Finding>) {
    let mut reader = Reader { path, findings: Vec::new() };
    let mut fields = Fields::default();
    let missing = missing(&entries);
    if !missing.is_empty() {
        let message = format!("缺少必填字段：{}", missing.join("、"));
        let hint = "在文件开头两行 --- 之间补上";
        reader.add(Level::Error, Place { line: 1, column: 1 }, message, hint);
    }
    for entry in entries {
        reader.field(&mut fields, entry);
    }
    (fields, reader.findings)
}

/// Required fields that are absent or empty.
fn missing(entries: &[Entry]) -> Vec<&'static str> {
    let is_given = |name: &&str| {
        entries.iter().any(|entry| {
            entry.key == **name
                && match &entry.node.value {
                    Value::Null => false,
                    Value::Text(text) => !text.trim().is_empty(),
                    Value::List(items) => !items.is_empty(),
                    _ => true,
                }
        })
    };
    schema::required_names().filter(|name| !is_given(name)).collect()
}

struct Reader<'p> {
    path: &'p str,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn field(&mut self, fields: &mut Fields, entry: Entry) {
        let Entry { key, place, node } = entry;
        // A field without a value is a field that is not there.
        if matches!(node.value, Value::Null) && is_known(&key) {
            return;
        }
        let meta = &mut fields.meta;
        match key.as_str() {
            "id" => fields.id = self.id(&node),
            "title" => fields.title = self.text("title", &node),
            "summary" => meta.summary = self.text("summary", &node),
            "owner" => meta.owner = self.text("owner", &node),
            "fault_type" => meta.fault_type = self.value("fault_type", &node),
            "severity" => meta.severity = self.value("severity", &node),
            "tier" => meta.tier = self.value("tier", &node),
            "incident_class" => meta.incident_class = self.value("incident_class", &node),
            "status" => meta.status = self.value("status", &node).unwrap_or(meta.status),
            "data_risk" => {
                meta.data_risk = self.value("data_risk", &node).unwrap_or(meta.data_risk)
            }
            "reviewed" => meta.reviewed = self.date("reviewed", &node),
            "review_days" => meta.review_days = self.days("review_days", &node),
            "entry" => meta.entry = self.flag("entry", &node),
            "systems" => meta.systems = self.texts("systems", node),
            "aliases" => meta.aliases = self.texts("aliases", node),
            "codes" => meta.codes = self.codes(node),
            "related" => meta.related = self.texts("related", node),
            "supersedes" => meta.supersedes = self.texts("supersedes", node),
            "expect" => meta.expect = self.texts("expect", node),
            "channels" => meta.channels = self.values("channels", node),
            "alerts" => meta.alerts = self.alerts(node),
            _ => {
                self.unknown(&key, place);
                meta.extra.insert(cleaned(&key), node.value.into_json());
            }
        }
    }

    fn add(&mut self, level: Level, place: Place, message: String, hint: &str) {
        let finding = Finding::new(self.path, RULE, level, message);
        self.findings.push(finding.at(place.line, place.column).hint(hint));
    }

    fn wrong(&mut self, name: &str, node: &Node, expected: &str, hint: &str) {
        let message = format!("字段 `{name}` 写的是{}，应为{expected}", node.value.described());
        self.add(Level::Error, node.place, message, hint);
    }

    fn unknown(&mut self, key: &str, place: Place) {
        let plain =
            |name: &str| name.replace(['-', '_', ' '], "").trim_end_matches('s').to_lowercase();
        let meant = schema::names().find(|known| plain(known) == plain(key));
        let hint = match meant {
            Some(known) => format!("是不是想写 `{known}`？"),
            None => "自己的扩展字段可以保留，会原样出现在 JSON 的 extra 里".to_owned(),
        };
        let key: String = key.chars().take(MAX_ID_CHARS).collect();
        let message = format!("未知字段 `{}`", one_line(&key));
        self.add(Level::Warning, place, message, &hint);
    }

    /// A single value as text; numbers and booleans as they were written.
    fn text(&mut self, name: &str, node: &Node) -> Option<String> {
        match &node.value {
            Value::Text(text) | Value::Bool(_, text) | Value::Number(_, text) => {
                Some(one_line(text)).filter(|text| !text.is_empty())
            }
            Value::Null => None,
            Value::List(_) | Value::Map(_) => {
                self.wrong(name, node, "一段文字", &format!("写成 {name}: 文字"));
                None
            }
        }
    }

    fn id(&mut self, node: &Node) -> Option<(String, u32, u32)> {
        let id = self.text("id", node)?;
        if is_id(&id) {
            return Some((id, node.place.line, node.place.column));
        }
        let expected = format!("小写英文、数字和连字符，不超过 {MAX_ID_CHARS} 个");
        self.wrong("id", node, &expected, "例如 id: file-deleted");
        None
    }

    fn value<T: FromStr<Err = UnknownValue>>(&mut self, name: &str, node: &Node) -> Option<T> {
        let text = self.text(name, node)?;
        match text.parse() {
            Ok(value) => Some(value),
            Err(UnknownValue { allowed, .. }) => {
                let hint = match text.to_lowercase() {
                    lower if lower.parse::<T>().is_ok() => format!("改为 {name}: {lower}"),
                    _ => "从允许的值里选一个".to_owned(),
                };
                let expected = format!("以下之一：{allowed}");
                self.wrong(name, node, &expected, &hint);
                None
            }
        }
    }

    fn date(&mut self, name: &str, node: &Node) -> Option<time::Date> {
        let text = self.text(name, node)?;
        let date = parse_date(&text);
        if date.is_none() {
            self.wrong(name, node, "真实存在的日期 YYYY-MM-DD", "例如 2026-01-31");
        }
        date
    }

    fn days(&mut self, name: &str, node: &Node) -> Option<u32> {
        let days = match &node.value {
            Value::Number(number, _) => number.as_u64().and_then(|days| u32::try_from(days).ok()),
            _ => None,
        };
        let days = days.filter(|days| (1..=MAX_REVIEW_DAYS).contains(days));
        if days.is_none() {
            let expected = format!("1 到 {MAX_REVIEW_DAYS} 的整数");
            self.wrong(name, node, &expected, "例如 review_days: 90，不加引号");
        }
        days
    }

    fn flag(&mut self, name: &str, node: &Node) -> bool {
        if let Value::Bool(flag, _) = node.value {
            return flag;
        }
        self.wrong(name, node, "true 或 false", "是总入口文章写 true，否则删掉这个字段");
        false
    }

    /// The items of a list; a single value counts as a list of one.
    fn items(&mut self, name: &str, node: Node) -> Vec<Node> {
        match node.value {
            Value::List(items) => items,
            Value::Map(_) => {
                self.wrong(name, &node, "一个列表", &format!("写成 {name}: [甲, 乙]"));
                Vec::new()
            }
            Value::Null => Vec::new(),
            _ => {
                let message = format!("字段 `{name}` 应为列表，写的是单个值，按一项读取");
                self.add(Level::Warning, node.place, message, &format!("写成 {name}: [甲, 乙]"));
                vec![node]
            }
        }
    }

    fn texts(&mut self, name: &str, node: Node) -> Vec<String> {
        let items = self.items(name, node);
        items.iter().filter_map(|item| self.item(name, item)).collect()
    }

    fn item(&mut self, name: &str, item: &Node) -> Option<String> {
        let text = match item.value {
            Value::Null => None,
            _ => self.text(name, item),
        };
        let is_empty = match &item.value {
            Value::Null => true,
            Value::Text(written) => written.trim().is_empty(),
            _ => false,
        };
        if is_empty {
            let message = format!("字段 `{name}` 里有一项是空的，已略过");
            self.add(Level::Warning, item.place, message, "删掉这一项，或补上内容");
        }
        text
    }

    fn codes(&mut self, node: Node) -> Vec<String> {
        let items = self.items("codes", node);
        for item in &items {
            if let Value::Number(_, text) | Value::Bool(_, text) = &item.value {
                let message = format!("代码 {text} 没有加引号，按原文读取");
                self.add(Level::Warning, item.place, message, &format!("写成 \"{text}\""));
            }
        }
        items.iter().filter_map(|item| self.item("codes", item)).collect()
    }

    fn values<T: FromStr<Err = UnknownValue> + PartialEq>(
        &mut self,
        name: &str,
        node: Node,
    ) -> Vec<T> {
        let mut values = Vec::new();
        for item in self.items(name, node) {
            if let Some(value) = self.value(name, &item).filter(|value| !values.contains(value)) {
                values.push(value);
            }
        }
        values
    }

    fn alerts(&mut self, node: Node) -> Vec<AlertMatcher> {
        let items = match node.value {
            // One matcher without a list around it.
            Value::Map(_) => vec![node],
            _ => self.items("alerts", node),
        };
        items.into_iter().filter_map(|item| self.alert(item)).collect()
    }

    fn alert(&mut self, node: Node) -> Option<AlertMatcher> {
        const HINT: &str = "写成 {name: \"Mysql*\", labels: {job: \"db-*\"}}";
        let Value::Map(entries) = node.value else {
            self.wrong("alerts", &node, "带 name 或 labels 的一项", HINT);
            return None;
        };
        let mut alert = AlertMatcher { name: None, labels: Default::default() };
        for Entry { key, place, node } in entries {
            match (key.as_str(), node.value) {
                ("name", value) => {
                    alert.name = self.text("alerts.name", &Node { value, place: node.place });
                }
                ("labels", Value::Map(labels)) => {
                    for label in labels {
                        if let Some(value) = self.text("alerts.labels", &label.node) {
                            alert.labels.insert(one_line(&label.key), value);
                        }
                    }
                }
                ("labels", value) => {
                    let node = Node { value, place: node.place };
                    self.wrong("alerts.labels", &node, "一组“标签: 值”", HINT);
                }
                _ => {
                    let message = format!("字段 `alerts` 里不能有 `{}`，已略过", one_line(&key));
                    self.add(Level::Error, place, message, HINT);
                }
            }
        }
        if alert.name.is_none() && alert.labels.is_empty() {
            let message = "字段 `alerts` 有一项既没有 name 也没有 labels，已略过".to_owned();
            self.add(Level::Error, node.place, message, HINT);
            return None;
        }
        Some(alert)
    }
}

fn is_known(key: &str) -> bool {
    schema::names().any(|known| known == key)
}

fn parse_date(text: &str) -> Option<time::Date> {
    let is_form = text.len() == 10
        && text.bytes().enumerate().all(|(index, b)| match index {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
    let mut parts = text.split('-').filter(|_| is_form);
    let year = parts.next()?.parse().ok()?;
    let month: u8 = parts.next()?.parse().ok()?;
    let day = parts.next()?.parse().ok()?;
    time::Date::from_calendar_date(year, time::Month::try_from(month).ok()?, day).ok()
}
