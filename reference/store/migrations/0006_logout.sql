-- +goose Up
-- Single logout, and what else an identity provider may want of us: where it takes
-- messages, our own keys, and which of our logout requests wait for an answer.

ALTER TABLE providers ADD COLUMN idp_sso_post_url TEXT NOT NULL DEFAULT '';
ALTER TABLE providers ADD COLUMN idp_slo_url TEXT NOT NULL DEFAULT '';
ALTER TABLE providers ADD COLUMN idp_slo_post_url TEXT NOT NULL DEFAULT '';
ALTER TABLE providers ADD COLUMN signs_requests INTEGER NOT NULL DEFAULT 0 CHECK (signs_requests IN (0, 1));

-- The rest of the name under which a session began: a logout has to repeat all of it.
ALTER TABLE sessions ADD COLUMN name_format TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN name_qualifier TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN sp_name_qualifier TEXT NOT NULL DEFAULT '';
CREATE INDEX sessions_named ON sessions (provider, name_id) WHERE ended IS NULL;

CREATE TABLE logouts (
    provider TEXT   NOT NULL REFERENCES providers (id),
    id       TEXT   NOT NULL,
    expires  BIGINT NOT NULL,
    PRIMARY KEY (provider, id)
);

CREATE TABLE own_keys (
    name    TEXT   NOT NULL PRIMARY KEY,
    private TEXT   NOT NULL, -- base64 PKCS #8
    created BIGINT NOT NULL
);
