-- +goose Up

-- An evaluation of a project: an interim one, one at the end, and one ex post (Framework
-- ¶21). All three are made, each with its day, when the project is approved. Its stage
-- rests on its last step (column step, below). What it must say before it is final is
-- asked for here: who evaluated, how independent that is, the six principles anew (¶11),
-- and six criteria that are whole (columns relevance to sustainability, below).
CREATE TABLE evaluation (
  id             TEXT PRIMARY KEY,
  project        TEXT   NOT NULL REFERENCES project (id) DEFERRABLE INITIALLY IMMEDIATE,
  kind           TEXT   NOT NULL CHECK (kind IN ('interim', 'final', 'expost')),
  due            TEXT   NOT NULL CHECK (LENGTH(due) = 10),
  lang           TEXT   NOT NULL CHECK (lang IN ('en', 'fr', 'de', 'it', 'ru', 'es')),
  evaluator      TEXT   NOT NULL, -- an office or organisation: id of the directory, or a name; never a person's
  independence   TEXT   NOT NULL,
  summary        TEXT   NOT NULL,
  rule_of_law    TEXT   NOT NULL,
  human_rights   TEXT   NOT NULL,
  gender         TEXT   NOT NULL,
  minorities     TEXT   NOT NULL,
  partnership    TEXT   NOT NULL,
  accountability TEXT   NOT NULL,
  not_arising    TEXT   NOT NULL, -- principles whose answer is the reason why they do not arise
  stage          TEXT   NOT NULL CHECK (stage IN ('due', 'begun', 'final', 'waived')),
  moves          BIGINT NOT NULL,
  moved          BIGINT NOT NULL,
  answer_by      TEXT   NOT NULL CHECK ((stage = 'final') = (LENGTH(answer_by) = 10) AND LENGTH(answer_by) IN (0, 10)),
  rev            BIGINT NOT NULL,
  created        BIGINT NOT NULL,
  updated        BIGINT NOT NULL,
  mark           TEXT   NOT NULL UNIQUE CHECK (mark = project || ' ' || kind || ' ' || stage),
  UNIQUE (project, kind),
  UNIQUE (id, project, kind, stage, answer_by),
  CHECK (moves > 0 OR moves = 0 AND stage = 'due'),
  CHECK (stage <> 'final' OR evaluator <> '' AND independence <> '' AND summary <> '' AND rule_of_law <> '' AND human_rights <> ''
    AND gender <> '' AND minorities <> '' AND partnership <> '' AND accountability <> '')
);
CREATE INDEX evaluation_due ON evaluation (due, id);
CREATE INDEX evaluation_open ON evaluation (due, id) WHERE stage IN ('due', 'begun');

CREATE TABLE evaluation_step (
  evaluation TEXT   NOT NULL REFERENCES evaluation (id) DEFERRABLE INITIALLY IMMEDIATE,
  n          BIGINT NOT NULL,
  prior      BIGINT,
  was        TEXT,
  move       TEXT   NOT NULL,
  stage      TEXT   NOT NULL,
  words      TEXT   NOT NULL,
  due        TEXT   NOT NULL, -- the day until then, of one that was put off
  by_whom    TEXT   NOT NULL CHECK (by_whom <> ''),
  at         BIGINT NOT NULL,
  mark       TEXT   NOT NULL UNIQUE CHECK (mark = evaluation || ' ' || n || ' ' || stage),
  PRIMARY KEY (evaluation, n),
  UNIQUE (evaluation, n, stage),
  FOREIGN KEY (evaluation, prior, was) REFERENCES evaluation_step (evaluation, n, stage) DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (n > 0 AND (n = 1) = (prior IS NULL) AND (n = 1) = (was IS NULL)),
  CHECK (prior IS NULL OR prior = n - 1),
  CHECK (CASE move
    WHEN 'set'      THEN n = 1 AND stage = 'due'
    WHEN 'begin'    THEN COALESCE(was, '') = 'due' AND stage = 'begun'
    WHEN 'finish'   THEN COALESCE(was, '') = 'begun' AND stage = 'final'
    WHEN 'waive'    THEN COALESCE(was, '') IN ('due', 'begun') AND stage = 'waived'
    WHEN 'postpone' THEN COALESCE(was, '') IN ('due', 'begun') AND stage = was
    ELSE FALSE END),
  CHECK (move NOT IN ('waive', 'postpone') OR words <> ''),
  CHECK ((move = 'postpone') = (LENGTH(due) = 10) AND LENGTH(due) IN (0, 10))
);
ALTER TABLE evaluation ADD COLUMN step TEXT REFERENCES evaluation_step (mark) DEFERRABLE INITIALLY IMMEDIATE
  CHECK ((step IS NULL) = (moves = 0))
  CHECK (step IS NULL OR step = id || ' ' || moves || ' ' || stage);

