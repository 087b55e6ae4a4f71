-- +goose Up

-- What a machine outside made of a post in another language: kept so that it is asked
-- once. It belongs to the post as it stood after so many changes, and goes when the post
-- is changed, hidden or taken away, and when its group's word or level changes.
CREATE TABLE post_machine (
  post    TEXT   NOT NULL REFERENCES post (id) DEFERRABLE INITIALLY IMMEDIATE,
  edits   BIGINT NOT NULL, -- the post's
  lang    TEXT   NOT NULL CHECK (lang <> ''),
  title   TEXT   NOT NULL, -- of the topic, where the post is its first
  body    TEXT   NOT NULL CHECK (body <> ''), -- Markdown
  service TEXT   NOT NULL CHECK (service <> ''), -- as its readers know it
  grp     TEXT   NOT NULL REFERENCES circle (id) DEFERRABLE INITIALLY IMMEDIATE,
  at      BIGINT NOT NULL,
  PRIMARY KEY (post, lang)
);
CREATE INDEX post_machine_group ON post_machine (grp);

-- What a member of the group made of it: one for each language, which others correct.
CREATE TABLE post_translation (
  post    TEXT   NOT NULL REFERENCES post (id) DEFERRABLE INITIALLY IMMEDIATE,
  lang    TEXT   NOT NULL CHECK (lang <> ''),
  edits   BIGINT NOT NULL, -- how often the post had been changed when it was translated
  title   TEXT   NOT NULL, -- of the topic, where the post is its first
  body    TEXT   NOT NULL CHECK (body <> ''), -- Markdown
  by_whom TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE, -- who wrote it last
  rev     BIGINT NOT NULL CHECK (rev > 0),
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  PRIMARY KEY (post, lang)
);
CREATE INDEX post_translation_whom ON post_translation (by_whom, updated);
