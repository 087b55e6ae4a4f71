-- +goose Up

-- The roster of experts (Framework ¶9.3, 12.4, 22). What it rests on stands in other
-- tables and follows by key: an account that is blocked, a word or a role that ends takes
-- the expert out of every search with the same statement.
CREATE UNIQUE INDEX person_open ON person (id, blocked);
CREATE UNIQUE INDEX vouching_word ON vouching (id, person, acts_for, body, until, ended);
CREATE UNIQUE INDEX role_grant_term ON role_grant (id, person, role, until, ended);

-- Who was named for the roster by a State or body that vouches for her. She alone accepts.
CREATE TABLE expert_nomination (
  id       TEXT PRIMARY KEY,
  person   TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  vouching TEXT   NOT NULL,
  by_whom  TEXT   NOT NULL CHECK (by_whom <> '' AND by_whom <> person),
  words    TEXT   NOT NULL, -- why, for her to read
  asked    BIGINT NOT NULL,
  decided  BIGINT NOT NULL, -- 0 while it waits
  verdict  TEXT   NOT NULL CHECK (verdict IN ('', 'accepted', 'declined')),
  decider  TEXT   NOT NULL,
  FOREIGN KEY (vouching, person) REFERENCES vouching (id, person) DEFERRABLE INITIALLY IMMEDIATE,
  CHECK ((decided = 0) = (verdict = '')),
  CHECK (verdict = '' OR decider = person),
  UNIQUE (id, person, vouching, verdict)
);
CREATE UNIQUE INDEX expert_nomination_open ON expert_nomination (person, vouching) WHERE decided = 0;
CREATE INDEX expert_nomination_by ON expert_nomination (by_whom, asked);

-- Somebody's profile. found is who finds her, 0 nobody: that is hers to say, consented is
-- when she did. Whoever is found has a word that holds (vouching) and stands on the roster
-- by a role or by a nomination that she accepted.
CREATE TABLE expert (
  person     TEXT PRIMARY KEY,
  blocked    BOOLEAN NOT NULL,
  found      BIGINT  NOT NULL CHECK (found BETWEEN 0 AND 3), -- 1 who vouches for her and the desk, 2 officials, 3 members
  consented  BIGINT  NOT NULL,
  vouching   TEXT,
  acts_for   TEXT    NOT NULL,
  body       TEXT    NOT NULL,
  word_until BIGINT  NOT NULL,
  word_ended BIGINT  NOT NULL,
  held       TEXT, -- the role
  held_as    TEXT    NOT NULL CHECK (held_as = 'expert'),
  held_until BIGINT  NOT NULL,
  held_ended BIGINT  NOT NULL,
  nomination TEXT,
  accepted   TEXT    NOT NULL CHECK (accepted = 'accepted'),
  lang       TEXT    NOT NULL CHECK (lang IN ('en', 'fr', 'de', 'it', 'ru', 'es')), -- of her words
  reviewed   BIGINT  NOT NULL,
  review_by  BIGINT  NOT NULL CHECK (review_by > reviewed),
  reminded   BIGINT  NOT NULL,
  rev        BIGINT  NOT NULL,
  created    BIGINT  NOT NULL,
  updated    BIGINT  NOT NULL,
  level      BIGINT  NOT NULL CHECK (level = 3),
  state      TEXT    NOT NULL CHECK (state = ''),
  grp        TEXT    NOT NULL CHECK (grp = ''),
  owner      TEXT    NOT NULL CHECK (owner = person),
  FOREIGN KEY (person, blocked) REFERENCES person (id, blocked) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (vouching, person, acts_for, body, word_until, word_ended) REFERENCES vouching (id, person, acts_for, body, until, ended)
    ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (held, person, held_as, held_until, held_ended) REFERENCES role_grant (id, person, role, until, ended)
    ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (nomination, person, vouching, accepted) REFERENCES expert_nomination (id, person, vouching, verdict) DEFERRABLE INITIALLY IMMEDIATE,
  CHECK ((found = 0) = (consented = 0)),
  CHECK (found = 0 OR vouching IS NOT NULL),
  CHECK (found = 0 OR held IS NOT NULL OR nomination IS NOT NULL),
  CHECK (nomination IS NULL OR vouching IS NOT NULL),
  CHECK (vouching IS NOT NULL OR (acts_for = '' AND body = '' AND word_until = 0 AND word_ended = 0)),
  CHECK (held IS NOT NULL OR (held_until = 0 AND held_ended = 0))
);
CREATE INDEX expert_stands ON expert (person, found, blocked, word_ended, word_until, held_ended, held_until, review_by, acts_for, body, reviewed);
CREATE INDEX expert_vouching ON expert (vouching, person, acts_for, body, word_until, word_ended);
CREATE INDEX expert_held ON expert (held);
CREATE INDEX expert_of_state ON expert (acts_for, person) WHERE found > 0;
CREATE INDEX expert_of_body ON expert (body, person) WHERE found > 0;
CREATE INDEX expert_reviewed ON expert (reviewed, person);
CREATE INDEX expert_review ON expert (review_by, person) WHERE found > 0;

