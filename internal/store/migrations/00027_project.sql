-- +goose Up

-- What a structure may do, by which decision, and from when until when (Framework ¶22).
CREATE TABLE mandate (
  id       TEXT PRIMARY KEY,
  holder   TEXT   NOT NULL REFERENCES directory_entry (id) DEFERRABLE INITIALLY IMMEDIATE,
  lang     TEXT   NOT NULL CHECK (lang IN ('en', 'fr', 'de', 'it', 'ru', 'es')),
  title    TEXT   NOT NULL CHECK (title <> ''),
  document TEXT   NOT NULL CHECK (document <> ''), -- the decision: its symbol, or a document's id
  since    TEXT   NOT NULL CHECK (LENGTH(since) = 10),
  until    TEXT   NOT NULL CHECK (LENGTH(until) = 10), -- 9999-12-31 where it has no end
  rev      BIGINT NOT NULL,
  created  BIGINT NOT NULL,
  updated  BIGINT NOT NULL,
  level    BIGINT NOT NULL CHECK (level = 2),
  state    TEXT   NOT NULL CHECK (state = ''),
  grp      TEXT   NOT NULL CHECK (grp = ''),
  owner    TEXT   NOT NULL,
  UNIQUE (id, since, until),
  CHECK (since <= until)
);
CREATE INDEX mandate_until ON mandate (until DESC, id);
CREATE INDEX mandate_owner ON mandate (owner);

-- A project. Its stage rests on its last step (column step, below), as that of a
-- request does. What it must say before it is approved is asked for here: how it fits
-- the setting (¶7), its mandate on its dates (¶22), one main line of action (¶12), the
-- days of its evaluations (¶21), the principles (¶11) and a host State that has asked
-- for it and agreed (¶3, 13: columns planned and lead, below).
CREATE TABLE project (
  id            TEXT PRIMARY KEY,
  of_year       BIGINT NOT NULL CHECK (of_year > 0),
  nth           BIGINT NOT NULL CHECK (nth > 0),
  lang          TEXT   NOT NULL CHECK (lang IN ('en', 'fr', 'de', 'it', 'ru', 'es')),
  title         TEXT   NOT NULL CHECK (title <> ''),
  summary       TEXT   NOT NULL,
  tailoring     TEXT   NOT NULL,
  line          TEXT   NOT NULL,
  phase         TEXT   NOT NULL CHECK (phase IN ('', 'prevention', 'crisis', 'rehabilitation', 'rule-of-law')),
  dimension     TEXT   NOT NULL CHECK (dimension IN ('', 'politico-military', 'economic-environmental', 'human')),
  gender        TEXT   NOT NULL CHECK (gender IN ('', 'none', 'significant', 'principal')),
  starts        TEXT   NOT NULL CHECK (LENGTH(starts) IN (0, 10)),
  ends          TEXT   NOT NULL CHECK (LENGTH(ends) = LENGTH(starts)),
  mandate       TEXT,
  mandate_since TEXT,
  mandate_until TEXT,
  stage         TEXT   NOT NULL CHECK (stage IN ('idea', 'appraised', 'approved', 'active', 'suspended', 'closed', 'evaluated', 'stopped')),
  moves         BIGINT NOT NULL,
  moved         BIGINT NOT NULL,
  interim_due   TEXT   NOT NULL CHECK (LENGTH(interim_due) IN (0, 10)),
  final_due     TEXT   NOT NULL CHECK (LENGTH(final_due) IN (0, 10)),
  expost_due    TEXT   NOT NULL CHECK (LENGTH(expost_due) IN (0, 10)),
  mid_waived    TEXT   NOT NULL, -- why the principles were not asked at mid-term
  model         TEXT REFERENCES project (id) DEFERRABLE INITIALLY IMMEDIATE,
  rev           BIGINT NOT NULL,
  created       BIGINT NOT NULL,
  updated       BIGINT NOT NULL,
  level         BIGINT NOT NULL CHECK (level = 2),
  state         TEXT   NOT NULL CHECK (state = ''),
  grp           TEXT   NOT NULL CHECK (grp = ''),
  owner         TEXT   NOT NULL,
  UNIQUE (of_year, nth),
  UNIQUE (id, stage),
  UNIQUE (id, stage, starts, ends),
  FOREIGN KEY (mandate, mandate_since, mandate_until) REFERENCES mandate (id, since, until) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (starts <= ends),
  CHECK (moves > 0 OR moves = 0 AND stage = 'idea'),
  CHECK (stage IN ('idea', 'appraised', 'stopped')
    OR summary <> '' AND tailoring <> '' AND line <> '' AND phase <> '' AND dimension <> '' AND gender <> '' AND starts <> ''
      AND LENGTH(interim_due) = 10 AND LENGTH(final_due) = 10 AND LENGTH(expost_due) = 10
      AND COALESCE(mandate IS NOT NULL AND starts >= mandate_since AND ends <= mandate_until, FALSE))
);
CREATE INDEX project_created ON project (created, id);
CREATE INDEX project_stage ON project (stage, created, id);
CREATE INDEX project_owner ON project (owner);
CREATE INDEX project_mandate ON project (mandate, mandate_since, mandate_until);
CREATE INDEX project_model ON project (model) WHERE model IS NOT NULL;

