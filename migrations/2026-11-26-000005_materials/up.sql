-- What a meeting has and leaves behind ---------------------------------------

-- Offsets, so that the agenda moves with the meeting; its end follows from the next point.
CREATE TABLE agenda_items (
    meeting_id TEXT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    offset_minutes INTEGER NOT NULL,
    title TEXT NOT NULL,
    speaker TEXT NOT NULL,
    PRIMARY KEY (meeting_id, position)
);

CREATE TABLE meeting_files (
    id TEXT PRIMARY KEY,
    meeting_id TEXT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    file_name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    chunks INTEGER NOT NULL,
    visibility TEXT NOT NULL CHECK (visibility IN ('desk', 'members', 'public')),
    width INTEGER NOT NULL,                    -- of pictures; 0 otherwise
    height INTEGER NOT NULL,
    alt TEXT NOT NULL,                         -- '' for a picture: decorative
    added_by TEXT NOT NULL,
    added_at TEXT NOT NULL
);
CREATE INDEX meeting_files_by_meeting ON meeting_files (meeting_id, id);

-- The bytes, in base64: no type for bytes has one name in both databases.
CREATE TABLE file_chunks (
    file_id TEXT NOT NULL REFERENCES meeting_files (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (file_id, position)
);

CREATE TABLE recordings (
    meeting_id TEXT PRIMARY KEY REFERENCES meetings (id) ON DELETE CASCADE,
    url TEXT NOT NULL,
    last_day TEXT NOT NULL,
    visibility TEXT NOT NULL CHECK (visibility IN ('members', 'public')),
    updated_at TEXT NOT NULL
);

-- Every saving is a row; which of them readers see stands in meeting_minutes.
CREATE TABLE minutes_versions (
    meeting_id TEXT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    by_id TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (meeting_id, version)
);
CREATE TABLE meeting_minutes (
    meeting_id TEXT PRIMARY KEY REFERENCES meetings (id) ON DELETE CASCADE,
    published_version INTEGER,
    visibility TEXT NOT NULL CHECK (visibility IN ('members', 'public')),
    updated_at TEXT NOT NULL
);

-- "What you missed", each time it was sent.
CREATE TABLE recaps (
    meeting_id TEXT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    sent_at TEXT NOT NULL,
    sent_by TEXT NOT NULL,
    people INTEGER NOT NULL,
    PRIMARY KEY (meeting_id, number)
);

-- Members who presented, and what they said came of it.
CREATE TABLE presenters (
    id TEXT PRIMARY KEY,
    meeting_id TEXT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    member_id TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    log_hash TEXT NOT NULL UNIQUE,             -- of the token in /meetings/<slug>/log/<token>
    asked_at TEXT,
    outcome TEXT NOT NULL,
    slides_link TEXT NOT NULL,
    logged_at TEXT,
    UNIQUE (meeting_id, member_id)
);

-- The draft activity that a meeting's presenters write together; `written` is its text as we last wrote it.
CREATE TABLE talk_drafts (
    meeting_id TEXT PRIMARY KEY REFERENCES meetings (id) ON DELETE CASCADE,
    activity_id TEXT NOT NULL,
    written TEXT NOT NULL
);
