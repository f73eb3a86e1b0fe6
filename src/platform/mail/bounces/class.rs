//! What a refusal says of an address: one table for what comes at once and what comes later (TRUST D08).

use super::report::Fault;
use crate::text_enum;

text_enum! {
    /// What a refusal says of the address.
    pub enum Class {
        /// Nobody is there.
        Hard = "hard",
        /// Not now, or not known why.
        Soft = "soft",
        /// About us, or about the mail: never counted.
        Policy = "policy",
        /// Still under way.
        Delay = "delay",
        /// It arrived.
        Delivered = "delivered",
    }
}

/// Says of us or of the mail, not of the person.
const POLICY: &[&str] = &[
    "spam",
    "blocked",
    "blacklist",
    "block list",
    "blocklist",
    "denylist",
    "dnsbl",
    "rbl",
    "spamhaus",
    "barracuda reputation",
    "reputation",
    "policy",
    "dmarc",
    "spf ",
    "dkim",
    "rejected by content",
    "message content",
    "virus",
    "malware",
    "not authorized to send",
    "sender denied",
    "sender rejected",
    "relay",
    "too large",
    "size limit",
    "message size",
    "unsolicited",
    "greylist",
    "authentication required",
    "administratively prohibited",
    "administrative prohibition",
    "sender address",
    "reverse dns",
    "ptr record",
    "helo",
    "ehlo",
];

/// The mailbox is full.
const FULL: &[&str] = &[
    "quota",
    "mailbox full",
    "mailbox is full",
    "storage",
    "out of space",
    "insufficient space",
    "postfach voll",
    "postfach ist voll",
    "boîte pleine",
];

/// Nobody is there.
const NOBODY: &[&str] = &[
    "user unknown",
    "unknown user",
    "no such user",
    "no such recipient",
    "no such mailbox",
    "no such address",
    "no mailbox",
    "does not exist",
    "doesn't exist",
    "not exist",
    "mailbox unavailable",
    "mailbox not found",
    "recipient not found",
    "recipientnotfound",
    "recipnotfound",
    "address not found",
    "unknown recipient",
    "unknown address",
    "recipient unknown",
    "invalid recipient",
    "invalid mailbox",
    "invalid address",
    "recipient address rejected: undeliverable",
    "unrouteable address",
    "unroutable address",
    "not a valid",
    "no longer valid",
    "account has been disabled",
    "account is disabled",
    "account disabled",
    "account that you tried to reach",
    "inactive user",
    "user is inactive",
    "mailbox disabled",
    "recipient address rejected",
    "not found in",
    "isn't found",
    "wasn't found",
    "no account by that name",
    "user not found",
    "unknown or illegal alias",
    "not known here",
    "not our customer",
    "empfänger unbekannt",
    "unbekannter empfänger",
    "benutzer unbekannt",
    "adresse unbekannt",
    "existiert nicht",
    "nicht gefunden",
    "n'existe pas",
    "adresse inconnue",
    "utilisateur inconnu",
    "destinataire inconnu",
    "no existe",
    "non esiste",
];

/// What a fault says of the address.
pub fn classify(fault: &Fault) -> Class {
    match fault.action.as_str() {
        "delayed" => return Class::Delay,
        "delivered" | "relayed" | "expanded" => return Class::Delivered,
        _ => {}
    }
    let words = fault.words.to_lowercase();
    let says = |list: &[&str]| list.iter().any(|known| words.contains(known));
    // The words' code counts where the report gives no status, or one that says nothing.
    match (fault.status, fault.code) {
        (Some((2, ..)), _) => Class::Delivered,
        // 5.1.7 and 5.1.8 speak of the sender.
        (Some((_, 7, _) | (_, 3, 4) | (_, 1, 7 | 8)), _) | (_, Some(552)) => Class::Policy,
        (Some((4, ..)), _) => Class::Soft,
        (Some((5, 2, 2)), _) => Class::Soft,
        _ if fault.names_the_address() => Class::Hard,
        (None, Some(400..=499)) => Class::Soft,
        // Words decide only over what the codes leave open.
        // A rule may be told in words that sound like "nobody is there": in doubt it is no word about the person.
        _ if says(POLICY) => Class::Policy,
        _ if says(FULL) => Class::Soft,
        _ if says(NOBODY) => Class::Hard,
        _ => Class::Soft,
    }
}
