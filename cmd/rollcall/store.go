package main

import (
	"errors"
	"strings"
)

// checkStore says whether the flag can be an address. What it holds instead is not
// repeated: there may be a password in it.
func checkStore(address string) error {
	if address == "" || strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://") {
		return nil
	}
	return hinted(errors.New("--store takes the address of a PostgreSQL database, as postgres://user@host:5432/database"),
		"a file goes to rollcall serve --data")
}
