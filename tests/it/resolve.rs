//! Alerts of monitoring systems find the strategies that answer them.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    time::Duration,
};

use axum::{body::Body, http::Request};
use serde_json::{Value, json};

use crate::driver::{Answer, HOST, Running, TestKb, encoded, eventually, patient, shipped_kb};

/// A knowledge base with declarations of every kind.
fn small() -> Running {
    let article = |title: &str, rest: &str| format!("---\ntitle: {title}\n{rest}\n---\n\n正文\n");
    TestKb::new()
        .article("mysql", &article("MySQL 连不上", "alerts: [{name: \"MySQL*\"}]"))
        .article(
            "mysql-report",
            &article("报表库停了", "alerts: [{name: \"MySQL*\", labels: {db: \"report-*\"}}]"),
        )
        .article("mysql-draft", &article("草稿", "alerts: [{name: MySQLDown}]\nstatus: draft"))
        .article("by-label", &article("机房传感器", "alerts: [{labels: {room: \"idc-?\"}}]"))
        .article("disk-full", &article("磁盘满了", "codes: [ENOSPC]"))
        .article("网络/断网", "# 上不了网\n")
        .start()
}

/// `POST /api/v1/resolve` with this type.
fn post(kb: &Running, kind: &str, body: impl Into<Body>) -> Answer {
    post_to(kb, "/api/v1/resolve", kind, body)
}

fn post_to(kb: &Running, path: &str, kind: &str, body: impl Into<Body>) -> Answer {
    let request = Request::post(path).header("host", HOST);
    kb.send(request.header("content-type", kind).body(body.into()).unwrap())
}

/// What is answered to a JSON payload.
#[track_caller]
fn resolve(kb: &Running, payload: &Value) -> Value {
    let answer = post(kb, "application/json", payload.to_string());
    assert_eq!(answer.status, 200, "{payload}: {}", answer.text());
    answer.json()
}

/// Reason, what matched and id of each match of an alert.
fn matches(alert: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let of = |m: &Value| (text(&m["reason"]), text(&m["matched"]), text(&m["hit"]["id"]));
    alert["matches"].as_array().unwrap().iter().map(of).collect()
}

#[track_caller]
fn expect_problem(answer: &Answer, what: &str, status: u16, code: &str) {
    assert_eq!(answer.status, status, "{what}: {}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{what}");
    assert_eq!(answer.json()["code"], code, "{what}");
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/alerts")
}

/// A payload with what is expected of it.
struct Expected {
    file: String,
    is_declared: bool,
    articles: Vec<String>,
}

fn expected() -> Vec<Expected> {
    let table = fs_err::read_to_string(fixtures().join("expected.tsv")).unwrap();
    let rows = table.lines().skip(1).map(|row| {
        let columns: Vec<&str> = row.split('\t').collect();
        let [file, how, articles] = columns[..] else { panic!("{row}") };
        assert!(["declared", "text"].contains(&how), "{row}");
        let articles = articles.split(',').map(|id| {
            assert!(shipped_kb().join(format!("{id}.md")).exists(), "{row}");
            id.to_owned()
        });
        let (file, articles) = (file.to_owned(), articles.collect());
        Expected { file, is_declared: how == "declared", articles }
    });
    rows.collect()
}

/// Reason and id of the strategies for a payload of the fixtures.
fn recorded(kb: &Running, file: &str) -> Vec<(String, String)> {
    let answer = post(kb, "application/json", fs_err::read(fixtures().join(file)).unwrap());
    assert_eq!(answer.status, 200, "{file}: {}", answer.text());
    let answer = answer.json();
    let source = answer["source"].as_str().unwrap();
    assert!(file.starts_with(source), "{file} is taken for one of {source}");
    matches(&answer["alerts"][0]).into_iter().map(|(reason, _, id)| (reason, id)).collect()
}

