-- A member's own calendar: what it shows, and who fetches it ------------------

-- What a member chose to see there; without a row: everything.
CREATE TABLE calendar_choices (
    member_id TEXT PRIMARY KEY REFERENCES members (id) ON DELETE CASCADE,
    shows TEXT NOT NULL CHECK (shows IN ('all', 'yes-or-maybe', 'yes')),
    chosen_at TEXT NOT NULL
);

-- When each kind of calendar program last fetched the private address, as it now is.
CREATE TABLE calendar_fetches (
    member_id TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    program TEXT NOT NULL CHECK (program IN ('google', 'apple', 'outlook', 'thunderbird', 'icsx5', 'browser', 'other')),
    at TEXT NOT NULL,
    PRIMARY KEY (member_id, program)
);
INSERT INTO calendar_fetches (member_id, program, at)
    SELECT id, 'other', calendar_fetched_at FROM members WHERE calendar_fetched_at IS NOT NULL;
ALTER TABLE members DROP COLUMN calendar_fetched_at;

-- What somebody had answered before a new time asked them again.
CREATE TABLE answers_before (
    invitation_id TEXT PRIMARY KEY REFERENCES invitations (id) ON DELETE CASCADE,
    answer TEXT NOT NULL CHECK (answer IN ('yes', 'maybe', 'no'))
);
