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

/// The addresses of the web in a text, without what closes a sentence.
fn addresses(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '(' | ')'));
    let links = words.filter(|word| word.starts_with("http://") || word.starts_with("https://"));
    links
        .map(|link| link.trim_end_matches(['.', ',', ':']).to_owned())
        .collect()
}

fn unescaped(html: &str) -> String {
    html.replace("&#x3D;", "=")
        .replace("&amp;", "&")
        .replace("&#x27;", "'")
        .replace("&quot;", "\"")
}

/// What the HTML says in its body, without tags.
fn said(html: &str) -> String {
    let body = html.split("<tr><td class=\"body\">").nth(1).unwrap_or_default();
    let mut text = String::new();
    let mut is_tag = false;
    for c in body.chars() {
        match c {
            '<' => is_tag = true,
            '>' => is_tag = false,
            c if !is_tag => text.push(c),
            _ => continue,
        }
    }
    unescaped(&text)
}

/// What must hold of every mail's three parts (TRUST A18, D10).
fn check_parts(what: &str, words: &oxsop::platform::render::Words) {
    assert!(!words.subject.trim().is_empty(), "{what}: no subject");
    for part in [&words.subject, &words.text, &words.html] {
        assert!(
            !part.contains("{{") && !part.contains("}}"),
            "{what}: a tag is left\n{part}"
        );
        assert!(
            !part.chars().any(|c| ('\u{E000}'..='\u{E00F}').contains(&c)),
            "{what}: a mark is left\n{part}"
        );
    }
    assert!(
        !words.text.contains("&amp;") && !words.text.contains("&#x"),
        "{what}: HTML in the text\n{}",
        words.text
    );
    let html = &words.html;
    assert!(html.contains("<html lang=\"en-GB\""), "{what}: no language");
    for banned in ["<img", "<script", "src=", " style=\"", "url(", "display: flex", "<form"] {
        assert!(!html.contains(banned), "{what}: {banned}");
    }
    assert!(
        !html.contains("<p class=\"button"),
        "{what}: a button that Outlook does not draw"
    );
    let preheader = html
        .split("<div class=\"preheader\" aria-hidden=\"true\">")
        .nth(1)
        .unwrap_or_default();
    let preheader = preheader.split("</div>").next().unwrap_or_default();
    assert!((20..200).contains(&preheader.chars().count()), "{what}: {preheader}");
    assert!(!preheader.contains("482"), "{what}: the code is beside the subject");
    assert!(html.len() < 100_000, "{what}: {} bytes", html.len());
    let hrefs: BTreeSet<String> = html
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(unescaped)
        .filter(|link| link.starts_with("http"))
        .collect();
    assert_eq!(hrefs, addresses(&words.text), "{what}: other links in the text");
    // The last paragraph before the foot is in both.
    let text = said(html);
    for line in words
        .text
        .lines()
        .filter(|line| line.starts_with("Dear ") || line.contains("Thank you"))
    {
        assert!(text.contains(line.trim()), "{what}: not in the HTML: {line}");
    }
}

