-- +goose Up

-- What is talked about in a group: a discussion, or a question that wants an answer
-- (Framework ¶9.3, 12.4). It is read by whoever reads the group: the label is the group's
-- and follows it, and it is nobody's own, so that who has left the group reads no more of
-- it than anybody else.
CREATE TABLE topic (
  id        TEXT PRIMARY KEY,
  kind      TEXT   NOT NULL CHECK (kind IN ('discussion', 'question')),
  title     TEXT   NOT NULL CHECK (title <> ''),
  lang      TEXT   NOT NULL,
  author    TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  posts     BIGINT NOT NULL CHECK (posts >= 0), -- that are shown, the first included
  last      BIGINT NOT NULL, -- when the last of them was written
  answered  BOOLEAN NOT NULL, -- one of them is the answer
  review_by TEXT   NOT NULL, -- the day by which what it says is to be looked at again, or ''
  locked    BIGINT NOT NULL, -- since when nobody writes here any more, 0 where all may
  rev       BIGINT NOT NULL,
  created   BIGINT NOT NULL,
  updated   BIGINT NOT NULL,
  level     BIGINT NOT NULL,
  state     TEXT   NOT NULL CHECK (state = ''),
  grp       TEXT   NOT NULL,
  owner     TEXT   NOT NULL CHECK (owner = ''),
  FOREIGN KEY (grp, level) REFERENCES circle (id, level) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (NOT answered OR kind = 'question')
);
CREATE INDEX topic_group ON topic (grp, last, id) WHERE posts > 0;
CREATE INDEX topic_open ON topic (grp, created, id) WHERE posts > 0 AND kind = 'question' AND NOT answered;
CREATE INDEX topic_last ON topic (last, id) WHERE posts > 0;
CREATE INDEX topic_author ON topic (author, created);
CREATE INDEX topic_review ON topic (review_by) WHERE review_by <> '';

CREATE TABLE topic_theme (
  topic TEXT NOT NULL REFERENCES topic (id) DEFERRABLE INITIALLY IMMEDIATE,
  theme TEXT NOT NULL CHECK (theme <> ''),
  PRIMARY KEY (topic, theme)
);
CREATE INDEX topic_theme_of ON topic_theme (theme, topic);

-- What is said there. One that is held waits for a facilitator; one that was hidden stays,
-- with the reason, for who wrote it and who runs the group; what was taken away says
-- nothing any more.
CREATE TABLE post (
  id       TEXT PRIMARY KEY,
  topic    TEXT   NOT NULL REFERENCES topic (id) DEFERRABLE INITIALLY IMMEDIATE,
  n        BIGINT NOT NULL CHECK (n > 0), -- its place; the first is what was asked
  author   TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  lang     TEXT   NOT NULL,
  body     TEXT   NOT NULL, -- Markdown
  quotes   TEXT   NOT NULL, -- id of the post that it answers, or ''
  way      TEXT   NOT NULL CHECK (way IN ('page', 'mail')),
  stage    TEXT   NOT NULL CHECK (stage IN ('held', 'shown', 'hidden', 'gone')),
  reason   TEXT   NOT NULL, -- why it is hidden
  answer   BOOLEAN NOT NULL, -- the one that was accepted
  edits    BIGINT NOT NULL,
  rev      BIGINT NOT NULL,
  created  BIGINT NOT NULL,
  updated  BIGINT NOT NULL,
  level    BIGINT NOT NULL,
  state    TEXT   NOT NULL CHECK (state = ''),
  grp      TEXT   NOT NULL,
  owner    TEXT   NOT NULL CHECK (owner = ''),
  UNIQUE (topic, n),
  FOREIGN KEY (grp, level) REFERENCES circle (id, level) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (stage <> 'hidden' OR reason <> ''),
  CHECK ((stage = 'gone') = (body = '')),
  CHECK (NOT answer OR (n > 1 AND stage = 'shown'))
);
CREATE UNIQUE INDEX post_answer ON post (topic) WHERE answer;
CREATE INDEX post_author ON post (author, created);
CREATE INDEX post_held ON post (grp, created) WHERE stage = 'held';
CREATE INDEX post_latest ON post (grp, created, id) WHERE stage = 'shown';
