//! Making a message fit into what a robot takes, without losing what matters.
//!
//! Title, facts, escalation and link always stay; what is cut are whole lines in the middle, with
//! a mark where they were. Only a line that is far too long by itself is cut inside, between
//! characters.

use super::message::{Line, Message, Role};
use crate::web::text::{cut_json, one_line};

/// Most entries of one message: the others are behind the link.
const MAX_ENTRIES: usize = 3;
/// Most notes of one message.
const MAX_NOTES: usize = 3;
/// Longer addresses of articles are left out, in bytes of JSON.
const MAX_URL: usize = 300;

/// What stands where lines were cut.
const CUT: &str = "…（全文见链接）";

/// The lines of `message` that fit into `room`, in order and safe to show; `cost` is what a line
/// takes of it.
pub(super) fn fit(message: &Message, room: usize, cost: &dyn Fn(&Line) -> usize) -> Vec<Line> {
    let mut lines = Vec::new();
    for n_entries in (1..=MAX_ENTRIES).rev() {
        lines = capped(message, n_entries, room);
        let kept: usize = lines.iter().filter(|line| is_kept(line)).map(cost).sum();
        if kept <= room / 4 * 3 {
            break;
        }
    }
    let demoted = demoted(&lines, room, cost);
    select(lines, &demoted, room, cost)
}

/// The lines, each short enough not to crowd out the others.
fn capped(message: &Message, n_entries: usize, room: usize) -> Vec<Line> {
    let mut n_notes = 0;
    let mut lines = message.lines(n_entries);
    lines.retain(|line| {
        n_notes += usize::from(line.role == Role::Note);
        // The title leads to the article.
        line.role != Role::Address && (line.role != Role::Note || n_notes <= MAX_NOTES)
    });
    for line in &mut lines {
        let max = match line.role {
            Role::Escalation => room / 6,
            Role::Step(_) | Role::Branch | Role::Summary => room / 8,
            _ => room / 16,
        };
        line.text = cut_json(&neutral(&line.text), max);
        let is_short = |url: &String| url.len() <= MAX_URL || line.role == Role::Link;
        line.url = line.url.take().filter(is_short);
    }
    lines
}

/// Whether a line stays whatever is cut.
const fn is_kept(line: &Line) -> bool {
    !matches!(line.role, Role::Step(_) | Role::Branch | Role::Summary)
}

/// Places of the escalations that have to give way, because there are so many that no step would
/// be left; never the first one of an entry.
fn demoted(lines: &[Line], room: usize, cost: &dyn Fn(&Line) -> usize) -> Vec<usize> {
    let mut kept: usize = lines.iter().filter(|line| is_kept(line)).map(cost).sum();
    let mut demoted = Vec::new();
    for (n, line) in lines.iter().enumerate().rev() {
        let before = n.checked_sub(1).and_then(|n| lines.get(n));
        let is_further = line.role == Role::Escalation
            && before.is_some_and(|before| before.role == Role::Escalation);
        if is_further && kept > room / 4 * 3 {
            kept -= cost(line);
            demoted.push(n);
        }
    }
    demoted
}

/// All that is kept, and of the rest as much as fits, of each entry from its first line on.
fn select(
    lines: Vec<Line>,
    demoted: &[usize],
    room: usize,
    cost: &dyn Fn(&Line) -> usize,
) -> Vec<Line> {
    let is_kept = |n: usize, line: &Line| is_kept(line) && !demoted.contains(&n);
    let kept = lines.iter().enumerate().filter(|(n, line)| is_kept(*n, line));
    let mark = |entry: usize| Line::new(Role::Cut, CUT, entry);
    let n_entries = lines.iter().map(|line| line.entry).max().unwrap_or(0).max(1);
    let fixed: usize = kept.map(|(_, line)| cost(line)).sum::<usize>() + n_entries * cost(&mark(0));
    let mut left = room.saturating_sub(fixed);
    let mut fitted: Vec<Line> = Vec::new();
    let mut cut_entry = None;
    for (n, line) in lines.into_iter().enumerate() {
        let cost = cost(&line);
        if is_kept(n, &line) {
            fitted.push(line);
        } else if cut_entry != Some(line.entry) && cost <= left {
            left -= cost;
            fitted.push(line);
        } else if cut_entry != Some(line.entry) {
            cut_entry = Some(line.entry);
            fitted.push(mark(line.entry));
        }
    }
    fitted
}

