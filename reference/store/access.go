package store

import (
	"context"
	"time"

	"rollcall.example/reference/org"
)

const sessionColumns = `id, organization, account, provider, name_id, session_index, started, expires, ended, end_cause,
	name_format, name_qualifier, sp_name_qualifier`

func scanSession(r row) (s org.Session, err error) {
	err = r.Scan(&s.ID, &s.Organization, &s.Account, referred{&s.Provider}, &s.NameID, &s.SessionIndex,
		moment{&s.Started}, moment{&s.Expires}, moment{&s.Ended}, &s.EndCause,
		&s.NameKind.Format, &s.NameKind.Qualifier, &s.NameKind.SPQualifier)
	return s, err
}

func sessionValues(s org.Session) []any {
	return []any{s.ID, s.Organization, s.Account, reference(s.Provider), s.NameID, s.SessionIndex,
		at(s.Started), at(s.Expires), atOrNever(s.Ended), s.EndCause,
		s.NameKind.Format, s.NameKind.Qualifier, s.NameKind.SPQualifier}
}

// AddSession implements [org.Tx].
func (t *tx) AddSession(ctx context.Context, s org.Session, secret string) error {
	return t.add(ctx, "add a session",
		"INSERT INTO sessions ("+sessionColumns+", secret_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
		append(sessionValues(s), digest(secret))...)
}

// SaveSession implements [org.Tx]. Its secret stays.
func (t *tx) SaveSession(ctx context.Context, s org.Session) error {
	return t.change(ctx, "save a session",
		`UPDATE sessions SET organization = $2, account = $3, provider = $4, name_id = $5, session_index = $6,
			started = $7, expires = $8, ended = $9, end_cause = $10,
			name_format = $11, name_qualifier = $12, sp_name_qualifier = $13 WHERE id = $1`,
		sessionValues(s)...)
}

// SessionBySecret implements [org.Tx].
func (t *tx) SessionBySecret(ctx context.Context, secret string) (org.Session, error) {
	return one(ctx, t, "look up a session", scanSession,
		"SELECT "+sessionColumns+" FROM sessions WHERE secret_hash = $1", digest(secret))
}

// Sessions implements [org.Tx]: all of them, ended ones too, in the order in which
// they started.
func (t *tx) Sessions(ctx context.Context, organization, account string) ([]org.Session, error) {
	return list(ctx, t, "list an account's sessions", scanSession,
		"SELECT "+sessionColumns+" FROM sessions WHERE organization = $1 AND account = $2 ORDER BY started, id",
		organization, account)
}

// SessionsThrough implements [org.Tx]. A session that only expired still counts as
// live here: nobody ended it.
func (t *tx) SessionsThrough(ctx context.Context, provider string) ([]org.Session, error) {
	return list(ctx, t, "list a provider's sessions", scanSession,
		"SELECT "+sessionColumns+" FROM sessions WHERE provider = $1 AND ended IS NULL ORDER BY started, id", provider)
}

// SessionsNamed implements [org.Tx].
func (t *tx) SessionsNamed(ctx context.Context, provider, nameID string) ([]org.Session, error) {
	return list(ctx, t, "list the sessions of a name", scanSession,
		"SELECT "+sessionColumns+" FROM sessions WHERE provider = $1 AND name_id = $2 ORDER BY started, id",
		provider, nameID)
}

const tokenColumns = "id, organization, account, name, created, revoked, revoke_cause"

func scanToken(r row) (token org.Token, err error) {
	err = r.Scan(&token.ID, &token.Organization, &token.Account, &token.Name,
		moment{&token.Created}, moment{&token.Revoked}, &token.RevokeCause)
	return token, err
}

// AddToken implements [org.Tx].
func (t *tx) AddToken(ctx context.Context, token org.Token, secret string) error {
	return t.add(ctx, "add a token",
		"INSERT INTO tokens ("+tokenColumns+", secret_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		token.ID, token.Organization, token.Account, token.Name,
		at(token.Created), atOrNever(token.Revoked), token.RevokeCause, digest(secret))
}

// SaveToken implements [org.Tx]. Its secret stays.
func (t *tx) SaveToken(ctx context.Context, token org.Token) error {
	return t.change(ctx, "save a token",
		`UPDATE tokens SET organization = $2, account = $3, name = $4, created = $5, revoked = $6, revoke_cause = $7
			WHERE id = $1`,
		token.ID, token.Organization, token.Account, token.Name,
		at(token.Created), atOrNever(token.Revoked), token.RevokeCause)
}

// TokenBySecret implements [org.Tx].
func (t *tx) TokenBySecret(ctx context.Context, secret string) (org.Token, error) {
	return one(ctx, t, "look up a token", scanToken,
		"SELECT "+tokenColumns+" FROM tokens WHERE secret_hash = $1", digest(secret))
}

// Tokens implements [org.Tx]: all of them, revoked ones too, in the order of their
// creation.
func (t *tx) Tokens(ctx context.Context, organization, account string) ([]org.Token, error) {
	return list(ctx, t, "list an account's tokens", scanToken,
		"SELECT "+tokenColumns+" FROM tokens WHERE organization = $1 AND account = $2 ORDER BY created, id",
		organization, account)
}

// AddRequest implements [org.Tx].
func (t *tx) AddRequest(ctx context.Context, provider, id, relayState string, expires time.Time) error {
	return t.add(ctx, "note an authentication request",
		"INSERT INTO requests (provider, id, relay_state, expires, answered) VALUES ($1, $2, $3, $4, 0)",
		provider, id, relayState, at(expires))
}

// Request implements [org.Tx].
func (t *tx) Request(ctx context.Context, provider, id string, now time.Time) (bool, error) {
	return one(ctx, t, "look up an authentication request", single[bool],
		"SELECT count(*) FROM requests WHERE provider = $1 AND id = $2 AND answered = 0 AND expires > $3",
		provider, id, at(now))
}

// AnswerRequest implements [org.Tx]. A request is answered once: a second time it is
// not found.
func (t *tx) AnswerRequest(ctx context.Context, provider, id string) error {
	return t.change(ctx, "answer an authentication request",
		"UPDATE requests SET answered = 1 WHERE provider = $1 AND id = $2 AND answered = 0", provider, id)
}

// UseAssertion implements [org.Tx]. Ids are kept beyond until: the clocks of
// organizations differ, so no moment is past for all of them.
func (t *tx) UseAssertion(ctx context.Context, issuer, id string, until time.Time) (bool, error) {
	rows, err := t.execute(ctx, "note an assertion",
		"INSERT INTO assertions (issuer, id, expires) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
		issuer, id, at(until))
	return rows == 1, err
}