CREATE TABLE project_step (
  project TEXT   NOT NULL REFERENCES project (id) DEFERRABLE INITIALLY IMMEDIATE,
  n       BIGINT NOT NULL,
  prior   BIGINT,
  was     TEXT,
  move    TEXT   NOT NULL,
  stage   TEXT   NOT NULL,
  host    TEXT   NOT NULL, -- of the gate that it is about, or ''
  area    TEXT   NOT NULL,
  words   TEXT   NOT NULL,
  former  TEXT   NOT NULL, -- what stood in a project that was changed after it was approved
  by_whom TEXT   NOT NULL CHECK (by_whom <> '' OR move IN ('lose', 'stop')), -- time ends a consent by itself
  at      BIGINT NOT NULL,
  mark    TEXT   NOT NULL UNIQUE CHECK (mark = project || ' ' || n || ' ' || stage),
  PRIMARY KEY (project, n),
  UNIQUE (project, n, stage),
  FOREIGN KEY (project, prior, was) REFERENCES project_step (project, n, stage) DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (n > 0 AND (n = 1) = (prior IS NULL) AND (n = 1) = (was IS NULL)),
  CHECK (prior IS NULL OR prior = n - 1),
  CHECK ((host = '') = (move NOT IN ('lose', 'leave', 'bind')) AND (host = '') = (area = '')),
  CHECK (CASE move
    WHEN 'draft'    THEN n = 1 AND stage = 'idea'
    WHEN 'appraise' THEN COALESCE(was, '') = 'idea' AND stage = 'appraised'
    WHEN 'return'   THEN COALESCE(was, '') = 'appraised' AND stage = 'idea'
    WHEN 'approve'  THEN COALESCE(was, '') = 'appraised' AND stage = 'approved'
    WHEN 'start'    THEN COALESCE(was, '') = 'approved' AND stage = 'active'
    WHEN 'suspend'  THEN COALESCE(was, '') = 'active' AND stage = 'suspended'
    WHEN 'resume'   THEN COALESCE(was, '') = 'suspended' AND stage = 'active'
    WHEN 'close'    THEN COALESCE(was, '') IN ('active', 'suspended') AND stage = 'closed'
    WHEN 'evaluate' THEN COALESCE(was, '') = 'closed' AND stage = 'evaluated'
    WHEN 'stop'     THEN COALESCE(was, '') IN ('idea', 'appraised', 'approved') AND stage = 'stopped'
    WHEN 'revise'   THEN COALESCE(was, '') IN ('approved', 'active', 'suspended') AND stage = was
    WHEN 'lose'     THEN n > 1 AND stage = was -- a request or consent on which it rested is gone
    WHEN 'leave'    THEN n > 1 AND stage = was -- it goes on without that State in that area
    WHEN 'bind'     THEN n > 1 AND stage = was -- it rests on that request and consent
    ELSE FALSE END),
  CHECK (move NOT IN ('return', 'suspend', 'close', 'stop', 'leave') OR words <> ''),
  CHECK ((move = 'revise') = (former <> ''))
);

-- The six principles, asked when it is planned, at mid-term and when it is closed
-- (¶10, 11): an answer each, or in its place why the question does not arise.
CREATE TABLE principles (
  project        TEXT   NOT NULL REFERENCES project (id) DEFERRABLE INITIALLY IMMEDIATE,
  moment         TEXT   NOT NULL CHECK (moment IN ('plan', 'midterm', 'close')),
  rule_of_law    TEXT   NOT NULL CHECK (rule_of_law <> ''),
  human_rights   TEXT   NOT NULL CHECK (human_rights <> ''),
  gender         TEXT   NOT NULL CHECK (gender <> ''),
  minorities     TEXT   NOT NULL CHECK (minorities <> ''),
  partnership    TEXT   NOT NULL CHECK (partnership <> ''),
  accountability TEXT   NOT NULL CHECK (accountability <> ''),
  not_arising    TEXT   NOT NULL, -- those whose answer is the reason why they do not arise
  by_whom        TEXT   NOT NULL,
  at             BIGINT NOT NULL,
  mark           TEXT   NOT NULL UNIQUE CHECK (mark = project || ' ' || moment),
  PRIMARY KEY (project, moment)
);

