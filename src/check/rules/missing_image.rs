//! An image must be in the folder.

use crate::{
    article::{Finding, Level, Link},
    check::{Checked, Corpus},
};

/// Images that are not there, or lie where the page must not take them from.
pub(in crate::check) fn find(corpus: &Corpus<'_>) -> Vec<Finding> {
    corpus.sound().flat_map(|checked| missing(corpus, checked).chain(outside(checked))).collect()
}

fn missing<'a>(corpus: &'a Corpus<'_>, checked: &'a Checked) -> impl Iterator<Item = Finding> + 'a {
    let images = checked.article.links.iter().filter(|link| link.image);
    let missing = images.filter(|link| corpus.lacks_image(&link.path));
    missing.map(|link| absent(&checked.article.path, link))
}

fn absent(path: &str, link: &Link) -> Finding {
    let message = format!("图片 {} 不存在", link.path);
    finding(path, message, "把图片放进知识库（如 images/），再改对路径").at(link.line, link.column)
}

fn outside(checked: &Checked) -> impl Iterator<Item = Finding> + '_ {
    checked.layout.dead_ends.iter().filter(|end| end.image).map(|end| {
        let message = format!("图片“{}”不在知识库里，页面上显示不出来", end.destination);
        finding(&checked.article.path, message, "把图片放进知识库，写相对路径")
            .at(end.place.line, end.place.column)
    })
}

fn finding(path: &str, message: String, hint: &str) -> Finding {
    Finding::new(path, "missing-image", Level::Error, message).hint(hint)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::check::{Images, rules::testing::parsed};

    #[test]
    fn an_image_is_a_regular_file_beneath_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let kb = folder.path().join("kb");
        fs_err::create_dir_all(kb.join("images")).unwrap();
        for path in ["kb/images/_a.png", "kb/.b.png", "c.png"] {
            fs_err::write(folder.path().join(path), "").unwrap();
        }
        std::os::unix::fs::symlink(folder.path().join("c.png"), kb.join("d.png")).unwrap();
        let links = ["images/_a.png", ".b.png", "../c.png", "d.png", "images", "gone.png"];
        let text: String = links.map(|link| format!("![图]({link})\n\n")).concat();
        let articles = [parsed("a.md", &format!("# 甲\n\n{text}![](https://e.cn/e.png)\n"))];
        let images = Images::beneath(&kb, &articles);
        let corpus = Corpus::new(&articles, date!(2026 - 11 - 23));
        assert_eq!(find(&corpus).len(), 1, "only what leads out is known without a look");
        let mut lines: Vec<_> =
            find(&corpus.with_images(&images)).iter().map(|f| f.line.unwrap()).collect();
        lines.sort_unstable();
        assert_eq!(lines, [5, 7, 9, 11, 13]);
    }
}
