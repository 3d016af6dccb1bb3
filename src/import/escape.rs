//! Text of cells as Markdown and YAML that say just that text.

/// Characters that mean something anywhere in a line of Markdown.
const INLINE: &str = "\\`*_[]<>&~|";

/// Characters that mean something at the beginning of a line.
const LEADING: &str = "#+-=:";

/// A line of text as Markdown without any markup.
pub(super) fn markdown(line: &str) -> String {
    let line = line.trim();
    let mut escaped = String::with_capacity(line.len());
    let n_digits = line.bytes().take_while(u8::is_ascii_digit).count();
    for (index, c) in line.chars().enumerate() {
        let is_list_mark = n_digits > 0 && index == n_digits && matches!(c, '.' | ')');
        let is_leading = index == 0 && LEADING.contains(c);
        let is_image = c == '!' && line.contains('[');
        if INLINE.contains(c) || is_leading || is_list_mark || is_image {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// Lines of text as Markdown; those but the first are indented by so many blanks.
pub(super) fn markdown_lines(text: &str, indent: usize) -> String {
    let lines: Vec<_> = text.lines().map(markdown).collect();
    lines.join(&format!("\\\n{}", " ".repeat(indent)))
}

/// A text as a quoted YAML scalar.
pub(super) fn yaml(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(c);
            }
            ' '..='~'
            | '\u{a1}'..='\u{1fff}'
            | '\u{2030}'..='\u{205f}'
            | '\u{2070}'..='\u{d7ff}'
            | '\u{2010}'..='\u{2027}'
            | '\u{f900}'..='\u{fdcf}'
            | '\u{fdf0}'..='\u{fefe}'
            | '\u{ff00}'..='\u{ffef}'
            | '\u{20000}'..='\u{323af}' => quoted.push(c),
            // What YAML might take for something else, or nobody would see.
            c => quoted.push_str(&format!("\\U{:08X}", u32::from(c))),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_text() {
        let table = [
            ("保障数据安全；反之。", "保障数据安全；反之。"),
            ("# 标题", "\\# 标题"),
            ("C# 与 a-b", "C# 与 a-b"),
            ("1. 先停 2. 再看", "1\\. 先停 2. 再看"),
            ("12) 甲", "12\\) 甲"),
            ("---", "\\---"),
            ("**粗** _斜_ `码`", "\\*\\*粗\\*\\* \\_斜\\_ \\`码\\`"),
            ("<script>&amp;", "\\<script\\>\\&amp;"),
            ("[x](y) ![z](y)", "\\[x\\](y) \\!\\[z\\](y)"),
            ("  C:\\备份 | a ", "C:\\\\备份 \\| a"),
            ("好!", "好!"),
        ];
        for (text, expected) in table {
            assert_eq!(markdown(text), expected);
        }
        assert_eq!(markdown_lines("甲\n===\n1. 乙", 2), "甲\\\n  \\===\\\n  1\\. 乙");
    }

    #[test]
    fn yaml_is_quoted_and_shows_what_can_be_seen() {
        let table = [
            ("断网：先看线", "\"断网：先看线\""),
            ("a\"b\\c", "\"a\\\"b\\\\c\""),
            ("yes", "\"yes\""),
            ("\u{202e}x\u{200b}", "\"\\U0000202Ex\\U0000200B\""),
            ("𠮷", "\"𠮷\""),
        ];
        for (text, expected) in table {
            assert_eq!(yaml(text), expected);
        }
    }
}
