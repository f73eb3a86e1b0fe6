-- Mail that comes in ---------------------------------------------------------

CREATE TABLE letters (
    id TEXT PRIMARY KEY,                       -- UUIDv7: also the order of arrival
    letter_key TEXT NOT NULL UNIQUE,           -- keyed hash of Message-ID, author and text: read once only
    came_by TEXT NOT NULL CHECK (came_by IN ('pipe', 'mailbox')),
    kind TEXT NOT NULL,                        -- what sorting says; '' where it could not be read
    status TEXT NOT NULL CHECK (status IN ('open', 'done', 'aside')),
    outcome TEXT NOT NULL,                     -- what came of it, or why it was set aside
    from_email TEXT NOT NULL,
    from_name TEXT NOT NULL,
    is_authentic BOOLEAN,                      -- what our mail server says of the author's domain; NULL: not judged
    subject TEXT NOT NULL,
    body TEXT NOT NULL,                        -- plain text; cleared when it is no longer needed
    attachments INTEGER NOT NULL,              -- how many were not kept
    message_id TEXT NOT NULL,                  -- for threading an answer; '' if it has none
    member_id TEXT REFERENCES members (id) ON DELETE SET NULL,
    request_id TEXT REFERENCES requests (id) ON DELETE SET NULL,
    meeting_id TEXT REFERENCES meetings (id) ON DELETE SET NULL,
    version INTEGER NOT NULL,
    received_at TEXT NOT NULL,
    claimed_by TEXT REFERENCES members (id) ON DELETE SET NULL,
    done_by TEXT REFERENCES members (id) ON DELETE SET NULL,
    done_at TEXT
);
CREATE INDEX letters_by_status ON letters (status, id);
CREATE INDEX letters_by_from ON letters (from_email, id);

-- The mail as it came, of what is set aside: to be read again.
CREATE TABLE letter_originals (
    letter_id TEXT PRIMARY KEY REFERENCES letters (id) ON DELETE CASCADE,
    recipient TEXT NOT NULL,                   -- of the envelope, sealed with the rest
    original TEXT NOT NULL                     -- sealed base64
);

CREATE TABLE letter_events (
    id TEXT PRIMARY KEY,
    letter_id TEXT NOT NULL REFERENCES letters (id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    by_id TEXT REFERENCES members (id) ON DELETE SET NULL,
    what TEXT NOT NULL,
    words TEXT NOT NULL                        -- a note, or the reply that was sent
);
CREATE INDEX letter_events_by_letter ON letter_events (letter_id, id);
