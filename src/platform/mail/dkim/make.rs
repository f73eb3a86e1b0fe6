//! Makes keys. Nothing here runs while the server does.

use std::io::Write;
use std::path::Path;

use crypto_bigint::{BoxedUint, ConcatenatingMul, NonZero, Resize};
use crypto_primes::hazmat::{SetBits, SmallFactorsSieveFactory};
use crypto_primes::{Flavor, is_prime, sieve_and_find};
use data_encoding::BASE64;
use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use ring::rand::SystemRandom;
use ring::signature::Ed25519KeyPair;

use super::der;

/// Bits of an RSA key: what every server checks and fits one answer of the DNS.
const BITS: u32 = 2048;

/// A key that is nowhere yet, as PKCS#8.
pub struct Fresh(Vec<u8>);

/// An RSA key of 2048 bits with the exponent 65537.
pub fn make_rsa() -> Result<Fresh, String> {
    let mut rng = UnwrapErr(SysRng);
    // A prime whose neighbour shares a factor with the exponent is of no use; one in 65537 is not.
    for _ in 0..8 {
        let (p, q) = (prime(&mut rng)?, prime(&mut rng)?);
        let key = if p > q {
            from_primes(&p, &q)
        } else {
            from_primes(&q, &p)
        };
        if let Some(key) = key.filter(|_| p != q) {
            return Ok(Fresh(key));
        }
    }
    Err("no RSA key could be made".into())
}

/// A prime of half the key's bits, its two highest bits set, so that two of them make all of the key's bits.
fn prime(rng: &mut UnwrapErr<SysRng>) -> Result<BoxedUint, String> {
    let sieve = SmallFactorsSieveFactory::new(Flavor::Any, BITS / 2, SetBits::TwoMsb).map_err(|e| e.to_string())?;
    let found = sieve_and_find(rng, sieve, |_, candidate| is_prime(Flavor::Any, candidate));
    found
        .map_err(|e| e.to_string())?
        .ok_or_else(|| "no prime was found".into())
}

/// The eight numbers of a key, `p` the larger prime.
fn from_primes(p: &BoxedUint, q: &BoxedUint) -> Option<Vec<u8>> {
    let one = BoxedUint::one();
    let (p1, q1) = (p.wrapping_sub(&one), q.wrapping_sub(&one));
    let n = p.concatenating_mul(q);
    let phi = p1.concatenating_mul(&q1);
    let exponent = BoxedUint::from(65_537_u64);
    let inverse = |of: &BoxedUint, modulus: &BoxedUint| -> Option<BoxedUint> {
        let modulus = NonZero::new(modulus.clone()).into_option()?;
        let of = of.clone().resize(modulus.bits_precision());
        of.invert_mod(&modulus).into_option()
    };
    let d = inverse(&exponent, &phi)?;
    let (dp, dq) = (inverse(&exponent, &p1)?, inverse(&exponent, &q1)?);
    let q_inverse = inverse(q, p)?;
    let numbers = [&n, &exponent, &d, p, q, &dp, &dq, &q_inverse].map(BoxedUint::to_be_bytes);
    Some(der::rsa_private(numbers.each_ref().map(|bytes| &**bytes)))
}

/// An Ed25519 key.
pub fn make_ed25519() -> Result<Fresh, String> {
    let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new());
    let key = key.map_err(|_| "the machine gives no random bytes".to_owned())?;
    Ok(Fresh(key.as_ref().to_vec()))
}

/// Writes a new file that only its owner may read; never over one that is there.
pub fn write(path: &Path, key: &Fresh) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(pem(&key.0).as_bytes())?;
    file.sync_all()
}

fn pem(der: &[u8]) -> String {
    let text = BASE64.encode(der);
    let lines: Vec<&str> = (0..text.len())
        .step_by(64)
        .filter_map(|at| text.get(at..(at + 64).min(text.len())))
        .collect();
    format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        lines.join("\n")
    )
}
