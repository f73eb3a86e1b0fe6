-- People -------------------------------------------------------------------

CREATE TABLE members (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL,                       -- as the person writes it
    email_key TEXT NOT NULL UNIQUE,            -- lower case: what is compared
    name TEXT NOT NULL,
    affiliation TEXT NOT NULL,
    country TEXT NOT NULL,                     -- ISO 3166-1 alpha-2
    time_zone TEXT NOT NULL,                   -- IANA
    role TEXT NOT NULL,                        -- '' when not told
    interests TEXT NOT NULL,                   -- 'a; b; c'
    joined_on TEXT NOT NULL,                   -- date
    status TEXT NOT NULL CHECK (status IN ('active', 'left')),
    is_listed BOOLEAN NOT NULL,                -- agreed to stand in the directory
    wants_announcements BOOLEAN NOT NULL,
    announcements_consent TEXT NOT NULL,       -- where and when it was given, '' if not
    is_coordinator BOOLEAN NOT NULL,
    password_hash TEXT,                        -- argon2id, PHC string
    reply_hash TEXT NOT NULL UNIQUE,           -- of the token in meetings+<token>@
    calendar_generation INTEGER NOT NULL,      -- raised when the private address is renewed
    calendar_hash TEXT NOT NULL UNIQUE,        -- of the token in /calendar/<token>.ics
    calendar_fetched_at TEXT,
    confirmed_by TEXT NOT NULL,                -- who vouches for the address: 'applicant', 'import …', 'command'
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    left_at TEXT
);
CREATE INDEX members_by_status ON members (status, name);

CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    member_id TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    is_elevated BOOLEAN NOT NULL,              -- the password was given in this session
    created_at TEXT NOT NULL,
    seen_at TEXT NOT NULL
);
CREATE INDEX sessions_by_member ON sessions (member_id);

CREATE TABLE sign_in_links (
    token_hash TEXT PRIMARY KEY,
    member_id TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL CHECK (purpose IN ('sign-in', 'password')),
    browser_hash TEXT NOT NULL,                -- of the cookie of the browser that asked; '' for none
    code_hash TEXT NOT NULL,                   -- keyed hash of the code in the same mail; '' for none
    tries_left INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT
);
CREATE INDEX sign_in_links_by_member ON sign_in_links (member_id);

-- Joining ------------------------------------------------------------------

CREATE TABLE requests (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    name TEXT NOT NULL,
    affiliation TEXT NOT NULL,
    country TEXT NOT NULL,
    role TEXT NOT NULL,
    reason TEXT NOT NULL,
    heard_from TEXT NOT NULL,
    wants_directory BOOLEAN NOT NULL,
    wants_announcements BOOLEAN NOT NULL,
    privacy_notice TEXT NOT NULL,              -- version of the notice that was read
    came_by TEXT NOT NULL CHECK (came_by IN ('form', 'mail')),
    status TEXT NOT NULL CHECK (status IN ('unconfirmed', 'waiting', 'asked', 'approved', 'declined', 'declined-quietly')),
    version INTEGER NOT NULL,                  -- raised by every move: two coordinators cannot both decide
    confirm_hash TEXT NOT NULL UNIQUE,
    confirm_expires_at TEXT NOT NULL,
    created_at TEXT NOT NULL,
    confirmed_at TEXT,
    decided_at TEXT,
    decided_by TEXT,
    member_id TEXT REFERENCES members (id) ON DELETE SET NULL
);
CREATE INDEX requests_by_status ON requests (status, confirmed_at);
CREATE INDEX requests_by_email ON requests (email_key);

