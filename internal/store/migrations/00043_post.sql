-- +goose Up

-- Questions of all groups to which nobody has said a word, the oldest first.
ALTER TABLE topic ADD COLUMN heard BOOLEAN NOT NULL DEFAULT FALSE; -- somebody else than its author has a post there that is shown
CREATE INDEX topic_waiting ON topic (created, id) WHERE posts > 0 AND kind = 'question' AND NOT answered AND NOT heard;

-- The words of a topic's title, in small letters: by them questions are found that were
-- asked before. They stand there once each.
CREATE TABLE topic_word (
  topic TEXT NOT NULL REFERENCES topic (id) DEFERRABLE INITIALLY IMMEDIATE,
  word  TEXT NOT NULL CHECK (word <> ''),
  PRIMARY KEY (word, topic)
);
CREATE INDEX topic_word_topic ON topic_word (topic);

-- What became of a topic: a note of the library, or a lesson, that was drawn from it.
CREATE TABLE topic_outcome (
  topic   TEXT   NOT NULL REFERENCES topic (id) DEFERRABLE INITIALLY IMMEDIATE,
  kind    TEXT   NOT NULL CHECK (kind IN ('document', 'lesson')),
  object  TEXT   NOT NULL CHECK (object <> ''), -- id of the note or lesson; who may not read it is not told of it
  by_whom TEXT   NOT NULL CHECK (by_whom <> ''),
  at      BIGINT NOT NULL,
  PRIMARY KEY (topic, kind, object)
);
CREATE INDEX topic_outcome_object ON topic_outcome (kind, object);
CREATE INDEX topic_outcome_whom ON topic_outcome (by_whom);

-- How a post stood before it was changed. It goes with the post's own words.
CREATE TABLE post_edit (
  post     TEXT   NOT NULL REFERENCES post (id) DEFERRABLE INITIALLY IMMEDIATE,
  n        BIGINT NOT NULL CHECK (n > 0), -- the first change is 1
  title    TEXT   NOT NULL, -- of the topic, where the post is its first and the title was changed with it
  body     TEXT   NOT NULL,
  lang     TEXT   NOT NULL,
  by_whom  TEXT   NOT NULL CHECK (by_whom <> ''),
  at       BIGINT NOT NULL, -- when it was changed
  PRIMARY KEY (post, n)
);
CREATE INDEX post_edit_whom ON post_edit (by_whom);

-- Who is mentioned in a post: members of its group.
CREATE TABLE post_mention (
  post   TEXT   NOT NULL REFERENCES post (id) DEFERRABLE INITIALLY IMMEDIATE,
  person TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  at     BIGINT NOT NULL, -- since when
  PRIMARY KEY (post, person)
);
CREATE INDEX post_mention_person ON post_mention (person, at);

-- What readers say to a post with one word.
CREATE TABLE post_reaction (
  post   TEXT   NOT NULL REFERENCES post (id) DEFERRABLE INITIALLY IMMEDIATE,
  person TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  word   TEXT   NOT NULL CHECK (word IN ('useful', 'thanks', 'help')),
  at     BIGINT NOT NULL,
  PRIMARY KEY (post, person, word)
);
CREATE INDEX post_reaction_person ON post_reaction (person);

-- Each time a post was hidden: by whom and why, what its author said against it, and who
-- decided that. Nobody decides over her own word.
CREATE TABLE post_hiding (
  post     TEXT   NOT NULL REFERENCES post (id) DEFERRABLE INITIALLY IMMEDIATE,
  n        BIGINT NOT NULL CHECK (n > 0),
  author   TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  by_whom  TEXT   NOT NULL CHECK (by_whom <> ''),
  reason   TEXT   NOT NULL CHECK (reason <> ''),
  at       BIGINT NOT NULL,
  ended    BIGINT NOT NULL, -- when it was shown again, 0 while it is hidden
  appeal   TEXT   NOT NULL, -- her words, '' where she said nothing
  body     TEXT   NOT NULL, -- her post, as she gives it to whoever decides
  appealed BIGINT NOT NULL,
  decider  TEXT   NOT NULL,
  verdict  TEXT   NOT NULL CHECK (verdict IN ('', 'upheld', 'shown')),
  answer   TEXT   NOT NULL,
  decided  BIGINT NOT NULL,
  grp      TEXT   NOT NULL REFERENCES circle (id) DEFERRABLE INITIALLY IMMEDIATE,
  PRIMARY KEY (post, n),
  CHECK ((appealed = 0) = (appeal = '')),
  CHECK ((decided = 0) = (verdict = '')),
  CHECK ((decided = 0) = (decider = '')),
  CHECK (decided = 0 OR appealed > 0),
  CHECK (decider <> by_whom AND decider <> author OR decider = ''),
  CHECK (verdict <> 'upheld' OR answer <> ''),
  CHECK (body = '' OR appealed > 0 AND decided = 0)
);
CREATE UNIQUE INDEX post_hiding_now ON post_hiding (post) WHERE ended = 0;
CREATE INDEX post_hiding_appeal ON post_hiding (grp, appealed) WHERE appealed > 0 AND decided = 0;
CREATE INDEX post_hiding_author ON post_hiding (author);
CREATE INDEX post_hiding_whom ON post_hiding (by_whom);
CREATE INDEX post_hiding_decider ON post_hiding (decider) WHERE decider <> '';

