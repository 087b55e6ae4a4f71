-- +goose Up

-- The languages that a person has said she reads, "en.ru" in the order of our
-- list; '' where she has said nothing.
ALTER TABLE person ADD COLUMN reads TEXT NOT NULL DEFAULT '' CHECK (LENGTH(reads) <= 17);