#[test]
fn alerts_find_the_articles_that_answer_them() {
    let kb = TestKb::shipped().start();
    let (mut wrong, mut missed, mut n_text) = (Vec::new(), Vec::new(), 0);
    let all = expected();
    assert_eq!(all.len(), 60);
    for Expected { file, is_declared, articles } in all {
        let found = recorded(&kb, &file);
        let is_right = |(_, id): &(String, String)| articles.contains(id);
        let says_declared = found.first().is_some_and(|(reason, _)| reason == "declared");
        let story = format!("{file}: {found:?}, not {articles:?}");
        if is_declared {
            let is_good = says_declared && is_right(&found[0]);
            wrong.extend((!is_good).then_some(story));
        } else {
            n_text += 1;
            wrong.extend(says_declared.then(|| story.clone()));
            missed.extend((!found.iter().any(is_right)).then_some(story));
        }
    }
    println!("by text {} of {n_text} in the first three", n_text - missed.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(n_text >= 20 && missed.len() * 10 <= n_text, "{missed:#?}");
}

/// Names of rules lead to articles by their words as well: not every knowledge base declares.
#[test]
fn alerts_find_their_articles_without_declarations_too() {
    let kb = TestKb::new();
    for entry in fs_err::read_dir(shipped_kb()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "md") {
            let text = fs_err::read_to_string(&path).unwrap();
            let lines: Vec<_> = text.lines().filter(|line| !line.starts_with("alerts:")).collect();
            kb.write(&path.file_name().unwrap().to_string_lossy(), lines.join("\n"));
        }
    }
    let (kb, all) = (kb.start(), expected());
    let missed: Vec<_> = all
        .iter()
        .map(|row| (row, recorded(&kb, &row.file)))
        .filter(|(row, found)| !found.iter().any(|(_, id)| row.articles.contains(id)))
        .map(|(row, found)| format!("{}: {found:?}, not {:?}", row.file, row.articles))
        .collect();
    println!("without declarations {} of {} in three", all.len() - missed.len(), all.len());
    assert!(missed.len() * 10 <= all.len(), "{missed:#?}");
}

#[test]
fn what_is_declared_comes_first_then_codes_then_text() {
    let kb = small();
    let alert = |name: &str, labels: Value| json!({ "name": name, "labels": labels });
    let first = |payload: Value| matches(&resolve(&kb, &payload)["alerts"][0])[0].clone();
    let own = |reason: &str, matched: &str, id: &str| (reason.into(), matched.into(), id.into());
    let table = [
        (alert("MysqlDown", json!({})), own("declared", "MySQL*", "mysql")),
        (
            alert("MySQLDown", json!({ "db": "report-7", "x": "y" })),
            own("declared", "MySQL*{db=\"report-*\"}", "mysql-report"),
        ),
        (alert("MySQLDown", json!({ "db": "web" })), own("declared", "MySQL*", "mysql")),
        (alert("Hot", json!({ "room": "IDC-1" })), own("declared", "{room=\"idc-?\"}", "by-label")),
        (json!({ "text": "写日志失败 ENOSPC" }), own("code", "ENOSPC", "disk-full")),
        (json!({ "text": "服务器磁盘满了" }), own("text", "服务器磁盘满了", "disk-full")),
    ];
    for (payload, expected) in table {
        assert_eq!(first(payload.clone()), expected, "{payload}");
    }
    // Two articles declare it, and the words of the second are not listed once more.
    let both = resolve(&kb, &alert("MySQLDown", json!({ "db": "report-7" })));
    let both: Vec<_> = matches(&both["alerts"][0]).into_iter().map(|(r, _, id)| (r, id)).collect();
    let declared = |id: &str| ("declared".to_owned(), id.to_owned());
    assert_eq!(both[..2], [declared("mysql-report"), declared("mysql")]);
    assert!(!both.iter().any(|(_, id)| id == "mysql-draft"), "{both:?}");
    // Nothing is made up for words that no article has.
    let nothing = resolve(&kb, &json!({ "name": "EtcdNoLeader" }));
    assert_eq!(nothing["alerts"][0]["matches"], json!([]));
}

