DROP TABLE outbox_held;
DROP TABLE audiences;
DROP TABLE announcement_recipients;
DROP TABLE announcements;
