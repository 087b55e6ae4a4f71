-- +goose Up

-- An activity of a project: a training, a visit, advice, equipment … The project's
-- stage and days stand here as well, and follow: what is planned lies inside them and
-- stays only while the project is there, and what was held was held while it ran. Its
-- stage rests on its last step (column step, below), and one that is planned or was
-- held on one State in one area at least (column lead, below).
CREATE TABLE activity (
  id             TEXT PRIMARY KEY,
  of_year        BIGINT  NOT NULL CHECK (of_year > 0),
  nth            BIGINT  NOT NULL CHECK (nth > 0),
  project        TEXT    NOT NULL,
  project_stage  TEXT    NOT NULL,
  project_starts TEXT    NOT NULL,
  project_ends   TEXT    NOT NULL,
  kind           TEXT    NOT NULL CHECK (kind IN ('training', 'workshop', 'study-visit', 'advice', 'monitoring', 'equipment', 'guidance', 'legislative', 'forum')),
  lang           TEXT    NOT NULL CHECK (lang IN ('en', 'fr', 'de', 'it', 'ru', 'es')),
  title          TEXT    NOT NULL CHECK (title <> ''),
  starts         TEXT    NOT NULL CHECK (LENGTH(starts) = 10), -- days
  ends           TEXT    NOT NULL CHECK (LENGTH(ends) = 10),
  place          TEXT    NOT NULL,
  online         BOOLEAN NOT NULL,
  agenda         TEXT    NOT NULL,
  coauthor       TEXT    NOT NULL CHECK (kind <> 'guidance' OR coauthor <> ''), -- the State's office that writes with us (¶14.5)
  issues         TEXT    NOT NULL, -- of a forum (¶9.3): what was raised there,
  replies        TEXT    NOT NULL, -- and what was answered
  stage          TEXT    NOT NULL CHECK (stage IN ('planned', 'held', 'cancelled')),
  moves          BIGINT  NOT NULL,
  moved          BIGINT  NOT NULL,
  total          BIGINT  NOT NULL CHECK (total >= 0), -- participants; they count where it was held
  women          BIGINT  NOT NULL CHECK (women >= 0),
  men            BIGINT  NOT NULL CHECK (men >= 0),
  unattended     TEXT    NOT NULL, -- why it had no participants
  remark         TEXT    NOT NULL,
  answers        BIGINT  NOT NULL CHECK (answers >= 0), -- how many gave their opinion
  relevance      BIGINT  NOT NULL CHECK (relevance = 0 OR relevance BETWEEN 100 AND 500), -- the average of 1 to 5, in hundredths; 0 where it was not asked
  content        BIGINT  NOT NULL CHECK (content = 0 OR content BETWEEN 100 AND 500),
  trainers       BIGINT  NOT NULL CHECK (trainers = 0 OR trainers BETWEEN 100 AND 500),
  organisation   BIGINT  NOT NULL CHECK (organisation = 0 OR organisation BETWEEN 100 AND 500),
  opinions       TEXT    NOT NULL,
  model          TEXT REFERENCES activity (id) DEFERRABLE INITIALLY IMMEDIATE, -- of which it was made as a copy
  importer       TEXT    NOT NULL, -- the structure that brought it in,
  external       TEXT    NOT NULL CHECK (external = '' OR importer <> ''), -- and its own key for it
  rev            BIGINT  NOT NULL,
  created        BIGINT  NOT NULL,
  updated        BIGINT  NOT NULL,
  level          BIGINT  NOT NULL CHECK (level = 2),
  state          TEXT    NOT NULL CHECK (state = ''),
  grp            TEXT    NOT NULL CHECK (grp = ''),
  owner          TEXT    NOT NULL,
  UNIQUE (of_year, nth),
  UNIQUE (id, project, stage, starts),
  FOREIGN KEY (project, project_stage, project_starts, project_ends) REFERENCES project (id, stage, starts, ends) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (starts <= ends),
  CHECK (stage = 'cancelled' OR project_starts = '' OR starts >= project_starts AND ends <= project_ends),
  CHECK (moves > 0 OR moves = 0 AND stage = 'planned'),
  CHECK (stage <> 'planned' OR project_stage IN ('idea', 'appraised', 'approved', 'active', 'suspended')),
  CHECK (stage <> 'held' OR project_stage IN ('active', 'suspended', 'closed', 'evaluated')),
  CHECK (stage <> 'held' OR (total > 0) = (unattended = '')),
  CHECK (stage <> 'held' OR online OR place <> ''),
  CHECK (women + men <= total),
  CHECK (answers > 0 OR relevance = 0 AND content = 0 AND trainers = 0 AND organisation = 0),
  CHECK (kind = 'forum' OR issues = '' AND replies = '')
);
CREATE INDEX activity_project ON activity (project, starts, id);
CREATE INDEX activity_starts ON activity (starts, id);
CREATE INDEX activity_created ON activity (created, id);
CREATE INDEX activity_stage ON activity (stage, starts, id);
CREATE INDEX activity_kind ON activity (kind, starts, id);
CREATE INDEX activity_owner ON activity (owner, starts, id);
CREATE INDEX activity_model ON activity (model) WHERE model IS NOT NULL;
CREATE UNIQUE INDEX activity_external ON activity (importer, external) WHERE external <> '';

