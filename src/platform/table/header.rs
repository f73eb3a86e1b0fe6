//! The many names of a column.

/// The field a column is about: `E-mail Address` is `email`. A name we do not know comes back in
/// lower case with underscores.
pub fn header_key(raw: &str) -> String {
    let mut key = String::new();
    for c in raw.trim().chars().filter(|c| *c != '\u{FEFF}') {
        if c.is_alphanumeric() {
            key.extend(c.to_lowercase());
        } else if !key.is_empty() && !key.ends_with('_') && c != '\'' && c != '’' {
            key.push('_');
        }
    }
    let key = key.trim_end_matches('_');
    SPELLINGS
        .iter()
        .find(|(_, others)| others.contains(&key))
        .map_or(key, |(field, _)| field)
        .to_owned()
}

const SPELLINGS: &[(&str, &[&str])] = &[
    (
        "name",
        &[
            "full_name",
            "fullname",
            "display_name",
            "member",
            "member_name",
            "your_name",
            "contact_name",
        ],
    ),
    (
        "email",
        &[
            "e_mail",
            "mail",
            "email_address",
            "e_mail_address",
            "emailaddress",
            "mail_address",
            "your_email",
        ],
    ),
    (
        "affiliation",
        &[
            "organisation",
            "organization",
            "institution",
            "institute",
            "employer",
            "company",
            "university",
            "org",
            "organisation_name",
            "organization_name",
            "affiliations",
        ],
    ),
    (
        "country",
        &[
            "country_code",
            "country_name",
            "nation",
            "land",
            "country_region",
            "country_or_region",
        ],
    ),
    ("time_zone", &["timezone", "tz", "zone", "time_zone_name"]),
    ("role", &["roles", "job_role", "position", "i_am_a"]),
    (
        "interests",
        &[
            "interest",
            "research_interests",
            "topics",
            "areas_of_interest",
            "research_interest",
        ],
    ),
    (
        "joined_on",
        &[
            "joined",
            "date_joined",
            "join_date",
            "joined_at",
            "joining_date",
            "member_since",
            "joined_date",
        ],
    ),
    ("reason", &["why", "reason_for_joining", "why_join"]),
    (
        "heard_from",
        &[
            "heard_of_us",
            "how_did_you_hear",
            "how_did_you_hear_about_us",
            "heard_about_us",
        ],
    ),
    (
        "directory",
        &["listed", "in_directory", "listed_in_directory", "directory_consent"],
    ),
    (
        "announcements",
        &["announcement", "newsletter", "mailing_list", "announcements_consent"],
    ),
    (
        "consent",
        &[
            "consents",
            "consented",
            "consent_given",
            "consent_text",
            "gdpr_consent",
            "agreed",
        ],
    ),
    ("status", &["state", "member_status"]),
    // Activities
    ("title", &["heading", "headline", "subject"]),
    ("body", &["text", "description", "content", "details"]),
    ("kind", &["type", "category", "activity_type"]),
    ("scope", &["level", "reach"]),
    (
        "happened_on",
        &["date", "on", "happened", "start_date", "starts_on", "from"],
    ),
    ("until", &["end_date", "ends_on", "to"]),
    ("place", &["location", "where", "venue"]),
    ("people", &["persons", "who", "names"]),
    ("links", &["link", "url", "urls", "web", "website"]),
    ("published_at", &["published", "published_on", "publication_date"]),
    ("slug", &["address_slug", "permalink"]),
];
