//! What to say through each channel of support.

use crate::{
    article::{Channel, Finding, Level, SectionKind},
    check::{Checked, Corpus, place},
};

/// Channels for which nothing is written. An article that names no channels has all of them.
pub(in crate::check) fn find(corpus: &Corpus<'_>) -> Vec<Finding> {
    corpus.sound().flat_map(of_article).collect()
}

fn of_article(checked: &Checked) -> Vec<Finding> {
    let is_scripts = |heading: &&crate::article::HeadingPlace| heading.kind == SectionKind::Scripts;
    let declared = checked.article.meta.channels.as_slice();
    let channels = if declared.is_empty() { Channel::ALL } else { declared };
    match checked.layout.headings.iter().find(is_scripts) {
        // The whole section is missing, which is said elsewhere.
        None => Vec::new(),
        Some(heading) => {
            let missing = channels.iter().filter(|channel| !has_script(checked, **channel));
            missing.map(|channel| finding(checked, *channel, heading.place.line)).collect()
        }
    }
}

fn has_script(checked: &Checked, channel: Channel) -> bool {
    let scripts = &checked.article.scripts;
    match channel {
        Channel::Phone => scripts.phone.is_some(),
        Channel::Mail => scripts.mail.is_some(),
        Channel::Onsite => scripts.onsite.is_some(),
    }
}

fn finding(checked: &Checked, channel: Channel, line: u32) -> Finding {
    let (name, label) = (channel.as_str(), channel.label());
    let message = format!("渠道 {name} 没有话术");
    let hint = format!("在“各渠道话术”里写 ### {label}，不用这个渠道就从 channels 里去掉");
    let finding =
        Finding::new(&checked.article.path, "channel-script", Level::Warning, message).hint(hint);
    match place::of_field(&checked.source, "channels") {
        Some(_) => place::at_value(checked, "channels", name, finding),
        None => finding.at(line, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::rules::testing::{findings, parsed};

    fn found(channels: &str, body: &str) -> Vec<(u32, u32, String)> {
        let text = format!("---\nid: a\n{channels}---\n{body}");
        let found = findings(find, &[parsed("a.md", &text)]);
        found.into_iter().map(|f| (f.line.unwrap(), f.column.unwrap(), f.message)).collect()
    }

    #[test]
    fn each_channel_of_the_article_has_a_script() {
        let body = "## 各渠道话术\n\n### 电话\n\n> 您好\n\n### 邮件\n";
        assert_eq!(found("channels: [phone]\n", body), []);
        let mail = (3, 19, "渠道 mail 没有话术".to_owned());
        assert_eq!(found("channels: [phone, mail]\n", body), [mail]);
        let lines: Vec<_> = found("", body).into_iter().map(|(line, ..)| line).collect();
        assert_eq!(lines, [4, 4]);
        assert_eq!(found("channels: [mail]\n", "## 现象\n"), []);
    }
}
