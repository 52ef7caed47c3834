package store

import (
	"slices"
	"testing"
)

func TestUnnumbered(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		query, want string
		takes       []int
	}{
		{"COMMIT", "COMMIT", nil},
		{"a = $1 AND b = $2", "a = ? AND b = ?", nil},
		{"a = $2 AND b = $1", "a = ? AND b = ?", []int{1, 0}},
		{"a = $1 AND b = $1 LIMIT 0 + $2", "a = ? AND b = ? LIMIT 0 + ?", []int{0, 0, 1}},
		{"a IN ($1, $2, $10)", "a IN (?, ?, ?)", []int{0, 1, 9}},
	} {
		if got, takes := unnumbered(test.query); got != test.want || !slices.Equal(takes, test.takes) {
			t.Errorf("%s became %s with %v", test.query, got, takes)
		}
	}
}
