-- +goose Up
-- What assertions through a provider are encrypted for: a private key and its
-- certificate, PEM. Empty where they come plain.

ALTER TABLE providers ADD COLUMN decryption_key TEXT NOT NULL DEFAULT '';
