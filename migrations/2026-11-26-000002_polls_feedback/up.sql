-- Date polls -----------------------------------------------------------------

CREATE TABLE polls (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,                     -- Markdown
    minutes INTEGER NOT NULL,                  -- how long the meeting will be
    time_zone TEXT NOT NULL,                   -- in which the times were proposed
    closes_at TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('draft', 'open', 'closed')),
    meeting_id TEXT REFERENCES meetings (id) ON DELETE SET NULL, -- what became of it
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    opened_at TEXT,
    closed_at TEXT,                            -- by hand; otherwise closes_at counts
    updated_at TEXT NOT NULL
);
CREATE INDEX polls_by_meeting ON polls (meeting_id);

CREATE TABLE poll_times (
    id TEXT PRIMARY KEY,
    poll_id TEXT NOT NULL REFERENCES polls (id) ON DELETE CASCADE,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    is_chosen BOOLEAN NOT NULL,                -- the meeting was made of this one
    UNIQUE (poll_id, starts_at)
);

-- Who was asked: the row, and with it the link, goes when they leave.
CREATE TABLE poll_asked (
    id TEXT PRIMARY KEY,
    poll_id TEXT NOT NULL REFERENCES polls (id) ON DELETE CASCADE,
    member_id TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    token_hash TEXT NOT NULL UNIQUE,           -- of the token in /poll/<token>
    asked_at TEXT NOT NULL,
    answered_at TEXT,
    UNIQUE (poll_id, member_id)
);
CREATE INDEX poll_asked_by_member ON poll_asked (member_id);

CREATE TABLE poll_answers (
    asked_id TEXT NOT NULL REFERENCES poll_asked (id) ON DELETE CASCADE,
    time_id TEXT NOT NULL REFERENCES poll_times (id) ON DELETE CASCADE,
    answer TEXT NOT NULL CHECK (answer IN ('yes', 'if-need-be', 'no')),
    PRIMARY KEY (asked_id, time_id)
);
CREATE INDEX poll_answers_by_time ON poll_answers (time_id);

-- Feedback after a meeting -----------------------------------------------------

CREATE TABLE feedback_forms (
    id TEXT PRIMARY KEY,
    meeting_id TEXT NOT NULL UNIQUE REFERENCES meetings (id) ON DELETE CASCADE,
    questions TEXT NOT NULL,                   -- JSON [{kind, text, options}], five at most
    status TEXT NOT NULL CHECK (status IN ('draft', 'open', 'closed')),
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    opened_at TEXT,
    closes_at TEXT,
    updated_at TEXT NOT NULL
);

-- Who was asked, and whether their link has answered; forgotten when the form closes. Nothing of the answer.
CREATE TABLE feedback_links (
    token_hash TEXT PRIMARY KEY,               -- of the token in /feedback/<token>
    form_id TEXT NOT NULL REFERENCES feedback_forms (id) ON DELETE CASCADE,
    member_id TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    is_used BOOLEAN NOT NULL,
    UNIQUE (form_id, member_id)
);
CREATE INDEX feedback_links_by_member ON feedback_links (member_id);

-- One answer to one question: no person, no time, no order, and no thread to the other answers of the same person.
CREATE TABLE feedback_answers (
    id TEXT PRIMARY KEY,                       -- UUIDv4: says nothing of when
    form_id TEXT NOT NULL REFERENCES feedback_forms (id) ON DELETE CASCADE,
    question INTEGER NOT NULL,                 -- its place in the form, from 0
    answer TEXT NOT NULL                       -- '' where the question was passed over
);
CREATE INDEX feedback_answers_by_form ON feedback_answers (form_id, question);
