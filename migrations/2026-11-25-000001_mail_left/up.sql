-- Whether a copy of a mail may be in its reader's hands: not every try gets that far.
ALTER TABLE outbox ADD COLUMN may_have_left BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE outbox SET may_have_left = TRUE WHERE generation > 0;
