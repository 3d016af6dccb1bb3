//! Who may ask: tokens, other origins, and how often.

use super::{Diagnosis, Grade};
use crate::{cli::Settings, web::ReadToken};

pub(super) fn all(settings: &Settings) -> Vec<Diagnosis> {
    let tokens = tokens(&settings.access.read_tokens, settings);
    let public_url = settings.pages.public_url.as_deref();
    let cors = origins("跨域来源", &settings.access.cors_origins, public_url);
    let panel = origins("嵌入来源", &settings.pages.panel_origins, public_url);
    [tokens, cors, panel].into_iter().flatten().collect()
}

fn tokens(tokens: &[ReadToken], settings: &Settings) -> Option<Diagnosis> {
    let name = "读取令牌";
    if tokens.is_empty() {
        return None;
    }
    let ids: Vec<_> = tokens.iter().map(|token| token.id.as_str()).collect();
    let message = format!("{} 个：{}", tokens.len(), ids.join("、"));
    if let Some(token) = tokens.iter().find(|token| is_placeholder(token)) {
        let message = format!("编号 {} 的 SHA-256 是凑数的，没有令牌与它相符", token.id);
        return Some(Diagnosis::new(name, Grade::Warning, message).advice("用 jiuji token 生成"));
    }
    if let Some((one, other)) = same(tokens) {
        let message = format!("编号 {one} 和 {other} 的 SHA-256 相同，其中一个没有用");
        return Some(Diagnosis::new(name, Grade::Warning, message).advice("删掉其中一个"));
    }
    // Behind a proxy on this machine it depends on the proxy.
    if !settings.listen.ip().is_loopback() {
        let message = format!("{message}；监听地址不是本机，令牌会明文经过网络");
        let advice = "改为 listen = \"127.0.0.1:8017\"，前面放带 TLS 的反向代理";
        return Some(Diagnosis::new(name, Grade::Warning, message).advice(advice));
    }
    Some(Diagnosis::new(name, Grade::Ok, message))
}

/// The ids of two entries of the same token.
fn same(tokens: &[ReadToken]) -> Option<(&str, &str)> {
    tokens.iter().enumerate().find_map(|(n, one)| {
        let mut later = tokens.iter().skip(n + 1);
        let other = later.find(|other| other.sha256 == one.sha256)?;
        Some((one.id.as_str(), other.id.as_str()))
    })
}

/// Whether a hash is one byte over and over: nobody has made it from a token.
fn is_placeholder(token: &ReadToken) -> bool {
    token.sha256.iter().all(|byte| *byte == token.sha256[0])
}

/// Browsers let no page that came by HTTPS load what comes by HTTP. Source: W3C, Mixed Content.
fn origins(name: &'static str, origins: &[String], public_url: Option<&str>) -> Option<Diagnosis> {
    if origins.is_empty() {
        return None;
    }
    let listed = origins.join("、");
    let is_https = |origin: &&String| origin.starts_with("https://");
    let is_plain = public_url.is_none_or(|url| url.starts_with("http://"));
    if let Some(origin) = origins.iter().find(is_https).filter(|_| is_plain) {
        let message = match public_url {
            Some(url) => format!("{origin} 是 HTTPS，{url} 不是，浏览器会拦截"),
            None => format!("{origin} 是 HTTPS；救急只讲 HTTP，没有 HTTPS 代理浏览器会拦截"),
        };
        return Some(
            Diagnosis::new(name, Grade::Warning, message)
                .advice("前面放带 TLS 的反向代理，并把 public_url 写成它的 https 网址"),
        );
    }
    let message = match origins.iter().find(|origin| !is_https(origin)) {
        Some(origin) => format!("{listed}（{origin} 不是 HTTPS，途中可能被改动）"),
        None => listed,
    };
    Some(Diagnosis::new(name, Grade::Ok, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_https_page_needs_an_https_server() {
        let grade = |listed: &[&str], url| {
            let listed: Vec<_> = listed.iter().map(|origin| (*origin).to_owned()).collect();
            origins("x", &listed, url).map(|diagnosis| diagnosis.grade)
        };
        assert_eq!(grade(&[], None), None);
        let table = [
            ("https://a", Some("https://kb"), Grade::Ok),
            ("https://a", Some("http://kb"), Grade::Warning),
            ("https://a", None, Grade::Warning),
            ("http://a", Some("https://kb"), Grade::Ok),
            ("http://a", None, Grade::Ok),
        ];
        for (origin, url, expected) in table {
            assert_eq!(grade(&[origin], url), Some(expected), "{origin} {url:?}");
        }
        assert!(origins("x", &["http://a".to_owned()], None).unwrap().message.contains("改动"));
    }

    #[test]
    fn entries_of_one_token_are_named() {
        let token = |id: &str, last| {
            let mut sha256 = [1; 32];
            sha256[31] = last;
            ReadToken { id: id.to_owned(), sha256 }
        };
        let tokens = [token("a", 2), token("b", 3), token("c", 2)];
        assert_eq!(same(&tokens), Some(("a", "c")));
        assert_eq!(same(&tokens[..2]), None);
        assert!(is_placeholder(&token("d", 1)) && !is_placeholder(&tokens[0]));
    }
}
