-- +goose Up

-- A needs assessment in one State, its host. It rests on an accepted request of that
-- State and, area by area, on its consent (assessment_area, below): planned it loses its
-- ground with either, and fielded it then has a day by which somebody decides what
-- becomes of it. That day stands in a step (column doubt, below), so none is invented.
CREATE TABLE assessment (
  id            TEXT PRIMARY KEY,
  of_year       BIGINT NOT NULL CHECK (of_year > 0),
  nth           BIGINT NOT NULL CHECK (nth > 0),
  host          TEXT   NOT NULL REFERENCES directory_entry (id) DEFERRABLE INITIALLY IMMEDIATE,
  request       TEXT   NOT NULL,
  request_stage TEXT   NOT NULL,
  lang          TEXT   NOT NULL CHECK (lang IN ('en', 'fr', 'de', 'it', 'ru', 'es')),
  title         TEXT   NOT NULL CHECK (title <> ''),
  purpose       TEXT   NOT NULL,
  methods       TEXT   NOT NULL,
  team          TEXT   NOT NULL, -- offices and organisations, never people
  starts        TEXT   NOT NULL CHECK (LENGTH(starts) IN (0, 10)), -- the visit
  ends          TEXT   NOT NULL CHECK (LENGTH(ends) IN (0, 10)),
  stage         TEXT   NOT NULL CHECK (stage IN ('planned', 'fielded', 'draft', 'comments', 'final', 'stopped')),
  moves         BIGINT NOT NULL,
  moved         BIGINT NOT NULL,
  due           TEXT   NOT NULL CHECK ((stage IN ('draft', 'comments')) = (LENGTH(due) = 10) AND LENGTH(due) IN (0, 10)),
  decide_by     TEXT   NOT NULL CHECK (LENGTH(decide_by) IN (0, 10)),
  doubted       BIGINT NOT NULL,
  rev           BIGINT NOT NULL,
  created       BIGINT NOT NULL,
  updated       BIGINT NOT NULL,
  level         BIGINT NOT NULL CHECK (level = 2),
  state         TEXT   NOT NULL CHECK (state = host),
  grp           TEXT   NOT NULL CHECK (grp = ''),
  owner         TEXT   NOT NULL,
  UNIQUE (of_year, nth),
  UNIQUE (id, host, stage, starts, ends, decide_by),
  FOREIGN KEY (request, host, request_stage) REFERENCES request (id, asker, stage) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (starts = '' OR ends = '' OR starts <= ends),
  CHECK (moves > 0 OR moves = 0 AND stage = 'planned'),
  CHECK (stage NOT IN ('planned', 'fielded') OR request_stage = 'accepted' OR decide_by <> ''),
  CHECK (decide_by = '' OR stage = 'fielded'),
  CHECK ((decide_by = '') = (doubted = 0)),
  CHECK (stage IN ('planned', 'stopped') OR purpose <> '' AND LENGTH(starts) = 10 AND LENGTH(ends) = 10)
);
CREATE INDEX assessment_created ON assessment (created, id);
CREATE INDEX assessment_host ON assessment (host, created, id);
CREATE INDEX assessment_stage ON assessment (stage, created, id);
CREATE INDEX assessment_request ON assessment (request, created, id);
CREATE INDEX assessment_owner ON assessment (owner);

-- An area that is assessed, with the consent for it. It is fielded only while that area
-- is open and the days of the visit are inside.
CREATE TABLE assessment_area (
  assessment TEXT NOT NULL,
  theme      TEXT NOT NULL CHECK (theme <> ''),
  host       TEXT NOT NULL,
  stage      TEXT NOT NULL,
  starts     TEXT NOT NULL,
  ends       TEXT NOT NULL,
  decide_by  TEXT NOT NULL,
  consent    TEXT,
  standing   TEXT,
  since      TEXT,
  until      TEXT,
  mark       TEXT NOT NULL UNIQUE CHECK (mark = assessment || ' ' || theme),
  PRIMARY KEY (assessment, theme),
  FOREIGN KEY (assessment, host, stage, starts, ends, decide_by) REFERENCES assessment (id, host, stage, starts, ends, decide_by) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (consent, host, theme, standing, since, until) REFERENCES consent_area (consent, giver, theme, standing, since, until) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  CHECK ((consent IS NULL) = (standing IS NULL) AND (consent IS NULL) = (since IS NULL) AND (consent IS NULL) = (until IS NULL)),
  CHECK (stage <> 'planned' OR COALESCE(standing, 'open') = 'open'),
  CHECK (stage <> 'fielded' OR decide_by <> '' OR COALESCE(consent IS NOT NULL AND standing = 'open' AND starts >= since AND ends <= until, FALSE))
);
CREATE INDEX assessment_area_theme ON assessment_area (theme, assessment);
CREATE INDEX assessment_area_consent ON assessment_area (consent, theme);

