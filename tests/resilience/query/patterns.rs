//! Texts that have slowed down or stopped parsers and search engines, at any length.

/// A text of about so many characters.
pub(crate) type Pattern = fn(usize) -> String;

/// One text over and over.
fn repeated(piece: &str, n: usize) -> String {
    piece.chars().cycle().take(n).collect()
}

/// Different Chinese characters, none of them rare.
fn han(n: usize) -> String {
    (0..n).filter_map(|i| char::from_u32(0x4e00 + (i * 7919 % 0x5000) as u32)).collect()
}

/// Different words of six letters.
fn words(n: usize) -> String {
    let letter = |i: usize| char::from(b'a' + (i % 26) as u8);
    let word = |i: usize| -> String {
        let mut word: String = (0..6).map(|k| letter(i.wrapping_mul(31) >> (2 * k))).collect();
        word.push(' ');
        word
    };
    (0..).flat_map(|i| word(i).chars().collect::<Vec<_>>()).take(n).collect()
}

/// The same character between different ones: all pairs differ.
pub(crate) fn pairs(n: usize) -> String {
    han(n.div_ceil(2)).chars().flat_map(|c| ['的', c]).take(n).collect()
}

/// What people and programs type to break a search.
pub(crate) const QUERIES: &[Pattern] = &[
    |n| repeated("(", n),
    |n| repeated("()", n),
    |n| repeated("((a OR b) AND ", n),
    |n| repeated("\"", n),
    |n| repeated("\"a b\"~", n),
    |n| repeated("*", n),
    |n| repeated("a*", n),
    |n| repeated("*a ", n),
    |n| repeated("?", n),
    |n| repeated("~", n),
    |n| repeated("abcd~2 ", n),
    |n| repeated("^", n),
    |n| repeated("*^2 ", n),
    |n| repeated("title:", n),
    |n| repeated("title:\"a\" ", n),
    |n| repeated("[a TO z] ", n),
    |n| repeated("{* TO *} ", n),
    |n| repeated("/.*(a+)+$/", n),
    |n| repeated("a AND NOT ", n),
    |n| repeated("+a -b ", n),
    |n| repeated("\\", n),
    |n| repeated("的", n),
    |n| repeated("备份", n),
    |n| repeated("登录异常", n),
    |n| repeated("伺服器當機", n),
    |n| repeated("怎么办", n),
    |n| repeated("打印鸡", n),
    han,
    pairs,
    words,
    |n| repeated("a", n),
    |n| repeated("a ", n),
    |n| repeated("xian ", n),
    |n| repeated("xi'an'", n),
    |n| repeated("zhongguo", n),
    |n| repeated("dyj ", n),
    |n| repeated("printre ", n),
    |n| repeated("0x", n),
    |n| repeated("0x8007", n),
    |n| repeated("ORA-12541 ", n),
    |n| repeated("a1", n),
    |n| repeated("A-b_C.d:E/", n),
    |n| repeated("1", n),
    |n| repeated("10.0.0.1 ", n),
    |n| repeated("2026-11-23 08:12:01 ", n),
    |n| repeated("\u{e9}\u{301}", n),
    |n| repeated("\u{fb03}\u{3388}\u{fdfa}", n),
    |n| repeated("\u{1f469}\u{200d}", n),
    |n| repeated("\u{5d0}\u{202e}", n),
    |n| repeated("\0", n),
    |n| repeated("\u{fffd}", n),
    |n| repeated("ＡＢ１ ", n),
    |n| repeated("\u{20000}", n),
    |n| repeated("%00", n),
    |n| repeated("<script>", n),
    |n| repeated("{\"query\":", n),
    |n| repeated("'; DROP ", n),
    |n| repeated("../", n),
    |n| repeated("${jndi:ldap}", n),
];

