-- What coordinators say instead of a mail's original words ----------------------

CREATE TABLE mail_words (
    name TEXT PRIMARY KEY NOT NULL,            -- 'join/confirm', as the templates are called
    subject TEXT,                              -- none: the original is back
    text TEXT,
    version INTEGER NOT NULL,                  -- never goes back, not even with the original
    updated_by TEXT NOT NULL,                  -- a member's id
    updated_at TEXT NOT NULL
);
