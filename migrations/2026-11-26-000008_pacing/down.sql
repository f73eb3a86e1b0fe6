DROP TABLE mail_holds;
DROP TABLE mail_begun;
