//! The scripts of a copy. A page that is a file may not load modules, so those of the web side are
//! put together: each becomes a function that gives what the module exports.

use std::collections::BTreeSet;

use super::{ExportError, embedded};

/// Styles on top of those of the web side.
pub(super) const STYLE: &str = include_str!("../../../web/copy/copy.css");

/// Searches in the page.
const SEARCH: &str = include_str!("../../../web/copy/search.js");

/// The scripts by name, each with the modules it begins.
const SCRIPTS: [(&str, &[&str]); 3] = [
    ("keys.js", &["keys.js"]),
    ("article.js", &["keys.js", "article.js", "tabs.js", "call.js"]),
    ("search.js", &["keys.js", "search.js"]),
];

/// File names and texts of all scripts.
pub(super) fn all() -> Result<Vec<(&'static str, String)>, ExportError> {
    SCRIPTS.iter().map(|(name, modules)| Ok((*name, script(modules)?))).collect()
}

fn script(modules: &[&str]) -> Result<String, ExportError> {
    let mut linker = Linker::default();
    for name in modules {
        linker.add(name)?;
    }
    let lookup =
        if modules.contains(&"search.js") { embedded("lookup.js")? } else { String::new() };
    Ok(format!("\"use strict\";\n{lookup}{}", linker.script))
}

#[derive(Default)]
struct Linker {
    added: BTreeSet<String>,
    script: String,
}

impl Linker {
    /// Adds a module behind those it imports, each once.
    fn add(&mut self, name: &str) -> Result<(), ExportError> {
        if !self.added.insert(name.to_owned()) {
            return Ok(());
        }
        let source = match name {
            "search.js" => SEARCH.to_owned(),
            name => embedded(name)?,
        };
        let (mut exports, mut body) = (Vec::new(), String::new());
        for line in source.lines() {
            if let Some((names, module)) = import(line) {
                self.add(module)?;
                body.push_str(&format!("const {names} = {};\n", variable(module)));
            } else if let Some(exported) = line.strip_prefix("export ") {
                exports.extend(declared(exported));
                body.extend([exported, "\n"]);
            } else {
                body.extend([line, "\n"]);
            }
        }
        let (variable, exports) = (variable(name), exports.join(", "));
        let module =
            format!("const {variable} = (() => {{\n{body}return {{ {exports} }};\n}})();\n");
        self.script.push_str(&module);
        Ok(())
    }
}

/// The names and the file of `import { a, b } from "./x.js";`.
fn import(line: &str) -> Option<(&str, &str)> {
    let (names, file) = line.strip_prefix("import ")?.split_once(" from \"./")?;
    Some((names, file.trim_end_matches([';', '"'])))
}

/// What `const x = …`, `function x(…` or `async function x(…` declares.
fn declared(line: &str) -> Option<&str> {
    let is_keyword = |word: &&str| matches!(*word, "const" | "let" | "async" | "function");
    let name = line.split(' ').find(|word| !is_keyword(word))?;
    name.split('(').next()
}

fn variable(file: &str) -> String {
    format!("module_{}", file.replace('.', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_modules_are_understood() {
        assert_eq!(import("import { a, b } from \"./x.js\";"), Some(("{ a, b }", "x.js")));
        assert_eq!(import("const a = 1;"), None);
        for (line, name) in [
            ("const policy = 1;", "policy"),
            ("function say(text) {", "say"),
            ("async function copyAndSay(text, what) {", "copyAndSay"),
        ] {
            assert_eq!(declared(line), Some(name));
        }
    }

    #[test]
    fn no_script_is_a_module_and_each_part_is_there_once() {
        for (name, script) in all().unwrap() {
            for line in script.lines() {
                assert!(!line.starts_with("import ") && !line.starts_with("export "), "{line}");
            }
            assert_eq!(script.matches("const module_keys_js = ").count(), 1, "{name}");
            assert!(!script.contains("module_x"), "{name}");
        }
        let article = script(&["article.js", "call.js"]).unwrap();
        assert_eq!(article.matches("const module_copy_js = ").count(), 1);
        assert!(article.contains("const { copyAndSay, say } = module_copy_js;"));
        let (copy, user) = (
            article.find("const module_copy_js").unwrap(),
            article.find("const module_article_js").unwrap(),
        );
        assert!(copy < user);
    }
}