#[test]
fn a_declaration_counts_from_the_moment_it_is_saved() {
    let kb = small();
    let alert = json!({ "name": "EtcdNoLeader" });
    assert_eq!(resolve(&kb, &alert)["alerts"][0]["matches"], json!([]));
    kb.kb
        .write("etcd.md", "---\ntitle: 集群没有主节点\nalerts: [{name: \"Etcd*\"}]\n---\n\n正文\n");
    eventually("declared", || !matches(&resolve(&kb, &alert)["alerts"][0]).is_empty());
    kb.kb.remove("etcd.md");
    eventually("gone", || matches(&resolve(&kb, &alert)["alerts"][0]).is_empty());
}

#[test]
fn an_answer_says_what_came_and_how_much_was_left() {
    let kb = small();
    let alert = |n: usize| {
        json!({ "status": "resolved", "labels": { "alertname": "MySQLDown", "n": n.to_string() },
                "annotations": { "summary": "MySQL not up." }, "fingerprint": "ab12" })
    };
    let alerts: Vec<_> = (0..103).map(alert).collect();
    let answer = resolve(&kb, &json!({ "version": "4", "status": "resolved", "alerts": alerts }));
    let members: Vec<_> = answer.as_object().unwrap().keys().map(String::as_str).collect();
    let all = ["alerts", "elapsed_us", "indexed_at", "omitted", "revision", "source"];
    assert_eq!(members, all);
    assert_eq!((&answer["source"], &answer["omitted"]), (&json!("alertmanager"), &json!(3)));
    assert_eq!(answer["revision"], kb.get("/api/v1/status").json()["revision"]);
    let listed = answer["alerts"].as_array().unwrap();
    assert_eq!(listed.len(), 100);
    let last = &listed[99];
    assert_eq!(last["name"], "MySQLDown");
    assert_eq!(last["labels"], json!({ "alertname": "MySQLDown", "n": "99" }));
    assert_eq!((&last["status"], &last["fingerprint"]), (&json!("resolved"), &json!("ab12")));
    let hit = &last["matches"][0]["hit"];
    let of_search = kb.search("MySQL 连不上").answer["hits"][0].clone();
    for member in of_search.as_object().unwrap().keys() {
        assert!(hit.get(member).is_some(), "{member} of a hit is missing: {hit}");
    }
    assert_eq!(hit["steps"], of_search["steps"]);
}

#[test]
fn rules_texts_and_yaml_are_taken_too() {
    let kb = small();
    let rules = "groups:\n- name: db\n  rules:\n  - record: a:b\n    expr: up\n  \
                 - alert: MySQLDown\n    expr: mysql_up == 0\n    for: 5m\n    labels:\n      \
                 severity: critical\n    annotations:\n      summary: 'MySQL {{ $labels.x }} down'\n";
    let answer = post(&kb, "application/yaml", rules).json();
    assert_eq!(answer["source"], "prometheus_rule");
    assert_eq!(answer["alerts"][0]["status"], Value::Null);
    assert_eq!(matches(&answer["alerts"][0])[0].2, "mysql");
    let answer = post(&kb, "text/plain; charset=utf-8", "服务器磁盘满了").json();
    assert_eq!((&answer["source"], &answer["alerts"][0]["name"]), (&json!("text"), &json!("")));
    assert_eq!(matches(&answer["alerts"][0])[0].2, "disk-full");
    let data = json!({ "status": "success", "data": { "alerts": [
        { "labels": { "alertname": "MySQLDown" }, "state": "pending", "value": "0e+00" }] } });
    let answer = resolve(&kb, &data);
    assert_eq!(answer["source"], "prometheus");
    assert_eq!(answer["alerts"][0]["status"], "pending");
}

