//! What holds for many operations: what can go wrong with any request, and headers of answers.

use serde_json::{Map, Value, json};

/// An object of the document.
type Object = Map<String, Value>;

/// Type of every failure.
const PROBLEM: &str = "application/problem+json";

/// Routes that are answered without a token and without a limit: whoever watches the process must
/// get through.
const OPEN: [&str; 2] = ["/livez", "/readyz"];

/// Routes below `/api/v1` whose answers are not of one revision.
const UNREVISED: [&str; 2] = ["/api/v1/events", "/api/v1/front-matter.schema.json"];

/// What any request can end in, by status: name of the component and what it says.
const FAILURES: [(&str, &str, &str); 10] = [
    ("400", "BadRequest", "参数不认识、重复、取值不对，或查询串不是百分号编码的 UTF-8"),
    ("401", "Unauthorized", "设置了令牌，而请求没有带有效的令牌"),
    ("404", "NotFound", "没有这个地址，或没有要的东西"),
    ("413", "BodyTooLarge", "请求体太大"),
    ("414", "UriTooLong", "地址太长：路径至多 4 KiB，连同查询串至多 16 KiB"),
    ("415", "UnsupportedMediaType", "请求体经过压缩，或不是接受的类型"),
    ("421", "UnknownHost", "Host 不是本机，也不在设置 allowed_hosts 里"),
    ("429", "TooManyRequests", "同一来源请求太快，按 Retry-After 再试"),
    ("500", "InternalError", "服务器内部出错，已记入日志"),
    ("503", "Unavailable", "正忙、处理超时或正在停止，按 Retry-After 再试"),
];

/// Adds to every operation what is true of all.
pub(super) fn complete(document: &mut Value) {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for (path, item) in paths {
        for operation in item.as_object_mut().into_iter().flat_map(|item| item.values_mut()) {
            complete_operation(path, operation);
        }
    }
    let components = &mut document["components"];
    components["responses"] = FAILURES.iter().map(failure).collect::<Object>().into();
    components["headers"] = headers();
    components["securitySchemes"] = json!({ "bearer": {
        "type": "http", "scheme": "bearer",
        "description": "只有设置了令牌的服务器才要。",
    } });
    document["security"] = json!([{}, { "bearer": [] }]);
}

fn complete_operation(path: &str, operation: &mut Value) {
    let is_open = OPEN.contains(&path);
    let (is_conditional, has_id) = {
        let has = |status: &str| operation["responses"].get(status).is_some();
        (has("304"), has("404"))
    };
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for (status, name, _) in &FAILURES {
        let is_guard = matches!(*status, "401" | "429");
        if (is_guard && is_open) || (*status == "404" && !has_id) {
            continue;
        }
        let common = || json!({ "$ref": format!("#/components/responses/{name}") });
        responses.entry(*status).or_insert_with(common);
    }
    for (status, response) in responses.iter_mut() {
        if response.get("$ref").is_none() {
            if status.as_str() >= "400" {
                response["content"][PROBLEM] = problem();
            }
            add_headers(status, is_conditional, response);
            if has_revision(path) && status.as_str() < "400" {
                add_header("X-Jiuji-Revision", response);
            }
            without_schemas_of_images(response);
        }
    }
    if is_conditional {
        add_condition(operation);
    }
    if is_open {
        operation["security"] = json!([]);
    }
}

/// A component for one kind of failure.
fn failure((status, name, what): &(&str, &str, &str)) -> (String, Value) {
    let mut response = json!({ "description": what, "content": { PROBLEM: problem() } });
    if let Some(example) = super::examples::of_failure(status) {
        response["content"][PROBLEM]["example"] = example;
    }
    add_headers(status, false, &mut response);
    ((*name).to_owned(), response)
}

fn problem() -> Value {
    json!({ "schema": { "$ref": "#/components/schemas/Problem" } })
}

fn add_headers(status: &str, is_conditional: bool, response: &mut Value) {
    let is_tagged = is_conditional && matches!(status, "200" | "304");
    let table = [
        ("X-Request-Id", true),
        ("ETag", is_tagged),
        ("Location", matches!(status, "301" | "302" | "307" | "308")),
        ("Retry-After", matches!(status, "429" | "503")),
        ("WWW-Authenticate", status == "401"),
    ];
    for (name, _) in table.iter().filter(|(_, is_sent)| *is_sent) {
        add_header(name, response);
    }
}

fn add_header(name: &str, response: &mut Value) {
    // A handler may have named it in its own way of writing.
    if let Some(headers) = response.get_mut("headers").and_then(Value::as_object_mut) {
        headers.retain(|known, _| !known.eq_ignore_ascii_case(name));
    }
    response["headers"][name] = json!({ "$ref": format!("#/components/headers/{name}") });
}

/// Whether answers are made from one revision of the knowledge base.
fn has_revision(path: &str) -> bool {
    path.starts_with("/api/v1/") && !UNREVISED.contains(&path)
        || matches!(path, "/feed.xml" | "/offline.json")
}

fn headers() -> Value {
    let header = |what: &str, is_always: bool, schema: Value| json!({ "description": what, "required": is_always, "schema": schema });
    let text = || json!({ "type": "string" });
    json!({
        "X-Request-Id": header("请求的编号，出错时请一并告知；请求可以自带", true, text()),
        "X-Jiuji-Revision": header("回答所依据的知识库修订号", false, text()),
        "ETag": header("这份回答的标签，下次放进 If-None-Match", true, text()),
        "Location": header("取代它的那一个的地址", true, text()),
        // A server that is stopping says so without a time: it will not come back by itself.
        "Retry-After": header("多少秒后再试", false, json!({ "type": "integer", "minimum": 1 })),
        "WWW-Authenticate": header("要的是哪种凭证", true, text()),
    })
}

/// Bytes of images are described by their type alone.
fn without_schemas_of_images(response: &mut Value) {
    let content = response.get_mut("content").and_then(Value::as_object_mut);
    for (_, form) in content.into_iter().flatten().filter(|(kind, _)| kind.starts_with("image/")) {
        *form = json!({});
    }
}

fn add_condition(operation: &mut Value) {
    let condition = json!({
        "name": "If-None-Match", "in": "header", "required": false,
        "description": "手里那份回答的 ETag",
        "schema": { "type": "string" },
    });
    let parameters = operation
        .as_object_mut()
        .map(|operation| operation.entry("parameters").or_insert_with(|| json!([])));
    let Some(parameters) = parameters.and_then(Value::as_array_mut) else { return };
    parameters.retain(|parameter| parameter["name"] != "If-None-Match");
    parameters.push(condition);
}
