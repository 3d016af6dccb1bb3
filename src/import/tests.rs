//! Whatever cells say, it becomes an article that says it.

use proptest::prelude::{ProptestConfig, Strategy, prop_oneof, proptest};
use time::macros::date;

use super::{
    draft::{Draft, one_line},
    markdown,
    read::{Cell, Row, Table, tidy},
    rows::{Found, recognise},
};
use crate::article::{self, Article, SectionKind};

const HEADINGS: [&str; 6] = ["类型", "事件", "预防措施", "处理", "责任人", "备注"];

/// The draft of a table with these cells below the headings.
fn draft(cells: &[String; 6]) -> Option<Draft> {
    let row = |number, texts: Vec<&str>| {
        let cell = |text: &str| Cell { text: tidy(text).into(), ..Cell::default() };
        Row { number, cells: texts.into_iter().map(cell).collect() }
    };
    let rows = vec![row(1, HEADINGS.to_vec()), row(2, cells.iter().map(String::as_str).collect())];
    let found = recognise(&[Table { place: "第 1 张表".to_owned(), rows }]).rows.pop()?;
    match found {
        Found::Draft(draft) => Some(*draft),
        Found::Skipped(_) => None,
    }
}

/// The article of a draft, and its source.
fn article_of(draft: &Draft) -> (Article, String) {
    let source = markdown::article(draft, "方案 <1>.docx", date!(2026 - 11 - 23));
    let path = format!("{}.md", draft.id);
    let parsed =
        article::parse(&path, &source).unwrap_or_else(|error| panic!("{error:?}\n{source}"));
    assert_eq!(parsed.findings, [], "{source}");
    (parsed.article, source)
}

/// All characters of an article that its readers see.
fn said(article: &Article) -> String {
    let owner = article.meta.owner.clone().unwrap_or_default();
    let texts = article.sections.iter().map(|section| section.text.as_str());
    [article.title.as_str(), &owner].into_iter().chain(texts).collect()
}

fn without_blanks(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Whether the characters of `part` are all in `whole`, as often and in their order.
fn is_within(part: &str, whole: &str) -> bool {
    let mut whole = whole.chars();
    part.chars().all(|c| whole.any(|other| other == c))
}

fn is_filler(cell: &str) -> bool {
    cell.chars().all(|c| c.is_whitespace() || "-—–―－/／\\".contains(c))
}

#[test]
fn nothing_in_a_cell_is_markup() {
    let hostile = "# 题\n<script>alert(1)</script> **粗** [x](javascript:a) ![y](z.png)\n- [ ] 任务\n1. 甲\n> 引\n| a | b |\n| --- | --- |\n```sh\nrm -rf /\n```\n---\n<!-- 注 -->&lt; [[维基]] [^1]\n[^1]: 脚注";
    let cells = ["类型", "事件: \"a\" # b", hostile, hostile, "a: [b]", hostile].map(str::to_owned);
    let (article, source) = article_of(&draft(&cells).unwrap());
    assert_eq!(article.title, "事件: \"a\" # b");
    assert_eq!(article.meta.owner.as_deref(), Some("a: [b]"));
    assert_eq!((article.commands.len(), article.links.len()), (1, 0), "{source}");
    let kinds: Vec<_> =
        article.sections.iter().filter(|it| it.level == 2).map(|it| it.kind).collect();
    let expected = [
        SectionKind::Symptoms,
        SectionKind::Impact,
        SectionKind::Questions,
        SectionKind::Strategy,
        SectionKind::Scripts,
        SectionKind::Escalation,
        SectionKind::Prevention,
        SectionKind::References,
    ];
    assert_eq!(kinds, expected);
    let html = article::render("a.md", &source, &|_| None).concat();
    assert!(
        !html.contains("<script") && !html.contains("<img") && !html.contains("<!--"),
        "{html}"
    );
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{html}");
}

/// Texts of cells: what people write, and what means something to Markdown, HTML and YAML.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        "[断网看线，。；：（）“”\n 在情况下如果则反之否无法1-9.、-]{0,60}",
        "[a-c断`*_\\[\\]<>&~|#+=:!'\"{}%@$^?;,./()\\\\ \n\t-]{0,40}",
        "\\PC{0,20}",
        "(若|如果)?[断网线]{1,4}(情况下)?，[看修]{1,3}(；|。|，否则|\n反之，)[看修]{0,3}",
        "(---|```|~~~|>|1[.)]|#|- \\[ \\]|\\[\\[甲\\]\\]|\\[\\^1\\]:?|<!--|<b>|&amp;|!\\[a\\]\\(b\\)|\\* \\* \\*|===)[断 ]{0,3}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn any_row_becomes_an_article_that_says_it(
        cells in [cell(), cell(), cell(), cell(), cell(), cell()]
    ) {
        let Some(draft) = draft(&cells) else {
            // Headings again, or no event.
            let is_heading = |cell: &String| HEADINGS.contains(&tidy(cell).as_str());
            assert!(is_filler(&tidy(&cells[1])) || cells.iter().any(is_heading), "{cells:?}");
            return Ok(());
        };
        let (article, source) = article_of(&draft);
        assert_eq!(article.title, draft.title());
        assert!(draft.title().chars().count() <= 32);
        assert!(article.meta.summary.as_deref().unwrap_or_default().chars().count() <= 80);
        assert!((1..=7).contains(&article.steps.len()), "{source}");
        let said = without_blanks(&said(&article));
        for cell in cells.iter().map(|cell| tidy(cell)).filter(|cell| !is_filler(cell)) {
            assert!(is_within(&without_blanks(&cell), &said), "{cell:?} is not in {source}");
        }
        assert_eq!(article.commands.len(), 1, "{source}");
        assert_eq!(article.links, [], "{source}");
        let html = article::render("a.md", &source, &|_| None).concat();
        let known = ["<h", "<p>", "<ul>", "<ol>", "<li>", "<strong>", "<table>", "<blockquote>"];
        assert!(!html.contains("<b>") && !html.contains("<!--") && !html.contains("<img"), "{html}");
        assert!(known.iter().all(|tag| html.contains(tag) || *tag == "<strong>" || *tag == "<h"));
        for step in &article.steps {
            let is_covered = step.branches.last().is_none_or(|it| it.condition.starts_with("否则"));
            assert!(is_covered, "{source}");
        }
        if draft.title_is_whole() {
            assert_eq!(article.title, one_line(&cells[1]).replace('\u{feff}', ""));
        }
    }
}
