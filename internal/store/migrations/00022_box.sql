-- +goose Up

-- What was looked for and not found, by day and language. Nobody stands here, and
-- nothing that names somebody.
CREATE TABLE search_miss (
  day   BIGINT NOT NULL, -- when it begins
  lang  TEXT   NOT NULL CHECK (LENGTH(lang) = 2),
  asked TEXT   NOT NULL CHECK (asked <> '' AND LENGTH(asked) <= 100),
  times BIGINT NOT NULL CHECK (times > 0),
  PRIMARY KEY (day, lang, asked)
);
CREATE INDEX search_miss_asked ON search_miss (asked, lang, times);