-- What was reported to those who run a group, and what they did. Who reported it is told
-- to them alone.
CREATE TABLE post_report (
  id      TEXT PRIMARY KEY,
  post    TEXT   NOT NULL REFERENCES post (id) DEFERRABLE INITIALLY IMMEDIATE,
  grp     TEXT   NOT NULL REFERENCES circle (id) DEFERRABLE INITIALLY IMMEDIATE,
  person  TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  reason  TEXT   NOT NULL CHECK (reason IN ('personal-data', 'closed', 'insult', 'advertising', 'off-topic', 'wrong', 'other')),
  words   TEXT   NOT NULL,
  at      BIGINT NOT NULL,
  decider TEXT   NOT NULL,
  verdict TEXT   NOT NULL CHECK (verdict IN ('', 'hidden', 'warned', 'silenced', 'dismissed', 'gone')),
  answer  TEXT   NOT NULL, -- what the author is told
  decided BIGINT NOT NULL,
  CHECK ((decided = 0) = (verdict = '')),
  CHECK ((decided = 0) = (decider = '')),
  CHECK (reason <> 'other' OR words <> ''),
  CHECK (verdict NOT IN ('hidden', 'warned', 'silenced') OR answer <> '')
);
CREATE UNIQUE INDEX post_report_once ON post_report (post, person) WHERE decided = 0;
CREATE INDEX post_report_open ON post_report (grp, at, id) WHERE decided = 0;
CREATE INDEX post_report_post ON post_report (post);
CREATE INDEX post_report_person ON post_report (person);
CREATE INDEX post_report_decider ON post_report (decider) WHERE decider <> '';

-- A file that comes with a post. It is nobody's to read but hers who brought it until the
-- scanner has looked and the post is there; then whoever reads the post reads it.
CREATE TABLE post_file (
  id      TEXT PRIMARY KEY,
  person  TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  grp     TEXT   NOT NULL REFERENCES circle (id) DEFERRABLE INITIALLY IMMEDIATE,
  post    TEXT   REFERENCES post (id) DEFERRABLE INITIALLY IMMEDIATE, -- NULL while she writes
  name    TEXT   NOT NULL CHECK (name <> ''),
  media   TEXT   NOT NULL,
  sum     TEXT   NOT NULL,
  bytes   BIGINT NOT NULL CHECK (bytes >= 0),
  stage   TEXT   NOT NULL CHECK (stage IN ('held', 'clean', 'refused')),
  reason  TEXT   NOT NULL,
  created BIGINT NOT NULL,
  CHECK ((stage = 'refused') = (reason <> '')),
  CHECK ((stage = 'refused') = (sum = ''))
);
CREATE INDEX post_file_post ON post_file (post) WHERE post IS NOT NULL;
CREATE INDEX post_file_waiting ON post_file (person, created) WHERE post IS NULL;
CREATE INDEX post_file_person ON post_file (person);
CREATE INDEX post_file_sum ON post_file (sum);

-- What somebody is writing: a new topic in a group, a post in a topic, a change of a post.
-- It is hers alone, changes without an event, and stays hers when the group does not
-- hear her any more.
CREATE TABLE post_draft (
  person  TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  place   TEXT   NOT NULL CHECK (place <> ''), -- "group ID", "topic ID", "post ID"
  draft   TEXT   NOT NULL, -- JSON
  updated BIGINT NOT NULL,
  PRIMARY KEY (person, place)
);
