-- +goose Up

-- Whether she has been shown what the group says to who has just come.
ALTER TABLE membership ADD COLUMN greeted BOOLEAN NOT NULL DEFAULT TRUE;

-- Until when somebody who left while she was silent stays so: she does not come back
-- speaking.
CREATE TABLE circle_silence (
  grp    TEXT   NOT NULL REFERENCES circle (id) DEFERRABLE INITIALLY IMMEDIATE,
  person TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  until  BIGINT NOT NULL CHECK (until > 0),
  PRIMARY KEY (grp, person)
);
CREATE INDEX circle_silence_person ON circle_silence (person);
