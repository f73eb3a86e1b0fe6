DROP INDEX outbox_by_due;
CREATE INDEX outbox_by_due ON outbox (status, lane, next_try_at, id);
ALTER TABLE outbox DROP COLUMN tries_since;
ALTER TABLE outbox DROP COLUMN was_tried;
ALTER TABLE outbox DROP COLUMN to_domain;
