-- +goose Up

-- A word that many titles hold is looked up for each topic of a list.
DROP INDEX topic_word_topic;
CREATE INDEX topic_word_topic ON topic_word (topic, word);
