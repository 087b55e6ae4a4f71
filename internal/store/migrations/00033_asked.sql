-- +goose Up

-- What was asked of a State by mistake is taken back before it has answered. What an
-- engine has no words for in common is said to each: SQLite lets no CHECK go, and
-- changes one, which touches no row, in the schema itself.
-- postgres: ALTER TABLE consent DROP CONSTRAINT consent_stage_check;
-- postgres: ALTER TABLE consent ADD CONSTRAINT consent_stage_check CHECK (stage IN ('asked', 'given', 'refused', 'expired', 'withdrawn', 'retracted'));
-- postgres: ALTER TABLE consent DROP CONSTRAINT consent_check3;
-- postgres: ALTER TABLE consent ADD CONSTRAINT consent_check3 CHECK (stage NOT IN ('asked', 'refused', 'retracted') OR given = '' AND since = '' AND until = '' AND recorded = '');
-- postgres: ALTER TABLE consent_area DROP CONSTRAINT consent_area_standing_check;
-- postgres: ALTER TABLE consent_area ADD CONSTRAINT consent_area_standing_check CHECK (standing IN ('asked', 'open', 'refused', 'closed', 'retracted'));
-- postgres: ALTER TABLE consent_step DROP CONSTRAINT consent_step_check5;
-- postgres: ALTER TABLE consent_step ADD CONSTRAINT consent_step_check5 CHECK (CASE move
-- postgres:   WHEN 'ask'      THEN n = 1 AND stage = 'asked'
-- postgres:   WHEN 'give'     THEN COALESCE(was, '') = 'asked' AND stage = 'given'
-- postgres:   WHEN 'refuse'   THEN COALESCE(was, '') = 'asked' AND stage = 'refused'
-- postgres:   WHEN 'retract'  THEN COALESCE(was, '') = 'asked' AND stage = 'retracted'
-- postgres:   WHEN 'close'    THEN COALESCE(was, '') = 'given' AND stage = 'given'
-- postgres:   WHEN 'open'     THEN COALESCE(was, '') = 'given' AND stage = 'given'
-- postgres:   WHEN 'withdraw' THEN COALESCE(was, '') = 'given' AND stage = 'withdrawn'
-- postgres:   WHEN 'expire'   THEN COALESCE(was, '') = 'given' AND stage = 'expired'
-- postgres:   ELSE FALSE END);
-- sqlite: PRAGMA writable_schema = ON;
-- sqlite: UPDATE sqlite_schema SET sql = REPLACE(REPLACE(sql, '''expired'', ''withdrawn'')),', '''expired'', ''withdrawn'', ''retracted'')),'), '(''asked'', ''refused'')', '(''asked'', ''refused'', ''retracted'')') WHERE type = 'table' AND name = 'consent';
-- sqlite: UPDATE sqlite_schema SET sql = REPLACE(sql, '''refused'', ''closed'')', '''refused'', ''closed'', ''retracted'')') WHERE type = 'table' AND name = 'consent_area';
-- sqlite: UPDATE sqlite_schema SET sql = REPLACE(sql, 'WHEN ''refuse'' ', 'WHEN ''retract'' THEN COALESCE(was, '''') = ''asked'' AND stage = ''retracted'' WHEN ''refuse'' ') WHERE type = 'table' AND name = 'consent_step';
-- sqlite: PRAGMA writable_schema = RESET;

-- How an area stands rests on a step too: ground names the consent, the area that was
-- closed or opened, the move and its number, and the area names the ground of its
-- standing, as the consent does the mark of its stage.
ALTER TABLE consent_step ADD COLUMN ground TEXT
  CHECK (ground IS NULL OR ground = consent || ' ' || COALESCE(theme, '') || ' ' || move || ' ' || n);
UPDATE consent_step SET ground = consent || ' ' || COALESCE(theme, '') || ' ' || move || ' ' || n;
CREATE UNIQUE INDEX consent_step_ground ON consent_step (ground);

ALTER TABLE consent_area ADD COLUMN step TEXT REFERENCES consent_step (ground) DEFERRABLE INITIALLY IMMEDIATE;
UPDATE consent_area SET step = (
  SELECT s.ground FROM consent_step s
  WHERE s.consent = consent_area.consent AND (s.theme IS NULL OR s.theme = consent_area.theme) AND CASE consent_area.standing
    WHEN 'asked'   THEN s.move = 'ask'
    WHEN 'open'    THEN s.move IN ('give', 'open')
    WHEN 'refused' THEN s.move IN ('give', 'refuse')
    ELSE s.move = 'close' OR s.move IN ('withdraw', 'expire') AND COALESCE((
      SELECT l.move FROM consent_step l WHERE l.consent = s.consent AND l.theme = consent_area.theme ORDER BY l.n DESC LIMIT 1), '') <> 'close' END
  ORDER BY s.n DESC LIMIT 1);
-- stood: since when it stands so.
ALTER TABLE consent_area ADD COLUMN stood BIGINT NOT NULL DEFAULT 0
  CHECK (step IS NOT NULL AND CASE standing
    WHEN 'asked'     THEN step = consent || '  ask 1'
    WHEN 'open'      THEN SUBSTR(step, 1, LENGTH(consent) + 7) = consent || '  give ' OR SUBSTR(step, 1, LENGTH(consent || theme) + 7) = consent || ' ' || theme || ' open '
    WHEN 'refused'   THEN SUBSTR(step, 1, LENGTH(consent) + 7) = consent || '  give ' OR SUBSTR(step, 1, LENGTH(consent) + 9) = consent || '  refuse '
    WHEN 'closed'    THEN SUBSTR(step, 1, LENGTH(consent || theme) + 8) = consent || ' ' || theme || ' close '
      OR SUBSTR(step, 1, LENGTH(consent) + 11) = consent || '  withdraw ' OR SUBSTR(step, 1, LENGTH(consent) + 9) = consent || '  expire '
    WHEN 'retracted' THEN SUBSTR(step, 1, LENGTH(consent) + 10) = consent || '  retract '
    ELSE FALSE END);
UPDATE consent_area SET stood = (SELECT s.at FROM consent_step s WHERE s.ground = consent_area.step);

-- What is overdue is found without looking at all that waits.
CREATE INDEX request_due ON request (due, stage, asker) WHERE due <> '';
