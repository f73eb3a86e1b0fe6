DROP TABLE feedback_answers;
DROP TABLE feedback_links;
DROP TABLE feedback_forms;
DROP TABLE poll_answers;
DROP TABLE poll_asked;
DROP TABLE poll_times;
DROP TABLE polls;
