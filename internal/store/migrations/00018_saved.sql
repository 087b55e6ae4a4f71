-- +goose Up

-- A search that somebody keeps under a name. query is the address's own, without
-- page and order; lang is the language it is asked in. Of its feed's secret only a
-- hash is kept, '' where it has none: what is read here opens nothing.
CREATE TABLE saved_search (
  id      TEXT PRIMARY KEY,
  person  TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  name    TEXT   NOT NULL CHECK (name <> ''),
  query   TEXT   NOT NULL,
  lang    TEXT   NOT NULL CHECK (LENGTH(lang) = 2),
  often   TEXT   NOT NULL CHECK (often IN ('never', 'daily', 'weekly')),
  feed    TEXT   NOT NULL CHECK (LENGTH(feed) IN (0, 64)),
  fed     BIGINT NOT NULL, -- when the feed's secret was made, 0 never
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  CHECK ((feed = '') = (fed = 0))
);
CREATE INDEX saved_search_person ON saved_search (person, created);
CREATE UNIQUE INDEX saved_search_feed ON saved_search (feed) WHERE feed <> '';

-- How far the letters of a search have told: up to which number of the log, and
-- when the next one is due. It moves without an event where there was nothing to
-- tell.
CREATE TABLE alert (
  search TEXT PRIMARY KEY REFERENCES saved_search (id) DEFERRABLE INITIALLY IMMEDIATE,
  told   BIGINT NOT NULL,
  due    BIGINT NOT NULL
);
CREATE INDEX alert_due ON alert (due);

-- What somebody who is signed in has looked for lately, for herself alone.
CREATE TABLE recent_search (
  person TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  query  TEXT   NOT NULL CHECK (query <> ''),
  at     BIGINT NOT NULL,
  PRIMARY KEY (person, query)
);
CREATE INDEX recent_search_person ON recent_search (person, at);

-- Feeds list what has changed last.
CREATE INDEX document_created ON document (created);
