//! Corpora for the benches: documents recombined from the paragraphs of the shipped articles and,
//! where `JIUJI_EVAL_DIR` names a folder of collections, of those; the same for the same seed.

use std::path::{Path, PathBuf};

/// Sizes of documents in bytes at the quantiles 0, ½, ¾, 0.9, 0.99 and 1, between which they are
/// drawn evenly: median 0.7 KB, mean about 1.8 KB, p99 15 KB, like a collection of real manuals.
const SIZES: [(f64, f64); 6] =
    [(0.0, 120.0), (0.5, 700.0), (0.75, 1700.0), (0.9, 3600.0), (0.99, 15_000.0), (1.0, 30_000.0)];

/// A small random number generator with a fixed seed.
/// Source: Vigna, splitmix64.
pub(crate) struct Random(pub u64);

impl Random {
    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n.max(1) as u64).unwrap_or(0)
    }
}

/// The shipped knowledge base.
pub(crate) fn shipped_kb() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("kb")
}

/// Writes `n` documents into a new folder.
pub(crate) fn generate(n: usize) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let paragraphs = paragraphs();
    let mut random = Random(20_261_123);
    for i in 0..n {
        let size = size(&mut random);
        let title: String = paragraphs[random.below(paragraphs.len())].chars().take(16).collect();
        let mut text = format!("# {}\n\n", title.trim_start_matches(['#', '-', '>', '|', ' ']));
        while text.len() < size {
            text.push_str(&paragraphs[random.below(paragraphs.len())]);
            text.push_str("\n\n");
        }
        fs_err::write(dir.path().join(format!("m{i:06}.md")), text).unwrap();
    }
    dir
}

fn size(random: &mut Random) -> usize {
    let u = (random.next() >> 11) as f64 / (1u64 << 53) as f64;
    let at = SIZES.windows(2).find(|w| u <= w[1].0).unwrap();
    let share = (u - at[0].0) / (at[1].0 - at[0].0);
    (at[0].1 + share * (at[1].1 - at[0].1)) as usize
}

/// Paragraphs of all source texts, front matter left out.
fn paragraphs() -> Vec<String> {
    let mut files = markdown_files(&shipped_kb());
    if let Some(dir) = std::env::var_os("JIUJI_EVAL_DIR") {
        for collection in std::fs::read_dir(dir).into_iter().flatten().flatten() {
            files.extend(markdown_files(&collection.path().join("md")));
        }
    }
    files.sort();
    let texts = files.iter().map(|file| fs_err::read_to_string(file).unwrap());
    let mut paragraphs = Vec::new();
    for text in texts {
        let body = text.splitn(3, "---\n").last().unwrap_or_default().to_owned();
        let blocks = body.split("\n\n").map(str::trim).filter(|block| block.len() > 20);
        paragraphs.extend(blocks.map(str::to_owned));
    }
    paragraphs
}

fn markdown_files(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths.filter(|path| path.extension().is_some_and(|e| e == "md")).collect()
}
