//! The XML that Word writes, and what its tables say.

use super::*;

fn read(body: &str) -> Result<Vec<Table>, Problem> {
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
         <w:document xmlns:w=\"urn:w\"><w:body>{body}</w:body></w:document>"
    );
    tables(&xml, &mut Budget::default())
}

/// The texts of each row of the only table, `^` before those of merged cells from above.
fn shown(rows: &str) -> Vec<Vec<String>> {
    let tables = read(&format!("<w:tbl><w:tblPr/>{rows}</w:tbl>")).unwrap();
    let shown = |cell: &Cell| format!("{}{}", if cell.is_continued { "^" } else { "" }, cell.text);
    tables[0].rows.iter().map(|row| row.cells.iter().map(shown).collect()).collect()
}

fn row(cells: &[&str]) -> String {
    let cells: String = cells.iter().map(|cell| format!("<w:tc>{cell}</w:tc>")).collect();
    format!("<w:tr w:rsidR=\"00A1\">{cells}</w:tr>")
}

fn p(text: &str) -> String {
    format!("<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
}

#[test]
fn the_text_of_a_cell_is_what_word_shows() {
    let cases = [
        (
            "<w:p><w:r><w:t>硬件</w:t></w:r><w:r><w:t xml:space=\"preserve\">损坏 </w:t></w:r></w:p>",
            "硬件损坏",
        ),
        (
            "<w:p><w:r><w:t>甲</w:t><w:br/><w:t>乙</w:t><w:tab/><w:t>丙</w:t></w:r></w:p><w:p><w:r><w:t>丁</w:t></w:r></w:p>",
            "甲\n乙 丙\n丁",
        ),
        (
            "<w:p><w:del w:id=\"1\"><w:r><w:delText>旧</w:delText></w:r></w:del><w:ins w:id=\"2\"><w:r><w:t>新</w:t></w:r></w:ins></w:p>",
            "新",
        ),
        (
            "<w:p><w:moveFrom><w:r><w:t>走</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>来</w:t></w:r></w:moveTo></w:p>",
            "来",
        ),
        ("<w:p><w:r><w:t>a &amp;&lt;b&gt; &#x4e00;&#20108;</w:t></w:r></w:p>", "a &<b> 一二"),
        ("<w:p><w:r><w:instrText> PAGE </w:instrText><w:t>7</w:t></w:r></w:p>", "7"),
        ("<w:sdt><w:sdtContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:sdtContent></w:sdt>", "框"),
        (
            "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>内一</w:t></w:r></w:p></w:tc><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p><w:r><w:t>内二</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p><w:r><w:t>外</w:t></w:r></w:p>",
            "内一\n内二\n外",
        ),
    ];
    for (cell, expected) in cases {
        assert_eq!(shown(&row(&[cell, &p("末")])), [[expected, "末"]], "{cell}");
    }
}

#[test]
fn merged_cells_keep_their_columns() {
    let merge = |value: &str, text: &str| format!("<w:tcPr><w:vMerge{value}/></w:tcPr>{}", p(text));
    let wide = format!("<w:tcPr><w:gridSpan w:val=\"2\"/></w:tcPr>{}", p("标题"));
    let rows = [
        row(&[&wide, &p("末")]),
        row(&[&merge(" w:val=\"restart\"", "硬件"), &p("硬盘"), &p("换")]),
        row(&[&merge("", ""), &p("内存"), &p("换")]),
        row(&[&merge(" w:val=\"continue\"", ""), &p("主板"), &p("修")]),
        format!(
            "<w:tr><w:trPr><w:gridBefore w:val=\"1\"/></w:trPr><w:tc>{}</w:tc></w:tr>",
            p("缩")
        ),
        format!("<w:tr><w:trPr><w:del w:id=\"3\"/></w:trPr><w:tc>{}</w:tc></w:tr>", p("删")),
    ];
    let expected: [&[&str]; 5] = [
        &["标题", "", "末"],
        &["硬件", "硬盘", "换"],
        &["^硬件", "内存", "换"],
        &["^硬件", "主板", "修"],
        &["", "缩"],
    ];
    assert_eq!(shown(&rows.concat()), expected);
}

#[test]
fn rows_are_numbered_as_they_stand_and_tables_as_well() {
    let tables = read(&format!(
        "{}<w:tbl>{}{}</w:tbl><w:tbl>{}</w:tbl>",
        p("文"),
        row(&[&p("")]),
        row(&[&p("甲")]),
        row(&[&p("乙")])
    ));
    let tables = tables.unwrap();
    let found: Vec<_> =
        tables.iter().map(|table| (table.place.as_str(), table.rows[0].number)).collect();
    assert_eq!(found, [("第 1 张表", 2), ("第 2 张表", 1)]);
}

#[test]
fn damage_is_told() {
    let wide = "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"4294967295\"/></w:tcPr>";
    let cases = [
        ("<w:p>", "已损坏"),
        ("<w:p><w:r><w:t>&bomb;</w:t></w:r></w:p>", "实体"),
        ("<!DOCTYPE x>", "DTD"),
        (wide, "第 1 张表第 1 行：超过 64 列"),
    ];
    for (body, expected) in cases {
        let problem = read(body).unwrap_err().to_string();
        assert!(problem.contains(expected), "{body}: {problem}");
    }
    let cut = tables("<w:document><w:body><w:p/>", &mut Budget::default()).unwrap_err();
    assert!(cut.to_string().contains("没有写完"), "{cut}");
}
