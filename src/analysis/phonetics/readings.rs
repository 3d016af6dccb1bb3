//! Readings of Chinese words: one syllable a character, without tones, `v` for `ü`.

use std::{collections::HashMap, sync::LazyLock};

use pinyin::ToPinyin;

/// Readings of a word that are kept at most.
const MAX_READINGS: usize = 4;

/// Words in which a character has another reading than it usually has.
/// Source: own list; readings as in any dictionary of modern Chinese.
const WORDS: &[(&str, &str)] = &[
    ("重启", "chong qi"),
    ("重装", "chong zhuang"),
    ("重置", "chong zhi"),
    ("重复", "chong fu"),
    ("重新", "chong xin"),
    ("重做", "chong zuo"),
    ("重连", "chong lian"),
    ("重设", "chong she"),
    ("重建", "chong jian"),
    ("重命名", "chong ming ming"),
    ("重定向", "chong ding xiang"),
    ("重写", "chong xie"),
    ("重试", "chong shi"),
    ("重影", "chong ying"),
    ("还原", "huan yuan"),
    ("归还", "gui huan"),
    ("调试", "tiao shi"),
    ("调整", "tiao zheng"),
    ("调节", "tiao jie"),
    ("空调", "kong tiao"),
    ("银行", "yin hang"),
    ("行号", "hang hao"),
    ("网银", "wang yin"),
    ("长时间", "chang shi jian"),
    ("时长", "shi chang"),
    ("延长", "yan chang"),
    ("长度", "chang du"),
    ("传输", "chuan shu"),
    ("上传", "shang chuan"),
    ("单据", "dan ju"),
    ("降级", "jiang ji"),
    ("应用", "ying yong"),
    ("响应", "xiang ying"),
    ("无响应", "wu xiang ying"),
    ("会计", "kuai ji"),
    ("弹窗", "tan chuang"),
    ("弹出", "tan chu"),
    ("没有", "mei you"),
    ("模板", "mu ban"),
    ("率", "lv"),
    ("参数", "can shu"),
    ("便宜", "pian yi"),
    ("音乐", "yin yue"),
    ("扎线", "za xian"),
    ("切换", "qie huan"),
    ("一切", "yi qie"),
    ("关系", "guan xi"),
    ("系统", "xi tong"),
    ("数据", "shu ju"),
    ("卡住", "ka zhu"),
    ("发票", "fa piao"),
    ("校验", "jiao yan"),
    ("校准", "jiao zhun"),
    ("校对", "jiao dui"),
    ("学校", "xue xiao"),
    ("的确", "di que"),
    ("目的", "mu di"),
    ("得到", "de dao"),
    ("还没", "hai mei"),
    ("还是", "hai shi"),
    ("差旅", "chai lv"),
    ("出差", "chu chai"),
    ("误差", "wu cha"),
    ("处理", "chu li"),
    ("到处", "dao chu"),
    ("办事处", "ban shi chu"),
    ("供应", "gong ying"),
    ("量", "liang"),
    ("测量", "ce liang"),
    ("屏蔽", "ping bi"),
    ("朝向", "chao xiang"),
    ("角色", "jue se"),
    ("色带", "se dai"),
    ("薄膜", "bo mo"),
    ("给予", "ji yu"),
    ("供给", "gong ji"),
    ("宿舍", "su she"),
    ("占用", "zhan yong"),
    ("载入", "zai ru"),
    ("卸载", "xie zai"),
    ("下载", "xia zai"),
    ("负载", "fu zai"),
    ("转圈", "zhuan quan"),
    ("转发", "zhuan fa"),
    ("中毒", "zhong du"),
    ("中病毒", "zhong bing du"),
    ("中招", "zhong zhao"),
    ("种子", "zhong zi"),
];

