-- +goose Up
-- Of a list, the places that are empty are counted instead of those that are taken: whoever
-- is added takes the next place, which then costs no counting. See lists.go.

CREATE TABLE list_holes (
    provider TEXT    NOT NULL REFERENCES providers (id),
    kind     TEXT    NOT NULL, -- which of the provider's lists
    level    INTEGER NOT NULL CHECK (level IN (1, 2, 3, 4)),
    bucket   BIGINT  NOT NULL, -- a place, counted from 0, without its last 5, 10, 15 or 20 bits
    n        BIGINT  NOT NULL CHECK (n > 0),
    PRIMARY KEY (provider, kind, level, bucket)
);

-- The last place that was emptied: it is not taken again, be it the last of all.
CREATE TABLE list_ends (
    provider TEXT   NOT NULL REFERENCES providers (id),
    kind     TEXT   NOT NULL,
    place    BIGINT NOT NULL,
    PRIMARY KEY (provider, kind)
);

INSERT INTO list_holes (provider, kind, level, bucket, n)
    WITH RECURSIVE places (kind, provider, place) AS (
        SELECT 'records', provider, place FROM records UNION ALL SELECT 'groups', provider, place FROM groups
    ), buckets (kind, provider, last, bucket) AS (
        SELECT kind, provider, max(place), CAST(0 AS BIGINT) FROM places GROUP BY kind, provider
        UNION ALL
        SELECT kind, provider, last, bucket + 1 FROM buckets WHERE (bucket + 1) * 32 < last
    ), taken (kind, provider, bucket, n) AS (
        SELECT kind, provider, (place - 1) / 32, count(*) FROM places GROUP BY kind, provider, (place - 1) / 32
    ), holes (kind, provider, bucket, n) AS (
        SELECT b.kind, b.provider, b.bucket,
            CASE WHEN (b.bucket + 1) * 32 <= b.last THEN 32 ELSE b.last - b.bucket * 32 END - coalesce(t.n, 0)
        FROM buckets b LEFT JOIN taken t ON t.kind = b.kind AND t.provider = b.provider AND t.bucket = b.bucket
    )
    SELECT provider, kind, level, bucket / width, CAST(sum(n) AS BIGINT)
        FROM holes CROSS JOIN (SELECT 1 AS level, 1 AS width UNION ALL SELECT 2, 32
            UNION ALL SELECT 3, 1024 UNION ALL SELECT 4, 32768) AS levels
        WHERE n > 0 GROUP BY provider, kind, level, bucket / width;
DROP TABLE list_counts;

-- The records of an organization are found by records_account as well.
DROP INDEX records_organization;
