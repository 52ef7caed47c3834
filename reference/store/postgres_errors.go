package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// The SQLSTATEs that mean something to us.
const (
	pgUnique        = "23505"
	pgLocked        = "55P03" // lock_timeout
	pgShutdownClass = "57P"
	pgNoDatabase    = "3D000"
	pgNoSchema      = "3F000"
	pgForbidden     = "42501"
	pgTooMany       = "53300"
	pgDeniedClass   = "28" // invalid authorization
)

// stateOf gives PostgreSQL's SQLSTATE, empty where err is not PostgreSQL's.
func stateOf(err error) string {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return refused.Code
	}
	return ""
}

// known says whether an error of opening is worded already.
func known(err error) bool {
	for _, ours := range []error{ErrUnusable, ErrNewerVersion, context.Canceled} {
		if errors.Is(err, ours) {
			return true
		}
	}
	return false
}

// refusal words why the database cannot be opened, in one line and without anything
// secret.
func (d database) refusal(err error) error {
	if known(err) {
		return err
	}
	var refused *pgconn.PgError
	if !errors.As(err, &refused) {
		return d.unreached(err)
	}
	switch state := refused.Code; {
	case strings.HasPrefix(state, pgDeniedClass):
		return fmt.Errorf("store: open %s: %w: check user and password", d, ErrDenied)
	case state == pgNoDatabase:
		return fmt.Errorf("store: open %s: %w: it is not there: make it with createdb or name another", d, ErrUnusable)
	case state == pgNoSchema:
		return fmt.Errorf("store: open %s: %w: its search_path names no schema that is there", d, ErrUnusable)
	case state == pgForbidden:
		return fmt.Errorf("store: open %s: %w: %s: let the user make tables there, or name another", d, ErrDenied, oneLine(refused.Message))
	case state == pgTooMany:
		return fmt.Errorf("store: open %s: %w: %s: try again later or raise max_connections", d, ErrDenied, oneLine(refused.Message))
	case state == pgLocked:
		return fmt.Errorf("store: open %s: %w: end that process or name another database", d, ErrLocked)
	}
	return fmt.Errorf("store: open %s: %s (SQLSTATE %s)", d, oneLine(refused.Message), refused.Code)
}

// unreached words why nothing was heard of the server.
func (d database) unreached(err error) error {
	var connecting *pgconn.ConnectError
	if !errors.As(err, &connecting) {
		return fmt.Errorf("store: open %s: %w", d, err)
	}
	why := "it does not answer"
	var network *net.OpError
	var name *net.DNSError
	switch {
	case errors.As(err, &name):
		why = "there is no such host"
	case errors.As(err, &network) && network.Err != nil:
		why = oneLine(network.Err.Error())
	}
	return fmt.Errorf("store: open %s: %w: %s: start it, or correct host and port", d, ErrUnreachable, why)
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
