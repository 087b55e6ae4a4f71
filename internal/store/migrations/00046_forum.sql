-- +goose Up

-- A forum of police and public (Framework ¶9.3, 17.4, 22) is a circle of that kind: how
-- issues are raised there. Without a row it is as the program says.
CREATE TABLE forum_setting (
  grp     TEXT PRIMARY KEY REFERENCES circle (id) DEFERRABLE INITIALLY IMMEDIATE,
  anybody BOOLEAN NOT NULL, -- an issue may be raised without an account, while all read the forum
  daily   BIGINT  NOT NULL CHECK (daily BETWEEN 1 AND 500), -- how many of those in a day
  days    BIGINT  NOT NULL CHECK (days BETWEEN 1 AND 365), -- in which an answer is owed as a rule
  rev     BIGINT  NOT NULL,
  updated BIGINT  NOT NULL
);

-- An issue that was raised there. Once it is shown it is read by whoever reads the forum,
-- and follows its level. One raised without an account is shown by a facilitator, or never:
-- until then its label opens it to nobody at all, and the program reads it for them. Who raised it so is
-- not known: receipt is the hash of what she follows it by.
CREATE TABLE issue (
  id        TEXT PRIMARY KEY,
  forum     TEXT   NOT NULL REFERENCES circle (id) DEFERRABLE INITIALLY IMMEDIATE,
  shown     TEXT, -- the forum again, NULL while it is not shown
  lang      TEXT   NOT NULL CHECK (lang IN ('en', 'fr', 'de', 'it', 'ru', 'es')),
  title     TEXT   NOT NULL,
  about     TEXT   NOT NULL,
  speaks    TEXT   NOT NULL, -- for whom it is raised, in words
  place     TEXT   NOT NULL, -- in words
  host      TEXT   NOT NULL, -- the State, or ''
  stage     TEXT   NOT NULL CHECK (stage IN ('raised', 'taken', 'answered', 'followed', 'closed', 'declined', 'merged', 'withdrawn')),
  moves     BIGINT NOT NULL,
  moved     BIGINT NOT NULL,
  author    TEXT   NOT NULL, -- '' without an account
  receipt   TEXT UNIQUE CHECK (receipt IS NULL OR LENGTH(receipt) = 64),
  office    TEXT   NOT NULL, -- of the directory: it owes the answer
  due       TEXT   NOT NULL CHECK (LENGTH(due) IN (0, 10)), -- the day by which
  owed      BIGINT, -- the step that says so
  answered  TEXT   NOT NULL CHECK (LENGTH(answered) IN (0, 10)), -- the day
  follow_by TEXT   NOT NULL CHECK (LENGTH(follow_by) IN (0, 10)), -- the day by which is said what came of it
  merged    TEXT, -- into an earlier one of the same forum that is shown
  rev       BIGINT NOT NULL,
  created   BIGINT NOT NULL,
  updated   BIGINT NOT NULL,
  level     BIGINT NOT NULL,
  state     TEXT   NOT NULL CHECK (state = ''),
  grp       TEXT   NOT NULL,
  owner     TEXT   NOT NULL CHECK (owner = ''),
  UNIQUE (id, forum),
  UNIQUE (id, shown),
  FOREIGN KEY (shown, level) REFERENCES circle (id, level) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (merged, forum) REFERENCES issue (id, shown) DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (CASE WHEN shown IS NULL THEN grp = '' AND level = 3 ELSE shown = forum AND grp = forum END),
  CHECK ((author = '') = (receipt IS NOT NULL)),
  CHECK (shown IS NOT NULL OR receipt IS NOT NULL),
  CHECK (shown IS NOT NULL OR stage NOT IN ('taken')),
  CHECK (stage = 'withdrawn' OR title <> '' AND about <> ''),
  CHECK (moves > 0 OR moves = 0 AND stage = 'raised'),
  CHECK ((due = '') = (owed IS NULL) AND (due = '') = (office = '')),
  CHECK (stage <> 'taken' OR due <> ''),
  CHECK (stage NOT IN ('answered', 'followed') OR answered <> ''),
  CHECK (stage NOT IN ('raised', 'taken', 'declined', 'merged', 'withdrawn') OR answered = ''),
  CHECK (follow_by = '' OR answered <> ''),
  CHECK ((stage = 'merged') = (merged IS NOT NULL) AND COALESCE(merged < id, TRUE))
);
CREATE INDEX issue_forum ON issue (forum, created, id);
CREATE INDEX issue_stage ON issue (forum, stage, created, id);
CREATE INDEX issue_owed ON issue (office, due) WHERE stage = 'taken';
CREATE INDEX issue_due ON issue (due) WHERE stage = 'taken';
CREATE INDEX issue_unread ON issue (forum, created) WHERE shown IS NULL AND stage = 'raised';
CREATE INDEX issue_author ON issue (author, created) WHERE author <> '';
CREATE INDEX issue_merged ON issue (merged) WHERE merged IS NOT NULL;