/// Other readings of characters that people use as often when they type.
const ALSO: &[(char, &str)] = &[
    ('行', "hang"),
    ('重', "chong"),
    ('还', "huan"),
    ('调', "tiao"),
    ('长', "chang"),
    ('传', "chuan"),
    ('弹', "tan"),
    ('率', "lv"),
    ('校', "jiao"),
    ('模', "mu"),
    ('降', "jiang"),
    ('差', "chai"),
    ('藏', "zang"),
    ('壳', "qiao"),
    ('露', "lou"),
    ('粘', "nian"),
    ('扎', "za"),
    ('乐', "yue"),
    ('省', "sheng"),
    ('系', "ji"),
    ('会', "kuai"),
    ('都', "dou"),
    ('了', "liao"),
    ('得', "dei"),
    ('着', "zhao"),
    ('没', "mo"),
    ('盛', "cheng"),
    ('畜', "chu"),
    ('曝', "pu"),
];

static BY_WORD: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
    WORDS.iter().map(|(word, sound)| (*word, sound.split(' ').collect())).collect()
});

/// Longest word of the list, in characters.
static LONGEST: LazyLock<usize> =
    LazyLock::new(|| WORDS.iter().map(|(word, _)| word.chars().count()).max().unwrap_or(1));

/// The ways a Chinese word may be read, the usual one first, at most four; none when a character
/// has no reading. The word must be folded to Simplified script.
#[must_use]
pub fn sounds(word: &str) -> Vec<Vec<&'static str>> {
    let chars: Vec<char> = word.chars().collect();
    let mut readings: Vec<Vec<&'static str>> = vec![Vec::new()];
    let mut at = 0;
    while at < chars.len() {
        if let Some((n, sound)) = listed(&chars, at) {
            readings.iter_mut().for_each(|reading| reading.extend(sound));
            at += n;
            continue;
        }
        let Some(usual) = syllable(chars[at]) else { return Vec::new() };
        let other = ALSO.iter().find(|(c, _)| *c == chars[at]).map(|(_, sound)| *sound);
        readings = fork(readings, usual, other.filter(|other| *other != usual));
        at += 1;
    }
    readings
}

/// The longest listed word that begins at a character.
fn listed(chars: &[char], at: usize) -> Option<(usize, &'static [&'static str])> {
    (1..=*LONGEST).rev().find_map(|n| {
        let word: String = chars.get(at..at + n)?.iter().collect();
        BY_WORD.get(word.as_str()).map(|sound| (n, sound.as_slice()))
    })
}

fn fork(
    mut readings: Vec<Vec<&'static str>>,
    usual: &'static str,
    other: Option<&'static str>,
) -> Vec<Vec<&'static str>> {
    let mut forked = Vec::new();
    if let Some(other) = other {
        let room = MAX_READINGS.saturating_sub(readings.len());
        forked = readings.iter().take(room).cloned().collect();
        forked.iter_mut().for_each(|reading| reading.push(other));
    }
    readings.iter_mut().for_each(|reading| reading.push(usual));
    readings.extend(forked);
    readings
}

/// The usual syllable of a character.
pub(super) fn syllable(c: char) -> Option<&'static str> {
    let plain = c.to_pinyin()?.plain();
    Some(match plain {
        "lü" => "lv",
        "nü" => "nv",
        "lüe" => "lve",
        "nüe" => "nve",
        plain => plain,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_sound_as_people_say_them() {
        for (word, expected) in [
            ("重启", "chong qi"),
            ("登录", "deng lu"),
            ("无线银行", "wu xian yin hang"),
            ("绿屏", "lv ping"),
            ("还原系统", "huan yuan xi tong"),
        ] {
            let sounds = sounds(word);
            assert_eq!(sounds.first().map(|sound| sound.join(" ")).as_deref(), Some(expected));
        }
        assert!(sounds("U盘").is_empty());
    }

    #[test]
    fn a_character_of_two_readings_has_both_and_their_number_is_bounded() {
        let both: Vec<_> = sounds("重").iter().map(|sound| sound.join(" ")).collect();
        assert_eq!(both, ["zhong", "chong"]);
        assert_eq!(sounds("重行还调长传").len(), MAX_READINGS);
    }
}
