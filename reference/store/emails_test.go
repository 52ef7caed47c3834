package store

import (
	"testing"

	"pgregory.net/rapid"

	"rollcall.example/reference/org"
)

// TestPackedEmails holds what is written by hand to what package json writes.
func TestPackedEmails(t *testing.T) {
	t.Parallel()
	text := rapid.OneOf(rapid.StringMatching(`[ -~]{0,12}`), rapid.StringMatching(`[a-z.@]{0,12}`), rapid.String())
	email := rapid.Custom(func(t *rapid.T) org.Email {
		return org.Email{Value: text.Draw(t, "value"), Display: text.Draw(t, "display"), Type: text.Draw(t, "type"), Primary: rapid.Bool().Draw(t, "primary")}
	})
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(email, 0, 4).Draw(t, "emails")
		if got, want := packedEmails(list), packed(list); got != want {
			t.Fatalf("%+v is kept as %s, want %s", list, got, want)
		}
	})
}
