//! What an organisation settles about its pages.

use axum::http::{HeaderMap, header};

/// How second line is reached unless somebody wrote it down.
const SECOND_LINE: &str = "按值班表联系二线，带上：工单号、联系方式、系统与资产编号、报错原文、\
                           开始时间与影响人数、已做过的步骤、数据是否有风险";

/// What the pages say and link to beyond the knowledge base; by default nothing of one's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageSettings {
    /// Origins, such as `https://ticket.example.com`, whose pages may show the panel in a frame.
    pub panel_origins: Vec<String>,
    /// How to reach second line, one line of plain text.
    pub second_line: Option<String>,
    /// Origin under which people reach the server, for absolute addresses.
    pub public_url: Option<String>,
}

impl PageSettings {
    /// How to reach second line.
    pub(crate) fn second_line(&self) -> &str {
        self.second_line.as_deref().unwrap_or(SECOND_LINE)
    }

    /// Name of a page for its entity tag, with the settings that the page shows.
    pub(crate) fn variant(&self, page: &str) -> String {
        format!("{page} {:?} {:?}", self.second_line, self.public_url)
    }

    /// The origin for absolute addresses: the configured one, else the host that was asked, which
    /// has been checked by then.
    pub(crate) fn origin(&self, headers: &HeaderMap) -> String {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let asked = || format!("http://{}", host.unwrap_or("localhost"));
        self.public_url.clone().unwrap_or_else(asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_is_the_configured_one_else_the_host_that_was_asked() {
        let asked = HeaderMap::from_iter([(header::HOST, "10.0.0.5:8017".parse().unwrap())]);
        let plain = PageSettings::default();
        assert_eq!(plain.origin(&asked), "http://10.0.0.5:8017");
        let public_url = Some("https://kb.example.com".to_owned());
        assert_eq!(PageSettings { public_url, ..plain }.origin(&asked), "https://kb.example.com");
    }
}
