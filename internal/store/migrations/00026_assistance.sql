-- +goose Up

-- A State's request for help. moves is the number of its last step, 0 only in the
-- moment in which it is made: the stage that it is at rests on that step (column step,
-- below), and the step on the one before it, so no statement moves a request without
-- saying by what, and none takes its history away.
CREATE TABLE request (
  id       TEXT PRIMARY KEY,
  of_year  BIGINT NOT NULL, -- with nth its number, given when it is submitted; 0 before
  nth      BIGINT NOT NULL,
  asker    TEXT   NOT NULL REFERENCES directory_entry (id) DEFERRABLE INITIALLY IMMEDIATE,
  lang     TEXT   NOT NULL CHECK (lang IN ('en', 'fr', 'de', 'it', 'ru', 'es')),
  title    TEXT   NOT NULL,
  wish     TEXT   NOT NULL,
  reason   TEXT   NOT NULL,
  since    TEXT   NOT NULL CHECK (LENGTH(since) IN (0, 4, 7, 10)), -- the dates wished for
  until    TEXT   NOT NULL CHECK (LENGTH(until) IN (0, 4, 7, 10)),
  stage    TEXT   NOT NULL CHECK (stage IN ('draft', 'submitted', 'acknowledged', 'clarification', 'accepted', 'declined', 'referred', 'withdrawn')),
  moves    BIGINT NOT NULL,
  moved    BIGINT NOT NULL, -- since when it is at this stage
  due      TEXT   NOT NULL, -- the day by which somebody has to act, '' where nobody has to
  referred TEXT   NOT NULL, -- to whom
  handler  TEXT   NOT NULL, -- who at the desk took the last step
  rev      BIGINT NOT NULL,
  created  BIGINT NOT NULL,
  updated  BIGINT NOT NULL,
  level    BIGINT NOT NULL CHECK (level IN (2, 3)),
  state    TEXT   NOT NULL CHECK (state = asker),
  grp      TEXT   NOT NULL CHECK (grp = ''),
  owner    TEXT   NOT NULL,
  UNIQUE (id, asker, stage),
  CHECK (since = '' OR until = '' OR SUBSTR(since, 1, LENGTH(until)) <= SUBSTR(until, 1, LENGTH(since))),
  CHECK (moves > 0 OR moves = 0 AND stage = 'draft'),
  CHECK ((level = 3) = (nth = 0)), -- the State's own until it is submitted, and never again
  CHECK ((of_year = 0) = (nth = 0)),
  CHECK (nth >= 0 AND (stage <> 'draft' OR nth = 0) AND (stage IN ('draft', 'withdrawn') OR nth > 0)),
  CHECK (nth = 0 OR title <> '' AND wish <> '' AND reason <> ''),
  CHECK ((stage IN ('submitted', 'acknowledged', 'clarification')) = (LENGTH(due) = 10)),
  CHECK (LENGTH(due) IN (0, 10)),
  CHECK ((stage = 'referred') = (referred <> '')),
  CHECK (stage IN ('draft', 'submitted', 'withdrawn') OR handler <> '')
);
CREATE UNIQUE INDEX request_number ON request (of_year, nth) WHERE nth > 0;
CREATE INDEX request_created ON request (created, id);
CREATE INDEX request_asker ON request (asker, created, id);
CREATE INDEX request_stage ON request (stage, created, id);
CREATE INDEX request_waiting ON request (moved, id) WHERE due <> '';
CREATE INDEX request_owner ON request (owner);

-- What a request is about: themes, items of the Framework, lines of action, and the
-- institutions and units that it is for. under is each theme and the one that it belongs
-- to: a theme's list is read from its index, with when the request was made.
CREATE TABLE request_tag (
  request TEXT   NOT NULL REFERENCES request (id) DEFERRABLE INITIALLY IMMEDIATE,
  kind    TEXT   NOT NULL CHECK (kind IN ('theme', 'under', 'item', 'line', 'body')),
  value   TEXT   NOT NULL CHECK (value <> ''),
  n       BIGINT NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (request, kind, value)
);
CREATE INDEX request_tag_value ON request_tag (kind, value, created, request);

