//! Answers for people in other tools: texts, and messages for the robots of groups.

use axum::{body::Body, http::Request};
use serde_json::Value;

use crate::driver::{Answer, HOST, Running, TestKb, encoded};

/// Each robot with the most bytes it takes.
const ROBOTS: [(&str, usize); 3] = [("wecom", 4096), ("dingtalk", 20_000), ("feishu", 20_000)];

/// Every so many-th development query is asked.
const EVERY: usize = 8;

const HOSTILE: &str = "---\ntitle: <@all> 硬盘 **异响** [点我](http://evil.example)\n\
    fault_type: hardware\nseverity: p1\ntier: l1\ndata_risk: high\n\
    summary: '@all <at user_id=\"all\">所有人</at> 先停'\n---\n\n\
    ## 应急策略\n\n\
    1. \\<at id=all>\\</at> `rm -rf *` @所有人 &lt;@all&gt; 结尾\\\\\n\
    2. \\<font color=\"warning\">红\\</font> \"引号\"\n\n\
    ## 升级与上报\n\n| 条件 | 找谁 | 时限 | 带什么信息 |\n| --- | --- | --- | --- |\n\
    | 多人 | @值班 \\<@zhang> | 立即 | 截图 |\n";

/// Lines of a message, the address of its last one, and what the robot measures.
struct Message {
    lines: Vec<String>,
    link: String,
    n_bytes: usize,
}

/// Reads a message as the robot does.
#[track_caller]
fn message(kb: &Running, path: &str, robot: &str) -> Message {
    read(&kb.get(path), path, robot)
}

#[track_caller]
fn read(answer: &Answer, path: &str, robot: &str) -> Message {
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/json"), "{path}");
    let body = answer.json();
    if robot == "feishu" {
        return post(&body, answer.body.len());
    }
    assert_eq!(body["msgtype"], "markdown", "{path}");
    let name = if robot == "wecom" { "content" } else { "text" };
    let text = body["markdown"][name].as_str().unwrap();
    let lines: Vec<_> = text.lines().map(|line| line.trim().to_owned()).collect();
    let (_, link) = lines.last().unwrap().split_once("](").unwrap();
    let n_bytes = if robot == "wecom" { text.len() } else { answer.body.len() };
    Message { link: link.trim_end_matches(')').to_owned(), lines, n_bytes }
}

fn post(body: &Value, n_bytes: usize) -> Message {
    assert_eq!(body["msg_type"], "post");
    let post = &body["content"]["post"]["zh_cn"];
    let paragraphs = post["content"].as_array().unwrap();
    let text = |paragraph: &Value| {
        assert_eq!(paragraph.as_array().unwrap().len(), 1);
        paragraph[0]["text"].as_str().unwrap().to_owned()
    };
    let title = post["title"].as_str().unwrap().to_owned();
    let lines = std::iter::once(title).chain(paragraphs.iter().map(text)).collect();
    let link = paragraphs.last().unwrap()[0]["href"].as_str().unwrap().to_owned();
    Message { lines, link, n_bytes }
}

fn is_escalation(line: &str) -> bool {
    line.trim_start_matches("**").starts_with("升级：")
}

fn ids(kb: &Running) -> Vec<String> {
    let mut ids = Vec::new();
    loop {
        let page = kb.get(&format!("/api/v1/articles?limit=50&offset={}", ids.len())).json();
        let rows = page["articles"].as_array().unwrap();
        ids.extend(rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()));
        if rows.is_empty() {
            return ids;
        }
    }
}

