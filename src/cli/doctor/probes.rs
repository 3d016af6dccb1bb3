//! What is examined: one small function each, in the order shown.

use std::{path::Path, sync::Arc};

use super::{Diagnosis, Grade, access, articles, machine, network, place};
use crate::{
    analysis::{Analyzer, Vocabulary},
    cli::{Settings, index::printed_size},
    index::{Generation, Identity, IndexError, Store},
    kb::{self, Scan},
};

/// Free space for an index that is still small.
const MIN_FREE_BYTES: u64 = 64 << 20;
/// Space that should be free for each byte of text: three indexes of 2.5 times the text.
const INDEX_FACTOR: u64 = 8;

/// Examines everything. Nothing is changed, and a running `serve` is not disturbed.
pub(super) fn all(settings: &Settings) -> Vec<Diagnosis> {
    let scan = kb::scan(&settings.root);
    let vocabulary = Vocabulary::load(settings.vocabulary.as_deref());
    let mut diagnoses = vec![knowledge_base(&scan, settings)];
    diagnoses.extend(articles::all(settings));
    diagnoses.push(match &vocabulary {
        Ok(vocabulary) => words(vocabulary, settings),
        Err(error) => Diagnosis::new("词表", Grade::Error, error.to_string())
            .advice("改正这一行；改好之前 serve 用内置的词表"),
    });
    diagnoses.push(index_folder(&settings.index));
    if let (Ok(vocabulary), Ok(scan)) = (vocabulary, &scan) {
        diagnoses.push(index(vocabulary, scan, settings));
    }
    let n_bytes = scan.iter().flat_map(|scan| scan.files.values()).map(|seen| seen.size).sum();
    diagnoses.extend(free_space(&settings.index, n_bytes));
    diagnoses.extend(watching(settings));
    diagnoses.push(machine::clock(scan.as_ref().ok()));
    diagnoses.extend(machine::quick(settings));
    diagnoses.extend(network::all(settings));
    diagnoses.extend(access::all(settings));
    diagnoses
}

/// Examines what takes no time and does not show in the state of the running server.
pub(super) fn quick(settings: &Settings) -> Vec<Diagnosis> {
    let mut diagnoses = machine::quick(settings);
    diagnoses.push(machine::clock(None));
    diagnoses.extend(free_space(&settings.index, 0));
    diagnoses.extend(watching(settings));
    diagnoses.extend(access::all(settings));
    diagnoses
}

fn knowledge_base(scan: &Result<Scan, kb::ScanError>, settings: &Settings) -> Diagnosis {
    let name = "知识库";
    let folder = settings.root.given().display();
    match scan {
        Err(error) => Diagnosis::new(name, Grade::Error, error.to_string())
            .advice("用 --kb 或 jiuji.toml 的 kb 指定文件夹"),
        Ok(scan) if scan.files.is_empty() => {
            Diagnosis::new(name, Grade::Warning, format!("{folder} 里没有文章"))
                .advice("文章是 .md 文件，名称不以 . 或 _ 开头")
        }
        Ok(scan) if !scan.unreadable.is_empty() => {
            let n = scan.unreadable.len();
            let message = format!("{} 篇文章，{n} 个文件或文件夹读不出来", scan.files.len());
            Diagnosis::new(name, Grade::Warning, message).advice("运行 jiuji check 查看")
        }
        Ok(scan) => Diagnosis::new(name, Grade::Ok, format!("{folder}，{} 篇", scan.files.len())),
    }
}

fn words(vocabulary: &Vocabulary, settings: &Settings) -> Diagnosis {
    let place = match &settings.vocabulary {
        Some(folder) => folder.display().to_string(),
        None => "内置".to_owned(),
    };
    let Vocabulary { words, synonyms, stop_words, .. } = vocabulary;
    let message = format!(
        "{place}，词 {}、同义词 {} 组、停用词 {}",
        words.len(),
        synonyms.len(),
        stop_words.len()
    );
    Diagnosis::new("词表", Grade::Ok, message)
}

