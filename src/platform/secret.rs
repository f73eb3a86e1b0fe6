//! Secrets: random and derived tokens, their hashes, sealed text, passwords.
//!
//! A token that a person holds is a [`Plain`]; what the database holds is a [`Hashed`]. Links that must be
//! shown again (answer, unsubscribe, private calendar, reply address) are *derived* from the key of the data
//! folder: base32 of 128 bits of HMAC-SHA-256(key, purpose, id, generation). Only the hash, for looking up,
//! and the generation are stored.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use data_encoding::{BASE64, Encoding, HEXLOWER, Specification};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

/// A token as its holder has it: 26 characters of lower-case base32, 128 bits.
#[derive(Clone, PartialEq, Eq)]
pub struct Plain(String);

/// SHA-256 of a token, in hex: what the database may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashed(String);

impl Plain {
    /// 128 random bits.
    pub fn random() -> Plain {
        Plain(base32().encode(&rand::random::<[u8; 16]>()))
    }

    /// A token as it came in a link or a cookie; anything at all is accepted, for only its hash is used.
    pub fn given(text: &str) -> Plain {
        Plain(text.to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn hashed(&self) -> Hashed {
        Hashed(HEXLOWER.encode(&Sha256::digest(self.0.as_bytes())))
    }
}

impl std::fmt::Debug for Plain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Plain(…)")
    }
}

impl Hashed {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn base32() -> Encoding {
    let mut spec = Specification::new();
    spec.symbols.push_str("abcdefghijklmnopqrstuvwxyz234567");
    spec.encoding().unwrap_or(data_encoding::BASE32_NOPAD)
}

/// The key of the data folder, and what is made with it.
pub struct Keys {
    key: [u8; 32],
    argon2: Argon2<'static>,
    hashing: Arc<Semaphore>,
}

/// Hexadecimal digits of the keyed hash in a tag: 80 bits.
const TAG_DIGITS: usize = 20;

/// Why there is no key, or why text could not be unsealed.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("the key file {0} cannot be used: {1}")]
    File(String, String),
    #[error("the key file {0} can be read by others: chmod 600 it")]
    Open(String),
    #[error("sealed text that this key does not open")]
    Seal,
    #[error("the password could not be hashed: {0}")]
    Password(String),
}