-- A step. The draft is sent to the State, which comments on it; it becomes final only
-- behind its comments, or behind a step that says its days were over.
CREATE TABLE assessment_step (
  assessment TEXT   NOT NULL REFERENCES assessment (id) DEFERRABLE INITIALLY IMMEDIATE,
  n          BIGINT NOT NULL,
  prior      BIGINT,
  was        TEXT,
  prior_move TEXT,
  prior_due  TEXT,
  move       TEXT   NOT NULL,
  stage      TEXT   NOT NULL,
  consent    TEXT, -- of the area that was closed under it
  theme      TEXT,
  words      TEXT   NOT NULL,
  due        TEXT   NOT NULL CHECK (LENGTH(due) IN (0, 10)), -- by when somebody acts upon it
  day        TEXT   NOT NULL CHECK (LENGTH(day) = 10),
  by_whom    TEXT   NOT NULL CHECK ((by_whom = '') = (move IN ('close', 'doubt'))),
  at         BIGINT NOT NULL,
  mark       TEXT   NOT NULL UNIQUE CHECK (mark = assessment || ' ' || n || ' ' || stage),
  doubt      TEXT   UNIQUE CHECK (COALESCE(doubt, '') = CASE move WHEN 'doubt' THEN assessment || ' ' || n || ' ' || due ELSE '' END),
  PRIMARY KEY (assessment, n),
  UNIQUE (assessment, n, move),
  UNIQUE (assessment, n, stage, move, due),
  FOREIGN KEY (assessment, prior, was, prior_move, prior_due) REFERENCES assessment_step (assessment, n, stage, move, due) DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (consent, theme) REFERENCES consent_area (consent, theme) DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (n > 0 AND (n = 1) = (prior IS NULL) AND (n = 1) = (was IS NULL) AND (n = 1) = (prior_move IS NULL) AND (n = 1) = (prior_due IS NULL)),
  CHECK (prior IS NULL OR prior = n - 1),
  CHECK ((consent IS NULL) = (theme IS NULL) AND (consent IS NULL OR move IN ('close', 'doubt'))),
  CHECK (CASE move
    WHEN 'plan'     THEN n = 1 AND stage = 'planned'
    WHEN 'field'    THEN COALESCE(was, '') = 'planned' AND stage = 'fielded'
    WHEN 'close'    THEN COALESCE(was, '') = 'planned' AND stage = 'stopped'
    WHEN 'doubt'    THEN COALESCE(was, '') = 'fielded' AND stage = 'fielded' AND LENGTH(due) = 10
    WHEN 'resume'   THEN COALESCE(was, '') = 'fielded' AND stage = 'fielded'
    WHEN 'return'   THEN COALESCE(was, '') = 'fielded' AND stage = 'draft'
    WHEN 'send'     THEN COALESCE(was, '') = 'draft' AND stage = 'comments' AND LENGTH(due) = 10
    WHEN 'comment'  THEN COALESCE(was, '') = 'comments' AND stage = 'comments'
    WHEN 'lapse'    THEN COALESCE(was, '') = 'comments' AND stage = 'comments' AND COALESCE(prior_move, '') = 'send' AND COALESCE(prior_due < day, FALSE)
    WHEN 'rework'   THEN COALESCE(was, '') = 'comments' AND stage = 'draft'
    WHEN 'finalise' THEN COALESCE(was, '') = 'comments' AND stage = 'final' AND COALESCE(prior_move, '') IN ('comment', 'lapse')
    WHEN 'stop'     THEN COALESCE(was, '') IN ('planned', 'fielded', 'draft', 'comments') AND stage = 'stopped'
    ELSE FALSE END),
  CHECK (move NOT IN ('rework', 'stop') OR words <> '')
);

