//! What the library writes, as the standard wants it: properties in their order, which Word is
//! strict about, and the few marks that the library has no words for.

use crate::export::html::{Piece, pieces};

/// The order of children where the standard prescribes one; those that we use.
/// Source: ECMA-376, part 1, annex A: `CT_PPr`, `CT_RPr`, `CT_TblPr`, `CT_TcPr`, `CT_SectPr`.
const ORDER: [(&str, &[&str]); 5] = [
    (
        "w:pPr",
        &[
            "w:pStyle",
            "w:keepNext",
            "w:keepLines",
            "w:pageBreakBefore",
            "w:numPr",
            "w:tabs",
            "w:spacing",
            "w:ind",
            "w:jc",
            "w:outlineLvl",
            "w:rPr",
            "w:sectPr",
        ],
    ),
    (
        "w:rPr",
        &["w:rStyle", "w:rFonts", "w:b", "w:bCs", "w:i", "w:iCs", "w:strike", "w:color", "w:sz"],
    ),
    ("w:tblPr", &["w:tblStyle", "w:tblW", "w:jc", "w:tblInd", "w:tblBorders", "w:tblLayout"]),
    ("w:tcPr", &["w:tcW", "w:gridSpan", "w:vMerge", "w:tcBorders", "w:shd", "w:vAlign"]),
    (
        "w:sectPr",
        &["w:headerReference", "w:footerReference", "w:type", "w:pgSz", "w:pgMar", "w:cols"],
    ),
];

/// Properties that say nothing when they are empty, and that the library puts where they must not
/// stand.
const EMPTY: [&str; 3] = ["<w:rPr />", "<w:pPr />", "<w:trPr />"];

/// The document `xml` in the order of the standard, with heads of tables repeated.
pub(super) fn ordered(xml: &str) -> String {
    let xml = EMPTY.iter().fold(xml.to_owned(), |xml, empty| xml.replace(empty, ""));
    // Nothing but heads of tables is kept together.
    let xml = xml.replace("<w:cantSplit />", "<w:cantSplit /><w:tblHeader />");
    sorted(&xml)
}

/// An element that is open.
#[derive(Default)]
struct Open<'x> {
    name: &'x str,
    /// Its start tag.
    start: &'x str,
    /// Names of its children, empty for text, and the children whole.
    children: Vec<(&'x str, String)>,
}

fn sorted(xml: &str) -> String {
    let mut open = vec![Open::default()];
    for piece in pieces(xml) {
        match piece {
            Piece::Text(text) => put(&mut open, "", text.to_owned()),
            Piece::Tag(tag) if tag.is_end => {
                if let Some(element) = open.pop() {
                    put(&mut open, element.name, closed(element));
                }
            }
            Piece::Tag(tag) if tag.name == "w:gridCol" => {
                let width = tag.attribute("w:w").unwrap_or_default();
                put(&mut open, tag.name, format!("<w:gridCol w:w=\"{width}\"/>"));
            }
            Piece::Tag(tag) if tag.source.ends_with("/>") || tag.name.starts_with('?') => {
                put(&mut open, tag.name, tag.source.to_owned());
            }
            Piece::Tag(tag) => {
                open.push(Open { name: tag.name, start: tag.source, children: Vec::new() });
            }
        }
    }
    open.pop().map(closed).unwrap_or_default()
}

fn put<'x>(open: &mut [Open<'x>], name: &'x str, xml: String) {
    if let Some(parent) = open.last_mut() {
        parent.children.push((name, xml));
    }
}

/// An element as text, its children in order.
fn closed(mut element: Open<'_>) -> String {
    if let Some((_, order)) = ORDER.iter().find(|(name, _)| *name == element.name) {
        let rank = |name: &str| order.iter().position(|known| *known == name);
        element.children.sort_by_key(|(name, _)| rank(name).unwrap_or(order.len()));
    }
    let mut xml = element.start.to_owned();
    xml.extend(element.children.into_iter().map(|(_, child)| child));
    if !element.name.is_empty() {
        xml.extend(["</", element.name, ">"]);
    }
    xml
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_sorted_at_every_level_and_nothing_else_is() {
        let xml = "<?xml version=\"1.0\"?><w:body><w:p><w:pPr><w:ind w:left=\"1\" /><w:pStyle w:val=\"a\" />\
             <w:sectPr><w:pgSz /><w:footerReference r:id=\"1\" /></w:sectPr></w:pPr>\
             <w:r><w:rPr><w:b /><w:rStyle w:val=\"c\" /></w:rPr><w:t>b &lt; a</w:t></w:r><w:r><w:t>x</w:t></w:r></w:p></w:body>";
        let expected = "<?xml version=\"1.0\"?><w:body><w:p><w:pPr><w:pStyle w:val=\"a\" /><w:ind w:left=\"1\" />\
             <w:sectPr><w:footerReference r:id=\"1\" /><w:pgSz /></w:sectPr></w:pPr>\
             <w:r><w:rPr><w:rStyle w:val=\"c\" /><w:b /></w:rPr><w:t>b &lt; a</w:t></w:r><w:r><w:t>x</w:t></w:r></w:p></w:body>";
        assert_eq!(ordered(xml), expected);
    }

    #[test]
    fn heads_are_repeated_and_columns_have_a_width_only() {
        let xml = "<w:tr><w:trPr><w:cantSplit /></w:trPr></w:tr><w:tr><w:trPr /></w:tr>\
             <w:gridCol w:w=\"5\" w:type=\"dxa\" />";
        let expected = "<w:tr><w:trPr><w:cantSplit /><w:tblHeader /></w:trPr></w:tr><w:tr></w:tr>\
             <w:gridCol w:w=\"5\"/>";
        assert_eq!(ordered(xml), expected);
    }
}
