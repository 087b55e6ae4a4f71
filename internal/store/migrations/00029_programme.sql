-- +goose Up

-- A programme: projects under one purpose, carried by a government and by civil society
-- together, with a view beyond one budget year and a day on which it is handed over
-- (Framework ¶24). Its stage rests on its last step, as that of a project does. What
-- it must say before it is agreed is asked for here; government and civil are the
-- co-owners without whom it is not agreed, two different ones.
CREATE TABLE programme (
  id           TEXT PRIMARY KEY,
  of_year      BIGINT NOT NULL CHECK (of_year > 0),
  nth          BIGINT NOT NULL CHECK (nth > 0),
  lang         TEXT   NOT NULL CHECK (lang IN ('en', 'fr', 'de', 'it', 'ru', 'es')),
  title        TEXT   NOT NULL CHECK (title <> ''),
  purpose      TEXT   NOT NULL,
  since        TEXT   NOT NULL CHECK (LENGTH(since) IN (0, 10)),
  until        TEXT   NOT NULL CHECK (LENGTH(until) = LENGTH(since)),
  brief        TEXT   NOT NULL, -- why it ends within a year
  ownership    TEXT   NOT NULL, -- who carries it, and what lasts when it is over
  handover     TEXT   NOT NULL, -- what is handed over to whom, and how
  handover_day TEXT   NOT NULL CHECK (LENGTH(handover_day) IN (0, 10)),
  stage        TEXT   NOT NULL CHECK (stage IN ('draft', 'agreed', 'running', 'handed-over', 'ended')),
  mark         TEXT   NOT NULL UNIQUE CHECK (mark = id || ' ' || stage),
  moves        BIGINT NOT NULL,
  moved        BIGINT NOT NULL,
  rev          BIGINT NOT NULL,
  created      BIGINT NOT NULL,
  updated      BIGINT NOT NULL,
  level        BIGINT NOT NULL CHECK (level = 2),
  state        TEXT   NOT NULL CHECK (state = ''),
  grp          TEXT   NOT NULL CHECK (grp = ''),
  owner        TEXT   NOT NULL,
  UNIQUE (of_year, nth),
  CHECK (since <= until),
  CHECK (moves > 0 OR moves = 0 AND stage = 'draft'),
  CHECK (stage IN ('draft', 'ended')
    OR purpose <> '' AND ownership <> '' AND handover <> '' AND since <> '' AND handover_day >= since AND handover_day <= until),
  CHECK (stage IN ('draft', 'ended') OR brief <> ''
    OR CASE WHEN since = '' THEN FALSE ELSE until > (CAST(SUBSTR(since, 1, 4) AS BIGINT) + 1) || SUBSTR(since, 5) END)
);
CREATE INDEX programme_created ON programme (created, id);
CREATE INDEX programme_stage ON programme (stage, created, id);
CREATE INDEX programme_owner ON programme (owner);

CREATE TABLE programme_step (
  programme TEXT   NOT NULL REFERENCES programme (id) DEFERRABLE INITIALLY IMMEDIATE,
  n         BIGINT NOT NULL,
  prior     BIGINT,
  was       TEXT,
  move      TEXT   NOT NULL,
  stage     TEXT   NOT NULL,
  words     TEXT   NOT NULL,
  former    TEXT   NOT NULL, -- what stood in a programme that was changed after it was agreed
  by_whom   TEXT   NOT NULL CHECK (by_whom <> ''),
  at        BIGINT NOT NULL,
  mark      TEXT   NOT NULL UNIQUE CHECK (mark = programme || ' ' || n || ' ' || stage),
  PRIMARY KEY (programme, n),
  UNIQUE (programme, n, stage),
  FOREIGN KEY (programme, prior, was) REFERENCES programme_step (programme, n, stage) DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (n > 0 AND (n = 1) = (prior IS NULL) AND (n = 1) = (was IS NULL)),
  CHECK (prior IS NULL OR prior = n - 1),
  CHECK (CASE move
    WHEN 'draft'     THEN n = 1 AND stage = 'draft'
    WHEN 'agree'     THEN COALESCE(was, '') = 'draft' AND stage = 'agreed'
    WHEN 'reopen'    THEN COALESCE(was, '') = 'agreed' AND stage = 'draft'
    WHEN 'begin'     THEN COALESCE(was, '') = 'agreed' AND stage = 'running'
    WHEN 'hand-over' THEN COALESCE(was, '') = 'running' AND stage = 'handed-over'
    WHEN 'end'       THEN COALESCE(was, '') IN ('draft', 'agreed', 'running') AND stage = 'ended'
    WHEN 'revise'    THEN COALESCE(was, '') IN ('agreed', 'running') AND stage = was
    ELSE FALSE END),
  CHECK (move NOT IN ('reopen', 'hand-over', 'end') OR words <> ''),
  CHECK ((move = 'revise') = (former <> ''))
);

