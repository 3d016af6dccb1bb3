//! From bytes to text: which encodings are read, and when the outcome is to be believed.

use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};

use super::ReadError;

/// The most frequent characters of Chinese prose and of this trade, both scripts. Half of any
/// text is made of them; of Chinese characters that come out of a wrong guess, a twentieth.
/// Source: frequency counts of modern Chinese are public and agree on the first hundred.
const FREQUENT: &str = "的一是不了在有人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过\
    子说产种面而方后多定行学法所得经十三之进等部度家电力里如水化高自二理起小现实加量都两体机当使点从业本去把性好应开它合还因由其些然前\
    外天那社事平形相全表间样与关各重新线内数正心反你明看原又利比或但质气第向道此变条只没结解问意建月公无系先再查看请网络服务器端口密码账号\
    用户登录系统文件打印数据库备份恢复检查重启确认联系处理措施情况故障\
    這個國們會時來說產後學過經進電體機當點從業還應開關間樣與線內無問結條數實現種為對發動網絡務號錄統檔據庫備複檢啟確認聯繫處況";

/// From so many Chinese characters on, their frequency says whether they are Chinese text.
const ENOUGH_HAN: usize = 8;

/// How the text of a file is encoded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without byte order mark.
    #[default]
    Utf8,
    /// UTF-8 with byte order mark.
    Utf8Bom,
    /// UTF-16 with byte order mark, in either byte order.
    Utf16,
    /// GB18030, and so GBK and GB 2312.
    Gb18030,
}

impl Encoding {
    /// Its name, if authors should use another one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Utf8 | Self::Utf8Bom => None,
            Self::Utf16 => Some("UTF-16"),
            Self::Gb18030 => Some("GB18030"),
        }
    }
}

/// A text and the encoding it was in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text, without byte order mark.
    pub text: String,
    /// The encoding.
    pub encoding: Encoding,
}

/// Reads UTF-8 with or without byte order mark, UTF-16 with one, and GB18030.
///
/// # Errors
/// [`ReadError::Encoding`] when the bytes are in another encoding or what comes out is not
/// plausible, [`ReadError::Nul`] for what is no text. A half decoded text is never returned.
pub fn decode(bytes: &[u8]) -> Result<Decoded, ReadError> {
    let (marked, bytes) = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, bom)) => (Some(encoding), bytes.get(bom..).unwrap_or_default()),
        None => (None, bytes),
    };
    let (text, encoding) = match marked {
        Some(utf16) if utf16 == UTF_16LE || utf16 == UTF_16BE => {
            (decode_strictly(utf16, bytes)?, Encoding::Utf16)
        }
        Some(_) => (decode_utf8(bytes)?, Encoding::Utf8Bom),
        None if str::from_utf8(bytes).is_ok() => (decode_utf8(bytes)?, Encoding::Utf8),
        None => (decode_gb18030(bytes)?, Encoding::Gb18030),
    };
    if text.contains('\0') { Err(ReadError::Nul) } else { Ok(Decoded { text, encoding }) }
}

/// Seven-bit encodings are valid UTF-8; they give themselves away by how they switch.
fn decode_utf8(bytes: &[u8]) -> Result<String, ReadError> {
    let text = str::from_utf8(bytes).map_err(|_| ReadError::Encoding)?;
    let switches = |marks: [&str; 2]| marks.iter().all(|mark| text.contains(mark));
    let is_seven_bit = text.is_ascii() && (switches(["~{", "~}"]) || text.contains("\u{1b}$"));
    if is_seven_bit { Err(ReadError::Encoding) } else { Ok(text.to_owned()) }
}

fn decode_strictly(
    encoding: &'static encoding_rs::Encoding,
    bytes: &[u8],
) -> Result<String, ReadError> {
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .map(std::borrow::Cow::into_owned)
        .ok_or(ReadError::Encoding)
}

/// Most byte sequences are valid GB18030, so the text must also look like Chinese.
fn decode_gb18030(bytes: &[u8]) -> Result<String, ReadError> {
    if bytes.contains(&0) {
        return Err(ReadError::Nul);
    }
    let text = decode_strictly(GB18030, bytes)?;
    // Big5's most frequent characters come out as private use characters.
    let is_odd = |c| matches!(c, '\u{80}'..='\u{9f}' | '\u{e000}'..='\u{f8ff}' | '\u{fffd}');
    let is_plausible = !text.contains(is_odd) && is_mostly_gb2312(bytes) && is_prose(&text);
    if is_plausible { Ok(text) } else { Err(ReadError::Encoding) }
}

