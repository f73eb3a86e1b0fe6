-- Announcements ----------------------------------------------------------------

CREATE TABLE announcements (
    id TEXT PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,                 -- the last part of its address in the archive
    subject TEXT NOT NULL,                     -- may hold placeholders
    body TEXT NOT NULL,                        -- Markdown with placeholders
    audience TEXT NOT NULL,                    -- JSON: see src/announcements/audience
    is_public BOOLEAN NOT NULL,                -- whether everyone may read it in the archive, or members only
    status TEXT NOT NULL CHECK (status IN ('draft', 'scheduled', 'sending', 'paused', 'sent', 'stopped')),
    goes_at TEXT,                              -- when a scheduled one goes
    time_zone TEXT NOT NULL,                   -- in whose clocks that was said
    version INTEGER NOT NULL,                  -- raised by every change of a draft
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    started_at TEXT,                           -- when it began to go
    ended_at TEXT
);
CREATE INDEX announcements_by_status ON announcements (status, goes_at);

-- Whom it goes to, fixed when the sending is confirmed; the key is what makes it go once to each.
CREATE TABLE announcement_recipients (
    announcement_id TEXT NOT NULL REFERENCES announcements (id) ON DELETE CASCADE,
    member_id TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'written', 'dropped')),
    why TEXT NOT NULL,                         -- why it was dropped before it was written
    mail_id TEXT REFERENCES outbox (id) ON DELETE SET NULL,
    PRIMARY KEY (announcement_id, member_id)
);
CREATE INDEX announcement_recipients_by_mail ON announcement_recipients (mail_id);

-- Audiences under a name.
CREATE TABLE audiences (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,             -- the name in lower case
    audience TEXT NOT NULL,
    created_at TEXT NOT NULL
);

-- Mails about these wait in the outbox until the row goes.
CREATE TABLE outbox_held (
    about TEXT PRIMARY KEY,                    -- 'announcement:<id>'
    since TEXT NOT NULL
);
