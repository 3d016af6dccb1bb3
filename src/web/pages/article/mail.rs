//! A mail as a link that opens the mail program with it.

use super::super::links::encode;

/// Longest link that all mail programs take, in characters: Windows and Outlook cut at about this.
const MAX_LINK_CHARS: usize = 2000;

/// What the first line of a mail begins with.
const SUBJECT: [&str; 2] = ["主题：", "主题:"];

/// A mail to send.
pub(super) struct Mail<'a> {
    /// Subject line and body as written.
    pub(super) text: &'a str,
    /// The `mailto:` address, percent-encoded.
    pub(super) href: String,
    /// Whether `href` has the subject only, because the body is too long for it.
    pub(super) is_cut: bool,
}

impl<'a> Mail<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let (subject, body) = parts(text);
        let subject = format!("mailto:?subject={}", encode(subject));
        // Line ends as RFC 6068, section 5, wants them.
        let whole = format!("{subject}&body={}", encode(&body.replace('\n', "\r\n")));
        let is_cut = whole.len() > MAX_LINK_CHARS;
        Self { text, href: if is_cut { subject } else { whole }, is_cut }
    }
}

/// Subject and body; without a subject line all is body.
pub(crate) fn parts(text: &str) -> (&str, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    match SUBJECT.iter().find_map(|start| first.trim().strip_prefix(start)) {
        Some(subject) => (subject.trim(), rest.trim()),
        None => ("", text.trim()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subject_and_body_are_encoded() {
        let cases = [
            (
                "主题：【A&B】\n\n您好：\n1+1=2",
                "mailto:?subject=%E3%80%90A%26B%E3%80%91&body=%E6%82%A8%E5%A5%BD%EF%BC%9A%0D%0A1%2B1%3D2",
            ),
            ("主题: a b", "mailto:?subject=a%20b&body="),
            ("hi\nyou", "mailto:?subject=&body=hi%0D%0Ayou"),
        ];
        for (text, href) in cases {
            let mail = Mail::new(text);
            assert_eq!((mail.href.as_str(), mail.is_cut), (href, false));
        }
    }

    #[test]
    fn a_long_mail_has_its_subject_in_the_link() {
        let text = format!("主题：甲\n\n{}", "乙".repeat(300));
        let mail = Mail::new(&text);
        assert_eq!((mail.href.as_str(), mail.is_cut), ("mailto:?subject=%E7%94%B2", true));
    }
}