/// Whether at least half of the double bytes are in the rows of GB2312, which hold all common
/// characters of both scripts: bytes of European encodings pair up with ASCII instead.
fn is_mostly_gb2312(bytes: &[u8]) -> bool {
    let (mut n, mut n_common) = (0_usize, 0_usize);
    let mut rest = bytes.iter();
    while let Some(lead) = rest.next() {
        if *lead < 0x80 {
            continue;
        }
        let trail = rest.next().copied().unwrap_or_default();
        n += 1;
        n_common += usize::from((0xa1..=0xf7).contains(lead) && trail >= 0xa1);
    }
    n_common * 2 >= n
}

/// Whether frequent characters are as frequent as they are in Chinese; a few characters prove
/// nothing.
fn is_prose(text: &str) -> bool {
    let is_han = |c: &char| matches!(c, '\u{3400}'..='\u{9fff}');
    let n_han = text.chars().filter(is_han).count();
    let n_frequent = text.chars().filter(|c| is_han(c) && FREQUENT.contains(*c)).count();
    n_han < ENOUGH_HAN || n_frequent * 8 >= n_han
}

#[cfg(test)]
mod tests {
    use encoding_rs::{BIG5, EUC_JP, EUC_KR, SHIFT_JIS, WINDOWS_1252};

    use super::*;

    const SIMPLIFIED: &str =
        "# 打印机脱机\r\n\r\n先看打印机的网线，再查端口；重启 Print Spooler。\n";
    const TRADITIONAL: &str = "# 網路斷線\n\n一旦網路中斷，請先不要重新開機，聯絡資訊單位處理。\n";

    fn utf16(text: &str, bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(bytes_of).collect()
    }

    #[test]
    fn known_encodings_give_the_same_text() {
        for text in [SIMPLIFIED, TRADITIONAL, "断网", "# 藍屏\n", "x 测 y", "绿屏 𠮷"] {
            let table: [(Encoding, Vec<u8>); 5] = [
                (Encoding::Utf8, text.as_bytes().to_vec()),
                (Encoding::Utf8Bom, format!("\u{feff}{text}").into_bytes()),
                (Encoding::Utf16, utf16(text, u16::to_le_bytes)),
                (Encoding::Utf16, utf16(text, u16::to_be_bytes)),
                (Encoding::Gb18030, GB18030.encode(text).0.into_owned()),
            ];
            for (encoding, bytes) in table {
                let expected = Decoded { text: text.to_owned(), encoding };
                assert_eq!(decode(&bytes).unwrap(), expected, "{encoding:?} {text}");
            }
        }
    }

    #[test]
    fn what_is_no_text_or_not_plausible_is_refused_whole() {
        let mut cut_utf16 = utf16("断网", u16::to_le_bytes);
        cut_utf16.pop();
        let korean = "네트워크가 끊어지면 먼저 케이블을 확인하고 스위치를 다시 시작하십시오";
        let japanese = "ネットワークが切れた場合は、まず線を確認してから再起動してください";
        let table: [(&str, Vec<u8>); 14] = [
            ("cut UTF-16", cut_utf16),
            ("lone surrogate", vec![0xff, 0xfe, 0x00, 0xd8, 0x41, 0x00]),
            ("BOM, then bad UTF-8", vec![0xef, 0xbb, 0xbf, 0xff]),
            ("bad in both", b"abc \xff\xff".to_vec()),
            ("Big5", BIG5.encode(TRADITIONAL).0.into_owned()),
            ("EUC-KR", EUC_KR.encode(korean).0.into_owned()),
            ("EUC-JP", EUC_JP.encode(japanese).0.into_owned()),
            ("Shift_JIS", SHIFT_JIS.encode(japanese).0.into_owned()),
            (
                "Windows-1252",
                WINDOWS_1252.encode("caf\u{e9} r\u{e9}sum\u{e9} d\u{e9}j\u{e0} vu").0.into_owned(),
            ),
            ("HZ", b"# ~{6OMx~}\n\n~{OH2iMxO_~}\n".to_vec()),
            ("ISO-2022-JP", b"\x1b$B@ZCG\x1b(B\n".to_vec()),
            ("NUL in UTF-8", b"a\0b".to_vec()),
            ("NUL in UTF-16", utf16("a\0b", u16::to_le_bytes)),
            ("UTF-16 without BOM", utf16("ip 网络", u16::to_le_bytes).split_off(2)),
        ];
        for (name, bytes) in table {
            assert!(decode(&bytes).is_err(), "{name}: {:?}", decode(&bytes));
        }
    }
}
