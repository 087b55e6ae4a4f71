-- +goose Up

-- What a currency was worth on a day. per_euro is how many millionths of its smallest
-- unit (cent, yen, fils) made one euro: 108230000 is 1.0823 US dollars. One by which
-- something was booked stays as it is.
CREATE TABLE rate (
  currency TEXT   NOT NULL CHECK (LENGTH(currency) = 3),
  day      TEXT   NOT NULL CHECK (LENGTH(day) = 10),
  per_euro BIGINT NOT NULL CHECK (per_euro > 0),
  source   TEXT   NOT NULL CHECK (source <> ''),
  by_whom  TEXT   NOT NULL,
  at       BIGINT NOT NULL,
  PRIMARY KEY (currency, day),
  UNIQUE (currency, day, per_euro),
  CHECK (currency <> 'EUR' OR per_euro = 100000000)
);
CREATE INDEX rate_day ON rate (day, currency);

-- The money of a project: the currency of its books, how many entries they have, and
-- from where that comes which its funding does not cover.
CREATE TABLE budget (
  project  TEXT PRIMARY KEY REFERENCES project (id) DEFERRABLE INITIALLY IMMEDIATE,
  currency TEXT   NOT NULL CHECK (LENGTH(currency) = 3),
  gap      TEXT   NOT NULL,
  n        BIGINT NOT NULL,
  UNIQUE (project, currency)
);

-- What is planned for an output in a year, in the currency of the books. Amounts are
-- whole smallest units everywhere.
CREATE TABLE budget_line (
  id        TEXT PRIMARY KEY,
  project   TEXT   NOT NULL,
  currency  TEXT   NOT NULL,
  year      BIGINT NOT NULL CHECK (year BETWEEN 2000 AND 2200),
  output    TEXT   NOT NULL CHECK (output <> ''),
  category  TEXT   NOT NULL CHECK (category <> ''),
  planned   BIGINT NOT NULL,
  committed BIGINT NOT NULL,
  spent     BIGINT NOT NULL,
  n         BIGINT NOT NULL,
  UNIQUE (id, project, currency),
  UNIQUE (id, n),
  FOREIGN KEY (project, currency) REFERENCES budget (project, currency) DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (0 <= spent AND spent <= committed AND committed <= planned),
  CHECK (n > 0 OR n = 0 AND planned = 0)
);
CREATE INDEX budget_line_project ON budget_line (project, year, id);

-- Where money comes from. What is granted is available, and of it is committed
-- (Framework ¶25); a donor's money is granted only with its written consent. Another
-- currency than that of the books is converted by the rate of a named day.
CREATE TABLE fund (
  id         TEXT PRIMARY KEY,
  project    TEXT   NOT NULL,
  books      TEXT   NOT NULL,
  kind       TEXT   NOT NULL CHECK (kind IN ('unified', 'pledge', 'host', 'staff')),
  source     TEXT   NOT NULL CHECK (source <> ''), -- an id of the directory, or a name
  currency   TEXT   NOT NULL CHECK (LENGTH(currency) = 3),
  rated      TEXT, -- the day of the rate
  from_rate  BIGINT NOT NULL CHECK (from_rate > 0),
  to_rate    BIGINT NOT NULL CHECK (to_rate > 0),
  since      TEXT   NOT NULL CHECK (LENGTH(since) = 10),
  until      TEXT   NOT NULL CHECK (LENGTH(until) = 10),
  conditions TEXT   NOT NULL,
  paper      TEXT   NOT NULL, -- the donor's written consent: a symbol, or a document's id
  consented  TEXT   NOT NULL CHECK (LENGTH(consented) IN (0, 10)),
  days       BIGINT NOT NULL CHECK (days >= 0), -- of staff, in hundredths
  pledged    BIGINT NOT NULL,
  granted    BIGINT NOT NULL,
  received   BIGINT NOT NULL,
  committed  BIGINT NOT NULL,
  spent      BIGINT NOT NULL,
  worked     BIGINT NOT NULL,
  n          BIGINT NOT NULL,
  UNIQUE (id, n),
  UNIQUE (id, project, books, currency, since, until, from_rate, to_rate),
  FOREIGN KEY (project, books) REFERENCES budget (project, currency) DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (currency, rated, from_rate) REFERENCES rate (currency, day, per_euro) DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (books, rated, to_rate) REFERENCES rate (currency, day, per_euro) DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (since <= until),
  CHECK ((rated IS NULL) = (currency = books) AND (rated IS NOT NULL OR from_rate = 1 AND to_rate = 1)),
  CHECK (0 <= granted AND granted <= pledged AND 0 <= received AND received <= granted),
  CHECK (0 <= spent AND spent <= committed AND committed <= granted),
  CHECK ((kind = 'staff') = (days > 0) AND 0 <= worked AND worked <= days),
  CHECK (kind <> 'pledge' OR granted = 0 OR paper <> '' AND LENGTH(consented) = 10),
  CHECK (n > 0 OR n = 0 AND pledged = 0 AND worked = 0)
);
CREATE INDEX fund_project ON fund (project, id);

