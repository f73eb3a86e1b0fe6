-- Mail that comes back -------------------------------------------------------

CREATE TABLE bounces (
    id TEXT PRIMARY KEY,
    address_hash TEXT NOT NULL,                -- keyed, as in suppressions
    mail_id TEXT REFERENCES outbox (id) ON DELETE SET NULL,
    class TEXT NOT NULL CHECK (class IN ('hard', 'soft', 'policy')),
    words TEXT NOT NULL,                       -- the far server's
    at TEXT NOT NULL
);
CREATE INDEX bounces_by_address ON bounces (address_hash, at);
