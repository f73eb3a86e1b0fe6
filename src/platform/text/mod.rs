//! Text from people, parsed once at the door and shown safely everywhere.
//!
//! * [`email_address`]: addresses, and the key by which two spellings are one person
//! * [`mod@line`]: one-line and many-line answers to a form, without control characters
//! * [`slug`]: the readable last part of an address
//! * [`markdown`]: Markdown to HTML that is safe to show, to plain text, to a summary
//! * [`country`]: ISO 3166-1 countries, in the spellings people use
//! * [`mod@url`]: addresses of servers, shown without their passwords
//! * [`difference`]: what differs between two texts, word by word
//! * [`zone`]: IANA time zones, local times, and times written for people
//!
//! Every refusal is a sentence for the person who typed: it says what to write instead.

pub mod country;
mod country_table;
pub mod difference;
pub mod email_address;
pub mod line;
pub mod markdown;
pub mod slug;
pub mod url;
mod windows_zones;
pub mod zone;