-- A step of a request: who moved it, when, with what words. former is what stood in a
-- request that its State changed in answer to a question.
CREATE TABLE request_step (
  request TEXT   NOT NULL REFERENCES request (id) DEFERRABLE INITIALLY IMMEDIATE,
  n       BIGINT NOT NULL,
  prior   BIGINT,
  was     TEXT,
  move    TEXT   NOT NULL,
  stage   TEXT   NOT NULL,
  words   TEXT   NOT NULL,
  former  TEXT   NOT NULL,
  by_whom TEXT   NOT NULL CHECK (by_whom <> ''),
  at      BIGINT NOT NULL,
  mark    TEXT   NOT NULL UNIQUE CHECK (mark = request || ' ' || n || ' ' || stage),
  PRIMARY KEY (request, n),
  UNIQUE (request, n, stage),
  FOREIGN KEY (request, prior, was) REFERENCES request_step (request, n, stage) DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (n > 0 AND (n = 1) = (prior IS NULL) AND (n = 1) = (was IS NULL)),
  CHECK (prior IS NULL OR prior = n - 1),
  CHECK (CASE move
    WHEN 'draft'       THEN n = 1 AND stage = 'draft'
    WHEN 'submit'      THEN COALESCE(was, '') = 'draft' AND stage = 'submitted'
    WHEN 'acknowledge' THEN COALESCE(was, '') = 'submitted' AND stage = 'acknowledged'
    WHEN 'ask'         THEN COALESCE(was, '') IN ('submitted', 'acknowledged') AND stage = 'clarification'
    WHEN 'revise'      THEN COALESCE(was, '') = 'clarification' AND stage = 'clarification'
    WHEN 'answer'      THEN COALESCE(was, '') = 'clarification' AND stage = 'acknowledged'
    WHEN 'accept'      THEN COALESCE(was, '') = 'acknowledged' AND stage = 'accepted'
    WHEN 'decline'     THEN COALESCE(was, '') IN ('acknowledged', 'clarification') AND stage = 'declined'
    WHEN 'refer'       THEN COALESCE(was, '') = 'acknowledged' AND stage = 'referred'
    WHEN 'withdraw'    THEN COALESCE(was, '') IN ('draft', 'submitted', 'acknowledged', 'clarification', 'accepted') AND stage = 'withdrawn'
    ELSE FALSE END),
  CHECK (move NOT IN ('ask', 'answer', 'decline') OR words <> ''),
  CHECK ((move = 'revise') = (former <> ''))
);

ALTER TABLE request ADD COLUMN step TEXT REFERENCES request_step (mark) DEFERRABLE INITIALLY IMMEDIATE
  CHECK ((step IS NULL) = (moves = 0))
  CHECK (step IS NULL OR step = id || ' ' || moves || ' ' || stage);

-- The consent of a State: asked of it, and given, refused, withdrawn or expired, area
-- by area. Its steps hold it as those of a request do.
CREATE TABLE consent (
  id         TEXT PRIMARY KEY,
  of_year    BIGINT NOT NULL,
  nth        BIGINT NOT NULL CHECK (nth > 0),
  giver      TEXT   NOT NULL REFERENCES directory_entry (id) DEFERRABLE INITIALLY IMMEDIATE,
  request    TEXT REFERENCES request (id) DEFERRABLE INITIALLY IMMEDIATE,
  stage      TEXT   NOT NULL CHECK (stage IN ('asked', 'given', 'refused', 'expired', 'withdrawn')),
  why        TEXT   NOT NULL CHECK (why <> ''),
  authority  TEXT   NOT NULL,
  office     TEXT   NOT NULL, -- the signatory's, never a name
  given      TEXT   NOT NULL CHECK (LENGTH(given) IN (0, 10)),
  since      TEXT   NOT NULL CHECK (LENGTH(since) IN (0, 10)),
  until      TEXT   NOT NULL CHECK (LENGTH(until) IN (0, 10)), -- 9999-12-31 where it has no end
  conditions TEXT   NOT NULL,
  document   TEXT   NOT NULL,
  recorded   TEXT   NOT NULL CHECK (recorded IN ('', 'state', 'desk')), -- who wrote down that it was given
  moves      BIGINT NOT NULL,
  rev        BIGINT NOT NULL,
  created    BIGINT NOT NULL,
  updated    BIGINT NOT NULL,
  level      BIGINT NOT NULL CHECK (level = 2),
  state      TEXT   NOT NULL CHECK (state = giver),
  grp        TEXT   NOT NULL CHECK (grp = ''),
  owner      TEXT   NOT NULL,
  UNIQUE (of_year, nth),
  UNIQUE (id, giver, stage, since, until),
  CHECK (moves > 0 OR moves = 0 AND stage = 'asked'),
  CHECK (stage NOT IN ('given', 'expired', 'withdrawn') OR authority <> '' AND office <> '' AND LENGTH(given) = 10
    AND LENGTH(since) = 10 AND LENGTH(until) = 10 AND since <= until AND recorded <> ''),
  CHECK (stage NOT IN ('asked', 'refused') OR given = '' AND since = '' AND until = '' AND recorded = ''),
  CHECK (recorded <> 'desk' OR document <> '') -- the desk says it of a State only with the paper
);
CREATE UNIQUE INDEX consent_pending ON consent (giver, request) WHERE stage = 'asked' AND request IS NOT NULL;
CREATE INDEX consent_request ON consent (request, created);
CREATE INDEX consent_created ON consent (created, id);
CREATE INDEX consent_giver ON consent (giver, created, id);
CREATE INDEX consent_stage ON consent (stage, created, id);
CREATE INDEX consent_until ON consent (until) WHERE stage = 'given';
CREATE INDEX consent_owner ON consent (owner);

