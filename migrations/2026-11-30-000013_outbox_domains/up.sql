-- The outbox by domain: whose mails are passed over is asked of a table, whatever the number of domains; within a domain
-- what was tried before goes first, so that one that puts off every first try (greylisting) gets its second ones.
ALTER TABLE outbox ADD COLUMN to_domain TEXT NOT NULL DEFAULT '';       -- after the last @ of to_key
ALTER TABLE outbox ADD COLUMN was_tried BOOLEAN NOT NULL DEFAULT FALSE; -- put off, and waits for another try
ALTER TABLE outbox ADD COLUMN tries_since TEXT;                         -- first put off then, since it was written or let go again
-- Cut from the right up to the @ in a way that both databases know.
UPDATE outbox SET to_domain = REPLACE(to_key, RTRIM(to_key, REPLACE(to_key, '@', '')), '');
UPDATE outbox SET was_tried = TRUE, tries_since = created_at WHERE attempts > 0;
CREATE INDEX outbox_by_domain ON outbox (to_domain, was_tried, status, lane, next_try_at);
