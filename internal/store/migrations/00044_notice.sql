-- +goose Up

-- How somebody wants to be told of what is written in her groups (Framework ¶12.4). Who
-- has no row is told as the program does by itself.
CREATE TABLE notice_wish (
  person     TEXT PRIMARY KEY REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  zone       TEXT    NOT NULL, -- her time zone, "Europe/Vienna"; '' that of the installation
  quiet_from BIGINT  NOT NULL CHECK (quiet_from BETWEEN 0 AND 1439), -- minutes after midnight
  quiet_to   BIGINT  NOT NULL CHECK (quiet_to BETWEEN 0 AND 1439),
  quiet_days TEXT    NOT NULL, -- on which days they begin, "12345" is Monday to Friday; '' on none
  own        TEXT    NOT NULL CHECK (own IN ('once', 'daily', 'weekly', 'none')), -- where she wrote or is mentioned
  digests    BOOLEAN NOT NULL, -- letters that gather what is new
  asked      BOOLEAN NOT NULL, -- letters about questions on her themes that nobody answers
  updated    BIGINT  NOT NULL,
  CHECK (quiet_days = '' OR quiet_from <> quiet_to)
);

-- What she has chosen for one group or topic instead.
CREATE TABLE notice_choice (
  person TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  kind   TEXT   NOT NULL CHECK (kind IN ('group', 'topic')),
  object TEXT   NOT NULL CHECK (object <> ''),
  pace   TEXT   NOT NULL CHECK (pace IN ('once', 'daily', 'weekly', 'none')),
  made   BIGINT NOT NULL,
  PRIMARY KEY (person, kind, object)
);
CREATE INDEX notice_choice_of ON notice_choice (kind, object, pace);

-- The secret of the feed of one group or topic, of which only a hash stands here.
CREATE TABLE notice_feed (
  person TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  kind   TEXT   NOT NULL CHECK (kind IN ('group', 'topic')),
  object TEXT   NOT NULL CHECK (object <> ''),
  hash   TEXT   NOT NULL UNIQUE CHECK (LENGTH(hash) = 64),
  made   BIGINT NOT NULL,
  PRIMARY KEY (person, kind, object)
);

-- What follows is the program's own working state. Up to when somebody has seen what a
-- group or a topic says.
CREATE TABLE notice_seen (
  person TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  kind   TEXT   NOT NULL CHECK (kind IN ('group', 'topic')),
  object TEXT   NOT NULL CHECK (object <> ''),
  seen   BIGINT NOT NULL,
  PRIMARY KEY (person, kind, object)
);

-- In which topics she wrote or is mentioned.
CREATE TABLE notice_own (
  person TEXT NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  topic  TEXT NOT NULL REFERENCES topic (id) DEFERRABLE INITIALLY IMMEDIATE,
  PRIMARY KEY (person, topic)
);
CREATE INDEX notice_own_topic ON notice_own (topic);

-- Of what a letter to her is due at once, or in her next morning: a post, or a question
-- that waits for an answer.
CREATE TABLE notice_owed (
  person TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  kind   TEXT   NOT NULL CHECK (kind IN ('post', 'question')),
  object TEXT   NOT NULL,
  topic  TEXT   NOT NULL REFERENCES topic (id) DEFERRABLE INITIALLY IMMEDIATE,
  due    BIGINT NOT NULL,
  at     BIGINT NOT NULL,
  PRIMARY KEY (person, kind, object)
);
CREATE INDEX notice_owed_due ON notice_owed (due);

-- Up to when her letters have gathered what she wants daily and weekly, and when the
-- next one is due.
CREATE TABLE notice_digest (
  person TEXT PRIMARY KEY REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  daily  BIGINT NOT NULL,
  weekly BIGINT NOT NULL,
  due    BIGINT NOT NULL
);
CREATE INDEX notice_digest_due ON notice_digest (due);

-- Questions that nobody had answered for three days and that were brought, once, to who
-- may know.
CREATE TABLE notice_routed (
  topic TEXT PRIMARY KEY REFERENCES topic (id) DEFERRABLE INITIALLY IMMEDIATE,
  at    BIGINT NOT NULL
);

-- Whether a letter of a kind to somebody waits still is asked for each that is owed.
CREATE INDEX letter_recipient ON letter (recipient, kind);
