-- +goose Up

-- Dictionaries that an administrator brought. file is their pairs, two columns
-- with a tab between them, compressed; how they came is not kept.
CREATE TABLE dictionary (
  id          TEXT PRIMARY KEY,
  name        TEXT   NOT NULL CHECK (name <> ''),
  source_lang TEXT   NOT NULL CHECK (LENGTH(source_lang) = 2),
  target_lang TEXT   NOT NULL CHECK (LENGTH(target_lang) = 2 AND target_lang <> source_lang),
  file        TEXT   NOT NULL CHECK (LENGTH(file) = 64),
  pairs       BIGINT NOT NULL CHECK (pairs > 0),
  added       BIGINT NOT NULL,
  UNIQUE (source_lang, target_lang, name)
);

-- What was learned of them, of the thesaurus and of the library's own language
-- versions: for each direction the file of the table. fingerprint says of what it
-- was learned: the same again is not learned again.
CREATE TABLE translation_table (
  source_lang TEXT   NOT NULL,
  target_lang TEXT   NOT NULL,
  file        TEXT   NOT NULL CHECK (LENGTH(file) = 64),
  fingerprint TEXT   NOT NULL,
  words       BIGINT NOT NULL,
  learned     BIGINT NOT NULL,
  PRIMARY KEY (source_lang, target_lang)
);
