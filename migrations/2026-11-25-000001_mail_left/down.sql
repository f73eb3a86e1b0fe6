ALTER TABLE outbox DROP COLUMN may_have_left;
