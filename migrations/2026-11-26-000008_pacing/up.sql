-- Pacing of mail: what was begun in the last minute, and domains that asked for patience -------------------------------

-- Written only where the configuration sets a pace; a row is of no use after a minute.
CREATE TABLE mail_begun (
    mail_id TEXT NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
    generation INTEGER NOT NULL,               -- of the claim
    domain TEXT NOT NULL,
    begun_at TEXT NOT NULL,
    PRIMARY KEY (mail_id, generation)
);
CREATE INDEX mail_begun_by_time ON mail_begun (begun_at);

CREATE TABLE mail_holds (
    domain TEXT PRIMARY KEY,                   -- of recipients; empty: the mail server that we hand everything to
    until TEXT NOT NULL,
    strikes INTEGER NOT NULL,                  -- in a row
    words TEXT NOT NULL                        -- the server's
);