-- What was promised to somebody, out of a fund and a budget line. It says up to which
-- of their entries it counts, and they say how many they have: neither can be taken
-- back behind it.
CREATE TABLE commitment (
  id            TEXT PRIMARY KEY,
  project       TEXT   NOT NULL,
  project_stage TEXT   NOT NULL CHECK (project_stage NOT IN ('idea', 'appraised')),
  fund          TEXT   NOT NULL,
  fund_last     BIGINT NOT NULL,
  fund_n        BIGINT NOT NULL CHECK (fund_n <= fund_last),
  line          TEXT   NOT NULL,
  line_last     BIGINT NOT NULL,
  line_n        BIGINT NOT NULL CHECK (line_n <= line_last),
  title         TEXT   NOT NULL CHECK (title <> ''),
  day           TEXT   NOT NULL CHECK (LENGTH(day) = 10),
  paper         TEXT   NOT NULL,
  held          BIGINT NOT NULL, -- in the currency of the fund
  paid          BIGINT NOT NULL,
  held_books    BIGINT NOT NULL, -- and in that of the books
  paid_books    BIGINT NOT NULL,
  n             BIGINT NOT NULL,
  UNIQUE (id, project, fund, line),
  FOREIGN KEY (project, project_stage) REFERENCES project (id, stage) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (fund, fund_last) REFERENCES fund (id, n) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (line, line_last) REFERENCES budget_line (id, n) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (0 <= paid AND paid <= held AND 0 <= paid_books AND paid_books <= held_books),
  CHECK (n > 0 OR n = 0 AND held = 0 AND held_books = 0)
);
CREATE INDEX commitment_project ON commitment (project, id);
CREATE INDEX commitment_fund ON commitment (fund, fund_last);
CREATE INDEX commitment_line ON commitment (line, line_last);

