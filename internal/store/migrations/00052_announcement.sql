-- +goose Up

-- An announcement (Framework ¶12.4): said to everybody, to those of a State or of a
-- structure, or in a group, whose level is then that of what is said. It is shown from one
-- moment to another, and withdrawn with a reason; afterwards it stands in the archive.
CREATE TABLE announcement (
  id        TEXT PRIMARY KEY,
  audience  TEXT   NOT NULL CHECK (audience IN ('all', 'state', 'body', 'group')),
  whose     TEXT   NOT NULL CHECK ((whose = '') = (audience = 'all')), -- the State, the structure or the group
  circle    TEXT, -- the group again
  begins    BIGINT NOT NULL,
  ends      BIGINT NOT NULL,
  author    TEXT   NOT NULL CHECK (author <> ''),
  withdrawn BIGINT NOT NULL, -- 0: it stands
  by_whom   TEXT   NOT NULL, -- who withdrew it
  reason    TEXT   NOT NULL,
  created   BIGINT NOT NULL,
  level     BIGINT NOT NULL,
  state     TEXT   NOT NULL CHECK (state = ''),
  grp       TEXT   NOT NULL,
  owner     TEXT   NOT NULL CHECK (owner = ''),
  FOREIGN KEY (circle, level) REFERENCES circle (id, level) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (begins < ends),
  CHECK ((withdrawn = 0) = (reason = '') AND (withdrawn = 0) = (by_whom = '')),
  CHECK (CASE WHEN audience = 'group' THEN circle IS NOT NULL AND circle = whose AND grp = whose ELSE circle IS NULL AND grp = '' AND level IN (0, 1) END),
  CHECK (audience NOT IN ('state', 'body') OR level = 1)
);
CREATE INDEX announcement_begins ON announcement (begins, id);
CREATE INDEX announcement_shown ON announcement (ends, begins) WHERE withdrawn = 0;
CREATE INDEX announcement_circle ON announcement (circle, level);
CREATE INDEX announcement_author ON announcement (author);
CREATE INDEX announcement_by_whom ON announcement (by_whom) WHERE by_whom <> '';

CREATE TABLE announcement_text (
  announcement TEXT NOT NULL REFERENCES announcement (id) DEFERRABLE INITIALLY IMMEDIATE,
  lang         TEXT NOT NULL CHECK (lang IN ('en', 'fr', 'de', 'it', 'ru', 'es')),
  title        TEXT NOT NULL CHECK (title <> ''),
  body         TEXT NOT NULL, -- Markdown
  PRIMARY KEY (announcement, lang)
);

-- Who has put it away, so that it is not shown to her any more.
CREATE TABLE announcement_seen (
  person       TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  announcement TEXT   NOT NULL REFERENCES announcement (id) DEFERRABLE INITIALLY IMMEDIATE,
  at           BIGINT NOT NULL,
  PRIMARY KEY (person, announcement)
);
CREATE INDEX announcement_seen_of ON announcement_seen (announcement);

-- How soon somebody is told of them by letter.
ALTER TABLE notice_wish ADD COLUMN announced TEXT NOT NULL DEFAULT 'weekly' CHECK (announced IN ('once', 'daily', 'weekly', 'none'));

-- The program's own working state: up to when she was told of what had begun, and when the
-- next letter is due, 0 for none.
CREATE TABLE notice_announced (
  person TEXT   PRIMARY KEY REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  told   BIGINT NOT NULL,
  due    BIGINT NOT NULL
);
CREATE INDEX notice_announced_due ON notice_announced (due) WHERE due > 0;
