-- Answers that calendar programs mail ---------------------------------------

-- SEQUENCE, DTSTAMP, Date and Message-ID of the last answer by mail, so that text order is their order.
ALTER TABLE invitations ADD COLUMN answer_order TEXT NOT NULL DEFAULT '';

-- Every answer that came by mail and what became of it.
CREATE TABLE calendar_answers (
    id TEXT PRIMARY KEY,
    invitation_id TEXT NOT NULL REFERENCES invitations (id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    answer TEXT NOT NULL CHECK (answer IN ('none', 'yes', 'maybe', 'no')),
    result TEXT NOT NULL CHECK (result IN ('applied', 'stale')),
    mark TEXT NOT NULL CHECK (mark IN ('', 'forwarded', 'unverified')),
    comment TEXT NOT NULL,
    answer_before TEXT NOT NULL CHECK (answer_before IN ('none', 'yes', 'maybe', 'no')),
    undo_hash TEXT NOT NULL UNIQUE,            -- of the token in /rsvp/undo/<token>
    undone_at TEXT
);
CREATE INDEX calendar_answers_by_invitation ON calendar_answers (invitation_id, id);

-- Other times that members propose from their calendars.
CREATE TABLE proposals (
    id TEXT PRIMARY KEY,
    meeting_id TEXT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    member_id TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    comment TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'taken-up', 'set-aside')),
    UNIQUE (meeting_id, member_id, starts_at, ends_at)
);
CREATE INDEX proposals_by_meeting ON proposals (meeting_id, status, id);
