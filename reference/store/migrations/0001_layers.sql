-- +goose Up
-- Column types are those that SQLite and PostgreSQL both know: TEXT, BIGINT, and
-- INTEGER for booleans (0, 1). A moment is a BIGINT of microseconds since 1970
-- UTC: exact, ordered as numbers, read without parsing, and as fine as
-- PostgreSQL's own timestamps. NULL where a moment has not come.
-- Uniqueness stands in named indices, so that it can be taken out by name.

CREATE TABLE organizations (
    id      TEXT   NOT NULL PRIMARY KEY,
    slug    TEXT   NOT NULL,
    name    TEXT   NOT NULL,
    plan    TEXT   NOT NULL CHECK (plan IN ('pro', 'enterprise')),
    flags   TEXT   NOT NULL, -- JSON list
    clock   BIGINT NOT NULL, -- nanoseconds ahead
    created BIGINT NOT NULL
);
CREATE UNIQUE INDEX organizations_slug ON organizations (slug);

CREATE TABLE providers (
    id            TEXT    NOT NULL PRIMARY KEY,
    organization  TEXT    NOT NULL REFERENCES organizations (id),
    kind          TEXT    NOT NULL CHECK (kind IN ('okta', 'custom_saml')),
    state         TEXT    NOT NULL CHECK (state IN ('created', 'enabled', 'disabled')),
    tested        INTEGER NOT NULL CHECK (tested IN (0, 1)),
    idp_entity_id TEXT    NOT NULL,
    idp_sso_url   TEXT    NOT NULL,
    idp_certs     TEXT    NOT NULL, -- JSON list of base64 DER
    created       BIGINT  NOT NULL
);
CREATE INDEX providers_organization ON providers (organization, created, id);

CREATE TABLE credentials (
    id         TEXT   NOT NULL PRIMARY KEY,
    provider   TEXT   NOT NULL REFERENCES providers (id),
    token      TEXT   NOT NULL, -- administrators may see it again
    token_hash TEXT   NOT NULL, -- SHA-256, what look-ups compare
    created    BIGINT NOT NULL,
    expires    BIGINT
);
CREATE UNIQUE INDEX credentials_token ON credentials (token_hash);
CREATE INDEX credentials_provider ON credentials (provider, created, id);

CREATE TABLE accounts (
    id        TEXT   NOT NULL PRIMARY KEY,
    email     TEXT   NOT NULL,
    email_key TEXT   NOT NULL,
    name      TEXT   NOT NULL,
    name_key  TEXT   NOT NULL, -- what people are sorted and looked up by
    created   BIGINT NOT NULL
);
CREATE UNIQUE INDEX accounts_email ON accounts (email_key);

CREATE TABLE name_ids (
    provider    TEXT NOT NULL REFERENCES providers (id),
    name_id     TEXT NOT NULL,
    name_id_key TEXT NOT NULL,
    account     TEXT NOT NULL REFERENCES accounts (id)
);
CREATE UNIQUE INDEX name_ids_name_id ON name_ids (provider, name_id_key);

CREATE TABLE records (
    id            TEXT    NOT NULL PRIMARY KEY,
    organization  TEXT    NOT NULL REFERENCES organizations (id),
    provider      TEXT    NOT NULL REFERENCES providers (id),
    user_name     TEXT    NOT NULL,
    user_name_key TEXT    NOT NULL,
    external_id   TEXT    NOT NULL,
    given_name    TEXT    NOT NULL,
    family_name   TEXT    NOT NULL,
    display_name  TEXT    NOT NULL,
    name_key      TEXT    NOT NULL,
    emails        TEXT    NOT NULL, -- JSON list
    active        INTEGER NOT NULL CHECK (active IN (0, 1)),
    account       TEXT REFERENCES accounts (id),
    version       BIGINT  NOT NULL,
    created       BIGINT  NOT NULL,
    modified      BIGINT  NOT NULL
);
CREATE UNIQUE INDEX records_user_name ON records (provider, user_name_key);
CREATE INDEX records_external_id ON records (provider, external_id, created, id);
-- A page is found in this index alone, however far into the list it lies.
CREATE INDEX records_page ON records (provider, created, id, active);
CREATE INDEX records_account ON records (organization, account);
CREATE INDEX records_organization ON records (organization, user_name_key);

CREATE TABLE memberships (
    id           TEXT   NOT NULL PRIMARY KEY,
    organization TEXT   NOT NULL REFERENCES organizations (id),
    account      TEXT   NOT NULL REFERENCES accounts (id),
    role         TEXT   NOT NULL CHECK (role IN ('admin', 'member')),
    created      BIGINT NOT NULL
);
CREATE UNIQUE INDEX memberships_account ON memberships (organization, account);
CREATE INDEX memberships_role ON memberships (organization, role);
CREATE INDEX memberships_of ON memberships (account, created, id);