-- What a programme is about and who carries it. under is each theme and the one that
-- it belongs to.
CREATE TABLE programme_tag (
  programme TEXT   NOT NULL REFERENCES programme (id) DEFERRABLE INITIALLY IMMEDIATE,
  kind      TEXT   NOT NULL CHECK (kind IN ('theme', 'under', 'state', 'government', 'civil', 'organiser', 'partner')),
  value     TEXT   NOT NULL CHECK (value <> ''),
  n         BIGINT NOT NULL,
  created   BIGINT NOT NULL,
  mark      TEXT   NOT NULL UNIQUE CHECK (mark = programme || ' ' || kind || ' ' || value),
  PRIMARY KEY (programme, kind, value)
);
CREATE INDEX programme_tag_value ON programme_tag (kind, value, created, programme);

ALTER TABLE programme ADD COLUMN step TEXT REFERENCES programme_step (mark) DEFERRABLE INITIALLY IMMEDIATE
  CHECK ((step IS NULL) = (moves = 0))
  CHECK (step IS NULL OR step = id || ' ' || moves || ' ' || stage);
ALTER TABLE programme ADD COLUMN government TEXT REFERENCES programme_tag (mark) DEFERRABLE INITIALLY IMMEDIATE
  CHECK (government IS NULL OR SUBSTR(government, 1, LENGTH(id) + 12) = id || ' government ')
  CHECK (stage IN ('draft', 'ended') OR government IS NOT NULL);
ALTER TABLE programme ADD COLUMN civil TEXT REFERENCES programme_tag (mark) DEFERRABLE INITIALLY IMMEDIATE
  CHECK (civil IS NULL OR SUBSTR(civil, 1, LENGTH(id) + 7) = id || ' civil ')
  CHECK (stage IN ('draft', 'ended') OR civil IS NOT NULL)
  CHECK (civil IS NULL OR government IS NULL OR SUBSTR(civil, LENGTH(id) + 8) <> SUBSTR(government, LENGTH(id) + 13));

-- The programme to which a project belongs. A programme is not over while a project
-- of it runs: its mark stands in the project and follows its stage.
ALTER TABLE project ADD COLUMN programme TEXT REFERENCES programme (id) DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE project ADD COLUMN programme_mark TEXT REFERENCES programme (mark) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE
  CHECK ((programme IS NULL) = (programme_mark IS NULL))
  CHECK (programme IS NULL OR SUBSTR(programme_mark, 1, LENGTH(programme) + 1) = programme || ' ')
  CHECK (programme_mark IS NULL OR stage NOT IN ('approved', 'active', 'suspended')
    OR SUBSTR(programme_mark, LENGTH(programme) + 2) IN ('draft', 'agreed', 'running'));
CREATE INDEX project_programme ON project (programme, created, id) WHERE programme IS NOT NULL;
CREATE INDEX project_programme_mark ON project (programme_mark) WHERE programme_mark IS NOT NULL;

-- What a project is to change: outputs under outcomes under an impact (¶8). The kind
-- of the result above stands in the key, so no output hangs under another and none
-- under what was retired. One on which something was measured is retired, not removed.
CREATE TABLE result (
  id          TEXT    PRIMARY KEY,
  project     TEXT    NOT NULL REFERENCES project (id) DEFERRABLE INITIALLY IMMEDIATE,
  kind        TEXT    NOT NULL CHECK (kind IN ('impact', 'outcome', 'output')),
  parent      TEXT,
  parent_kind TEXT,
  parent_live BOOLEAN,
  text        TEXT    NOT NULL CHECK (text <> ''),
  capacity    TEXT    NOT NULL CHECK (capacity IN ('', 'training', 'strategic-planning', 'law-enforcement', 'human-resources', 'accountability')),
  assumptions TEXT    NOT NULL,
  n           BIGINT  NOT NULL, -- its place among its like
  retired     TEXT    NOT NULL, -- why, or '' while it counts
  live        BOOLEAN NOT NULL CHECK (live = (retired = '')),
  rev         BIGINT  NOT NULL,
  created     BIGINT  NOT NULL,
  updated     BIGINT  NOT NULL,
  UNIQUE (id, project),
  UNIQUE (id, project, kind, live),
  FOREIGN KEY (parent, project, parent_kind, parent_live) REFERENCES result (id, project, kind, live) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  CHECK ((parent IS NULL) = (parent_kind IS NULL) AND (parent IS NULL) = (parent_live IS NULL)),
  CHECK (CASE kind WHEN 'impact' THEN parent IS NULL WHEN 'outcome' THEN COALESCE(parent_kind, '') = 'impact' ELSE COALESCE(parent_kind, '') = 'outcome' END),
  CHECK (NOT live OR COALESCE(parent_live, TRUE)),
  CHECK ((kind = 'impact') = (capacity = ''))
);
CREATE INDEX result_project ON result (project, kind, n);
CREATE INDEX result_parent ON result (parent) WHERE parent IS NOT NULL;