#[test]
fn what_cannot_be_resolved_gets_its_own_problem() {
    let kb = small();
    let (json, text) = ("application/json", "text/plain");
    expect_problem(&post(&kb, json, "{\"a\":"), "cut", 400, "malformed_body");
    expect_problem(&post(&kb, text, vec![0xff]), "bytes", 400, "malformed_body");
    expect_problem(&post(&kb, "application/yaml", "a: [\n"), "yaml", 400, "malformed_body");
    expect_problem(&post(&kb, json, "{}"), "empty", 422, "nothing_to_resolve");
    expect_problem(&post(&kb, text, " "), "blank", 422, "nothing_to_resolve");
    let form = "application/x-www-form-urlencoded";
    expect_problem(&post(&kb, form, "text=a"), "form", 415, "unsupported_media_type");
    let place = post(&kb, json, "{\n  \"alerts\": [}").json()["detail"].to_string();
    assert!(place.contains("第 2 行第 14 列"), "{place}");
    for query in ["limit=0", "limit=11", "limit=a", "limit=", "n=1"] {
        let answer = post_to(&kb, &format!("/api/v1/resolve?{query}"), text, "磁盘");
        assert_eq!(answer.status, 400, "{query}");
    }
    let one = post_to(&kb, "/api/v1/resolve?limit=1", text, "MySQL 磁盘满了 连不上").json();
    assert_eq!(one["alerts"][0]["matches"].as_array().unwrap().len(), 1);
    for method in ["GET", "HEAD", "PUT", "DELETE"] {
        let answer = kb.call(method, "/api/v1/resolve", &[]);
        assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")), "{method}");
    }
}

#[test]
fn a_body_may_be_so_long_and_no_longer() {
    let kb = small();
    let text = |n: usize| {
        let start = "磁盘满了";
        format!("{start}{}", " ".repeat(n - start.len()))
    };
    let chunked = |text: String| {
        let chunks: Vec<Result<String, std::io::Error>> = vec![Ok(text)];
        Body::from_stream(futures_util::stream::iter(chunks))
    };
    for n in [64 * 1024 + 1, 1 << 20] {
        assert_eq!(post(&kb, "text/plain", text(n)).status, 200, "{n}");
        assert_eq!(post(&kb, "text/plain", chunked(text(n))).status, 200, "{n} in chunks");
    }
    let over = (1 << 20) + 1;
    expect_problem(&post(&kb, "text/plain", text(over)), "whole", 413, "body_too_large");
    let declared = Request::post("/api/v1/resolve").header("host", HOST);
    let declared = declared.header("content-length", over).body(Body::empty()).unwrap();
    expect_problem(&kb.send(declared), "by its head", 413, "body_too_large");
    let answer = post(&kb, "text/plain", chunked(text(over)));
    expect_problem(&answer, "chunks", 413, "body_too_large");
    // Elsewhere bodies stay small.
    let elsewhere = Request::get("/livez").header("host", HOST).header("content-length", 65_537);
    let elsewhere = kb.send(elsewhere.body(Body::empty()).unwrap());
    expect_problem(&elsewhere, "elsewhere", 413, "body_too_large");
}

#[test]
fn a_stable_address_leads_to_the_article_or_to_a_search() {
    let kb = small();
    let table = [
        ("MySQLDown", "/articles/mysql"),
        ("mysqldown", "/articles/mysql"),
        ("disk-full", "/articles/disk-full"),
        ("磁盘满了", "/articles/disk-full"),
        ("网络/断网", "/articles/%E7%BD%91%E7%BB%9C%2F%E6%96%AD%E7%BD%91"),
        ("EtcdNoLeader", "/?q=Etcd%20No%20Leader"),
        ("a&b=c#d?e", "/?q=a%26b%3Dc%23d%3Fe"),
        ("\r\nSet-Cookie: a=b", "/?q=Set%20Cookie"),
        (" ", "/"),
        ("", "/"),
    ];
    for (name, expected) in table {
        let answer = kb.get(&format!("/r/{}", encoded(name)));
        assert_eq!((answer.status, answer.header("location")), (302, Some(expected)), "{name}");
        assert_eq!(answer.header("cache-control"), Some("no-cache"), "{name}");
    }
    for name in [
        "Node/Down",
        "a//b",
        "/",
        "%ff",
        "%00",
        &"a".repeat(4_000),
        &encoded(&"字".repeat(400)),
        "..",
        "%2e%2e%2f",
    ] {
        let answer = kb.get(&format!("/r/{name}"));
        assert_eq!(answer.status, 302, "{name}: {}", answer.text());
        let location = answer.header("location").unwrap().to_owned();
        assert_eq!(kb.get(&location).status, 200, "{name} leads to {location}");
    }
}