-- One of the six criteria of the OECD DAC. It is whole with a rating and what that
-- rests on, or with the reason why it was not assessed; its mark says so, and follows.
CREATE TABLE evaluation_criterion (
  evaluation TEXT   NOT NULL REFERENCES evaluation (id) DEFERRABLE INITIALLY IMMEDIATE,
  criterion  TEXT   NOT NULL CHECK (criterion IN ('relevance', 'coherence', 'effectiveness', 'efficiency', 'impact', 'sustainability')),
  question   TEXT   NOT NULL,
  evidence   TEXT   NOT NULL,
  finding    TEXT   NOT NULL,
  rating     BIGINT NOT NULL CHECK (rating BETWEEN 0 AND 4), -- 0: none
  why_not    TEXT   NOT NULL, -- assessed
  mark       TEXT   NOT NULL UNIQUE CHECK (mark = evaluation || ' ' || criterion || CASE
    WHEN rating > 0 AND question <> '' AND evidence <> '' AND finding <> '' OR rating = 0 AND why_not <> '' THEN ' whole' ELSE ' part' END),
  PRIMARY KEY (evaluation, criterion),
  CHECK (rating = 0 OR why_not = '')
);
ALTER TABLE evaluation ADD COLUMN relevance TEXT REFERENCES evaluation_criterion (mark) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE
  CHECK (stage <> 'final' OR COALESCE(relevance = id || ' relevance whole', FALSE));
ALTER TABLE evaluation ADD COLUMN coherence TEXT REFERENCES evaluation_criterion (mark) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE
  CHECK (stage <> 'final' OR COALESCE(coherence = id || ' coherence whole', FALSE));
ALTER TABLE evaluation ADD COLUMN effectiveness TEXT REFERENCES evaluation_criterion (mark) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE
  CHECK (stage <> 'final' OR COALESCE(effectiveness = id || ' effectiveness whole', FALSE));
ALTER TABLE evaluation ADD COLUMN efficiency TEXT REFERENCES evaluation_criterion (mark) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE
  CHECK (stage <> 'final' OR COALESCE(efficiency = id || ' efficiency whole', FALSE));
ALTER TABLE evaluation ADD COLUMN impact TEXT REFERENCES evaluation_criterion (mark) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE
  CHECK (stage <> 'final' OR COALESCE(impact = id || ' impact whole', FALSE));
ALTER TABLE evaluation ADD COLUMN sustainability TEXT REFERENCES evaluation_criterion (mark) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE
  CHECK (stage <> 'final' OR COALESCE(sustainability = id || ' sustainability whole', FALSE));
CREATE INDEX evaluation_relevance ON evaluation (relevance);
CREATE INDEX evaluation_coherence ON evaluation (coherence);
CREATE INDEX evaluation_effectiveness ON evaluation (effectiveness);
CREATE INDEX evaluation_efficiency ON evaluation (efficiency);
CREATE INDEX evaluation_impact ON evaluation (impact);
CREATE INDEX evaluation_sustainability ON evaluation (sustainability);