ALTER TABLE assessment ADD COLUMN step TEXT REFERENCES assessment_step (mark) DEFERRABLE INITIALLY IMMEDIATE
  CHECK ((step IS NULL) = (moves = 0))
  CHECK (step IS NULL OR step = id || ' ' || moves || ' ' || stage);
ALTER TABLE assessment ADD COLUMN doubt TEXT REFERENCES assessment_step (doubt) DEFERRABLE INITIALLY IMMEDIATE
  CHECK ((doubt IS NULL) = (doubted = 0))
  CHECK (doubt IS NULL OR doubt = id || ' ' || doubted || ' ' || decide_by);
ALTER TABLE assessment ADD COLUMN area TEXT REFERENCES assessment_area (mark) DEFERRABLE INITIALLY IMMEDIATE
  CHECK ((area IS NULL) = (moves = 0))
  CHECK (area IS NULL OR SUBSTR(area, 1, LENGTH(id) + 1) = id || ' ');

-- What was found, with the evidence for it, in one of the areas.
CREATE TABLE assessment_finding (
  id         TEXT PRIMARY KEY,
  assessment TEXT   NOT NULL,
  n          BIGINT NOT NULL,
  title      TEXT   NOT NULL CHECK (title <> ''),
  baseline   TEXT   NOT NULL CHECK (baseline <> ''),
  evidence   TEXT   NOT NULL CHECK (evidence <> ''), -- the source
  dated      TEXT   NOT NULL CHECK (LENGTH(dated) IN (4, 7, 10)), -- and its date
  document   TEXT   NOT NULL,
  priority   TEXT   NOT NULL CHECK (priority IN ('high', 'medium', 'low')),
  theme      TEXT   NOT NULL,
  item       TEXT   NOT NULL, -- of the Framework
  rev        BIGINT NOT NULL,
  created    BIGINT NOT NULL,
  updated    BIGINT NOT NULL,
  UNIQUE (assessment, id),
  UNIQUE (assessment, n),
  FOREIGN KEY (assessment, theme) REFERENCES assessment_area (assessment, theme) DEFERRABLE INITIALLY IMMEDIATE
);

CREATE TABLE assessment_recommendation (
  id         TEXT PRIMARY KEY,
  assessment TEXT   NOT NULL,
  finding    TEXT   NOT NULL,
  n          BIGINT NOT NULL,
  words      TEXT   NOT NULL CHECK (words <> ''),
  addressee  TEXT   NOT NULL CHECK (addressee <> ''),
  priority   TEXT   NOT NULL CHECK (priority IN ('high', 'medium', 'low')),
  rev        BIGINT NOT NULL,
  created    BIGINT NOT NULL,
  updated    BIGINT NOT NULL,
  UNIQUE (assessment, id),
  UNIQUE (assessment, n),
  FOREIGN KEY (assessment, finding) REFERENCES assessment_finding (assessment, id) DEFERRABLE INITIALLY IMMEDIATE
);

-- What the State says to the draft: to the whole of it (finding NULL), or to a finding,
-- which stands beside it as it was then.
CREATE TABLE assessment_comment (
  assessment TEXT   NOT NULL,
  n          BIGINT NOT NULL,
  move       TEXT   NOT NULL CHECK (move = 'comment'),
  nth        BIGINT NOT NULL,
  finding    TEXT,
  words      TEXT   NOT NULL CHECK (words <> ''),
  former     TEXT   NOT NULL CHECK ((former = '') = (finding IS NULL)),
  at         BIGINT NOT NULL,
  PRIMARY KEY (assessment, n, nth),
  FOREIGN KEY (assessment, n, move) REFERENCES assessment_step (assessment, n, move) DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (assessment, finding) REFERENCES assessment_finding (assessment, id) DEFERRABLE INITIALLY IMMEDIATE
);

