DROP TABLE letter_events;
DROP TABLE letter_originals;
DROP TABLE letters;
