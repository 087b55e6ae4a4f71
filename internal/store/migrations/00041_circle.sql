-- +goose Up

-- Groups are of four kinds now (Framework ¶9.3, 16.2, 17.4, 22): open ones that everybody
-- reads, those for members, closed ones, and forums of police and public. Only a closed one
-- opens records to its members; the others open nothing, so that nobody reads more by
-- joining. A group's level is that of all that is written in it.
ALTER TABLE closed_group RENAME TO circle;
ALTER TABLE circle ADD COLUMN kind TEXT NOT NULL DEFAULT 'closed'
  CHECK (kind IN ('open', 'members', 'closed', 'forum')
    AND (kind = 'closed') = (level = 3)
    AND (kind <> 'open' OR level = 0)
    AND (kind <> 'members' OR level IN (1, 2))
    AND (kind <> 'forum' OR level IN (0, 1)));
ALTER TABLE circle ADD COLUMN lang TEXT NOT NULL DEFAULT 'en'; -- of name, about, welcome and rules
ALTER TABLE circle ADD COLUMN welcome TEXT NOT NULL DEFAULT '';
ALTER TABLE circle ADD COLUMN rules TEXT NOT NULL DEFAULT '';
ALTER TABLE circle ADD COLUMN holds BOOLEAN NOT NULL DEFAULT FALSE; -- a member's first post waits for a facilitator
ALTER TABLE circle ADD COLUMN mails BOOLEAN NOT NULL DEFAULT FALSE; -- letters may say what was written
ALTER TABLE circle ADD COLUMN translates BOOLEAN NOT NULL DEFAULT FALSE; -- a translation service outside may be given what was written
CREATE UNIQUE INDEX circle_level ON circle (id, level);
CREATE INDEX circle_kind ON circle (kind, ended, name, id);

-- What a group is about.
CREATE TABLE circle_theme (
  grp   TEXT NOT NULL REFERENCES circle (id) DEFERRABLE INITIALLY IMMEDIATE,
  theme TEXT NOT NULL CHECK (theme <> ''),
  PRIMARY KEY (grp, theme)
);
CREATE INDEX circle_theme_of ON circle_theme (theme, grp);

-- Who runs a group is one of its members.
ALTER TABLE membership ADD COLUMN facilitates BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE membership ADD COLUMN silent BIGINT NOT NULL DEFAULT 0; -- until when she does not write there, 0 she may

-- Who asked to be let into a closed group, or was proposed by a member. The words are gone
-- once it is decided.
CREATE TABLE circle_ask (
  grp     TEXT   NOT NULL REFERENCES circle (id) DEFERRABLE INITIALLY IMMEDIATE,
  person  TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  by_whom TEXT   NOT NULL CHECK (by_whom <> ''), -- she herself, or the member who proposed her
  words   TEXT   NOT NULL,
  asked   BIGINT NOT NULL,
  decided BIGINT NOT NULL, -- 0 while it waits
  verdict TEXT   NOT NULL CHECK (verdict IN ('', 'admitted', 'declined', 'withdrawn')),
  decider TEXT   NOT NULL,
  reason  TEXT   NOT NULL, -- why it was declined
  PRIMARY KEY (grp, person, asked),
  CHECK ((decided = 0) = (verdict = '')),
  CHECK (verdict <> 'declined' OR reason <> ''),
  CHECK (decided = 0 OR words = '')
);
CREATE UNIQUE INDEX circle_ask_open ON circle_ask (grp, person) WHERE decided = 0;
CREATE INDEX circle_ask_person ON circle_ask (person);
