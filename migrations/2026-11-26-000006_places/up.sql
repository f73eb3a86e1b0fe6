-- Meetings with a limit, and who waits for a place -------------------------------

-- NULL: as many as like.
ALTER TABLE meetings ADD COLUMN places INTEGER;

-- Everyone who ever waited, one row an invitation; what became of it is in `state`.
CREATE TABLE waiting (
    id TEXT PRIMARY KEY,
    invitation_id TEXT NOT NULL UNIQUE REFERENCES invitations (id) ON DELETE CASCADE,
    turn INTEGER NOT NULL,                     -- lower comes first, within one meeting
    since TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'offered', 'taken', 'lapsed', 'gone')),
    offer_until TEXT,
    token_hash TEXT NOT NULL UNIQUE,           -- of the token in /places/<token>
    changed_at TEXT NOT NULL
);
CREATE INDEX waiting_by_state ON waiting (state, offer_until);
