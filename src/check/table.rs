//! All rules, in the order they are listed.

use super::{Rule, rules};
use crate::article::Level;

/// All rules, with those whose findings come from reading and parsing files.
pub const RULES: &[Rule] = &[
    Rule {
        name: "front-matter",
        level: Level::Error,
        summary: "缺必填字段，枚举值或日期不合法，未知字段（警告），或前言不是有效的 YAML",
        advice: "在开头两行 --- 之间每行写“字段: 值”，十个必填字段都要有；用不到的选填字段直接不写",
        find: None,
    },
    Rule {
        name: "id-mismatch",
        level: Level::Error,
        summary: "文件名与 id 不一致，或 id 与另一篇文章重复",
        advice: "文件名写成 id 加 .md；id 发布后不要改",
        find: Some(rules::id_mismatch::find),
    },
    Rule {
        name: "missing-title",
        level: Level::Warning,
        summary: "没有标题，只能用文件名代替",
        advice: "写 title: 来电人的说法",
        find: Some(rules::missing_title::find),
    },
    Rule {
        name: "expect",
        level: Level::Error,
        summary: "expect 里的查询没有把本文排进前三",
        advice: "把来电人的这种说法写进 aliases 或现象；另一篇更合适的，就从 expect 里去掉这一条",
        find: Some(rules::expect::find),
    },
    Rule {
        name: "wiki-link",
        level: Level::Info,
        summary: "维基链接 [[…]]，只有部分软件认得",
        advice: "改成普通的 Markdown 链接：[显示的字](文章.md)",
        find: Some(rules::wiki_link::find),
    },
    Rule {
        name: "vocabulary",
        level: Level::Error,
        summary: "词表文件（index/*.txt）有不能用的行、同一个词在两组同义词里，或词典的词切断了相邻的词",
        advice: "按提示改那一行；删掉切断别人的词，或把整段也写成一个词",
        find: None,
    },
    Rule {
        name: "title-length",
        level: Level::Warning,
        summary: "标题超过 32 字、summary 超过 80 字、别称超过 24 字，或别称超过 20 条、related 或 systems 超过 8 个",
        advice: "标题只留来电人会说的那一句，summary 只写第一件要做的事",
        find: Some(rules::lengths::find),
    },
    Rule {
        name: "unknown-system",
        level: Level::Warning,
        summary: "systems 里有词表之外的名字",
        advice: "用词表里的名字；本单位自己的系统写进 jiuji.toml 的 systems，如 [\"his\", \"mes\"]",
        find: Some(rules::unknown_system::find),
    },
    Rule {
        name: "duplicate-title",
        level: Level::Warning,
        summary: "标题或别称与另一篇相同，或标题几乎一样（代码可以多篇共有）",
        advice: "一个说法只归一篇：换个说法，或把两篇合并",
        find: Some(rules::duplicate_title::find),
    },
    Rule {
        name: "duplicate-alert",
        level: Level::Warning,
        summary: "同一个告警（名称和标签都一样）在两篇已发布的文章里都声明了",
        advice: "只留一篇，或用更具体的名称、标签分开",
        find: Some(rules::duplicate_alert::find),
    },
    Rule {
        name: "supersedes",
        level: Level::Error,
        summary: "取代关系绕成圈，或被取代的文章仍为 published",
        advice: "只在新文章里写 supersedes，旧文章改成 status: retired",
        find: Some(rules::supersedes::find),
    },
    Rule {
        name: "review-overdue",
        level: Level::Warning,
        summary: "已过复核期（草稿和已停用的不查）；--strict 也不因它不通过",
        advice: "照着走一遍，改掉过时的内容，再更新 reviewed",
        find: Some(rules::review_overdue::find),
    },
    Rule {
        name: "missing-section",
        level: Level::Error,
        summary: "缺必需章节，或必需章节是空的；p1、p2 还要“根因与永久措施”和“复盘报告”",
        advice: "补上这一节；确实没有就写明“无”和原因",
        find: Some(rules::missing_section::find),
    },
    Rule {
        name: "section-order",
        level: Level::Warning,
        summary: "二级标题不认识、写了两次或顺序不对，或正文里有一级标题",
        advice: "用固定的二级标题和固定的顺序；别的内容降为三级标题",
        find: Some(rules::section_order::find),
    },
    Rule {
        name: "too-many-steps",
        level: Level::Warning,
        summary: "顶层步骤或提问超过 7 个",
        advice: "合并小步骤，或拆成另一篇再链接过去；删掉不影响后面动作的问题",
        find: Some(rules::too_many_steps::find),
    },
    Rule {
        name: "branch-form",
        level: Level::Warning,
        summary: "分支只有“如果”没有其他出路，或嵌套超过两层",
        advice: "最后加一项 **否则（说不清）**：；更深的判断拆成另一篇",
        find: Some(rules::branch_form::find),
    },
    Rule {
        name: "danger-without-warning",
        level: Level::Error,
        summary: "危险命令之前，同一节里没有 [!CAUTION]、[!WARNING] 或以 **危险 开头的一行",
        advice: "在命令之前写明后果、谁批准、怎么退回",
        find: Some(rules::danger_without_warning::find),
    },
    Rule {
        name: "code-lang",
        level: Level::Warning,
        summary: "代码块没标语言，或命令前带着提示符",
        advice: "在 ``` 后面写 powershell、cmd、bash、sql 或 text；去掉 $、C:\\>、mysql> 之类",
        find: Some(rules::code_lang::find),
    },
    Rule {
        name: "channel-script",
        level: Level::Warning,
        summary: "channels 里有的渠道没有话术（不写 channels 就是三个都要）",
        advice: "在“各渠道话术”里补 ### 电话、### 邮件或 ### 现场，或改 channels",
        find: Some(rules::channel_script::find),
    },
    Rule {
        name: "bold-broken",
        level: Level::Warning,
        summary: "加粗没有生效，页面上露出 **",
        advice: "把标点移到 ** 外面，或在收尾的 ** 后空一格",
        find: Some(rules::bold_broken::find),
    },
    Rule {
        name: "markup-limit",
        level: Level::Error,
        summary: "排版嵌套太深，或标记、章节、方括号太多：从那里起页面只显示文字",
        advice: "拆成几篇文章，大段日志和数据不要放进来",
        find: Some(rules::markup_limit::find),
    },
    Rule {
        name: "broken-link",
        level: Level::Error,
        summary: "链接、related、supersedes 指向不存在的文章，或链接在页面上打不开",
        advice: "改成已有文章的相对路径或 id，或去掉",
        find: Some(rules::broken_link::find),
    },
    Rule {
        name: "dead-anchor",
        level: Level::Error,
        summary: "链接里 # 后面的标题不存在",
        advice: "照抄那个标题的文字，空格写成 -，标点去掉",
        find: Some(rules::dead_anchor::find),
    },
    Rule {
        name: "missing-image",
        level: Level::Error,
        summary: "图片不存在，或不在知识库里",
        advice: "把图片放进知识库（如 images/），写相对路径",
        find: Some(rules::missing_image::find),
    },
    Rule {
        name: "orphan",
        level: Level::Info,
        summary: "没有任何文章链接到这一篇",
        advice: "在相近文章的 related 或“不是这篇”里加上它",
        find: Some(rules::orphan::find),
    },
    Rule {
        name: "gap",
        level: Level::Error,
        summary: "还留着待补标记【待补：…】（草稿为警告）",
        advice: "换成真实内容；用不上就整句删掉",
        find: Some(rules::gap::find),
    },
    Rule {
        name: "secret-like",
        level: Level::Warning,
        summary: "疑似密码、密钥、手机号、身份证号、公网 IP",
        advice: "换成占位符，如 <密码>、【电话】，或写“见值班表”；举例用 192.0.2.1",
        find: Some(rules::secret_like::find),
    },
    Rule {
        name: "encoding",
        level: Level::Error,
        summary: "文件不是 UTF-8（能读出来的为警告），或编码无法识别",
        advice: "用 UTF-8 编码重新保存",
        find: None,
    },
    Rule {
        name: "too-large",
        level: Level::Error,
        summary: "文件超过 1 MiB，没有读取",
        advice: "拆成几篇文章，图片不要嵌在文本里",
        find: None,
    },
    Rule {
        name: "unreadable",
        level: Level::Error,
        summary: "文件或文件夹读不出来",
        advice: "检查权限和磁盘",
        find: None,
    },
    Rule {
        name: "crash",
        level: Level::Error,
        summary: "处理文件时程序异常中断，这个版本没有收录",
        advice: "改动文件并保存后会重新读取；文件没有问题的话请报告给开发者",
        find: None,
    },
    Rule {
        name: "file-name",
        level: Level::Error,
        summary: "名称不是 UTF-8 或含有控制字符，没有读取",
        advice: "改用普通文字命名",
        find: None,
    },
    Rule {
        name: "same-path",
        level: Level::Error,
        summary: "两个文件的名称只有 Unicode 写法不同，只读取了一个",
        advice: "删除或改名其中一个",
        find: None,
    },
    Rule {
        name: "symlink",
        level: Level::Warning,
        summary: "符号链接指向知识库之外、文件夹或不是文章的文件，没有读取",
        advice: "把文件本身放进知识库",
        find: None,
    },
    Rule {
        name: "not-a-file",
        level: Level::Warning,
        summary: "名称像文章，却不是普通文件，没有读取",
        advice: "删掉它，或换成普通文件",
        find: None,
    },
    Rule {
        name: "too-deep",
        level: Level::Error,
        summary: "文件夹超过 32 层，里面的文件没有读取",
        advice: "把文件夹移到上面几层",
        find: None,
    },
    Rule {
        name: "too-many-files",
        level: Level::Error,
        summary: "文件太多，后面的没有读取",
        advice: "检查 --kb 是不是选错了文件夹",
        find: None,
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_rule_has_a_name_of_its_own_and_says_what_it_means() {
        let names: BTreeSet<_> = RULES.iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), RULES.len());
        for rule in RULES {
            for text in [rule.summary, rule.advice] {
                let is_chinese = text.contains(|c| ('一'..='鿿').contains(&c));
                assert!(is_chinese && !text.ends_with('。'), "{} {text}", rule.name);
            }
            let is_plain = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(rule.name.chars().all(is_plain), "{}", rule.name);
        }
    }
}
