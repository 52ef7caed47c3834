-- +goose Up
-- A record has a place in the list of its provider: the order in which they came.
-- How many there are in 32 places side by side, in 32 times as many, and so on, is
-- counted, so that a page is found, and the whole known, without going through the
-- list. See lists.go.

ALTER TABLE records ADD COLUMN place BIGINT NOT NULL DEFAULT 0;
UPDATE records SET place = ranked.place
    FROM (SELECT id, row_number() OVER (PARTITION BY provider ORDER BY created, id) AS place FROM records) AS ranked
    WHERE ranked.id = records.id;
DROP INDEX records_page;
CREATE INDEX records_place ON records (provider, place, active);
DROP INDEX records_external_id;
CREATE INDEX records_external_id ON records (provider, external_id, place);

CREATE TABLE list_counts (
    provider TEXT    NOT NULL REFERENCES providers (id),
    kind     TEXT    NOT NULL, -- which of the provider's lists
    level    INTEGER NOT NULL CHECK (level IN (1, 2, 3, 4)),
    bucket   BIGINT  NOT NULL, -- a place without its last 5, 10, 15 or 20 bits
    n        BIGINT  NOT NULL CHECK (n >= 0),
    PRIMARY KEY (provider, kind, level, bucket)
);
INSERT INTO list_counts (provider, kind, level, bucket, n)
    SELECT provider, 'records', level, place / width, count(*)
        FROM records CROSS JOIN (SELECT 1 AS level, 32 AS width UNION ALL SELECT 2, 1024
            UNION ALL SELECT 3, 32768 UNION ALL SELECT 4, 1048576) AS levels
        GROUP BY provider, level, place / width;
