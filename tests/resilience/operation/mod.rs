//! Operation: cold starts, logs, health, self-examination, return from a copy, supply chain.

mod doctor;
mod health;
mod logs;
mod restore;
mod start;
mod supply;

use crate::{product::Place, scenario::Scenario};

/// The rows of this group.
pub(crate) const SCENARIOS: &[Scenario] =
    &[start::O3, logs::O4, restore::O6, health::O7, doctor::O8, supply::S1, supply::S2];

/// A folder with articles `a0` to `a(n-1)`, each found by the word that [`word`] gives.
fn place_with(n: usize) -> Place {
    let place = Place::new();
    for n in 0..n {
        place.write(&format!("{}/a{n}.md", n % 20), article(n));
    }
    place
}

/// A word that only article `n` has.
fn word(n: usize) -> String {
    format!("planted{n:05}")
}

fn article(n: usize) -> String {
    format!(
        "---\nid: a{n}\ntitle: 第 {n} 种打印机故障\nsummary: 先问是一台还是一片\n\
         fault_type: peripheral\nseverity: p3\nsystems: [printer]\ntier: l1\nstatus: published\n\
         owner: 桌面组\nreviewed: 2026-11-01\n---\n\n## 现象\n\n{} 卡纸，面板报错。\n\n\
         ## 应急策略\n\n1. 先问是一台还是一片。\n2. 打开前盖取出卡纸。\n",
        word(n)
    )
}
