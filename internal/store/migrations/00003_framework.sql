-- +goose Up

-- The official text of the Framework's editions, as it was imported: one row a
-- passage, in the order of the text. kind "running" keeps what stood between
-- the passages and is no text (page numbers), after all others.
CREATE TABLE framework_text (
  edition  TEXT   NOT NULL,
  lang     TEXT   NOT NULL CHECK (lang IN ('en', 'fr', 'de', 'it', 'ru', 'es')),
  seq      BIGINT NOT NULL,
  item     TEXT   NOT NULL,
  kind     TEXT   NOT NULL CHECK (kind IN ('preamble', 'heading', 'paragraph', 'item', 'attachment', 'running')),
  mark     TEXT   NOT NULL,
  text     TEXT   NOT NULL,
  imported BIGINT NOT NULL,
  level    BIGINT NOT NULL CHECK (level BETWEEN 0 AND 3),
  state    TEXT   NOT NULL,
  grp      TEXT   NOT NULL,
  owner    TEXT   NOT NULL,
  PRIMARY KEY (edition, lang, seq)
);
CREATE UNIQUE INDEX framework_text_item ON framework_text (edition, lang, item) WHERE item <> '';

-- Its footnotes. The marker stands in the passage seq, at the given byte.
CREATE TABLE framework_note (
  edition TEXT   NOT NULL,
  lang    TEXT   NOT NULL,
  n       BIGINT NOT NULL,
  seq     BIGINT NOT NULL,
  at      BIGINT NOT NULL,
  len     BIGINT NOT NULL,
  text    TEXT   NOT NULL,
  level   BIGINT NOT NULL CHECK (level BETWEEN 0 AND 3),
  state   TEXT   NOT NULL,
  grp     TEXT   NOT NULL,
  owner   TEXT   NOT NULL,
  PRIMARY KEY (edition, lang, n),
  FOREIGN KEY (edition, lang, seq) REFERENCES framework_text (edition, lang, seq) DEFERRABLE INITIALLY IMMEDIATE
);
