//! What a member is.

use crate::platform::app::App;
use crate::platform::clock::At;
use crate::platform::config::Config;
use crate::platform::mail::Address;
use crate::platform::secret::{Keys, Plain};
use crate::platform::text::zone::short_date_at;
use crate::text_enum;
use crate::web::MemberId;

/// Characters a name may have.
pub const NAME_LONGEST: usize = 200;
pub const AFFILIATION_LONGEST: usize = 200;
pub const INTERESTS_LONGEST: usize = 500;

/// Interests as they are kept: `a; b; c`.
pub fn tidy_interests(text: &str) -> String {
    let words = text.split(';').map(str::trim).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("; ")
}

text_enum! {
    /// Whether the person belongs to the network now.
    pub enum Status {
        Active = "active",
        Left = "left",
    }
}

text_enum! {
    /// What brings a person here, in the network's own words.
    pub enum Role {
        Researcher = "researcher",
        LinkWorker = "link worker",
        Clinician = "clinician",
        CommunityOrganisation = "community organisation",
        Commissioner = "commissioner",
        Policy = "policy",
        Student = "student",
        LivedExperience = "lived experience",
        Other = "other",
    }
}

/// A member as the database holds them.
#[derive(Clone, Debug, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = crate::platform::db::schema::members)]
pub struct Member {
    pub id: MemberId,
    pub email: String,
    pub email_key: String,
    pub name: String,
    pub affiliation: String,
    pub country: String,
    pub time_zone: String,
    /// One of [`Role`]'s words, or empty.
    pub role: String,
    /// `a; b; c`
    pub interests: String,
    /// ISO date
    pub joined_on: String,
    pub status: Status,
    pub is_listed: bool,
    pub wants_announcements: bool,
    pub announcements_consent: String,
    pub is_coordinator: bool,
    pub password_hash: Option<String>,
    pub calendar_generation: i32,
    pub confirmed_by: String,
    pub created_at: At,
    pub updated_at: At,
    pub left_at: Option<At>,
}

impl Member {
    /// Where and when they agreed to announcements, as people say it: the moment as a day in `zone`, and no versions of
    /// texts. `whose` page it was is for the reader: "your" or "their".
    pub fn consent_in_words(&self, whose: &str, zone: &str) -> String {
        let is_version = |part: &&str| {
            ["words of 2", "notice 2"]
                .iter()
                .any(|version| part.starts_with(version))
        };
        let parts = self.announcements_consent.split(", ").filter(|part| !is_version(part));
        let parts = parts.map(|part| match (part, At::parse(part)) {
            ("own page", _) => format!("on {whose} own page"),
            (_, Ok(at)) => short_date_at(at, zone),
            _ => part.to_owned(),
        });
        parts.collect::<Vec<_>>().join(", ")
    }

    pub fn address(&self) -> Address {
        Address {
            email: self.email.clone(),
            name: self.name.clone(),
        }
    }

    /// The token of the private calendar address, as it now is.
    pub fn calendar_token(&self, keys: &Keys) -> Plain {
        calendar_token(keys, &self.id, self.calendar_generation)
    }

    /// The private calendar address, as it now is.
    pub fn calendar_address(&self, app: &App) -> String {
        app.url(&format!("/calendar/{}.ics", self.calendar_token(&app.keys).as_str()))
    }

    /// The token in `meetings+<token>@…`: the same for all this member's meetings, for as long as they stay.
    pub fn reply_token(&self, keys: &Keys) -> Plain {
        reply_token(keys, &self.id)
    }
}

pub fn calendar_token(keys: &Keys, id: &MemberId, generation: i32) -> Plain {
    keys.derive("calendar", id.as_str(), generation)
}

pub fn reply_token(keys: &Keys, id: &MemberId) -> Plain {
    keys.derive("reply", id.as_str(), 0)
}

const UNSUBSCRIBE: &str = "unsubscribe";

/// Where a member's mail program writes to leave announcements: `unsubscribe+<tag>@…`.
pub fn unsubscribe_address(keys: &Keys, config: &Config, id: &MemberId) -> String {
    let base = &config.mail.unsubscribe_address;
    let (local, domain) = base.rsplit_once('@').unwrap_or((base, "localhost"));
    format!("{local}+{}@{domain}", keys.address_tag(UNSUBSCRIBE, id.as_str()))
}

/// Whose that tag is, if we made it.
pub fn of_unsubscribe_tag(keys: &Keys, tag: &str) -> Option<MemberId> {
    keys.id_in_tag(UNSUBSCRIBE, tag).map(MemberId::from)
}
