//! Folders written for other programs: Obsidian, VS Code and GitHub, with all their habits.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::driver::{Running, TestKb, encoded};

/// What must never be seen.
const HIDDEN: &str = "这句注释谁也不该看见";

/// File name, text, and what of the text must be shown. `{n}` is the number of the copy, `{line}`
/// a sentence that no other file has.
const HABITS: &[(&str, &str, &[&str])] = &[
    (
        "Obsidian 笔记/打印机 脱机 {n}.md",
        "---\ntags: [打印, 外设]\ncssclass: wide\ncreated: 2024-03-01 10:20\naliases:\n  - 脱机{n}\n---\n\
         # 打印机脱机 {n}\n\n{line}\n\n看 [[断网处理 {n}]]，或者 [[断网处理 {n}#重启光猫|先重启光猫]]。\n",
        &["先重启光猫"],
    ),
    (
        "Obsidian 笔记/网络/断网处理 {n}.md",
        "{line} #网络 #急\n\n## 重启光猫\n\n拔电等十秒。%%给自己看的%%\n\n![[光猫 {n}.png|300]]\n",
        &["#网络 #急", "拔电等十秒", "%%给自己看的%%"],
    ),
    (
        "Obsidian 笔记/callout {n}.md",
        "# 提示块 {n}\n\n> [!warning]+ 先别重启\n> {line}\n\n> [!quote] 用户原话\n> 屏幕黑了。\n\n\
         - [ ] 查电源\n- [x] 换线\n- [/] 做了一半\n",
        &["先别重启", "用户原话", "屏幕黑了", "查电源", "换线", "做了一半"],
    ),
    (
        "Obsidian 笔记/嵌入 {n}.md",
        "# 嵌入 {n}\n\n{line}\n\n![[提示块 不存在]]\n\n![[callout {n}]]\n\n行内 `[[不是链接]]`，还有 \\[[转义]]。\n\n\
         ```bash\nif [[ -f /etc/hosts ]]; then echo '[[也不是]]'; fi\n```\n",
        &["[[不是链接]]", "[[转义]]", "if [[ -f /etc/hosts ]]; then echo '[[也不是]]'; fi"],
    ),
    (
        "docs/github/README-{n}.md",
        "# GitHub 习惯 {n}\n\n<!-- 这句注释谁也不该看见 -->\n\n{line}<!-- 这句注释谁也不该看见 -->\n\n\
         <details>\n<summary>展开看日志</summary>\n\n日志正文 {n}\n\n</details>\n\n按 <kbd>Ctrl</kbd>+<kbd>C</kbd>。\n",
        &["展开看日志", "日志正文", "Ctrl", "+"],
    ),
    (
        "docs/github/footnote-{n}.md",
        "脚注{n}\n=====\n\n{line}[^1] 又一处[^长注]。\n\n[^1]: 第一条注的内容\n[^长注]: 第二条注的内容\n    接着写\n",
        &["第一条注的内容", "第二条注的内容", "接着写"],
    ),
    (
        "docs/mermaid {n}.md",
        "# 流程图 {n}\n\n{line}\n\n```mermaid\ngraph TD; A[来电]-->B{停机?}\n```\n\n$$\nE = mc^2\n$$\n\n==高亮的字== H~2~O\n",
        &["graph TD; A[来电]-->B{停机?}", "E = mc^2", "==高亮的字=="],
    ),
    (
        "docs/表格 与 链接 {n}.md",
        "# 表格 {n}\n\n{line}\n\n| 现象 | 处理 |\n| :-- | --: |\n| 黑屏 | [[断网处理 {n}\\|换网线]] |\n| 蓝屏 | 见[[1]](https://example.com/a?b=1&c=2) |\n",
        &["黑屏", "蓝屏", "换网线"],
    ),
    (
        "深/一/二/三/四/Notes (final) {n}.md",
        "\u{feff}---\r\ntitle: 带括号的文件名 {n}\r\ndate: 2023-05-06\r\nauthor: 老王\r\n---\r\n\r\n{line}\r\n\r\n![图](../../图 {n}.png) <br/> 换行之后\r\n",
        &["换行之后"],
    ),
    (
        "export/notion {n} 1a2b3c4d5e6f.md",
        "# Notion 导出 {n}\n\nStatus: Done\nOwner: 服务台\n\n{line}\n\n[子页面](notion%20{n}%201a2b3c4d5e6f/%E5%AD%90%E9%A1%B5.md)\n\n<aside>\n💡 小提示正文\n\n</aside>\n",
        &["Status: Done", "💡 小提示正文"],
    ),
    (
        "jekyll/posts 旧/2021-03-0{n}-外网慢.md",
        "---\nlayout: post\ntitle:  \"外网慢 {n}\"\ndate:   2021-03-0{n} 08:00:00 +0800\ncategories: [net, slow]\n---\n{line}\n\n\
         {% highlight bash %}\nping -c 4 10.0.0.1\n{% endhighlight %}\n\n* * *\n\n完。{: .note}\n",
        &["{% highlight bash %}", "ping -c 4 10.0.0.1", "{: .note}"],
    ),
    (
        "乱/html <script> {n}.md",
        "# 网页片段 {n}\n\n<div class=\"x\" onclick=\"alert(1)\">{line}</div>\n\n<script>alert('坏')</script>\n\n\
         <img src=x onerror=alert(1)>后面的字 <a href=\"javascript:alert(1)\">点我</a>\n",
        &["后面的字", "点我"],
    ),
];

