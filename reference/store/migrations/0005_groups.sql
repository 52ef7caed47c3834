-- +goose Up
-- What SCIM says of groups. Like a record, a group gives nothing by itself; the team
-- that it is mapped to does.

ALTER TABLE providers ADD COLUMN pushes_groups INTEGER NOT NULL DEFAULT 0 CHECK (pushes_groups IN (0, 1));

CREATE TABLE groups (
    id               TEXT    NOT NULL PRIMARY KEY,
    organization     TEXT    NOT NULL REFERENCES organizations (id),
    provider         TEXT    NOT NULL REFERENCES providers (id),
    display_name     TEXT    NOT NULL,
    display_name_key TEXT    NOT NULL,
    external_id      TEXT    NOT NULL,
    attributes       TEXT    NOT NULL, -- JSON object, or empty for none
    team             TEXT REFERENCES teams (id),
    team_made        INTEGER NOT NULL CHECK (team_made IN (0, 1)),
    team_role        TEXT    NOT NULL CHECK (team_role IN ('member', 'maintainer')),
    version          BIGINT  NOT NULL,
    created          BIGINT  NOT NULL,
    modified         BIGINT  NOT NULL,
    place            BIGINT  NOT NULL  -- in the list of its provider, see lists.go
);
CREATE UNIQUE INDEX groups_display_name ON groups (provider, display_name_key);
CREATE INDEX groups_external_id ON groups (provider, external_id, place);
CREATE INDEX groups_place ON groups (provider, place);
CREATE INDEX groups_organization ON groups (organization, display_name_key);
CREATE INDEX groups_team ON groups (team);

-- One row for each who is in a group, a record or another group, so that a change of
-- one costs no more where there are many.
CREATE TABLE group_members (
    holder TEXT NOT NULL REFERENCES groups (id),
    record TEXT REFERENCES records (id),
    nested TEXT REFERENCES groups (id),
    CHECK ((record IS NULL) <> (nested IS NULL))
);
CREATE UNIQUE INDEX group_members_record ON group_members (holder, record) WHERE record IS NOT NULL;
CREATE UNIQUE INDEX group_members_nested ON group_members (holder, nested) WHERE nested IS NOT NULL;
CREATE INDEX group_members_of_record ON group_members (record, holder) WHERE record IS NOT NULL;
CREATE INDEX group_members_of_group ON group_members (nested, holder) WHERE nested IS NOT NULL;

-- A place in a team may now come from a group. A constraint cannot be changed alike in
-- both databases, so the table is made anew.
CREATE TABLE placed (
    team    TEXT NOT NULL REFERENCES teams (id),
    account TEXT NOT NULL REFERENCES accounts (id),
    role    TEXT NOT NULL CHECK (role IN ('member', 'maintainer')),
    source  TEXT NOT NULL CHECK (source IN ('default', 'assertion', 'hand', 'scim')),
    PRIMARY KEY (team, account)
);
INSERT INTO placed (team, account, role, source) SELECT team, account, role, source FROM team_places;
DROP TABLE team_places;
ALTER TABLE placed RENAME TO team_places;
CREATE INDEX team_places_account ON team_places (account, team);