-- A field of it: who sees it, and its revision.
CREATE TABLE expert_field (
  person  TEXT   NOT NULL REFERENCES expert (person) DEFERRABLE INITIALLY IMMEDIATE,
  field   TEXT   NOT NULL CHECK (field <> ''),
  width   BIGINT NOT NULL CHECK (width BETWEEN 0 AND 3),
  rev     BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  PRIMARY KEY (person, field),
  UNIQUE (person, field, width)
);

-- What stands in it, line by line. The width is the field's and follows it.
CREATE TABLE expert_line (
  person TEXT   NOT NULL,
  field  TEXT   NOT NULL,
  n      BIGINT NOT NULL CHECK (n > 0),
  width  BIGINT NOT NULL,
  value  TEXT   NOT NULL, -- a theme, language, State, service …, or ''
  under  TEXT   NOT NULL, -- the theme that a theme belongs to, or itself; '' for all others
  level  BIGINT NOT NULL CHECK (level >= 0),
  words  TEXT   NOT NULL,
  since  TEXT   NOT NULL CHECK (LENGTH(since) IN (0, 4, 10)),
  until  TEXT   NOT NULL CHECK (LENGTH(until) IN (0, 4, 10)),
  PRIMARY KEY (person, field, n),
  FOREIGN KEY (person, field, width) REFERENCES expert_field (person, field, width) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (since = '' OR until = '' OR SUBSTR(since, 1, 4) <= SUBSTR(until, 1, 4)),
  CHECK (field <> 'theme' OR value <> '' AND under <> '' AND level BETWEEN 1 AND 3),
  CHECK (field <> 'language' OR value <> '' AND level BETWEEN 1 AND 7),
  CHECK (field = 'theme' OR under = '')
);
CREATE INDEX expert_line_value ON expert_line (field, value, level, person, width);
CREATE INDEX expert_line_under ON expert_line (field, under, level, person, width);
CREATE INDEX expert_line_of ON expert_line (person, field, value, level, width, under, since, until);

-- The words of a field, cut to their beginnings, as they are looked for.
CREATE TABLE expert_word (
  person TEXT   NOT NULL,
  field  TEXT   NOT NULL,
  stem   TEXT   NOT NULL CHECK (stem <> ''),
  width  BIGINT NOT NULL,
  PRIMARY KEY (person, stem, field),
  FOREIGN KEY (person, field, width) REFERENCES expert_field (person, field, width) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE
);
CREATE INDEX expert_word_stem ON expert_word (stem, person, width);
CREATE INDEX expert_word_field ON expert_word (person, field, width);

-- Who opened her profile, for what: for her to see, for a year.
CREATE TABLE expert_look (
  id      TEXT PRIMARY KEY,
  person  TEXT   NOT NULL REFERENCES expert (person) DEFERRABLE INITIALLY IMMEDIATE,
  by_whom TEXT   NOT NULL CHECK (by_whom <> '' AND by_whom <> person),
  why     TEXT   NOT NULL CHECK (why <> ''),
  day     TEXT   NOT NULL CHECK (LENGTH(day) = 10),
  at      BIGINT NOT NULL,
  UNIQUE (person, by_whom, day, why)
);
CREATE INDEX expert_look_at ON expert_look (at);
CREATE INDEX expert_look_person ON expert_look (person, at, id);
CREATE INDEX expert_look_by ON expert_look (by_whom, at);