-- The books of a project, entry by entry. An entry says what it adds (amount; less than
-- nothing takes back) and what then stands in the fund, the line and the commitment that
-- it is about. Each of them is a chain: what stood there before is the former entry's
-- mark, from which nothing but the amount differs.
CREATE TABLE ledger (
  project         TEXT   NOT NULL REFERENCES budget (project) DEFERRABLE INITIALLY IMMEDIATE,
  n               BIGINT NOT NULL,
  prior           BIGINT,
  move            TEXT   NOT NULL CHECK (move IN ('open', 'gap', 'plan', 'pledge', 'grant', 'receive', 'work', 'commit', 'spend')),
  amount          BIGINT NOT NULL, -- in the currency of the fund, of a line in that of the books; of "work" hundredths of a day
  booked          BIGINT NOT NULL, -- the same in the currency of the books
  books           TEXT   NOT NULL,
  day             TEXT   NOT NULL CHECK (LENGTH(day) = 10),

  fund            TEXT,
  fund_n          BIGINT,
  currency        TEXT,
  since           TEXT,
  until           TEXT,
  from_rate       BIGINT,
  to_rate         BIGINT,
  pledged         BIGINT,
  granted         BIGINT,
  received        BIGINT,
  committed       BIGINT,
  spent           BIGINT,
  worked          BIGINT,
  fund_was        TEXT UNIQUE REFERENCES ledger (fund_mark) DEFERRABLE INITIALLY IMMEDIATE,
  fund_mark       TEXT UNIQUE,

  line            TEXT,
  line_n          BIGINT,
  planned         BIGINT,
  taken           BIGINT,
  used            BIGINT,
  line_was        TEXT UNIQUE REFERENCES ledger (line_mark) DEFERRABLE INITIALLY IMMEDIATE,
  line_mark       TEXT UNIQUE,

  commitment      TEXT,
  commitment_n    BIGINT,
  held            BIGINT,
  paid            BIGINT,
  held_books      BIGINT,
  paid_books      BIGINT,
  commitment_was  TEXT UNIQUE REFERENCES ledger (commitment_mark) DEFERRABLE INITIALLY IMMEDIATE,
  commitment_mark TEXT UNIQUE,
  tie             TEXT UNIQUE, -- at which entries of fund and line it stands

  former          TEXT   NOT NULL, -- what stood in the words of a fund or line that was changed
  words           TEXT   NOT NULL,
  paper           TEXT   NOT NULL,
  by_whom         TEXT   NOT NULL CHECK (by_whom <> ''),
  at              BIGINT NOT NULL,
  mark            TEXT   NOT NULL UNIQUE CHECK (mark = project || ' ' || n),
  PRIMARY KEY (project, n),
  UNIQUE (fund, fund_n),
  UNIQUE (line, line_n),
  UNIQUE (commitment, commitment_n),
  FOREIGN KEY (project, prior) REFERENCES ledger (project, n) DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (fund, project, books, currency, since, until, from_rate, to_rate)
    REFERENCES fund (id, project, books, currency, since, until, from_rate, to_rate) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (line, project, books) REFERENCES budget_line (id, project, currency) DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (commitment, project, fund, line) REFERENCES commitment (id, project, fund, line) DEFERRABLE INITIALLY IMMEDIATE,
  CHECK (n > 0 AND COALESCE(prior, 0) = n - 1),
  CHECK ((n = 1) = (move = 'open')),
  CHECK ((fund IS NULL) = (move IN ('open', 'gap', 'plan'))),
  CHECK ((line IS NULL) = (move NOT IN ('plan', 'commit', 'spend'))),
  CHECK ((commitment IS NULL) = (move NOT IN ('commit', 'spend'))),
  CHECK (move NOT IN ('open', 'gap') OR amount = 0 AND booked = 0),
  CHECK (move <> 'plan' OR booked = amount),
  CHECK (move NOT IN ('grant', 'receive', 'work', 'commit', 'spend') OR amount <> 0),
  CHECK ((amount >= 0 AND former = '') OR words <> ''),

  CHECK (COALESCE(fund_mark, '') = COALESCE(fund || ' ' || fund_n || ' ' || pledged || ' ' || granted || ' ' || received || ' ' || committed || ' ' || spent || ' ' || worked, '')
    AND (fund IS NULL) = (fund_mark IS NULL) AND (fund IS NULL) = (currency IS NULL)
    AND (fund IS NULL) = (since IS NULL) AND (fund IS NULL) = (until IS NULL) AND (fund IS NULL) = (from_rate IS NULL) AND (fund IS NULL) = (to_rate IS NULL)),
  CHECK (COALESCE(fund_was, '') = CASE WHEN fund IS NULL OR fund_n = 1 THEN '' ELSE fund || ' ' || (fund_n - 1)
    || ' ' || (pledged - CASE move WHEN 'pledge' THEN amount ELSE 0 END)
    || ' ' || (granted - CASE move WHEN 'grant' THEN amount ELSE 0 END)
    || ' ' || (received - CASE move WHEN 'receive' THEN amount ELSE 0 END)
    || ' ' || (committed - CASE move WHEN 'commit' THEN amount ELSE 0 END)
    || ' ' || (spent - CASE move WHEN 'spend' THEN amount ELSE 0 END)
    || ' ' || (worked - CASE move WHEN 'work' THEN amount ELSE 0 END) END),
  CHECK (COALESCE(fund_n, 2) > 1 OR fund_n = 1 AND move = 'pledge' AND pledged = amount AND granted = 0 AND received = 0 AND committed = 0 AND spent = 0 AND worked = 0),

  CHECK (COALESCE(line_mark, '') = COALESCE(line || ' ' || line_n || ' ' || planned || ' ' || taken || ' ' || used, '')
    AND (line IS NULL) = (line_mark IS NULL)),
  CHECK (COALESCE(line_was, '') = CASE WHEN line IS NULL OR line_n = 1 THEN '' ELSE line || ' ' || (line_n - 1)
    || ' ' || (planned - CASE move WHEN 'plan' THEN booked ELSE 0 END)
    || ' ' || (taken - CASE move WHEN 'commit' THEN booked ELSE 0 END)
    || ' ' || (used - CASE move WHEN 'spend' THEN booked ELSE 0 END) END),
  CHECK (COALESCE(line_n, 2) > 1 OR line_n = 1 AND move = 'plan' AND planned = amount AND taken = 0 AND used = 0),

  CHECK (COALESCE(commitment_mark, '') = COALESCE(commitment || ' ' || commitment_n || ' ' || held || ' ' || paid || ' ' || held_books || ' ' || paid_books, '')
    AND (commitment IS NULL) = (commitment_mark IS NULL)),
  CHECK (COALESCE(tie, '') = COALESCE(commitment || ' ' || commitment_n || ' ' || fund_n || ' ' || line_n, '')),
  CHECK (COALESCE(commitment_was, '') = CASE WHEN commitment IS NULL OR commitment_n = 1 THEN '' ELSE commitment || ' ' || (commitment_n - 1)
    || ' ' || (held - CASE move WHEN 'commit' THEN amount ELSE 0 END)
    || ' ' || (paid - CASE move WHEN 'spend' THEN amount ELSE 0 END)
    || ' ' || (held_books - CASE move WHEN 'commit' THEN booked ELSE 0 END)
    || ' ' || (paid_books - CASE move WHEN 'spend' THEN booked ELSE 0 END) END),
  CHECK (COALESCE(commitment_n, 2) > 1 OR commitment_n = 1 AND move = 'commit' AND held = amount AND held_books = booked AND paid = 0 AND paid_books = 0),

  -- What is available is the most that is committed, and a commitment the most that is spent (¶25).
  CHECK (fund IS NULL OR 0 <= granted AND granted <= pledged AND 0 <= received AND received <= granted AND 0 <= spent AND spent <= committed AND committed <= granted AND worked >= 0),
  CHECK (line IS NULL OR 0 <= used AND used <= taken AND taken <= planned),
  CHECK (commitment IS NULL OR 0 <= paid AND paid <= held),
  -- It is booked at the rate of the fund, to the next whole unit.
  CHECK (commitment IS NULL OR ABS(held_books * 1.0 - held * 1.0 * to_rate / from_rate) < 1 AND ABS(paid_books * 1.0 - paid * 1.0 * to_rate / from_rate) < 1),
  CHECK (move <> 'commit' OR amount < 0 OR day BETWEEN since AND until)
);

