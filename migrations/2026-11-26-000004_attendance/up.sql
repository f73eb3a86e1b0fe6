-- Own joining links, and who came -------------------------------------------

-- Whether each person is shown a link of their own instead of the meeting's joining link.
ALTER TABLE meetings ADD COLUMN has_own_links BOOLEAN NOT NULL DEFAULT FALSE;

-- Who came to which meeting: noted once, and the first way by which it was noted stays.
CREATE TABLE attendance (
    meeting_id TEXT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    member_id TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    how TEXT NOT NULL CHECK (how IN ('link', 'ticked', 'import')),
    at TEXT NOT NULL,                          -- when it was noted
    PRIMARY KEY (meeting_id, member_id)
);
CREATE INDEX attendance_by_member ON attendance (member_id);