-- An area of a consent. It is open only while the consent is given: the stage stands
-- here as well, and follows.
CREATE TABLE consent_area (
  consent       TEXT NOT NULL,
  theme         TEXT NOT NULL CHECK (theme <> ''),
  giver         TEXT NOT NULL,
  consent_stage TEXT NOT NULL,
  since         TEXT NOT NULL,
  until         TEXT NOT NULL,
  standing      TEXT NOT NULL CHECK (standing IN ('asked', 'open', 'refused', 'closed')),
  closed        TEXT NOT NULL CHECK ((standing = 'closed') = (LENGTH(closed) = 10) AND LENGTH(closed) IN (0, 10)),
  reason        TEXT NOT NULL,
  PRIMARY KEY (consent, theme),
  UNIQUE (consent, giver, theme, standing, since, until),
  FOREIGN KEY (consent, giver, consent_stage, since, until) REFERENCES consent (id, giver, stage, since, until) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (standing <> 'open' OR consent_stage = 'given')
);
CREATE INDEX consent_area_theme ON consent_area (theme, consent);

CREATE TABLE consent_step (
  consent TEXT   NOT NULL REFERENCES consent (id) DEFERRABLE INITIALLY IMMEDIATE,
  n       BIGINT NOT NULL,
  prior   BIGINT,
  was     TEXT,
  move    TEXT   NOT NULL,
  stage   TEXT   NOT NULL,
  theme   TEXT, -- of the area that was closed or opened
  words   TEXT   NOT NULL,
  by_whom TEXT   NOT NULL CHECK ((by_whom = '') = (move = 'expire')), -- time ends a consent by itself
  at      BIGINT NOT NULL,
  mark    TEXT   NOT NULL UNIQUE CHECK (mark = consent || ' ' || n || ' ' || stage),
  PRIMARY KEY (consent, n),
  UNIQUE (consent, n, stage),
  FOREIGN KEY (consent, prior, was) REFERENCES consent_step (consent, n, stage) DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (consent, theme) REFERENCES consent_area (consent, theme) DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (n > 0 AND (n = 1) = (prior IS NULL) AND (n = 1) = (was IS NULL)),
  CHECK (prior IS NULL OR prior = n - 1),
  CHECK ((move IN ('close', 'open')) = (theme IS NOT NULL)),
  CHECK (CASE move
    WHEN 'ask'      THEN n = 1 AND stage = 'asked'
    WHEN 'give'     THEN COALESCE(was, '') = 'asked' AND stage = 'given'
    WHEN 'refuse'   THEN COALESCE(was, '') = 'asked' AND stage = 'refused'
    WHEN 'close'    THEN COALESCE(was, '') = 'given' AND stage = 'given'
    WHEN 'open'     THEN COALESCE(was, '') = 'given' AND stage = 'given'
    WHEN 'withdraw' THEN COALESCE(was, '') = 'given' AND stage = 'withdrawn'
    WHEN 'expire'   THEN COALESCE(was, '') = 'given' AND stage = 'expired'
    ELSE FALSE END)
);
ALTER TABLE consent ADD COLUMN step TEXT REFERENCES consent_step (mark) DEFERRABLE INITIALLY IMMEDIATE
  CHECK ((step IS NULL) = (moves = 0))
  CHECK (step IS NULL OR step = id || ' ' || moves || ' ' || stage);
