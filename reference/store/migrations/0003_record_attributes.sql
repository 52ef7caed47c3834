-- +goose Up
-- What an identity provider says of a person beyond the columns that the product
-- reads itself: a JSON object, or '' for nothing. 0002 is in Go, beside the others.
ALTER TABLE records ADD COLUMN attributes TEXT NOT NULL DEFAULT '';
