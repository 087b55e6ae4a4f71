-- +goose Up

-- An event of a group (Framework ¶9.3, 12.4): a meeting, a course, a conference, in a room
-- or online. The table is called meeting since event is the log. It is read by whoever
-- reads the group: the label is the group's and follows it, and it is nobody's own. A draft
-- is read by those who run the group alone. The instants are whole; zone is the IANA time
-- zone of the place, in which the event is spoken of.
CREATE TABLE meeting (
  id        TEXT PRIMARY KEY,
  title     TEXT   NOT NULL CHECK (title <> ''),
  lang      TEXT   NOT NULL CHECK (lang IN ('en', 'fr', 'de', 'it', 'ru', 'es')),
  about     TEXT   NOT NULL, -- Markdown
  host      TEXT   NOT NULL, -- the State in which it is, or ''
  place     TEXT   NOT NULL, -- in words
  organiser TEXT   NOT NULL, -- of the directory, or ''
  zone      TEXT   NOT NULL CHECK (zone <> ''),
  begins    BIGINT NOT NULL,
  ends      BIGINT NOT NULL,
  link      TEXT   NOT NULL, -- where it is joined online: for those who are admitted
  capacity  BIGINT NOT NULL CHECK (capacity BETWEEN 1 AND 10000),
  closes    BIGINT NOT NULL, -- until when one registers
  approves  BOOLEAN NOT NULL, -- those who run the group decide on each registration
  per_state BIGINT NOT NULL CHECK (per_state >= 0), -- at most so many of one State, 0 is without limit
  women     BIGINT NOT NULL CHECK (women >= 0 AND women <= capacity), -- places kept for women
  stage     TEXT   NOT NULL CHECK (stage IN ('draft', 'open', 'closed', 'held', 'cancelled')),
  reason    TEXT   NOT NULL, -- why it was cancelled
  seq       BIGINT NOT NULL, -- how often calendars were told another time
  author    TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  rev       BIGINT NOT NULL,
  created   BIGINT NOT NULL,
  updated   BIGINT NOT NULL,
  level     BIGINT NOT NULL,
  state     TEXT   NOT NULL CHECK (state = ''),
  grp       TEXT   NOT NULL,
  owner     TEXT   NOT NULL CHECK (owner = ''),
  UNIQUE (id, capacity),
  FOREIGN KEY (grp, level) REFERENCES circle (id, level) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (ends > begins AND ends - begins <= 2678400000000), -- 31 days: who looks for what goes on looks back so far
  CHECK (closes <= begins),
  CHECK ((stage = 'cancelled') = (reason <> ''))
);
CREATE INDEX meeting_begins ON meeting (begins, id) WHERE stage <> 'draft';
CREATE INDEX meeting_group ON meeting (grp, begins, id);
CREATE INDEX meeting_author ON meeting (author);

-- under is also the theme that a theme belongs to.
CREATE TABLE meeting_theme (
  meeting TEXT NOT NULL REFERENCES meeting (id) DEFERRABLE INITIALLY IMMEDIATE,
  kind    TEXT NOT NULL CHECK (kind IN ('theme', 'under')),
  theme   TEXT NOT NULL CHECK (theme <> ''),
  PRIMARY KEY (meeting, kind, theme)
);
CREATE INDEX meeting_theme_of ON meeting_theme (kind, theme, meeting);

-- Who wants to take part. Who is admitted has a seat of her own, whose number is no
-- higher than the capacity: so there are never more of them than seats, whoever writes.
-- n is her place in the waiting list.
CREATE TABLE meeting_entry (
  meeting     TEXT    NOT NULL,
  person      TEXT    NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  n           BIGINT  NOT NULL CHECK (n > 0),
  stage       TEXT    NOT NULL CHECK (stage IN ('asked', 'admitted', 'waiting', 'declined', 'withdrawn')),
  capacity    BIGINT  NOT NULL,
  seat        BIGINT  CHECK (seat IS NULL OR (seat >= 1 AND seat <= capacity)),
  host        TEXT    NOT NULL, -- the State for which she comes, or ''
  woman       BOOLEAN NOT NULL, -- she said so, where places are kept for women
  words       TEXT    NOT NULL, -- hers, to those who decide
  reason      TEXT    NOT NULL, -- why she was declined
  attended    TEXT    NOT NULL CHECK (attended IN ('', 'present', 'absent')),
  certificate TEXT    UNIQUE CHECK (certificate IS NULL OR (attended = 'present' AND LENGTH(certificate) = 26)),
  rated       BOOLEAN NOT NULL, -- she said what she thought of it; what, is not known as hers
  created     BIGINT  NOT NULL,
  updated     BIGINT  NOT NULL,
  PRIMARY KEY (meeting, person),
  UNIQUE (meeting, n),
  UNIQUE (meeting, seat),
  FOREIGN KEY (meeting, capacity) REFERENCES meeting (id, capacity) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  CHECK ((stage = 'admitted') = (seat IS NOT NULL)),
  CHECK ((stage = 'declined') = (reason <> '')),
  CHECK (attended = '' OR stage = 'admitted'),
  CHECK (NOT rated OR attended = 'present')
);
CREATE INDEX meeting_entry_person ON meeting_entry (person, meeting);
CREATE INDEX meeting_entry_waits ON meeting_entry (meeting, stage, n);

CREATE TABLE meeting_item (
  meeting TEXT   NOT NULL REFERENCES meeting (id) DEFERRABLE INITIALLY IMMEDIATE,
  n       BIGINT NOT NULL CHECK (n BETWEEN 1 AND 200),
  at      BIGINT NOT NULL,
  title   TEXT   NOT NULL CHECK (title <> ''),
  speaker TEXT   NOT NULL, -- in words
  PRIMARY KEY (meeting, n)
);

-- Documents of the library, which each finds there who may read them.
CREATE TABLE meeting_document (
  meeting  TEXT   NOT NULL REFERENCES meeting (id) DEFERRABLE INITIALLY IMMEDIATE,
  phase    TEXT   NOT NULL CHECK (phase IN ('before', 'after')),
  document TEXT   NOT NULL CHECK (document <> ''),
  n        BIGINT NOT NULL,
  PRIMARY KEY (meeting, phase, document)
);

-- What somebody thought of it who was there: neither who nor when stands here, and its id
-- says nothing.
CREATE TABLE meeting_rating (
  id       TEXT PRIMARY KEY,
  meeting  TEXT   NOT NULL REFERENCES meeting (id) DEFERRABLE INITIALLY IMMEDIATE,
  content  BIGINT NOT NULL CHECK (content BETWEEN 0 AND 5), -- 0 nothing said
  speakers BIGINT NOT NULL CHECK (speakers BETWEEN 0 AND 5),
  running  BIGINT NOT NULL CHECK (running BETWEEN 0 AND 5), -- how it was organised
  useful   BIGINT NOT NULL CHECK (useful BETWEEN 0 AND 5),
  words    TEXT   NOT NULL
);
CREATE INDEX meeting_rating_of ON meeting_rating (meeting, id);

-- The secret address of somebody's calendar of events.
CREATE TABLE meeting_feed (
  person TEXT   PRIMARY KEY REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  hash   TEXT   NOT NULL UNIQUE CHECK (LENGTH(hash) = 64),
  made   BIGINT NOT NULL
);