/// Copies of each habit.
const N_COPIES: usize = 5;

const LINES: [&str; 12] = [
    "碎纸机吞了发票就一直叫",
    "前台的门禁刷卡没有反应",
    "会议室投影仪偏绿又闪烁",
    "食堂的收款码扫了不到账",
    "档案柜旁边的扫描仪卡纸",
    "司机班的对讲平台登录超时",
    "图书室借还机打不出小票",
    "实验楼温控面板全部黑屏",
    "车库道闸抬杆以后落不下",
    "医务室叫号屏只显示乱码",
    "保洁排班表被同事改没了",
    "广播系统早上自己放音乐",
];

const ENDS: [&str; N_COPIES] = [
    "昨天夜里下过暴雨",
    "上周刚刚换了主板",
    "只有星期三才这样",
    "重装驱动也没有用",
    "厂家说要返厂检修",
];

struct Foreign {
    path: String,
    text: String,
    line: String,
    shown: &'static [&'static str],
}

fn all() -> Vec<Foreign> {
    let mut all = Vec::new();
    for (habit, (path, text, shown)) in HABITS.iter().enumerate() {
        for (copy, end) in ENDS.iter().enumerate() {
            let line = format!("{}，{end}", LINES[habit]);
            let number = (copy + 1).to_string();
            let text = text.replace("{n}", &number).replace("{line}", &line);
            all.push(Foreign { path: path.replace("{n}", &number), text, line, shown });
        }
    }
    all
}

fn started() -> Running {
    let kb = TestKb::new();
    for file in all() {
        kb.write(&file.path, &file.text);
    }
    kb.start()
}