ALTER TABLE budget ADD COLUMN entry TEXT REFERENCES ledger (mark) DEFERRABLE INITIALLY IMMEDIATE
  CHECK (COALESCE(entry, '') = CASE WHEN n = 0 THEN '' ELSE project || ' ' || n END);
ALTER TABLE budget_line ADD COLUMN entry TEXT REFERENCES ledger (line_mark) DEFERRABLE INITIALLY IMMEDIATE
  CHECK (COALESCE(entry, '') = CASE WHEN n = 0 THEN '' ELSE id || ' ' || n || ' ' || planned || ' ' || committed || ' ' || spent END);
ALTER TABLE fund ADD COLUMN entry TEXT REFERENCES ledger (fund_mark) DEFERRABLE INITIALLY IMMEDIATE
  CHECK (COALESCE(entry, '') = CASE WHEN n = 0 THEN '' ELSE id || ' ' || n || ' ' || pledged || ' ' || granted || ' ' || received || ' ' || committed || ' ' || spent || ' ' || worked END);
ALTER TABLE commitment ADD COLUMN entry TEXT REFERENCES ledger (commitment_mark) DEFERRABLE INITIALLY IMMEDIATE
  CHECK (COALESCE(entry, '') = CASE WHEN n = 0 THEN '' ELSE id || ' ' || n || ' ' || held || ' ' || paid || ' ' || held_books || ' ' || paid_books END);
ALTER TABLE commitment ADD COLUMN tie TEXT REFERENCES ledger (tie) DEFERRABLE INITIALLY IMMEDIATE
  CHECK (COALESCE(tie, '') = CASE WHEN n = 0 THEN '' ELSE id || ' ' || n || ' ' || fund_n || ' ' || line_n END);
