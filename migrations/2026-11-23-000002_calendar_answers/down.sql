DROP TABLE proposals;
DROP TABLE calendar_answers;
ALTER TABLE invitations DROP COLUMN answer_order;
