//! The whole knowledge base as the table 类型 / 紧急情况 / 预防措施 / 应急策略.

use askama::Template;

use super::{AssetUrls, Header, links::article_url};

/// One article as a row of the table.
#[derive(Debug, Clone)]
pub(crate) struct MatrixRow {
    /// Chinese name of the fault type; empty when the article has none.
    pub(crate) fault_type_label: String,
    /// Article id.
    pub(crate) id: String,
    /// Title.
    pub(crate) title: String,
    /// Preventive measures, one a line.
    pub(crate) prevention: Vec<String>,
    /// Steps of the emergency strategy, one a line.
    pub(crate) strategy: Vec<String>,
}

impl MatrixRow {
    fn url(&self) -> String {
        article_url(&self.id)
    }
}

/// What the table page shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MatrixView<'a> {
    /// The rows, those of one fault type together.
    pub(crate) rows: &'a [MatrixRow],
    /// Addresses of styles and scripts.
    pub(crate) assets: &'a AssetUrls,
}

/// The table page.
///
/// # Errors
/// When the template cannot be rendered.
pub(crate) fn matrix_page(view: &MatrixView<'_>) -> Result<String, askama::Error> {
    let MatrixView { rows, assets } = *view;
    MatrixPage { assets, header: Header::plain(assets, "/matrix"), rows }.render()
}

#[derive(Template)]
#[template(path = "matrix.html")]
struct MatrixPage<'a> {
    assets: &'a AssetUrls,
    header: Header<'a>,
    rows: &'a [MatrixRow],
}

/// CSS class and text of a line: a numbered step, a branch of it, a label, or an item.
fn line(line: &str) -> (&'static str, &str) {
    let text = line.trim_start();
    if let Some(branch) = text.strip_prefix("- ") {
        return ("branch", branch);
    }
    let is_step = text.split_once(". ").is_some_and(|(n, _)| n.parse::<u32>().is_ok());
    match (is_step, text.ends_with('：')) {
        (true, _) => ("step", text),
        (false, true) => ("label", text),
        (false, false) => ("item", text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::pages::sample;

    fn row(text: &str) -> MatrixRow {
        MatrixRow {
            fault_type_label: text.to_owned(),
            id: text.to_owned(),
            title: text.to_owned(),
            prevention: vec![text.to_owned()],
            strategy: vec![text.to_owned()],
        }
    }

    #[test]
    fn a_line_knows_its_kind() {
        let cases = [
            ("2. 判断在哪一层。", ("step", "2. 判断在哪一层。")),
            ("   - 如果 多人：转 x", ("branch", "如果 多人：转 x")),
            ("用户侧：", ("label", "用户侧：")),
            ("3.5 寸硬盘留 2 块", ("item", "3.5 寸硬盘留 2 块")),
            ("", ("item", "")),
        ];
        for (text, expected) in cases {
            assert_eq!(line(text), expected);
        }
    }

    #[test]
    fn a_row_has_the_four_columns_and_is_escaped() {
        let assets = sample::assets();
        let rows = [row("登录异常"), row(sample::HOSTILE)];
        let html = matrix_page(&MatrixView { rows: &rows, assets: &assets }).unwrap();
        assert_eq!(html.matches("登录异常").count(), 4);
        assert!(html.contains("/api/v1/matrix?format=csv"));
        sample::assert_harmless(&html);
    }
}
