ALTER TABLE digest_rhythms DROP COLUMN since;
