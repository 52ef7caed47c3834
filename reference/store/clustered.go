package store

// clusteredSince is the number of the migration in which clustered is run.
const clusteredSince = 12

// clustered has SQLite keep sessions by their ids. A table whose key is a text is one tree
// by the order of writing and another by the key, unless it says that it needs none of
// the first: a sign-in then writes a page less. In PostgreSQL there is no such choice.
const clustered = `
CREATE TABLE sessions_by_id (
    id                TEXT   NOT NULL PRIMARY KEY,
    organization      TEXT   NOT NULL REFERENCES organizations (id),
    account           TEXT   NOT NULL REFERENCES accounts (id),
    provider          TEXT REFERENCES providers (id),
    name_id           TEXT   NOT NULL,
    session_index     TEXT   NOT NULL,
    secret_hash       TEXT   NOT NULL, -- SHA-256
    started           BIGINT NOT NULL,
    expires           BIGINT NOT NULL,
    ended             BIGINT,
    end_cause         TEXT   NOT NULL,
    name_format       TEXT   NOT NULL DEFAULT '',
    name_qualifier    TEXT   NOT NULL DEFAULT '',
    sp_name_qualifier TEXT   NOT NULL DEFAULT ''
) WITHOUT ROWID;
INSERT INTO sessions_by_id SELECT id, organization, account, provider, name_id, session_index, secret_hash, started,
    expires, ended, end_cause, name_format, name_qualifier, sp_name_qualifier FROM sessions ORDER BY id;
DROP TABLE sessions;
ALTER TABLE sessions_by_id RENAME TO sessions;
CREATE UNIQUE INDEX sessions_secret ON sessions (secret_hash);
CREATE INDEX sessions_account ON sessions (organization, account, started, id);
CREATE INDEX sessions_named ON sessions (provider, name_id, started, id);`