/// What has been quadratic or worse in a reader of Markdown somewhere.
/// Source: the pathological tests of cmark and the fuzzer for slow input of pulldown-cmark.
pub(crate) const MARKDOWN: &[Pattern] = &[
    |n| repeated("[", n),
    |n| repeated("![", n),
    |n| repeated("](", n),
    |n| repeated("[a](", n),
    |n| repeated("[a](<b", n),
    |n| repeated("[a](b \"", n),
    |n| repeated("[[", n),
    |n| repeated("[[a|b]]", n),
    |n| repeated("[[a", n),
    |n| repeated("[a](b.md) ", n),
    |n| repeated("[a]", n),
    |n| repeated("[a]: b\n", n),
    |n| repeated("[a][b] ", n),
    |n| repeated("[^a] ", n),
    |n| repeated("[^a]: b\n", n),
    |n| repeated("*a **a ", n),
    |n| repeated("a**b*c_", n),
    |n| repeated("*a_ ", n),
    |n| repeated("a_", n),
    |n| repeated("~~a ", n),
    |n| repeated("`", n),
    |n| repeated("`` ` ", n),
    |n| repeated("\\`", n),
    |n| (1..).flat_map(|i| ("`".repeat(i) + " ").into_bytes()).take(n).map(char::from).collect(),
    |n| repeated("<", n),
    |n| repeated("<!--", n),
    |n| repeated("<!--a-->", n),
    |n| repeated("<?", n),
    |n| repeated("<!A ", n),
    |n| repeated("<![CDATA[", n),
    |n| repeated("<a b=\"", n),
    |n| repeated("<a b='c' ", n),
    |n| repeated("</", n),
    |n| repeated("<div>\n", n),
    |n| repeated("<http://a", n),
    |n| repeated("> ", n),
    |n| repeated("> a\n", n),
    |n| repeated("- ", n),
    |n| repeated("- a\n", n),
    |n| repeated("1. ", n),
    |n| repeated("1. a\n", n),
    |n| repeated("* a\n\n", n),
    |n| {
        (0..)
            .flat_map(|i| (" ".repeat(2 * (i % 90)) + "- a\n").into_bytes())
            .take(n)
            .map(char::from)
            .collect()
    },
    |n| repeated("- [ ] a\n", n),
    |n| repeated("|", n),
    |n| repeated("|a", n),
    |n| "|a\n|-\n".chars().chain(repeated("|b\n", n).chars()).collect(),
    |n| repeated("a", n / 3) + "\n" + &repeated("-|", n / 3) + "\n" + &repeated("b|", n / 3),
    |n| repeated("# a\n", n),
    |n| repeated("#", n),
    |n| repeated("## 现象\n", n),
    |n| repeated("a\n===\n", n),
    |n| repeated("a\n", n),
    |n| repeated("\n", n),
    |n| repeated("    a\n", n),
    |n| repeated("\t", n),
    |n| repeated("```\n", n),
    |n| repeated("~~~a\n", n),
    |n| repeated("&", n),
    |n| repeated("&#x4e00;", n),
    |n| repeated("&amp", n),
    |n| repeated("\\", n),
    |n| repeated("$$a", n),
    |n| repeated("{#a} ", n),
    |n| repeated("a\\\n", n),
    |n| repeated("a  \n", n),
    |n| repeated("***\n", n),
    |n| repeated("www.a.b ", n),
    |n| repeated("a@b.c ", n),
    |n| repeated("> [!TIP]\n", n),
    |n| repeated("【待补：a】", n),
    |n| "## 应急策略\n\n".chars().chain(repeated("1. **能**：转 [a](a.md)\n", n).chars()).collect(),
    |n| "## 话术\n\n".chars().chain(repeated("> 您好\n\n", n).chars()).collect(),
    |n| repeated("\0", n),
    |n| repeated("\u{e9}\u{301}", n),
    |n| repeated("```sh\nrm -rf /\n```\n", n),
];

/// Text of any kind.
pub(crate) const TEXTS: &[Pattern] = &[
    |n| repeated("的", n),
    |n| repeated("登录异常", n),
    |n| repeated("登陸異常。", n),
    han,
    pairs,
    words,
    |n| repeated("a", n),
    |n| repeated("a ", n),
    |n| repeated("a1", n),
    |n| repeated("aB", n),
    |n| repeated("a-b.c/", n),
    |n| repeated("1", n),
    |n| repeated("1.", n),
    |n| repeated("2026-11-23 08:12:01 ", n),
    |n| repeated("ORA-12541 ", n),
    |n| repeated("盘C", n),
    |n| repeated("\u{e9}\u{301}", n),
    |n| repeated("\u{fdfa}", n),
    |n| repeated("。", n),
    |n| repeated("怎么办", n),
];

