//go:build race

package org_test

// stories is how many random stories are told: SQLite in pure Go is many times
// slower under the race detector.
const stories = "4"
