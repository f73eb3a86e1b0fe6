-- Since when the digest comes this often: what was due before goes no more. NULL: since it was turned on.
ALTER TABLE digest_rhythms ADD COLUMN since TEXT;