/// YAML.
pub(crate) const YAML: &[Pattern] = &[
    |n| repeated("a: b\n", n),
    |n| (0..).flat_map(|i| format!("k{i}: v\n").into_bytes()).take(n).map(char::from).collect(),
    |n| repeated("- a\n", n),
    |n| repeated("- ", n),
    |n| repeated("[", n),
    |n| repeated("{a: ", n),
    |n| "aliases: [".chars().chain(repeated("a, ", n).chars()).chain("]".chars()).collect(),
    |n| "title: \"".chars().chain(repeated("\\n", n).chars()).chain("\"".chars()).collect(),
    |n| "title: '".chars().chain(repeated("''", n).chars()).chain("'".chars()).collect(),
    |n| "title: |\n".chars().chain(repeated("  a\n", n).chars()).collect(),
    |n| "title: >\n".chars().chain(repeated("  a\n\n", n).chars()).collect(),
    |n| repeated("&a ", n),
    |n| repeated("*a ", n),
    |n| repeated("? ", n),
    |n| repeated("!!a ", n),
    |n| repeated("# a\n", n),
    |n| repeated("---\n", n),
    |n| repeated("a:\n ", n),
    |n| repeated("<<: ", n),
    |n| repeated("\"a", n),
];

/// JSON.
pub(crate) const JSON: &[Pattern] = &[
    |n| repeated("[", n),
    |n| repeated("{\"a\":", n),
    |n| "[".chars().chain(repeated("1,", n).chars()).chain("1]".chars()).collect(),
    |n| {
        let members: String = (0..n / 10).map(|i| format!("\"{i:06}\":1,")).collect();
        format!("{{\"labels\":{{{members}\"a\":\"b\"}}}}")
    },
    |n| {
        let alert = "{\"labels\":{\"alertname\":\"A\"},\"annotations\":{\"summary\":\"备份\"}},";
        let alerts = alert.repeat(n / alert.len());
        format!("{{\"groupKey\":\"a\",\"alerts\":[{alerts}{{}}]}}")
    },
    |n| format!("\"{}\"", repeated("\\u4e00", n / 6 * 6)),
    |n| format!("{{\"text\":\"{}\"}}", repeated("备份 a ", n)),
    |n| format!("{{\"rule_name\":\"a\",\"tags\":[{}\"a=b\"]}}", "\"a=b\",".repeat(n / 6)),
    |n| {
        let rules = "{\"alert\":\"A\",\"expr\":\"up\"},".repeat(n / 26);
        format!("{{\"groups\":[{{\"rules\":[{rules}{{}}]}}]}}")
    },
];

/// TOML.
pub(crate) const TOML: &[Pattern] = &[
    |n| repeated("a = 1\n", n),
    |n| (0..).flat_map(|i| format!("k{i} = 1\n").into_bytes()).take(n).map(char::from).collect(),
    |n| "a = ".chars().chain(repeated("[", n).chars()).collect(),
    |n| {
        "systems = ["
            .chars()
            .chain(repeated("\"a\",", n / 4 * 4).chars())
            .chain("]".chars())
            .collect()
    },
    |n| repeated("a.", n) + "a = 1",
    |n| repeated("[a]\n", n),
    |n| repeated("[[read_tokens]]\n", n),
    |n| (0..).flat_map(|i| format!("[a{i}.b]\n").into_bytes()).take(n).map(char::from).collect(),
    |n| format!("kb = \"\"\"{}\"\"\"", repeated("\\n", n / 2 * 2)),
    |n| repeated("# a\n", n),
    |n| repeated("\n", n),
    |n| "a = {".chars().chain(repeated("b = {", n).chars()).collect(),
];

/// A table whose cells are as long as they may be.
fn cells(piece: &str, n: usize) -> String {
    let rows = (0..n.div_ceil(19_000)).map(|i| {
        let length = 19_000.min(n - i * 19_000);
        format!("断网{i},\"{}\"\n", repeated(piece, length))
    });
    String::from("紧急情况,应急策略\n") + &rows.collect::<String>()
}

