//! Which texts may be written again in UTF-8.

use encoding_rs::GB18030;

use crate::kb::Encoding;

/// Whether a text that was read in this encoding is surely the one that was written.
///
/// UTF-16 says what it is. Most bytes are valid GB18030, so its text must be Chinese as people
/// write it: nearly all its Chinese characters are common ones, and besides ASCII there is only
/// what goes with them. A mistaken reading has rare characters and other letters in it.
pub(super) fn is_certain(encoding: Encoding, text: &str) -> bool {
    match encoding {
        Encoding::Utf8 | Encoding::Utf8Bom | Encoding::Utf16 => true,
        Encoding::Gb18030 => {
            let n_han = text.chars().filter(|c| is_han(*c)).count();
            let n_common = text.chars().filter(|c| is_common(*c)).count();
            let is_chinese = |c: char| c.is_ascii() || is_han(c) || goes_with_han(c);
            n_han > 0 && n_common * 10 >= n_han * 9 && text.chars().all(is_chinese)
        }
    }
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}

/// One of the 3,755 characters of the first level of GB 2312, in its rows 16 to 55.
fn is_common(c: char) -> bool {
    let mut buffer = [0; 4];
    let (bytes, ..) = GB18030.encode(c.encode_utf8(&mut buffer));
    matches!(*bytes, [0xb0..=0xd7, 0xa1..=0xfe])
}

fn goes_with_han(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{3017}' | '\u{ff01}'..='\u{ff5e}' | '\u{2014}'..='\u{2026}'
        | '\u{2460}'..='\u{249b}' | '\u{2190}'..='\u{2193}' | '·' | '×' | '℃' | '°' | '≤' | '≥' | '￥')
}

#[cfg(test)]
mod tests {
    use encoding_rs::SHIFT_JIS;

    use super::*;

    #[test]
    fn only_chinese_text_is_certain() {
        let certain = |text: &str| is_certain(Encoding::Gb18030, text);
        assert!(certain("# 断网\r\n先查网线（第 1 步）→“交换机”…\n"));
        assert!(!certain("plain"));
        let japanese = SHIFT_JIS.encode("ネットワークに接続できません").0;
        let misread = GB18030.decode_without_bom_handling(&japanese).0.into_owned();
        assert!(!certain(&misread), "{misread}");
        assert!(is_certain(Encoding::Utf16, "ネット"));
    }
}