-- By what a result is measured. Figures are in hundredths; yes is 100 and no is 0.
-- Shares do not add up, so only numbers are broken down.
CREATE TABLE indicator (
  id             TEXT   PRIMARY KEY,
  project        TEXT   NOT NULL,
  result         TEXT   NOT NULL,
  text           TEXT   NOT NULL CHECK (text <> ''),
  unit           TEXT   NOT NULL CHECK (unit IN ('number', 'percent', 'yes-no', 'words')),
  baseline       BIGINT,
  baseline_words TEXT   NOT NULL,
  baseline_day   TEXT   NOT NULL CHECK (LENGTH(baseline_day) IN (0, 10)),
  target         BIGINT,
  target_words   TEXT   NOT NULL,
  target_day     TEXT   NOT NULL CHECK (LENGTH(target_day) = 10),
  split          TEXT   NOT NULL CHECK (split IN ('', 'sex', 'service', 'state', 'sex service', 'sex state', 'service state', 'sex service state')),
  means          TEXT   NOT NULL CHECK (means <> ''), -- of verification
  n              BIGINT NOT NULL,
  retired        TEXT   NOT NULL,
  rev            BIGINT NOT NULL,
  created        BIGINT NOT NULL,
  updated        BIGINT NOT NULL,
  UNIQUE (id, project, unit),
  FOREIGN KEY (result, project) REFERENCES result (id, project) DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (unit = 'number' OR split = ''),
  CHECK (CASE unit WHEN 'words' THEN target IS NULL AND target_words <> '' AND baseline IS NULL ELSE target IS NOT NULL AND target_words = '' AND baseline_words = '' END),
  CHECK ((baseline IS NOT NULL OR baseline_words <> '') = (baseline_day <> '')),
  CHECK (baseline_day <= target_day),
  CHECK (COALESCE(baseline, 0) >= 0 AND COALESCE(target, 0) >= 0),
  CHECK (unit <> 'percent' OR COALESCE(baseline, 0) <= 10000 AND COALESCE(target, 0) <= 10000),
  CHECK (unit <> 'yes-no' OR COALESCE(baseline, 0) IN (0, 100) AND COALESCE(target, 0) IN (0, 100))
);
CREATE INDEX indicator_project ON indicator (project, n);
CREATE INDEX indicator_result ON indicator (result, project);

-- What was measured, on what evidence. Nothing is measured before the project has
-- begun, and what was written stays: of two on one day the later one counts.
CREATE TABLE actual (
  indicator     TEXT   NOT NULL,
  n             BIGINT NOT NULL CHECK (n > 0),
  project       TEXT   NOT NULL,
  project_stage TEXT   NOT NULL CHECK (project_stage IN ('active', 'suspended', 'closed', 'evaluated')),
  unit          TEXT   NOT NULL,
  day           TEXT   NOT NULL CHECK (LENGTH(day) = 10),
  value         BIGINT,
  words         TEXT   NOT NULL,
  evidence      TEXT   NOT NULL,
  document      TEXT   NOT NULL, -- a document's id, or ''; it may be withdrawn
  by_whom       TEXT   NOT NULL CHECK (by_whom <> ''),
  at            BIGINT NOT NULL,
  PRIMARY KEY (indicator, n),
  UNIQUE (indicator, n, unit, value),
  FOREIGN KEY (indicator, project, unit) REFERENCES indicator (id, project, unit) DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (project, project_stage) REFERENCES project (id, stage) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (evidence <> '' OR document <> ''),
  CHECK (CASE unit WHEN 'words' THEN value IS NULL AND words <> '' ELSE value IS NOT NULL AND words = '' END),
  CHECK (COALESCE(value, 0) >= 0),
  CHECK (unit <> 'percent' OR COALESCE(value, 0) <= 10000),
  CHECK (unit <> 'yes-no' OR COALESCE(value, 0) IN (0, 100))
);
CREATE INDEX actual_project ON actual (project, project_stage);
CREATE INDEX actual_by ON actual (by_whom);

