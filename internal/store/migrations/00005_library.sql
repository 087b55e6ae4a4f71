-- +goose Up

-- A document: what stays the same in all its languages. Its address is its id.
CREATE TABLE document (
  id        TEXT PRIMARY KEY,
  symbol    TEXT    NOT NULL,
  kind      TEXT    NOT NULL,
  dated     TEXT    NOT NULL, -- '', 2012, 2012-07 or 2012-07-26
  original  TEXT    NOT NULL, -- language, '' where unknown
  origin    TEXT    NOT NULL, -- directory id, '' where unknown
  licence   TEXT    NOT NULL,
  sample    BOOLEAN NOT NULL, -- written for the demonstration, and says so
  confirmed BOOLEAN NOT NULL, -- a person has looked at what the file proposed
  rev       BIGINT  NOT NULL,
  created   BIGINT  NOT NULL,
  updated   BIGINT  NOT NULL,
  level     BIGINT  NOT NULL CHECK (level BETWEEN 0 AND 3),
  state     TEXT    NOT NULL,
  grp       TEXT    NOT NULL,
  owner     TEXT    NOT NULL
);
CREATE INDEX document_symbol ON document (symbol);
CREATE INDEX document_owner ON document (owner);

-- What a document is about: themes, lines of action, framework items, and
-- keywords in a language.
CREATE TABLE document_tag (
  document TEXT NOT NULL REFERENCES document (id) DEFERRABLE INITIALLY IMMEDIATE,
  kind     TEXT NOT NULL CHECK (kind IN ('theme', 'line', 'item', 'keyword')),
  lang     TEXT NOT NULL CHECK (lang = '' OR kind = 'keyword'),
  value    TEXT NOT NULL CHECK (value <> ''),
  PRIMARY KEY (document, kind, lang, value)
);

CREATE TABLE language_version (
  id       TEXT PRIMARY KEY,
  document TEXT NOT NULL REFERENCES document (id) DEFERRABLE INITIALLY IMMEDIATE,
  lang     TEXT NOT NULL,
  title    TEXT NOT NULL CHECK (title <> ''),
  summary  TEXT NOT NULL,
  external TEXT NOT NULL, -- its id in the collection it was imported from
  UNIQUE (document, lang)
);
CREATE UNIQUE INDEX language_version_external ON language_version (external) WHERE external <> '';

-- A language version as it stood at one time: the first text, Rev.1, Corr.1 …
CREATE TABLE version (
  id       TEXT PRIMARY KEY,
  edition  TEXT    NOT NULL REFERENCES language_version (id) DEFERRABLE INITIALLY IMMEDIATE,
  number   BIGINT  NOT NULL CHECK (number > 0),
  mark     TEXT    NOT NULL,
  sum      TEXT    NOT NULL, -- of the file, or of the text where there is no file
  file     TEXT    NOT NULL, -- its name as it came, '' where there is none
  media    TEXT    NOT NULL,
  bytes    BIGINT  NOT NULL,
  pages    BIGINT  NOT NULL,
  ocr      BOOLEAN NOT NULL,
  created  BIGINT  NOT NULL,
  UNIQUE (edition, number)
);
CREATE INDEX version_sum ON version (sum);

CREATE TABLE passage (
  version TEXT   NOT NULL REFERENCES version (id) DEFERRABLE INITIALLY IMMEDIATE,
  n       BIGINT NOT NULL,
  page    BIGINT NOT NULL,
  kind    TEXT   NOT NULL,
  depth   BIGINT NOT NULL,
  body    TEXT   NOT NULL,
  PRIMARY KEY (version, n)
);

-- target is the id of a document here; symbol names one that is not here yet.
CREATE TABLE relation (
  document TEXT NOT NULL REFERENCES document (id) DEFERRABLE INITIALLY IMMEDIATE,
  kind     TEXT NOT NULL CHECK (kind IN ('implements', 'supersedes', 'part-of', 'translation-of', 'cites')),
  target   TEXT NOT NULL,
  symbol   TEXT NOT NULL,
  CHECK ((target = '') <> (symbol = '')),
  PRIMARY KEY (document, kind, target, symbol)
);
CREATE INDEX relation_target ON relation (target) WHERE target <> '';
CREATE INDEX relation_symbol ON relation (symbol) WHERE symbol <> '';

-- What has arrived and is no document yet, or could not become one.
CREATE TABLE intake (
  id       TEXT PRIMARY KEY,
  batch    TEXT   NOT NULL,
  file     TEXT   NOT NULL,
  sum      TEXT   NOT NULL,
  bytes    BIGINT NOT NULL,
  stage    TEXT   NOT NULL CHECK (stage IN ('arrived', 'ready', 'quarantined', 'kept', 'discarded')),
  reason   TEXT   NOT NULL,
  proposal TEXT   NOT NULL,
  text_sum TEXT   NOT NULL,
  document TEXT   NOT NULL,
  tries    BIGINT NOT NULL,
  rev      BIGINT NOT NULL,
  created  BIGINT NOT NULL,
  updated  BIGINT NOT NULL,
  level    BIGINT NOT NULL CHECK (level BETWEEN 0 AND 3),
  state    TEXT   NOT NULL,
  grp      TEXT   NOT NULL,
  owner    TEXT   NOT NULL,
  CHECK (stage <> 'quarantined' OR reason <> ''),
  CHECK (stage <> 'kept' OR document <> '')
);
CREATE INDEX intake_owner ON intake (owner, created);
CREATE INDEX intake_batch ON intake (batch);
CREATE INDEX intake_sum ON intake (sum);
