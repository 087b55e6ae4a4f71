-- +goose Up

-- Where projects are and who organises them, and what about: a row for each host State
-- that takes part and for each organiser, with each of the themes at the top. The label
-- is the project's, and its stage follows. It stands in place of project_cell, which knew
-- of States alone and was counted out anew for each page.
CREATE TABLE project_place (
  project       TEXT   NOT NULL,
  project_stage TEXT   NOT NULL,
  kind          TEXT   NOT NULL CHECK (kind IN ('host', 'organiser')),
  place         TEXT   NOT NULL, -- the State, or the structure
  theme         TEXT   NOT NULL, -- '' where nothing is known of what it is about
  once          BIGINT NOT NULL CHECK (once IN (0, 1)), -- 1 in one of the themes: a project counts once in a place
  created       BIGINT NOT NULL, -- when the project was
  level         BIGINT NOT NULL,
  state         TEXT   NOT NULL,
  grp           TEXT   NOT NULL,
  owner         TEXT   NOT NULL CHECK (owner = ''), -- counts are nobody's
  PRIMARY KEY (project, kind, place, theme),
  FOREIGN KEY (project, project_stage) REFERENCES project (id, stage) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE
);
INSERT INTO project_place (project, project_stage, kind, place, theme, once, created, level, state, grp, owner)
SELECT c.project, c.project_stage, 'host', c.host, c.theme, c.once, p.created, c.level, c.state, c.grp, ''
FROM project_cell c JOIN project p ON p.id = c.project;
INSERT INTO project_place (project, project_stage, kind, place, theme, once, created, level, state, grp, owner)
SELECT p.id, p.stage, 'organiser', t.value, COALESCE(c.theme, ''),
  CASE WHEN COALESCE(c.theme = (SELECT MIN(m.theme) FROM project_cell m WHERE m.project = p.id), TRUE) THEN 1 ELSE 0 END, p.created, p.level, p.state, p.grp, ''
FROM project_tag t JOIN project p ON p.id = t.project LEFT JOIN (SELECT DISTINCT project, theme FROM project_cell) c ON c.project = p.id
WHERE t.kind = 'organiser';
DROP TABLE project_cell;
CREATE INDEX project_place_once ON project_place (kind, place, created, project) WHERE once = 1;
CREATE INDEX project_place_theme ON project_place (kind, place, theme, created, project);

-- How many they are: kept by the very writes that change the rows above, so that no page
-- counts a hundred thousand of them.
CREATE TABLE project_count (
  kind          TEXT   NOT NULL,
  place         TEXT   NOT NULL,
  theme         TEXT   NOT NULL,
  project_stage TEXT   NOT NULL,
  level         BIGINT NOT NULL,
  state         TEXT   NOT NULL,
  grp           TEXT   NOT NULL,
  owner         TEXT   NOT NULL CHECK (owner = ''),
  n             BIGINT NOT NULL CHECK (n >= 0),
  once          BIGINT NOT NULL CHECK (once BETWEEN 0 AND n),
  PRIMARY KEY (kind, place, theme, project_stage, level, state, grp)
);
INSERT INTO project_count (kind, place, theme, project_stage, level, state, grp, owner, n, once)
SELECT kind, place, theme, project_stage, level, state, grp, '', COUNT(*), SUM(once)
FROM project_place GROUP BY kind, place, theme, project_stage, level, state, grp;

-- Lists are read in their order out of an index; an index that no list reads goes.
DROP INDEX project_owner;
CREATE INDEX project_owner ON project (owner, updated, id);
DROP INDEX project_mandate;
CREATE INDEX project_mandate ON project (mandate, created, id) WHERE mandate IS NOT NULL;
DROP INDEX gate_host;
DROP INDEX gate_area;
