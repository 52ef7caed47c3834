-- +goose Up
-- Every index is one more page to write for each row that it tells of, which is most of
-- what a small transaction takes. So none has what changes most, or what is seldom asked.

-- Whether somebody is active changes more often than lists are narrowed by it.
DROP INDEX records_place;
CREATE INDEX records_place ON records (provider, place);

-- Most records are created before there is an account. Those of an organization are found
-- through its providers.
DROP INDEX records_account;
CREATE INDEX records_account ON records (account) WHERE account IS NOT NULL;

-- One index for the sessions of a provider and for those under a name, ended ones too.
DROP INDEX sessions_named;
DROP INDEX sessions_through;
CREATE INDEX sessions_named ON sessions (provider, name_id, started, id);
