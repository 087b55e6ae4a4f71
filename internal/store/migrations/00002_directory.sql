-- +goose Up

-- States, structures and organisations. A State's id is its ISO 3166-1 alpha-2
-- code; every other id is a slug and so has no two letters. The directory is
-- public, and a State's entry carries that State in its label.
CREATE TABLE directory_entry (
  id         TEXT PRIMARY KEY CHECK (id <> ''),
  kind       TEXT   NOT NULL CHECK (kind IN ('state', 'partner-state', 'body', 'unit', 'institution', 'field-operation', 'organisation')),
  parent     TEXT CHECK (parent <> id) REFERENCES directory_entry (id) DEFERRABLE INITIALLY IMMEDIATE,
  host       TEXT CHECK (LENGTH(host) = 2) REFERENCES directory_entry (id) DEFERRABLE INITIALLY IMMEDIATE,
  iso2       TEXT   NOT NULL,
  iso3       TEXT   NOT NULL CHECK (LENGTH(iso3) IN (0, 3)),
  sub_region TEXT   NOT NULL,
  mandate    TEXT   NOT NULL,
  website    TEXT   NOT NULL,
  valid_from TEXT   NOT NULL CHECK (LENGTH(valid_from) IN (0, 4, 7, 10)),
  valid_to   TEXT   NOT NULL CHECK (LENGTH(valid_to) IN (0, 4, 7, 10)),
  rev        BIGINT NOT NULL CHECK (rev > 0),
  created    BIGINT NOT NULL,
  updated    BIGINT NOT NULL,
  level      BIGINT NOT NULL CHECK (level = 0),
  state      TEXT   NOT NULL,
  grp        TEXT   NOT NULL CHECK (grp = ''),
  owner      TEXT   NOT NULL CHECK (owner = ''),
  CHECK ((kind IN ('state', 'partner-state')) = (LENGTH(id) = 2)),
  CHECK (iso2 = CASE WHEN LENGTH(id) = 2 THEN id ELSE '' END),
  CHECK ((iso2 = '') = (iso3 = '')),
  CHECK (state = iso2),
  CHECK (valid_from = '' OR valid_to = '' OR SUBSTR(valid_from, 1, LENGTH(valid_to)) <= SUBSTR(valid_to, 1, LENGTH(valid_from)))
);
CREATE UNIQUE INDEX directory_entry_iso3 ON directory_entry (iso3) WHERE iso3 <> '';

-- What an entry was called, when, in which language. since is '' for a name
-- without a known beginning. english ties every name to one in English for the
-- same time.
CREATE TABLE directory_name (
  entry   TEXT NOT NULL REFERENCES directory_entry (id) DEFERRABLE INITIALLY IMMEDIATE,
  since   TEXT NOT NULL CHECK (LENGTH(since) IN (0, 4, 7, 10)),
  until   TEXT NOT NULL CHECK (LENGTH(until) IN (0, 4, 7, 10)),
  lang    TEXT NOT NULL CHECK (lang IN ('en', 'fr', 'de', 'it', 'ru', 'es')),
  long    TEXT NOT NULL CHECK (long <> ''),
  short   TEXT NOT NULL,
  note    TEXT NOT NULL,
  english TEXT NOT NULL CHECK (english = 'en'),
  PRIMARY KEY (entry, since, lang),
  FOREIGN KEY (entry, since, english) REFERENCES directory_name (entry, since, lang) DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (since = '' OR until = '' OR SUBSTR(since, 1, LENGTH(until)) <= SUBSTR(until, 1, LENGTH(since)))
);
