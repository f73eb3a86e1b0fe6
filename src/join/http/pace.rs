//! Whether a form came back sooner than a person can fill it in (TRUST S56).
//!
//! # Why
//! The page carries when it was shown, with a keyed hash. A post without that field is let through: the public
//! surface names the fields of the form, and this one is not among them. It holds back the simplest robots, which
//! send what they find; limits, the honeypot and the proof of the address do the rest.

use crate::platform::clock::At;
use crate::platform::secret::Keys;

const PURPOSE: &str = "join form";

/// The value of the field on a page shown at `now`.
pub fn stamp(keys: &Keys, now: At) -> String {
    let shown = now.unix().to_string();
    let proof = keys.keyed_hash(PURPOSE, &shown);
    format!("{shown}.{proof}")
}

/// Whether the form came back within `least` seconds, or with a stamp that is not ours.
pub fn is_too_quick(keys: &Keys, stamp: &str, now: At, least: i64) -> bool {
    if stamp.is_empty() {
        return false;
    }
    let shown = stamp
        .split_once('.')
        .filter(|(shown, proof)| keys.is_keyed_hash(PURPOSE, shown, proof))
        .and_then(|(shown, _)| shown.parse::<i64>().ok());
    shown.is_none_or(|shown| now.unix() - shown < least)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::clock::seconds;

    #[test]
    fn a_person_needs_two_seconds() {
        let keys = Keys::new([7; 32], 64, 1).unwrap();
        let shown = At::from_unix(1_800_000_000);
        let given = stamp(&keys, shown);
        for (stamp, after, expected) in [
            (given.as_str(), 0, true),
            (given.as_str(), 1, true),
            (given.as_str(), 2, false),
            (given.as_str(), 90_000, false),
            ("", 0, false),
            ("1.forged", 60, true),
            ("1800000000.", 60, true),
        ] {
            let now = shown.plus(seconds(after));
            assert_eq!(is_too_quick(&keys, stamp, now, 2), expected, "{stamp} after {after} s");
        }
    }
}
