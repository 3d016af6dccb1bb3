//! The query string, read strictly: what is not understood is refused by name.
//!
//! A handler takes each parameter it knows and then calls [`Params::finish`]; whatever is left
//! over is an error. No parameter is ever silently ignored, so a misspelt filter cannot look
//! like an answer.

use std::{fmt::Display, str::FromStr};

use axum::{extract::FromRequestParts, http::request::Parts};
use percent_encoding::percent_decode_str;

use super::problem::{Code, Problem};

/// Decoded parameters that nobody has taken yet, in the order of the query string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Params {
    pairs: Vec<(String, String)>,
}

impl Params {
    /// Reads `a=1&b=2` with `+` for a space and percent-encoded UTF-8; empty pairs are skipped.
    ///
    /// # Errors
    /// A problem when a name or a value is not percent-encoded UTF-8.
    pub(crate) fn parse(query: &str) -> Result<Self, Problem> {
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        Ok(Self { pairs: pairs.map(pair).collect::<Result<_, _>>()? })
    }

    /// Takes a parameter that may occur once.
    ///
    /// # Errors
    /// A problem when it occurs more than once.
    pub(crate) fn one(&mut self, name: &str) -> Result<Option<String>, Problem> {
        let mut values = self.all(name);
        if values.len() > 1 {
            let detail = format!("参数 {name} 只能出现一次，收到 {} 次。", values.len());
            return Err(Problem::new(Code::RepeatedParameter, detail).parameter(name));
        }
        Ok(values.pop())
    }

    /// Takes all values of a parameter that may be repeated, in order.
    pub(crate) fn all(&mut self, name: &str) -> Vec<String> {
        self.pairs.extract_if(.., |(key, _)| key == name).map(|(_, value)| value).collect()
    }

    /// Takes a parameter that may be repeated and whose values are of a closed set.
    ///
    /// # Errors
    /// A problem that lists the allowed values.
    pub(crate) fn values<T>(&mut self, name: &str) -> Result<Vec<T>, Problem>
    where
        T: FromStr<Err: Display>,
    {
        let values = self.all(name).into_iter();
        values
            .map(|value| {
                value.parse().map_err(|error| Problem::invalid(name, format!("{name}：{error}")))
            })
            .collect()
    }

    /// Takes a whole number of at least 0, written in ASCII digits.
    ///
    /// # Errors
    /// A problem that says `expected`, when it is something else or too large.
    pub(crate) fn number(&mut self, name: &str, expected: &str) -> Result<Option<usize>, Problem> {
        let Some(value) = self.one(name)? else { return Ok(None) };
        let digits = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
        let number = digits.then(|| value.parse().ok()).flatten();
        let refused = || Problem::invalid(name, format!("{name} 应为{expected}，收到“{value}”。"));
        number.map(Some).ok_or_else(refused)
    }

    /// Forgets parameters without a value, as a form sends them for what was left open.
    pub(crate) fn without_empty(mut self) -> Self {
        self.pairs.retain(|(_, value)| !value.is_empty());
        self
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// A problem that names the first parameter nobody took.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        let Some((name, _)) = self.pairs.into_iter().next() else { return Ok(()) };
        let name: String = name.chars().take(64).collect();
        let detail = format!("这个地址没有参数“{name}”。");
        Err(Problem::new(Code::UnknownParameter, detail).parameter(&name))
    }
}

impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::parse(parts.uri.query().unwrap_or_default())
    }
}

/// For routes that take no parameter at all: extracting it refuses any.
pub(crate) struct NoParams;

impl<S: Sync> FromRequestParts<S> for NoParams {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Params::from_request_parts(parts, state).await?.finish()?;
        Ok(Self)
    }
}

fn pair(pair: &str) -> Result<(String, String), Problem> {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let Some(name) = decode(name) else {
        return Err(Problem::new(Code::MalformedQuery, "参数名不是百分号编码的 UTF-8。"));
    };
    match decode(value) {
        Some(value) => Ok((name, value)),
        None => {
            let detail = format!("参数 {name} 的值不是百分号编码的 UTF-8。");
            Err(Problem::new(Code::MalformedQuery, detail).parameter(&name))
        }
    }
}

