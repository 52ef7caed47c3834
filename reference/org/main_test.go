package org_test

import (
	"flag"
	"os"
	"testing"
)

// A random story is dozens of transactions, so fewer of them are told than rapid
// would by itself; -rapid.checks on the command line has the last word.
func TestMain(m *testing.M) {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.checks" })
	if !asked {
		if err := flag.Set("rapid.checks", stories); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
