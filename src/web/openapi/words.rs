//! What the parts of the document are called, in the language of its readers.
//!
//! Comments in the code are English, and the derive takes them over. A name means much the same
//! wherever it occurs, so one table of names says it in Chinese; what has no Chinese words in the
//! end has none at all.

use serde_json::{Value, json};

/// Names of fields, those of one schema before those of all.
const FIELDS: &[(&str, &str)] = &[
    ("Command.code", "代码"),
    ("FacetCount.value", "筛选用的值"),
    ("FileChange.hash", "提交的短哈希"),
    ("Finding.rule", "规则名"),
    ("MarkdownMessage.at", "提醒谁：谁也不提醒，只有钉钉有"),
    ("OfflineShells.search", "搜索页的模板"),
    ("OwnerCount.value", "负责人；没有负责人的为 null"),
    ("Problem.status", "HTTP 状态码"),
    ("Problem.title", "这一类错误的名称"),
    ("Problem.code", "错误的种类，程序据此判断，不会改变"),
    ("Problem.type", "错误种类的 URN"),
    ("Readiness.status", "ok、degraded（有部分降级，仍能应答）或 draining（正在停止）"),
    ("Suggestion.text", "放进查找框的文字"),
    ("Suggestion.kind", "来自标题、别名还是代码"),
    ("Degraded.text", "对使用者意味着什么"),
    ("alerts", "告警"),
    ("aliases", "来电人的其他说法"),
    ("anchor", "文章页里最相关的小节的锚点"),
    ("article", "文章编号"),
    ("articles", "文章"),
    ("articles_broken", "解析不了、显示旧版本的文章数"),
    ("at", "时间，RFC 3339"),
    ("available", "是否有记录；没有 git 时为 false"),
    ("branches", "分支"),
    ("bring", "带什么信息"),
    ("broken", "文件解析不了，这是上一个好的版本"),
    ("card", "命中卡片的 HTML"),
    ("change", "变化的种类"),
    ("changes", "变化"),
    ("channel", "渠道"),
    ("channels", "支持渠道，首选在前"),
    ("checkable", "是否写成待办（- [ ]）"),
    ("code", "代码"),
    ("codes", "报错代码"),
    ("column", "列，从 1 起"),
    ("commands", "命令"),
    ("complete", "是否已到最新"),
    ("component", "哪一部分"),
    ("components", "各部分的状态：ok 或 degraded"),
    ("condition", "条件"),
    ("contact", "找谁"),
    ("content", "消息内容"),
    ("count", "数目"),
    ("dangerous", "是否会破坏数据或中断服务"),
    ("data_risk", "数据风险"),
    ("date", "时间，RFC 3339"),
    ("days", "往后看的天数"),
    ("days_left", "还有几天，负数为过期；从未复核为 null"),
    ("detail", "这一次出了什么错，给人看"),
    ("dropped", "最佳命中里没有的词"),
    ("due", "到期日；从未复核为 null"),
    ("elapsed_us", "用时，微秒"),
    ("entry", "是否是该类故障的入口文章"),
    ("escalation", "何时升级、找谁"),
    ("escalations", "升级与上报"),
    ("expect", "应能搜到本文的说法"),
    ("exported_at", "导出时间，RFC 3339"),
    ("extra", "模型之外的头部字段，原样"),
    ("facets", "按类计数，取最好的 200 篇"),
    ("fault_type", "故障类型"),
    ("fault_type_label", "故障类型的中文名"),
    ("fault_types", "故障类型"),
    ("fields", "被搜索的文字：标题、别名与代码；摘要；正文"),
    ("findings", "问题"),
    ("fingerprint", "发送方自己的标识"),
    ("found", "有命中时的标题"),
    ("from", "指向本文的文章"),
    ("goto", "转到的文章的编号"),
    ("hash", "文件的 BLAKE3"),
    ("highlights", "匹配的区间，Unicode 标量值，左闭右开"),
    ("hint", "建议怎么改"),
    ("hit", "命中的文章"),
    ("hits", "命中，最好的在前"),
    ("html", "安全的 HTML"),
    ("id", "文章编号"),
    ("incident_class", "安全事件类别（GB/T 20986）"),
    ("indexed_at", "收录时间，RFC 3339"),
    ("instance", "请求编号，与 X-Request-Id 相同"),
    ("kept", "保留的字符数"),
    ("kind", "种类"),
    ("label", "中文名"),
    ("labels", "标签"),
    ("language", "语言，没写为空"),
    ("last_error", "上次更新的错误"),
    ("last_seen", "最近一次的时间，RFC 3339"),
    ("level", "级别"),
    ("limit", "这一页至多多少"),
    ("line", "行，从 1 起"),
    ("listed", "没有查询时的标题"),
    ("mail", "邮件话术"),
    ("markdown", "消息内容"),
    ("matched", "凭什么匹配"),
    ("matched_by", "为什么命中，最强的理由在前"),
    ("matches", "对应的策略"),
    ("message", "说明"),
    ("msg_type", "消息类型：post"),
    ("msgtype", "消息类型：markdown"),
    ("n_articles", "文章数"),
    ("n_broken", "显示旧版本的文章数"),
    ("n_errors", "错误数"),
    ("n_findings", "文件的问题数"),
    ("n_held", "文件突然消失、暂时保留的文章数"),
    ("n_infos", "提示数"),
    ("n_never_reviewed", "从未复核的文章数"),
    ("n_no_match", "无结果的查询数"),
    ("n_overdue", "过期的文章数"),
    ("n_panics", "内部出错的请求数"),
    ("n_rebuilds", "重建索引的次数"),
    ("n_searches", "查询数"),
    ("n_swaps", "更新的次数"),
    ("n_warnings", "警告数"),
    ("n_names", "不同名称的数目"),
    ("name", "名称"),
    ("nearest", "最接近的编号，至多三个"),
    ("next", "下一页从哪个修订号开始"),
    ("notes", "除字面以外还做了什么"),
    ("nothing", "无命中时的标题"),
    ("number", "序号，从 1 起"),
    ("offset", "跳过多少"),
    ("oldest", "记得的最早的修订号"),
    ("omitted", "没有看的告警数"),
    ("onsite", "现场清单"),
    ("overdue", "是否过期"),
    ("owner", "负责的岗位或团队"),
    ("owners", "各负责人到期的文章数"),
    ("page", "文章页的 HTML"),
    ("pane", "右侧栏的 HTML"),
    ("parameter", "出错的参数"),
    ("path", "文件，相对知识库"),
    ("phone", "电话话术"),
    ("prevention", "预防措施，一行一条"),
    ("query", "收到的查询"),
    ("questions", "先问用户的问题"),
    ("reason", "为什么对应"),
    ("related", "相关文章"),
    ("results", "结果区的模板"),
    ("review_days", "复核周期，天"),
    ("review_due", "下次复核日"),
    ("reviewed", "上次复核日"),
    ("revision", "知识库的修订号，内容相同则相同"),
    ("rows", "表格的行"),
    ("scan_age_s", "上次全面查看文件夹以来的秒数，还没查看过的为 null"),
    ("scanned_at", "上次全面查看文件夹的时间"),
    ("score", "得分，只能在同一次回答里比较"),
    ("scripts", "各渠道话术"),
    ("section", "小节标题"),
    ("sections", "各小节"),
    ("severity", "严重程度"),
    ("shells", "网页模板"),
    ("since", "从哪个修订号起"),
    ("snapshot_age_s", "当前内容收录以来的秒数；没有人改文章时会一直增长"),
    ("snippet", "最相关的一段"),
    ("source", "告警来自哪种工具"),
    ("stale", "复核是否过期"),
    ("status", "状态"),
    ("steps", "应急步骤"),
    ("strategy", "应急策略，一行一步"),
    ("subject", "标题行"),
    ("suggestions", "补全"),
    ("summary", "最先要做的事"),
    ("superseded_by", "取代本文的文章"),
    ("supersedes", "本文取代的文章"),
    ("system", "系统"),
    ("systems", "相关系统"),
    ("text", "文字"),
    ("tier", "由谁处理"),
    ("title", "标题"),
    ("title_highlights", "标题里匹配的区间，Unicode 标量值，左闭右开"),
    ("to", "本文指向的文章"),
    ("today", "回答的日子"),
    ("total", "总数，不受分页影响"),
    ("troubles", "不正常的地方，没有就是空的"),
    ("truncated", "是否还有更多"),
    ("unmatched_alerts", "没有文章声明的告警，次数多的在前"),
    ("uptime_s", "已运行，秒"),
    ("url", "网页地址"),
    ("used", "另外还查了什么"),
    ("value", "值"),
    ("version", "版本"),
    ("watcher", "怎样发现文件变化"),
    ("within", "时限"),
];