fn index_folder(index: &Path) -> Diagnosis {
    let name = "索引目录";
    let place = index.display();
    if !index.exists() {
        return match place::writable_above(index) {
            Ok(()) => Diagnosis::new(name, Grade::Ok, format!("{place} 还没有，可以建立")),
            Err(error) => Diagnosis::new(name, Grade::Error, format!("{place} 不能建立：{error}"))
                .advice("改正上级目录的权限，或用 --index 换一个位置"),
        };
    }
    match place::try_lock(index) {
        Ok(()) => Diagnosis::new(name, Grade::Ok, format!("{place} 可写，没有被占用")),
        Err(IndexError::Locked(_)) => {
            let message = format!("{place} 正由另一个 jiuji 写入（serve 运行时正常）");
            Diagnosis::new(name, Grade::Ok, message)
        }
        Err(error) => Diagnosis::new(name, Grade::Error, format!("{place} 不能写：{error}"))
            .advice("改正目录的权限，或用 --index 换一个位置"),
    }
}

fn index(vocabulary: Vocabulary, scan: &Scan, settings: &Settings) -> Diagnosis {
    let name = "索引";
    let analyzer = Arc::new(Analyzer::new(vocabulary));
    let identity = Identity::new(&analyzer, settings.root.path());
    match Store::open_for_reading(&settings.index, &identity, &analyzer) {
        Err(_) => {
            Diagnosis::new(name, Grade::Warning, "没有可用的索引，或由别的词表、目录、版本建成")
                .advice("serve 启动时会自动建立；也可以运行 jiuji index")
        }
        Ok(generation) => match n_different(&generation, scan) {
            0 => {
                let n_articles = generation.manifest().len();
                Diagnosis::new(name, Grade::Ok, format!("完好，{n_articles} 篇，与知识库一致"))
            }
            n => {
                let message = format!("完好，但与知识库相差 {n} 个文件");
                Diagnosis::new(name, Grade::Warning, message)
                    .advice("serve 会自动跟上；没有运行 serve 时用 jiuji index 更新")
            }
        },
    }
}

/// Number of files that are in one of folder and index only, or differ.
fn n_different(generation: &Generation, scan: &Scan) -> usize {
    let manifest = generation.manifest();
    let n_gone = manifest.keys().filter(|path| !scan.files.contains_key(*path)).count();
    let is_other =
        |path: &String, hash: &str| manifest.get(path).is_none_or(|row| row.hash != hash);
    let n_other = scan.files.iter().filter(|(path, seen)| is_other(path, &seen.hash)).count();
    n_gone + n_other
}

fn free_space(index: &Path, kb_bytes: u64) -> Option<Diagnosis> {
    let n_free = place::free_bytes(index)?;
    let n_needed = MIN_FREE_BYTES + INDEX_FACTOR * kb_bytes;
    let message = format!("剩余 {}", printed_size(n_free));
    Some(if n_free < n_needed {
        let advice = format!("重建索引可能要 {}，请清理磁盘", printed_size(n_needed));
        Diagnosis::new("磁盘空间", Grade::Warning, message).advice(advice)
    } else {
        Diagnosis::new("磁盘空间", Grade::Ok, message)
    })
}

/// Each folder takes one watch of the system; there is no such limit on systems other than Linux.
fn watching(settings: &Settings) -> Option<Diagnosis> {
    let limit = fs_err::read_to_string("/proc/sys/fs/inotify/max_user_watches").ok()?;
    let limit: usize = limit.trim().parse().ok()?;
    let n_folders = place::n_folders(settings.root.path());
    let message = format!("{n_folders} 个文件夹，系统最多监视 {limit} 个");
    // Other programs of the same user share the limit.
    Some(if n_folders > limit / 2 {
        Diagnosis::new("文件监视", Grade::Warning, message)
            .advice("调大 fs.inotify.max_user_watches；不够时每 60 秒扫描一次")
    } else {
        Diagnosis::new("文件监视", Grade::Ok, message)
    })
}