-- The gate: a host State in an area, with the request and the consent on which the
-- project rests there. The stages and dates of all three stand here and follow theirs,
-- so no statement takes a consent from under a project that runs, and none lets one
-- run without. decide_by is the day by which it is decided what becomes of what runs in
-- an area that was closed.
CREATE TABLE gate (
  project       TEXT    NOT NULL,
  project_stage TEXT    NOT NULL,
  starts        TEXT    NOT NULL,
  ends          TEXT    NOT NULL,
  host          TEXT    NOT NULL REFERENCES directory_entry (id) DEFERRABLE INITIALLY IMMEDIATE,
  area          TEXT    NOT NULL CHECK (area <> ''),
  included      BOOLEAN NOT NULL,
  request       TEXT,
  request_stage TEXT,
  consent       TEXT,
  standing      TEXT,
  since         TEXT,
  until         TEXT,
  decide_by     TEXT    NOT NULL CHECK (LENGTH(decide_by) IN (0, 10)),
  created       BIGINT  NOT NULL, -- when the project was
  mark          TEXT    NOT NULL UNIQUE CHECK (mark = project || ' ' || host || ' ' || area || CASE WHEN included THEN ' in' ELSE ' out' END),
  PRIMARY KEY (project, host, area),
  FOREIGN KEY (project, project_stage, starts, ends) REFERENCES project (id, stage, starts, ends) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (request, host, request_stage) REFERENCES request (id, asker, stage) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (consent, host, area, standing, since, until) REFERENCES consent_area (consent, giver, theme, standing, since, until) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (decide_by = '' OR included AND project_stage IN ('active', 'suspended') AND request IS NOT NULL AND consent IS NOT NULL),
  CHECK ((request IS NULL) = (request_stage IS NULL)),
  CHECK ((consent IS NULL) = (standing IS NULL) AND (consent IS NULL) = (since IS NULL) AND (consent IS NULL) = (until IS NULL)),
  CHECK (NOT included OR project_stage IN ('idea', 'appraised', 'stopped', 'closed', 'evaluated')
    OR decide_by <> ''
    OR COALESCE(request IS NOT NULL AND consent IS NOT NULL AND request_stage = 'accepted' AND standing = 'open' AND starts >= since AND ends <= until, FALSE))
);
CREATE INDEX gate_host ON gate (host, created, project);
CREATE INDEX gate_area ON gate (area, host);
CREATE INDEX gate_request ON gate (request, host, request_stage);
CREATE INDEX gate_consent ON gate (consent, area);
CREATE INDEX gate_decide ON gate (decide_by, project) WHERE decide_by <> '';

ALTER TABLE project ADD COLUMN step TEXT REFERENCES project_step (mark) DEFERRABLE INITIALLY IMMEDIATE
  CHECK ((step IS NULL) = (moves = 0))
  CHECK (step IS NULL OR step = id || ' ' || moves || ' ' || stage);
ALTER TABLE project ADD COLUMN planned TEXT REFERENCES principles (mark) DEFERRABLE INITIALLY IMMEDIATE
  CHECK (planned IS NULL OR planned = id || ' plan')
  CHECK (stage IN ('idea', 'appraised', 'stopped') OR planned IS NOT NULL);
ALTER TABLE project ADD COLUMN mid TEXT REFERENCES principles (mark) DEFERRABLE INITIALLY IMMEDIATE
  CHECK (mid IS NULL OR mid = id || ' midterm')
  CHECK (stage NOT IN ('closed', 'evaluated') OR mid IS NOT NULL OR mid_waived <> '');
ALTER TABLE project ADD COLUMN closing TEXT REFERENCES principles (mark) DEFERRABLE INITIALLY IMMEDIATE
  CHECK (closing IS NULL OR closing = id || ' close')
  CHECK (stage NOT IN ('closed', 'evaluated') OR closing IS NOT NULL);
-- One gate through which it goes, as long as it runs, and has gone ever after.
ALTER TABLE project ADD COLUMN lead TEXT REFERENCES gate (mark) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE
  CHECK (lead IS NULL OR SUBSTR(lead, 1, LENGTH(id) + 1) = id || ' ')
  CHECK (stage IN ('idea', 'appraised', 'stopped') OR COALESCE(lead LIKE '% in', FALSE));

-- What a project is about and who has a part in it. under is each theme and the one
-- that it belongs to; its areas are those of its gates.
CREATE TABLE project_tag (
  project TEXT   NOT NULL REFERENCES project (id) DEFERRABLE INITIALLY IMMEDIATE,
  kind    TEXT   NOT NULL CHECK (kind IN ('theme', 'under', 'host', 'item', 'organiser', 'partner', 'body', 'place')),
  value   TEXT   NOT NULL CHECK (value <> ''),
  n       BIGINT NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (project, kind, value)
);
CREATE INDEX project_tag_value ON project_tag (kind, value, created, project);
