DROP TABLE waiting;
ALTER TABLE meetings DROP COLUMN places;
