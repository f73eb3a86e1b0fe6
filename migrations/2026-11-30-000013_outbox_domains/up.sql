-- The outbox by domain: whose mails are passed over is asked of a table, whatever the number of domains; what was tried
-- before goes first, so that a domain that puts off every first try (greylisting) gets its second ones.
ALTER TABLE outbox ADD COLUMN to_domain TEXT NOT NULL DEFAULT '';       -- after the last @ of to_key
ALTER TABLE outbox ADD COLUMN was_tried BOOLEAN NOT NULL DEFAULT FALSE; -- put off, and waits for another try
ALTER TABLE outbox ADD COLUMN tries_since TEXT;                         -- first put off then, since it was written or let go again
-- Cut from the right up to the @ in a way that both databases know.
UPDATE outbox SET to_domain = REPLACE(to_key, RTRIM(to_key, REPLACE(to_key, '@', '')), '');
UPDATE outbox SET was_tried = TRUE, tries_since = created_at WHERE attempts > 0;
DROP INDEX outbox_by_due;
CREATE INDEX outbox_by_due ON outbox (status, lane, was_tried, next_try_at, id);
