//! Signatures checked by ring's verification over a canonical form written out by hand, and by RFC 8463's own example.

use data_encoding::BASE64;
use ring::signature::{ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use sha2::{Digest, Sha256};

use super::*;

const MAIL: &[u8] = b"From: OXSOP <network@Network.example.org>\r\nTo: ana@example.org\r\nSubject: A  long\r\n subject\r\n\
    Date: Wed, 24 Mar 2027 15:00:00 +0000\r\nMessage-ID: <1@network.example.org>\r\nMIME-Version: 1.0\r\n\
    List-Unsubscribe: <https://network.example.org/unsubscribe/x>\r\nContent-Type: text/plain\r\n\r\nHello  you \r\n.\r\n\r\n";

fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("oxsop-dkim-{}", uuid::Uuid::new_v4().simple()))
}

fn both() -> Signers {
    let folder = folder();
    let fresh = [("r", make_rsa()), ("e", make_ed25519())];
    let signers = fresh.map(|(selector, key)| {
        write(&file_of(&folder, selector), &key.unwrap()).unwrap();
        Signer::load(&folder, selector).unwrap()
    });
    std::fs::remove_dir_all(folder).unwrap();
    Signers(signers.into())
}

fn tag<'a>(header: &'a str, name: &str) -> String {
    let found = header.split(';').find_map(|part| {
        let (tag, value): (&'a str, &'a str) = part.split_once('=')?;
        (tag.trim() == name).then_some(value)
    });
    found
        .unwrap_or_else(|| panic!("no {name}= in {header}"))
        .split_whitespace()
        .collect()
}

#[test]
fn a_signature_of_each_key_stands_before_the_mail_and_holds() {
    let signers = both();
    let date = At::parse("2027-03-24T15:00:00Z").unwrap();
    let signed = signers.sign(MAIL.to_vec(), "Network.example.org", date).unwrap();
    assert!(signed.ends_with(MAIL), "the mail itself is as it was");
    assert_eq!(
        signed,
        signers.sign(MAIL.to_vec(), "Network.example.org", date).unwrap(),
        "the same bytes each time"
    );
    let text = String::from_utf8(signed).unwrap();
    let headers: Vec<&str> = text.split("DKIM-Signature: ").skip(1).collect();
    assert_eq!(headers.len(), 2);
    let body = BASE64.encode(&Sha256::digest(b"Hello you\r\n.\r\n"));
    // In the order of `h=`; what is named once more than it stands there adds nothing.
    let fields = "from:OXSOP <network@Network.example.org>\r\nto:ana@example.org\r\nsubject:A long subject\r\n\
        date:Wed, 24 Mar 2027 15:00:00 +0000\r\nmessage-id:<1@network.example.org>\r\nmime-version:1.0\r\n\
        content-type:text/plain\r\nlist-unsubscribe:<https://network.example.org/unsubscribe/x>\r\n";
    for (header, signer) in headers.iter().zip(signers.iter()) {
        let header = header.split("\r\nFrom: ").next().unwrap().trim_end();
        assert!(header.split("\r\n").all(|line| line.len() <= 78), "{header}");
        assert_eq!(tag(header, "bh"), body);
        assert_eq!(tag(header, "d"), "network.example.org");
        assert_eq!(tag(header, "s"), signer.selector);
        assert_eq!(tag(header, "t"), date.unix().to_string());
        assert_eq!(
            tag(header, "h"),
            "From:From:To:To:Subject:Subject:Date:Date:Message-ID:Message-ID:Reply-To:MIME-Version:\
             Content-Type:Content-Type:List-Unsubscribe"
        );
        assert!(!header.contains("l=") && !header.contains("x="));
        let unsigned = header[..header.rfind("b=").unwrap() + 2].replace("\r\n", "");
        let unsigned: Vec<&str> = unsigned.split_whitespace().collect();
        let signed = format!("{fields}dkim-signature:{}", unsigned.join(" "));
        let signature = BASE64.decode(tag(header, "b").as_bytes()).unwrap();
        let holds = match &signer.key {
            Key::Rsa(pair) => UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public().as_ref())
                .verify(signed.as_bytes(), &signature),
            Key::Ed25519(_) => {
                let public = BASE64.decode(signer.key.public().as_bytes()).unwrap();
                UnparsedPublicKey::new(&ED25519, public).verify(&Sha256::digest(signed.as_bytes()), &signature)
            }
        };
        assert!(holds.is_ok(), "{}\n{signed}", signer.key.algorithm());
    }
}

