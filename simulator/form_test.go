package simulator

import (
	"net/url"
	"testing"

	"pgregory.net/rapid"
)

// A form is written as the library writes it, whatever stands in it.
func TestAFormIsWrittenAsByTheLibrary(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
		form := url.Values(rapid.MapOf(texts, rapid.SliceOfN(texts, 0, 3)).Draw(t, "form"))
		if got, want := encodeForm(form), form.Encode(); got != want {
			t.Fatalf("%q is written as %q, and %q by the library", form, got, want)
		}
	})
}
