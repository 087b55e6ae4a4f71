-- +goose Up

-- What an agenda proposes, out of a letter or a file that somebody sent in, until she
-- makes an activity of it. It is hers alone and goes after thirty days; the files
-- themselves are kept nowhere.
CREATE TABLE agenda (
  id      TEXT PRIMARY KEY,
  name    TEXT   NOT NULL CHECK (name <> ''), -- the letter's subject, or the file's name
  letter  TEXT   NOT NULL, -- its Message-ID, '' where it was uploaded
  project TEXT REFERENCES project (id) DEFERRABLE INITIALLY IMMEDIATE, -- for which it was uploaded
  found   TEXT   NOT NULL, -- the proposals, each with its place in the text: JSON
  faults  TEXT   NOT NULL, -- files that could not be read: JSON
  created BIGINT NOT NULL,
  level   BIGINT NOT NULL CHECK (level = 3),
  state   TEXT   NOT NULL CHECK (state = ''),
  grp     TEXT   NOT NULL CHECK (grp = ''),
  owner   TEXT   NOT NULL CHECK (owner <> '')
);
CREATE INDEX agenda_owner ON agenda (owner, created, id);
CREATE UNIQUE INDEX agenda_letter ON agenda (owner, letter) WHERE letter <> '';
CREATE INDEX agenda_created ON agenda (created);
CREATE INDEX agenda_project ON agenda (project) WHERE project IS NOT NULL;
