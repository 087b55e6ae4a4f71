-- +goose Up

-- Where projects are and what about: a row for each host State that takes part and each
-- of the themes at the top, so that the matrix of States and themes is counted out of
-- one index. The label is the project's, and its stage follows.
CREATE TABLE project_cell (
  project       TEXT   NOT NULL,
  project_stage TEXT   NOT NULL,
  host          TEXT   NOT NULL,
  theme         TEXT   NOT NULL,
  once          BIGINT NOT NULL CHECK (once IN (0, 1)), -- 1 in one of the State's themes: a project counts once in a State
  level         BIGINT NOT NULL,
  state         TEXT   NOT NULL,
  grp           TEXT   NOT NULL,
  owner         TEXT   NOT NULL CHECK (owner = ''), -- counts are nobody's
  PRIMARY KEY (project, host, theme),
  FOREIGN KEY (project, project_stage) REFERENCES project (id, stage) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE
);
CREATE INDEX project_cell_matrix ON project_cell (host, theme, project_stage, level);
CREATE INDEX project_cell_stage ON project_cell (project_stage, host, theme, once, level, state, grp, owner);

CREATE INDEX project_updated ON project (updated, id);

-- The secret address of somebody's calendar: it opens that and nothing else.
CREATE TABLE calendar_key (
  person   TEXT   PRIMARY KEY REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  hash     TEXT   NOT NULL UNIQUE CHECK (hash <> ''),
  strength BIGINT NOT NULL, -- of the session in which it was made
  made     BIGINT NOT NULL
);