-- group is one for which it is raised, theme what it is about, under also the theme that
-- a theme belongs to.
CREATE TABLE issue_tag (
  issue TEXT   NOT NULL REFERENCES issue (id) DEFERRABLE INITIALLY IMMEDIATE,
  kind  TEXT   NOT NULL CHECK (kind IN ('group', 'theme', 'under')),
  value TEXT   NOT NULL CHECK (value <> ''),
  n     BIGINT NOT NULL,
  PRIMARY KEY (issue, kind, value),
  CHECK (kind <> 'group' OR value IN ('residents', 'women', 'youth', 'minorities', 'business', 'academia', 'media', 'police', 'local-government', 'other'))
);
CREATE INDEX issue_tag_value ON issue_tag (kind, value, issue);

-- What was written without an account, before a facilitator showed it.
CREATE TABLE issue_original (
  issue  TEXT PRIMARY KEY REFERENCES issue (id) DEFERRABLE INITIALLY IMMEDIATE,
  title  TEXT NOT NULL,
  about  TEXT NOT NULL,
  speaks TEXT NOT NULL,
  place  TEXT NOT NULL
);

-- Questions back to who raised it, and what she adds: between her and the facilitators.
CREATE TABLE issue_word (
  issue   TEXT   NOT NULL REFERENCES issue (id) DEFERRABLE INITIALLY IMMEDIATE,
  n       BIGINT NOT NULL CHECK (n BETWEEN 1 AND 100),
  side    TEXT   NOT NULL CHECK (side IN ('raiser', 'forum')),
  words   TEXT   NOT NULL CHECK (words <> ''),
  by_whom TEXT   NOT NULL CHECK (by_whom <> '' OR side = 'raiser'),
  at      BIGINT NOT NULL,
  PRIMARY KEY (issue, n)
);