impl Keys {
    /// Reads the key, or makes one (mode 600) where there is none.
    pub fn load(path: &Path, argon2_memory: u32, argon2_passes: u32) -> Result<Keys, SecretError> {
        let at = || path.display().to_string();
        let failed = |e: std::io::Error| SecretError::File(at(), e.to_string());
        if !path.exists() {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).map_err(failed)?;
            }
            let text = HEXLOWER.encode(&rand::random::<[u8; 32]>());
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(path).map_err(failed)?;
            file.write_all(text.as_bytes())
                .and_then(|()| file.sync_all())
                .map_err(failed)?;
        }
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(path).map_err(failed)?);
            if mode & 0o077 != 0 {
                return Err(SecretError::Open(at()));
            }
        }
        let text = std::fs::read_to_string(path).map_err(failed)?;
        let key = HEXLOWER
            .decode(text.trim().as_bytes())
            .ok()
            .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
            .ok_or_else(|| SecretError::File(at(), "it is not 64 hexadecimal digits".into()))?;
        Keys::new(key, argon2_memory, argon2_passes)
    }

    pub fn new(key: [u8; 32], argon2_memory: u32, argon2_passes: u32) -> Result<Keys, SecretError> {
        let params =
            Params::new(argon2_memory, argon2_passes, 1, None).map_err(|e| SecretError::Password(e.to_string()))?;
        Ok(Keys {
            key,
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            // Each hash takes 19 MiB; two at a time keep a small machine alive.
            hashing: Arc::new(Semaphore::new(2)),
        })
    }

    fn mac(&self, purpose: &str, parts: &[&str]) -> [u8; 32] {
        let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&self.key)
            .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
        mac.update(purpose.as_bytes());
        for part in parts {
            mac.update(&[0]);
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }

    /// The token of `purpose` for `id`: the same every time, until its generation is raised.
    pub fn derive(&self, purpose: &str, id: &str, generation: i32) -> Plain {
        let mac = self.mac(purpose, &[id, &generation.to_string()]);
        Plain(base32().encode(&mac[..16]))
    }

    /// A keyed hash, in hex: for codes that are short and addresses that must not be guessable.
    pub fn keyed_hash(&self, purpose: &str, text: &str) -> String {
        HEXLOWER.encode(&self.mac(purpose, &[text])[..16])
    }

    /// Whether `given` is `keyed_hash(purpose, text)`, compared in constant time.
    pub fn is_keyed_hash(&self, purpose: &str, text: &str, given: &str) -> bool {
        let right = self.keyed_hash(purpose, text);
        right.len() == given.len() && right.bytes().zip(given.bytes()).fold(0, |acc, (a, b)| acc | (a ^ b)) == 0
    }

    /// A tag for the local part of an address (52 characters at most, no case): an id (a UUID), and what only this key
    /// makes of it.
    pub fn address_tag(&self, purpose: &str, id: &str) -> String {
        let bare: String = id.chars().filter(|c| *c != '-').collect();
        let mac: String = self.keyed_hash(purpose, &bare).chars().take(TAG_DIGITS).collect();
        format!("{bare}.{mac}")
    }

    /// The id in a tag that [`Keys::address_tag`] made; compared in constant time.
    pub fn id_in_tag(&self, purpose: &str, tag: &str) -> Option<String> {
        let tag = tag.to_ascii_lowercase();
        let id = uuid::Uuid::try_parse(tag.split_once('.')?.0).ok()?.to_string();
        let right = self.address_tag(purpose, &id);
        let differs = right.bytes().zip(tag.bytes()).fold(0, |acc, (a, b)| acc | (a ^ b));
        (right.len() == tag.len() && differs == 0).then_some(id)
    }

    /// Says which key this is, without giving it away.
    pub fn fingerprint(&self) -> String {
        self.keyed_hash("fingerprint", "")
    }

    /// Seals text so that only this key reads it (ChaCha20-Poly1305, random nonce, base64).
    pub fn seal(&self, text: &str) -> Result<String, SecretError> {
        let nonce: [u8; 12] = rand::random();
        let cipher = ChaCha20Poly1305::new(&self.mac("seal", &[]).into());
        let sealed = cipher
            .encrypt(&Nonce::from(nonce), text.as_bytes())
            .map_err(|_| SecretError::Seal)?;
        Ok(BASE64.encode(&[nonce.as_slice(), &sealed].concat()))
    }

    pub fn unseal(&self, sealed: &str) -> Result<String, SecretError> {
        let bytes = BASE64.decode(sealed.as_bytes()).map_err(|_| SecretError::Seal)?;
        let (nonce, sealed) = bytes.split_first_chunk::<12>().ok_or(SecretError::Seal)?;
        let cipher = ChaCha20Poly1305::new(&self.mac("seal", &[]).into());
        let text = cipher
            .decrypt(&Nonce::from(*nonce), sealed)
            .map_err(|_| SecretError::Seal)?;
        String::from_utf8(text).map_err(|_| SecretError::Seal)
    }

    /// Hashes a password with argon2id into a PHC string; on a thread for such work, two at a time.
    pub async fn hash_password(self: &Arc<Self>, password: String) -> Result<String, SecretError> {
        let keys = self.clone();
        let _turn = self
            .hashing
            .clone()
            .acquire_owned()
            .await
            .map_err(|e| SecretError::Password(e.to_string()))?;
        let hashed = tokio::task::spawn_blocking(move || {
            keys.argon2
                .hash_password(password.as_bytes())
                .map(|hash| hash.to_string())
                .map_err(|e| SecretError::Password(e.to_string()))
        });
        hashed.await.map_err(|e| SecretError::Password(e.to_string()))?
    }

    /// Whether `password` is the one behind `phc`; the same work is done when there is none.
    pub async fn is_password(self: &Arc<Self>, password: String, phc: Option<String>) -> Result<bool, SecretError> {
        let Some(phc) = phc else {
            self.hash_password(password).await?;
            return Ok(false);
        };
        let keys = self.clone();
        let _turn = self
            .hashing
            .clone()
            .acquire_owned()
            .await
            .map_err(|e| SecretError::Password(e.to_string()))?;
        let checked = tokio::task::spawn_blocking(move || {
            PasswordHash::new(&phc).is_ok_and(|hash| keys.argon2.verify_password(password.as_bytes(), &hash).is_ok())
        });
        checked.await.map_err(|e| SecretError::Password(e.to_string()))
    }
}

