//! The filters on the left: counts that are links, each adding or removing one value.

use super::links::{Facet, search_url, toggled};
use crate::{
    article::{Severity, Status},
    search::{FacetCount, Facets, Filters},
};

/// Values of a facet that are shown without opening “更多”.
const N_SHOWN: usize = 12;

/// One facet with its values.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) label: &'static str,
    pub(super) rows: Vec<Row>,
    /// Values beyond the first twelve; a selected one is never among them.
    pub(super) more: Vec<Row>,
}

/// One value of a facet.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Stable name of the link, so that the focus finds it again after a swap.
    pub(super) key: String,
    pub(super) label: String,
    pub(super) count: Option<usize>,
    pub(super) selected: bool,
    /// The search with this value toggled, from the first page.
    pub(super) url: String,
}

/// The facets that have something to choose, then the choice of life cycle.
pub(super) fn groups(query: &str, facets: &Facets, filters: &Filters) -> Vec<Group> {
    let selected = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    let fault_types: Vec<_> = filters.fault_type.iter().map(|value| value.as_str()).collect();
    let severities: Vec<_> = filters.severity.iter().map(|value| value.as_str()).collect();
    let tiers: Vec<_> = filters.tier.iter().map(|value| value.as_str()).collect();
    let parts: [(Facet, &'static str, &[FacetCount], Vec<String>); 4] = [
        (Facet::FaultType, "故障类型", &facets.fault_type, selected(&fault_types)),
        (Facet::Severity, "级别", &facets.severity, selected(&severities)),
        (Facet::Tier, "谁能动手", &facets.tier, selected(&tiers)),
        (Facet::System, "系统", &facets.system, filters.system.clone()),
    ];
    let mut groups: Vec<_> = parts
        .into_iter()
        .map(|(facet, label, counts, selected)| {
            let rows = rows(query, filters, facet, counts, &selected);
            split(label, rows)
        })
        .filter(|group| !group.rows.is_empty())
        .collect();
    groups.push(life_cycle(query, filters));
    groups
}

/// Number of values that narrow the search.
pub(super) fn n_selected(filters: &Filters) -> usize {
    filters.fault_type.len() + filters.system.len() + filters.severity.len() + filters.tier.len()
}

/// Counted values, then selected ones that count nothing, so that they can be taken back.
fn rows(
    query: &str,
    filters: &Filters,
    facet: Facet,
    counts: &[FacetCount],
    selected: &[String],
) -> Vec<Row> {
    let row = |value: &str, label: &str, count: usize| {
        Some(Row {
            key: format!("{}:{value}", facet.param()),
            label: row_label(facet, value, label),
            count: Some(count),
            selected: selected.iter().any(|known| known == value),
            url: search_url(query, &toggled(filters, facet, value)?, 0, None),
        })
    };
    let uncounted =
        selected.iter().filter(|value| counts.iter().all(|count| count.value != **value));
    let counted = counts.iter().filter_map(|count| row(&count.value, &count.label, count.count));
    counted.chain(uncounted.filter_map(|value| row(value, value, 0))).collect()
}

fn row_label(facet: Facet, value: &str, label: &str) -> String {
    match (facet, value.parse::<Severity>()) {
        (Facet::Severity, Ok(severity)) => severity.shown(),
        _ => label.to_owned(),
    }
}

fn split(label: &'static str, rows: Vec<Row>) -> Group {
    if rows.len() <= N_SHOWN + 1 {
        return Group { label, rows, more: Vec::new() };
    }
    let mut shown = Vec::new();
    let mut more = Vec::new();
    for (at, row) in rows.into_iter().enumerate() {
        if at < N_SHOWN || row.selected { shown.push(row) } else { more.push(row) }
    }
    Group { label, rows: shown, more }
}

fn life_cycle(query: &str, filters: &Filters) -> Group {
    let row = |status: Status, label: &str| {
        let url = search_url(query, &toggled(filters, Facet::Status, status.as_str())?, 0, None);
        let selected = filters.status.contains(&status);
        let key = format!("status:{status}");
        Some(Row { key, label: label.to_owned(), count: None, selected, url })
    };
    let rows = [row(Status::Draft, "包含草稿"), row(Status::Retired, "包含已停用")];
    Group { label: "状态", rows: rows.into_iter().flatten().collect(), more: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::FaultType;

    fn count(value: &str, label: &str, count: usize) -> FacetCount {
        FacetCount { value: value.to_owned(), label: label.to_owned(), count }
    }

    #[test]
    fn a_row_is_a_link_that_toggles_its_value() {
        let facets = Facets {
            fault_type: vec![count("login", "登录异常", 3), count("network", "网络故障", 1)],
            severity: vec![count("p1", "紧急", 2)],
            ..Facets::default()
        };
        let filters = Filters { fault_type: vec![FaultType::Login], ..Filters::default() };
        let groups = groups("登陆", &facets, &filters);
        let rows = &groups[0].rows;
        assert!(rows[0].selected && !rows[1].selected);
        assert_eq!(rows[0].url, "/?q=%E7%99%BB%E9%99%86");
        assert!(rows[1].url.ends_with("&fault_type=login&fault_type=network"));
        assert_eq!(groups[1].rows[0].label, "P1 紧急");
        assert_eq!(groups.last().unwrap().label, "状态");
    }

    #[test]
    fn a_selected_value_without_matches_can_be_taken_back() {
        let filters = Filters { system: vec!["his".to_owned()], ..Filters::default() };
        let groups = groups("", &Facets::default(), &filters);
        let row = &groups[0].rows[0];
        assert_eq!((row.count, row.selected, row.url.as_str()), (Some(0), true, "/"));
    }

    #[test]
    fn a_long_facet_keeps_selected_values_in_sight() {
        let system: Vec<_> = (0..20).map(|n| count(&format!("s{n}"), "系统", 20 - n)).collect();
        let filters = Filters { system: vec!["s19".to_owned()], ..Filters::default() };
        let groups = groups("", &Facets { system, ..Facets::default() }, &filters);
        assert_eq!((groups[0].rows.len(), groups[0].more.len()), (13, 7));
        assert!(groups[0].rows[12].selected);
    }
}
