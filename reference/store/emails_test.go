package store

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"rollcall.example/reference/org"
)

// TestPackedEmails holds what is written and read by hand to what package json makes of it.
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
		var back, want []org.Email
		if err := errors.Join(unpackedEmails{&back}.Scan(packedEmails(list)), unpacked[org.Email]{&want}.Scan(packed(list))); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(back, want) {
			t.Fatalf("%+v comes back as %+v, want %+v", list, back, want)
		}
	})
}

// TestEmailsWrittenOtherwise: what is not as we write it is left to package json, or
// refused by it.
func TestEmailsWrittenOtherwise(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`[]`: "", `[ {"value":"a"} ]`: "a", `[{"type":"work","value":"a"}]`: "a", `[{"value":"a\"b"}]`: `a"b`,
		`[{"value":"a","primary":false}]`: "a", `[{"value":"a","other":1}]`: "a", `[{"value":null}]`: "",
	} {
		var list []org.Email
		if err := (unpackedEmails{&list}).Scan(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if got := slices.Collect(func(yield func(string) bool) {
			for _, e := range list {
				yield(e.Value)
			}
		}); len(got) > 0 && got[0] != want || len(got) == 0 && want != "" {
			t.Errorf("%s is %v", text, got)
		}
	}
	for _, text := range []any{``, `[`, `{"value":"a"}`, `[{"value":"a"}`, `[{"value":"a"},]`, `[{"value":"a"}]]`, `,{"value":"a"}]`, `{"value":"a"}]`, nil, int64(1)} {
		var list []org.Email
		if err := (unpackedEmails{&list}).Scan(text); err == nil {
			t.Errorf("%v is taken for %v", text, list)
		}
	}
}