-- The setting in which work is planned: of a State, a theme, or a theme in a State
-- (Framework ¶6). It is to be reviewed when the first of its factors is.
CREATE TABLE context_note (
  id        TEXT PRIMARY KEY,
  about     TEXT REFERENCES directory_entry (id) DEFERRABLE INITIALLY IMMEDIATE,
  theme     TEXT   NOT NULL,
  lang      TEXT   NOT NULL CHECK (lang IN ('en', 'fr', 'de', 'it', 'ru', 'es')),
  title     TEXT   NOT NULL CHECK (title <> ''),
  summary   TEXT   NOT NULL,
  review_by TEXT   NOT NULL CHECK (LENGTH(review_by) IN (0, 10)), -- '' where there is no factor yet
  retired   TEXT   NOT NULL CHECK (LENGTH(retired) IN (0, 10)),
  moves     BIGINT NOT NULL,
  rev       BIGINT NOT NULL,
  created   BIGINT NOT NULL,
  updated   BIGINT NOT NULL,
  level     BIGINT NOT NULL CHECK (level = 2),
  state     TEXT   NOT NULL CHECK (state = COALESCE(about, '')),
  grp       TEXT   NOT NULL CHECK (grp = ''),
  owner     TEXT   NOT NULL,
  UNIQUE (id, review_by),
  CHECK (about IS NOT NULL OR theme <> '')
);
CREATE INDEX context_note_created ON context_note (created, id);
CREATE INDEX context_note_about ON context_note (about, created, id);
CREATE INDEX context_note_theme ON context_note (theme, created, id);
CREATE INDEX context_note_review ON context_note (review_by, created, id) WHERE retired = '';
CREATE INDEX context_note_owner ON context_note (owner);

-- A factor: a threat assessment says how reliable its source is (A to F) and how
-- credible what it says (1 to 6).
CREATE TABLE context_factor (
  id          TEXT PRIMARY KEY,
  note        TEXT   NOT NULL,
  note_review TEXT   NOT NULL,
  kind        TEXT   NOT NULL CHECK (kind IN ('political', 'legal', 'cultural', 'institutional', 'threat')),
  words       TEXT   NOT NULL CHECK (words <> ''),
  source      TEXT   NOT NULL CHECK (source <> ''),
  dated       TEXT   NOT NULL CHECK (LENGTH(dated) IN (4, 7, 10)),
  document    TEXT   NOT NULL,
  reliability TEXT   NOT NULL CHECK (reliability IN ('', 'A', 'B', 'C', 'D', 'E', 'F')),
  credibility TEXT   NOT NULL CHECK (credibility IN ('', '1', '2', '3', '4', '5', '6')),
  review_by   TEXT   NOT NULL CHECK (LENGTH(review_by) = 10),
  rev         BIGINT NOT NULL,
  created     BIGINT NOT NULL,
  updated     BIGINT NOT NULL,
  FOREIGN KEY (note, note_review) REFERENCES context_note (id, review_by) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (note_review <> '' AND note_review <= review_by),
  CHECK (kind <> 'threat' OR reliability <> '' AND credibility <> '')
);
CREATE INDEX context_factor_note ON context_factor (note, created, id);

CREATE TABLE context_step (
  note    TEXT   NOT NULL REFERENCES context_note (id) DEFERRABLE INITIALLY IMMEDIATE,
  n       BIGINT NOT NULL CHECK (n > 0),
  move    TEXT   NOT NULL CHECK (move IN ('write', 'revise', 'add', 'change', 'drop', 'retire')),
  words   TEXT   NOT NULL,
  former  TEXT   NOT NULL CHECK ((former = '') = (move IN ('write', 'add', 'retire'))), -- what stood there
  by_whom TEXT   NOT NULL CHECK (by_whom <> ''),
  at      BIGINT NOT NULL,
  PRIMARY KEY (note, n)
);

-- Who uses a note. review_by is what it said then: one that was overdue is used only
-- with words that say why.
CREATE TABLE context_citation (
  note       TEXT   NOT NULL REFERENCES context_note (id) DEFERRABLE INITIALLY IMMEDIATE,
  kind       TEXT   NOT NULL CHECK (kind IN ('assessment', 'project')),
  object     TEXT   NOT NULL CHECK (object <> ''),
  assessment TEXT REFERENCES assessment (id) DEFERRABLE INITIALLY IMMEDIATE,
  review_by  TEXT   NOT NULL CHECK (LENGTH(review_by) = 10),
  day        TEXT   NOT NULL CHECK (LENGTH(day) = 10),
  words      TEXT   NOT NULL,
  by_whom    TEXT   NOT NULL CHECK (by_whom <> ''),
  at         BIGINT NOT NULL,
  PRIMARY KEY (note, kind, object),
  CHECK (COALESCE(assessment, '') = CASE kind WHEN 'assessment' THEN object ELSE '' END),
  CHECK (review_by >= day OR words <> '')
);
CREATE INDEX context_citation_object ON context_citation (kind, object, at);