-- What an evaluation recommends, and what the management answers: once it is final, by
-- the day that stands with it. Each rests on the one before it and the evaluation on the
-- last (column advice), so none is taken out of the middle. made is how far the project
-- was when it was written: what is recommended ex post, once the project is evaluated,
-- is the only thing that may wait for its answer then.
CREATE TABLE recommendation (
  id               TEXT PRIMARY KEY,
  evaluation       TEXT   NOT NULL,
  project          TEXT   NOT NULL,
  kind             TEXT   NOT NULL,
  evaluation_stage TEXT   NOT NULL CHECK (evaluation_stage IN ('begun', 'final')),
  answer_by        TEXT   NOT NULL,
  project_stage    TEXT   NOT NULL,
  made             TEXT   NOT NULL,
  mark             TEXT   NOT NULL UNIQUE CHECK (mark = evaluation || ' ' || id),
  prior            TEXT REFERENCES recommendation (mark) DEFERRABLE INITIALLY IMMEDIATE CHECK (SUBSTR(prior, 1, LENGTH(evaluation) + 1) = evaluation || ' '),
  wish             TEXT   NOT NULL CHECK (wish <> ''),
  addressee        TEXT   NOT NULL CHECK (addressee <> ''), -- an office: id of the directory, or a name
  priority         TEXT   NOT NULL CHECK (priority IN ('high', 'medium', 'low')),
  response         TEXT   NOT NULL CHECK (response IN ('', 'accepted', 'partly', 'rejected')),
  words            TEXT   NOT NULL CHECK ((response = '') = (words = '')),
  responded        BIGINT NOT NULL CHECK ((response = '') = (responded = 0)),
  by_whom          TEXT   NOT NULL CHECK ((response = '') = (by_whom = '')),
  rev              BIGINT NOT NULL,
  created          BIGINT NOT NULL,
  updated          BIGINT NOT NULL,
  UNIQUE (id, response),
  FOREIGN KEY (evaluation, project, kind, evaluation_stage, answer_by) REFERENCES evaluation (id, project, kind, stage, answer_by) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (project, project_stage) REFERENCES project (id, stage) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (response = '' OR evaluation_stage = 'final'),
  CHECK (project_stage <> 'evaluated' OR response <> '' OR kind = 'expost' AND made = 'evaluated')
);
CREATE INDEX recommendation_evaluation ON recommendation (evaluation, project, kind, evaluation_stage, answer_by);
CREATE INDEX recommendation_project ON recommendation (project, project_stage);
CREATE INDEX recommendation_open ON recommendation (answer_by, id) WHERE evaluation_stage = 'final' AND response = '';
CREATE UNIQUE INDEX recommendation_prior ON recommendation (prior);
ALTER TABLE evaluation ADD COLUMN advice TEXT REFERENCES recommendation (mark) DEFERRABLE INITIALLY IMMEDIATE
  CHECK (advice IS NULL OR SUBSTR(advice, 1, LENGTH(id) + 1) = id || ' ');
CREATE INDEX evaluation_advice ON evaluation (advice) WHERE advice IS NOT NULL;

-- What is done about it: by which office, by when, and what was done.
CREATE TABLE recommendation_action (
  id             TEXT PRIMARY KEY,
  recommendation TEXT   NOT NULL,
  response       TEXT   NOT NULL CHECK (response IN ('accepted', 'partly')),
  task           TEXT   NOT NULL CHECK (task <> ''),
  office         TEXT   NOT NULL CHECK (office <> ''), -- id of the directory, or a name
  person         TEXT   NOT NULL, -- who has taken it on herself, or ''
  due            TEXT   NOT NULL CHECK (LENGTH(due) = 10),
  done           TEXT   NOT NULL CHECK (LENGTH(done) IN (0, 10) AND (done = '') = (how = '')),
  how            TEXT   NOT NULL,
  rev            BIGINT NOT NULL,
  created        BIGINT NOT NULL,
  updated        BIGINT NOT NULL,
  FOREIGN KEY (recommendation, response) REFERENCES recommendation (id, response) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE
);
CREATE INDEX recommendation_action_recommendation ON recommendation_action (recommendation, response);
CREATE INDEX recommendation_action_open ON recommendation_action (due, id) WHERE done = '';
CREATE INDEX recommendation_action_person ON recommendation_action (person) WHERE person <> '';