/// Decodes form encoding; `None` for a `%` without two hexadecimal digits and for bad UTF-8.
fn decode(text: &str) -> Option<String> {
    let well_formed = text.split('%').skip(1).all(|rest| {
        let mut bytes = rest.bytes();
        [bytes.next(), bytes.next()].iter().all(|b| b.is_some_and(|b| b.is_ascii_hexdigit()))
    });
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().ok().map(|text| text.into_owned());
    decoded.filter(|_| well_formed)
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;

    use super::*;
    use crate::article::Severity;

    type Read = fn(&mut Params) -> Result<(), Problem>;

    fn params(query: &str) -> Params {
        Params::parse(query).unwrap()
    }

    #[test]
    fn decoding_is_utf8_with_plus_for_space() {
        let table = [
            ("%E7%99%BB%E9%99%86", Some("登陆")),
            ("登陆", Some("登陆")),
            ("a+b%2Bc", Some("a b+c")),
            ("", Some("")),
            ("%", None),
            ("%2", None),
            ("%zz", None),
            ("100%", None),
            ("%ff", None),
        ];
        for (text, expected) in table {
            assert_eq!(decode(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn values_keep_their_order_and_equal_signs() {
        let mut params = params("system=ad&q=a=b&system=dns&&flag");
        assert_eq!(params.all("system"), ["ad", "dns"]);
        assert_eq!(params.one("q").unwrap().as_deref(), Some("a=b"));
        assert_eq!(params.one("flag").unwrap().as_deref(), Some(""));
        assert_eq!(params.one("missing").unwrap(), None);
        params.finish().unwrap();
    }

    #[test]
    fn refusals_name_the_parameter() {
        let table: [(&str, Read, Code, &str); 7] = [
            ("limt=5", |p| p.clone().finish(), Code::UnknownParameter, "limt"),
            ("q=a&q=b", |p| p.one("q").map(drop), Code::RepeatedParameter, "q"),
            ("limit=abc", |p| p.number("limit", "整数").map(drop), Code::InvalidParameter, "limit"),
            ("limit=-1", |p| p.number("limit", "整数").map(drop), Code::InvalidParameter, "limit"),
            (
                "limit=%2B1",
                |p| p.number("limit", "整数").map(drop),
                Code::InvalidParameter,
                "limit",
            ),
            (
                "limit=18446744073709551616",
                |p| p.number("limit", "整数").map(drop),
                Code::InvalidParameter,
                "limit",
            ),
            (
                "severity=p1&severity=p9",
                |p| p.values::<Severity>("severity").map(drop),
                Code::InvalidParameter,
                "severity",
            ),
        ];
        for (query, read, code, name) in table {
            let problem = read(&mut params(query)).unwrap_err();
            let text = format!("{problem:?}");
            assert!(text.contains(&format!("{code:?}")), "{query}: {text}");
            assert!(text.contains(&format!("parameter: Some({name:?})")), "{query}: {text}");
        }
    }

    #[test]
    fn a_refused_value_lists_the_allowed_ones() {
        let problem = params("severity=p9").values::<Severity>("severity").unwrap_err();
        assert!(problem.detail().contains("p1、p2、p3、p4"), "{}", problem.detail());
        assert_eq!(problem.into_response().status(), 400);
    }

    #[test]
    fn a_form_may_leave_fields_open() {
        let mut params = params("q=x&severity=").without_empty();
        assert_eq!(params.one("q").unwrap().as_deref(), Some("x"));
        params.finish().unwrap();
    }

    #[test]
    fn a_value_that_cannot_be_decoded_is_refused() {
        assert!(Params::parse("q=%ff").is_err());
        assert!(Params::parse("%ff=q").is_err());
    }
}
