//! The HTML of articles.

use super::*;

#[test]
fn html_is_what_the_page_needs() {
    let ext = "rel=\"noopener noreferrer nofollow\"";
    let cases = [
        ("> [!CAUTION]\n> 停", "<div class=\"alert alert-caution\"><p class=\"alert-title\">危险</p><p>停</p>\n</div>".to_owned()),
        ("> 引", "<blockquote><p>引</p>\n</blockquote>".to_owned()),
        ("- [ ] 问\n- 答", "<ul><li class=\"task\">问</li>\n<li>答</li>\n</ul>".to_owned()),
        ("- [x] 问\n\n- 答", "<ul><li class=\"task\"><p>问</p>\n</li>\n<li><p>答</p>\n</li>\n</ul>".to_owned()),
        ("3. 三", "<ol start=\"3\"><li>三</li>\n</ol>".to_owned()),
        ("```PowerShell x\nGet-Date | % { \"<b>\" }\n```", "<pre><code class=\"language-powershell\">Get-Date | % { \"&lt;b&gt;\" }\n</code></pre>".to_owned()),
        ("```a\"b\nx\n```", "<pre><code>x\n</code></pre>".to_owned()),
        ("|a|b|\n|-|:-:|\n|c|`d`|", "<table><thead><tr><th>a</th><th align=\"center\">b</th></tr></thead><tbody>\n<tr><td>c</td><td align=\"center\"><code>d</code></td></tr>\n</tbody></table>".to_owned()),
        ("[甲](b.md \"题\")", "<p><a href=\"/articles/net%2Fb\" title=\"题\">甲</a></p>".to_owned()),
        ("[甲](b.md#电话)", "<p><a href=\"/articles/net%2Fb#s-电话\">甲</a></p>".to_owned()),
        ("[甲](#s-影响)", "<p><a href=\"#s-影响\">甲</a></p>".to_owned()),
        ("[甲](../gone.md)", "<p><span class=\"dead-link\" title=\"文章不存在\">甲</span></p>".to_owned()),
        ("[甲](../../x.md)", "<p><span class=\"dead-link\" title=\"文章不存在\">甲</span></p>".to_owned()),
        ("[甲](javascript:alert(1))", "<p>甲</p>".to_owned()),
        ("[甲](https://x.example/?a=1&b=2)", format!("<p><a href=\"https://x.example/?a=1&amp;b=2\" {ext}>甲</a></p>")),
        ("<a@b.example>", "<p><a href=\"mailto:a@b.example\">a@b.example</a></p>".to_owned()),
        ("![图 *一*](图/a b.png)", "<p>![图 <em>一</em>](图/a b.png)</p>".to_owned()),
        ("![图 *一*](<图/a b.png> \"t\")", "<p><img src=\"/media/net/%E5%9B%BE/a%20b.png\" title=\"t\" alt=\"图 一\"></p>".to_owned()),
        ("![图](https://x.example/a.png)", format!("<p><a href=\"https://x.example/a.png\" {ext}>图</a></p>")),
        ("[![图](https://x.example/a.png)](b.md)", "<p><a href=\"/articles/net%2Fb\">图</a></p>".to_owned()),
        ("![图](data:image/png;base64,x)", "<p>图</p>".to_owned()),
        ("[[b]] [[net/b#电话|乙]] `[[b]]`", "<p><a href=\"/articles/b\">b</a> <a href=\"/articles/net%2Fb#s-电话\">乙</a> <code>[[b]]</code></p>".to_owned()),
        ("[[gone|丙]] ![[b]]", "<p><span class=\"dead-link\" title=\"文章不存在\">丙</span> <a href=\"/articles/b\">b</a></p>".to_owned()),
        ("![[图 一.png]]", "<p><img src=\"/media/%E5%9B%BE%20%E4%B8%80.png\" alt=\"图 一.png\"></p>".to_owned()),
        ("if [[ -f x ]]; [[:alpha:]]", "<p>if [[ -f x ]]; [[:alpha:]]</p>".to_owned()),
        ("[[1]](b.md)", "<p><a href=\"/articles/net%2Fb\">[1]</a></p>".to_owned()),
        ("断[^1]网\n\n[^1]: <注>", "<p>断<sup>[1]</sup>网</p>\n<p><sup>[1]</sup> &lt;注&gt;</p>".to_owned()),
        ("甲\n乙 a\nb", "<p>甲乙 a\nb</p>".to_owned()),
        ("甲 <b onclick=x>乙</b><br>丙", "<p>甲 乙<br>丙</p>".to_owned()),
        ("<div onclick=x>\n甲 &lt;b&gt;\n<script>x</script>\n</div>", "<p>甲 &lt;b&gt;</p>".to_owned()),
        ("#### 小 标题", "<h4 id=\"s-小-标题\">小 标题</h4>".to_owned()),
        ("***", "<hr>".to_owned()),
        ("~~旧~~ **新** *斜*", "<p><del>旧</del> <strong>新</strong> <em>斜</em></p>".to_owned()),
    ];
    for (markdown, expected) in cases {
        let sections = html("net/a.md", markdown);
        assert_eq!(sections.len(), 1, "{markdown:?}");
        assert_eq!(sections[0].trim_end(), expected, "{markdown:?}");
    }
}

#[test]
fn html_leaves_out_the_headings_of_sections() {
    let sections = html("a.md", "# 题\n\n前\n\n## 甲\n文 [x](b.md)\n### 乙\n");
    assert_eq!(sections, ["<p>前</p>\n", "<p>文 <a href=\"/articles/b\">x</a></p>\n", ""]);
}

#[test]
fn a_long_text_is_broken_where_nobody_sees_it() {
    let (text, escaped) = ("甲&".repeat(50_000), "甲&amp;".repeat(50_000));
    let cases = [
        (text.clone(), format!("<p>{escaped}</p>\n")),
        (format!("```\n{text}\n```"), format!("<pre><code>{escaped}\n</code></pre>\n")),
        (format!("a `{text}`"), format!("<p>a <code>{escaped}</code></p>\n")),
        (format!("<div>\n{text}\n</div>"), format!("<p>{escaped}</p>\n")),
    ];
    for (markdown, expected) in cases {
        let html = html("a.md", &markdown).concat();
        let runs: Vec<&str> = html.split(TEXT_BREAK).collect();
        assert!(runs.iter().all(|run| run.len() < escaped.len() / 4), "{}", runs.len());
        assert!(runs.concat() == expected, "{}", markdown.chars().take(9).collect::<String>());
    }
    let short = "甲\n\n".repeat(20_000);
    assert!(!html("a.md", &short).concat().contains(TEXT_BREAK), "blocks end a run");
}

#[test]
fn an_attribute_that_is_too_long_is_left_out() {
    let long = "a".repeat(10_000);
    let cases = [
        (format!("[甲](b.md \"{long}\")"), "<p><a href=\"/articles/b\">甲</a></p>\n"),
        (format!("[甲](http://a/{long})"), "<p>甲</p>\n"),
        (format!("[甲]({long}.md)"), "<p>甲</p>\n"),
        (format!("![{long}](a.png)"), "<p><img src=\"/media/a.png\" alt=\"\"></p>\n"),
    ];
    for (markdown, expected) in cases {
        assert_eq!(html("a.md", &markdown).concat(), expected);
    }
}
