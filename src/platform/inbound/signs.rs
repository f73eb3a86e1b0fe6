//! What a mail's headers say beside its words: that no person has sent it (RFC 3834, and what programs older than it
//! write), and that its author's domain vouches for it (RFC 8601, RFC 9989).

use mail_parser::Message;

use super::letter::{bare, header, limited};
use crate::platform::text::line::clean_line;

/// Beginnings of the subjects of absence notes that carry no other sign; what follows each is the end, a colon, a
/// dash, or "Re".
const ABSENT: &[&str] = &[
    "automatic reply",
    "auto reply",
    "auto-reply",
    "autoreply",
    "out of office",
    "out of office autoreply",
    "out of the office",
    "on leave",
    "on annual leave",
    "automatische antwort",
    "abwesenheitsnotiz",
    "abwesend",
    "abwesenheit",
    "réponse automatique",
    "absence du bureau",
    "respuesta automática",
    "fuera de la oficina",
    "resposta automática",
    "risposta automatica",
    "automatisch antwoord",
    "afwezig",
    "autosvar",
    "automaattinen vastaus",
    "odpowiedź automatyczna",
    "automatická odpověď",
    "vacation",
    "vacation reply",
    "vacation message",
];

fn is_absence(subject: &str) -> Option<&'static str> {
    let subject = subject.trim().to_lowercase();
    let is_end = |rest: &str| {
        let rest = rest.trim_start();
        rest.is_empty() || rest.starts_with([':', '-', '–', '—', '(', '[']) || rest.starts_with("re:")
    };
    ABSENT
        .iter()
        .find(|start| subject.strip_prefix(**start).is_some_and(is_end))
        .copied()
}

/// The sign by which RFC 3834, and programs older than it, mark what no person has sent.
pub(super) fn automatic(message: &Message<'_>, return_path: Option<&str>, from: &str) -> Option<String> {
    let value = |name: &str| header(message, name).map(|value| limited(&value, 100));
    if let Some(word) = value("Auto-Submitted").filter(|word| {
        !word
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .eq_ignore_ascii_case("no")
    }) {
        return Some(format!("Auto-Submitted: {word}"));
    }
    let told = ["bulk", "junk", "list", "auto_reply", "auto-reply"];
    if let Some(word) = value("Precedence").filter(|word| told.iter().any(|t| word.eq_ignore_ascii_case(t))) {
        return Some(format!("Precedence: {word}"));
    }
    for name in [
        "X-Autoreply",
        "X-Autorespond",
        "X-Autoresponder",
        "X-Autoreply-From",
        "X-Mail-Autoreply",
        "X-POST-MessageClass",
        "X-Loop",
    ] {
        if let Some(word) = value(name) {
            return Some(format!("{name}: {word}"));
        }
    }
    if return_path == Some("") {
        return Some("an empty sender".into());
    }
    let local = from.split('@').next().unwrap_or_default().to_ascii_lowercase();
    let machines = ["mailer-daemon", "postmaster", "bounce", "bounces"];
    let begins = ["no-reply", "noreply", "no_reply", "do-not-reply", "donotreply"];
    if machines.contains(&local.as_str()) || begins.iter().any(|start| local.starts_with(start)) {
        return Some(format!("from {local}"));
    }
    is_absence(message.subject().unwrap_or_default()).map(|start| format!("its subject begins with '{start}'"))
}

/// Whether our own mail server found the author's domain to vouch for this mail (RFC 8601, RFC 9989).
///
/// Its header stands on top of everything that came with the mail, or right below the `Received` lines that it wrote
/// itself: whatever stands under another server's `Received`, or under a judgement of another name, the sender may
/// have written.
pub(super) fn is_authentic(message: &Message<'_>, authserv_id: &str, from: &str) -> bool {
    let authserv_id = authserv_id.to_ascii_lowercase();
    let mut has_begun = false;
    for (name, value) in message.headers_raw() {
        if name.eq_ignore_ascii_case("Received") {
            if has_begun || !is_by(value, &authserv_id) {
                return false;
            }
            continue;
        }
        if !name.eq_ignore_ascii_case("Authentication-Results") {
            continue;
        }
        let value = clean_line(&without_comments(value)).to_ascii_lowercase();
        let mut clauses = value.split(';');
        let id = clauses.next().and_then(|id| id.split_whitespace().next());
        if id != Some(authserv_id.as_str()) {
            return false;
        }
        has_begun = true;
        for clause in clauses {
            let mut words = clause.split_whitespace();
            if words.next().is_some_and(|word| word.starts_with("dmarc=")) {
                let domain = words.find_map(|word| word.strip_prefix("header.from="));
                let domain_fits =
                    domain.is_none_or(|domain| from.to_ascii_lowercase().ends_with(&format!("@{}", bare(domain))));
                return clause.trim_start().starts_with("dmarc=pass") && domain_fits && !from.is_empty();
            }
        }
    }
    false
}

/// Whether a `Received` line was written by this server.
fn is_by(received: &str, server: &str) -> bool {
    let received = without_comments(received).to_ascii_lowercase();
    let mut words = received.split_whitespace().skip_while(|word| *word != "by");
    words.nth(1).is_some_and(|by| by.trim_end_matches(';') == server)
}

fn without_comments(value: &str) -> String {
    let mut depth = 0_usize;
    value
        .chars()
        .filter(|c| match c {
            '(' => {
                depth += 1;
                false
            }
            ')' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect()
}
