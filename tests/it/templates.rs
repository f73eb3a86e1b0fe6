//! Templates hold together: each is used, each part they call exists, each mail has its three files.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::app::renderer;

fn read_all(folder: &Path, extension: &str, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read_all(&path, extension, found);
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push((
                path.to_string_lossy().into_owned(),
                std::fs::read_to_string(&path).expect("text"),
            ));
        }
    }
}

#[test]
fn every_page_and_mail_is_used_and_every_mail_is_whole() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    read_all(&root.join("src"), "rs", &mut sources);
    let code: String = sources.into_iter().map(|(_, text)| text).collect();
    let names = renderer().names();
    let mut mails: BTreeSet<String> = BTreeSet::new();
    for name in &names {
        if name.starts_with("pages/") {
            assert!(code.contains(&format!("\"{name}\"")), "no code renders {name}");
        } else if let Some(mail) = name.strip_prefix("mail/") {
            mails.insert(mail.rsplit_once('.').map_or(mail, |(stem, _)| stem).to_owned());
        }
    }
    for mail in &mails {
        for part in ["subject", "txt", "html"] {
            assert!(
                names.contains(&format!("mail/{mail}.{part}")),
                "mail/{mail}.{part} is missing"
            );
        }
        assert!(code.contains(&format!("\"{mail}\"")), "no code sends {mail}");
    }
    assert!(names.len() > 40, "{}", names.len());
}

#[test]
fn every_part_that_a_template_calls_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut templates = Vec::new();
    read_all(&root, "hbs", &mut templates);
    let names: BTreeSet<String> = renderer().names().into_iter().collect();
    for (path, text) in templates {
        for call in ["{{> ", "{{#> "] {
            for rest in text.split(call).skip(1) {
                let called: String = rest.chars().take_while(|c| !c.is_whitespace() && *c != '}').collect();
                assert!(
                    called.starts_with('@') || names.contains(&called),
                    "{path} calls {called}, which does not exist"
                );
            }
        }
    }
}