/// `text` on one line with nothing in it that a robot takes for markup, a link or a mention.
///
/// What would be special becomes its full-width twin: none of the three says how to escape, all
/// show the twin, and people read it as what it was. An `@` never stays, wherever it stands.
fn neutral(text: &str) -> String {
    let twin = |c: char| match c {
        '<' | '>' | '@' | '*' | '`' | '[' | ']' | '~' | '&' => {
            // The full-width forms stand 0xFEE0 behind ASCII. Source: Unicode, block U+FF00.
            char::from_u32(u32::from(c) + 0xfee0).unwrap_or(' ')
        }
        c => c,
    };
    let mut text: String = one_line(text).chars().map(twin).collect();
    if text.ends_with('\\') {
        // Would escape the end of its line.
        text.pop();
        text.push('＼');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_mentions_lose_their_meaning() {
        let table = [
            ("<@all> 请看", "＜＠all＞ 请看"),
            ("<at user_id=\"all\"></at>", "＜at user_id=\"all\"＞＜/at＞"),
            ("@all @138", "＠all ＠138"),
            ("&lt;@all&gt;", "＆lt;＠all＆gt;"),
            ("**粗** `x` [a](http://b) ~~c~~", "＊＊粗＊＊ ｀x｀ ［a］(http://b) ～～c～～"),
            ("C:\\Users\\", "C:\\Users＼"),
            ("一\n# 二\u{202e}", "一 # 二"),
            ("10.0.0.1:80 100% 正常", "10.0.0.1:80 100% 正常"),
        ];
        for (text, expected) in table {
            assert_eq!(neutral(text), expected);
        }
    }

    fn line(role: Role, text: &str, entry: usize) -> Line {
        Line::new(role, text, entry)
    }

    #[test]
    fn lines_in_the_middle_are_cut_whole_and_marked_once() {
        let cost = |line: &Line| line.text.chars().count();
        let lines = vec![
            line(Role::Heading, "标题", 0),
            line(Role::Step(1), "第一步啊", 0),
            line(Role::Branch, "如果不行", 0),
            line(Role::Step(2), "二", 0),
            line(Role::Escalation, "升级", 0),
            line(Role::Link, "链接", 0),
        ];
        let texts = |room: usize| -> Vec<String> {
            let fitted = select(lines.clone(), &[], room, &cost);
            assert!(fitted.iter().map(cost).sum::<usize>() <= room.max(14), "{fitted:?}");
            fitted.into_iter().map(|line| line.text).collect()
        };
        assert_eq!(texts(23), ["标题", "第一步啊", "如果不行", "二", "升级", "链接"]);
        assert_eq!(texts(18), ["标题", "第一步啊", CUT, "升级", "链接"]);
        assert_eq!(texts(0), ["标题", CUT, "升级", "链接"]);
    }

    #[test]
    fn many_escalations_give_way_to_steps_but_not_the_first() {
        let cost = |_: &Line| 10;
        let mut lines = vec![line(Role::Step(1), "一", 0)];
        lines.extend((0..10).map(|_| line(Role::Escalation, "升级", 0)));
        lines.push(line(Role::Link, "链接", 0));
        assert_eq!(demoted(&lines, 80, &cost), [10, 9, 8, 7, 6]);
        assert_eq!(demoted(&lines, 4, &cost), [10, 9, 8, 7, 6, 5, 4, 3, 2]);
    }
}