-- A State and area in which an activity is planned or was held: a gate of its own
-- project, which follows. While it is planned the gate is open, or the State is dropped
-- there; what was held keeps its history when an area is closed afterwards.
CREATE TABLE activity_host (
  activity       TEXT    NOT NULL,
  project        TEXT    NOT NULL,
  activity_stage TEXT    NOT NULL,
  starts         TEXT    NOT NULL,
  gate           TEXT    NOT NULL REFERENCES gate (mark) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  host           TEXT    NOT NULL,
  area           TEXT    NOT NULL,
  dropped        BOOLEAN NOT NULL,
  mark           TEXT    NOT NULL UNIQUE CHECK (mark = activity || ' ' || host || ' ' || area || CASE WHEN dropped THEN ' dropped' ELSE ' on' END),
  PRIMARY KEY (activity, host, area),
  FOREIGN KEY (activity, project, activity_stage, starts) REFERENCES activity (id, project, stage, starts) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (gate = project || ' ' || host || ' ' || area || ' in' OR gate = project || ' ' || host || ' ' || area || ' out'),
  CHECK (dropped OR activity_stage <> 'planned' OR gate LIKE '% in')
);
CREATE INDEX activity_host_gate ON activity_host (gate);
CREATE INDEX activity_host_cell ON activity_host (host, area, starts, activity);

-- What an activity is listed by. under is each of its areas and the theme to which that
-- belongs, host each State: without those that were dropped. Trainers are offices and
-- organisations, never people; groups are those that a forum brought together, and
-- follow-up the days on which it goes on.
CREATE TABLE activity_tag (
  activity TEXT   NOT NULL REFERENCES activity (id) DEFERRABLE INITIALLY IMMEDIATE,
  kind     TEXT   NOT NULL CHECK (kind IN ('host', 'under', 'organiser', 'language', 'trainer', 'group', 'follow-up')),
  value    TEXT   NOT NULL CHECK (value <> ''),
  n        BIGINT NOT NULL,
  starts   TEXT   NOT NULL CHECK (LENGTH(starts) = 10), -- when the activity does
  PRIMARY KEY (activity, kind, value)
);
CREATE INDEX activity_tag_value ON activity_tag (kind, value, starts, activity);

-- Documents of the library that were used.
CREATE TABLE activity_material (
  activity TEXT   NOT NULL REFERENCES activity (id) DEFERRABLE INITIALLY IMMEDIATE,
  document TEXT   NOT NULL CHECK (document <> ''),
  n        BIGINT NOT NULL,
  PRIMARY KEY (activity, document)
);
CREATE INDEX activity_material_document ON activity_material (document, activity);