#[test]
fn alerts_that_no_article_declares_are_counted_and_shown() {
    let kb = small();
    let empty = kb.get("/api/v1/alerts/unmatched").json();
    assert_eq!(empty, json!({ "n_names": 0, "unmatched_alerts": [] }));
    assert!(!kb.get("/status").text().contains("没有声明的告警"));
    kb.get("/r/EtcdNoLeader");
    resolve(&kb, &json!({ "name": "EtcdNoLeader" }));
    resolve(&kb, &json!({ "name": "<b>Strange</b>", "text": "磁盘满了" }));
    for declared in ["MySQLDown", "disk-full"] {
        kb.get(&format!("/r/{declared}"));
    }
    resolve(&kb, &json!({ "name": "MySQLDown" }));
    post(&kb, "text/plain", "没有名字的一段话");
    let counted = kb.get("/api/v1/alerts/unmatched").json();
    let rows = counted["unmatched_alerts"].as_array().unwrap();
    let rows: Vec<_> = rows.iter().map(|row| (row["name"].as_str(), &row["count"])).collect();
    assert_eq!(rows, [(Some("EtcdNoLeader"), &json!(2)), (Some("<b>Strange</b>"), &json!(1))]);
    let page = kb.get("/status").text();
    assert!(page.contains("EtcdNoLeader") && !page.contains("<b>Strange"), "{page}");
}

/// Sends bytes, and reads until the server closes.
fn exchange(address: SocketAddr, request: &[u8]) -> String {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    socket.write_all(request).unwrap();
    let mut answer = Vec::new();
    // The server may close while there is still something to be sent.
    let _ = socket.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// What Alertmanager puts before the body of its webhook.
fn head(address: SocketAddr, size: &str) -> String {
    format!(
        "POST /api/v1/resolve HTTP/1.1\r\nHost: {address}\r\nUser-Agent: Alertmanager/0.27.0\r\n\
         {size}\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
    )
}

#[test]
fn a_webhook_of_alertmanager_is_answered_on_a_socket() {
    let kb = small();
    let address = kb.listen(|port| kb.app(patient(), port));
    // Alertmanager sends its payload on one line, and escapes what HTML would read.
    let payload = fs_err::read_to_string(fixtures().join("alertmanager-05.json")).unwrap();
    let payload: Value = serde_json::from_str(&payload).unwrap();
    let body = format!("{payload}\n").replace('>', "\\u003e");
    let whole = format!("{}{body}", head(address, &format!("Content-Length: {}", body.len())));
    let size = format!("{:x}", body.len());
    let chunks = head(address, "Transfer-Encoding: chunked");
    let chunks = format!("{chunks}{size}\r\n{body}\r\n0\r\n\r\n");
    for request in [whole, chunks] {
        let answer = exchange(address, request.as_bytes());
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        for expected in ["\"source\":\"alertmanager\"", "\"matched\":\"MySQL*\""] {
            assert!(answer.contains(expected), "{expected} in {answer}");
        }
    }
    let endless = "ffff\r\n".to_owned() + &"a".repeat(0xffff) + "\r\n";
    let request = head(address, "Transfer-Encoding: chunked") + &endless.repeat(17);
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // The server may answer and close before all is sent.
    let _ = socket.write_all(request.as_bytes());
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413"), "{answer}");
}

/// The example says what the tests do.
#[test]
fn the_example_for_alertmanager_names_our_addresses() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples/alertmanager.yml");
    let text = fs_err::read_to_string(file).unwrap();
    let example: Value = serde_saphyr::from_str(&text).unwrap();
    let receiver = example["route"]["receiver"].as_str().unwrap();
    let receivers = example["receivers"].as_array().unwrap();
    let own = receivers.iter().find(|one| one["name"] == receiver).unwrap();
    let url = own["webhook_configs"][0]["url"].as_str().unwrap();
    assert!(url.ends_with(":8017/api/v1/resolve"), "{url}");
    assert!(text.contains("/r/{{ $labels.alertname }}"), "how runbook_url is set");
}
