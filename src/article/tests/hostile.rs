//! Input that nobody would write on purpose, and input that somebody might.

use proptest::prelude::*;

use super::*;

#[test]
fn hostile_input_costs_little() {
    let kinds: Vec<(&str, String)> = vec![
        ("quotes", "> ".repeat(10_000) + "x"),
        ("quotes on many lines", (">".repeat(200) + " x\n").repeat(500)),
        ("brackets", "[".repeat(10_000)),
        ("images", "![".repeat(10_000)),
        ("links", "[a](<b".repeat(10_000)),
        ("nested lists", (0..500).map(|n| "  ".repeat(n) + "- x\n").collect()),
        ("markers", "- ".repeat(10_000)),
        ("emphasis", "*_".repeat(10_000) + "x"),
        ("strong", "**x ".repeat(10_000)),
        ("code", "`".repeat(10_000) + "x"),
        ("ticks of all lengths", (1..300).map(|n| "`".repeat(n) + " ").collect()),
        ("html", "<!--".repeat(10_000)),
        ("scripts", "<script>".repeat(100_000)),
        ("inline html", "a<!-".repeat(10_000)),
        ("table", "|a".repeat(2_000) + "\n" + &"|-".repeat(2_000) + &"\n|b".repeat(1_000)),
        ("same headings", "# a\n".repeat(10_000)),
        ("links on a line", "[a](b.md)".repeat(10_000)),
        ("references", "[a]: b\n\n".to_owned() + &"[a]".repeat(10_000)),
        ("steps", "## 应急策略\n".to_owned() + &"1. **如果 a**\n".repeat(5_000)),
        ("wiki links", "[[a|b]] ".repeat(10_000)),
        ("nested wiki links", "![[a".repeat(10_000) + &"]]".repeat(10_000)),
        ("footnotes", "[^a]".repeat(10_000) + "\n\n" + &"[^a]: b\n\n".repeat(5_000)),
        ("entities", "&#0;".repeat(10_000)),
    ];
    for (kind, source) in kinds {
        let begin = std::time::Instant::now();
        let article = parsed("a.md", &source).article;
        assert_eq!(html("a.md", &source).len(), article.sections.len(), "{kind}");
        // A bound that only quadratic work exceeds, on a slow machine too.
        assert!(begin.elapsed().as_secs() < 10, "{kind}: {:?}", begin.elapsed());
    }
}

#[test]
fn no_article_becomes_more_elements_than_a_browser_shows_with_ease() {
    let kinds = [
        "**a** ",
        "`a` ",
        "a[^b]\n",
        "a<br>",
        "a\\\n",
        "---\n",
        "a\n\n",
        "<b>\na\n\n",
        "- [ ] a\n",
        "![a](b.png)\n",
    ];
    for kind in kinds {
        let source = format!("[^b]: c\n\n{}", kind.repeat(60_000));
        let n = html("a.md", &source).concat().matches('<').count();
        // The start and the end of each, and breaks in long text.
        assert!(n < 70_000, "{kind:?}: {n}");
    }
    let lines = html("a.md", &format!("<div>\n{}</div>", "甲\n".repeat(60_000))).concat();
    assert!(lines.matches('<').count() < 70_000 && lines.matches('甲').count() == 60_000);
}

/// Every letter and digit of the body that Markdown shows is in some heading or text.
fn missing_words<'w>(article: &Article, words: &'w [String]) -> Vec<&'w String> {
    let mut text = article.title.clone();
    for section in &article.sections {
        text.push_str(&section.title);
        text.push('\n');
        text.push_str(&section.text);
        text.push('\n');
    }
    words.iter().filter(|word| !text.contains(word.as_str())).collect()
}

/// Blocks with a word of their own in each place where Markdown shows text.
fn block() -> impl Strategy<Value = String> {
    let word = "词[a-z]{6}";
    prop_oneof![
        word.prop_map(|w| format!("{w}\n")),
        (word, word).prop_map(|(a, b)| format!("# {a} [{b}](x.md)\n")),
        (word, word).prop_map(|(a, b)| format!("{a}\n{b}\n---\n")),
        (word, word).prop_map(|(a, b)| format!("- [ ] {a}\n  - **如果 {b}**\n")),
        (word, word)
            .prop_map(|(a, b)| format!("```sh {a}\n```\n```\n{b}\n```\n").replacen(&a, "sh", 1)),
        (word, word).prop_map(|(a, b)| format!("|{a}|{b}|\n|-|-|\n|{b}|{a}|\n")),
        (word, word).prop_map(|(a, b)| format!("> > {a}\n>\n> 1. `{b}`\n")),
        (word, word).prop_map(|(a, b)| format!("<div class=x>{a}\n{b}</div>\n")),
        (word, word).prop_map(|(a, b)| format!("![{a}](x.png) <b>{b}</b>\n")),
        (word, word).prop_map(|(a, b)| format!("##### {a}\n    {b}\n")),
        (word, word).prop_map(|(a, b)| format!("> [!NOTE]\n> {a} ~~{b}~~\n")),
    ]
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(source in any::<String>(), path in any::<String>()) {
        check(&path, &source)?;
        check("a.md", &format!("---\n{source}\n---\n{source}"))?;
    }

    #[test]
    fn no_markdown_makes_it_panic(
        source in "(---\n|\\.\\.\\.\n|title|: |id|codes|\\[|\\]|\\(|\\)|\\{|\\}|!|\\*|_|~|`|```|#|# |## 应急策略\n|## 各渠道话术\n|### 电话\n|1\\. |- |- \\[ \\] |> |\\[!NOTE\\]|\\||\\|-\\||\n|\r\n|\n\n|  |\t|<|</|>|<b>|<!--|-->|&amp;|&|;|\\\\|\"|'|如果|文|a|x\\.md|\\.\\./|%|@|\u{0}|\u{2028}){0,60}"
    ) {
        check("x/a.md", &source)?;
    }

    #[test]
    fn no_word_of_the_body_is_lost(blocks in prop::collection::vec(block(), 0..12)) {
        let body = blocks.join("\n");
        let article = parsed("a.md", &body).article;
        let words: Vec<String> = body
            .split(|c: char| c != '词' && !c.is_ascii_lowercase())
            .filter(|word| word.starts_with('词'))
            .map(str::to_owned)
            .collect();
        let none: Vec<&String> = Vec::new();
        prop_assert_eq!(missing_words(&article, &words), none, "{}", body);
    }
}

/// What must hold for any input.
fn check(path: &str, source: &str) -> Result<(), TestCaseError> {
    let article = match parse(path, source) {
        Ok(parsed) => parsed.article,
        Err(finding) => {
            prop_assert!(finding.line.is_some() && finding.column.is_some());
            salvage(path, source)
        }
    };
    prop_assert!(!article.title.is_empty());
    let html = html(path, source);
    prop_assert_eq!(html.len(), article.sections.len());
    let mut anchors: Vec<_> = article.sections.iter().map(|section| &section.anchor).collect();
    anchors.sort_unstable();
    anchors.dedup();
    prop_assert_eq!(anchors.len(), article.sections.len());
    for section in &article.sections {
        prop_assert!(!section.text.chars().chain(section.title.chars()).any(text::is_control));
    }
    for html in html {
        prop_assert_eq!(&clean(&html), &html);
        prop_assert!(!html.contains("<script") && !html.contains("javascript:alert"));
    }
    Ok(())
}
