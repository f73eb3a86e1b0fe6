-- Mail that members may turn off ----------------------------------------------

CREATE TABLE mail_choices (
    member_id TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,                        -- 'reminders', …
    is_on BOOLEAN NOT NULL,
    since TEXT NOT NULL,                       -- when it was last turned on or off
    token_hash TEXT NOT NULL UNIQUE,           -- of the token in /unsubscribe/<token>
    PRIMARY KEY (member_id, kind)
);

-- Reminders before meetings ----------------------------------------------------

-- What coordinators chose for a meeting; no row of a meeting: the usual ones.
CREATE TABLE meeting_reminders (
    meeting_id TEXT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    lead_time TEXT NOT NULL CHECK (lead_time IN ('14-days', '7-days', '3-days', '1-day', '1-hour')),
    audience TEXT NOT NULL CHECK (audience IN ('not-answered', 'coming')),
    is_on BOOLEAN NOT NULL,
    since TEXT NOT NULL,                       -- when it was last turned on or off
    PRIMARY KEY (meeting_id, lead_time, audience)
);

-- One row a reminder written, in the transaction that writes its mail: the key is what makes it go once.
CREATE TABLE reminders_sent (
    meeting_id TEXT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    member_id TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    lead_time TEXT NOT NULL,
    starts_at TEXT NOT NULL,                   -- the start it was for
    audience TEXT NOT NULL,
    mail_id TEXT REFERENCES outbox (id) ON DELETE SET NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (meeting_id, member_id, lead_time, starts_at)
);
CREATE INDEX reminders_sent_by_mail ON reminders_sent (mail_id);
