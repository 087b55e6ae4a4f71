-- +goose Up

-- Activities that go on from one month into another: a timeline finds by them what began
-- before the days that it shows, and everything else by the day on which it begins.
CREATE INDEX activity_crossing ON activity (ends, starts) WHERE SUBSTR(starts, 1, 7) <> SUBSTR(ends, 1, 7);
