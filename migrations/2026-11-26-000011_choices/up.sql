-- What members choose about mail, beyond on and off ----------------------------

-- How often the digest comes to those who have turned it on in mail_choices; no row: once a month.
CREATE TABLE digest_rhythms (
    member_id TEXT PRIMARY KEY REFERENCES members (id) ON DELETE CASCADE,
    rhythm TEXT NOT NULL CHECK (rhythm IN ('monthly', 'weekly'))
);

-- One row a member and period that was looked at, whether or not there was anything to send: the key makes it once.
CREATE TABLE digests_sent (
    member_id TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    period TEXT NOT NULL,                      -- 'weekly 2027-03-22'
    covers_until TEXT NOT NULL,                -- what came later is for the next
    mail_id TEXT REFERENCES outbox (id) ON DELETE SET NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (member_id, period)
);

-- Who was asked, once, whether they would like announcements and the digest.
CREATE TABLE mail_questions (
    member_id TEXT PRIMARY KEY REFERENCES members (id) ON DELETE CASCADE,
    asked_at TEXT NOT NULL,
    closed_at TEXT                             -- answered, or put away
);

-- Invitations that stand on pages and in feeds, and of which nothing was mailed: their member wants none by mail.
CREATE TABLE invitations_held_back (
    invitation_id TEXT PRIMARY KEY REFERENCES invitations (id) ON DELETE CASCADE,
    at TEXT NOT NULL
);