#[test]
fn every_shipped_article_fits_into_every_robot() {
    let kb = TestKb::shipped().start();
    let ids = ids(&kb);
    assert!(ids.len() >= 145, "{}", ids.len());
    let (mut n_cut, mut largest) = ([0; 3], [0; 3]);
    for id in &ids {
        let article = kb.get(&format!("/api/v1/articles/{id}")).json();
        for (n, (robot, max)) in ROBOTS.iter().enumerate() {
            let what = format!("{id} {robot}");
            let message = message(&kb, &format!("/api/v1/articles/{id}?format={robot}"), robot);
            assert!(message.n_bytes <= *max, "{what}: {} bytes", message.n_bytes);
            assert_eq!(message.link, format!("http://{HOST}/articles/{id}"), "{what}");
            let lines = &message.lines;
            let step = lines.iter().position(|line| line.starts_with("1. "));
            assert!(step.is_some_and(|step| step + 1 < lines.len()), "{what}: {lines:?}");
            let shown: Vec<_> = lines.iter().filter(|line| is_escalation(line)).collect();
            let rows = article["escalations"].as_array().unwrap();
            assert_eq!(shown.len(), rows.len(), "{what}");
            assert!(shown.iter().all(|line| !line.ends_with('…')), "{what}: {shown:?}");
            n_cut[n] += usize::from(lines.iter().any(|line| line == "…（全文见链接）"));
            largest[n] = largest[n].max(message.n_bytes);
        }
    }
    println!("{} articles: cut {n_cut:?}, largest {largest:?} bytes", ids.len());
}

#[test]
fn answers_fit_into_every_robot() {
    let kb = TestKb::shipped().start();
    let table = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/relevance/queries.tsv");
    let text = fs_err::read_to_string(table).unwrap();
    let queries = text.lines().skip(1).step_by(EVERY).map(|row| row.split('\t').next().unwrap());
    let mut n_asked = 0;
    for query in queries.chain(["", "qqqqqqzzzzzz", &"😀硬盘".repeat(160)]) {
        n_asked += 1;
        for (robot, max) in ROBOTS {
            let path = format!("/api/v1/search?q={}&format={robot}", encoded(query));
            let message = message(&kb, &path, robot);
            let what = format!("{query} {robot}: {:?}", message.lines);
            assert!(message.n_bytes <= max, "{what}");
            assert!(message.link.starts_with(&format!("http://{HOST}/")), "{what}");
            let step = message.lines.iter().position(|line| line.starts_with("1. "));
            assert!(step.is_some_and(|step| step + 1 < message.lines.len()), "{what}");
            assert!(message.lines.iter().any(|line| is_escalation(line)), "{what}");
        }
    }
    assert!(n_asked >= 20, "{n_asked}");
    let nothing = message(&kb, "/api/v1/search?q=qqqqqqzzzzzz&format=wecom", "wecom").lines;
    assert!(nothing[1].contains("没有找到") && nothing[2].contains("换个说法"), "{nothing:?}");
    assert!(nothing[3].contains("联系二线"), "{nothing:?}");
}

/// What a resolved payload is answered with, in the form that is asked for.
fn resolved(kb: &Running, form: &str, payload: impl Into<Body>) -> Answer {
    let request = Request::post(format!("/api/v1/resolve?{form}")).header("host", HOST);
    let request = request.header("content-type", "application/json");
    kb.send(request.body(payload.into()).unwrap())
}

#[test]
fn alerts_fit_into_every_robot() {
    let kb = TestKb::shipped().start();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/alerts");
    let mut n_messages = 0;
    for entry in fs_err::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.extension().is_none_or(|kind| kind != "json") {
            continue;
        }
        let what = entry.display().to_string();
        for (robot, max) in ROBOTS {
            let form = format!("format={robot}");
            let answer = resolved(&kb, &form, fs_err::read(&entry).unwrap());
            let message = read(&answer, &what, robot);
            assert!(message.n_bytes <= max, "{what} {robot}: {} bytes", message.n_bytes);
            assert!(message.lines.iter().any(|line| line.starts_with("1. ")), "{what} {robot}");
            let leads = ["/r/", "/articles/", "/?q="].map(|path| format!("http://{HOST}{path}"));
            let is_one =
                message.lines[0].contains(" 1 条告警") || message.lines[0].starts_with("1 条");
            let leads_on = leads.iter().any(|start| message.link.starts_with(start));
            assert_eq!(leads_on, is_one, "{what}: {} {}", message.lines[0], message.link);
            n_messages += 1;
        }
    }
    assert!(n_messages >= 180, "{n_messages}");
}

