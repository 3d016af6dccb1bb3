//! Systems have names that everybody writes alike.

use crate::{
    article::{Finding, Level},
    check::{Checked, Corpus, place},
};

/// Values of `systems` that neither the model nor the settings know.
pub(in crate::check) fn find(corpus: &Corpus<'_>) -> Vec<Finding> {
    let of_article = |checked| unknown(corpus, checked);
    corpus.sound().flat_map(of_article).collect()
}

fn unknown<'a>(corpus: &'a Corpus<'_>, checked: &'a Checked) -> impl Iterator<Item = Finding> + 'a {
    let systems = checked.article.meta.systems.iter();
    systems.filter(|name| !corpus.knows_system(name)).map(|name| {
        let lower = name.to_lowercase();
        let hint = if corpus.knows_system(&lower) {
            format!("改成 {lower}")
        } else {
            "换成词表里的名字；本单位自己的系统写进 jiuji.toml 的 systems".to_owned()
        };
        let message = format!("systems 里的“{name}”不在词表里");
        let finding =
            Finding::new(&checked.article.path, "unknown-system", Level::Warning, message);
        place::at_value(checked, "systems", name, finding.hint(hint))
    })
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::check::rules::testing::parsed;

    #[test]
    fn names_come_from_the_model_or_the_settings() {
        let articles = [parsed("a.md", "---\nsystems: [windows, his, Windows]\n---\n")];
        let own = ["his".to_owned()];
        let corpus = Corpus::new(&articles, date!(2026 - 11 - 23));
        let columns = |found: Vec<Finding>| -> Vec<_> { found.iter().map(|f| f.column).collect() };
        assert_eq!(columns(find(&corpus)), [Some(20), Some(25)]);
        let found = find(&corpus.with_systems(&own));
        assert_eq!(found[0].hint.as_deref(), Some("改成 windows"));
        assert_eq!(columns(found), [Some(25)]);
    }
}
