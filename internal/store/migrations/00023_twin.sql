-- +goose Up

-- What the current text of a language version is known by. exact is of its words in
-- their order, sketch of its runs of three words: what of two sketches is equal says
-- how much of the texts is. title, titled (with year and origin), symbol and file are
-- 0 where there is none. n is short, because the keys below bear it many times.
CREATE TABLE text_sign (
  n        BIGINT PRIMARY KEY,
  edition  TEXT   NOT NULL UNIQUE REFERENCES language_version (id) DEFERRABLE INITIALLY IMMEDIATE,
  document TEXT   NOT NULL REFERENCES document (id) DEFERRABLE INITIALLY IMMEDIATE,
  version  TEXT   NOT NULL,
  lang     TEXT   NOT NULL,
  words    BIGINT NOT NULL CHECK (words >= 0),
  exact    BIGINT NOT NULL,
  title    BIGINT NOT NULL,
  titled   BIGINT NOT NULL,
  symbol   BIGINT NOT NULL,
  file     BIGINT NOT NULL,
  sketch   TEXT   NOT NULL -- base64, '' where the text is short
);
CREATE INDEX text_sign_document ON text_sign (document);

-- Under which keys it is looked up: whoever has one in common may be a twin.
CREATE TABLE twin_key (
  key  BIGINT NOT NULL,
  sign BIGINT NOT NULL REFERENCES text_sign (n) DEFERRABLE INITIALLY IMMEDIATE,
  PRIMARY KEY (key, sign)
);
CREATE INDEX twin_key_sign ON twin_key (sign);

-- Two documents that may be the same, and what somebody said of them. kept is the
-- one that stayed, or that is the newer; the other end of 'same' is withdrawn, and
-- its address leads on from here. It bears no label: it is read with both documents.
CREATE TABLE twin (
  one      TEXT    NOT NULL,
  other    TEXT    NOT NULL,
  lang     TEXT    NOT NULL, -- in which they are most alike
  likeness BIGINT  NOT NULL CHECK (likeness BETWEEN 0 AND 1000), -- of a thousand runs of words
  file     BOOLEAN NOT NULL, -- the same file
  symbol   BOOLEAN NOT NULL, -- the same symbol, but for Rev. and Corr.
  titled   BOOLEAN NOT NULL, -- the same title, year and origin
  found    BIGINT  NOT NULL,
  stage    TEXT    NOT NULL CHECK (stage IN ('open', 'different', 'edition', 'same')),
  kept     TEXT    NOT NULL CHECK ((kept = '') = (stage IN ('open', 'different'))),
  by_whom  TEXT    NOT NULL,
  decided  BIGINT  NOT NULL,
  PRIMARY KEY (one, other),
  CHECK (one < other),
  CHECK ((stage = 'open') = (by_whom = ''))
);
CREATE INDEX twin_open ON twin (likeness DESC, one, other) WHERE stage = 'open';
CREATE INDEX twin_other ON twin (other);
