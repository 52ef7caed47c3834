package store

import (
	"context"
	"encoding/base64"
	"time"

	"rollcall.example/reference/org"
)

// AddLogout implements [org.Tx].
func (t *tx) AddLogout(ctx context.Context, provider, id string, expires time.Time) error {
	return t.add(ctx, "note a logout request", "INSERT INTO logouts (provider, id, expires) VALUES ($1, $2, $3)",
		provider, id, at(expires))
}

// AnswerLogout implements [org.Tx]. What is answered is forgotten.
func (t *tx) AnswerLogout(ctx context.Context, provider, id string, now time.Time) (bool, error) {
	rows, err := t.execute(ctx, "answer a logout request",
		"DELETE FROM logouts WHERE provider = $1 AND id = $2 AND expires > $3", provider, id, at(now))
	return rows == 1, err
}

// OwnKey implements [org.Tx].
func (t *tx) OwnKey(ctx context.Context, name string) (org.OwnKey, error) {
	return one(ctx, t, "look up a key", scanKey, "SELECT name, private, created FROM own_keys WHERE name = $1", name)
}

// AddOwnKey implements [org.Tx].
func (t *tx) AddOwnKey(ctx context.Context, k org.OwnKey) error {
	return t.add(ctx, "add a key", "INSERT INTO own_keys (name, private, created) VALUES ($1, $2, $3)",
		k.Name, base64.StdEncoding.EncodeToString(k.Private), at(k.Created))
}

func scanKey(r row) (k org.OwnKey, err error) {
	var private string
	if err := r.Scan(&k.Name, &private, moment{&k.Created}); err != nil {
		return k, err
	}
	k.Private, err = base64.StdEncoding.DecodeString(private)
	return k, err
}
