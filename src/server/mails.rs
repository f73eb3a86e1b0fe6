//! Every mail that the product sends, with samples: one line a slice.

use crate::platform::mail::words::Catalogue;

/// In the order in which a person meets them; `network` is its short name.
pub fn catalogue(network: &str) -> Catalogue {
    let slices = [
        crate::join::mail_kinds(),
        crate::members::mail_kinds(),
        crate::meetings::mail_kinds(network),
        crate::announcements::mail_kinds(network),
        crate::digest::mail_kinds(network),
        crate::inbox::mail_kinds(),
    ];
    Catalogue(slices.into_iter().flatten().collect())
}
