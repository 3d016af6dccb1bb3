//! What to say, write and do: the scripts of the support channels.

use pulldown_cmark::Event;

use super::{
    Scripts,
    blocks::{Block, blocks},
    strategy::items,
    text::plain,
};

/// Adds the script under the third-level heading `title`; other headings hold none.
pub(super) fn add(scripts: &mut Scripts, title: &str, events: &[Event<'_>]) {
    let (script, read): (_, fn(&[Event<'_>]) -> String) = if title.starts_with("电话") {
        (&mut scripts.phone, phone)
    } else if title.starts_with("邮件") {
        (&mut scripts.mail, mail)
    } else if title.starts_with("现场") {
        (&mut scripts.onsite, onsite)
    } else {
        return;
    };
    let text = read(events);
    if !text.is_empty() && script.is_none() {
        *script = Some(text);
    }
}

/// The quotes, which are to be read aloud; alerts are not.
fn phone(events: &[Event<'_>]) -> String {
    let quotes = blocks(events).filter_map(|block| match block {
        Block::Quote(None, quote) => Some(plain(quote)),
        _ => None,
    });
    or_all(quotes.collect(), events)
}

/// The first code block, verbatim: a mail has blank lines and indents.
fn mail(events: &[Event<'_>]) -> String {
    let code = blocks(events).find_map(|block| match block {
        Block::Code(code) => Some(code),
        _ => None,
    });
    match code {
        Some(code) => super::commands::code_text(code),
        None => plain(events),
    }
}

fn onsite(events: &[Event<'_>]) -> String {
    let lists = blocks(events).filter_map(|block| match block {
        Block::List(_, list) => Some(list),
        _ => None,
    });
    or_all(lists.flat_map(items).map(plain).collect(), events)
}

fn or_all(lines: Vec<String>, events: &[Event<'_>]) -> String {
    let lines: Vec<_> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    if lines.is_empty() { plain(events) } else { lines.join("\n") }
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::Parser;

    use super::*;
    use crate::article::outline;

    fn script(title: &str, markdown: &str) -> Scripts {
        let events: Vec<_> = Parser::new_ext(markdown, outline::options()).collect();
        let mut scripts = Scripts::default();
        add(&mut scripts, title, &events);
        scripts
    }

    #[test]
    fn each_channel_has_its_own_form() {
        let phone =
            script("电话", "前文\n\n> 您好。\n>\n> 请停手。\n\n> [!NOTE]\n> 别念\n\n> 再见。");
        assert_eq!(phone.phone.as_deref(), Some("您好。\n请停手。\n再见。"));
        let phone = script("电话", "直接念\n这句");
        assert_eq!(phone.phone.as_deref(), Some("直接念这句"));
        let mail = script("邮件", "说明\n\n```text\n主题：甲\n\n  您好\n```\n");
        assert_eq!(mail.mail.as_deref(), Some("主题：甲\n\n  您好"));
        let onsite = script("现场", "- [ ] 带上硬盘\n- [ ] 拍照\n\n文");
        assert_eq!(onsite.onsite.as_deref(), Some("带上硬盘\n拍照"));
        assert_eq!(script("微信", "> 文"), Scripts::default());
        assert_eq!(script("电话", ""), Scripts::default());
    }
}