#[test]
fn a_message_about_several_alerts_says_which_led_where() {
    let kb = TestKb::new()
        .article(
            "disk",
            "---\ntitle: 磁盘满\nalerts: [{name: DiskFull}]\n---\n\n## 应急策略\n\n1. 清理日志\n",
        )
        .article("gate", "# 门禁打不开\n\n## 应急策略\n\n1. 用机械钥匙\n")
        .start();
    let text = |payload: &str| {
        let request = Request::post("/api/v1/resolve").header("host", HOST);
        let request =
            request.header("content-type", "application/json").header("accept", "text/plain");
        kb.send(request.body(Body::from(payload.to_owned())).unwrap()).text()
    };
    let alert = |name: &str| format!("{{\"labels\":{{\"alertname\":\"{name}\"}}}}");
    let several =
        text(&format!("[{},{},{}]", alert("DiskFull"), alert("DiskFull"), alert("门禁打不开")));
    for part in [
        "3 条告警：2 篇策略",
        "DiskFull：磁盘满（文章声明了这条告警）",
        "门禁打不开：门禁打不开（文字相近）",
        "清理日志",
        "用机械钥匙",
    ] {
        assert!(several.contains(part), "{part} is not in {several}");
    }
    assert_eq!(several.matches("清理日志").count(), 1, "each article once: {several}");
    assert!(several.trim_end().ends_with(&format!("http://{HOST}/")), "{several}");
    let nothing = text("{\"name\":\"Zzz\"}");
    assert!(nothing.contains("Zzz：没有找到策略") && nothing.contains("联系二线"), "{nothing}");
    assert!(nothing.trim_end().ends_with(&format!("http://{HOST}/r/Zzz")), "{nothing}");
    let many = vec![alert("门禁打不开"); 120].join(",");
    assert!(text(&format!("[{many}]")).contains("另有 115 条告警"));
}

#[test]
fn nothing_in_an_article_pings_a_group() {
    let kb = TestKb::new().article("evil", HOSTILE).start();
    for (robot, _) in ROBOTS {
        for path in ["search?q=硬盘%40all&format=", "articles/evil?format="] {
            let message = message(&kb, &format!("/api/v1/{path}{robot}"), robot);
            let text = message.lines.join("\n");
            for mark in ['@', '<', '>', '`', '&'] {
                let texts = message.lines.iter().map(|line| line.split("](").next().unwrap());
                assert!(texts.clone().all(|text| !text.contains(mark)), "{robot} {mark}: {text}");
            }
            assert!(text.contains("＜＠all＞") && text.contains("rm -rf ＊"), "{robot}: {text}");
            assert!(!text.contains("[点我]"), "{robot}: {text}");
            assert!(text.contains("升级：") && text.contains("＠值班"), "{robot}: {text}");
        }
        let body = kb.get(&format!("/api/v1/articles/evil?format={robot}")).json();
        assert!(body["at"]["isAtAll"] != true && !body.to_string().contains("\"at\":\"all\""));
    }
}

#[test]
fn what_is_far_too_long_is_cut_in_the_middle() {
    let head = format!("title: {}\nsummary: {}", "\"盘\"".repeat(60), "停\\".repeat(100));
    let steps: String = (1..400).map(|n| format!("{n}. {}\n", "\"步骤\\".repeat(n))).collect();
    let rows: String =
        (0..60).map(|n| format!("| 条件{n} | {} | 立即 | 截图 |\n", "谁".repeat(200))).collect();
    let table = format!("| 条件 | 找谁 | 时限 | 带什么信息 |\n| --- | --- | --- | --- |\n{rows}");
    let text = format!(
        "---\n{}\n---\n\n## 应急策略\n\n{steps}\n\n## 升级与上报\n\n{table}",
        head.replace('"', "“").replace('\\', "/")
    );
    let kb = TestKb::new().article("long", &text).start();
    for (robot, max) in ROBOTS {
        for path in ["search?q=盘&format=", "articles/long?format="] {
            let message = message(&kb, &format!("/api/v1/{path}{robot}"), robot);
            let lines = &message.lines;
            assert!(message.n_bytes <= max, "{robot} {path}: {}", message.n_bytes);
            assert!(lines.iter().any(|line| line.starts_with("1. ")), "{robot}: {lines:?}");
            assert!(lines.iter().any(|line| is_escalation(line) && line.contains("条件0")));
        }
        let message = message(&kb, &format!("/api/v1/articles/long?format={robot}"), robot);
        assert!(message.lines.iter().any(|line| line == "…（全文见链接）"), "{robot}");
        assert!(message.n_bytes > max / 4 * 3, "{robot}: only {} bytes", message.n_bytes);
    }
}

