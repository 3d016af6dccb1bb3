//! The whole knowledge base as the table 类型 / 紧急情况 / 预防措施 / 应急策略.

use askama::Template;

use super::{
    AssetUrls, Header,
    links::{Facet, article_url, filter_names, filter_params, with_params},
};
use crate::{
    article::{FaultType, Severity, Tier},
    search::Filters,
};

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
    pub(super) fn url(&self) -> String {
        article_url(&self.id)
    }
}

/// What the table page shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MatrixView<'a> {
    /// The rows, those of one fault type together.
    pub(crate) rows: &'a [MatrixRow],
    /// What they were narrowed by.
    pub(crate) filters: &'a Filters,
    /// Systems that occur, for the form.
    pub(crate) systems: &'a [String],
    /// Addresses of styles and scripts.
    pub(crate) assets: &'a AssetUrls,
}

/// The table page.
///
/// # Errors
/// When the template cannot be rendered.
pub(crate) fn matrix_page(view: &MatrixView<'_>) -> Result<String, askama::Error> {
    let MatrixView { rows, filters, systems, assets } = *view;
    let mut params = filter_params(filters);
    let canonical = assets.absolute(&with_params("/matrix", &params));
    params.insert(0, ("format", "csv".to_owned()));
    MatrixPage {
        assets,
        header: Header::at(assets, "/matrix", canonical),
        rows,
        narrowed: filter_names(filters),
        selects: selects(filters, systems),
        csv_url: with_params("/api/v1/matrix", &params),
    }
    .render()
}

/// A choice of the form that narrows the table.
struct Select {
    name: &'static str,
    label: &'static str,
    options: Vec<Choice>,
}

/// One value of it.
struct Choice {
    value: String,
    label: String,
    selected: bool,
}

fn selects(filters: &Filters, systems: &[String]) -> Vec<Select> {
    let fault_types = FaultType::ALL.iter().map(|v| (v.as_str(), v.label().to_owned()));
    let severities = Severity::ALL.iter().map(|v| (v.as_str(), v.shown()));
    let tiers = Tier::ALL.iter().map(|v| (v.as_str(), v.label().to_owned()));
    let systems = systems.iter().map(|v| (v.as_str(), v.clone()));
    let first = [
        filters.fault_type.first().map(|v| v.as_str()),
        filters.severity.first().map(|v| v.as_str()),
        filters.tier.first().map(|v| v.as_str()),
        filters.system.first().map(String::as_str),
    ];
    vec![
        select(Facet::FaultType, "故障类型", fault_types, first[0]),
        select(Facet::Severity, "级别", severities, first[1]),
        select(Facet::Tier, "谁能动手", tiers, first[2]),
        select(Facet::System, "系统", systems, first[3]),
    ]
}

fn select<'a>(
    facet: Facet,
    label: &'static str,
    values: impl Iterator<Item = (&'a str, String)>,
    chosen: Option<&str>,
) -> Select {
    let choice = |(value, label): (&str, String)| Choice {
        value: value.to_owned(),
        label,
        selected: chosen == Some(value),
    };
    Select { name: facet.param(), label, options: values.map(choice).collect() }
}

#[derive(Template)]
#[template(path = "matrix.html")]
struct MatrixPage<'a> {
    assets: &'a AssetUrls,
    header: Header<'a>,
    rows: &'a [MatrixRow],
    /// What the rows were narrowed by, in words; empty for the whole table.
    narrowed: String,
    selects: Vec<Select>,
    /// The same rows for a spreadsheet.
    csv_url: String,
}

/// CSS class and text of a line: a numbered step, a branch of it, a label, or an item.
pub(super) fn line(line: &str) -> (&'static str, &str) {
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
        let filters = Filters::default();
        let view = MatrixView { rows: &rows, filters: &filters, systems: &[], assets: &assets };
        let html = matrix_page(&view).unwrap();
        assert_eq!(html.matches("登录异常</").count(), 5, "four cells and a choice: {html}");
        assert!(html.contains("href=\"/api/v1/matrix?format=csv\""));
        assert!(!html.contains("清除筛选"));
        sample::assert_harmless(&html);
    }

    #[test]
    fn a_narrowed_table_says_so_and_its_spreadsheet_is_the_same() {
        let assets = sample::assets();
        let systems = ["ad".to_owned(), sample::HOSTILE.to_owned()];
        let filters = Filters {
            fault_type: vec![FaultType::Login],
            system: vec!["ad".to_owned()],
            ..Filters::default()
        };
        let view = MatrixView { rows: &[], filters: &filters, systems: &systems, assets: &assets };
        let html = matrix_page(&view).unwrap();
        for expected in [
            "<title>登录异常、ad · 应急策略总表 · 救急</title>",
            "href=\"/api/v1/matrix?format=csv&#38;fault_type=login&#38;system=ad\"",
            "href=\"/matrix?fault_type=login&#38;system=ad\"",
            "<option value=\"login\" selected>登录异常</option>",
            "<option value=\"ad\" selected>ad</option>",
            "清除筛选",
            "没有符合条件的策略",
        ] {
            assert!(html.contains(expected), "{expected} in {html}");
        }
        sample::assert_harmless(&html);
    }
}
