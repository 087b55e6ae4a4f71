-- +goose Up

-- The thesaurus: what the things of the field are called in each language. The
-- words belong to everybody, so its rows carry no label.
CREATE TABLE concept_scheme (
  id      TEXT PRIMARY KEY CHECK (id <> ''),
  uri     TEXT   NOT NULL UNIQUE CHECK (uri <> ''),
  title   TEXT   NOT NULL,
  created BIGINT NOT NULL
);

-- shipped is the concept as the program brought it last, '' where it did not:
-- the next version changes only what nobody here has changed.
CREATE TABLE concept (
  id          TEXT PRIMARY KEY CHECK (id <> ''),
  uri         TEXT    NOT NULL UNIQUE CHECK (uri <> ''),
  scheme      TEXT    NOT NULL REFERENCES concept_scheme (id) DEFERRABLE INITIALLY IMMEDIATE,
  notation    TEXT    NOT NULL,
  deprecated  BOOLEAN NOT NULL,
  successor TEXT CHECK (successor <> id) REFERENCES concept (id) DEFERRABLE INITIALLY IMMEDIATE,
  shipped     TEXT    NOT NULL,
  rev         BIGINT  NOT NULL CHECK (rev > 0),
  created     BIGINT  NOT NULL,
  updated     BIGINT  NOT NULL,
  CHECK (deprecated OR successor IS NULL)
);
CREATE INDEX concept_of_scheme ON concept (scheme, id);

-- folded is the text without case and accents; initial its first letter.
CREATE TABLE concept_label (
  concept TEXT NOT NULL REFERENCES concept (id) DEFERRABLE INITIALLY IMMEDIATE,
  lang    TEXT NOT NULL CHECK (lang IN ('en', 'fr', 'de', 'it', 'ru', 'es')),
  kind    TEXT NOT NULL CHECK (kind IN ('pref', 'alt', 'hidden')),
  text    TEXT NOT NULL CHECK (text <> ''),
  folded  TEXT NOT NULL,
  initial TEXT NOT NULL,
  PRIMARY KEY (concept, lang, text)
);
CREATE UNIQUE INDEX concept_label_pref ON concept_label (concept, lang) WHERE kind = 'pref';
CREATE INDEX concept_label_folded ON concept_label (lang, folded);
CREATE INDEX concept_label_initial ON concept_label (lang, initial);

CREATE TABLE concept_note (
  concept TEXT   NOT NULL REFERENCES concept (id) DEFERRABLE INITIALLY IMMEDIATE,
  kind    TEXT   NOT NULL CHECK (kind IN ('definition', 'scope', 'note', 'example')),
  lang    TEXT   NOT NULL CHECK (lang IN ('en', 'fr', 'de', 'it', 'ru', 'es')),
  n       BIGINT NOT NULL,
  text    TEXT   NOT NULL CHECK (text <> ''),
  PRIMARY KEY (concept, kind, lang, n)
);

-- Narrower is broader read from the other end. What is related is so both ways,
-- and stands here in both.
CREATE TABLE concept_relation (
  concept TEXT NOT NULL REFERENCES concept (id) DEFERRABLE INITIALLY IMMEDIATE,
  kind    TEXT NOT NULL CHECK (kind IN ('broader', 'related')),
  target  TEXT NOT NULL REFERENCES concept (id) DEFERRABLE INITIALLY IMMEDIATE,
  PRIMARY KEY (concept, kind, target),
  CHECK (concept <> target)
);
CREATE INDEX concept_relation_target ON concept_relation (target, kind);

-- The same thing in another vocabulary, here or elsewhere: a program proposes by
-- labels, a person decides.
CREATE TABLE concept_match (
  concept TEXT NOT NULL REFERENCES concept (id) DEFERRABLE INITIALLY IMMEDIATE,
  uri     TEXT NOT NULL CHECK (uri <> ''),
  kind    TEXT NOT NULL CHECK (kind IN ('exact', 'close', 'broad', 'narrow', 'related')),
  stage   TEXT NOT NULL CHECK (stage IN ('proposed', 'confirmed', 'refused')),
  PRIMARY KEY (concept, uri)
);
CREATE INDEX concept_match_uri ON concept_match (uri);

-- What documents are about. weight is how strongly the text speaks of it, 0 where
-- a person chose the concept; by_whom is '' where a program proposes.
CREATE TABLE document_concept (
  document TEXT   NOT NULL REFERENCES document (id) DEFERRABLE INITIALLY IMMEDIATE,
  concept  TEXT   NOT NULL REFERENCES concept (id) DEFERRABLE INITIALLY IMMEDIATE,
  stage    TEXT   NOT NULL CHECK (stage IN ('proposed', 'confirmed', 'refused')),
  weight   BIGINT NOT NULL CHECK (weight >= 0),
  by_whom  TEXT   NOT NULL,
  at       BIGINT NOT NULL,
  PRIMARY KEY (document, concept),
  CHECK ((stage = 'proposed') = (by_whom = ''))
);
CREATE INDEX document_concept_concept ON document_concept (concept, stage, document);
