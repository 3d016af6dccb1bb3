//! Strategies as people write them, and their steps and branches.

use super::*;

/// Steps, each followed by its branches behind ` | `.
fn shown(text: &str) -> Vec<String> {
    let steps = strategy(text).steps.into_iter();
    steps
        .map(|step| {
            let branches = step.branches.iter().map(|it| {
                let text = if it.text == OTHERWISE_GAP { "?" } else { &it.text };
                format!(" | {} > {text}", it.condition)
            });
            format!("{}{}", step.text, branches.collect::<String>())
        })
        .collect()
}

#[test]
fn the_strategies_of_the_plan_become_steps_and_branches() {
    let table: [(&str, &[&str]); 5] = [
        (
            "项目单位操作用电脑硬件损坏，在磁盘数据未丢失情况下，保证数据安全性，建议项目单位替换相关硬件。",
            &[
                "项目单位操作用电脑硬件损坏，判断属于下面哪种情况。 | 如果 磁盘数据未丢失 > 保证数据安全性，建议项目单位替换相关硬件。 | 否则（说不清） > ?",
            ],
        ),
        (
            "操作失误未造成既成结果或数据未丢失情况下，保障数据安全；反之，协调相关部门，进行补救。对操作人员强调注意事项。",
            &[
                "判断属于下面哪种情况。 | 如果 操作失误未造成既成结果或数据未丢失 > 保障数据安全； | 否则（反之） > 协调相关部门，进行补救。",
                "对操作人员强调注意事项。",
            ],
        ),
        (
            "派出上门维护、培训人员重新配置，并耐心讲解。",
            &["派出上门维护、培训人员重新配置，并耐心讲解。"],
        ),
        (
            "协调有关部门，进行补救；无法补救，提交报告说明原因。",
            &["协调有关部门，进行补救； | 如果 无法补救 > 提交报告说明原因。 | 否则（说不清） > ?"],
        ),
        (
            "联系网络服务商；流量异常大则查杀病毒",
            &[
                "联系网络服务商；",
                "判断属于下面哪种情况。 | 如果 流量异常大 > 查杀病毒 | 否则（说不清） > ?",
            ],
        ),
    ];
    for (text, expected) in table {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn words_of_decision_are_understood() {
    let table: [(&str, &[&str]); 12] = [
        (
            "如果断网，则看线；如果断电，就看闸；否则报修。",
            &["判断属于下面哪种情况。 | 如果 断网 > 看线； | 如果 断电 > 就看闸； | 否则 > 报修。"],
        ),
        (
            "检查电源，若电源损坏，更换；再试一次。看灯。",
            &[
                "检查电源，判断属于下面哪种情况。 | 如果 电源损坏 > 更换；再试一次。 | 否则（说不清） > ?",
                "看灯。",
            ],
        ),
        (
            "若断网的话，看线。\n重启。\n反之，报修",
            &["判断属于下面哪种情况。 | 如果 断网 > 看线。重启。 | 否则（反之） > 报修"],
        ),
        (
            "若能恢复则恢复，否则报修。",
            &["判断属于下面哪种情况。 | 如果 能恢复 > 恢复 | 否则 > 报修。"],
        ),
        (
            "在断网，且无法恢复的情况下，报修。",
            &["判断属于下面哪种情况。 | 如果 断网，且无法恢复 > 报修。 | 否则（说不清） > ?"],
        ),
        ("停机。无法开机的，换电源。", &["停机。 | 如果 无法开机 > 换电源。 | 否则（说不清） > ?"]),
        (
            "无法开机，换电源。",
            &["判断属于下面哪种情况。 | 如果 无法开机 > 换电源。 | 否则（说不清） > ?"],
        ),
        ("按规则处理，原则上不关机。", &["按规则处理，原则上不关机。"]),
        ("立即停手，否则数据会丢。", &["立即停手，否则数据会丢。"]),
        ("否则报修。", &["否则报修。"]),
        (
            "一般情况下，重启即可。如图所示，若干台。",
            &["一般情况下，重启即可。", "如图所示，若干台。"],
        ),
        ("不能关机，以免丢数据；无法联系", &["不能关机，以免丢数据；", "无法联系"]),
    ];
    for (text, expected) in table {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn traditional_script_decides_as_well() {
    let expected = ["判断属于下面哪种情况。 | 如果 數據未丟失 > 備份； | 否则（反之） > 補救。"];
    assert_eq!(shown("數據未丟失情況下，備份；反之，補救。"), expected);
}

#[test]
fn no_strategy_has_more_steps_than_the_model_allows() {
    let steps = strategy(&"甲。".repeat(9)).steps;
    let texts: Vec<_> = steps.iter().map(|step| step.text.as_str()).collect();
    assert_eq!(texts, ["甲。", "甲。", "甲。", "甲。", "甲。", "甲。", "甲。甲。甲。"]);
    let steps = strategy(&"若断网，看线。说明。".repeat(9)).steps;
    assert_eq!(steps.len(), MAX_STEPS);
    let all: String = steps.iter().map(|step| step.text.as_str()).collect();
    assert_eq!(all.matches("说明。").count(), 9);
    let steps = strategy(&"先看，若断网，看线。\n".repeat(9)).steps;
    assert_eq!(steps.len(), MAX_STEPS);
    assert!(steps.iter().all(|step| !step.text.is_empty()));
}
