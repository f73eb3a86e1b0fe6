//! The envelope sender of each mail, and back (VERP): `b+<id of the mail>.<mac>@domain`.

use crate::platform::config::Config;
use crate::platform::mail::outbox::OutboxId;
use crate::platform::secret::Keys;

const PURPOSE: &str = "bounce";

/// The envelope sender of a mail.
pub fn sender_of(keys: &Keys, config: &Config, id: &OutboxId) -> String {
    let base = &config.mail.bounce_address;
    let (local, domain) = base.rsplit_once('@').unwrap_or((base, "localhost"));
    format!("{local}+{}@{domain}", keys.address_tag(PURPOSE, id.as_str()))
}

/// The mail whose envelope sender this tag (what follows the plus) belongs to, if we made it.
pub fn mail_of(keys: &Keys, tag: &str) -> Option<OutboxId> {
    keys.id_in_tag(PURPOSE, tag).map(OutboxId::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_known_by_the_address_it_left_with_and_by_no_other() {
        let keys = Keys::new([7; 32], 64, 1).unwrap();
        let config = Config::from_parts(None, std::iter::empty()).unwrap();
        let id = OutboxId::new();
        let sender = sender_of(&keys, &config, &id);
        let (local, domain) = sender.split_once('@').unwrap();
        assert!(local.len() <= 64 && domain == "oxsop.example.org", "{sender}");
        let tag = local.strip_prefix("b+").unwrap();
        assert_eq!(mail_of(&keys, tag), Some(id.clone()));
        assert_eq!(mail_of(&keys, &tag.to_uppercase()), Some(id), "servers change the case");
        let (bare, mac) = tag.split_once('.').unwrap();
        for forged in [
            bare.to_owned(),
            format!("{bare}."),
            format!("{bare}.{}", "0".repeat(20)),
            format!("{bare}.{}", &mac[..19]),
            format!("{}.{mac}", OutboxId::new().as_str().replace('-', "")),
            keys.address_tag("another purpose", bare),
        ] {
            assert_eq!(mail_of(&keys, &forged), None, "{forged}");
        }
    }
}