/// Groups and names of operations whose handlers say neither in Chinese.
const OPERATIONS: &[(&str, &str, &str)] = &[
    ("export_articles", "articles", "全部文章，一次取完"),
    ("resolve", "search", "按告警查应急策略"),
    ("runbook", "search", "告警规则里 runbook_url 用的固定链接"),
    ("script", "articles", "一篇文章里一个渠道的话术"),
    ("unmatched_alerts", "operations", "没有文章声明的告警"),
];

/// Groups of operations; any other is the work of the derive.
const TAGS: [&str; 3] = ["search", "articles", "operations"];

/// What answers say that are described in English only.
const ANSWERS: &[(&str, &str)] = &[
    ("200", "成功"),
    ("301", "已被取代，见响应头 Location"),
    ("302", "见响应头 Location"),
    ("304", "与 If-None-Match 里的标签相同"),
    ("400", "参数不对"),
    ("404", "没有要的东西"),
    ("503", "正忙，按 Retry-After 再试"),
];

/// Puts Chinese descriptions in the place of English ones.
pub(super) fn translate(document: &mut Value) {
    for (_, item) in document["paths"].as_object_mut().into_iter().flatten() {
        item.as_object_mut().into_iter().flatten().for_each(|(_, it)| name_operation(it));
    }
    let schemas = document["components"]["schemas"].as_object_mut();
    for (name, schema) in schemas.into_iter().flatten() {
        name_fields(name, schema);
    }
    drop_foreign(document);
}