-- The parts of a figure, by sex, service or State. Each carries the sum up to it, which
-- the next one takes over by key; actual_split says that the last sum is the figure.
-- Parts without it count for nothing, so what is shown adds up.
CREATE TABLE actual_part (
  indicator TEXT   NOT NULL,
  n         BIGINT NOT NULL,
  split     TEXT   NOT NULL CHECK (split IN ('sex', 'service', 'state')),
  k         BIGINT NOT NULL,
  prior     BIGINT,
  part      TEXT   NOT NULL CHECK (part <> '' AND (split <> 'sex' OR part IN ('women', 'men', 'unknown'))),
  before    BIGINT NOT NULL,
  figure    BIGINT NOT NULL CHECK (figure >= 0),
  upto      BIGINT NOT NULL CHECK (upto = before + figure),
  PRIMARY KEY (indicator, n, split, k),
  UNIQUE (indicator, n, split, part),
  UNIQUE (indicator, n, split, k, upto),
  FOREIGN KEY (indicator, n) REFERENCES actual (indicator, n) DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (indicator, n, split, prior, before) REFERENCES actual_part (indicator, n, split, k, upto) DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (k > 0 AND (k = 1) = (prior IS NULL)),
  CHECK (CASE WHEN prior IS NULL THEN before = 0 ELSE prior = k - 1 END)
);
CREATE TABLE actual_split (
  indicator TEXT   NOT NULL,
  n         BIGINT NOT NULL,
  split     TEXT   NOT NULL,
  parts     BIGINT NOT NULL,
  unit      TEXT   NOT NULL CHECK (unit = 'number'),
  value     BIGINT NOT NULL,
  PRIMARY KEY (indicator, n, split),
  FOREIGN KEY (indicator, n, unit, value) REFERENCES actual (indicator, n, unit, value) DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (indicator, n, split, parts, value) REFERENCES actual_part (indicator, n, split, k, upto) DEFERRABLE INITIALLY IMMEDIATE
);

-- What stood in a result or an indicator that was changed after the project was
-- approved: nobody moves a target unseen.
CREATE TABLE result_change (
  result  TEXT   NOT NULL, -- or an indicator
  rev     BIGINT NOT NULL,
  project TEXT   NOT NULL REFERENCES project (id) DEFERRABLE INITIALLY IMMEDIATE,
  former  TEXT   NOT NULL CHECK (former <> ''),
  by_whom TEXT   NOT NULL CHECK (by_whom <> ''),
  at      BIGINT NOT NULL,
  PRIMARY KEY (result, rev)
);
CREATE INDEX result_change_project ON result_change (project, at);
CREATE INDEX result_change_by ON result_change (by_whom);

-- What could go wrong, what is done about it, by which office, and when that is looked
-- at again. Its stage rests on its last step.
CREATE TABLE risk (
  id            TEXT   PRIMARY KEY,
  project       TEXT   NOT NULL,
  project_stage TEXT   NOT NULL,
  text          TEXT   NOT NULL CHECK (text <> ''),
  likelihood    BIGINT NOT NULL CHECK (likelihood BETWEEN 1 AND 5),
  impact        BIGINT NOT NULL CHECK (impact BETWEEN 1 AND 5),
  measure       TEXT   NOT NULL CHECK (measure <> ''),
  office        TEXT   NOT NULL CHECK (office <> ''), -- a directory id, or a name; never a person
  review        TEXT   NOT NULL CHECK (LENGTH(review) = 10),
  stage         TEXT   NOT NULL CHECK (stage IN ('open', 'happened', 'closed')),
  moves         BIGINT NOT NULL,
  rev           BIGINT NOT NULL,
  created       BIGINT NOT NULL,
  updated       BIGINT NOT NULL,
  FOREIGN KEY (project, project_stage) REFERENCES project (id, stage) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (moves > 0 OR moves = 0 AND stage = 'open')
);
CREATE INDEX risk_project ON risk (project, project_stage);
CREATE INDEX risk_review ON risk (review, id) WHERE stage <> 'closed' AND project_stage NOT IN ('closed', 'evaluated', 'stopped');