-- A project that is approved has its three evaluations; it is closed when the interim
-- one is final or waived, and evaluated when the final one is.
ALTER TABLE project ADD COLUMN interim_mark TEXT REFERENCES evaluation (mark) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE
  CHECK (interim_mark IS NULL OR SUBSTR(interim_mark, 1, LENGTH(id) + 9) = id || ' interim ')
  CHECK (stage IN ('idea', 'appraised', 'stopped') OR interim_mark IS NOT NULL)
  CHECK (stage NOT IN ('closed', 'evaluated') OR COALESCE(interim_mark LIKE '% final' OR interim_mark LIKE '% waived', FALSE));
ALTER TABLE project ADD COLUMN final_mark TEXT REFERENCES evaluation (mark) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE
  CHECK (final_mark IS NULL OR SUBSTR(final_mark, 1, LENGTH(id) + 7) = id || ' final ')
  CHECK (stage IN ('idea', 'appraised', 'stopped') OR final_mark IS NOT NULL)
  CHECK (stage <> 'evaluated' OR COALESCE(final_mark LIKE '% final' OR final_mark LIKE '% waived', FALSE));
ALTER TABLE project ADD COLUMN expost_mark TEXT REFERENCES evaluation (mark) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE
  CHECK (expost_mark IS NULL OR SUBSTR(expost_mark, 1, LENGTH(id) + 8) = id || ' expost ')
  CHECK (stage IN ('idea', 'appraised', 'stopped') OR expost_mark IS NOT NULL);
CREATE INDEX project_interim ON project (interim_mark) WHERE interim_mark IS NOT NULL;
CREATE INDEX project_final ON project (final_mark) WHERE final_mark IS NOT NULL;
CREATE INDEX project_expost ON project (expost_mark) WHERE expost_mark IS NOT NULL;

-- A lesson: what happened, what was learned, and the guidance that follows (Framework
-- ¶12.5), with what it was drawn from and what bears it out. Somebody else than its
-- author reviews it. Published, it may be carried into guidance: a document of the
-- library, on a day.
CREATE TABLE lesson (
  id         TEXT PRIMARY KEY,
  lang       TEXT   NOT NULL CHECK (lang IN ('en', 'fr', 'de', 'it', 'ru', 'es')),
  title      TEXT   NOT NULL CHECK (title <> ''),
  happened   TEXT   NOT NULL,
  learned    TEXT   NOT NULL,
  guidance   TEXT   NOT NULL,
  origin     TEXT   NOT NULL CHECK (origin IN ('evaluation', 'note', 'forum', 'activity')),
  source     TEXT   NOT NULL, -- the note, the forum or the activity in words, with its day
  project    TEXT REFERENCES project (id) DEFERRABLE INITIALLY IMMEDIATE,
  evaluation TEXT REFERENCES evaluation (id) DEFERRABLE INITIALLY IMMEDIATE CHECK (evaluation IS NULL OR origin = 'evaluation'),
  activity   TEXT REFERENCES activity (id) DEFERRABLE INITIALLY IMMEDIATE CHECK (activity IS NULL OR origin = 'activity'),
  evidence   TEXT   NOT NULL,
  theme      TEXT   NOT NULL, -- the first of its themes, '' while it has none
  stage      TEXT   NOT NULL CHECK (stage IN ('draft', 'reviewed', 'published', 'withdrawn')),
  moves      BIGINT NOT NULL,
  moved      BIGINT NOT NULL,
  reviewer   TEXT   NOT NULL,
  adopted    TEXT   NOT NULL, -- the document, or ''
  adopted_on TEXT   NOT NULL CHECK (LENGTH(adopted_on) IN (0, 10) AND (adopted = '') = (adopted_on = '')),
  rev        BIGINT NOT NULL,
  created    BIGINT NOT NULL,
  updated    BIGINT NOT NULL,
  level      BIGINT NOT NULL CHECK (level = 2),
  state      TEXT   NOT NULL CHECK (state = ''),
  grp        TEXT   NOT NULL CHECK (grp = ''),
  owner      TEXT   NOT NULL,
  CHECK (moves > 0 OR moves = 0 AND stage = 'draft'),
  CHECK (reviewer = '' OR reviewer <> owner),
  CHECK (stage NOT IN ('reviewed', 'published') OR reviewer <> '' AND happened <> '' AND learned <> '' AND guidance <> '' AND evidence <> '' AND theme <> ''
    AND (source <> '' OR evaluation IS NOT NULL OR activity IS NOT NULL)),
  CHECK (stage IN ('published', 'withdrawn') OR adopted = '')
);
CREATE INDEX lesson_created ON lesson (created, id);
CREATE INDEX lesson_stage ON lesson (stage, created, id);
CREATE INDEX lesson_owner ON lesson (owner);
CREATE INDEX lesson_project ON lesson (project) WHERE project IS NOT NULL;
CREATE INDEX lesson_evaluation ON lesson (evaluation) WHERE evaluation IS NOT NULL;
CREATE INDEX lesson_activity ON lesson (activity) WHERE activity IS NOT NULL;
CREATE INDEX lesson_adopted ON lesson (adopted) WHERE adopted <> '';

