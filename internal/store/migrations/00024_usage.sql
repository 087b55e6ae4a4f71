-- +goose Up

-- How often documents were read, by month, and summed by quarter, year and in all;
-- lang '' is all languages together, document '' all public documents together.
-- Nobody stands here, and nothing that names somebody. No foreign key: a count that
-- comes late must not stop a withdrawal, and a row without its document is shown
-- nowhere.
CREATE TABLE usage_count (
  document TEXT   NOT NULL,
  span     TEXT   NOT NULL CHECK (span IN ('month', 'quarter', 'year', 'all')),
  since    BIGINT NOT NULL CHECK ((since = 0) = (span = 'all')),
  lang     TEXT   NOT NULL,
  reads    BIGINT NOT NULL CHECK (reads >= 0),
  found    BIGINT NOT NULL CHECK (found >= 0), -- of these, led there by a search here
  files    BIGINT NOT NULL CHECK (files >= 0),
  cites    BIGINT NOT NULL CHECK (cites >= 0),
  PRIMARY KEY (document, span, since, lang)
);
CREATE INDEX usage_count_rank ON usage_count (span, since, lang, reads, document);

-- What was counted in a quarter of documents that not everybody may read: without
-- language or month, and shown to nobody. When the quarter is over, figures of five
-- and more go into usage_count and the rest is forgotten.
CREATE TABLE usage_pending (
  quarter  BIGINT NOT NULL, -- when it begins
  document TEXT   NOT NULL CHECK (document <> ''),
  reads    BIGINT NOT NULL CHECK (reads >= 0),
  found    BIGINT NOT NULL CHECK (found >= 0),
  files    BIGINT NOT NULL CHECK (files >= 0),
  cites    BIGINT NOT NULL CHECK (cites >= 0),
  PRIMARY KEY (quarter, document)
);
