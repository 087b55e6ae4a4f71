-- +goose Up

-- What became of what a needs assessment recommends: a project that was made of it
-- (Framework ¶3). Nothing is made of a draft: the assessment's stage stands here and
-- follows.
CREATE UNIQUE INDEX assessment_at ON assessment (id, stage);
CREATE TABLE advised_project (
  recommendation   TEXT   NOT NULL,
  assessment       TEXT   NOT NULL,
  assessment_stage TEXT   NOT NULL CHECK (assessment_stage = 'final'),
  project          TEXT   NOT NULL REFERENCES project (id) DEFERRABLE INITIALLY IMMEDIATE,
  by_whom          TEXT   NOT NULL CHECK (by_whom <> ''),
  at               BIGINT NOT NULL,
  PRIMARY KEY (recommendation, project),
  FOREIGN KEY (assessment, recommendation) REFERENCES assessment_recommendation (assessment, id) DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (assessment, assessment_stage) REFERENCES assessment (id, stage) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE
);
CREATE INDEX advised_project_assessment ON advised_project (assessment, at);
CREATE INDEX advised_project_project ON advised_project (project, at);

-- A lesson from a forum may name the forum: it is an activity.
-- postgres: ALTER TABLE lesson DROP CONSTRAINT lesson_check1;
-- postgres: ALTER TABLE lesson ADD CONSTRAINT lesson_check1 CHECK (activity IS NULL OR origin IN ('activity', 'forum'));
-- sqlite: PRAGMA writable_schema = ON;
-- sqlite: UPDATE sqlite_schema SET sql = REPLACE(sql, 'activity IS NULL OR origin = ''activity''', 'activity IS NULL OR origin IN (''activity'', ''forum'')') WHERE type = 'table' AND name = 'lesson';
-- sqlite: PRAGMA writable_schema = RESET;

-- What somebody follows: a record, or all of a State or a theme. seen is up to when she
-- has seen what changed in it.
CREATE TABLE follow (
  person  TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  kind    TEXT   NOT NULL CHECK (kind IN ('request', 'project', 'programme', 'activity', 'lesson', 'state', 'theme')),
  object  TEXT   NOT NULL CHECK (object <> ''),
  seen    BIGINT NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (person, kind, object),
  CHECK (seen >= created)
);
CREATE INDEX request_updated ON request (updated, id);
CREATE INDEX consent_updated ON consent (updated, id);
CREATE INDEX assessment_updated ON assessment (updated, id);
CREATE INDEX programme_updated ON programme (updated, id);
CREATE INDEX activity_updated ON activity (updated, id);
CREATE INDEX lesson_updated ON lesson (updated, id);
