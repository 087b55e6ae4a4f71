-- +goose Up

-- Other systems harvest the library in the order of change, page by page from
-- where the last page ended.
CREATE INDEX document_updated ON document (updated, id);
CREATE INDEX document_kind_updated ON document (kind, updated, id);

-- A document that left a circle of readers: it was withdrawn, or is for others
-- now. To those who are still of that circle and cannot read it any more it is
-- deleted since then; to everybody else this row says nothing.
CREATE TABLE departed (
  document TEXT   NOT NULL CHECK (document <> ''),
  at       BIGINT NOT NULL,
  sets     TEXT   NOT NULL, -- those it was in, each between spaces
  level    BIGINT NOT NULL CHECK (level BETWEEN 0 AND 3),
  state    TEXT   NOT NULL,
  grp      TEXT   NOT NULL,
  owner    TEXT   NOT NULL CHECK (owner = ''), -- what only its owner could read leaves no circle
  PRIMARY KEY (document, level, state, grp)
);
CREATE INDEX departed_at ON departed (at, document);
INSERT INTO departed (document, at, sets, level, state, grp, owner)
SELECT id, at, ' ', level, CASE WHEN level = 3 AND grp = '' THEN state ELSE '' END, CASE WHEN level = 3 THEN grp ELSE '' END, ''
FROM withdrawn_document
WHERE level < 3 OR state <> '' OR grp <> '';

-- A collection elsewhere from which POLIS harvests, and how far it is.
CREATE TABLE harvest_source (
  id        TEXT PRIMARY KEY,
  url       TEXT    NOT NULL CHECK (url <> ''),
  prefix    TEXT    NOT NULL CHECK (prefix <> ''), -- what Dublin Core is called there
  part      TEXT    NOT NULL, -- the set, '' for all of it
  name      TEXT    NOT NULL, -- as it calls itself
  origin    TEXT    NOT NULL, -- directory id of where its documents come from, '' where they say so
  nightly   BOOLEAN NOT NULL,
  since     TEXT    NOT NULL, -- its clock when the last whole harvest began, as it wrote it
  begun     TEXT    NOT NULL, -- the same of a harvest that was not ended
  token     TEXT    NOT NULL, -- where that one goes on
  ran       BIGINT  NOT NULL,
  reason    TEXT    NOT NULL, -- why the last run failed, or ''
  added     BIGINT  NOT NULL, -- by the last run, and so on
  changed   BIGINT  NOT NULL,
  same      BIGINT  NOT NULL,
  withdrawn BIGINT  NOT NULL,
  aside     BIGINT  NOT NULL,
  created   BIGINT  NOT NULL,
  UNIQUE (url, prefix, part)
);

-- A record as it was harvested last, by its name there.
CREATE TABLE harvested (
  identifier TEXT PRIMARY KEY CHECK (identifier <> ''),
  source     TEXT   NOT NULL REFERENCES harvest_source (id) DEFERRABLE INITIALLY IMMEDIATE,
  document   TEXT   NOT NULL, -- what became of it, '' where nothing did or it was withdrawn there
  stamp      TEXT   NOT NULL, -- its date of change there
  sum        TEXT   NOT NULL, -- of what it said
  link       TEXT   NOT NULL, -- where it is read there
  reason     TEXT   NOT NULL, -- message key: why it was set aside, or ''
  taken      BIGINT NOT NULL
);
CREATE INDEX harvested_document ON harvested (document) WHERE document <> '';
CREATE INDEX harvested_source ON harvested (source, identifier);
CREATE INDEX harvested_aside ON harvested (source, taken) WHERE reason <> '';
