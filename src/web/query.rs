//! From URL parameters to a checked search.

use time::Date;

use super::{params::Params, problem::Problem};
use crate::search::{DEFAULT_LIMIT, Filters, MAX_LIMIT, Query};

/// Longest name of a system in a filter.
pub(crate) const MAX_SYSTEM_CHARS: usize = 64;

/// Reads a search of the API: everything is checked, nothing is cut.
///
/// # Errors
/// A problem that names the parameter.
pub(crate) fn api_query(mut params: Params, today: Date) -> Result<Query, Problem> {
    let query = Query::new(&params.one("q")?.unwrap_or_default(), today)?;
    finish(query, params)
}

/// Reads a search of the page and the id of the article to show beside it: a text that is too
/// long is cut, open form fields are no filters.
///
/// # Errors
/// A problem that names the parameter.
pub(crate) fn page_query(params: Params, today: Date) -> Result<(Query, Option<String>), Problem> {
    let mut params = params.without_empty();
    let query = Query::cut(&params.one("q")?.unwrap_or_default(), today);
    let show = params.one("show")?;
    Ok((finish(query, params)?, show))
}

fn finish(query: Query, mut params: Params) -> Result<Query, Problem> {
    let filters = filters(&mut params)?;
    let (limit, offset) = paging(&mut params)?;
    params.finish()?;
    Ok(query.filters(filters).page(limit, offset)?)
}

/// Takes the filters; without `status`, published articles only.
///
/// # Errors
/// A problem that names the parameter and lists what it takes.
pub(crate) fn filters(params: &mut Params) -> Result<Filters, Problem> {
    let status = params.values("status")?;
    Ok(Filters {
        fault_type: params.values("fault_type")?,
        system: systems(params)?,
        severity: params.values("severity")?,
        tier: params.values("tier")?,
        status: if status.is_empty() { Filters::default().status } else { status },
    })
}

fn systems(params: &mut Params) -> Result<Vec<String>, Problem> {
    let systems = params.all("system");
    let is_name = |name: &String| (1..=MAX_SYSTEM_CHARS).contains(&name.chars().count());
    if systems.iter().all(is_name) {
        return Ok(systems);
    }
    Err(Problem::invalid("system", format!("system 应为 1 到 {MAX_SYSTEM_CHARS} 个字符的系统名。")))
}

/// Takes `limit` and `offset`.
///
/// # Errors
/// A problem that names the parameter; the upper bound of `offset` is the caller's to check.
pub(crate) fn paging(params: &mut Params) -> Result<(usize, usize), Problem> {
    let expected = format!(" 1 到 {MAX_LIMIT} 的整数");
    let limit = params.number("limit", &expected)?.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        let detail = format!("limit 应为{expected}，收到“{limit}”。");
        return Err(Problem::invalid("limit", detail));
    }
    let offset = params.number("offset", "不小于 0 的整数")?.unwrap_or(0);
    Ok((limit, offset))
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::article::{FaultType, Status};

    const TODAY: Date = date!(2026 - 11 - 23);

    fn api(query: &str) -> Result<Query, Problem> {
        api_query(Params::parse(query).unwrap(), TODAY)
    }

    #[test]
    fn a_search_takes_repeated_filters() {
        let query = api("q=x&fault_type=login&fault_type=data-loss&system=ad&limit=3&offset=6");
        let query = query.unwrap();
        assert_eq!(query.filters.fault_type, [FaultType::Login, FaultType::DataLoss]);
        assert_eq!(query.filters.system, ["ad"]);
        assert_eq!((query.limit, query.offset), (3, 6));
        assert_eq!(query.filters.status, [Status::Published]);
        assert_eq!(api("status=draft").unwrap().filters.status, [Status::Draft]);
    }

    #[test]
    fn limits_hold_at_the_edge() {
        let long = |n| format!("q={}", "登".repeat(n));
        for ok in ["limit=1", "limit=50", "limit=50&offset=950", &long(500)] {
            assert!(api(ok).is_ok(), "{ok}");
        }
        let table = [
            ("limit=0", "limit"),
            ("limit=51", "limit"),
            ("limit=50&offset=951", "offset"),
            ("offset=18446744073709551615", "offset"),
            ("system=", "system"),
            ("fault_type=", "fault_type"),
            ("status=gone", "status"),
            (&long(501), "q"),
        ];
        for (query, name) in table {
            let problem = format!("{:?}", api(query).unwrap_err());
            assert!(problem.contains(&format!("Some({name:?})")), "{query}: {problem}");
        }
    }

    #[test]
    fn the_page_cuts_where_the_api_refuses() {
        let read =
            |query: &str| page_query(Params::parse(query).unwrap(), TODAY).map(|(query, _)| query);
        let query = read(&format!("q={}&severity=", "登".repeat(501))).unwrap();
        assert_eq!((query.text.chars().count(), query.cut), (500, Some(500)));
        assert!(read("colour=red").is_err());
    }
}
