package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"rollcall.example/reference/org"
)

// Why [Open] refuses a data file. The file is left as it was.
var (
	ErrNewerVersion = errors.New("the data file was written by a newer version")
	ErrNotDataFile  = errors.New("not a data file")
	ErrLocked       = errors.New("the data file is locked by another process")
	ErrDirectory    = errors.New("the data file is a directory")
	ErrReadOnly     = errors.New("the data file is read-only")
	ErrUnreadable   = errors.New("the data file cannot be read")
)

// ErrClosed is what a closed store answers.
var ErrClosed = errors.New("the store is closed")

// errOver is what a transaction answers once Do or View has returned.
var errOver = errors.New("the transaction is over")

// taken words each uniqueness that can be violated, by the columns that SQLite
// names in its complaint.
var taken = map[string]string{
	"organizations.slug":                            "another organization has this slug",
	"credentials.token_hash":                        "another credential has this token",
	"accounts.email_key":                            "another account has this address",
	"name_ids.provider, name_ids.name_id_key":       "another account signed in with this NameID",
	"records.provider, records.user_name_key":       "another record of this provider has this user name",
	"groups.provider, groups.display_name_key":      "another group of this provider has this name",
	"group_members.holder, group_members.record":    "the group has this member already",
	"group_members.holder, group_members.nested":    "the group has this member already",
	"memberships.organization, memberships.account": "the account is a member of this organization already",
	"seats.organization, seats.account":             "the account has an open seat in this organization already",
	"sessions.secret_hash":                          "another session has this secret",
	"tokens.secret_hash":                            "another token has this secret",
	"requests.provider, requests.id":                "a request with this id was sent already",
}

// explain turns an error of the database into one of the domain where the domain
// has a word for it, and says what was being done where it has none.
func explain(doing string, err error) error {
	code := codeOf(err)
	switch {
	case err == nil:
		return nil
	case code == sqlite3.SQLITE_CONSTRAINT_UNIQUE, code == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return &org.Error{Kind: org.Conflict, Message: conflict(err)}
	}
	return fmt.Errorf("store: %s: %w", doing, err)
}

func conflict(err error) string {
	_, columns, _ := strings.Cut(err.Error(), "constraint failed: UNIQUE constraint failed: ")
	columns, _, _ = strings.Cut(columns, " (")
	if message, known := taken[columns]; known {
		return message
	}
	return "this exists already"
}

// harmless says whether a transaction can go on after err: a refused statement
// undoes only itself, and a cancelled one was never sent.
func harmless(err error) bool {
	return codeOf(err)&0xff == sqlite3.SQLITE_CONSTRAINT ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// codeOf gives SQLite's extended result code, 0 where err is not SQLite's.
func codeOf(err error) int {
	var broken *sqlite.Error
	if errors.As(err, &broken) {
		return broken.Code()
	}
	return 0
}
