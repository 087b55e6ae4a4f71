-- +goose Up

-- Opening a document to more people takes two: one asks and says why, another
-- one agrees or refuses. The row stays, whatever was decided.
CREATE TABLE lowering (
  id         TEXT PRIMARY KEY,
  document   TEXT   NOT NULL, -- no reference: it refers back, and when it goes its requests go after it
  rev        BIGINT NOT NULL, -- of the document as it was asked about; any later change lets the request lapse
  to_level   BIGINT NOT NULL CHECK (to_level BETWEEN 0 AND 3),
  to_state   TEXT   NOT NULL,
  to_grp     TEXT   NOT NULL,
  circle     TEXT   NOT NULL CHECK (circle = CASE
    WHEN to_level = 0 THEN 'public' WHEN to_level = 1 THEN 'member' WHEN to_level = 2 THEN 'official'
    WHEN to_grp <> '' THEN 'group:' || to_grp WHEN to_state <> '' THEN 'state:' || to_state ELSE 'nobody' END),
  reason     TEXT   NOT NULL CHECK (reason <> ''),
  asked_by   TEXT   NOT NULL CHECK (asked_by <> '' AND asked_by NOT LIKE 'token:%' AND asked_by NOT LIKE 'system:%'),
  asked      BIGINT NOT NULL,
  stage      TEXT   NOT NULL CHECK (stage IN ('pending', 'agreed', 'refused', 'taken-back', 'lapsed')),
  decided_by TEXT   NOT NULL CHECK (decided_by NOT LIKE 'token:%' AND decided_by NOT LIKE 'system:%'),
  decided    BIGINT NOT NULL, -- 0 while it is pending
  answer     TEXT   NOT NULL, -- why it was refused
  -- What the document's label rests on once somebody has agreed: for which
  -- document, to which circle, by which request. NULL until then.
  agreed     TEXT UNIQUE,
  level      BIGINT NOT NULL CHECK (level BETWEEN 0 AND 3), -- of the document as it was asked about
  state      TEXT   NOT NULL,
  grp        TEXT   NOT NULL,
  owner      TEXT   NOT NULL,
  CHECK ((stage = 'pending') = (decided = 0)),
  CHECK ((stage IN ('agreed', 'refused', 'taken-back')) = (decided_by <> '')),
  CHECK (stage NOT IN ('agreed', 'refused') OR decided_by <> asked_by), -- the second person is another one
  CHECK (stage <> 'taken-back' OR decided_by = asked_by),
  CHECK (stage <> 'refused' OR answer <> ''),
  CHECK ((stage = 'agreed') = (agreed IS NOT NULL)),
  CHECK (agreed IS NULL OR agreed = document || ' ' || circle || ' ' || id)
);
CREATE UNIQUE INDEX lowering_pending ON lowering (document) WHERE stage = 'pending';
CREATE INDEX lowering_document ON lowering (document, asked);
CREATE INDEX lowering_asked_by ON lowering (asked_by, asked);

-- A document names the circle of its readers, and the one before the last
-- change of it ('draft' where only its owner has ever read it), and where the new
-- one is wider than that, on whose agreement it rests. So no statement opens a
-- document that does not say all three: the rule is access.Wider, in SQL.
ALTER TABLE document ADD COLUMN circle TEXT NOT NULL DEFAULT '';
ALTER TABLE document ADD COLUMN was    TEXT NOT NULL DEFAULT '';
UPDATE document SET circle = CASE
  WHEN level = 0 THEN 'public' WHEN level = 1 THEN 'member' WHEN level = 2 THEN 'official'
  WHEN grp <> '' THEN 'group:' || grp WHEN state <> '' THEN 'state:' || state ELSE 'nobody' END;
UPDATE document SET was = circle;
UPDATE document SET was = 'draft'
WHERE circle = 'nobody' AND owner <> '' AND NOT EXISTS (
  SELECT 1 FROM event e
  WHERE e.object = document.id AND e.act LIKE 'library.document.%' AND (e.level < 3 OR e.state <> '' OR e.grp <> ''));
ALTER TABLE document ADD COLUMN lowering TEXT REFERENCES lowering (agreed) DEFERRABLE INITIALLY IMMEDIATE
  CHECK (circle = CASE
    WHEN level = 0 THEN 'public' WHEN level = 1 THEN 'member' WHEN level = 2 THEN 'official'
    WHEN grp <> '' THEN 'group:' || grp WHEN state <> '' THEN 'state:' || state ELSE 'nobody' END)
  CHECK (was IN (circle, 'public', 'draft') OR circle = 'nobody'
    OR was = 'member' AND (circle = 'official' OR circle LIKE 'group:%' OR circle LIKE 'state:%')
    OR was = 'official' AND circle LIKE 'state:%'
    OR lowering IS NOT NULL AND SUBSTR(lowering, 1, LENGTH(id || ' ' || circle || ' ')) = id || ' ' || circle || ' ');
CREATE INDEX document_lowering ON document (lowering) WHERE lowering IS NOT NULL;
