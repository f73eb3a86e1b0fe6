//! Every mail that the product sends, with samples: one line a slice.

use crate::platform::mail::words::Catalogue;

/// In the order in which a person meets them.
pub fn catalogue() -> Catalogue {
    let slices = [
        crate::join::mail_kinds(),
        crate::members::mail_kinds(),
        crate::meetings::mail_kinds(),
        crate::announcements::mail_kinds(),
        crate::digest::mail_kinds(),
        crate::inbox::mail_kinds(),
    ];
    Catalogue(slices.into_iter().flatten().collect())
}
