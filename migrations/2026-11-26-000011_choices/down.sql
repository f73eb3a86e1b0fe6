DROP TABLE invitations_held_back;
DROP TABLE mail_questions;
DROP TABLE digests_sent;
DROP TABLE digest_rhythms;