#[test]
fn a_search_is_a_text_too() {
    let kb = TestKb::shipped().start();
    let path = format!("/api/v1/search?q={}&limit=2", encoded("硬盘咔咔响"));
    let forms = ["application/json", "text/plain", "text/markdown"];
    let answers = forms.map(|form| kb.call("GET", &path, &[("accept", form)]));
    for (form, answer) in forms.iter().zip(&answers) {
        let kind = answer.header("content-type").unwrap();
        assert!(kind.starts_with(form), "{form}: {kind}");
        assert!(answer.headers.get_all("vary").iter().any(|vary| vary == "accept"), "{form}");
        let tag = answer.header("etag").unwrap();
        let again = kb.call("GET", &path, &[("accept", form), ("if-none-match", tag)]);
        assert_eq!((again.status, again.body.len()), (304, 0), "{form}");
        let same = answers.iter().filter(|other| other.header("etag") == Some(tag)).count();
        assert_eq!(same, 1, "{form}");
    }
    let [json, plain, markdown] = answers;
    let hit = json.json()["hits"][0].clone();
    let (title, url) = (hit["title"].as_str().unwrap(), hit["url"].as_str().unwrap());
    let text = plain.text();
    assert!(text.contains(&format!("【1】{title}\n")) && text.contains("【2】"), "{text}");
    assert!(text.contains("\n1. ") && text.contains("\n升级："), "{text}");
    assert!(text.contains(&format!("链接：http://{HOST}{url}\n")), "{text}");
    let (_, query) = path.split_once('?').unwrap();
    let (query, _) = query.split_once('&').unwrap();
    assert!(text.ends_with(&format!("查看全部结果：http://{HOST}/?{query}\n")), "{text}");
    let text = markdown.text();
    assert!(text.contains(&format!("## 1. {title}")), "{text}");
    assert!(text.contains(&format!("](http://{HOST}{url})")), "{text}");
}

#[test]
fn a_search_without_hits_says_what_to_do() {
    let kb = TestKb::new().start();
    let answer = kb.call("GET", "/api/v1/search?q=断网", &[("accept", "text/plain")]);
    let text = answer.text();
    for expected in ["“断网”：0 篇", "没有找到", "换个说法再查", "联系二线"] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    for (robot, _) in ROBOTS {
        assert_eq!(kb.get(&format!("/api/v1/search?q=断网&format={robot}")).status, 200);
    }
}

#[test]
fn a_script_is_given_by_itself() {
    let article = "---\ntitle: 硬盘异响\nsupersedes: [hdd-noise]\n---\n\n## 各渠道话术\n\n\
        ### 电话\n\n> 您好，请停止使用。\n\n### 邮件\n\n```text\n主题：【硬盘】请停用\n\n您好：\n请停用。\n```\n";
    let kb = TestKb::new().article("disk", article).start();
    let get = |path: &str, accept: &str| {
        kb.call("GET", &format!("/api/v1/articles/{path}"), &[("accept", accept)])
    };
    let phone = get("disk/script/phone", "*/*");
    assert_eq!(phone.text(), "您好，请停止使用。\n");
    assert_eq!(phone.header("content-type"), Some("text/plain; charset=utf-8"));
    assert!(
        get("disk/script/mail", "text/plain").text().starts_with("主题：【硬盘】请停用\n\n您好")
    );
    let mail = get("disk/script/mail", "application/json").json();
    assert_eq!((&mail["id"], &mail["channel"]), (&"disk".into(), &"mail".into()));
    assert_eq!(
        (&mail["subject"], &mail["text"]),
        (&"【硬盘】请停用".into(), &"您好：\n请停用。".into())
    );
    let json = get("disk/script/phone", "application/json").json();
    assert!(json.get("subject").is_none() && !json["revision"].is_null(), "{json}");
    let none = get("disk/script/onsite", "*/*");
    assert_eq!((none.status, none.json()["code"].clone()), (404, "script_not_found".into()));
    assert!(none.text().contains("phone（电话）、mail（邮件）"), "{}", none.text());
    let unknown = get("nothing/script/phone", "*/*").json();
    assert_eq!(unknown["code"], "article_not_found");
    let moved = get("hdd-noise/script/mail", "*/*");
    assert_eq!(moved.header("location"), Some("/api/v1/articles/disk/script/mail"));
}
