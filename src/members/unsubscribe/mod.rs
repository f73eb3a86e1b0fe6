//! Mail that members may turn off, kind by kind: on their own page, by a link in each such mail, and by the button
//! that mail programs show for RFC 8058.
//!
//! A mail of such a kind carries [`link`] in its words and [`headers_with_address`] beside them (one with a calendar part
//! only the link: calendar programs are wary of lists); whoever writes it asks [`choices`] first. What comes with
//! invitations (date polls, questions after a meeting, what was missed) is of their kind. Parts that must do something
//! about a choice are told of it ([`Heard`]). A further kind is a variant of [`Kind`] with its words.
//!
//! # Why
//! * The token is derived from member and kind, so it is the same in every mail and works for as long as there are
//!   such mails; only its hash is stored, from the first mail on.
//! * GET only shows: mail scanners open every link. The one-click POST proves nothing but the token: its sender is a
//!   mail provider, which has no cookie of ours and no page (RFC 8058 §3.1: 200, no redirect).

mod actions;
pub(super) mod http;
mod model;
mod store;

pub use actions::{ChoiceMade, Heard, choose, headers, headers_with_address, link};
pub use model::{Choice, Kind};
pub use store::{by_tag, choices, is_on};
