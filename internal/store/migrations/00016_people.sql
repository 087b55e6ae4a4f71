-- +goose Up

-- Lists of people stay quick at a hundred thousand. What they are chosen by
-- follows from a person's words and stands in her row; account.Reckon keeps it.
-- reaches: to when the last of the words that stand reaches or, where none
-- stands, reached before it ran out by its term. 0: none, or it was taken back.
-- review: when the first of those that stand ends, 0 where none stands.
ALTER TABLE person ADD COLUMN reaches BIGINT NOT NULL DEFAULT 0;
ALTER TABLE person ADD COLUMN review  BIGINT NOT NULL DEFAULT 0;
UPDATE person SET
  reaches = COALESCE(
    (SELECT MAX(v.until) FROM vouching v WHERE v.person = person.id AND v.ended = 0),
    (SELECT MAX(v.until) FROM vouching v WHERE v.person = person.id AND v.ended_by = 'system:term'), 0),
  review = COALESCE((SELECT MIN(v.until) FROM vouching v WHERE v.person = person.id AND v.ended = 0), 0)
WHERE vouched AND NOT erased;

DROP INDEX person_listed;
DROP INDEX person_waiting;
DROP INDEX vouching_term;
CREATE INDEX person_listed ON person (name, id, reaches) WHERE NOT erased;
CREATE INDEX person_blocked ON person (name, id) WHERE blocked AND NOT erased;

-- Who has to be seen to, the oldest first.
CREATE INDEX person_waiting ON person (created, id, acts_for, body) WHERE NOT vouched AND NOT blocked AND NOT erased AND (acts_for <> '' OR body <> '');
CREATE INDEX person_review ON person (review, id, reaches) WHERE review > 0 AND NOT erased;
CREATE INDEX person_overdue ON person (reaches, id) WHERE reaches > 0 AND NOT blocked AND NOT erased;

-- The words of each person's name and address, as they are looked for: without
-- case and accents. head is a word's first three letters, because "begins with"
-- is no range in every order of letters that PostgreSQL may be set up with.
CREATE TABLE person_word (
  person TEXT NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  word   TEXT NOT NULL,
  head   TEXT NOT NULL CHECK (head = SUBSTR(word, 1, 3) AND head <> ''),
  PRIMARY KEY (person, word)
);
CREATE INDEX person_word_head ON person_word (head, word, person);
CREATE INDEX person_word_two ON person_word (SUBSTR(head, 1, 2), person);