-- under is each theme and the one that it belongs to; document what bears it out.
CREATE TABLE lesson_tag (
  lesson  TEXT   NOT NULL REFERENCES lesson (id) DEFERRABLE INITIALLY IMMEDIATE,
  kind    TEXT   NOT NULL CHECK (kind IN ('theme', 'under', 'item', 'state', 'document')),
  value   TEXT   NOT NULL CHECK (value <> ''),
  n       BIGINT NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (lesson, kind, value)
);
CREATE INDEX lesson_tag_value ON lesson_tag (kind, value, created, lesson);

CREATE TABLE lesson_step (
  lesson  TEXT   NOT NULL REFERENCES lesson (id) DEFERRABLE INITIALLY IMMEDIATE,
  n       BIGINT NOT NULL,
  prior   BIGINT,
  was     TEXT,
  move    TEXT   NOT NULL,
  stage   TEXT   NOT NULL,
  words   TEXT   NOT NULL, -- why, or the document into which it was carried
  by_whom TEXT   NOT NULL CHECK (by_whom <> ''),
  at      BIGINT NOT NULL,
  mark    TEXT   NOT NULL UNIQUE CHECK (mark = lesson || ' ' || n || ' ' || stage),
  PRIMARY KEY (lesson, n),
  UNIQUE (lesson, n, stage),
  FOREIGN KEY (lesson, prior, was) REFERENCES lesson_step (lesson, n, stage) DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (n > 0 AND (n = 1) = (prior IS NULL) AND (n = 1) = (was IS NULL)),
  CHECK (prior IS NULL OR prior = n - 1),
  CHECK (CASE move
    WHEN 'draft'    THEN n = 1 AND stage = 'draft'
    WHEN 'review'   THEN COALESCE(was, '') = 'draft' AND stage = 'reviewed'
    WHEN 'return'   THEN COALESCE(was, '') = 'reviewed' AND stage = 'draft'
    WHEN 'publish'  THEN COALESCE(was, '') = 'reviewed' AND stage = 'published'
    WHEN 'adopt'    THEN COALESCE(was, '') = 'published' AND stage = 'published'
    WHEN 'withdraw' THEN COALESCE(was, '') IN ('draft', 'reviewed', 'published') AND stage = 'withdrawn'
    ELSE FALSE END),
  CHECK (move NOT IN ('return', 'adopt', 'withdraw') OR words <> '')
);
ALTER TABLE lesson ADD COLUMN step TEXT REFERENCES lesson_step (mark) DEFERRABLE INITIALLY IMMEDIATE
  CHECK ((step IS NULL) = (moves = 0))
  CHECK (step IS NULL OR step = id || ' ' || moves || ' ' || stage);
