DROP TABLE answers_before;
ALTER TABLE members ADD COLUMN calendar_fetched_at TEXT;
UPDATE members SET calendar_fetched_at =
    (SELECT MAX(at) FROM calendar_fetches WHERE calendar_fetches.member_id = members.id);
DROP TABLE calendar_fetches;
DROP TABLE calendar_choices;