fn article(kb: &Running, path: &str) -> Value {
    let id = path.trim_end_matches(".md");
    let answer = kb.get(&format!("/api/v1/articles/{}", encoded(id)));
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

fn joined(article: &Value, key: &str) -> String {
    let sections = article["sections"].as_array().unwrap();
    sections.iter().map(|section| section[key].as_str().unwrap()).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_file_is_one_article_and_found_by_its_own_words() {
    let kb = started();
    let status = kb.get("/readyz").json();
    assert_eq!(status["n_articles"], all().len(), "{status:#}");
    assert_eq!(status["articles_broken"], 0, "{status:#}");
    for Foreign { path, line, .. } in all() {
        kb.search(&line).finds_first(path.trim_end_matches(".md"));
    }
}

#[test]
fn the_whole_text_is_kept_and_nothing_else_leaks() {
    let kb = started();
    for Foreign { path, text, line, shown } in all() {
        let article = article(&kb, &path);
        let (html, plain) = (joined(&article, "html"), joined(&article, "text"));
        for part in shown.iter().copied().chain([line.as_str()]) {
            assert!(plain.contains(part), "{path}: {part} is not in {plain}");
        }
        for bad in ["<script", "onerror", "onclick", "javascript:", "<!--", HIDDEN, "<details"] {
            assert!(!html.contains(bad), "{path}: {bad} in {html}");
        }
        assert!(!plain.contains(HIDDEN), "{path}: {plain}");
        let id = encoded(path.trim_end_matches(".md"));
        let source =
            kb.call("GET", &format!("/api/v1/articles/{id}"), &[("accept", "text/markdown")]);
        assert!(source.text().contains(&line), "{path}");
        let page = kb.get(&format!("/articles/{id}"));
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.text().contains(HIDDEN) && page.text().contains(&line), "{path}");
        assert!(text.contains(&line));
    }
}

#[test]
fn wiki_links_lead_to_the_article_of_that_name_in_any_folder_and_case() {
    let kb = started();
    let target =
        |n: usize| format!("/articles/{}", encoded(&format!("Obsidian 笔记/网络/断网处理 {n}")));
    for n in 1..=N_COPIES {
        let html = joined(&article(&kb, &format!("Obsidian 笔记/打印机 脱机 {n}.md")), "html");
        let url = target(n);
        assert!(html.contains(&format!("<a href=\"{url}\">断网处理 {n}</a>")), "{html}");
        assert!(html.contains(&format!("<a href=\"{url}#s-重启光猫\">先重启光猫</a>")), "{html}");
        let table = joined(&article(&kb, &format!("docs/表格 与 链接 {n}.md")), "html");
        // Bracketed link texts in the same file make it plain Markdown.
        assert!(table.contains(">[1]</a>"), "{table}");
        let embedded = joined(&article(&kb, &format!("Obsidian 笔记/嵌入 {n}.md")), "html");
        assert!(embedded.contains(&format!(">callout {n}</a>")), "{embedded}");
        assert!(embedded.contains("class=\"dead-link\""), "{embedded}");
        let picture = joined(&article(&kb, &format!("Obsidian 笔记/网络/断网处理 {n}.md")), "html");
        assert!(
            picture.contains(&format!(
                "<img src=\"/media/{}\"",
                encoded(&format!("光猫 {n}.png")).replace("%2E", ".")
            )),
            "{picture}"
        );
    }
    kb.kb.write("大小写.md", "# 大小写\n\n看 [[CALLOUT 2]]。\n");
    crate::driver::eventually("indexed", || kb.search("大小写").ids() == ["大小写"]);
    let html = joined(&article(&kb, "大小写.md"), "html");
    assert!(html.contains(">CALLOUT 2</a>") && html.contains("callout%202"), "{html}");
}

#[test]
fn what_is_foreign_is_reported() {
    let kb = started();
    let mut rules = BTreeSet::new();
    let mut told = BTreeSet::new();
    let findings = kb.get("/api/v1/findings").json();
    for finding in findings["findings"].as_array().unwrap() {
        rules.insert(finding["rule"].as_str().unwrap().to_owned());
        if finding["rule"] == "wiki-link" {
            told.insert(finding["path"].as_str().unwrap().to_owned());
        }
    }
    for rule in ["front-matter", "wiki-link"] {
        assert!(rules.contains(rule), "{rules:?}");
    }
    assert!(told.contains("Obsidian 笔记/打印机 脱机 1.md"), "{told:?}");
    assert!(!told.iter().any(|path| path.starts_with("docs/mermaid")), "{told:?}");
}