-- Who was a member once. Written when a membership is deleted, never taken back.
CREATE TABLE departures (
    organization TEXT NOT NULL REFERENCES organizations (id),
    account      TEXT NOT NULL REFERENCES accounts (id),
    PRIMARY KEY (organization, account)
);

CREATE TABLE teams (
    id           TEXT    NOT NULL PRIMARY KEY,
    organization TEXT    NOT NULL REFERENCES organizations (id),
    slug         TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    is_default   INTEGER NOT NULL CHECK (is_default IN (0, 1)),
    default_role TEXT    NOT NULL CHECK (default_role IN ('member', 'maintainer'))
);
CREATE INDEX teams_organization ON teams (organization, slug, id);

CREATE TABLE team_places (
    team    TEXT NOT NULL REFERENCES teams (id),
    account TEXT NOT NULL REFERENCES accounts (id),
    role    TEXT NOT NULL CHECK (role IN ('member', 'maintainer')),
    source  TEXT NOT NULL CHECK (source IN ('default', 'assertion', 'hand')),
    PRIMARY KEY (team, account)
);
CREATE INDEX team_places_account ON team_places (account, team);

CREATE TABLE sessions (
    id            TEXT   NOT NULL PRIMARY KEY,
    organization  TEXT   NOT NULL REFERENCES organizations (id),
    account       TEXT   NOT NULL REFERENCES accounts (id),
    provider      TEXT REFERENCES providers (id),
    name_id       TEXT   NOT NULL,
    session_index TEXT   NOT NULL,
    secret_hash   TEXT   NOT NULL, -- SHA-256
    started       BIGINT NOT NULL,
    expires       BIGINT NOT NULL,
    ended         BIGINT,
    end_cause     TEXT   NOT NULL
);
CREATE UNIQUE INDEX sessions_secret ON sessions (secret_hash);
CREATE INDEX sessions_account ON sessions (organization, account, started, id);
CREATE INDEX sessions_through ON sessions (provider, started, id) WHERE ended IS NULL;

CREATE TABLE tokens (
    id           TEXT   NOT NULL PRIMARY KEY,
    organization TEXT   NOT NULL REFERENCES organizations (id),
    account      TEXT   NOT NULL REFERENCES accounts (id),
    name         TEXT   NOT NULL,
    secret_hash  TEXT   NOT NULL, -- SHA-256
    created      BIGINT NOT NULL,
    revoked      BIGINT,
    revoke_cause TEXT   NOT NULL
);
CREATE UNIQUE INDEX tokens_secret ON tokens (secret_hash);
CREATE INDEX tokens_account ON tokens (organization, account, created, id);

CREATE TABLE requests (
    provider    TEXT    NOT NULL REFERENCES providers (id),
    id          TEXT    NOT NULL,
    relay_state TEXT    NOT NULL,
    expires     BIGINT  NOT NULL,
    answered    INTEGER NOT NULL CHECK (answered IN (0, 1)),
    PRIMARY KEY (provider, id)
);

-- Assertions that were used, so that none is used twice.
CREATE TABLE assertions (
    issuer  TEXT   NOT NULL,
    id      TEXT   NOT NULL,
    expires BIGINT NOT NULL
);
CREATE UNIQUE INDEX assertions_once ON assertions (issuer, id);

CREATE TABLE seats (
    id           TEXT   NOT NULL PRIMARY KEY,
    organization TEXT   NOT NULL REFERENCES organizations (id),
    account      TEXT   NOT NULL REFERENCES accounts (id),
    started      BIGINT NOT NULL,
    cause        TEXT   NOT NULL,
    ended        BIGINT,
    end_cause    TEXT   NOT NULL
);
CREATE UNIQUE INDEX seats_open ON seats (organization, account) WHERE ended IS NULL;
CREATE INDEX seats_account ON seats (organization, account, started, id);
CREATE INDEX seats_organization ON seats (organization, started, id);

-- The log tells of things that may be gone, so it refers to none by key.
CREATE TABLE audit (
    seq          BIGINT NOT NULL PRIMARY KEY,
    organization TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    action       TEXT   NOT NULL CHECK (action <> ''),
    actor        TEXT   NOT NULL CHECK (actor IN ('scim', 'sso', 'member', 'system')),
    actor_name   TEXT   NOT NULL,
    provider     TEXT   NOT NULL,
    subject      TEXT   NOT NULL,
    subject_name TEXT   NOT NULL,
    subject_key  TEXT   NOT NULL,
    value_before TEXT   NOT NULL,
    value_after  TEXT   NOT NULL,
    cause        TEXT   NOT NULL
);
CREATE INDEX audit_organization ON audit (organization, seq);
CREATE INDEX audit_subject ON audit (organization, subject, action, seq);
CREATE INDEX audit_subject_name ON audit (organization, subject_key, subject, seq);