-- Somebody on a list for one assignment, and what she said to it. It moves as all records
-- move; what is hers to say (agree, decline, confirm, contest) no other person's step says.
CREATE TABLE expert_ask (
  id      TEXT PRIMARY KEY,
  person  TEXT   NOT NULL REFERENCES expert (person) DEFERRABLE INITIALLY IMMEDIATE,
  kind    TEXT   NOT NULL CHECK (kind IN ('request', 'project')),
  object  TEXT   NOT NULL CHECK (object <> ''),
  why     TEXT   NOT NULL CHECK (why <> ''), -- she is on the list
  host    TEXT   NOT NULL CHECK (LENGTH(host) IN (0, 2)), -- State of deployment
  starts  TEXT   NOT NULL CHECK (LENGTH(starts) IN (0, 10)),
  ends    TEXT   NOT NULL CHECK (LENGTH(ends) IN (0, 10) AND (starts = '' OR ends = '' OR ends >= starts)),
  task    TEXT   NOT NULL, -- what she is asked to do, for her to read
  outcome TEXT   NOT NULL,
  body    TEXT   NOT NULL, -- structure of whoever made it
  stage   TEXT   NOT NULL CHECK (stage IN ('listed', 'asked', 'agreed', 'declined', 'withdrawn', 'done', 'confirmed')),
  moves   BIGINT NOT NULL,
  moved   BIGINT NOT NULL,
  rev     BIGINT NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  level   BIGINT NOT NULL CHECK (level = 3),
  state   TEXT   NOT NULL CHECK (state = ''),
  grp     TEXT   NOT NULL CHECK (grp = ''),
  owner   TEXT   NOT NULL CHECK (owner <> person), -- who keeps it, or ''
  UNIQUE (id, person),
  CHECK (moves > 0 OR moves = 0 AND stage = 'listed'),
  CHECK (stage IN ('listed', 'withdrawn') OR task <> ''),
  CHECK (stage NOT IN ('done', 'confirmed') OR outcome <> '')
);
CREATE UNIQUE INDEX expert_ask_open ON expert_ask (person, kind, object) WHERE stage IN ('listed', 'asked', 'agreed', 'done');
CREATE INDEX expert_ask_object ON expert_ask (kind, object, created, id);
CREATE INDEX expert_ask_owner ON expert_ask (owner, created, id);
CREATE INDEX expert_ask_person ON expert_ask (person, created, id);
CREATE INDEX expert_ask_created ON expert_ask (created, id);

CREATE TABLE expert_ask_step (
  ask     TEXT   NOT NULL,
  person  TEXT   NOT NULL,
  n       BIGINT NOT NULL,
  prior   BIGINT,
  was     TEXT,
  move    TEXT   NOT NULL,
  stage   TEXT   NOT NULL,
  words   TEXT   NOT NULL,
  by_whom TEXT   NOT NULL CHECK (by_whom <> ''),
  at      BIGINT NOT NULL,
  mark    TEXT   NOT NULL UNIQUE CHECK (mark = ask || ' ' || n || ' ' || stage),
  PRIMARY KEY (ask, n),
  UNIQUE (ask, n, stage),
  FOREIGN KEY (ask, person) REFERENCES expert_ask (id, person) DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (ask, prior, was) REFERENCES expert_ask_step (ask, n, stage) DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (n > 0 AND (n = 1) = (prior IS NULL) AND (n = 1) = (was IS NULL)),
  CHECK (prior IS NULL OR prior = n - 1),
  CHECK (CASE move
    WHEN 'list'     THEN n = 1 AND stage = 'listed' AND by_whom <> person
    WHEN 'ask'      THEN COALESCE(was, '') = 'listed' AND stage = 'asked' AND by_whom <> person
    WHEN 'agree'    THEN COALESCE(was, '') = 'asked' AND stage = 'agreed' AND by_whom = person
    WHEN 'decline'  THEN COALESCE(was, '') = 'asked' AND stage = 'declined' AND by_whom = person
    WHEN 'withdraw' THEN COALESCE(was, '') IN ('listed', 'asked', 'agreed') AND stage = 'withdrawn'
    WHEN 'finish'   THEN COALESCE(was, '') = 'agreed' AND stage = 'done' AND by_whom <> person
    WHEN 'contest'  THEN COALESCE(was, '') = 'done' AND stage = 'agreed' AND by_whom = person
    WHEN 'confirm'  THEN COALESCE(was, '') = 'done' AND stage = 'confirmed' AND by_whom = person
    ELSE FALSE END),
  CHECK (move NOT IN ('contest') OR words <> '')
);
CREATE INDEX expert_ask_step_by ON expert_ask_step (by_whom, at);
ALTER TABLE expert_ask ADD COLUMN step TEXT REFERENCES expert_ask_step (mark) DEFERRABLE INITIALLY IMMEDIATE
  CHECK ((step IS NULL) = (moves = 0))
  CHECK (step IS NULL OR step = id || ' ' || moves || ' ' || stage);