#[actix_web::test]
async fn every_mail_has_samples_that_render_with_the_same_links_in_text_and_html() {
    use oxsop::members::unsubscribe::headers_with_address;
    use oxsop::platform::mail::words::{Catalogue, sample_facts};
    use oxsop::platform::render::reworded::{Reworded, needed, original, value_of};
    let app = crate::support::TestApp::start_as(crate::believed::sign_with("one")).await;
    let catalogue = app.app.part::<Catalogue>().expect("a catalogue");
    let described: Vec<&str> = catalogue.0.iter().map(|kind| kind.name).collect();
    let names = renderer().names();
    let mails: BTreeSet<&str> = names
        .iter()
        .filter_map(|name| name.strip_prefix("mail/")?.strip_suffix(".subject"))
        .collect();
    for mail in &mails {
        assert!(
            described.contains(mail),
            "no samples of {mail}: add them to kinds() of its slice"
        );
    }
    assert_eq!(described.len(), mails.len(), "{described:?}");
    let folder = std::env::var("OXSOP_TEST_MAILS").unwrap_or_default();
    for kind in &catalogue.0 {
        assert!(!kind.samples.is_empty(), "{}", kind.name);
        assert!(kind.when.ends_with('.'), "{}", kind.name);
        let mut facts = sample_facts(&app.app, kind);
        // The original's own words fit, and make the same mail.
        let source = original(kind.name).expect("an original");
        let compiled = app.app.renderer.reword(kind, &facts, &source);
        let compiled = compiled.unwrap_or_else(|unfit| panic!("{}: {}", kind.name, unfit.all()));
        let mut reworded = facts.clone();
        reworded.reworded = Reworded::only(kind.name, compiled);
        for name in needed(kind) {
            let is_shown = |sample: &oxsop::platform::mail::words::Sample| {
                value_of(&sample.view, &name).is_some_and(|value| !value.is_empty())
            };
            assert!(kind.samples.iter().any(is_shown), "{}: no sample has {name}", kind.name);
        }
        for (n, sample) in kind.samples.iter().enumerate() {
            let what = format!("{} ({})", kind.name, sample.label);
            facts.footer.clone_from(&sample.footer);
            reworded.footer.clone_from(&sample.footer);
            let words = app.app.renderer.original(kind.name, &facts, &sample.view);
            let words = words.unwrap_or_else(|e| panic!("{what}: {e}"));
            check_parts(&what, &words);
            let again = app
                .app
                .renderer
                .mail(kind.name, &reworded, &sample.view)
                .expect("it renders");
            check_parts(&format!("{what}, reworded"), &again);
            assert!(
                again.html.contains("<h1>") || !words.html.contains("<h1>"),
                "{what}: no heading"
            );
            for heading in words
                .html
                .split("<h2>")
                .skip(1)
                .filter_map(|rest| rest.split("</h2>").next())
            {
                let is_in_both = words.text.contains(&heading.to_uppercase());
                let is_kept = again.html.contains(&format!("<h2>{heading}</h2>"));
                assert!(is_kept || !is_in_both, "{what}: no longer a heading: {heading}");
            }
            assert_eq!(again.subject, words.subject, "{what}");
            for line in words.text.lines().filter(|line| !line.trim().is_empty()) {
                assert!(
                    again.text.contains(line),
                    "{what}: lost when reworded: {line}\n{}",
                    again.text
                );
            }
            if !folder.is_empty() {
                let off_url = value_of(&sample.view, "off_url").filter(|url| !url.is_empty());
                let headers = off_url
                    .map(|url| headers_with_address(&app.app.config, &url))
                    .unwrap_or_default();
                let name = format!("{}-{n}", kind.name.replace('/', "-"));
                write_mail(&app.app, &folder, &name, words, &headers);
                write_mail(&app.app, &folder, &format!("{name}-reworded"), again, &headers);
            }
        }
    }
}

/// The mail as it would leave, signed, and its HTML by itself, for looking at.
fn write_mail(
    app: &oxsop::platform::app::App,
    folder: &str,
    name: &str,
    words: oxsop::platform::render::Words,
    headers: &[(String, String)],
) {
    use oxsop::platform::clock::At;
    use oxsop::platform::mail::Address;
    use oxsop::platform::mail::message::{AutoSubmitted, MailContent, bytes};
    let address = |email: &str, name: &str| Address {
        email: email.into(),
        name: name.into(),
    };
    std::fs::write(format!("{folder}/{name}.html"), &words.html).expect("a file");
    let mail = MailContent {
        from: address("network@oxsop.example.org", "Sample Network"),
        to: address("sample.member@example.org", "Sample Member"),
        reply_to: None,
        envelope_from: "network@oxsop.example.org".into(),
        subject: words.subject,
        text: words.text,
        html: words.html,
        calendar: None,
        message_id: format!("{name}@oxsop.example.org"),
        // Who verifies a signature does not believe one of the future.
        date: At::from_timestamp(jiff::Timestamp::now()),
        auto_submitted: AutoSubmitted::Generated,
        headers: headers.to_vec(),
        in_reply_to: None,
    };
    let signers = app.part::<oxsop::platform::mail::dkim::Signers>().expect("keys");
    let bytes = bytes(&mail).expect("a mail");
    let signed = signers
        .sign(bytes, "oxsop.example.org", mail.date)
        .expect("a signed mail");
    std::fs::write(format!("{folder}/{name}.eml"), signed).expect("a file");
    std::fs::write(format!("{folder}/dkim.txt"), crate::believed::record_of("one-rsa")).expect("a file");
}
