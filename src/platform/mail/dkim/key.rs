//! One key: read from its PEM file, what it signs, and what the DNS is to say of it.

use std::path::Path;

use data_encoding::BASE64;
use ring::rand::SystemRandom;
use ring::rsa::KeyPair as RsaKeyPair;
use ring::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use sha2::{Digest, Sha256};

use super::{DkimError, der};

/// An RSA key of 2048 to 4096 bits, or an Ed25519 key.
pub enum Key {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Ed25519KeyPair),
}

impl Key {
    /// Reads a PEM file (PKCS#8, or PKCS#1 as older tools write it) that only its owner may read.
    pub fn load(path: &Path) -> Result<Key, DkimError> {
        let at = || path.display().to_string();
        let failed = |e: &dyn std::fmt::Display| DkimError::File(at(), e.to_string());
        #[cfg_attr(not(unix), allow(unused_variables))]
        let known = std::fs::metadata(path).map_err(|e| failed(&e))?;
        #[cfg(unix)]
        if std::os::unix::fs::MetadataExt::mode(&known) & 0o077 != 0 {
            return Err(DkimError::Open(at()));
        }
        let pem = std::fs::read(path).map_err(|e| failed(&e))?;
        let der = PrivateKeyDer::from_pem_slice(&pem).map_err(|_| failed(&"it holds no private key in PEM"))?;
        Key::from_der(&der).ok_or_else(|| failed(&"it is neither an RSA key of 2048 to 4096 bits nor an Ed25519 key"))
    }

    fn from_der(der: &PrivateKeyDer<'_>) -> Option<Key> {
        let rsa = |pair| Key::Rsa(Box::new(pair));
        match der {
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()).ok().map(rsa),
            PrivateKeyDer::Pkcs8(der) => {
                let der = der.secret_pkcs8_der();
                // Made by OpenSSL, an Ed25519 key comes without its public half.
                let edwards = || Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok().map(Key::Ed25519);
                RsaKeyPair::from_pkcs8(der).ok().map(rsa).or_else(edwards)
            }
            _ => None,
        }
    }

    /// `a=` of a signature.
    pub fn algorithm(&self) -> &'static str {
        match self {
            Key::Rsa(_) => "rsa-sha256",
            Key::Ed25519(_) => "ed25519-sha256",
        }
    }

    /// `k=` of the record.
    pub fn kind(&self) -> &'static str {
        match self {
            Key::Rsa(_) => "rsa",
            Key::Ed25519(_) => "ed25519",
        }
    }

    /// `p=` of the record: for RSA the SubjectPublicKeyInfo, for Ed25519 the bare key (RFC 8463 §4).
    pub fn public(&self) -> String {
        BASE64.encode(&match self {
            Key::Rsa(pair) => der::rsa_public(pair.public().as_ref()),
            Key::Ed25519(pair) => pair.public_key().as_ref().to_vec(),
        })
    }

    /// The TXT record that lets others check what this key signs.
    pub fn record(&self) -> String {
        format!("v=DKIM1; k={}; p={}", self.kind(), self.public())
    }

    pub(super) fn sign(&self, text: &[u8]) -> Result<Vec<u8>, DkimError> {
        match self {
            Key::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature)
                    .map_err(|_| DkimError::Sign)?;
                Ok(signature)
            }
            // RFC 8463 §3: the key signs the digest, not the text.
            Key::Ed25519(pair) => Ok(pair.sign(&Sha256::digest(text)).as_ref().to_vec()),
        }
    }
}

/// Whether the `p=` of a published record is this key; the bare form that RFC 6376 also allows for RSA counts.
pub fn is_same_key(key: &Key, published: &str) -> bool {
    let plain: String = published.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let Ok(bytes) = BASE64.decode(plain.as_bytes()) else {
        return false;
    };
    match key {
        Key::Rsa(pair) => bytes == pair.public().as_ref() || bytes == der::rsa_public(pair.public().as_ref()),
        Key::Ed25519(pair) => bytes == pair.public_key().as_ref(),
    }
}
