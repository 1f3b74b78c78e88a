//! The house rules that a compiler does not know.

use std::fs;
use std::path::{Path, PathBuf};

/// Longest source file, in lines.
const FILE_LINES_MAX: usize = 400;

/// Longest function, in lines.
const FUNCTION_LINES_MAX: usize = 70;

/// Who may not know whom: a folder or file of `src`, and the modules that it must not name.
const ARROWS: [(&str, &[&str]); 9] = [
    ("chat", &["app", "cli", "config", "gifs", "i18n", "realtime", "store", "telemetry", "web"]),
    ("gifs", &["app", "chat", "cli", "config", "i18n", "realtime", "store", "telemetry", "web"]),
    ("store", &["app", "cli", "config", "gifs", "i18n", "realtime", "telemetry", "web"]),
    ("realtime", &["app", "cli", "config", "gifs", "store", "telemetry", "web"]),
    ("web", &["app", "cli", "store", "telemetry"]),
    ("i18n.rs", &["app", "cli", "config", "gifs", "realtime", "store", "telemetry", "web"]),
    (
        "turnstile.rs",
        &["app", "cli", "config", "gifs", "i18n", "realtime", "store", "telemetry", "web"],
    ),
    ("config", &["app", "cli", "gifs", "i18n", "realtime", "store", "telemetry", "web"]),
    ("telemetry.rs", &["app", "chat", "cli", "gifs", "i18n", "realtime", "store", "web"]),
];

/// Technology that the domain must not name.
const NOT_IN_THE_DOMAIN: [&str; 6] =
    ["axum", "rusqlite", "socketio::", "std::fs", "tokio::fs", "tokio::net"];

/// The only files that name the engine's crate: its sessions, and the accept loop.
const NAMING_THE_ENGINE: [&str; 2] = ["realtime/engine.rs", "web/serve.rs"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Files of the repository with one of these endings, without what is installed or built.
fn sources(endings: &[&str]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for folder in ["crates", "web", "e2e", "examples", "bench"] {
        collect(&root().join(folder), endings, &mut found);
    }
    assert!(found.len() > 5, "only {} files were found", found.len());
    found
}

fn collect(folder: &Path, endings: &[&str], found: &mut Vec<(PathBuf, String)>) {
    const SKIPPED: [&str; 4] = ["node_modules", "dist", "target", "results"];
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() {
            if !SKIPPED.iter().any(|skipped| name == *skipped) {
                collect(&path, endings, found);
            }
        } else if path.extension().is_some_and(|ending| endings.iter().any(|one| ending == *one)) {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path.strip_prefix(root()).unwrap_or(&path).to_owned(), text));
        }
    }
}

#[test]
fn files_have_at_most_four_hundred_lines() {
    let long: Vec<_> = sources(&["rs", "ts", "svelte", "css", "html", "sql"])
        .into_iter()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > FILE_LINES_MAX)
        .collect();
    assert!(long.is_empty(), "split by job: {long:#?}");
}

#[test]
fn functions_have_at_most_seventy_lines() {
    let mut long = Vec::new();
    for (path, text) in sources(&["rs"]) {
        for (name, lines) in functions(&text) {
            if lines > FUNCTION_LINES_MAX {
                long.push(format!("{}: {name} has {lines} lines", path.display()));
            }
        }
    }
    assert!(long.is_empty(), "split by job: {long:#?}");
}

/// Names and lengths of functions, by the indentation that rustfmt gives their ends.
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    let mut next = 0;
    while let Some(line) = lines.get(next) {
        let start = next;
        next += 1;
        let Some(name) = function_name(line) else {
            continue;
        };
        let indent: String = line.chars().take_while(|letter| *letter == ' ').collect();
        let rest = || lines.iter().enumerate().skip(start);
        let Some((_, head)) = rest().find(|(_, line)| line.ends_with(['{', ';', '}'])) else {
            break;
        };
        // A signature without a body, or all on one line.
        if !head.ends_with('{') {
            continue;
        }
        let end = format!("{indent}}}");
        if let Some((last, _)) = rest().find(|(_, line)| **line == end) {
            found.push((name, last - start + 1));
            next = last;
        }
    }
    found
}

fn function_name(line: &str) -> Option<String> {
    let (before, after) = line.split_once("fn ")?;
    let is_start = before.split_whitespace().all(|word| {
        word.starts_with("pub") || word.contains(')') || ["async", "const"].contains(&word)
    });
    is_start.then(|| {
        after.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
    })
}

#[test]
fn the_measure_of_functions_sees_a_long_one() {
    let text = format!("pub(crate) async fn long() {{\n{}}}\n", "    work();\n".repeat(80));
    assert_eq!(functions(&text), [("long".to_owned(), 82)]);
}

#[test]
fn dependencies_between_folders_point_inwards() {
    let mut wrong = Vec::new();
    for (path, text) in sources(&["rs"]) {
        let Ok(inside) = path.strip_prefix("crates/gif-chat/src") else {
            continue;
        };
        // Tests may look at anything.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let first = inside.components().next().unwrap().as_os_str().to_str().unwrap();
        for (folder, forbidden) in ARROWS.iter().filter(|(folder, _)| *folder == first) {
            for module in *forbidden {
                // The configuration fills in the domain's limits, as the map says.
                if code.contains(&format!("crate::{module}::")) {
                    wrong.push(format!(
                        "{} names {module}, which {folder} must not",
                        path.display()
                    ));
                }
            }
        }
        if first == "chat" {
            let named = NOT_IN_THE_DOMAIN.iter().filter(|technology| code.contains(**technology));
            wrong.extend(named.map(|technology| format!("{} names {technology}", path.display())));
        }
        let may_name_it = NAMING_THE_ENGINE.iter().any(|file| inside == Path::new(file));
        if !may_name_it && code.contains("socketio::") {
            wrong.push(format!("{} names the engine", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_path_that_the_map_names_exists() {
    for document in ["ARCHITECTURE.md", "README.md", "CONTRIBUTING.md"] {
        let text = fs::read_to_string(root().join(document)).unwrap();
        let folders = ["crates/", "web/", "e2e/", "docs/", "examples/", "bench/", "deploy/"];
        let named = text.split('`').skip(1).step_by(2).filter(|code| {
            folders.iter().any(|folder| code.starts_with(folder)) && !code.contains(['*', ' ', '…'])
        });
        for path in named {
            let built = ["web/dist", "e2e/results"].iter().any(|built| path.starts_with(built));
            assert!(built || root().join(path).exists(), "{document} names {path}");
        }
    }
}

#[test]
fn every_text_that_a_template_asks_for_exists() {
    let mut asked = 0;
    for (path, text) in sources(&["html"]) {
        for call in ["page.text(\"", "page.fill(\""] {
            for rest in text.split(call).skip(1) {
                let key = rest.split('"').next().unwrap();
                let known = gif_chat::i18n::Locale::En.text(key);
                assert!(!known.is_empty(), "{} asks for {key}", path.display());
                asked += 1;
            }
        }
    }
    assert!(asked > 20, "only {asked} texts were found in the templates");
}

#[test]
fn nothing_is_left_for_later() {
    let marks = [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["todo", "!("].concat()];
    for (path, text) in sources(&["rs", "ts", "svelte", "css", "html", "sql"]) {
        for mark in &marks {
            let word =
                text.split(|letter: char| !letter.is_alphanumeric() && !"!(".contains(letter));
            assert!(!word.into_iter().any(|word| word == mark), "{} has a {mark}", path.display());
        }
    }
}
