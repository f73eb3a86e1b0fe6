DROP INDEX outbox_by_domain;
ALTER TABLE outbox DROP COLUMN tries_since;
ALTER TABLE outbox DROP COLUMN was_tried;
ALTER TABLE outbox DROP COLUMN to_domain;
