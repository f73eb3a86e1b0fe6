//! The house rule: look down, never up, never sideways.

use std::path::{Path, PathBuf};

/// The floors from the top; a part may use what stands lower, and the parts of one floor do not know each other.
const FLOORS: &[&[&str]] = &[
    &["cli"],
    &["server"],
    &["review", "site"],
    &["inbox"],
    &["digest"],
    &["join", "meetings", "announcements", "activities"],
    &["members"],
    &["web"],
    &["platform"],
];

/// Fixed packages with one home each: (crate path in code, folders or files where it may stand).
const HOMES: &[(&str, &[&str])] = &[
    ("lettre::", &["platform/mail"]),
    ("handlebars::", &["platform/render"]),
    ("ics::", &["platform/ical"]),
    ("argon2::", &["platform/secret"]),
    ("ring::", &["platform/mail/dkim"]),
    ("simple_dns::", &["platform/dns"]),
];

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    files
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a source file");
            (
                path.strip_prefix(&root)
                    .expect("inside src")
                    .to_string_lossy()
                    .into_owned(),
                text,
            )
        })
        .collect()
}

fn floor(part: &str) -> Option<usize> {
    FLOORS.iter().position(|parts| parts.contains(&part))
}

/// The parts that a line names by `crate::part`, also inside `use crate::{a, b::c}`.
fn parts_named(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for rest in line.split("crate::").skip(1) {
        let word = |text: &str| {
            text.chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect::<String>()
        };
        match rest.strip_prefix('{') {
            Some(group) => found.extend(group.split(',').map(|item| word(item.trim()))),
            None => found.push(word(rest)),
        }
    }
    found
}

fn breaches(sources: &[(String, String)]) -> Vec<String> {
    let mut breaches = Vec::new();
    for (path, text) in sources {
        let Some(part) = path.split('/').next().filter(|part| floor(part).is_some()) else {
            continue;
        };
        for (number, line) in text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            for named in parts_named(line) {
                let (Some(from), Some(to)) = (floor(part), floor(&named)) else {
                    continue;
                };
                if named != part && to <= from {
                    breaches.push(format!("src/{path}:{} {part} uses {named}", number + 1));
                }
            }
        }
    }
    breaches
}

#[test]
fn every_part_looks_down_only() {
    let breaches = breaches(&sources());
    assert!(breaches.is_empty(), "{breaches:#?}");
}

#[test]
fn the_rule_can_be_broken() {
    let wrong = [
        ("web/page.rs".to_owned(), "use crate::members::Member;".to_owned()),
        (
            "join/mod.rs".to_owned(),
            "use crate::{platform::app::App, meetings};".to_owned(),
        ),
    ];
    assert_eq!(breaches(&wrong).len(), 2);
}

#[test]
fn every_fixed_package_has_one_home() {
    let mut strangers = Vec::new();
    for (path, text) in sources() {
        for (package, homes) in HOMES {
            let uses = |line: &str| {
                line.match_indices(package)
                    .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'))
            };
            let at_home = homes.iter().any(|home| path.starts_with(home));
            for (number, _) in text
                .lines()
                .enumerate()
                .filter(|(_, line)| !at_home && !line.trim_start().starts_with("//") && uses(line))
            {
                strangers.push(format!("src/{path}:{} uses {package}", number + 1));
            }
        }
    }
    assert!(strangers.is_empty(), "{strangers:#?}");
}

#[test]
fn only_the_clock_asks_for_the_time() {
    let asking: Vec<String> = sources()
        .into_iter()
        .filter(|(path, _)| path != "platform/clock.rs")
        .filter(|(_, text)| {
            ["Timestamp::now(", "SystemTime::now(", "Zoned::now(", "Utc::now("]
                .iter()
                .any(|call| text.contains(call))
        })
        .map(|(path, _)| path)
        .collect();
    assert!(asking.is_empty(), "now() outside the clock: {asking:?}");
}

#[test]
fn templates_hold_no_raw_output_and_nothing_inline() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut wrong = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            if path.extension().is_none_or(|e| e != "hbs") {
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a template");
            for banned in [
                "{{{",
                "{{&",
                " style=\"",
                "<script>",
                "javascript:",
                " onclick",
                " onload",
                "//fonts.",
                "cdn.",
            ] {
                if text.contains(banned) {
                    wrong.push(format!("{}: {banned}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
