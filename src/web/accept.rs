//! Which representation a client prefers.

use axum::http::{HeaderMap, header};

/// The offered media type that the `Accept` headers prefer; the first one when there is no
/// preference or nothing fits, for an answer in another form beats none.
///
/// Source: RFC 9110, section 12.5.1; of several equal weights the first offer wins.
pub(crate) fn preferred(headers: &HeaderMap, offers: &[&'static str]) -> Option<&'static str> {
    let ranges = ranges(headers);
    let mut best: Option<(&str, u16)> = None;
    for offer in offers {
        let weight = weight(&ranges, offer);
        if weight > best.map_or(0, |(_, weight)| weight) {
            best = Some((offer, weight));
        }
    }
    best.map(|(offer, _)| offer).or_else(|| offers.first().copied())
}

/// Whether `Accept` names this media type itself, not only by a wildcard.
pub(crate) fn names(headers: &HeaderMap, media_type: &str) -> bool {
    ranges(headers).iter().any(|(range, weight)| range == media_type && *weight > 0)
}

/// Media ranges in lower case with their weight in thousandths.
fn ranges(headers: &HeaderMap) -> Vec<(String, u16)> {
    let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let parts = values.flat_map(|value| value.split(','));
    parts.filter(|part| !part.trim().is_empty()).map(range).collect()
}

fn range(part: &str) -> (String, u16) {
    let mut pieces = part.split(';').map(str::trim);
    let name = pieces.next().unwrap_or_default().to_ascii_lowercase();
    let quality = pieces
        .find_map(|piece| piece.strip_prefix("q="))
        .map_or(1.0, |quality| quality.parse::<f32>().unwrap_or(0.0).clamp(0.0, 1.0));
    (name, (quality * 1000.0) as u16)
}

/// Weight of the most specific range that covers `offer`; everything is welcome without ranges.
fn weight(ranges: &[(String, u16)], offer: &str) -> u16 {
    let family = offer.split_once('/').map_or("", |(family, _)| family);
    let of = |wanted: &str| ranges.iter().find(|(name, _)| name == wanted).map(|(_, q)| *q);
    let covered = of(offer).or_else(|| of(&format!("{family}/*"))).or_else(|| of("*/*"));
    covered.unwrap_or(if ranges.is_empty() { 1000 } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFERS: &[&str] = &["application/json", "text/markdown", "text/plain"];

    fn headers(accept: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())])
    }

    #[test]
    fn the_most_wanted_offer_wins() {
        let table = [
            ("", "application/json"),
            ("*/*", "application/json"),
            ("text/html", "application/json"),
            ("text/markdown", "text/markdown"),
            ("Text/Plain", "text/plain"),
            ("text/*", "text/markdown"),
            ("text/*, text/markdown;q=0.1", "text/plain"),
            ("application/json;q=0.5, text/plain;q=0.9", "text/plain"),
            ("text/plain;q=0, */*;q=0.1", "application/json"),
            ("text/plain;q=high, text/markdown;q=0.2", "text/markdown"),
        ];
        for (accept, expected) in table {
            assert_eq!(preferred(&headers(accept), OFFERS), Some(expected), "{accept}");
        }
        assert_eq!(preferred(&HeaderMap::new(), OFFERS), Some("application/json"));
    }

    #[test]
    fn a_wildcard_names_nothing() {
        assert!(names(&headers("text/html,*/*;q=0.8"), "text/html"));
        assert!(!names(&headers("*/*"), "text/html"));
        assert!(!names(&headers("text/html;q=0"), "text/html"));
    }
}
