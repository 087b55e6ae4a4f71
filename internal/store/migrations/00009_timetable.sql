-- +goose Up

-- Work that comes round again: a job whose turns are a while apart. It waits
-- until it is due, and waits again when its turn is over.
ALTER TABLE job ADD COLUMN every BIGINT NOT NULL DEFAULT 0; -- nanoseconds between turns, 0 for work that is done once
ALTER TABLE job ADD COLUMN due   BIGINT NOT NULL DEFAULT 0; -- when the next turn is
ALTER TABLE job ADD COLUMN ran   BIGINT NOT NULL DEFAULT 0; -- when the last turn ended, 0 before the first
CREATE INDEX job_every ON job (every) WHERE every > 0;

-- How far the review of a word has come: which letters went out. 0: none.
ALTER TABLE vouching ADD COLUMN reviewed BIGINT NOT NULL DEFAULT 0;

-- Whether anybody has ever vouched for a person: who waits is found without
-- looking through all words. It never becomes false again.
ALTER TABLE person ADD COLUMN vouched BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE person SET vouched = TRUE WHERE id IN (SELECT person FROM vouching);
CREATE INDEX person_listed ON person (name, id) WHERE NOT erased;
CREATE INDEX person_waiting ON person (name, id) WHERE NOT vouched;

-- Whose people are whose, the ended words too, in the order of a list.
CREATE INDEX vouching_of_state ON vouching (acts_for, person);
CREATE INDEX vouching_of_any_body ON vouching (body, person);
CREATE INDEX vouching_person ON vouching (person, since);
CREATE INDEX person_acts_for ON person (acts_for, name, id);
CREATE INDEX person_body ON person (body, name, id);
CREATE INDEX vouching_term ON vouching (person) WHERE ended_by = 'system:term';
CREATE INDEX membership_vouching ON membership (vouching);
CREATE INDEX role_grant_person ON role_grant (person, since);
CREATE INDEX role_grant_of ON role_grant (role, acts_for, body) WHERE ended = 0;
