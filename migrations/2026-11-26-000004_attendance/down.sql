DROP TABLE attendance;
ALTER TABLE meetings DROP COLUMN has_own_links;