CREATE TABLE risk_step (
  risk    TEXT   NOT NULL REFERENCES risk (id) DEFERRABLE INITIALLY IMMEDIATE,
  n       BIGINT NOT NULL,
  prior   BIGINT,
  was     TEXT,
  move    TEXT   NOT NULL,
  stage   TEXT   NOT NULL,
  words   TEXT   NOT NULL,
  by_whom TEXT   NOT NULL CHECK (by_whom <> ''),
  at      BIGINT NOT NULL,
  mark    TEXT   NOT NULL UNIQUE CHECK (mark = risk || ' ' || n || ' ' || stage),
  PRIMARY KEY (risk, n),
  UNIQUE (risk, n, stage),
  FOREIGN KEY (risk, prior, was) REFERENCES risk_step (risk, n, stage) DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (n > 0 AND (n = 1) = (prior IS NULL) AND (n = 1) = (was IS NULL)),
  CHECK (prior IS NULL OR prior = n - 1),
  CHECK (CASE move
    WHEN 'raise'  THEN n = 1 AND stage = 'open'
    WHEN 'review' THEN COALESCE(was, '') IN ('open', 'happened') AND stage = was
    WHEN 'happen' THEN COALESCE(was, '') = 'open' AND stage = 'happened'
    WHEN 'close'  THEN COALESCE(was, '') IN ('open', 'happened') AND stage = 'closed'
    WHEN 'reopen' THEN COALESCE(was, '') IN ('happened', 'closed') AND stage = 'open'
    ELSE FALSE END),
  CHECK (move = 'raise' OR words <> '')
);
ALTER TABLE risk ADD COLUMN step TEXT REFERENCES risk_step (mark) DEFERRABLE INITIALLY IMMEDIATE
  CHECK ((step IS NULL) = (moves = 0))
  CHECK (step IS NULL OR step = id || ' ' || moves || ' ' || stage);
CREATE INDEX risk_step_by ON risk_step (by_whom);

-- Who has a stake in a project: organisations and offices, never private persons
-- (¶9.2); and what was said with them.
CREATE TABLE stakeholder (
  id        TEXT   PRIMARY KEY,
  project   TEXT   NOT NULL REFERENCES project (id) DEFERRABLE INITIALLY IMMEDIATE,
  name      TEXT   NOT NULL CHECK (name <> '' AND name NOT LIKE '%@%'), -- a directory id, or a name
  kind      TEXT   NOT NULL CHECK (kind IN ('government', 'police', 'justice', 'civil-society', 'community', 'private-sector', 'academia', 'media', 'international')),
  interest  TEXT   NOT NULL CHECK (interest <> ''),
  influence BIGINT NOT NULL CHECK (influence BETWEEN 1 AND 3),
  n         BIGINT NOT NULL,
  rev       BIGINT NOT NULL,
  created   BIGINT NOT NULL,
  updated   BIGINT NOT NULL,
  UNIQUE (id, project),
  UNIQUE (project, name)
);
CREATE TABLE consultation (
  id          TEXT   PRIMARY KEY,
  project     TEXT   NOT NULL,
  stakeholder TEXT   NOT NULL,
  day         TEXT   NOT NULL CHECK (LENGTH(day) = 10),
  said        TEXT   NOT NULL CHECK (said <> ''),
  follows     TEXT   NOT NULL, -- what follows, '' for nothing
  due         TEXT   NOT NULL CHECK (LENGTH(due) IN (0, 10)),
  done        TEXT   NOT NULL CHECK (LENGTH(done) IN (0, 10)), -- the day
  outcome     TEXT   NOT NULL, -- what was done
  by_whom     TEXT   NOT NULL CHECK (by_whom <> ''),
  rev         BIGINT NOT NULL,
  created     BIGINT NOT NULL,
  updated     BIGINT NOT NULL,
  FOREIGN KEY (stakeholder, project) REFERENCES stakeholder (id, project) DEFERRABLE INITIALLY IMMEDIATE,
  CHECK ((follows = '') = (due = '')),
  CHECK (due = '' OR due >= day),
  CHECK ((done = '') = (outcome = '')),
  CHECK (done = '' OR follows <> '' AND done >= day)
);
CREATE INDEX consultation_project ON consultation (project, day, id);
CREATE INDEX consultation_stakeholder ON consultation (stakeholder, project);
CREATE INDEX consultation_due ON consultation (due, id) WHERE due <> '' AND done = '';
CREATE INDEX consultation_by ON consultation (by_whom);
