-- +goose Up

-- What there is to do, a row for each task and each desk that it lies on: that of all, of
-- an author or of who has taken it on herself (owner), of a host State, of a structure
-- that organises. It is kept by the very writes that change it, and read in the order in
-- which desks show it. object is what the task is about: a gate (its State and area), an
-- evaluation, a recommendation, an action, a risk, a consultation or an activity; part is
-- the gate's State or the evaluation's kind.
CREATE TABLE task (
  desk    TEXT   NOT NULL CHECK (desk IN ('all', 'owner', 'host', 'organiser')),
  whose   TEXT   NOT NULL CHECK ((whose = '') = (desk = 'all')),
  kind    TEXT   NOT NULL CHECK (kind IN ('decide', 'report', 'evaluate', 'respond', 'act', 'review', 'follow-up')),
  due     TEXT   NOT NULL CHECK (due <> ''), -- the day
  project TEXT   NOT NULL REFERENCES project (id) DEFERRABLE INITIALLY IMMEDIATE,
  object  TEXT   NOT NULL,
  part    TEXT   NOT NULL,
  level   BIGINT NOT NULL,
  state   TEXT   NOT NULL,
  grp     TEXT   NOT NULL,
  owner   TEXT   NOT NULL CHECK (owner = ''), -- read as what is official is, and not as one's own
  PRIMARY KEY (desk, whose, kind, due, object, project)
);
CREATE INDEX task_project ON task (project, kind);
CREATE INDEX task_report ON task (object) WHERE kind = 'report';

INSERT INTO task (desk, whose, kind, due, project, object, part, level, state, grp, owner)
WITH o AS (
  SELECT p.id AS project, 'all' AS desk, '' AS whose FROM project p
  UNION ALL SELECT p.id, 'owner', p.owner FROM project p WHERE p.owner <> ''
  UNION ALL SELECT t.project, t.kind, t.value FROM project_tag t WHERE t.kind IN ('host', 'organiser')
), w AS (
  SELECT 'decide' AS kind, g.project, g.host || ' ' || g.area AS object, g.host AS part, g.decide_by AS due, '' AS person FROM gate g WHERE g.decide_by <> ''
  UNION ALL SELECT 'evaluate', e.project, e.id, e.kind, e.due, '' FROM evaluation e JOIN project s ON s.id = e.project WHERE e.stage IN ('due', 'begun') AND s.stage <> 'stopped'
  UNION ALL SELECT 'respond', r.project, r.id, r.kind, r.answer_by, '' FROM recommendation r WHERE r.evaluation_stage = 'final' AND r.response = ''
  UNION ALL SELECT 'act', r.project, a.id, r.kind, a.due, a.person FROM recommendation r JOIN recommendation_action a ON a.recommendation = r.id AND a.done = ''
  UNION ALL SELECT 'review', d.project, d.id, '', d.review, '' FROM risk d WHERE d.stage <> 'closed' AND d.project_stage NOT IN ('closed', 'evaluated', 'stopped')
  UNION ALL SELECT 'follow-up', c.project, c.id, '', c.due, '' FROM consultation c WHERE c.due <> '' AND c.done = ''
)
SELECT o.desk, o.whose, w.kind, w.due, w.project, w.object, w.part, p.level, p.state, p.grp, ''
FROM w JOIN o ON o.project = w.project JOIN project p ON p.id = w.project
WHERE NOT (w.kind = 'decide' AND o.desk = 'host' AND o.whose <> w.part) AND NOT (w.person <> '' AND o.desk = 'owner')
UNION ALL SELECT 'owner', w.person, w.kind, w.due, w.project, w.object, w.part, p.level, p.state, p.grp, ''
FROM w JOIN project p ON p.id = w.project WHERE w.person <> '';

INSERT INTO task (desk, whose, kind, due, project, object, part, level, state, grp, owner)
SELECT o.desk, o.whose, 'report', x.ends, x.project, x.id, '', x.level, x.state, x.grp, ''
FROM activity x JOIN (
  SELECT y.id, 'all' AS desk, '' AS whose FROM activity y
  UNION ALL SELECT y.id, 'owner', y.owner FROM activity y WHERE y.owner <> ''
  UNION ALL SELECT t.activity, t.kind, t.value FROM activity_tag t WHERE t.kind IN ('host', 'organiser')
) o ON o.id = x.id
WHERE x.stage = 'planned';
