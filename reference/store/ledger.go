package store

import (
	"context"
	"errors"
	"math"

	"rollcall.example/reference/org"
)

const seatColumns = "id, organization, account, started, cause, ended, end_cause"

func scanSeat(r row) (s org.Seat, err error) {
	err = r.Scan(&s.ID, &s.Organization, &s.Account, moment{&s.Started}, &s.Cause, moment{&s.Ended}, &s.EndCause)
	return s, err
}

func seatValues(s org.Seat) []any {
	return []any{s.ID, s.Organization, s.Account, at(s.Started), s.Cause, atOrNever(s.Ended), s.EndCause}
}

// AddSeat implements [org.Tx].
func (t *tx) AddSeat(ctx context.Context, s org.Seat) error {
	return t.add(ctx, "add a seat",
		"INSERT INTO seats ("+seatColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7)", seatValues(s)...)
}

// SaveSeat implements [org.Tx].
func (t *tx) SaveSeat(ctx context.Context, s org.Seat) error {
	return t.change(ctx, "save a seat",
		`UPDATE seats SET organization = $2, account = $3, started = $4, cause = $5, ended = $6, end_cause = $7
			WHERE id = $1`, seatValues(s)...)
}

// OpenSeat implements [org.Tx].
func (t *tx) OpenSeat(ctx context.Context, organization, account string) (org.Seat, error) {
	return one(ctx, t, "look up an open seat", scanSeat,
		"SELECT "+seatColumns+` FROM seats WHERE organization = $1 AND account = $2 AND ended IS NULL
			ORDER BY started, id LIMIT 1`, organization, account)
}

// Seats implements [org.Tx]; they come in the order in which they started.
func (t *tx) Seats(ctx context.Context, organization string) ([]org.Seat, error) {
	return list(ctx, t, "list the seats", scanSeat,
		"SELECT "+seatColumns+" FROM seats WHERE organization = $1 ORDER BY started, id", organization)
}

// SeatsOf implements [org.Tx]; they come in the order in which they started.
func (t *tx) SeatsOf(ctx context.Context, organization, account string) ([]org.Seat, error) {
	return list(ctx, t, "list an account's seats", scanSeat,
		"SELECT "+seatColumns+" FROM seats WHERE organization = $1 AND account = $2 ORDER BY started, id",
		organization, account)
}

const eventColumns = `seq, organization, at, action, actor, actor_name, provider, subject, subject_name,
	value_before, value_after, cause`

func scanEvent(r row) (e org.Event, err error) {
	err = r.Scan(&e.Seq, &e.Organization, moment{&e.At}, &e.Action, &e.Actor, &e.ActorName, &e.Provider,
		&e.Subject, &e.SubjectName, &e.Before, &e.After, &e.Cause)
	return e, err
}

// Audit implements [org.Tx]. The event gets the next number of the whole log,
// whatever its Seq says; transactions that write are serialized, so no two get the
// same.
func (t *tx) Audit(ctx context.Context, e org.Event) error {
	return t.add(ctx, "write the audit log",
		"INSERT INTO audit ("+eventColumns+`, subject_key) VALUES ((SELECT coalesce(max(seq), 0) + 1 FROM audit),
			$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		e.Organization, at(e.At), string(e.Action), string(e.Actor), e.ActorName, e.Provider,
		e.Subject, e.SubjectName, e.Before, e.After, e.Cause, org.Key(e.SubjectName))
}

// Events implements [org.Tx].
func (t *tx) Events(ctx context.Context, organization string, after int64, limit int) ([]org.Event, error) {
	if limit <= 0 {
		limit = math.MaxInt32
	}
	return list(ctx, t, "read the audit log", scanEvent,
		"SELECT "+eventColumns+" FROM audit WHERE organization = $1 AND seq > $2 ORDER BY seq LIMIT 0 + $3",
		organization, after, limit)
}

// about finds the rows about a person, whose key is $4. Left to itself, SQLite would
// look for them in the whole log of the organization: hence no condition beside this
// one, and CROSS JOIN, which has it begin with the subjects.
const about = `seq IN (
	SELECT seq FROM audit WHERE organization = $1 AND subject_key = $4
	UNION ALL
	SELECT a.seq FROM (SELECT DISTINCT subject FROM audit
			WHERE organization = $1 AND subject_key = $4 AND subject <> '') s
		CROSS JOIN audit a WHERE a.organization = $1 AND a.subject = s.subject)`

// RecentEvents implements [org.Tx].
func (t *tx) RecentEvents(ctx context.Context, organization, person string, offset, limit int) ([]org.Event, error) {
	if limit <= 0 {
		limit = math.MaxInt32
	}
	which, args := "organization = $1", []any{organization, limit, max(offset, 0)}
	if key := org.Key(person); key != "" {
		which, args = about, append(args, key)
	}
	return list(ctx, t, "read the audit log", scanEvent,
		"SELECT "+eventColumns+" FROM audit WHERE "+which+" ORDER BY seq DESC LIMIT 0 + $2 OFFSET $3", args...)
}

// LastEvent implements [org.Tx]. Each action is looked up by itself: its newest row
// is the first in an index.
func (t *tx) LastEvent(ctx context.Context, organization, subject string, actions ...org.Action) (org.Event, error) {
	var last org.Event
	for _, action := range actions {
		e, err := one(ctx, t, "read the audit log", scanEvent, "SELECT "+eventColumns+
			" FROM audit WHERE organization = $1 AND subject = $2 AND action = $3 ORDER BY seq DESC LIMIT 1",
			organization, subject, string(action))
		switch {
		case errors.Is(err, org.ErrNotFound):
		case err != nil:
			return org.Event{}, err
		case e.Seq > last.Seq:
			last = e
		}
	}
	if last.Seq == 0 {
		return org.Event{}, org.ErrNotFound
	}
	return last, nil
}