/// Tables as text: CSV and Markdown.
pub(crate) const TABLES: &[Pattern] = &[
    |n| String::from("紧急情况,应急策略\n") + &repeated("断网,看线\n", n),
    |n| {
        let rows = (0..n / 16).map(|i| format!("断网{i},1、看线；2、重启\n"));
        rows.fold(String::from("紧急情况,应急策略\n"), |all, row| all + &row)
    },
    |n| repeated("\"", n),
    |n| repeated("\"\"", n),
    |n| repeated("\"a\n", n),
    |n| repeated(",", n),
    |n| repeated("a,", n),
    |n| repeated("a\n", n),
    |n| repeated("紧急情况,应急策略\n", n),
    |n| cells("看线；", n),
    |n| cells("如果a，则b。", n),
    |n| cells("1、看线；", n),
    |n| cells("a，", n),
    |n| cells("（", n),
    |n| String::from("| 紧急情况 | 应急策略 |\n| --- | --- |\n| 断网 | ") + &repeated("\\|", n),
    |n| repeated("|", n),
    |n| repeated("| a |\n|-|\n", n),
    |n| repeated("```\n| a |\n", n),
];

/// A Word table of one event over many rows.
fn merged(strategy: &str, n: usize) -> String {
    let cell = |text: &str| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
    let event = "<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>";
    let row = |event: &str, strategy: &str| format!("<w:tr>{event}{}</w:tr>", cell(strategy));
    let first = event.replace("<w:vMerge/>", "<w:vMerge w:val=\"restart\"/>");
    let first = first.replace("<w:p/>", "<w:p><w:r><w:t>断网</w:t></w:r></w:p>");
    // At most 10,000 rows are read.
    let strategy = strategy.repeat(8);
    let rest = row(event, &strategy);
    let n_rows = n / rest.len();
    let head = row(&cell("紧急情况"), "应急策略");
    format!("<w:tbl>{head}{}{}</w:tbl>", row(&first, &strategy), rest.repeat(n_rows))
}

/// What stands inside of the body of a Word document.
pub(crate) const WORD: &[Pattern] = &[
    |n| merged("看线；看灯；", n),
    |n| merged("如果a，则b；", n),
    |n| merged("如果a，则b；看线；", n),
    |n| "<w:tbl>".repeat(n / 7),
    |n| "<w:tbl><w:tr><w:tc>".repeat(n / 19),
    |n| format!("<w:tbl>{}</w:tbl>", "<w:tr><w:tc><w:p/></w:tc></w:tr>".repeat(n / 32)),
    |n| {
        let cell = "<w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc>";
        format!("<w:tbl>{}</w:tbl>", format!("<w:tr>{cell}{cell}</w:tr>").repeat(n / 104))
    },
    |n| format!("<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>", "<w:p/>".repeat(n / 6)),
    |n| "<w:p><w:r><w:t>&#x4e00;</w:t></w:r></w:p>".repeat(n / 40),
    |n| "<w:sdt><w:sdtContent>".repeat(n / 21),
    |n| "<a ".repeat(n / 3),
    |n| format!("<w:p {}/>", "a=\"b\" ".repeat(n / 6)),
    |n| {
        (0..n / 12).map(|i| format!("a{i}=\"b\" ")).fold(String::from("<w:p "), |all, a| all + &a)
            + "/>"
    },
];

/// What stands inside of the data of a sheet.
pub(crate) const SHEET: &[Pattern] = &[
    |n| "<row>".repeat(n / 5),
    |n| {
        (1..n / 70)
            .map(|i| {
                format!("<row r=\"{i}\"><c r=\"A{i}\" t=\"inlineStr\"><is><t>a</t></is></c></row>")
            })
            .collect()
    },
    |n| "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>a</v></c></row>".repeat(n / 50),
    |n| format!("<row r=\"1\">{}</row>", "<c r=\"A1\"><v>1</v></c>".repeat(n / 23)),
    |n| format!("<row r=\"1\"><c r=\"A1\" t=\"str\"><v>{}</v></c></row>", "a".repeat(n)),
    |n| {
        format!(
            "</sheetData><mergeCells>{}</mergeCells><sheetData>",
            "<mergeCell ref=\"A1:D9\"/>".repeat(n / 24)
        )
    },
];