fn name_operation(operation: &mut Value) {
    let known = OPERATIONS.iter().find(|(id, ..)| operation["operationId"] == *id);
    let (tag, summary) = known.map_or(("operations", ""), |(_, tag, summary)| (*tag, *summary));
    if !TAGS.iter().any(|tag| operation["tags"][0] == *tag) {
        operation["tags"] = json!([tag]);
    }
    if !is_chinese(&operation["summary"]) && !summary.is_empty() {
        operation["summary"] = json!(summary);
    }
    let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        if let (false, Some(words)) = (
            is_chinese(&parameter["description"]),
            words("", parameter["name"].as_str().unwrap_or_default()),
        ) {
            parameter["description"] = json!(words);
        }
    }
}

fn name_fields(schema_name: &str, schema: &mut Value) {
    for choice in ["allOf", "oneOf", "anyOf"] {
        let parts = schema.get_mut(choice).and_then(Value::as_array_mut);
        parts.into_iter().flatten().for_each(|part| name_fields(schema_name, part));
    }
    let fields = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (name, field) in fields.into_iter().flatten() {
        if let (Some(words), Some(field)) = (words(schema_name, name), field.as_object_mut()) {
            field.insert("description".to_owned(), json!(words));
        }
    }
}

fn words(schema_name: &str, name: &str) -> Option<&'static str> {
    let full = format!("{schema_name}.{name}");
    let find = |wanted: &str| FIELDS.iter().find(|(known, _)| *known == wanted);
    find(&full).or_else(|| find(name)).map(|(_, words)| *words)
}

/// Forgets summaries and descriptions without a Chinese character.
fn drop_foreign(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for key in ["description", "summary"] {
                if object.get(key).and_then(Value::as_str).is_some_and(is_foreign) {
                    object.remove(key);
                }
            }
            for (key, value) in object.iter_mut().filter(|(key, _)| !key.starts_with("example")) {
                drop_foreign(value);
                if key == "responses" {
                    describe_responses(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(drop_foreign),
        _ => {}
    }
}

/// A response must have a description.
fn describe_responses(responses: &mut Value) {
    for (status, response) in responses.as_object_mut().into_iter().flatten() {
        if response.get("$ref").is_none() && response.get("description").is_none() {
            let known = ANSWERS.iter().find(|(known, _)| known == status);
            response["description"] = json!(known.map_or("回答", |(_, words)| *words));
        }
    }
}

fn is_chinese(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !is_foreign(text))
}

fn is_foreign(text: &str) -> bool {
    !text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}
