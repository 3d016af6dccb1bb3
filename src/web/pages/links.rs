//! Addresses of pages: the search with its filters, and articles.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{article::Status, search::Filters};

/// Everything but the unreserved characters. Source: RFC 3986, section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Path of the page of the article `id`; the id is one segment, `/` in it becomes `%2F`.
pub(super) fn article_url(id: &str) -> String {
    format!("/articles/{}", encode(id))
}

/// `url` with the fragment `anchor`, if there is one.
pub(super) fn with_anchor(url: &str, anchor: Option<&str>) -> String {
    match anchor {
        Some(anchor) => format!("{url}#{}", encode(anchor)),
        None => url.to_owned(),
    }
}

/// A list of filters that a facet toggles; the name is that of the URL parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Facet {
    FaultType,
    Severity,
    Tier,
    System,
    Status,
}

impl Facet {
    pub(super) const fn param(self) -> &'static str {
        match self {
            Self::FaultType => "fault_type",
            Self::Severity => "severity",
            Self::Tier => "tier",
            Self::System => "system",
            Self::Status => "status",
        }
    }
}

/// The filters with `value` of `facet` added, or removed if it was there; `None` when the value
/// is not one the facet knows.
pub(super) fn toggled(filters: &Filters, facet: Facet, value: &str) -> Option<Filters> {
    let mut filters = filters.clone();
    match facet {
        Facet::FaultType => toggle(&mut filters.fault_type, value.parse().ok()?),
        Facet::Severity => toggle(&mut filters.severity, value.parse().ok()?),
        Facet::Tier => toggle(&mut filters.tier, value.parse().ok()?),
        Facet::System => toggle(&mut filters.system, value.to_owned()),
        Facet::Status => toggle(&mut filters.status, value.parse().ok()?),
    }
    Some(filters)
}

fn toggle<T: PartialEq>(list: &mut Vec<T>, value: T) {
    match list.iter().position(|known| *known == value) {
        Some(at) => {
            list.remove(at);
        }
        None => list.push(value),
    }
}

/// The filters as URL parameters, in a fixed order; the default status is left out.
pub(super) fn filter_params(filters: &Filters) -> Vec<(&'static str, String)> {
    let mut params = Vec::new();
    let mut add = |facet: Facet, value: &str| params.push((facet.param(), value.to_owned()));
    filters.fault_type.iter().for_each(|value| add(Facet::FaultType, value.as_str()));
    filters.system.iter().for_each(|value| add(Facet::System, value));
    filters.severity.iter().for_each(|value| add(Facet::Severity, value.as_str()));
    filters.tier.iter().for_each(|value| add(Facet::Tier, value.as_str()));
    if filters.status != [Status::Published] {
        filters.status.iter().for_each(|value| add(Facet::Status, value.as_str()));
    }
    params
}

/// Path and parameters of a search; what has its default is left out, so the address is short.
pub(crate) fn search_url(
    query: &str,
    filters: &Filters,
    offset: usize,
    show: Option<&str>,
) -> String {
    let mut params = Vec::new();
    if !query.is_empty() {
        params.push(("q", query.to_owned()));
    }
    params.extend(filter_params(filters));
    if offset > 0 {
        params.push(("offset", offset.to_string()));
    }
    if let Some(id) = show {
        params.push(("show", id.to_owned()));
    }
    with_params("/", &params)
}

/// `path` with parameters, if there are any.
pub(super) fn with_params(path: &str, params: &[(&str, String)]) -> String {
    if params.is_empty() {
        return path.to_owned();
    }
    let pairs: Vec<_> =
        params.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    format!("{path}?{}", pairs.join("&"))
}

/// What the filters ask for, in words; empty when they ask for nothing.
pub(super) fn filter_names(filters: &Filters) -> String {
    let mut names: Vec<String> = Vec::new();
    names.extend(filters.fault_type.iter().map(|value| value.label().to_owned()));
    names.extend(filters.severity.iter().map(|value| value.shown()));
    names.extend(filters.tier.iter().map(|value| value.label().to_owned()));
    names.extend(filters.system.iter().cloned());
    if filters.status != [Status::Published] {
        names.extend(filters.status.iter().map(|value| value.label().to_owned()));
    }
    names.join("、")
}

/// `text` as part of an address.
pub(super) fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{FaultType, Severity};

    #[test]
    fn an_id_is_one_encoded_segment() {
        let cases = [
            ("login-failure", "/articles/login-failure"),
            ("a/b", "/articles/a%2Fb"),
            ("\"><script>", "/articles/%22%3E%3Cscript%3E"),
            ("主库", "/articles/%E4%B8%BB%E5%BA%93"),
        ];
        for (id, url) in cases {
            assert_eq!(article_url(id), url);
        }
    }

    #[test]
    fn a_search_address_leaves_defaults_out() {
        let filters = Filters::default();
        assert_eq!(search_url("", &filters, 0, None), "/");
        assert_eq!(search_url("a&b=c", &filters, 10, Some("x")), "/?q=a%26b%3Dc&offset=10&show=x");
    }

    #[test]
    fn a_toggle_adds_then_removes() {
        let filters = Filters { fault_type: vec![FaultType::Login], ..Filters::default() };
        let more = toggled(&filters, Facet::Severity, "p1").unwrap();
        assert_eq!(more.severity, [Severity::P1]);
        assert_eq!(search_url("x", &more, 0, None), "/?q=x&fault_type=login&severity=p1");
        let none = toggled(&more, Facet::FaultType, "login").unwrap();
        assert_eq!(search_url("x", &none, 0, None), "/?q=x&severity=p1");
        assert_eq!(toggled(&filters, Facet::Tier, "l9"), None);
    }

    #[test]
    fn filters_have_names() {
        assert_eq!(filter_names(&Filters::default()), "");
        let filters = Filters {
            fault_type: vec![FaultType::Login],
            severity: vec![Severity::P1],
            system: vec!["ad".to_owned()],
            ..Filters::default()
        };
        assert_eq!(filter_names(&filters), "登录异常、P1 紧急、ad");
    }

    #[test]
    fn another_status_is_named_together_with_the_default() {
        let filters = toggled(&Filters::default(), Facet::Status, "draft").unwrap();
        assert_eq!(search_url("", &filters, 0, None), "/?status=published&status=draft");
    }
}