CREATE TABLE request_events (
    id TEXT PRIMARY KEY,
    request_id TEXT NOT NULL REFERENCES requests (id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    by_id TEXT,                                -- the coordinator; NULL: the applicant
    what TEXT NOT NULL,
    message TEXT NOT NULL
);
CREATE INDEX request_events_by_request ON request_events (request_id, id);

-- Meetings -----------------------------------------------------------------

CREATE TABLE meetings (
    id TEXT PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,                  -- RFC 5545 UID, for life
    slug TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,                     -- Markdown
    starts_local TEXT NOT NULL,                -- 2027-03-24T15:00 in time_zone
    ends_local TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    joining_link TEXT NOT NULL,
    speakers TEXT NOT NULL,
    visibility TEXT NOT NULL CHECK (visibility IN ('public', 'members')),
    status TEXT NOT NULL CHECK (status IN ('draft', 'scheduled', 'cancelled')),
    sequence INTEGER NOT NULL,                 -- RFC 5545 SEQUENCE
    cancel_reason TEXT NOT NULL,
    cancelled_at TEXT,
    scheduled_at TEXT,
    pending TEXT,                              -- one proposed change as JSON, not yet told to anyone
    pending_by TEXT,
    pending_at TEXT,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL                   -- last real edit: DTSTAMP and LAST-MODIFIED of feeds
);
CREATE INDEX meetings_by_start ON meetings (status, starts_at);

CREATE TABLE invitations (
    id TEXT PRIMARY KEY,
    meeting_id TEXT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    member_id TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    status TEXT NOT NULL CHECK (status IN ('invited', 'withdrawn')),
    sequence_sent INTEGER NOT NULL,
    answers_from INTEGER NOT NULL,             -- SEQUENCE of the last change of time sent, else of the first
    last_stamp TEXT NOT NULL,                  -- DTSTAMP of the last mail
    answer TEXT NOT NULL CHECK (answer IN ('none', 'yes', 'maybe', 'no')),
    answered_at TEXT,
    answered_by TEXT CHECK (answered_by IN ('link', 'page', 'mail')),
    rsvp_hash TEXT NOT NULL UNIQUE,            -- of the token in /rsvp/<token>
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (meeting_id, member_id)
);
CREATE INDEX invitations_by_member ON invitations (member_id);

-- Activities ---------------------------------------------------------------

CREATE TABLE activities (
    id TEXT PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    scope TEXT NOT NULL CHECK (scope IN ('local', 'national', 'international')),
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,                        -- Markdown
    happened_on TEXT,                          -- date
    until TEXT,                                -- date
    period TEXT NOT NULL,                      -- '2024–25' where there is no date
    place TEXT NOT NULL,
    people TEXT NOT NULL,
    links TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('draft', 'published')),
    published_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
CREATE INDEX activities_by_status ON activities (status, published_at);

-- Mail ---------------------------------------------------------------------

CREATE TABLE outbox (
    id TEXT PRIMARY KEY,                       -- UUIDv7: also the order of writing
    kind TEXT NOT NULL,
    lane INTEGER NOT NULL,                     -- 0 sign-in and the like, 1 the rest
    to_email TEXT NOT NULL,
    to_key TEXT NOT NULL,
    to_name TEXT NOT NULL,
    member_id TEXT REFERENCES members (id) ON DELETE SET NULL,
    about TEXT NOT NULL,                       -- what it is about: 'meeting:<id>', 'request:<id>', ''
    order_key TEXT,                            -- one at a time, in order, within this key
    dedup_key TEXT UNIQUE,                     -- the same mail is not written twice
    from_email TEXT NOT NULL,
    from_name TEXT NOT NULL,
    reply_to TEXT NOT NULL,
    subject TEXT NOT NULL,
    headers TEXT NOT NULL,                     -- JSON [[name, value], …]
    message_id TEXT NOT NULL UNIQUE,
    dated_at TEXT NOT NULL,                    -- the Date header: frozen
    is_sensitive BOOLEAN NOT NULL,
    needs_membership BOOLEAN NOT NULL,         -- dropped if the recipient has left by then
    not_after TEXT,
    status TEXT NOT NULL CHECK (status IN ('queued', 'sending', 'sent', 'failed', 'dropped')),
    attempts INTEGER NOT NULL,
    next_try_at TEXT NOT NULL,
    lease_until TEXT,
    generation INTEGER NOT NULL,               -- raised by every claim: a late writer is refused
    outcome TEXT NOT NULL,                     -- the far server's words, or why not
    created_at TEXT NOT NULL,
    done_at TEXT
);
CREATE INDEX outbox_by_due ON outbox (status, lane, next_try_at, id);
CREATE INDEX outbox_by_order ON outbox (order_key, id);
CREATE INDEX outbox_by_to ON outbox (to_key, created_at);
CREATE INDEX outbox_by_about ON outbox (about);

-- Apart from the rest, so that a change of state does not write ten kilobytes again.
CREATE TABLE outbox_bodies (
    mail_id TEXT PRIMARY KEY REFERENCES outbox (id) ON DELETE CASCADE,
    body TEXT NOT NULL                         -- sealed JSON {text, html, ics, method}; the row goes when it is erased
);

CREATE TABLE suppressions (
    address_hash TEXT PRIMARY KEY,             -- keyed: survives erasure, reveals nothing
    reason TEXT NOT NULL,
    since TEXT NOT NULL
);

-- The house ----------------------------------------------------------------

CREATE TABLE audit (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    by_id TEXT NOT NULL,                       -- a member's id, 'command', 'system', 'applicant'
    what TEXT NOT NULL,
    about TEXT NOT NULL,                       -- 'member:<id>', 'meeting:<id>', …
    detail TEXT NOT NULL
);
CREATE INDEX audit_by_about ON audit (about, id);

CREATE TABLE facts (
    name TEXT PRIMARY KEY,                     -- 'mail domain', 'key fingerprint', 'public version', …
    value TEXT NOT NULL
);