-- Who took part, as figures and never as names.
CREATE TABLE participants (
  activity   TEXT   NOT NULL REFERENCES activity (id) DEFERRABLE INITIALLY IMMEDIATE,
  sex        TEXT   NOT NULL CHECK (sex IN ('f', 'm', 'other')), -- other, or unknown
  rank_group TEXT   NOT NULL CHECK (rank_group IN ('command', 'middle', 'line', 'civilian', 'other-service', 'unknown')),
  service    TEXT   NOT NULL CHECK (service IN ('police', 'border', 'prosecution', 'judiciary', 'prison', 'civil-society', 'academy', 'other')),
  state      TEXT   NOT NULL, -- '' where it is not known
  number     BIGINT NOT NULL CHECK (number > 0),
  PRIMARY KEY (activity, sex, rank_group, service, state)
);

CREATE TABLE activity_step (
  activity TEXT   NOT NULL REFERENCES activity (id) DEFERRABLE INITIALLY IMMEDIATE,
  n        BIGINT NOT NULL,
  prior    BIGINT,
  was      TEXT,
  move     TEXT   NOT NULL,
  stage    TEXT   NOT NULL,
  host     TEXT   NOT NULL, -- that was dropped, or ''
  area     TEXT   NOT NULL,
  words    TEXT   NOT NULL,
  former   TEXT   NOT NULL, -- what stood there before it was changed
  by_whom  TEXT   NOT NULL CHECK (by_whom <> '' OR move IN ('drop', 'cancel')), -- time ends a consent by itself
  at       BIGINT NOT NULL,
  mark     TEXT   NOT NULL UNIQUE CHECK (mark = activity || ' ' || n || ' ' || stage),
  PRIMARY KEY (activity, n),
  UNIQUE (activity, n, stage),
  FOREIGN KEY (activity, prior, was) REFERENCES activity_step (activity, n, stage) DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (n > 0 AND (n = 1) = (prior IS NULL) AND (n = 1) = (was IS NULL)),
  CHECK (prior IS NULL OR prior = n - 1),
  CHECK ((host = '') = (move <> 'drop') AND (host = '') = (area = '')),
  CHECK (CASE move
    WHEN 'plan'   THEN n = 1 AND stage = 'planned'
    WHEN 'revise' THEN COALESCE(was, '') IN ('planned', 'held') AND stage = was
    WHEN 'hold'   THEN COALESCE(was, '') = 'planned' AND stage = 'held'
    WHEN 'mend'   THEN COALESCE(was, '') = 'held' AND stage = 'held' -- its figures
    WHEN 'drop'   THEN COALESCE(was, '') = 'planned' AND stage = 'planned' -- goes on without that State in that area
    WHEN 'cancel' THEN COALESCE(was, '') = 'planned' AND stage = 'cancelled'
    WHEN 'reopen' THEN COALESCE(was, '') IN ('held', 'cancelled') AND stage = 'planned'
    ELSE FALSE END),
  CHECK (move NOT IN ('mend', 'cancel', 'reopen') OR words <> ''),
  CHECK ((move IN ('revise', 'mend')) = (former <> ''))
);

ALTER TABLE activity ADD COLUMN step TEXT REFERENCES activity_step (mark) DEFERRABLE INITIALLY IMMEDIATE
  CHECK ((step IS NULL) = (moves = 0))
  CHECK (step IS NULL OR step = id || ' ' || moves || ' ' || stage);
ALTER TABLE activity ADD COLUMN lead TEXT REFERENCES activity_host (mark) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE
  CHECK (lead IS NULL OR SUBSTR(lead, 1, LENGTH(id) + 1) = id || ' ')
  CHECK (stage = 'cancelled' OR moves = 0 OR COALESCE(lead LIKE '% on', FALSE));