/// Key, mail and signature of RFC 8463 appendix A; its signature names these fields and uses relaxed/relaxed.
#[test]
fn the_example_of_the_rfc_comes_out_as_printed() {
    let seed = BASE64.decode(b"nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=").unwrap();
    let pair = ring::signature::Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
    let key = Key::Ed25519(pair);
    assert_eq!(
        key.record(),
        "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    );
    let body = "Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n";
    let digest = BASE64.encode(&Sha256::digest(canon::body(body.as_bytes())));
    assert_eq!(digest, "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=");
    let head = b"From: Joe SixPack <joe@football.example.com>\r\nTo: Suzie Q <suzie@shopping.example.net>\r\n\
        Subject: Is dinner ready?\r\nDate: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n\
        Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n";
    let names = ["from", "to", "subject", "date", "message-id", "from", "subject", "date"].map(str::to_owned);
    let unsigned = "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n d=football.example.com; i=@football.example.com;\r\n \
        q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n subject : date : message-id : from : subject : date;\r\n \
        bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n b=";
    let text = canon::signed_text(&canon::fields(head), &names, unsigned);
    assert_eq!(
        BASE64.encode(&key.sign(text.as_bytes()).unwrap()),
        "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw=="
    );
}

#[test]
fn without_keys_a_mail_stays_as_it_is() {
    let date = At::from_unix(1);
    let signed = Signers::default().sign(MAIL.to_vec(), "example.org", date);
    assert_eq!(signed.unwrap(), MAIL);
}

#[test]
fn a_record_is_known_in_both_forms_and_no_other_key_is() {
    let (first, second) = (both(), both());
    for (signer, other) in first.iter().zip(second.iter()) {
        let published = signer.key.public();
        let spaced = format!(" {} {} ", &published[..9], &published[9..]);
        assert!(is_same_key(&signer.key, &spaced), "{spaced}");
        assert!(!is_same_key(&signer.key, &other.key.public()));
        assert!(!is_same_key(&signer.key, "") && !is_same_key(&signer.key, "no base64"));
    }
    let Key::Rsa(pair) = &first.0[0].key else { panic!("RSA") };
    assert!(is_same_key(&first.0[0].key, &BASE64.encode(pair.public().as_ref())));
    assert_eq!(pair.public().modulus_len(), 256);
}

#[test]
fn a_key_that_cannot_be_used_is_said_in_a_sentence() {
    let folder = folder();
    let load = || {
        Signer::load(&folder, "r")
            .err()
            .map(|e| e.to_string())
            .unwrap_or_default()
    };
    assert!(load().contains("r.pem cannot be used: No such file"), "{}", load());
    write(&file_of(&folder, "r"), &make_ed25519().unwrap()).unwrap();
    assert_eq!(load(), "");
    let again = write(&file_of(&folder, "r"), &make_ed25519().unwrap());
    assert_eq!(again.map_err(|e| e.kind()), Err(std::io::ErrorKind::AlreadyExists));
    std::fs::write(file_of(&folder, "r"), "no key").unwrap();
    assert!(load().contains("no private key in PEM"), "{}", load());
    let other = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    std::fs::write(file_of(&folder, "r"), other).unwrap();
    assert!(load().contains("neither an RSA key"), "{}", load());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(file_of(&folder, "r"), PermissionsExt::from_mode(0o640)).unwrap();
        assert!(load().ends_with("can be read by others: chmod 600 it"), "{}", load());
    }
    std::fs::remove_dir_all(folder).unwrap();
}
