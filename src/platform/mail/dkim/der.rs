//! The few shapes of DER that keys are written in (RFC 5958, RFC 8017 A.1, RFC 5280 §4.1).

/// `rsaEncryption` with its NULL, as an AlgorithmIdentifier.
const RSA: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";

/// One value: tag, length, content.
fn value(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let length = content.len().to_be_bytes();
    let significant = length.iter().position(|b| *b != 0).unwrap_or(length.len() - 1);
    let length = &length[significant..];
    if let [short @ 0..=0x7f] = length {
        out.push(*short);
    } else {
        out.push(0x80 | u8::try_from(length.len()).unwrap_or(0x7f));
        out.extend_from_slice(length);
    }
    out.extend_from_slice(content);
    out
}

/// A number that is never negative, from its bytes with the first one most significant.
fn number(bytes: &[u8]) -> Vec<u8> {
    let start = bytes.iter().position(|b| *b != 0).unwrap_or(bytes.len());
    let mut content = Vec::with_capacity(bytes.len() + 1);
    if bytes.get(start).is_none_or(|b| *b & 0x80 != 0) {
        content.push(0);
    }
    content.extend_from_slice(&bytes[start..]);
    value(0x02, &content)
}

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    value(0x30, &parts.concat())
}

/// An RSA private key as PKCS#8: n, e, d, p, q, d mod (p - 1), d mod (q - 1), q⁻¹ mod p.
pub(super) fn rsa_private(numbers: [&[u8]; 8]) -> Vec<u8> {
    let mut parts = vec![number(&[0])];
    parts.extend(numbers.iter().map(|bytes| number(bytes)));
    sequence(&[number(&[0]), RSA.to_vec(), value(0x04, &sequence(&parts))])
}

/// An RSA public key as SubjectPublicKeyInfo, which is what DKIM records hold, around the bare key.
pub(super) fn rsa_public(bare: &[u8]) -> Vec<u8> {
    let bits = [&[0], bare].concat();
    sequence(&[RSA.to_vec(), value(0x03, &bits)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_lengths_are_written_the_one_way_der_allows() {
        for (bytes, written) in [
            (&[0][..], &b"\x02\x01\x00"[..]),
            (&[], b"\x02\x01\x00"),
            (&[0, 0, 5], b"\x02\x01\x05"),
            (&[0x80], b"\x02\x02\x00\x80"),
            (&[1, 0, 1], b"\x02\x03\x01\x00\x01"),
        ] {
            assert_eq!(number(bytes), written, "{bytes:?}");
        }
        assert_eq!(value(4, &[7; 127])[..2], [4, 127]);
        assert_eq!(value(4, &[7; 128])[..3], [4, 0x81, 128]);
        assert_eq!(value(4, &[7; 300])[..4], [4, 0x82, 1, 44]);
    }
}
