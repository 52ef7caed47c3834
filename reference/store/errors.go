package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"rollcall.example/reference/org"
)

// Why [Open] refuses a data file or a database. It is left as it was.
var (
	ErrNewerVersion = errors.New("the data was written by a newer version")
	ErrNotDataFile  = errors.New("not a data file")
	ErrLocked       = errors.New("the data is locked by another process")
	ErrDirectory    = errors.New("the data file is a directory")
	ErrReadOnly     = errors.New("the data file is read-only")
	ErrUnreadable   = errors.New("the data file cannot be read")

	ErrNotAddress  = errors.New("not the address of a PostgreSQL database")
	ErrUnreachable = errors.New("the PostgreSQL server cannot be reached")
	ErrDenied      = errors.New("the PostgreSQL server does not let us in")
	ErrUnusable    = errors.New("the PostgreSQL database cannot be used")
)

// ErrClosed is what a closed store answers.
var ErrClosed = errors.New("the store is closed")

// errOver is what a transaction answers once Do or View has returned.
var errOver = errors.New("the transaction is over")

// taken words each uniqueness that can be violated. PostgreSQL complains of an index;
// SQLite names the columns.
var taken = []struct{ index, columns, message string }{
	{"organizations_slug", "organizations.slug", "another organization has this slug"},
	{"credentials_token", "credentials.token_hash", "another credential has this token"},
	{"accounts_email", "accounts.email_key", "another account has this address"},
	{"name_ids_name_id", "name_ids.provider, name_ids.name_id_key", "another account signed in with this NameID"},
	{"records_user_name", "records.provider, records.user_name_key", "another record of this provider has this user name"},
	{"groups_display_name", "groups.provider, groups.display_name_key", "another group of this provider has this name"},
	{"group_members_record", "group_members.holder, group_members.record", "the group has this member already"},
	{"group_members_nested", "group_members.holder, group_members.nested", "the group has this member already"},
	{"memberships_account", "memberships.organization, memberships.account", "the account is a member of this organization already"},
	{"seats_open", "seats.organization, seats.account", "the account has an open seat in this organization already"},
	{"sessions_secret", "sessions.secret_hash", "another session has this secret"},
	{"tokens_secret", "tokens.secret_hash", "another token has this secret"},
	{"requests_pkey", "requests.provider, requests.id", "a request with this id was sent already"},
}

// explain turns an error of the database into one of the domain where the domain
// has a word for it, and says what was being done where it has none.
func explain(doing string, err error) error {
	if err == nil {
		return nil
	}
	if message := conflict(err); message != "" {
		return &org.Error{Kind: org.Conflict, Message: message}
	}
	return fmt.Errorf("store: %s: %w", doing, err)
}

// conflict words a uniqueness that was violated; empty where none was.
func conflict(err error) string {
	index, columns := "", ""
	var refused *pgconn.PgError
	switch code := codeOf(err); {
	case code == sqlite3.SQLITE_CONSTRAINT_UNIQUE, code == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		_, columns, _ = strings.Cut(err.Error(), "constraint failed: UNIQUE constraint failed: ")
		columns, _, _ = strings.Cut(columns, " (")
	case errors.As(err, &refused) && refused.Code == pgUnique:
		index = refused.ConstraintName
	default:
		return ""
	}
	for _, known := range taken {
		if index == known.index || columns == known.columns {
			return known.message
		}
	}
	return "this exists already"
}

// unkeepable is what a text is refused with that not every database keeps.
func unkeepable() error {
	return &org.Error{Kind: org.Invalid, Message: "a text must be UTF-8 without the character NUL"}
}

// harmless says whether a transaction can go on after err: a cancelled statement was
// never sent, and SQLite undoes only the one that it refused. PostgreSQL undoes the
// whole transaction.
func harmless(err error) bool {
	return codeOf(err)&0xff == sqlite3.SQLITE_CONSTRAINT ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// locked says whether another process had the lock for too long.
func locked(err error) bool {
	return codeOf(err)&0xff == sqlite3.SQLITE_BUSY || stateOf(err) == pgLocked
}

// lost says whether the connection to a server is no more.
func lost(err error) bool {
	state := stateOf(err)
	return codeOf(err) == 0 && (state == "" || strings.HasPrefix(state, pgShutdownClass))
}

// codeOf gives SQLite's extended result code, 0 where err is not SQLite's.
func codeOf(err error) int {
	var broken *sqlite.Error
	if errors.As(err, &broken) {
		return broken.Code()
	}
	return 0
}
