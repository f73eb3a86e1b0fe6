DROP TABLE reminders_sent;
DROP TABLE meeting_reminders;
DROP TABLE mail_choices;
