//! The rules of signing in: how long a link lives, who may use it at once, what a password must be.
//!
//! # Why
//! * A link lives ten minutes (TRUST S09). Outlook's scanning can hold a mail back for as long; such a reader
//!   finds a page that sends a new link at one press. Reports that this is common would change the number.
//! * A link is looked at by mail scanners, some of which press buttons. So only the browser that asked may use it
//!   at once; any other must give the code that stands in the same mail, which no scanner types.
//! * The code is not taken on the page where the link was asked for: a stranger who asks in your name and talks the
//!   code out of you would be in. With the code alone they are not.

use jiff::SignedDuration;

use super::common_passwords::is_common;
use crate::platform::clock::{At, hours, minutes};
use crate::platform::secret::{Hashed, Keys, fold_code};
use crate::text_enum;
use crate::web::MemberId;

/// How long a sign-in link can be used.
pub const LINK_LIFE: SignedDuration = minutes(10);

/// How long a link for setting a password can be used.
pub const PASSWORD_LINK_LIFE: SignedDuration = hours(1);

/// How often a code may be tried before link and code are void.
pub const CODE_TRIES: i32 = 5;

/// Characters of a password.
pub const PASSWORD_SHORTEST: usize = 8;
pub const PASSWORD_LONGEST: usize = 200;

text_enum! {
    /// What a link is for; one kind never does the other's work.
    pub enum Purpose {
        SignIn = "sign-in",
        Password = "password",
    }
}

/// A link that was sent or printed.
#[derive(Clone, Debug, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = crate::platform::db::schema::sign_in_links)]
pub struct Link {
    pub token_hash: String,
    pub member_id: MemberId,
    pub browser_hash: String,
    pub code_hash: String,
    pub tries_left: i32,
    pub expires_at: At,
    pub used_at: Option<At>,
}

impl Link {
    pub fn is_live(&self, now: At) -> bool {
        self.used_at.is_none() && now < self.expires_at
    }

    /// Whether this is the browser that asked for the link.
    pub fn was_asked_by(&self, browser: Option<&Hashed>) -> bool {
        !self.browser_hash.is_empty() && browser.is_some_and(|browser| browser.as_str() == self.browser_hash)
    }

    /// Whether `typed` is the code of the same mail, however it was typed.
    pub fn is_code(&self, keys: &Keys, typed: &str) -> bool {
        keys.is_keyed_hash("sign-in code", &code_text(&self.token_hash, typed), &self.code_hash)
    }
}

/// What is stored of a code: bound to its link and to the key, for eight characters alone can be guessed.
pub fn code_hash(keys: &Keys, token: &Hashed, code: &str) -> String {
    keys.keyed_hash("sign-in code", &code_text(token.as_str(), code))
}

fn code_text(token_hash: &str, code: &str) -> String {
    format!("{token_hash} {}", fold_code(code))
}

/// Where to go after signing in: a path of ours as our own pages write them, or else `/me` (TRUST S39).
pub fn safe_next(raw: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-_.~?=&+%".contains(&b);
    let lower = raw.to_ascii_lowercase();
    let is_ours = raw.len() <= 500
        && raw.starts_with('/')
        && raw.as_bytes().get(1).is_some_and(|b| b.is_ascii_alphanumeric())
        && raw.bytes().all(plain)
        && !raw.contains("//")
        && !["%5c", "%2f", "%0", "%1"].iter().any(|bad| lower.contains(bad))
        && !["/sign-in", "/sign-out"].iter().any(|door| lower.starts_with(door));
    if is_ours { raw.to_owned() } else { "/me".to_owned() }
}

/// Whether a password will do; the error says what to do instead. `names` are the network's and the person's.
pub fn check_password(password: &str, names: &[&str]) -> Result<(), String> {
    let count = password.chars().count();
    if count < PASSWORD_SHORTEST {
        return Err(format!(
            "Use at least {PASSWORD_SHORTEST} characters; 15 or more are better."
        ));
    }
    if count > PASSWORD_LONGEST {
        return Err(format!("Use at most {PASSWORD_LONGEST} characters."));
    }
    if is_common(password) {
        return Err(
            "This password is among the first that others would try. Three or four words of your own are better."
                .into(),
        );
    }
    let core = core_of(password);
    let is_a_name = names.iter().any(|name| {
        let name = core_of(name);
        !name.is_empty() && (core == name || core == name.repeat(2))
    });
    if is_a_name {
        return Err("This is a name with little added. Three or four words of your own are better.".into());
    }
    Ok(())
}

/// The letters of a text, in lower case: what is left of `OXSOP-2027!`.
fn core_of(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphabetic())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_signing_in_one_lands_on_our_own_pages() {
        for ours in [
            "/me",
            "/coordinate/requests/0198-ab",
            "/members?q=green+care&page=2",
            "/rsvp/abc",
        ] {
            assert_eq!(safe_next(ours), ours);
        }
        for foreign in [
            "",
            "me",
            "//e",
            "/\\e",
            "/%5ce",
            "/%5Ce",
            "/%2fe",
            "https:e",
            "https://e.example",
            "\t//e",
            "/\t/e",
            "/@e",
            "javascript:alert(1)",
            "/a//e",
            "/ä",
            "/a\r\nb",
            "/a%0d%0ab",
            "/sign-in",
            "/sign-out",
            "/",
        ] {
            assert_eq!(safe_next(foreign), "/me", "{foreign:?}");
        }
        assert_eq!(safe_next(&format!("/{}", "a".repeat(600))), "/me");
    }

    #[test]
    fn a_password_is_long_enough_and_no_common_one() {
        let names = [
            "OXSOP",
            "Oxford Social Prescribing Research Network",
            "Ana Lima",
            "ana.lima@example.org",
        ];
        for good in [
            "cormorant tide",
            "seven kettles whistle",
            "ümlaut-kettle",
            &"x1y2".repeat(50),
        ] {
            assert_eq!(check_password(good, &names), Ok(()), "{good}");
        }
        for bad in [
            "",
            "1234567",
            "12345678",
            "password",
            "Password123!",
            "qwertyuiop",
            "aaaaaaaa",
            "OXSOP2027!",
            "oxsop-OXSOP",
            "Ana Lima 1",
            "abcdefgh",
            "87654321",
            &"x1y2".repeat(51),
        ] {
            assert!(check_password(bad, &names).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_code_is_known_however_it_is_typed_and_for_its_link_only() {
        let keys = Keys::new([7; 32], 64, 1).unwrap();
        let token = crate::platform::secret::Plain::given("a").hashed();
        let link = Link {
            token_hash: token.as_str().to_owned(),
            member_id: MemberId::new(),
            browser_hash: String::new(),
            code_hash: code_hash(&keys, &token, "abcd-ef23"),
            tries_left: CODE_TRIES,
            expires_at: At::from_unix(600),
            used_at: None,
        };
        assert!(
            ["abcd-ef23", " ABCD EF23 ", "abcdef23", "abcd–ef23"]
                .iter()
                .all(|typed| link.is_code(&keys, typed))
        );
        assert!(!link.is_code(&keys, "abcd-ef24") && !link.is_code(&keys, ""));
        let other = Link {
            token_hash: "other".into(),
            ..link.clone()
        };
        assert!(!other.is_code(&keys, "abcd-ef23"));
        assert!(link.is_live(At::from_unix(599)) && !link.is_live(At::from_unix(600)));
        assert!(
            !link.was_asked_by(None),
            "no browser is not the browser that left no trace"
        );
    }
}
