-- +goose Up

-- A table of activities that somebody brings in. She sees first what would become of
-- it, and plan is the digest of what she was shown when she began it. It is stored step
-- by step: done, the rows that were stored or left out, moves with them in one write.
-- The file stays until then (sum), and goes when the import ends.
CREATE TABLE activity_import (
  id       TEXT PRIMARY KEY,
  name     TEXT    NOT NULL CHECK (name <> ''), -- of the file
  sum      TEXT    NOT NULL, -- of the file, SHA-256
  lang     TEXT    NOT NULL CHECK (lang IN ('en', 'fr', 'de', 'it', 'ru', 'es')), -- in which she reads, and writes days
  importer TEXT    NOT NULL CHECK (importer <> ''), -- the structure for which she does it
  partly   BOOLEAN NOT NULL, -- faulty rows are left out
  plan     TEXT    NOT NULL CHECK (plan <> '' OR stage IN ('looked', 'dropped')),
  stage    TEXT    NOT NULL CHECK (stage IN ('looked', 'started', 'done', 'dropped')),
  job      TEXT    NOT NULL CHECK ((job <> '') = (stage IN ('started', 'done'))),
  total    BIGINT  NOT NULL,
  done     BIGINT  NOT NULL CHECK (done BETWEEN 0 AND total),
  made     BIGINT  NOT NULL,
  changed  BIGINT  NOT NULL,
  same     BIGINT  NOT NULL,
  passed   TEXT    NOT NULL, -- the rows that were left out, and why, in her language: JSON
  started  BIGINT  NOT NULL,
  created  BIGINT  NOT NULL,
  updated  BIGINT  NOT NULL,
  level    BIGINT  NOT NULL CHECK (level = 3),
  state    TEXT    NOT NULL CHECK (state = ''),
  grp      TEXT    NOT NULL CHECK (grp = ''),
  owner    TEXT    NOT NULL CHECK (owner <> ''),
  CHECK ((sum = '') = (stage IN ('done', 'dropped')))
);
CREATE INDEX activity_import_owner ON activity_import (owner, created, id);
CREATE INDEX activity_import_sum ON activity_import (sum) WHERE sum <> '';

-- The activities that stood in somebody's last import: what is missing in the next one
-- is told to her, and stays.
CREATE TABLE imported_activity (
  import   TEXT NOT NULL REFERENCES activity_import (id) DEFERRABLE INITIALLY IMMEDIATE,
  activity TEXT NOT NULL REFERENCES activity (id) DEFERRABLE INITIALLY IMMEDIATE,
  PRIMARY KEY (import, activity)
);
CREATE INDEX imported_activity_activity ON imported_activity (activity);
