//! Markdown that costs a careless parser, sanitiser or renderer far more than its length.

/// A name and what is repeated: what comes before, the piece, and what comes after.
pub(super) const REPEATED: [(&str, &str, &str, &str); 54] = [
    ("quotes", "", "> ", "x"),
    ("quotes without blanks", "", ">", "x"),
    ("quotes on lines", "", ">>>>>>>>>>>>>>>>>>>>>>>> x\n", ""),
    ("open brackets", "", "[", "a"),
    ("closed brackets", "a", "]", ""),
    ("open images", "", "![", "a"),
    ("open links", "", "[a](", "b"),
    ("open link targets", "", "[a](<b", ""),
    ("nested links", "", "[a](b) [", "c"),
    ("empty links", "", "[](", ""),
    ("links", "", "[a](b.md)", ""),
    ("images", "", "![a](b.png)", ""),
    ("link titles", "[a](b \"", "\\\"", "\")"),
    ("references used", "[a]: b\n\n", "[a]", ""),
    ("references defined", "", "[a]: b\n", ""),
    ("reference chains", "", "[a][b][c][d]", ""),
    ("footnotes used", "[^a]: b\n\n", "[^a]", ""),
    ("footnotes defined", "", "[^a]: b\n\n", ""),
    ("wiki links", "", "[[a|b]] ", ""),
    ("open wiki links", "", "[[a", ""),
    ("open wiki images", "", "![[a", "]]"),
    ("emphasis", "", "*a _b", ""),
    ("closed emphasis", "", "a* b_ ", ""),
    ("strong", "", "**x ", ""),
    ("emphasis of both kinds", "", "*_", "x"),
    ("stars", "", "*", "x"),
    ("underscores in words", "", "a_", "x"),
    ("struck", "", "~~a ", ""),
    ("ticks", "", "`", "x"),
    ("ticks and letters", "", "`a``", ""),
    ("entities", "", "&#0;&amp;&copy;", ""),
    ("half entities", "", "&a", ""),
    ("half entities in a title", "[a](http://b \"", "&a", "\")"),
    ("signs of two bytes", "", "°", ""),
    ("backslashes", "", "\\", "x"),
    ("open tags", "", "<a", ""),
    ("open attributes", "", "<a b=\"", ""),
    ("comments", "", "<!--", ""),
    ("comments inline", "a ", "<!-- a -", ""),
    ("instructions", "a ", "<?", ""),
    ("declarations", "a ", "<!A ", ""),
    ("character data", "a ", "<![CDATA[", ""),
    ("scripts", "", "<script>", ""),
    ("elements", "", "<div>\n", ""),
    ("lines inside an element", "<div>\n", "a\n", ""),
    ("lines beside elements", "", "<b>\na\n\n", ""),
    ("line breaks", "", "a<br>", ""),
    ("addresses", "", "<http://a> ", ""),
    ("markers", "", "- ", "x"),
    ("numbers", "", "1. ", "x"),
    ("headings", "", "# a\n", ""),
    ("tasks", "", "- [ ] a\n", ""),
    ("steps", "## 应急策略\n\n", "1. a\n", ""),
    ("alerts", "", "> [!NOTE]\n> a\n\n", ""),
];

/// A name and what makes a text of about so many bytes.
type Made = (&'static str, fn(usize) -> String);

/// Texts that are more than a repetition.
pub(super) const MADE: [Made; 19] = [
    ("lists inside lists", |n| lines_up_to(n, |i| format!("{}- x\n", " ".repeat(2 * i)))),
    ("quotes inside lists", |n| lines_up_to(n, |i| format!("{}x\n", "> - ".repeat(i)))),
    ("ticks of all lengths", |n| lines_up_to(n, |i| format!("{} ", "`".repeat(i)))),
    ("stars of all lengths", |n| lines_up_to(n, |i| format!("a{}b ", "*".repeat(i)))),
    ("a wide table", |n| {
        format!("{}|\n{}|\n{}|\n", "|a".repeat(n / 6), "|-".repeat(n / 6), "|b".repeat(n / 6))
    }),
    ("a wide table with short rows", |n| {
        let width = (n as f64).sqrt() as usize;
        format!("{}|\n{}|\n{}", "|a".repeat(width), "|-".repeat(width), "|b\n".repeat(n / 3))
    }),
    ("a long table", |n| format!("|a|b|\n|-|-|\n{}", "|c|d|\n".repeat(n / 6))),
    ("tables one after the other", |n| "|a|\n|-|\n|b|\n\n".repeat(n / 13)),
    ("one long word", |n| "a".repeat(n)),
    ("one long Chinese text", |n| "硬".repeat(n / 3)),
    ("one long code", |n| format!("```{}\n{}\n```\n", "a".repeat(n / 2), "b".repeat(n / 2))),
    ("fences", |n| "```\n".repeat(n / 4)),
    ("steps and branches", |n| {
        format!("## 应急策略\n\n{}", "1. a\n   - **如果 b**：c\n".repeat(n / 28))
    }),
    ("dangerous commands", |n| {
        let block = |i| format!("```sh\nrm -rf /{i}\n```\n");
        format!("## 应急策略\n\n{}", (0..n / 24).map(block).collect::<String>())
    }),
    ("sections with a command", |n| {
        (0..n / 32).map(|i| format!("## a{i}\n\n```sh\nrm -rf /\n```\n")).collect()
    }),
    ("different references", |n| (0..n / 20).map(|i| format!("[a{i}]: b\n\n[a{i}]\n\n")).collect()),
    ("lazy quotes", |n| format!("> a\n{}", "b\n".repeat(n / 2))),
    ("the same long heading", |n| format!("# {}\n", "很长".repeat(50)).repeat(n / 303)),
    ("links to long targets", |n| format!("[a](<{}>)\n", "b".repeat(5000)).repeat(n / 5010)),
];

/// Lines that get longer until all are about `n` bytes long.
fn lines_up_to(n: usize, line: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for i in 1.. {
        let next = line(i);
        if text.len() + next.len() > n {
            break;
        }
        text.push_str(&next);
    }
    text
}

/// All of them at about `n` bytes, with their names.
pub(super) fn all(n: usize) -> impl Iterator<Item = (&'static str, String)> {
    let repeated = REPEATED.iter().map(move |(name, before, piece, after)| {
        let times = n.saturating_sub(before.len() + after.len()) / piece.len();
        (*name, format!("{before}{}{after}", piece.repeat(times)))
    });
    let made = MADE.iter().map(move |(name, make)| {
        let mut text = make(n);
        // Longer ones would not be read at all.
        text.truncate(text.floor_char_boundary(n));
        (*name, text)
    });
    repeated.chain(made)
}