CREATE TABLE issue_step (
  issue   TEXT   NOT NULL REFERENCES issue (id) DEFERRABLE INITIALLY IMMEDIATE,
  n       BIGINT NOT NULL,
  prior   BIGINT,
  was     TEXT,
  move    TEXT   NOT NULL,
  stage   TEXT   NOT NULL,
  words   TEXT   NOT NULL, -- the answer, what came of it, or why
  office  TEXT   NOT NULL, -- that owes the answer, or for which it is given
  due     TEXT   NOT NULL, -- by when it is owed, or by when is said what came of it
  day     TEXT   NOT NULL CHECK (LENGTH(day) = 10), -- of the step
  by_whom TEXT   NOT NULL, -- '' of who raised it without an account
  at      BIGINT NOT NULL,
  mark    TEXT   NOT NULL UNIQUE CHECK (mark = issue || ' ' || n || ' ' || stage),
  owing   TEXT UNIQUE CHECK (owing IS NULL OR owing = issue || ' ' || n || ' ' || due || ' ' || office),
  PRIMARY KEY (issue, n),
  UNIQUE (issue, n, stage),
  FOREIGN KEY (issue, prior, was) REFERENCES issue_step (issue, n, stage) DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (n > 0 AND (n = 1) = (prior IS NULL) AND (n = 1) = (was IS NULL)),
  CHECK (prior IS NULL OR prior = n - 1),
  CHECK (CASE move
    WHEN 'raise'    THEN n = 1 AND stage = 'raised'
    WHEN 'publish'  THEN COALESCE(was, '') IN ('raised', 'answered', 'followed') AND stage = was
    WHEN 'take'     THEN COALESCE(was, '') = 'raised' AND stage = 'taken'
    WHEN 'hand'     THEN COALESCE(was, '') = 'taken' AND stage = 'taken'
    WHEN 'answer'   THEN COALESCE(was, '') IN ('raised', 'taken') AND stage = 'answered'
    WHEN 'follow'   THEN COALESCE(was, '') IN ('answered', 'followed') AND stage = 'followed'
    WHEN 'close'    THEN COALESCE(was, '') IN ('answered', 'followed', 'declined') AND stage = 'closed'
    WHEN 'decline'  THEN COALESCE(was, '') IN ('raised', 'taken') AND stage = 'declined'
    WHEN 'merge'    THEN COALESCE(was, '') IN ('raised', 'taken') AND stage = 'merged'
    WHEN 'withdraw' THEN COALESCE(was, '') IN ('raised', 'taken') AND stage = 'withdrawn'
    ELSE FALSE END),
  CHECK (move NOT IN ('answer', 'follow', 'decline', 'hand') OR words <> ''),
  CHECK ((office <> '') = (move IN ('take', 'hand', 'answer'))),
  CHECK ((owing IS NOT NULL) = (move IN ('take', 'hand'))),
  CHECK (due = '' AND move NOT IN ('take', 'hand') OR LENGTH(due) = 10 AND due >= day AND move IN ('take', 'hand', 'answer')),
  CHECK (by_whom <> '' OR move IN ('raise', 'close', 'withdraw'))
);
CREATE INDEX issue_step_by ON issue_step (by_whom) WHERE by_whom <> '';
ALTER TABLE issue ADD COLUMN step TEXT REFERENCES issue_step (mark) DEFERRABLE INITIALLY IMMEDIATE
  CHECK ((step IS NULL) = (moves = 0))
  CHECK (step IS NULL OR step = id || ' ' || moves || ' ' || stage);
ALTER TABLE issue ADD COLUMN owing TEXT REFERENCES issue_step (owing) DEFERRABLE INITIALLY IMMEDIATE
  CHECK ((owing IS NULL) = (due = ''))
  CHECK (owing IS NULL OR owing = id || ' ' || owed || ' ' || due || ' ' || office);

-- The minutes of a forum's meeting are a document of the library: here stands when it was,
-- who was represented, and which issues were treated.
CREATE TABLE forum_minutes (
  id       TEXT PRIMARY KEY,
  document TEXT   NOT NULL CHECK (document <> ''),
  held     TEXT   NOT NULL CHECK (LENGTH(held) = 10),
  by_whom  TEXT   NOT NULL CHECK (by_whom <> ''),
  created  BIGINT NOT NULL,
  level    BIGINT NOT NULL,
  state    TEXT   NOT NULL CHECK (state = ''),
  grp      TEXT   NOT NULL,
  owner    TEXT   NOT NULL CHECK (owner = ''),
  UNIQUE (id, grp),
  UNIQUE (grp, document),
  FOREIGN KEY (grp, level) REFERENCES circle (id, level) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE
);
CREATE INDEX forum_minutes_held ON forum_minutes (grp, held, id);

CREATE TABLE forum_minutes_group (
  minutes TEXT NOT NULL REFERENCES forum_minutes (id) DEFERRABLE INITIALLY IMMEDIATE,
  value   TEXT NOT NULL CHECK (value IN ('residents', 'women', 'youth', 'minorities', 'business', 'academia', 'media', 'police', 'local-government', 'other')),
  PRIMARY KEY (minutes, value)
);

CREATE TABLE forum_minutes_issue (
  minutes TEXT NOT NULL,
  forum   TEXT NOT NULL,
  issue   TEXT NOT NULL,
  PRIMARY KEY (minutes, issue),
  FOREIGN KEY (minutes, forum) REFERENCES forum_minutes (id, grp) DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (issue, forum) REFERENCES issue (id, shown) DEFERRABLE INITIALLY IMMEDIATE
);
CREATE INDEX forum_minutes_issue_of ON forum_minutes_issue (issue);