/// Text with every token of ours (26 characters of lower-case base32, whatever such characters stand beside it)
/// replaced by dots.
pub fn mask_tokens(text: &str) -> String {
    let is_token_char = |c: char| c.is_ascii_lowercase() || ('2'..='7').contains(&c);
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_token_char) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c| !is_token_char(c)).unwrap_or(from.len());
        masked.push_str(before);
        masked.push_str(if end >= 26 { "…" } else { &from[..end] });
        rest = &from[end..];
    }
    masked.push_str(rest);
    masked
}

/// A code a person can type: `abcd-efgh`, 8 characters of 32 (40 bits), none that look alike.
pub fn typed_code() -> String {
    const ALPHABET: &[u8; 32] = b"23456789abcdefghjkmnpqrstuvwxyz2";
    let bytes: [u8; 8] = rand::random();
    let letters: String = bytes
        .iter()
        .map(|b| char::from(ALPHABET[usize::from(b & 31)]))
        .collect();
    format!("{}-{}", &letters[..4], &letters[4..])
}

/// A typed code as it is compared: without blanks and dashes, lower case.
pub fn fold_code(typed: &str) -> String {
    typed
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Arc<Keys> {
        Arc::new(Keys::new([7; 32], 64, 1).unwrap())
    }

    #[test]
    fn derived_tokens_differ_by_purpose_id_and_generation() {
        let keys = keys();
        let first = keys.derive("rsvp", "a", 0);
        assert_eq!(first, keys.derive("rsvp", "a", 0));
        assert_eq!(first.as_str().len(), 26);
        for other in [
            keys.derive("calendar", "a", 0),
            keys.derive("rsvp", "b", 0),
            keys.derive("rsvp", "a", 1),
        ] {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn tokens_are_masked_and_words_are_not() {
        let token = keys().derive("rsvp", "a", 0);
        let text = format!(
            "Answer: https://x.example.org/rsvp/{}?answer=yes or write.",
            token.as_str()
        );
        assert_eq!(
            mask_tokens(&text),
            "Answer: https://x.example.org/rsvp/…?answer=yes or write."
        );
        let encoded = format!("listed: https%3a%2f%2fx%2fsign-in%2f{}", token.as_str());
        assert!(
            !mask_tokens(&encoded).contains(token.as_str()),
            "an escape before it hides nothing"
        );
    }

    #[test]
    fn sealed_text_opens_with_its_key_only() {
        let sealed = keys().seal("secret").unwrap();
        assert_eq!(keys().unseal(&sealed).unwrap(), "secret");
        assert!(Keys::new([8; 32], 64, 1).unwrap().unseal(&sealed).is_err());
    }

    #[test]
    fn the_default_cost_is_that_of_owasp() {
        let config = crate::platform::config::Config::from_parts(None, std::iter::empty()).unwrap();
        assert_eq!(
            (config.secrets.argon2_memory, config.secrets.argon2_passes),
            (19_456, 2)
        );
    }

    #[actix_web::test]
    async fn a_password_is_known_again() {
        let keys = keys();
        let phc = keys.hash_password("correct horse".into()).await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{phc}");
        assert!(
            keys.is_password("correct horse".into(), Some(phc.clone()))
                .await
                .unwrap()
        );
        assert!(!keys.is_password("wrong".into(), Some(phc)).await.unwrap());
        assert!(!keys.is_password("correct horse".into(), None).await.unwrap());
    }
}
