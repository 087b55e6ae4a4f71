-- +goose Up

-- A poll that a topic carries: its question is the topic's title.
CREATE TABLE poll (
  topic   TEXT    PRIMARY KEY REFERENCES topic (id) DEFERRABLE INITIALLY IMMEDIATE,
  many    BOOLEAN NOT NULL, -- several answers may be chosen
  secret  BOOLEAN NOT NULL, -- nobody reads who chose what
  results TEXT    NOT NULL CHECK (results IN ('voted', 'end')), -- for whom: who has voted, or nobody before the end
  until   BIGINT  NOT NULL CHECK (until > 0),
  voters  BIGINT  NOT NULL CHECK (voters >= 0),
  settled BOOLEAN NOT NULL, -- the choices bear the figures, and no ballot is left
  by_whom TEXT    NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  created BIGINT  NOT NULL,
  UNIQUE (topic, secret),
  CHECK (NOT secret OR results = 'end') -- a figure that moves with a vote tells it
);
CREATE INDEX poll_open ON poll (until) WHERE secret AND NOT settled;
CREATE INDEX poll_whom ON poll (by_whom);

CREATE TABLE poll_choice (
  topic TEXT   NOT NULL REFERENCES poll (topic) DEFERRABLE INITIALLY IMMEDIATE,
  n     BIGINT NOT NULL CHECK (n BETWEEN 1 AND 10),
  text  TEXT   NOT NULL CHECK (text <> ''),
  votes BIGINT NOT NULL CHECK (votes >= 0), -- of a secret poll that is over; else they are counted
  PRIMARY KEY (topic, n)
);

-- Who has voted: one row a person. It says nothing of what she chose, and stays when she
-- is no member any more.
CREATE TABLE poll_voter (
  topic  TEXT NOT NULL REFERENCES poll (topic) DEFERRABLE INITIALLY IMMEDIATE,
  person TEXT NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  PRIMARY KEY (topic, person)
);
CREATE INDEX poll_voter_person ON poll_voter (person);

-- What was chosen by name: only of polls that are not secret.
CREATE TABLE poll_vote (
  topic  TEXT    NOT NULL,
  person TEXT    NOT NULL,
  choice BIGINT  NOT NULL,
  secret BOOLEAN NOT NULL CHECK (NOT secret),
  PRIMARY KEY (topic, person, choice),
  FOREIGN KEY (topic, secret) REFERENCES poll (topic, secret) DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (topic, person) REFERENCES poll_voter (topic, person) DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (topic, choice) REFERENCES poll_choice (topic, n) DEFERRABLE INITIALLY IMMEDIATE
);
CREATE INDEX poll_vote_choice ON poll_vote (topic, choice);
CREATE INDEX poll_vote_person ON poll_vote (person);

-- What was chosen in secret. mark is made of poll and voter under the installation's key,
-- so that she can change her mind and nobody reads from the tables whose it is. When the
-- poll is over the ballots are counted and deleted.
CREATE TABLE poll_ballot (
  topic  TEXT    NOT NULL,
  mark   TEXT    NOT NULL CHECK (mark <> ''),
  choice BIGINT  NOT NULL,
  secret BOOLEAN NOT NULL CHECK (secret),
  PRIMARY KEY (topic, mark, choice),
  FOREIGN KEY (topic, secret) REFERENCES poll (topic, secret) DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (topic, choice) REFERENCES poll_choice (topic, n) DEFERRABLE INITIALLY IMMEDIATE
);
CREATE INDEX poll_ballot_choice ON poll_ballot (topic, choice);
